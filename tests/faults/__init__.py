"""What holds when a process dies, a disk fills, a clock jumps or two people click at once."""
