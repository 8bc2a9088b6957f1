"""Rules: conditions, limits, time zones, life cycle, health."""
