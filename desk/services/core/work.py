"""What one use case may touch, and what it leaves behind."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.models.people import Permission
from desk.models.variables import Variable
from desk.services.core.errors import FieldChange
from desk.services.core.ports import Ports

_END = text("SELECT topic, key, device FROM desk.end_command(CAST(:lines AS jsonb), :changed)")


@dataclass(frozen=True)
class Actor:
    """The person at this desk, as known at sign-in: decides what is shown, never what is done."""

    role: str
    name: str
    permissions: frozenset[Permission]
    company: str = ""
    demo: bool = False


@dataclass
class Work:
    """One unit of work: a session in one transaction, and the names of what became old."""

    session: Session
    actor: Actor
    sessions: sessionmaker[Session]  # for what needs a transaction of its own: reveals, live looks
    ports: Ports
    changed: set[str] = field(default_factory=set)
    lines: list[dict[str, Any]] = field(default_factory=list)  # of the history

    def variable(self, variable: Variable) -> str:
        """Its value as text; boolean ones are better asked by `switched_on`."""
        value: str = self.session.execute(
            text("SELECT value FROM desk.variables WHERE code = :code"), {"code": variable.code}
        ).scalar_one()
        return value

    def switched_on(self, variable: Variable) -> bool:
        """Whether an S/N variable says S."""
        return self.variable(variable) == "S"

    def record(self, action: str, *, customer_id: int | None, plan_id: int | None = None, **params: Any) -> None:
        """Add the human line to the history (design D6); row triggers keep before and after.

        The lines go with the end of the command, which is one statement whatever it leaves behind.
        """
        self.session.flush()
        self.lines.append({"action": action, "customer": customer_id, "plan": plan_id, "params": params})
        if customer_id is not None:
            self.touch("history", customer_id)

    def end(self) -> list[tuple[str, str, int | None]]:
        """Write the lines, announce what became old, and say what the network is owed: topic, key, device."""
        self.session.flush()
        owed = self.session.execute(
            _END,
            {
                "lines": json.dumps(self.lines, default=str, ensure_ascii=False),
                # Delivered by PostgreSQL to every desk, and only on commit.
                "changed": ",".join(sorted(self.changed)),
            },
        )
        return [(topic, key, device) for topic, key, device in owed]

    def because(self, reason: str, note: str = "") -> None:
        """Say why, for the status history that a trigger writes."""
        self.session.execute(
            text("SELECT set_config('desk.reason', :reason, true), set_config('desk.note', :note, true)"),
            {"reason": reason[:80], "note": note[:500]},
        )

    def touch(self, part: str, key: object = None) -> None:
        """Name a part of any screen that is old after this commit, such as "plans/42"."""
        self.changed.add(part if key is None else f"{part}/{key}")

    @property
    def today(self) -> dt.date:
        """The company's day; a clerk's own TimeZone does not count."""
        day: dt.date = self.session.execute(text("SELECT desk.today()")).scalar_one()
        return day

    @property
    def now(self) -> dt.datetime:
        """The server's clock, with zone."""
        moment: dt.datetime = self.session.execute(text("SELECT clock_timestamp()")).scalar_one()
        return moment

    def changes_since(self, table: str, key: object, version: int) -> Sequence[FieldChange]:
        """What others did to a row after `version`, newest last; empty when the log no longer knows."""
        rows = self.session.execute(
            text(
                "SELECT COALESCE(p.full_name, l.who), l.at, l.before, l.after FROM desk.change_log l"
                " LEFT JOIN desk.people p ON p.role = l.who WHERE l.tbl = :tbl AND l.key = :key AND l.op = 'U'"
                " AND (l.after->>'version')::int > :version ORDER BY l.at, l.id"
            ),
            {"tbl": table, "key": str(key), "version": version},
        )
        return [
            FieldChange(who=who, at=at.isoformat(), field=name, before=(before or {}).get(name), after=value)
            for who, at, before, after in rows
            for name, value in (after or {}).items()
            if name != "version"
        ]
