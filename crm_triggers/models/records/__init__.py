"""The records that rules are about."""
