"""What a person who signed in can see of the database's state; only reads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import psycopg
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from desk.db.connections import OLDEST_SERVER
from desk.db.errors import DatabaseNewer, DatabaseNotDesk, DatabaseOlder
from desk.db.installed import carries_this_wall
from desk.db.revisions import HEAD, compatible
from desk.services.core.errors import NotAPerson
from desk.services.core.refusals import refusal
from desk.services.doctor.report import Code, Finding, bad, good, warning
from desk.services.doctor.routers import RouterPlace

CLOCK_OFF: Final = 30.0
CLOCK_FAR: Final = 240.0  # domain controllers refuse five minutes
LATE_MINUTES: Final = 10

Connect = Callable[[], "psycopg.Connection[Any]"]

_OPEN: Final = (
    ("superuser", "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user"),
    ("creates", "SELECT bool_or(has_schema_privilege(oid, 'CREATE')) FROM pg_namespace WHERE nspname !~ '^pg_'"),
    ("temporary", "SELECT has_database_privilege(current_database(), 'TEMPORARY')"),
    (
        "deletes",
        "SELECT bool_or(has_table_privilege(c.oid, 'DELETE, TRUNCATE, TRIGGER')) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'desk' AND c.relkind IN ('r', 'p')",
    ),
    (
        "guards",
        "SELECT bool_or(t.tgenabled NOT IN ('O', 'A')) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'desk'",
    ),
)
_LATE: Final = text(
    "SELECT count(*) FROM desk.debts"
    " WHERE done < wanted AND due_at < clock_timestamp() - make_interval(mins => :minutes)"
)
_ROUTERS: Final = text(
    "SELECT name, host, port, tls <> 'sem TLS' AS tls FROM desk.routing_servers WHERE active ORDER BY name"
)


def look_at(connect: Connect, role: str, label: str) -> tuple[list[Finding], list[RouterPlace]]:
    """Sign in anew and look; also the routers that are to be reached from here."""
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SET TRANSACTION READ ONLY"))
            findings = list(_look(connection, role))
            fit = any(finding.code is Code.TABLES_MATCH for finding in findings)
            return findings, [RouterPlace(*row) for row in connection.execute(_ROUTERS)] if fit else []
    except DBAPIError as error:
        cause = error.orig
        found = refusal(cause, role=role, server=label) if isinstance(cause, psycopg.Error) else None
        if found is None:
            raise
        return [bad(Code.SIGN_IN_REFUSED, role=role, error=found)], []
    finally:
        engine.dispose()


def _look(connection: Connection, role: str) -> Iterator[Finding]:
    version, text_of = connection.execute(
        text("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    ).one()
    old = version < OLDEST_SERVER
    yield bad(Code.VERSION_OLD, version=text_of) if old else good(Code.VERSION_GOOD, version=text_of)
    yield _clock(connection)
    try:
        compatible(connection)
    except DatabaseOlder as error:
        yield bad(Code.TABLES_OLDER, **error.params)
        return
    except DatabaseNewer as error:
        yield bad(Code.TABLES_NEWER, **error.params)
        return
    except DatabaseNotDesk:
        yield bad(Code.TABLES_NONE)
        return
    yield good(Code.TABLES_MATCH, revision=HEAD)
    person = connection.execute(text("SELECT full_name, active FROM desk.me()")).one_or_none()
    if person is None or not person.active:
        yield bad(Code.SIGN_IN_REFUSED, role=role, error=NotAPerson(role=role))
        return
    yield good(Code.SIGNED_IN, role=role, name=person.full_name)
    yield _wall(connection)
    late = connection.execute(_LATE, {"minutes": LATE_MINUTES}).scalar_one()
    yield warning(Code.DELIVERIES_LATE, count=late) if late else good(Code.DELIVERIES_GOOD)


def _clock(connection: Connection) -> Finding:
    """How far this machine's clock is from the server's; half of the way there and back is taken off."""
    before = time.time()
    there = float(connection.execute(text("SELECT extract(epoch FROM clock_timestamp())")).scalar_one())
    off = abs(there - (before + time.time()) / 2)
    if off >= CLOCK_FAR:
        return bad(Code.CLOCK_FAR, seconds=round(off))
    return warning(Code.CLOCK_OFF, seconds=round(off)) if off >= CLOCK_OFF else good(Code.CLOCK_GOOD)


def _wall(connection: Connection) -> Finding:
    """What the person could do past the program; asked of the server, not by trying."""
    may = [what for what, query in _OPEN if connection.execute(text(query)).scalar()]
    if may:
        return bad(Code.WALL_OPEN, what=tuple(may))
    return good(Code.WALL_WHOLE) if carries_this_wall(connection) else bad(Code.WALL_OTHER)
