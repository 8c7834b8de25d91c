"""Which states of the tables this program knows, and whether a database is in the one it needs.

The list stands here, and not only in `migrations/`, so that signing in loads neither alembic nor files;
a test holds both together.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, text

from desk.db.errors import DatabaseNewer, DatabaseNotDesk, DatabaseOlder
from desk.models.base import SCHEMA

KNOWN: Final = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0006",
    "0007",
    "0008",
    "0010",
    "0012",
    "0014",
    "0015",
    "0017",
    "0018",
    "0019",
)
HEAD: Final = KNOWN[-1]
VERSION_TABLE: Final = "alembic_version"


def revision_of(connection: Connection) -> str | None:
    """Revision of the tables in this database; None when there are none of ours."""
    if connection.scalar(text("SELECT to_regclass(:name)"), {"name": f"{SCHEMA}.{VERSION_TABLE}"}) is None:
        return None
    found: str | None = connection.scalar(text(f"SELECT version_num FROM {SCHEMA}.{VERSION_TABLE}"))
    return found


def compatible(connection: Connection) -> None:
    """Return when program and database fit; otherwise raise what stands between them."""
    found = revision_of(connection)
    if found is None:
        raise DatabaseNotDesk()
    if found == HEAD:
        return
    raise (DatabaseOlder if found in KNOWN else DatabaseNewer)(database=found, program=HEAD)
