"""People and permissions on screen."""
