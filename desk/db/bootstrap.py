"""From a bare server to a database that people can sign in to."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from desk.db.connections import autocommit, require_superuser, transaction, with_dbname
from desk.db.errors import AlreadyBootstrapped, MasterKeyUnreadable, NotSuperuser
from desk.db.master_key import create_master_key, key_readable
from desk.db.revisions import revision_of
from desk.db.upgrade import Upgraded, take_turns, upgrade_within


def bootstrap(dsn: str, dbname: str, master_key: str, *, company: str, demo: bool = False) -> Upgraded:
    """Create the database unless IT already did, then tables, wall and the row about this installation."""
    create_database(dsn, dbname)
    with transaction(with_dbname(dsn, dbname)) as connection:
        require_superuser(connection)
        take_turns(connection)
        if revision_of(connection) is not None:
            raise AlreadyBootstrapped(dbname=dbname)
        if not key_readable(connection, master_key):
            raise MasterKeyUnreadable(path=master_key)
        return upgrade_within(connection, master_key, {"company": company, "demo": demo})


def create_database(dsn: str, dbname: str) -> bool:
    """Have the database, in UTF-8 and with an order that no operating system can change; False if it was there."""
    with autocommit(with_dbname(dsn, "postgres")) as admin:
        if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (dbname,)).fetchone():
            return False
        builtin = admin.info.server_version >= 170000
        locale = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'" if builtin else "LOCALE 'C.UTF-8'"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' " + locale)
        try:
            admin.execute(create.format(sql.Identifier(dbname)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return False  # another administrator was quicker
        except psycopg.errors.InsufficientPrivilege as error:
            raise NotSuperuser(role=admin.info.user) from error
        return True


def prepare(dsn: str, dbname: str, master_key: Path, *, company: str, demo: bool, key_for_server: str = "") -> Upgraded:
    """For a server of our own on this machine: the key file too, and an upgrade where the database is there already."""
    create_master_key(master_key)
    create_database(dsn, dbname)
    with transaction(with_dbname(dsn, dbname)) as connection:
        facts = {"company": company, "demo": demo} if revision_of(connection) is None else None
        # The server takes / on Windows too, but no letter beyond its code page: it may know the file by another name.
        return upgrade_within(connection, key_for_server or master_key.as_posix(), facts)
