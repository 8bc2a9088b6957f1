"""One folder for each kind of step."""
