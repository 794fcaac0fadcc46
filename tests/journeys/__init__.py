"""People's days in a real browser, from signing in to the printed sheet."""
