"""Which runs start and stop, decided once per transaction."""
