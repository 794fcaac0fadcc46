"""What people do, through the service's one door: a hospital in memory, on a clock that is set."""
