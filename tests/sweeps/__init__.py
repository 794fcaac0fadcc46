"""What needs many tries to be believed: long walks, hostile files, counts against a reference."""
