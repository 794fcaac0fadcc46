"""The interface for programs: the same rules and sentences as the pages, as JSON."""
