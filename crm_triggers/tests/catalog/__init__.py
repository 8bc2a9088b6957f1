"""Presets, ready rules, help, figures."""
