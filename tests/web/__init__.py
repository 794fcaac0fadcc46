"""What a page and the interface for programs answer, without a browser."""
