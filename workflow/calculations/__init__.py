"""Declared calculations: pure functions with exact integers, one module each, listed in `table`."""
