"""Access points and routing servers on screen."""
