"""Who starts and who stops, decided once per transaction."""
