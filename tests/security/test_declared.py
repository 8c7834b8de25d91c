"""Every table and column against its declaration: what nobody declared has no grant, what somebody did asks its needs.

Generated, so that a table or column that comes later is attacked the day it is there.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import Column, Table

from desk.demo import load_small
from desk.models.base import SCHEMA, metadata
from desk.models.guard_rules import GUARDS
from desk.models.guards import Guard, Needs, find
from desk.models.guards_ddl import columns_of, table_of
from desk.models.people import Permission
from tests.postgres import Cluster, Database

TABLES = sorted(name.partition(".")[2] for name, table in metadata.tables.items() if table.schema == SCHEMA)
ROWS_OF_THE_DEMO = dt.date(2026, 7, 15)
# A value of each type that differs from whatever the row holds; `{c}` is the column.
OTHER = {
    "boolean": "NOT COALESCE({c}, false)",
    "smallint": "(COALESCE({c}, 0) + 1)::smallint",
    "integer": "COALESCE({c}, 0) + 1",
    "bigint": "COALESCE({c}, 0) + 1",
    "numeric": "COALESCE({c}, 0) + 1",
    "date": "COALESCE({c}, current_date) + 1",
    "timestamp with time zone": "COALESCE({c}, now()) + interval '1 hour'",
    "inet": "'198.51.100.77'::inet",
    "cidr": "'198.51.100.0/28'::cidr",
    "macaddr": "'02:00:00:00:00:99'::macaddr",
    "uuid": "gen_random_uuid()",
    "jsonb": """'{{"forged": true}}'::jsonb""",
    "character": "'~'",
    "character varying": "'~'",
    "text": "'~'",
    "bytea": "'\\x00'::bytea",
    "ARRAY": "'{{}}'",
}

# Rows for the tables that the demonstration leaves empty.
EXAMPLES = {
    "plan_changes": "INSERT INTO desk.plan_changes (plan_id, new_catalog_plan_id, new_value, mode, reason,"
    " old_catalog_plan_id, old_value, changed_on, start_date, due_day, status, details, at, who, xid)"
    " SELECT p.id, p.catalog_plan_id, 1, 'PROPORCIONAL', '', p.catalog_plan_id + 1, 1, now(), now(), 1, p.status,"
    " '[]', now(), 'atendente', 1 FROM desk.customer_plans p ORDER BY p.id LIMIT 1",
    "plan_composition_items": "WITH p AS (UPDATE desk.customer_plans SET composition_customized = true"
    " WHERE id = (SELECT max(id) FROM desk.customer_plans) RETURNING id, value)"
    " INSERT INTO desk.plan_composition_items (plan_id, position, description, service_class, amount)"
    " SELECT id, 1, 'Conexão', 'SCM', value FROM p",
    "radius_servers": "INSERT INTO desk.radius_servers (name, host) VALUES ('Radius', '192.0.2.9')",
}


@pytest.fixture(scope="module")
def filled(cluster: Cluster, template: str) -> Iterator[Database]:
    """The demonstration's rows, so that triggers of rows have rows to judge; nothing here changes them."""
    database = Database(cluster, cluster.clone(template))
    try:
        load_small(database.dsn(), ROWS_OF_THE_DEMO, password="{role}-senha-1")
        for guard in GUARDS:
            _have_a_row(database, guard.table)
        yield database
    finally:
        database.close()
        cluster.drop(database.name)
        cluster.restore_roles()


def _types(database: Database, table: str) -> dict[str, str]:
    found = database.admin().execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = %s AND table_name = %s",
        (SCHEMA, table),
    )
    return dict(found.fetchall())


def _have_a_row(database: Database, table: str) -> None:
    """Tables that the demonstration leaves empty get one row, past every trigger and reference."""
    admin = database.admin()
    if admin.execute(f"SELECT FROM {SCHEMA}.{table} LIMIT 1".encode()).fetchone() is not None:
        return
    with admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(EXAMPLES[table].encode())


def _holding(database: Database, permissions: set[Permission]) -> None:
    admin = database.admin()
    with admin.transaction():
        admin.execute("DELETE FROM desk.person_permissions WHERE role = 'ninguem'")
        admin.execute(
            "INSERT INTO desk.person_permissions (role, permission) SELECT 'ninguem', unnest(%s::text[])",
            ([each.code for each in permissions],),
        )


def _refused(connection: psycopg.Connection[Any], statement: str) -> str | None:
    """The kind of refusal, empty for a lack of grants; None when the statement went through. Nothing stays."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege as refused:
        return refused.diag.constraint_name or ""
    except psycopg.errors.GeneratedAlways:
        return ""  # identities and computed columns are nobody's to give
    return None


def _kinds(needs: Needs) -> set[str]:
    """How the refusals of these needs may be named."""
    named = {f"permission:{need.any_of[0].code}" for need in needs if need.any_of}
    return named | {need.rule for need in needs if need.rule}


def _one_row(table: Table) -> str:
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    return f"({keys}) = (SELECT {keys} FROM {SCHEMA}.{table.name} ORDER BY 1 LIMIT 1)"


def test_what_is_attacked_is_there(filled: Database) -> None:
    empty = [
        guard.table
        for guard in GUARDS
        if filled.admin().execute(f"SELECT FROM {SCHEMA}.{guard.table} LIMIT 1".encode()).fetchone() is None
    ]
    assert empty == []


@pytest.mark.parametrize("name", TABLES)
def test_without_any_permission_nothing_is_written(filled: Database, name: str) -> None:
    """Update, insert and delete of each column: refused as declared, or for the lack of a grant where nothing is."""
    _holding(filled, set())
    guard, table, types = find(name), table_of(name), _types(filled, name)
    wrong: list[str] = []
    with contextlib.closing(filled.connect("ninguem")) as connection:
        for column in table.c:
            wrong += _update(connection, guard, table, column, types)
            wrong += _insert(connection, guard, table, column, types)
        if _refused(connection, f"DELETE FROM {SCHEMA}.{name}") != "":
            wrong.append("delete")
        if guard is not None and guard.delete:
            keys = columns_of(column.name for column in table.primary_key)
            call = f"SELECT {SCHEMA}.delete_{name}({keys}) FROM {SCHEMA}.{name} WHERE {_one_row(table)}"
            if (found := _refused(connection, call)) not in _kinds(guard.delete):
                wrong.append(f"delete_{name}: {found}")
    assert wrong == []


def _update_of(table: Table, column: str, types: dict[str, str]) -> str:
    quoted = columns_of([column])
    # Alone it is put back by the database before anybody judges it: a row that is there was deleted by nobody.
    more = "deleted_at = now(), " if column == "deleted_by" and "deleted_at" in table.c else ""
    value = OTHER[types[column]].format(c=quoted)
    return f"UPDATE {SCHEMA}.{table.name} SET {more}{quoted} = {value} WHERE {_one_row(table)}"


def _update(
    connection: psycopg.Connection[Any], guard: Guard | None, table: Table, column: Column[Any], types: dict[str, str]
) -> Iterator[str]:
    found = _refused(connection, _update_of(table, column.name, types))
    declared = guard is not None and (column.name in guard.columns or column.name == guard.status)
    if not declared:
        expected = {""}
    else:
        assert guard is not None
        expected = _kinds((*guard.update, *guard.columns.get(column.name, ())))
        if column.name == guard.status:
            expected |= {"step:unknown", "permission:edit_plan_status"}
    if found not in expected:
        yield f"update {column.name}: {found}, not {expected}"


def _insert(
    connection: psycopg.Connection[Any], guard: Guard | None, table: Table, column: Column[Any], types: dict[str, str]
) -> Iterator[str]:
    quoted = columns_of([column.name])
    value = OTHER[types[column.name]]
    value = "DEFAULT" if "{c}" in value else value.format()
    found = _refused(connection, f"INSERT INTO {SCHEMA}.{table.name} ({quoted}) VALUES ({value})")
    declared = guard is not None and column.name in (*guard.on_insert, *guard.empty_on_insert)
    expected = {""} if not declared or guard is None else _kinds(guard.insert) | {"rule:insert"}
    if found not in expected:
        yield f"insert {column.name}: {found}, not {expected}"


COLUMNS = [(guard.table, column) for guard in GUARDS for column in guard.columns]


@pytest.mark.parametrize(("name", "column"), COLUMNS, ids=lambda part: str(part))
def test_each_need_is_asked_for_itself(filled: Database, name: str, column: str) -> None:
    """Whoever holds every permission but those that one need names is refused by it, whatever else is asked."""
    guard, table, types = find(name), table_of(name), _types(filled, name)
    assert guard is not None
    everything = {permission for permission in Permission if not permission.negative}
    statement = _update_of(table, column, types)
    needs = (*guard.update, *guard.columns[column])
    with contextlib.closing(filled.connect("ninguem")) as connection:
        for need in needs:
            if need.any_of and not need.when:
                _holding(filled, everything - set(need.any_of))
                assert _refused(connection, statement) in _kinds(needs), need
