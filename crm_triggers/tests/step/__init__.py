"""Steps of any kind."""
