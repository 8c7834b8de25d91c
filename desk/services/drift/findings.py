"""What a look at a router finds: differences to what should be there, in a number that memory can hold."""

from __future__ import annotations

import datetime as dt
import enum
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_OURS = 20_000  # of one router; after those are put right, the next look shows the rest
MOST_FOREIGN = 500


class DriftKind(enum.StrEnum):
    """What is wrong with a line of a router."""

    EXTRA = "sobra"  # marked as ours, and should not be there
    MISSING = "falta"
    DIFFERS = "difere"
    FOREIGN = "alheio"  # not marked as ours: nothing of Desk's, and never touched


class Way(enum.StrEnum):
    """How it is put right: what is owed again, or what a router must lose."""

    LOGIN = "login"
    IP = "ip"
    LEFT_LOGIN = "leftover/login"
    LEFT_IP = "leftover/ip"
    LEFT_SESSION = "leftover/session"


@dataclass(frozen=True, slots=True)
class FieldDrift:
    """One value, as it should be and as it is; empty where there is none."""

    name: str
    wanted: str
    found: str


@dataclass(frozen=True, slots=True)
class Drift:
    """One line of a router that is not as the database says."""

    router_id: int
    kind: DriftKind
    menu: str
    thing: str  # login, address, name of a queue
    fields: tuple[FieldDrift, ...] = ()
    why: str = ""  # code: deleted, elsewhere, unknown, duplicate, unwanted, blocked, renamed, name_taken
    way: Way | None = None  # None: not ours to put right
    owner: int = 0  # the login or the IP
    line_id: str = ""  # the router's own number of the line
    sends: tuple[str, ...] = ()  # the sentences that putting it right would send, as of this look
    owed: bool = False  # already owed: somebody changed it just now, or a delivery still waits
    customer_id: int | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same difference in another look."""
        return self.router_id, self.menu, self.kind, self.owner, self.thing, self.line_id, self.fields


@dataclass(frozen=True)
class RouterDrift:
    """One router as it answered just now, or why it did not."""

    router_id: int
    device: str
    at: dt.datetime
    problem: str = ""  # reason code when nothing can be said about it
    drifts: tuple[Drift, ...] = ()
    counts: Mapping[DriftKind, int] = field(default_factory=dict, hash=False)
    compared: int = 0  # lines that the router holds
    passwords: bool = False  # whether passwords of its secrets were compared
    unread: tuple[str, ...] = ()  # menus that it does not have

    @property
    def unlisted(self) -> int:
        """How many were counted, and are too many to be listed."""
        return sum(self.counts.values()) - len(self.drifts)


class Findings:
    """Takes differences as they are found."""

    def __init__(self, router_id: int) -> None:
        self.router_id = router_id
        self.counts: Counter[DriftKind] = Counter()
        self.ours: list[Drift] = []
        self.foreign: list[Drift] = []
        self.compared = 0

    def add(self, drift: Drift) -> None:
        """One more; beyond the most that is listed it is only counted."""
        self.counts[drift.kind] += 1
        listed, most = (self.foreign, MOST_FOREIGN) if drift.way is None else (self.ours, MOST_OURS)
        if len(listed) < most:
            listed.append(drift)

    def foreign_line(self, menu: str, thing: str, found: str, line_id: str) -> None:
        """A line that is not ours."""
        fields = (FieldDrift("", "", found),) if len(self.foreign) < MOST_FOREIGN else ()
        self.add(Drift(self.router_id, DriftKind.FOREIGN, menu, thing, fields, line_id=line_id))
