"""Presets, templates, help, figures."""
