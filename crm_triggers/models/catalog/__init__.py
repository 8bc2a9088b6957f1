"""What rules are made from and found by: presets, ready rules, help, figures."""
