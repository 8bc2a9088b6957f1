"""Who may what, and who tried to reach more."""
