"""What a rule is: its conditions, limits and clock, its life and its health."""
