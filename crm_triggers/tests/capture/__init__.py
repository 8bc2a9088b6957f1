"""What changes, wherever it comes from."""
