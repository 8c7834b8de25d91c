"""The small demo: some hundred customers of SerraNet Telecom, written in one transaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection

from desk.demo import bulk, vault
from desk.demo.addresses import add_addresses
from desk.demo.characters import characters
from desk.demo.crowd import crowd
from desk.demo.dataset import Dataset
from desk.demo.offer import COMPANY
from desk.demo.people import EMPLOYEES, engage
from desk.demo.provider import ZONE, Provider

PASSWORD = "{role}-serra-1"


class AlreadyFilled(RuntimeError):
    """The database holds customers; the demo never mixes with them."""


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo and how to sign in as that person."""

    role: str
    full_name: str
    job: str
    password: str


# What triggers would have made of the routers' reports: each connection's traffic over its days, people using more on
# some than on others, and the speed that a router was told for what is open.
_USAGE = """
    INSERT INTO desk.radius_usage (login_id, day, in_octets, out_octets)
    SELECT x.login_id, x.day, sum(x.input * x.weight / x.whole)::bigint, sum(x.output * x.weight / x.whole)::bigint
      FROM (SELECT s.login_id, d::date AS day, COALESCE(s.in_octets, 0) AS input, COALESCE(s.out_octets, 0) AS output,
                   w.weight, sum(w.weight) OVER (PARTITION BY s.id) AS whole
              FROM desk.radius_sessions s
             CROSS JOIN LATERAL generate_series(s.started_at::date, COALESCE(s.stopped_at, now())::date, '1 day') d
             CROSS JOIN LATERAL (SELECT 3 + abs(hashint8(s.id * 1000 + (d::date - DATE '2020-01-01')) % 7)) w (weight)
             WHERE s.login_id IS NOT NULL AND s.started_at IS NOT NULL) x
     GROUP BY x.login_id, x.day"""
_TOLD = """
    UPDATE desk.radius_sessions s SET rate_limit = d.rate_limit FROM radius_api.decisions d
     WHERE d.login_id = s.login_id AND s.stopped_at IS NULL"""


# Customers of the demo travel: what they are offered for that has to be there.
_OFFERED = "UPDATE desk.variables SET value = 'S' WHERE code = 'temporary_suspension'"


@dataclass(frozen=True)
class DemoInfo:
    """What was loaded."""

    company: str
    people: tuple[DemoPerson, ...]
    customers: int
    plans: int
    logins: int


def build(now: dt.datetime, customers: int = 300) -> Dataset:
    """All rows of the small demo as of that moment; the same moment gives the same rows."""
    provider = Provider(now.astimezone(ZONE))
    provider.settings()
    characters(provider)
    crowd(provider, customers)
    _recent(provider)
    provider.story.in_order()
    return provider.data


def load_small(dsn: str, today: dt.date | None = None, *, customers: int = 300, password: str = PASSWORD) -> DemoInfo:
    """Fill an empty, walled database as its superuser.

    With `today` the data are as of the afternoon of that day, otherwise as of the server's clock. `password` is a
    pattern that holds {role}. Raises AlreadyFilled if there are customers.
    """
    with psycopg.connect(dsn) as connection:
        refuse_filled(connection)
        data = build(_moment(connection, today), customers)
        people = tuple(
            DemoPerson(each.role, each.full_name, each.job, password.format(role=each.role)) for each in EMPLOYEES
        )
        with bulk.without_triggers(connection):
            engage(connection, {person.role: person.password for person in people})
            _write(connection, data)
            vault.fill(connection, data)
            describe(connection)
            connection.execute(_OFFERED)
            bulk.gather_words(connection)
            connection.execute(_USAGE)
            connection.execute(_TOLD)
        bulk.check_references(connection)
        bulk.advance_identities(connection)
        add_addresses(connection)
        connection.execute("ANALYZE")
    tables = data.tables
    return DemoInfo(
        COMPANY, people, len(tables["customers"]), len(tables["customer_plans"]), len(tables["radius_logins"])
    )


def refuse_filled(connection: Connection) -> None:
    """Raise AlreadyFilled if the database holds customers."""
    if connection.execute("SELECT FROM desk.customers LIMIT 1").fetchone() is not None:
        raise AlreadyFilled


def describe(connection: Connection) -> None:
    """Note company and demo in the one row about the installation."""
    connection.execute(
        "INSERT INTO desk.installation (one, company, demo) VALUES (true, %s, true)"
        " ON CONFLICT (one) DO UPDATE SET company = EXCLUDED.company, demo = true",
        (COMPANY,),
    )


def _moment(connection: Connection, today: dt.date | None) -> dt.datetime:
    if today is not None:
        return dt.datetime.combine(today, dt.time(14, 32), ZONE)
    row: tuple[Any, ...] | None = connection.execute("SELECT date_trunc('minute', clock_timestamp())").fetchone()
    if row is None:
        raise LookupError("clock_timestamp")
    moment: dt.datetime = row[0]
    return moment.astimezone(ZONE)


def _write(connection: Connection, data: Dataset) -> None:
    for table, rows in data.tables.items():
        bulk.copy_rows(connection, table, rows)


def _recent(provider: Provider) -> None:
    """Who opened whom last, so that the empty search field has something to offer."""
    customers = provider.data.tables["customers"]
    for employee in EMPLOYEES:
        others = provider.rnd.sample(range(8, len(customers) + 1), min(5, max(0, len(customers) - 8)))
        for order, identity in enumerate((1, 2, 3, *others)):
            opened = provider.now - dt.timedelta(minutes=7 + 19 * order)
            provider.data.add("recent_customers", role=employee.role, customer_id=identity, opened_at=opened)
