"""What changes, and which rule looks at it."""
