"""The records that rules are made for."""
