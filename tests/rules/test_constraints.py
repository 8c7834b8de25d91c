"""Every constraint has a name of ours, by which its refusal is told; and no text waits for a name that is gone."""

from __future__ import annotations

import re

import psycopg

from desk.services import register_all
from desk.services.core.database_errors import CONSTRAINTS, translate
from desk.ui.core import messages
from desk.ui.shell import registry
from tests.postgres import Database

# What refuses a row, with the state that the server gives it: constraints, and unique indexes of a part of a table.
NAMED = """
SELECT k.conrelid::regclass::text, k.conname::text, k.contype::text FROM pg_constraint k
WHERE k.connamespace::regnamespace::text IN ('desk', 'desk_vault') AND k.contype IN ('p', 'u', 'c', 'f', 'x')
AND k.conrelid <> 0 AND k.conparentid = 0 AND k.conrelid <> 'desk.alembic_version'::regclass
AND NOT (SELECT relispartition FROM pg_class WHERE oid = k.conrelid)
UNION SELECT i.indrelid::regclass::text, c.relname::text, 'u' FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indisunique AND c.relnamespace::regnamespace::text IN ('desk', 'desk_vault') AND NOT c.relispartition
AND i.indrelid <> 'desk.alembic_version'::regclass
AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY 1, 2"""
PREFIX = {"p": "pk", "u": "uq", "c": "ck", "f": "fk", "x": "ex"}
STATE = {"p": "23505", "u": "23505", "c": "23514", "f": "23503", "x": "23P01"}
RAISED = "DO $$ BEGIN RAISE 'refused' USING ERRCODE = '{state}', CONSTRAINT = '{name}', TABLE = '{table}'; END $$"


def names(database: Database) -> list[tuple[str, str, str]]:
    return database.admin().execute(NAMED).fetchall()


def test_each_bears_a_name_that_we_gave(database: Database) -> None:
    found = names(database)
    assert {kind for _, _, kind in found} == set(PREFIX), "no table, unique, check, foreign or exclusion constraint?"
    unnamed = [
        f"{table}.{name}"
        for table, name, kind in found
        if not name.startswith(f"{PREFIX[kind]}_{table.partition('.')[2]}"[:50])
        or re.search(r"_(check|fkey|key)\d*$", name)
    ]
    assert unnamed == []


def test_each_refusal_is_told_in_words(database: Database, qapp: object) -> None:
    register_all()
    registry.all_actions()
    untold = []
    for table, name, kind in names(database):
        try:
            database.admin().execute(RAISED.format(state=STATE[kind], name=name, table=table).encode())
        except psycopg.Error as refused:
            error = translate(refused)
            if error is None or error.code not in messages.TEXTS:
                untold.append(name)
                continue
            told = messages.explain(error)
            if not told.what or not told.why or "{" in f"{told.what}{told.why}{told.do}":
                untold.append(name)
    assert untold == []


def test_each_name_that_has_an_error_of_its_own_exists(database: Database) -> None:
    register_all()
    of_tables = {name for _, name, _ in names(database)}
    sources = "\n".join(row[0] for row in database.admin().execute("SELECT prosrc FROM pg_proc WHERE prosrc <> ''"))
    gone = [name for name in CONSTRAINTS if name not in of_tables and name not in sources]
    assert gone == []
