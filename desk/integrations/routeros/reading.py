"""What a router writes, read: texts made safe, yes and no, numbers, times."""

from __future__ import annotations

import re
from datetime import timedelta

from desk.integrations.errors import printable
from desk.integrations.routeros.port import PppActive, PppSecret

Row = dict[str, str]

FIELD_LIMIT = 255
_UPTIME = re.compile(
    r"(?:(?P<weeks>[0-9]{1,5})w)?(?:(?P<days>[0-9]{1,6})d)?"
    r"(?:(?P<h>[0-9]{1,6}):(?P<m>[0-9]{2}):(?P<s>[0-9]{2})"
    r"|(?:(?P<hours>[0-9]{1,6})h)?(?:(?P<minutes>[0-9]{1,6})m)?(?:(?P<seconds>[0-9]{1,6})s)?)"
)


def flag(value: str) -> bool:
    """Whether the router says yes, in either of its words."""
    return value in {"true", "yes"}


def text_in(row: Row, key: str) -> str:
    """A value that is safe to show, empty when there is none."""
    return printable(row.get(key, ""), FIELD_LIMIT)


def number_in(row: Row, key: str) -> int | None:
    """A value that is a number; None for any other."""
    text = row.get(key, "")
    return int(text) if text.isascii() and text.isdigit() else None


def duration(text: str) -> timedelta | None:
    """A time as the router writes it, in any of its three manners."""
    found = _UPTIME.fullmatch(text)
    if not text or found is None:
        return None
    number = {key: int(value) for key, value in found.groupdict(default="0").items()}
    return timedelta(
        weeks=number["weeks"],
        days=number["days"],
        hours=number["hours"] + number["h"],
        minutes=number["minutes"] + number["m"],
        seconds=number["seconds"] + number["s"],
    )


def secret(row: Row) -> PppSecret:
    """One line of /ppp/secret."""
    return PppSecret(
        name=text_in(row, "name"),
        profile=text_in(row, "profile"),
        comment=text_in(row, "comment"),
        disabled=flag(row.get("disabled", "")),
        service=text_in(row, "service"),
        remote_address=text_in(row, "remote-address") or None,
        password=row.get("password"),
        id=row[".id"],
    )


def active(row: Row) -> PppActive:
    """One line of /ppp/active."""
    return PppActive(
        name=text_in(row, "name"),
        id=row[".id"],
        address=text_in(row, "address"),
        caller_id=text_in(row, "caller-id"),
        uptime=duration(row.get("uptime", "")),
        session_id=text_in(row, "session-id"),
    )
