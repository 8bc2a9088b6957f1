"""Rules, runs and steps in words."""
