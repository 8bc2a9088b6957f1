"""Rules: conditions, life, health."""
