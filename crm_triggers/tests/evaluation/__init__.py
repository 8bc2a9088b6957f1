"""Who starts and who stops."""
