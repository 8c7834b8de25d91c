"""The three ways an outside system can fail us; adapters let out nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

DETAIL_LIMIT = 300
SHORTEST_SECRET = 3


class Reason(StrEnum):
    """What went wrong, for a screen that has its own words for it."""

    SILENT = "silent"
    CLOSED = "closed"
    NO_ROUTE = "no_route"
    STILL_THERE = "still_there"
    LOGIN = "login"
    PERMISSION = "permission"
    CERTIFICATE = "certificate"
    SAID_NO = "said_no"
    NOT_OURS = "not_ours"
    NONSENSE = "nonsense"
    TOO_MUCH = "too_much"
    BAD_REQUEST = "bad_request"


def printable(text: object, limit: int = DETAIL_LIMIT) -> str:
    """Make text that came from outside safe to show: bounded, one line, no control or direction marks."""
    raw = text if isinstance(text, str) else str(text)
    short = raw[: limit + 1]
    clean = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in short)
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def without_secrets(text: str, secrets: Iterable[str | None]) -> str:
    """Blank out secrets that a device echoed back in its complaint."""
    for secret in sorted({secret for secret in secrets if secret}, key=len, reverse=True):
        # A one-letter password would blank out every such letter and so give itself away.
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "•••")
    return text


class IntegrationError(Exception):
    """An outside system did not do what was asked; `retry` tells whether asking again may help."""

    retry = True
    usual = Reason.SILENT

    def __init__(self, device: str, detail: str, *, reason: Reason | None = None) -> None:
        self.device = printable(device)
        self.detail = printable(detail)
        self.reason = reason or self.usual
        super().__init__(f"{self.device}: {self.detail}")


class Unreachable(IntegrationError):
    """No answer in time, or the answer broke off: whether it was done is unknown."""


class Refused(IntegrationError):
    """It does not accept who we are, or we do not accept who it says it is: a person must look."""

    retry = False
    usual = Reason.LOGIN


class Rejected(IntegrationError):
    """It answered and said no, or nothing that can be believed: asking again changes nothing."""

    retry = False
    usual = Reason.SAID_NO
