"""Capabilities; importing this package registers every handler."""
