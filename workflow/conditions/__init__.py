"""May they: the one language in which definitions state conditions, and what it may speak of."""
