"""The large load: a million customers for the benchmarks, streamed by COPY."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from random import Random

import psycopg
from psycopg import Connection

from desk.demo import bulk, vault
from desk.demo.load import PASSWORD, describe, refuse_filled
from desk.demo.people import EMPLOYEES, engage
from desk.demo.provider import ZONE, Provider
from desk.demo.rows import Crowd

CHUNK = 5000
COLUMNS = {
    "customers": "id, code, kind, name, trade_name, document, registration, birth_date, mother_name, email, active,"
    " inactive_since, identifier_code, default_due_day, business_unit_id, last_plan_number, created_at, created_by",
    "customer_phones": "customer_id, position, number, label",
    "addresses": "customer_id, position, zip, street, number, district, city_id",
    "customer_plans": "id, customer_id, number, catalog_plan_id, status, reference, start_date,"
    " first_activation_date, value, payment_method_id, due_day, last_close_date, access_point_id, business_unit_id,"
    " seller, cancelled_on, cancel_reason, suspended_from, suspended_until, created_at, created_by",
    "circuits": "plan_id, name",
    "radius_logins": "id, plan_id, login, fixed_ip, mac_lock, created_at, created_by",
    "radius_sessions": "session_id, unique_id, username, login_id, realm, nas_address, nas_port_id, nas_port_type,"
    " started_at, updated_at, stopped_at, update_seconds, session_seconds, in_octets, out_octets, calling_station,"
    " terminate_cause, service_type, framed_protocol, framed_ip, mac",
}
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
  FROM pg_index i
 WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
 ORDER BY pg_relation_size(i.indrelid) DESC, 1"""
_UNIQUES = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
  FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY (%s::regclass[]) ORDER BY 1, 2"""


@dataclass
class LargeInfo:
    """What was loaded, and how long each part took in seconds."""

    customers: int
    plans: int
    logins: int
    sessions: int
    seconds: dict[str, float] = field(default_factory=dict)


def load_large(
    dsn: str,
    customers: int = 1_000_000,
    sessions: int | None = None,
    *,
    today: dt.date = dt.date(2026, 7, 15),
    seed: int = 7,
    password: str = PASSWORD,
) -> LargeInfo:
    """Fill an empty, walled database with so many customers, half as many plans again and twice as many logins.

    `sessions` defaults to one for each login. FreeRADIUS knows every password; the vault holds none of them, since
    two million ciphertexts would measure nothing.
    """
    crowd = Crowd(Random(seed), today, customers)
    sessions = crowd.logins if sessions is None else sessions
    info = LargeInfo(customers, crowd.plans, crowd.logins, sessions)
    with psycopg.connect(dsn) as connection:
        refuse_filled(connection)
        connection.execute("SET LOCAL maintenance_work_mem = '1GB'")
        connection.execute("SET LOCAL synchronous_commit = off")
        clock = time.perf_counter()
        with bulk.without_triggers(connection):
            _settings(connection, today, password)
            rebuild = _strip(connection)
            streams: dict[str, Iterable[str]] = {
                "customers": crowd.customer_rows(),
                "customer_phones": crowd.phone_rows(),
                "addresses": crowd.address_rows(),
                "customer_plans": crowd.plan_rows(),
                "circuits": crowd.circuit_rows(),
                "radius_logins": crowd.login_rows(),
                "radius_sessions": crowd.session_rows(sessions),
            }
            for table, rows in streams.items():
                _stream(connection, table, rows)
                clock = _lap(info, table, clock)
            _derived(connection)
            clock = _lap(info, "derived", clock)
        for statement in rebuild:
            connection.execute(statement.encode())
        clock = _lap(info, "indexes", clock)
        bulk.check_references(connection)
        bulk.advance_identities(connection)
        clock = _lap(info, "references", clock)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM (ANALYZE)")
        _lap(info, "vacuum", clock)
    return info


def _lap(info: LargeInfo, name: str, since: float) -> float:
    now = time.perf_counter()
    info.seconds[name] = round(now - since, 1)
    return now


def _settings(connection: Connection, today: dt.date, password: str) -> None:
    provider = Provider(dt.datetime.combine(today, dt.time(14, 32), ZONE))
    provider.settings()
    engage(connection, {each.role: password.format(role=each.role) for each in EMPLOYEES})
    for table, rows in provider.data.tables.items():
        bulk.copy_rows(connection, table, rows)
    vault.fill(connection, provider.data)
    describe(connection)


def _strip(connection: Connection) -> list[str]:
    """Drop what is faster made at the end, and say how to make it again."""
    tables = [f"desk.{name}" for name in (*COLUMNS, "plan_status_history")]
    rebuild = []
    for table, name, definition in connection.execute(_UNIQUES, (tables,)).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        rebuild.append(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
    for name, definition in connection.execute(_INDEXES, (tables,)).fetchall():
        connection.execute(f"DROP INDEX {name}".encode())
        rebuild.append(definition)
    return rebuild


def _stream(connection: Connection, table: str, rows: Iterable[str]) -> None:
    statement = f"COPY desk.{table} ({COLUMNS[table]}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
        for block in _blocks(iter(rows)):
            copy.write(block)


def _blocks(rows: Iterator[str]) -> Iterator[str]:
    while block := "".join(islice(rows, CHUNK)):
        yield block


def _derived(connection: Connection) -> None:
    connection.execute(
        "INSERT INTO desk_vault.radius_clear (login_id, cleartext)"
        " SELECT id, substr(md5('senha' || id), 1, 8) FROM desk.radius_logins"
    )
    connection.execute(
        "INSERT INTO desk.plan_status_history (plan_id, from_status, to_status, at, who)"
        " SELECT id, NULL, status, created_at, created_by FROM desk.customer_plans"
    )
    zone = "AT TIME ZONE (SELECT zone FROM desk.installation)"
    connection.execute(
        "INSERT INTO desk.plan_suspensions (plan_id, starts_on, ends_on, reason, planned_by, planned_at, started_at)"
        f" SELECT id, (suspended_from {zone})::date, (suspended_until {zone})::date, 'Viagem', 'atendente',"
        " suspended_from, suspended_from FROM desk.customer_plans WHERE suspended_until IS NOT NULL"
    )
    connection.execute(
        "INSERT INTO desk.debts (topic, key, wanted, done, due_at, changed_at, customer_id, plan_id)"
        " SELECT 'plan_suspension', id::text, 1, 0, suspended_until, suspended_from, customer_id, id"
        " FROM desk.customer_plans WHERE suspended_until IS NOT NULL"
    )
    bulk.gather_words(connection)
