"""How long the database keeps what only looks back; the worker sweeps what is older."""

from __future__ import annotations

import datetime as dt
from typing import Final

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import Base

# What, for how many days, and the fewest that IT may choose: nobody shortens a trail to nothing. 0 keeps for ever.
DEFAULTS: Final = {
    "log": (1826, 365),  # five years, in which a customer may still sue
    "looks": (1826, 365),  # who saw which password
    "device_looks": (90, 30),  # the same by machines, at each delivery
    "sessions": (365, 365),  # connection records: a year by law (Lei 12.965/2014, art. 13), and no longer
    "commands": (30, 7),  # looked up seconds after a lost connection
    "pending": (1, 1),  # passwords that somebody began to write; nobody can finish one after five minutes
}
_FEWEST = " OR ".join(f"what = '{what}' AND keep_days >= {fewest}" for what, (_, fewest) in DEFAULTS.items())


class Retention(Base):
    """One kind of row, how many days it stays, and when it was last swept to the end."""

    __tablename__ = "retention"
    __table_args__ = (CheckConstraint(f"keep_days = 0 OR {_FEWEST}", name="keep_days"),)

    what: Mapped[str] = mapped_column(String(20), primary_key=True)
    keep_days: Mapped[int]
    swept_at: Mapped[dt.datetime | None]
