"""The stories that ship beside each definition, told by the engine and by the command."""
