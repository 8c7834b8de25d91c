"""Migrations and models say the same, and every migration goes both ways."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from desk.db import revisions
from desk.db.bootstrap import create_database
from desk.db.connections import transaction
from desk.db.extensions import ensure_extension
from desk.db.upgrade import alembic_config
from desk.models import metadata
from desk.services.customers.folding import fold
from tests.postgres import Cluster, Database

SCRIPTS = ScriptDirectory.from_config(alembic_config())
REVISIONS = list(SCRIPTS.walk_revisions())[::-1]

# Everything that makes a table what it is, as text; two databases are equal when these rows are.
CATALOGUE = {
    "columns": """
        SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, pg_get_expr(d.adbin, d.adrelid), a.attcollation::regcollation::text
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND {ours}""",
    "constraints": """
        SELECT c.oid::regclass::text, k.conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE {ours}""",
    "indexes": """
        SELECT c.oid::regclass::text, pg_get_indexdef(i.indexrelid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE {ours}""",
    "partitioned": """
        SELECT c.oid::regclass::text, pg_get_partkeydef(c.oid) FROM pg_class c WHERE c.relkind = 'p' AND {ours}""",
}
OURS = "c.relnamespace::regnamespace::text IN ('desk', 'desk_vault') AND c.relname !~ '^alembic_version'"


def catalogue(connection: Connection) -> dict[str, set[tuple[object, ...]]]:
    return {
        what: {tuple(row) for row in connection.execute(text(query.format(ours=OURS)))}
        for what, query in CATALOGUE.items()
    }


@pytest.fixture
def empty(cluster: Cluster) -> Iterator[str]:
    """Connection string of a database with nothing in it."""
    name = "desk_empty"
    create_database(cluster.dsn(), name)
    yield cluster.dsn(name)
    cluster.drop(name)


def test_migrated_tables_are_those_of_the_models(empty: str) -> None:
    with transaction(empty) as connection:
        command.upgrade(alembic_config(connection), "head")
        migrated = catalogue(connection)
        command.downgrade(alembic_config(connection), "base")
        connection.execute(text("CREATE SCHEMA desk_vault"))
        for extension in ("pg_trgm", "btree_gist"):
            ensure_extension(connection, extension)
        first = SCRIPTS.get_revision("0001").module
        connection.execution_options(no_parameters=True).exec_driver_sql(first.FOLD)
        metadata.create_all(connection)
        modelled = catalogue(connection)
    assert migrated["columns"]
    for what in CATALOGUE:
        assert migrated[what] == modelled[what], what


def test_up_down_and_up_again_one_by_one(empty: str) -> None:
    with transaction(empty) as connection:
        seen = [catalogue(connection)]
        for script in REVISIONS:
            command.upgrade(alembic_config(connection), script.revision)
            seen.append(catalogue(connection))
        for script, before in zip(REVISIONS[::-1], seen[-2::-1], strict=True):
            command.downgrade(alembic_config(connection), str(script.down_revision or "base"))
            assert catalogue(connection) == before, script.revision
        command.upgrade(alembic_config(connection), "head")
        assert catalogue(connection) == seen[-1]


def test_downgrade_leaves_nothing_of_ours(empty: str) -> None:
    left = (
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = to_regnamespace('desk')"
        " UNION ALL SELECT extname FROM pg_extension WHERE extname <> 'plpgsql'"
    )
    with transaction(empty) as connection:
        command.upgrade(alembic_config(connection), "head")
        command.downgrade(alembic_config(connection), "base")
        assert connection.scalars(text(left)).all() == []


def test_one_line_of_revisions_known_to_the_program() -> None:
    assert SCRIPTS.get_heads() == [revisions.HEAD]
    assert tuple(script.revision for script in REVISIONS) == revisions.KNOWN


@pytest.mark.parametrize("script", REVISIONS, ids=lambda script: script.revision)
def test_each_migration_can_be_undone(script: object) -> None:
    module = script.module  # type: ignore[attr-defined]
    for name in ("upgrade", "downgrade"):
        (function,) = ast.parse(inspect.getsource(getattr(module, name))).body
        assert isinstance(function, ast.FunctionDef)
        assert [line for line in function.body if not is_nothing(line)], f"{module.__file__}: {name}() does nothing"


def is_nothing(line: ast.stmt) -> bool:
    """A docstring, pass, ellipsis or a refusal."""
    return isinstance(line, ast.Pass | ast.Raise) or (
        isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
    )


def test_migrations_are_shipped_with_the_files_they_read() -> None:
    folder = Path(SCRIPTS.dir)
    assert {path.suffix for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"} <= {
        ".py",
        ".mako",
        ".sql",
    }


@pytest.fixture(scope="module")
def folding(cluster: Cluster, template: str) -> Iterator[Database]:
    """A database that every example of the property asks."""
    database = Database(cluster, cluster.clone(template))
    yield database
    database.close()
    cluster.drop(database.name)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30), max_size=8))
def test_names_are_folded_alike_in_sql_and_python(folding: Database, names: list[str]) -> None:
    rows = (
        folding.admin()
        .execute("SELECT desk.fold(name) FROM unnest(%s::text[]) WITH ORDINALITY AS n (name, i) ORDER BY i", (names,))
        .fetchall()
    )
    assert [row[0] for row in rows] == [fold(name) for name in names]


@pytest.mark.parametrize(
    ("name", "key"),
    [("José  da Silva Ção", "jose da silva cao"), ("D'Ávila-Müller & Cia.", "d avila muller cia"), ("", "")],
)
def test_folding_drops_accents_and_signs(folding: Database, name: str, key: str) -> None:
    assert folding.admin().execute("SELECT desk.fold(%s)", (name,)).fetchone() == (key,)
