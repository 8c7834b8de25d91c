"""What services need of RADIUS, and no more."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Protocol

COA_PORT = 3799
AUTH_PORT = 1812
USUAL_DEADLINE = 5.0


@dataclass(frozen=True, kw_only=True)
class RadiusAddress:
    """Where a RADIUS peer is and what is shared with it; `deadline` bounds one question, repeats included."""

    host: str
    port: int
    secret: str = field(repr=False)
    deadline: float = USUAL_DEADLINE


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One connection, as the router's own accounting named it."""

    username: str
    session_id: str
    address: str = ""


# A connection that may last one second more is over, counted from now or from its start: routers differ in that.
LAST_SECOND = {"Session-Timeout": "1"}


def named(connection: Connection, rate: str = "") -> dict[str, str]:
    """The attributes by which a router is asked; a preview and the router are told the same."""
    attributes = {"User-Name": connection.username, "Acct-Session-Id": connection.session_id}
    if connection.address and ":" not in connection.address:
        attributes["Framed-IP-Address"] = connection.address
    return attributes | ({"Mikrotik-Rate-Limit": rate} if rate else {})


class Verdict(enum.StrEnum):
    """What a router answered; silence is no verdict but `Unreachable`."""

    DONE = "done"
    NOT_THERE = "not_there"


class Nas(Protocol):
    """A router that takes requests about its open connections; each may be repeated without harm."""

    def time_out(self, connection: Connection) -> Verdict:
        """Ask it by CoA to let this connection run out. An answer is a claim, not a proof."""

    def disconnect(self, connection: Connection) -> Verdict:
        """Ask it to end this connection. An answer is a claim, not a proof."""

    def change_rate(self, connection: Connection, rate: str) -> Verdict:
        """Ask it to give this connection another speed, without ending it."""


class Method(enum.StrEnum):
    """How a password is proven to a RADIUS server."""

    PAP = "PAP"
    CHAP = "CHAP"


@dataclass(frozen=True)
class LoginTried:
    """What a RADIUS server said of a login."""

    accepted: bool
    message: str = ""
    rate_limit: str = ""
    profile: str = ""
    address: str = ""
    session_seconds: int | None = None


class RadiusServer(Protocol):
    """A server that decides about logins."""

    def try_login(self, login: str, password: str, method: Method, station: str = "") -> LoginTried:
        """Ask as a router would for equipment `station`."""
