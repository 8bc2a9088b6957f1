"""The queue: claim, check again, act, mark."""
