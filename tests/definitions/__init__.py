"""Every definition that ships keeps what its documents ask of it."""
