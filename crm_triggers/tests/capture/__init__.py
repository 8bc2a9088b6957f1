"""Changes of records, from any source."""
