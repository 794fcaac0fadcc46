"""Guards of the house itself: who imports whom, and what may be committed."""
