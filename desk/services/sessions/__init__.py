"""Connections of the customers: what is open, what was, and how one ends."""

from desk.services.sessions import use_cases as _use_cases  # noqa: F401  registers handlers
from desk.services.sessions.commands import CloseConnection, ConnectionsClosing

__all__ = ["CloseConnection", "ConnectionsClosing"]
