"""What people ask about the drift of routers, and what they order to be put right."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from desk.services.core.bus import Command, Owed, Query
from desk.services.drift.findings import Drift, RouterDrift, Way
from desk.services.sessions.export import Exported


@dataclass(frozen=True)
class RouterToLookAt:
    """A routing server in use."""

    id: int
    name: str
    host: str


@dataclass(frozen=True)
class RoutersToLookAt(Query[tuple[RouterToLookAt, ...]]):
    """All routers of the network that Desk calls."""


@dataclass(frozen=True, kw_only=True)
class LookForDrift(Query[RouterDrift]):
    """Everything on one router that is not as the database says; changes nothing."""

    router_id: int
    stop: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)  # set: no longer wanted


@dataclass(frozen=True)
class Correction:
    """One difference, named so that it can be owed."""

    router_id: int
    way: Way
    owner: int
    thing: str

    @classmethod
    def of(cls, drift: Drift) -> Correction | None:
        """None where it is not ours to put right."""
        return None if drift.way is None else cls(drift.router_id, drift.way, drift.owner, drift.thing)


@dataclass(frozen=True, kw_only=True)
class CorrectDrift(Command[tuple[Owed, ...]]):
    """Owe these again, or owe their going. Answers the debts, which survive this desk."""

    corrections: tuple[Correction, ...]


@dataclass(frozen=True)
class CorrectionState:
    """How far it has come: `failed` with what stood in the way, by its code."""

    done: int
    waiting: int
    failed: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class CorrectionNews(Query[CorrectionState]):
    """How far the delivery of these has come, whoever delivers them. One statement."""

    debts: tuple[Owed, ...]


@dataclass(frozen=True, kw_only=True)
class ExportDrift(Query[Exported]):
    """The report as a spreadsheet opens it; `heads` and `lines` as the screen shows them."""

    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...] = field(repr=False)
