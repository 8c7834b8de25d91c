"""Runs the migrations on the connection it is given, or on the one the PG… environment names."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, text

from desk.db.revisions import VERSION_TABLE
from desk.models import metadata
from desk.models.base import SCHEMA

OURS = {table.schema for table in metadata.tables.values()}


def _ours(name: str | None, kind: str, _parents: Any) -> bool:
    """Compare our own schemas alone, without the version table and the monthly partitions of the change log."""
    if kind == "schema":
        return name in OURS
    return not (kind == "table" and name is not None and (name == VERSION_TABLE or name.startswith("change_log_")))


def _comparable(thing: Any, _name: str | None, kind: str, _reflected: bool, other: Any) -> bool:
    """Leave out indexes over expressions that both sides have: their texts always differ, and a test compares them."""
    return not (kind == "index" and other is not None and len(thing.columns) < len(thing.expressions))


def run(connection: Connection) -> None:
    """Bring the tables to the wanted revision, inside the caller's transaction where there is one."""
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=VERSION_TABLE,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=_ours,
        include_object=_comparable,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine("postgresql+psycopg://").begin() as own:
        run(own)
