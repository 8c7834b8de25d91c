"""Connections of an administrator, made from a libpq connection string or the PG… environment."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, NullPool, create_engine, text

from desk.db.errors import NotSuperuser, ServerTooOld
from desk.system_roots import lend_system_roots

OLDEST_SERVER = 150000


def with_dbname(dsn: str, dbname: str) -> str:
    """The same server and role, another database."""
    return make_conninfo(dsn, dbname=dbname)


@contextlib.contextmanager
def transaction(dsn: str) -> Iterator[Connection]:
    """One SQLAlchemy transaction; libpq itself reads the string, so service files and .pgpass work."""
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(dsn), poolclass=NullPool, hide_parameters=True
    )
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextlib.contextmanager
def autocommit(dsn: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """One psycopg connection outside transactions, as CREATE DATABASE wants it."""
    with _connect(dsn) as connection:
        connection.autocommit = True
        yield connection


def require_superuser(connection: Connection) -> None:
    """Stop early, with a clear word, where the work could only half succeed."""
    role, superuser, version = connection.execute(
        text(
            "SELECT current_user, rolsuper, current_setting('server_version_num')::int"
            " FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    if version < OLDEST_SERVER:
        raise ServerTooOld(version=version // 10000)
    if not superuser:
        raise NotSuperuser(role=role)


def _connect(dsn: str) -> psycopg.Connection[tuple[object, ...]]:
    lend_system_roots()
    return psycopg.connect(make_conninfo(dsn, application_name="desk db"))
