"""The engine: it decides what may happen to a case, and knows no web, no database and no clock."""
