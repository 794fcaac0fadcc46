"""A process on paper: what a definition says before any case runs by it."""
