"""Builds the wall: roles, owners, functions, guards, grants and views, the same however often it is applied."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.resources
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import tuple_row
from sqlalchemy import Connection

from desk.models import daemon_views, guards_ddl, wall_roles
from desk.models.base import SCHEMA, metadata
from desk.models.people import Permission
from desk.models.secret_rules import SECRET_RULES

# Marks what the wall made, so that it drops that and nothing else.
MARK = "desk wall"
SCHEMAS = ("desk", "desk_guard", "desk_vault")
# Which file of functions belongs to whom.
FUNCTIONS = (
    ("core", "desk_owner"),
    ("log", "desk_log"),
    ("plans", "desk_owner"),
    ("places", "desk_owner"),
    ("suspensions", "desk_owner"),
    ("changes", "desk_owner"),
    ("composition", "desk_owner"),
    ("debts", "desk_owner"),
    ("ips", "desk_owner"),
    ("vault", "desk_vault"),
    ("sessions", "desk_owner"),
    ("drift", "desk_owner"),
    ("people", "desk_people"),
    ("signal", "desk_signal"),
    ("jobs", "desk_job"),
)
TRIGGERS = ("triggers", "ip_triggers")
MONTHS_AHEAD = 13
Cursor = psycopg.Cursor[tuple[Any, ...]]


def apply(connection: Connection | psycopg.Connection[Any], master_key_path: str) -> str:
    """Put the wall up as superuser, inside the caller's transaction; returns its fingerprint."""
    driver = connection.connection.driver_connection if isinstance(connection, Connection) else connection
    assert isinstance(driver, psycopg.Connection)
    with driver.cursor(row_factory=tuple_row) as cursor:
        # A lock on a shared catalogue that nothing else uses: advisory locks end at the database's border,
        # and roles belong to all databases of the server.
        cursor.execute("LOCK TABLE pg_catalog.pg_shseclabel IN EXCLUSIVE MODE")
        _drop(cursor)
        _ground(cursor, driver.info.server_version)
        _owners(cursor)
        _functions(cursor, master_key_path)
        _grants(cursor)
        before = _function_oids(cursor)
        _run(cursor, guards_ddl.guard_ddl())
        _adopt(cursor, before, "desk_owner")
        for name in TRIGGERS:
            _run(cursor, _script(name).split(";\n"))
        _run(cursor, wall_roles.vault_ddl())
        _views(cursor)
        _run(cursor, wall_roles.helper_grants())
        _partitions(cursor)
        _rows(cursor)
        mark = fingerprint(master_key_path)
        cursor.execute("INSERT INTO desk.installation (one) VALUES (true) ON CONFLICT DO NOTHING")
        cursor.execute("UPDATE desk.installation SET wall = %s WHERE wall <> %s", (mark, mark))
    return mark


def apply_database_settings(connection: psycopg.Connection[Any]) -> None:
    """Rights and settings of the database alone: after a restore, or for a copy made from a template."""
    database = sql.Identifier(connection.info.dbname).as_string(connection)
    with connection.cursor() as cursor:
        _run(cursor, wall_roles.database_ddl(database))


def fingerprint(master_key_path: str) -> str:
    """What this program's wall is made of; `desk.installation.wall` tells which one a database carries."""
    parts = [
        master_key_path,
        *(_script(name) for name, _ in FUNCTIONS),
        *(_script(name) for name in TRIGGERS),
        *guards_ddl.delete_functions(),
        *guards_ddl.guard_ddl(),
        *daemon_views.VIEWS,
        *wall_roles.role_ddl(set(), 150000),
        *wall_roles.database_ddl("desk"),
        *wall_roles.schema_ddl(),
        *wall_roles.vault_ddl(),
        *wall_roles.helper_grants(),
        *(f"{permission.code}={permission.value}" for permission in Permission),
        repr(SECRET_RULES),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _run(cursor: psycopg.Cursor[Any], statements: Iterable[str]) -> None:
    for statement in statements:
        if statement.strip():
            cursor.execute(statement.encode())  # bytes: our own text, with nothing of anybody else in it


def _script(name: str) -> str:
    return importlib.resources.files("desk.models").joinpath("sql", f"{name}.sql").read_text("utf-8")


def _drop(cursor: Cursor) -> None:
    """Take away what an earlier wall made, so that nothing no longer declared stays behind."""
    cursor.execute("DROP SCHEMA IF EXISTS radius_api CASCADE")
    cursor.execute(
        "SELECT format('DROP TRIGGER %%I ON %%s', t.tgname, t.tgrelid::regclass) FROM pg_trigger t"
        " JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND t.tgparentid = 0 AND obj_description(p.oid, 'pg_proc') = %s",
        (MARK,),
    )
    _run(cursor, [row[0] for row in cursor.fetchall()])
    cursor.execute(
        "SELECT string_agg(p.oid::regprocedure::text, ', ') FROM pg_proc p"
        " WHERE p.pronamespace::regnamespace::text = ANY (%s) AND obj_description(p.oid, 'pg_proc') = %s",
        (list(SCHEMAS), MARK),
    )
    found = cursor.fetchone()
    if found is not None and found[0]:
        _run(cursor, [f"DROP FUNCTION {found[0]}"])


def _ground(cursor: Cursor, server_version: int) -> None:
    cursor.execute("SELECT rolname FROM pg_roles")
    _run(cursor, wall_roles.role_ddl({row[0] for row in cursor.fetchall()}, server_version))
    cursor.execute("SELECT quote_ident(current_database())")
    _run(cursor, wall_roles.database_ddl(str((cursor.fetchone() or ("",))[0])))
    cursor.execute("SELECT datname FROM pg_database")
    _run(cursor, wall_roles.neighbour_ddl({row[0] for row in cursor.fetchall()}))
    _run(cursor, wall_roles.schema_ddl())
    cursor.execute(
        "SELECT format('REVOKE EXECUTE ON FUNCTION %%s FROM PUBLIC', p.oid::regprocedure) FROM pg_proc p"
        " WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (p.proname = ANY (%s)"
        " OR p.proname LIKE 'pg\\_advisory\\_%%' OR p.proname LIKE 'pg\\_try\\_advisory\\_%%')"
        " AND has_function_privilege('public', p.oid, 'EXECUTE') ORDER BY 1",
        (list(wall_roles.CLOSED_FUNCTIONS),),
    )
    _run(cursor, [row[0] for row in cursor.fetchall()])


def _owners(cursor: Cursor) -> None:
    """Tables belong to roles that nobody signs in as, and start with no grant at all."""
    cursor.execute("CREATE SEQUENCE IF NOT EXISTS desk.change_log_id")
    cursor.execute(
        "SELECT c.oid::regclass::text, n.nspname::text, c.relname::text, c.relkind::text FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('desk', 'desk_vault')"
        " AND c.relkind IN ('r', 'p', 'S') AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid"
        " AND d.classid = 'pg_class'::regclass AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype = 'i'))"
        " ORDER BY 1"
    )
    everybody = ", ".join(("PUBLIC", *wall_roles.ROLES))
    for name, schema, relation, kind in cursor.fetchall():
        owner = "desk_vault" if schema == "desk_vault" else "desk_owner"
        if schema == "desk" and relation.startswith(wall_roles.LOG_TABLES):
            owner = "desk_log"
        what = "SEQUENCE" if kind == "S" else "TABLE"
        others = everybody.replace(f", {owner}", "")
        _run(cursor, [f"ALTER {what} {name} OWNER TO {owner}", f"REVOKE ALL ON {what} {name} FROM {others}"])
    cursor.execute(
        "SELECT format('REVOKE ALL (%%s) ON %%s FROM desk_operator, desk_job',"
        " string_agg(quote_ident(a.attname), ', '), a.attrelid::regclass) FROM pg_attribute a"
        " WHERE a.attacl IS NOT NULL AND a.attrelid IN (SELECT oid FROM pg_class"
        " WHERE relnamespace IN ('desk'::regnamespace, 'desk_vault'::regnamespace)) GROUP BY a.attrelid"
    )
    _run(cursor, [row[0] for row in cursor.fetchall()])
    _run(
        cursor,
        (
            "ALTER TABLE desk.change_log ALTER id SET DEFAULT nextval('desk.change_log_id')",
            "ALTER TABLE desk.change_log ALTER xid SET DEFAULT pg_current_xact_id()::text::bigint",
        ),
    )


def _functions(cursor: Cursor, master_key_path: str) -> None:
    before = _function_oids(cursor)
    path = guards_ddl.text_literal(master_key_path)
    _run(
        cursor,
        (
            "CREATE FUNCTION desk_vault.master() RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER"
            f" SET search_path = pg_catalog, pg_temp AS $m$ SELECT pg_read_binary_file({path}) $m$",
            "GRANT EXECUTE ON FUNCTION desk_vault.master() TO desk_vault",
        ),
    )
    before = _adopt(cursor, before, None)
    for name, owner in FUNCTIONS:
        _run(cursor, [_script(name)])
        before = _adopt(cursor, before, owner)
    _run(cursor, guards_ddl.delete_functions())
    _adopt(cursor, before, "desk_owner")


def _function_oids(cursor: Cursor) -> set[int]:
    cursor.execute("SELECT oid FROM pg_proc WHERE pronamespace::regnamespace::text = ANY (%s)", (list(SCHEMAS),))
    return {row[0] for row in cursor.fetchall()}


def _adopt(cursor: Cursor, before: set[int], owner: str | None) -> set[int]:
    """Give new functions their owner and our mark, and take them from the public."""
    now = _function_oids(cursor)
    cursor.execute("SELECT oid::regprocedure::text FROM pg_proc WHERE oid = ANY (%s) ORDER BY 1", ([*now - before],))
    for (name,) in cursor.fetchall():
        _run(cursor, [f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC", f"COMMENT ON FUNCTION {name} IS '{MARK}'"])
        if owner is not None:
            _run(cursor, [f"ALTER FUNCTION {name} OWNER TO {owner}"])
    return now


def _grants(cursor: Cursor) -> None:
    """Operators read every table of the schema that is not closed; what they may write comes from the guards."""
    ours = (table for table in metadata.sorted_tables if table.schema == SCHEMA and not table.info.get("closed"))
    tables = sorted(table.fullname for table in ours)
    _run(cursor, [f"GRANT SELECT ON {', '.join(tables)} TO desk_operator"])
    _run(
        cursor,
        (
            "REVOKE ALL ON FUNCTION desk.fold(text) FROM PUBLIC",
            "GRANT EXECUTE ON FUNCTION desk.fold(text) TO desk_operator, desk_job, desk_owner",
        ),
    )


def _views(cursor: Cursor) -> None:
    """What FreeRADIUS sees; made as the owner, so that the daemon's rights end at the views."""
    _run(cursor, ("CREATE SCHEMA radius_api AUTHORIZATION desk_owner", "SET LOCAL ROLE desk_owner"))
    _run(cursor, daemon_views.VIEWS)
    _run(cursor, ("RESET ROLE", daemon_views.search_path_sql(cursor.connection.info.dbname)))


def _partitions(cursor: Cursor) -> None:
    """One table a month for the log, and one for whatever falls outside."""
    first = dt.date.today().replace(day=1)
    statements = ["CREATE TABLE IF NOT EXISTS desk.change_log_rest PARTITION OF desk.change_log DEFAULT"]
    for start, end in _months((first - dt.timedelta(days=1)).replace(day=1)):
        name = f"change_log_{start:%Y_%m}"
        statements.append(
            f"DO $p$ BEGIN IF to_regclass('desk.{name}') IS NULL AND NOT EXISTS (SELECT FROM desk.change_log"
            f" WHERE at >= '{start} 00:00+00' AND at < '{end} 00:00+00') THEN"
            f" CREATE TABLE desk.{name} PARTITION OF desk.change_log"
            f" FOR VALUES FROM ('{start} 00:00+00') TO ('{end} 00:00+00'); END IF; END $p$"
        )
    _run(cursor, statements)
    cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'desk.change_log'::regclass")
    for (partition,) in cursor.fetchall():
        _run(
            cursor,
            (
                f"ALTER TABLE {partition} OWNER TO desk_log",
                # ALL TABLES in the grants to jobs reaches partitions too, and a job must not rewrite history.
                f"REVOKE ALL ON {partition} FROM desk_job",
                f"GRANT SELECT ON {partition} TO desk_operator, desk_backup",
            ),
        )


def _months(first: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    for _ in range(MONTHS_AHEAD + 2):
        following = (first + dt.timedelta(days=32)).replace(day=1)
        yield first, following
        first = following


def _rows(cursor: Cursor) -> None:
    """Permissions and kinds of secrets are rows, but the program declares them: the declaration wins."""
    codes = [permission.code for permission in Permission]
    cursor.execute("DELETE FROM desk.person_permissions WHERE permission <> ALL (%s)", (codes,))
    cursor.execute("DELETE FROM desk.permissions WHERE code <> ALL (%s)", (codes,))
    for position, permission in enumerate(Permission):
        cursor.execute(
            "INSERT INTO desk.permissions (code, label, section, negative, position) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT (code) DO UPDATE SET label = excluded.label, section = excluded.section,"
            " negative = excluded.negative, position = excluded.position",
            (permission.code, permission.value, permission.section.value, permission.negative, position),
        )
    cursor.execute(
        "DELETE FROM desk_vault.secret_kinds WHERE kind <> ALL (%s)", ([rule.kind for rule in SECRET_RULES],)
    )
    for rule in SECRET_RULES:
        cursor.execute(
            'INSERT INTO desk_vault.secret_kinds (kind, see, "create", change, per_hour, ticket_seconds)'
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (kind) DO UPDATE SET see = excluded.see,"
            ' "create" = excluded."create", change = excluded.change, per_hour = excluded.per_hour,'
            " ticket_seconds = excluded.ticket_seconds",
            (rule.kind, *rule.codes(), rule.per_hour, rule.ticket_seconds),
        )
    cursor.execute(
        "INSERT INTO desk.people (role, full_name, job, service) VALUES ('desk_worker', 'Serviço de entregas',"
        " 'Serviço', true) ON CONFLICT DO NOTHING"
    )
    # Alone it changes nothing, and it opens the routers' credentials, which settling needs.
    cursor.execute(
        "INSERT INTO desk.person_permissions (role, permission) VALUES ('desk_worker', 'enable_suspended')"
        " ON CONFLICT DO NOTHING"
    )
