"""Variables on screen."""
