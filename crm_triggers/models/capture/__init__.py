"""What changes, and which rule watches it."""
