"""The catalog: presets, templates, help, figures."""
