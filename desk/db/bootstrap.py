"""From a bare server to a database that people can sign in to."""

from __future__ import annotations

import os
from pathlib import Path

from psycopg import sql
from sqlalchemy import text

from desk.db.connections import autocommit, transaction, with_dbname
from desk.db.errors import AlreadyBootstrapped, MasterKeyUnreadable
from desk.db.revisions import revision_of
from desk.db.upgrade import Upgraded, upgrade_within

KEY_BYTES = 32


def bootstrap(dsn: str, dbname: str, master_key: str, *, company: str, demo: bool = False) -> Upgraded:
    """Create the database unless IT already did, then tables, wall and the row about this installation."""
    create_database(dsn, dbname)
    with transaction(with_dbname(dsn, dbname)) as connection:
        if revision_of(connection) is not None:
            raise AlreadyBootstrapped(dbname=dbname)
        found = connection.scalar(text("SELECT size FROM pg_stat_file(:path, true)"), {"path": master_key})
        if found != KEY_BYTES:
            raise MasterKeyUnreadable(path=master_key)
        return upgrade_within(connection, master_key, {"company": company, "demo": demo})


def create_database(dsn: str, dbname: str) -> bool:
    """Have the database, in UTF-8 and with an order that no operating system can change; False if it was there."""
    with autocommit(with_dbname(dsn, "postgres")) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (dbname,)).fetchone():
            return False
        builtin = admin.info.server_version >= 170000
        locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'" if builtin else "LOCALE 'C.UTF-8'"
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' " + locale).format(sql.Identifier(dbname))
        )
        return True


def prepare(dsn: str, dbname: str, master_key: Path, *, company: str, demo: bool) -> Upgraded:
    """For a server of our own on this machine: the key file too, and an upgrade where the database is there already."""
    create_master_key(master_key)
    create_database(dsn, dbname)
    with transaction(with_dbname(dsn, dbname)) as connection:
        facts = {"company": company, "demo": demo} if revision_of(connection) is None else None
        return upgrade_within(connection, str(master_key), facts)


def create_master_key(path: Path) -> bool:
    """Write a new random key that only the server's user can read; False if there is one, which stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Root writes it, the server reads it: it belongs to whoever the folder was made for.
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
    return True
