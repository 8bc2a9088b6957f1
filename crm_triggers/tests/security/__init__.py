"""Access rights, and attempts to exceed them."""
