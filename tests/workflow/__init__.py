"""What the engine decides, told one rule at a time on a clock that is set."""
