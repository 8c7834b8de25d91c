"""What is only looked at on a router: who it is, what a connection carries, whether it is set up for us."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Protocol

from desk.integrations.errors import printable
from desk.integrations.routeros.port import RadiusSetup

Row = dict[str, str]
FIELD_LIMIT = 255
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: at for at, name in enumerate(_NAMES, 1)}
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})(?::[0-9]{2})?")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Visit(Protocol):
    """A signed-in visit, as far as looking needs it."""

    def say(self, command: str, *words: str) -> list[Row]:
        """One sentence and its answer."""


def rights(visit: Visit, username: str) -> frozenset[str] | None:
    """The policies of a user's group; None where the router does not list the user."""
    user = next(iter(visit.say("/user/print", "=.proplist=name,group", f"?name={username}")), None)
    if user is None or user.get("name") != username or not user.get("group"):
        return None
    group = next(iter(visit.say("/user/group/print", "=.proplist=name,policy", f"?name={user['group']}")), None)
    if group is None:
        return None
    # What a group lacks is listed too, with a mark before it.
    listed = printable(group.get("policy", ""), FIELD_LIMIT).split(",")
    return frozenset(each for each in listed if each and not each.startswith("!"))


def clock(visit: Visit) -> datetime | None:
    """The router's own time; None where it cannot be read as one."""
    row = next(iter(visit.say("/system/clock/print")), {})
    day, hour = row.get("date", ""), row.get("time", "")
    written = day if _ISO.fullmatch(day) else _older(day)
    offset = _OFFSET.fullmatch(row.get("gmt-offset", "+00:00"))
    if not written or offset is None:
        return None
    try:
        naive = datetime.strptime(f"{written} {hour}", "%Y-%m-%d %H:%M:%S")
    except ValueError:
        return None
    shift = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
    return naive.replace(tzinfo=timezone(-shift if offset[1] == "-" else shift)).astimezone(UTC)


def _older(day: str) -> str:
    """RouterOS before 7.10 wrote nov/24/2026."""
    month, _, rest = day.lower().partition("/")
    number, _, year = rest.partition("/")
    return f"{year}-{_MONTHS[month]:02d}-{number}" if month in _MONTHS else ""


def radius_setup(visit: Visit) -> RadiusSetup:
    """Whether the router asks a RADIUS server for PPP, and whether it takes requests from one."""
    incoming = next(iter(visit.say("/radius/incoming/print")), {})
    clients = visit.say("/radius/print", "=.proplist=address,service,disabled")
    port = incoming.get("port", "")
    asks = [
        printable(row.get("address", ""), FIELD_LIMIT)
        for row in clients
        if "ppp" in row.get("service", "").split(",") and row.get("disabled", "false") not in ("true", "yes")
    ]
    return RadiusSetup(
        accepts=incoming.get("accept", "") in ("true", "yes"),
        port=int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 0,
        servers=tuple(asks),
    )


def has_interface(visit: Visit, name: str) -> bool:
    """Whether the router has an interface of exactly this name."""
    return any(row.get("name") == name for row in visit.say("/interface/print", "=.proplist=name", f"?name={name}"))
