"""Rules: conditions, life cycle, health."""
