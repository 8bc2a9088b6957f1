"""Scripts that drive a browser against the demo; they run in a virtual environment with Playwright."""
