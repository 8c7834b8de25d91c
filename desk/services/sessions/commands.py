"""What can be ordered of open connections, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

from desk.services.core.bus import Command


@dataclass(frozen=True)
class ConnectionsClosing:
    """How many open connections accounting knew of; with none the router's own list is looked at."""

    login_id: int
    login: str
    open: int


@dataclass(frozen=True, kw_only=True)
class CloseConnection(Command[ConnectionsClosing]):
    """Fechar Conexão Atual: end what is open now; what came of it is seen in the delivery."""

    login_id: int
