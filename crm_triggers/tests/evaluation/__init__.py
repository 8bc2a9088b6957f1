"""Which runs start and stop."""
