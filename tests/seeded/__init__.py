"""Deliberate faults: is each found by some test? `make seeded` plants them one after the other."""
