"""Steps: kind, server action, access, execution."""
