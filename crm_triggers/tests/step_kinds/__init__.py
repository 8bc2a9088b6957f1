"""Each kind of step."""
