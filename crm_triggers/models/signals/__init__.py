"""Signals: what contacts do."""
