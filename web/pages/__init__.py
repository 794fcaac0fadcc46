"""One module for each page a person can visit."""
