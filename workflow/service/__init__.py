"""The shell around the core, one module for each kind of visit: it asks storage, then the core."""
