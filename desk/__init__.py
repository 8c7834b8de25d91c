"""Desk: the counter program of an internet provider."""

__version__ = "0.1.0"
