"""Loading many rows at once: COPY past the triggers, then proof that every reference holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

_REFERENCES = """
SELECT c.conname, c.conrelid::regclass::text, c.confrelid::regclass::text,
       array_agg(a.attname::text ORDER BY k.n), array_agg(f.attname::text ORDER BY k.n)
  FROM pg_constraint c
 CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY k (own, other, n)
  JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.own
  JOIN pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.other
 WHERE c.contype = 'f' AND c.connamespace IN ('desk'::regnamespace, 'desk_vault'::regnamespace)
 GROUP BY c.oid, c.conname, c.conrelid, c.confrelid ORDER BY 2, 1"""
_IDENTITIES = """
SELECT c.oid::regclass::text, a.attname, pg_get_serial_sequence(c.oid::regclass::text, a.attname)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE a.attidentity <> '' AND c.relnamespace = 'desk'::regnamespace AND c.relkind = 'r'"""


class BrokenReference(RuntimeError):
    """A loaded row points at nothing."""


@contextmanager
def without_triggers(connection: Connection) -> Iterator[None]:
    """Write as the loading role, with no trigger firing.

    An invented past has its own numbers, dates and authors, which the triggers would replace by today's; and a load
    owes the network nothing. What the foreign keys would have refused is looked for afterwards.
    """
    connection.execute("SET LOCAL session_replication_role = replica")
    try:
        yield
    finally:
        if connection.info.transaction_status.name == "INTRANS":
            connection.execute("SET LOCAL session_replication_role = origin")


def copy_rows(connection: Connection, table: str, rows: Sequence[dict[str, Any]], schema: str = "desk") -> None:
    """Write rows that all name the same columns."""
    if not rows:
        return
    columns = list(rows[0])
    statement = sql.SQL("COPY {}.{} ({}) FROM STDIN").format(
        sql.Identifier(schema), sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([Jsonb(value) if isinstance(value, dict) else value for value in row.values()])


def check_references(connection: Connection) -> None:
    """Raise BrokenReference if any foreign key of the two schemas is violated."""
    for name, table, target, own, other in connection.execute(_REFERENCES).fetchall():
        joined = " AND ".join(f't."{there}" = r."{here}"' for here, there in zip(own, other, strict=True))
        filled = " AND ".join(f'r."{here}" IS NOT NULL' for here in own)
        query = f"SELECT FROM {table} r WHERE {filled} AND NOT EXISTS (SELECT FROM {target} t WHERE {joined}) LIMIT 1"
        if connection.execute(query.encode()).fetchone() is not None:
            raise BrokenReference(f"{table}: {name}")


def gather_words(connection: Connection) -> None:
    """Do what the trigger of customers does for each name, for all of them at once."""
    connection.execute(
        "INSERT INTO desk.name_words SELECT DISTINCT word"
        " FROM desk.customers, unnest(string_to_array(name_key, ' ')) word"
        " WHERE length(word) >= 3 ON CONFLICT DO NOTHING"
    )


def advance_identities(connection: Connection) -> None:
    """Let every identity column go on behind the highest number loaded."""
    for table, column, sequence in connection.execute(_IDENTITIES).fetchall():
        query = f'SELECT setval(%s::regclass, max("{column}")) FROM {table} HAVING max("{column}") IS NOT NULL'
        connection.execute(query.encode(), (sequence,))
