"""The two extensions that our indexes need, put where the indexes look for them."""

from __future__ import annotations

from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from desk.db.errors import ExtensionElsewhere, ExtensionNotPermitted, ExtensionUnavailable
from desk.models.base import SCHEMA


def ensure_extension(connection: Connection, name: str) -> None:
    """Have the extension in schema `desk`, or say which command an administrator must run."""
    schema = connection.scalar(
        text("SELECT extnamespace::regnamespace::text FROM pg_extension WHERE extname = :name"), {"name": name}
    )
    if schema == SCHEMA:
        return
    if schema is not None:
        raise ExtensionElsewhere(extension=name, schema=schema, command=f"ALTER EXTENSION {name} SET SCHEMA {SCHEMA};")
    if not connection.scalar(text("SELECT count(*) FROM pg_available_extensions WHERE name = :name"), {"name": name}):
        raise ExtensionUnavailable(extension=name)
    command = f"CREATE EXTENSION {name} SCHEMA {SCHEMA};"
    try:
        with connection.begin_nested():
            connection.execute(text(command))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != "42501":
            raise
        raise ExtensionNotPermitted(extension=name, command=command) from error
