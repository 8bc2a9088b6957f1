"""Each kind of trigger."""
