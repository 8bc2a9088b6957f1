"""What a step is: its kind, its server action, who may make it, doing it."""
