"""The rules alone: definitions, expressions, votes, days. No store, no service, no page."""
