"""A copy of the database that opens no secret, and the way back from it (design D3)."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Connection, text

from desk.db.bootstrap import create_database
from desk.db.connections import autocommit, require_superuser, transaction, with_dbname
from desk.db.errors import (
    BackupExists,
    BackupRole,
    BackupUnreadable,
    DatabaseNotEmpty,
    MasterKeyAbsent,
    ProgramStopped,
)
from desk.db.master_key import key_readable
from desk.db.operators import make_missing_roles
from desk.db.programs import program, run
from desk.db.revisions import compatible, revision_of
from desk.db.upgrade import Upgraded, upgrade_within
from desk.models.wall_roles import CLEAR_TABLES, role_ddl

ROLE: Final = "desk_backup"
SUFFIX: Final = ".parte"
# An upgrade holds its locks for some seconds; a copy waits that long, and no longer.
LOCK_WAIT: Final = "60s"


@dataclass(frozen=True)
class BackedUp:
    """What was written."""

    path: Path
    size: int
    revision: str
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Restored:
    """What came back, and who still needs a password."""

    dbname: str
    upgraded: Upgraded
    without_password: tuple[str, ...]


def backup(dsn: str, target: Path, *, folder: str = "") -> BackedUp:
    """Dump the database as `desk_backup`, which may read everything but what FreeRADIUS needs in the clear."""
    if not conninfo_to_dict(dsn).get("user") and "PGUSER" not in os.environ:
        dsn = make_conninfo(dsn, user=ROLE)
    with transaction(dsn) as connection:
        role = str(connection.scalar(text("SELECT session_user")))
        if role != ROLE:
            # Row policies do not hold a superuser back: one table forgotten here, and its dump would hold passwords.
            raise BackupRole(role=role)
        compatible(connection)
        revision = str(revision_of(connection))
        left_out = _left_out(connection)
        major = _major(connection)
    if target.exists():
        raise BackupExists(path=target)
    part = target.with_name(target.name + SUFFIX)
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        excluded = (f"--exclude-table-data={table}" for table in left_out)
        run(
            program("pg_dump", major, folder),
            *("--format=custom", "--no-password", f"--lock-wait-timeout={LOCK_WAIT}", f"--file={part}", *excluded),
            dsn=dsn,
        )
        _look_through(part, left_out, major, folder)
        _to_disk(part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    return BackedUp(target, target.stat().st_size, revision, left_out)


def restore(dsn: str, source: Path, dbname: str, master_key: str, *, folder: str = "") -> Restored:
    """Make the database from the copy, on the same server or another, and put up the wall again."""
    with autocommit(with_dbname(dsn, "postgres")) as admin:
        major = admin.info.server_version // 10000
    tool = program("pg_restore", major, folder)
    if "TABLE DATA desk installation" not in _contents(source, tool):
        raise BackupUnreadable(path=source, detail="desk.installation")
    made = create_database(dsn, dbname)
    own = with_dbname(dsn, dbname)
    with ExitStack() as failed:
        if made:
            failed.callback(_drop, dsn, dbname)
        _ground(own, dbname, master_key)
        # The old server's superuser may have another name here, and the wall says whose everything is.
        how = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-password")
        run(tool, *how, f"--dbname={dbname}", source, dsn=own)
        with transaction(own) as connection:
            missing = make_missing_roles(connection)
            upgraded = upgrade_within(connection, master_key, force=True)
            connection.execute(text("ANALYZE"))  # a copy carries no figures for the planner
            restored = Restored(dbname, upgraded, tuple(sorted({*missing, *_without_password(connection)})))
        failed.pop_all()
        return restored


def _ground(dsn: str, dbname: str, master_key: str) -> None:
    """What must be there before a copy can be read in: nothing of ours in the way, the key, and the roles it names."""
    with transaction(dsn) as connection:
        require_superuser(connection)
        if connection.scalar(text("SELECT to_regnamespace('desk') IS NOT NULL")):
            raise DatabaseNotEmpty(dbname=dbname)
        if not key_readable(connection, master_key):
            raise MasterKeyAbsent(path=master_key)
        existing = set(connection.scalars(text("SELECT rolname::text FROM pg_roles")))
        for statement in role_ddl(existing, _version(connection)):
            connection.exec_driver_sql(statement)


def _left_out(connection: Connection) -> tuple[str, ...]:
    """The tables we know, and any that a row policy closes: a dump that forgot one of those would fail."""
    closed = connection.scalars(
        text(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relrowsecurity AND relnamespace = 'desk_vault'::regnamespace"
        )
    )
    return tuple(sorted({*closed, *(f"desk_vault.{table}" for table in CLEAR_TABLES)}))


def _look_through(part: Path, left_out: tuple[str, ...], major: int, folder: str) -> None:
    """Read the list of contents back: a copy that cannot be read is none, and one with cleartext must not stay."""
    listed = _contents(part, program("pg_restore", major, folder))
    inside = [table for table in left_out if f"TABLE DATA {table.replace('.', ' ')} " in listed]
    if inside or "TABLE DATA desk installation" not in listed:
        raise BackupUnreadable(path=part, detail=", ".join(inside) or "desk.installation")


def _contents(file: Path, tool: Path) -> str:
    try:
        return run(tool, "--list", file)
    except ProgramStopped as error:
        raise BackupUnreadable(path=file, detail=error.params["detail"]) from error


def _without_password(connection: Connection) -> list[str]:
    """Who cannot sign in with a password: those just made, and services on a new server."""
    return list(
        connection.scalars(
            text(
                "SELECT rolname::text FROM pg_authid WHERE rolpassword IS NULL AND rolcanlogin"
                " AND (rolname IN (SELECT role FROM desk.people WHERE active) OR rolname IN ('radius', 'desk_backup'))"
            )
        )
    )


def _drop(dsn: str, dbname: str) -> None:
    """Take away what a failed restore had begun; it was not there before."""
    with autocommit(with_dbname(dsn, "postgres")) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(dbname)))


def _version(connection: Connection) -> int:
    driver: Any = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.info.server_version


def _major(connection: Connection) -> int:
    return _version(connection) // 10000


def _to_disk(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
