"""Rules, runs and steps as text."""
