"""Steps, whatever their kind."""
