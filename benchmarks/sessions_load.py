"""Fills a scratch database with the connections of a year: indexes are made afterwards, all within a time.

A load of 20 million records through all their indexes takes hours; in bulk it is minutes, as after a restore.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

Connection = psycopg.Connection[Any]

LOAD_SECONDS = 900  # of one load; the machine is others' too
SERVER = (
    *("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=8GB"),
    *("-c", "maintenance_work_mem=1GB", "-c", "checkpoint_timeout=30min"),
)
ASSIGNED_PER = 100  # connections for each period in which a block was a plan's own

# Without triggers, as a restore would; in the order in which they began, as accounting writes them.
_SESSIONS = """
INSERT INTO desk.radius_sessions (session_id, unique_id, username, login_id, nas_address, started_at, updated_at,
    stopped_at, framed_ip, mac, in_octets, out_octets, terminate_cause)
  SELECT lpad(to_hex(n), 8, '0'), md5(n::text), 'bench-' || l, l, ('10.9.0.' || n % 40)::inet, t, t + d, t + d,
         '100.64.0.0'::inet + (n * 7919 % {addresses}), ('02:00:5e:' || to_char(l % 100, 'FM00') || ':00:01')::macaddr,
         d_s * 10000, d_s * 90000, 'User-Request'
    FROM generate_series(1::bigint, {last}) n
   CROSS JOIN LATERAL (SELECT 1 + n * 104729 % {logins} AS l, (600 + n * 31 % 70000) AS d_s,
         now() - interval '365 days' + n * (interval '364 days' / {last})) x (l, d_s, t)
   CROSS JOIN LATERAL (SELECT d_s * interval '1 second') y (d)
"""
# Fixed addresses and blocks of eight among those that connections get, each again and again another customer's.
_ASSIGNMENTS = """
INSERT INTO desk.ip_assignments (block, started_at, ended_at)
  SELECT set_masklen(('100.64.0.0'::inet + n * 8 % {addresses})::cidr, CASE n % 4 WHEN 0 THEN 29 ELSE 32 END),
         t, CASE WHEN t + interval '40 days' < now() THEN t + interval '40 days' END
    FROM generate_series(1::bigint, {assigned}) n
   CROSS JOIN LATERAL (SELECT now() - interval '365 days' + n * (interval '364 days' / {assigned})) x (t)
"""
_TABLES = ("radius_sessions", "ip_assignments")


def load(admin: Connection, sessions: int, logins: int) -> float:
    """So many connections and their assignments, indexed and settled; the seconds it took. QueryCanceled when late."""
    began = time.monotonic()
    numbers = {
        "last": sessions,
        "logins": logins,
        "addresses": logins * 2,
        "assigned": max(1, sessions // ASSIGNED_PER),
    }
    admin.execute("SET session_replication_role = replica")
    with without_indexes(admin, began), admin.transaction():
        # Emptied and filled in one transaction: at this level of WAL the rows need not be written twice.
        admin.execute("TRUNCATE desk.radius_sessions, desk.ip_assignments")
        for fill in (_SESSIONS, _ASSIGNMENTS):
            _in_time(admin, fill.format(**numbers), began)
    admin.execute("RESET session_replication_role")
    settle(admin, began)
    admin.execute("RESET statement_timeout")
    return time.monotonic() - began


@contextmanager
def without_indexes(admin: Connection, began: float) -> Iterator[None]:
    """Take all but the primary keys away, and make them again as they were."""
    found = admin.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " WHERE i.indrelid = ANY (%s::regclass[]) AND NOT i.indisprimary ORDER BY 1",
        ([f"desk.{name}" for name in _TABLES],),
    ).fetchall()
    for name, _ in found:
        admin.execute(f"DROP INDEX {name}".encode())
    yield
    for _, definition in found:
        _in_time(admin, definition, began)


def settle(admin: Connection, began: float | None = None) -> None:
    """As a year of autovacuum leaves it: whoever else has a snapshot open keeps pages from being marked as old."""
    seen = "SELECT relallvisible >= relpages * 0.9 FROM pg_class WHERE oid = 'desk.radius_sessions'::regclass"
    for _ in range(60):
        _in_time(admin, "VACUUM ANALYZE desk.radius_sessions, desk.ip_assignments", began)
        if admin.execute(seen.encode()).fetchone() == (True,):
            return
        time.sleep(1)


def _in_time(admin: Connection, statement: str, began: float | None) -> None:
    if began is not None:
        left = max(1, int(1000 * (LOAD_SECONDS - (time.monotonic() - began))))
        admin.execute(f"SET statement_timeout = {left}".encode())
    admin.execute(statement.encode())
