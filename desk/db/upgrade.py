"""Bring a database to what this program needs: tables and wall in one transaction, or nothing at all."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from desk.db.connections import require_superuser, transaction
from desk.db.errors import DatabaseNewer, TablesInUse
from desk.db.installed import installed_wall
from desk.db.operators import adopt_people
from desk.db.revisions import HEAD, KNOWN, VERSION_TABLE, revision_of
from desk.db.seed import seed
from desk.models import wall
from desk.models.base import SCHEMA

# Any number will do, as long as every program takes the same one.
UPGRADE_LOCK: Final = 5_243_611_001
# Schemas whose views are ours; they are made again by the wall, and would otherwise bar changes of their tables.
VIEW_SCHEMAS: Final = ("desk", "radius_api", "mail_api", "ftp_api", "voice_api")


# What desks that are open hear when the tables have moved on; they look for themselves whether they still fit.
OUTGROWN: Final = "program"
LOCK_TIMEOUT: Final = "30s"

Waiting = Callable[[], object]


def _quietly() -> None:
    """Nobody needs to be told."""


@dataclass(frozen=True)
class Upgraded:
    """What an upgrade found and left; `changed` is False when there was nothing to do."""

    before: str | None
    after: str
    changed: bool


def migrations_folder() -> Path:
    """Where the migrations are, in the sources and in the installed program."""
    bundle = getattr(sys, "_MEIPASS", None)
    return (Path(bundle) if bundle else Path(__file__).resolve().parents[2]) / "migrations"


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's settings without a file; the migrations run on this connection."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(dsn: str, master_key: str, *, force: bool = False, waiting: Waiting = _quietly) -> Upgraded:
    """Upgrade tables and wall; a second administrator waits here and then finds nothing to do.

    With `force` the wall is applied again even where it is the one we know: it puts back what was changed by hand.
    """
    with transaction(dsn) as connection:
        return upgrade_within(connection, master_key, force=force, waiting=waiting)


def take_turns(connection: Connection, waiting: Waiting = _quietly) -> None:
    """One administrator at a time until the transaction ends; `waiting` is told when there is another."""
    if not connection.scalar(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK}):
        waiting()
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": UPGRADE_LOCK})


@contextlib.contextmanager
def _patience(connection: Connection) -> Iterator[None]:
    """Tables that a desk holds are waited for, but not for ever: everybody else waits behind us."""
    connection.execute(text("SELECT set_config('lock_timeout', :time, true)"), {"time": LOCK_TIMEOUT})
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.errors.LockNotAvailable):
            raise TablesInUse(time=LOCK_TIMEOUT.removesuffix("s")) from error
        raise


def upgrade_within(
    connection: Connection,
    master_key: str,
    facts: Mapping[str, object] | None = None,
    *,
    force: bool = False,
    waiting: Waiting = _quietly,
) -> Upgraded:
    """The same inside the caller's transaction; `facts` are columns of the installation of a new database."""
    require_superuser(connection)
    take_turns(connection, waiting)
    before = revision_of(connection)
    if before is not None and before not in KNOWN:
        raise DatabaseNewer(database=before, program=HEAD)
    if before == HEAD and not force and installed_wall(connection) == wall.fingerprint(master_key):
        return Upgraded(before, HEAD, changed=False)
    with _patience(connection):
        _drop_views(connection)
        command.upgrade(alembic_config(connection), "head")
        wall.apply(connection, master_key)
    adopt_people(connection)
    connection.execute(text(f"GRANT SELECT ON {SCHEMA}.{VERSION_TABLE} TO desk_operator"))
    connection.execute(text("SET LOCAL ROLE desk_job"))
    seed(connection)
    for column, value in (facts or {}).items():
        connection.execute(text(f"UPDATE desk.installation SET {column} = :value"), {"value": value})
    connection.execute(text("RESET ROLE"))
    if before != HEAD:
        connection.execute(text("SELECT pg_notify('desk_changed', :name)"), {"name": OUTGROWN})
    return Upgraded(before, HEAD, changed=True)


def _drop_views(connection: Connection) -> None:
    """Drop our views, whatever depends on them; only functions and views of the wall do."""
    views = connection.execute(
        text(
            "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class"
            " WHERE relkind = 'v' AND relnamespace::regnamespace::text = ANY (:schemas)"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
        ),
        {"schemas": list(VIEW_SCHEMAS)},
    ).scalar_one()
    if views:
        connection.exec_driver_sql(f"DROP VIEW {views} CASCADE")
