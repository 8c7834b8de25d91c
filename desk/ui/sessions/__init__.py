"""Connections on screen: what a login did, what it does now, and how it is ended."""
