"""How long each kind of looking back is kept, and what should be gone already."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.errors import RetentionShort, RetentionUnknown
from desk.models.retention import DEFAULTS

LABELS: Final = {
    "log": "Log de alterações",
    "looks": "Quem viu qual senha",
    "device_looks": "Senhas abertas por entregas aos roteadores",
    "sessions": "Registros de conexão",
    "commands": "Comandos executados",
    "pending": "Senhas começadas e não gravadas",
}
# A month of the log goes when its last day is over; the worker may have been away for a while.
_GRACE: Final = {"log": 31 + 3}
_OLDEST: Final = {
    "log": "SELECT EXISTS (SELECT FROM desk.change_log WHERE at < :oldest)",
    "looks": "SELECT EXISTS (SELECT FROM desk_vault.tickets WHERE at < :oldest AND kind <> 'router' AND lease IS NULL)",
    "device_looks": (
        "SELECT EXISTS (SELECT FROM desk_vault.tickets WHERE at < :oldest AND (kind = 'router' OR lease IS NOT NULL))"
    ),
    "sessions": (
        "SELECT EXISTS (SELECT FROM desk.radius_sessions WHERE started_at < :oldest AND stopped_at < :oldest)"
        " OR EXISTS (SELECT FROM desk.ip_assignments WHERE ended_at < :oldest)"
    ),
    "commands": "SELECT EXISTS (SELECT FROM desk.commands WHERE at < :oldest)",
    "pending": "SELECT EXISTS (SELECT FROM desk_vault.pending WHERE at < :oldest)",
}


@dataclass(frozen=True)
class Kept:
    """One kind, and how it stands."""

    what: str
    days: int  # 0: for ever
    swept_at: dt.datetime | None

    @property
    def label(self) -> str:
        """As people call it."""
        return LABELS.get(self.what, self.what)


def retention(dsn: str) -> list[Kept]:
    """What is kept for how long."""
    with transaction(dsn) as connection:
        require_superuser(connection)
        return _kept(connection)


def keep(dsn: str, what: str, days: int) -> None:
    """Keep one kind for so many days from now on; 0 for ever."""
    if what not in DEFAULTS:
        raise RetentionUnknown(what=what, known=", ".join(DEFAULTS))
    fewest = DEFAULTS[what][1]
    if days < 0 or 0 < days < fewest:
        raise RetentionShort(label=LABELS[what], fewest=fewest)
    with transaction(dsn) as connection:
        require_superuser(connection)
        connection.execute(
            text("UPDATE desk.retention SET keep_days = :days, swept_at = NULL WHERE what = :what"),
            {"what": what, "days": days},
        )


def overdue(connection: Connection) -> list[str]:
    """What the worker should have swept days ago."""
    now = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    late = []
    for kept in _kept(connection):
        if kept.days and kept.what in _OLDEST:
            oldest = now - dt.timedelta(days=kept.days + _GRACE.get(kept.what, 3))
            if connection.execute(text(_OLDEST[kept.what]), {"oldest": oldest}).scalar_one():
                late.append(kept.label)
    return late


def months_ahead(connection: Connection) -> int:
    """For how many months to come the log has a table of its own; the wall makes them at each upgrade."""
    found: int = connection.execute(
        text(
            "SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'desk.change_log'::regclass AND c.relname ~ '^change_log_[0-9]{4}_[0-9]{2}$'"
            " AND substr(c.relname, 12) > to_char(clock_timestamp(), 'YYYY_MM')"
        )
    ).scalar_one()
    return found


def _kept(connection: Connection) -> list[Kept]:
    rows = connection.execute(text("SELECT what, keep_days, swept_at FROM desk.retention ORDER BY what"))
    return [Kept(*row) for row in rows]
