"""One folder for each kind of trigger."""
