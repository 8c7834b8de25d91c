"""Widgets and behaviour that every screen is built from."""
