"""A case in motion: from a decision and its situation to everything that follows."""
