"""Forms, lists and panels in a browser."""
