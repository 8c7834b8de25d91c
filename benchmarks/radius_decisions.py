"""A RADIUS decision over our tables and over those of FreeRADIUS: ours must reach 0.8 of its rate."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg

LOGINS = 200_000
ROUNDS = 10
DECISIONS = 400
BUDGET = 0.8

Connection = psycopg.Connection[Any]

# Loaded as a restore would, without triggers: neither debts nor log lines are what is measured here.
_FILL = """
SET session_replication_role = replica;
INSERT INTO desk.plan_statuses (code, description, "group", bills, grants_access) VALUES
  ('BENCH_ON', 'bench on', 'ativo', true, true), ('BENCH_OFF', 'bench off', 'inativo', false, false);
INSERT INTO desk.catalog_plans (name, kind, service_group_id, price, down_kbps, up_kbps)
  SELECT 'bench ' || n, 'internet', 0, 99.90, n * 10000, n * 5000 FROM generate_series(1, 40) n;
INSERT INTO desk.customer_plans (customer_id, number, catalog_plan_id, status, start_date, value, payment_method_id,
                                 due_day, business_unit_id, reference)
  SELECT -n, 1, c.id, CASE WHEN n % 20 = 0 THEN 'BENCH_OFF' ELSE 'BENCH_ON' END, '2026-01-01', 99.90, 0, 10, 0, 'bench'
    FROM generate_series(1, {logins}) n JOIN desk.catalog_plans c ON c.name = 'bench ' || (1 + n % 40);
INSERT INTO desk.radius_logins (plan_id, login)
  SELECT id, 'bench-' || -customer_id FROM desk.customer_plans WHERE reference = 'bench';
INSERT INTO desk_vault.radius_clear (login_id, cleartext)
  SELECT id, 'senha-' || id FROM desk.radius_logins WHERE login LIKE 'bench-%';
CREATE SCHEMA bench_stock;
CREATE TABLE bench_stock.radcheck (id serial PRIMARY KEY, username text NOT NULL, attribute text NOT NULL,
                                   op varchar(2) NOT NULL, value text NOT NULL);
CREATE TABLE bench_stock.radreply (LIKE bench_stock.radcheck INCLUDING ALL);
INSERT INTO bench_stock.radcheck (username, attribute, op, value)
  SELECT username, attribute, op, value FROM radius_api.radcheck WHERE username LIKE 'bench-%' ORDER BY id;
INSERT INTO bench_stock.radreply (username, attribute, op, value)
  SELECT username, attribute, op, value FROM radius_api.radreply WHERE username LIKE 'bench-%' ORDER BY id;
CREATE INDEX ON bench_stock.radcheck (username, attribute);
CREATE INDEX ON bench_stock.radreply (username, attribute);
GRANT USAGE ON SCHEMA bench_stock TO radius;
GRANT SELECT ON ALL TABLES IN SCHEMA bench_stock TO radius;
RESET session_replication_role
"""
_CLEAN = """
SET session_replication_role = replica;
DROP SCHEMA IF EXISTS bench_stock CASCADE;
DELETE FROM desk_vault.radius_clear WHERE login_id IN (SELECT id FROM desk.radius_logins WHERE login LIKE 'bench-%');
DELETE FROM desk.radius_logins WHERE login LIKE 'bench-%';
DELETE FROM desk.customer_plans WHERE reference = 'bench';
DELETE FROM desk.catalog_plans WHERE name LIKE 'bench %';
DELETE FROM desk.plan_statuses WHERE code LIKE 'BENCH%';
RESET session_replication_role
"""
_TOUCHED = (
    "desk_vault.radius_clear, desk.radius_logins, desk.customer_plans, desk.catalog_plans, desk.plan_statuses, "
    "bench_stock.radcheck, bench_stock.radreply"
)


def _stock(schema: str) -> Callable[[Connection, str], None]:
    """The two queries of FreeRADIUS' own configuration, with groups switched off as in ours."""
    check = f"SELECT id, UserName, Attribute, Value, Op FROM {schema}.radcheck WHERE Username = '%s' ORDER BY id"
    reply = check.replace("radcheck", "radreply")

    def ask(connection: Connection, login: str) -> None:
        for query in (check, reply):
            assert connection.execute((query % login).encode()).fetchall()

    return ask


def _ours(connection: Connection, login: str) -> None:
    """The one query of the configuration that we ship."""
    query = f"SELECT id, username, attribute, value, op FROM radius_api.decide('{login}', 'AA:BB:CC:DD:EE:FF')"
    assert connection.execute(query.encode()).fetchall()


def _rate(connection: Connection, ask: Callable[[Connection, str], None], logins: list[str]) -> float:
    started = time.perf_counter()
    for login in logins:
        ask(connection, login)
    return len(logins) / (time.perf_counter() - started)


def run(admin_dsn: str, logins: int = LOGINS) -> dict[str, float]:
    """Decisions a second, side by side in one run; `admin_dsn` is a superuser's way into a database with the wall.

    The queries carry their values in the text and are parsed each time, as FreeRADIUS sends them.
    """
    sides = {
        "stock_per_second": _stock("bench_stock"),
        "ours_per_second": _ours,
        "views_per_second": _stock("radius_api"),
    }
    rates: dict[str, list[float]] = {name: [] for name in sides}
    dice = random.Random(1)
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        admin.execute(_CLEAN.encode())
        try:
            admin.execute(_FILL.format(logins=logins).encode())
            admin.execute(f"ANALYZE {_TOUCHED}".encode())
            with psycopg.connect(admin_dsn, autocommit=True) as radius:
                radius.execute("SET SESSION AUTHORIZATION radius")
                for turn in range(ROUNDS + 1):
                    asked = [f"bench-{dice.randint(1, logins)}" for _ in range(DECISIONS)]
                    for name, ask in sides.items():
                        rate = _rate(radius, ask, asked)
                        if turn:  # the first round warms caches and plans
                            rates[name].append(rate)
        finally:
            admin.execute(_CLEAN.encode())
    figures = {name: statistics.median(found) for name, found in rates.items()}
    # Of each round the ratio, since the machine may be busy in one and idle in the next.
    pairs = zip(rates["ours_per_second"], rates["stock_per_second"], strict=True)
    ratio = statistics.median(ours / stock for ours, stock in pairs)
    return figures | {"logins": float(logins), "ratio": ratio, "budget": BUDGET}
