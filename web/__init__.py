"""Words and pixels: pages and an interface for programs over the engine."""
