"""Stories of who does what and when, played through the service on a clock that is set."""
