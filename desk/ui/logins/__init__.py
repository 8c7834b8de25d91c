"""Radius logins on screen."""
