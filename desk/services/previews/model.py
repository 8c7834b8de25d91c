"""What a preview holds: one entry for each thing that would be said to a device, masked already."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from desk.services.core.sentences import FieldMove


class Way(enum.StrEnum):
    """How a device hears of it."""

    RADIUS = "radius"  # nobody is told: FreeRADIUS answers otherwise from the commit on
    DISCONNECT = "disconnect"
    COA = "coa"
    API = "api"


SUSPENSION_COMES = "plan_suspension/comes"  # what is owed later: a temporary suspension is yet to begin


class When(enum.StrEnum):
    """When it is said."""

    NOW = "now"
    NEXT = "next"  # at the next connection
    UNPROVEN = "unproven"  # only if nothing proves what was said before
    LATER = "later"  # at `Change.at`


@dataclass(frozen=True)
class Change:
    """One thing that would be said: the device's own word for it, and the fields that move."""

    way: Way
    device: str
    thing: str
    act: str  # "add" | "change" | "drop" | "tell"
    command: str  # "/ppp/secret/set", "Disconnect-Request", "Access-Accept", or the topic of what is owed later
    fields: tuple[FieldMove, ...] = ()
    before: str = ""  # of an answer of RADIUS: the one that is given today
    when: When = When.NOW
    at: dt.datetime | None = None


@dataclass(frozen=True)
class DeviceLook:
    """A router as it answered just now; where it did not, its changes start from what it was told last."""

    device: str
    answers: bool
    problem: str = ""


@dataclass(frozen=True)
class NetworkPreview:
    """All that one order would do on the network."""

    at: dt.datetime
    changes: tuple[Change, ...]
    devices: tuple[DeviceLook, ...]
    logins: int = 0  # how many it concerns in all; `changes` shows some of them
    ips: int = 0
    connections: int = 0
    sampled: bool = False

    @property
    def mute(self) -> tuple[DeviceLook, ...]:
        """Routers whose changes rest on the last known state."""
        return tuple(look for look in self.devices if not look.answers)
