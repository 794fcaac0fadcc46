"""Keeps what the engine decided, whole or not at all; nothing here decides."""
