"""Statements per query: stored, the same for one item and for fifty, and never changed unnoticed.

A new query needs a line in CASES. `DESK_RENEW_BUDGETS=1 pytest tests/rules/test_query_budgets.py` writes the counts
anew; look at the difference before committing it.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from desk import services
from desk.models.catalog import StatusCode
from desk.services.access_points import (
    AccessPoints,
    AccessPointUses,
    IpOptions,
    IpRanges,
    RoutingServers,
    TryAccessPoints,
    TryRoutingServers,
)
from desk.services.catalog import CatalogPlans, Lists, SmallList, Statuses
from desk.services.core.bus import HANDLERS, Lookup, Owed, Query
from desk.services.customers import (
    CustomerChoices,
    CustomerHeader,
    CustomerRecord,
    RecentCustomers,
    SearchCustomers,
    SuggestName,
)
from desk.services.deliveries import DebtNews, PendingDeliveries
from desk.services.drift import CorrectionNews, ExportDrift, RoutersToLookAt
from desk.services.history import CustomerHistory, DeletedItems, Difference
from desk.services.ips import IpFormOf, MacHints, OneIp
from desk.services.logins import LoginInformation, LoginIsFree, NewLoginForm
from desk.services.permissions import People
from desk.services.plans import (
    ChoicesForChange,
    ChoicesForNewPlan,
    ChoicesForPlan,
    CustomerPlanTree,
    OnePlan,
    PlaceAuthorisers,
    PlanWindow,
    PreviewStatusChange,
    StatusesToGive,
)
from desk.services.sessions import (
    AllowanceUse,
    ChoicesForSpeed,
    ConnectionStatement,
    Cursor,
    ExportStatement,
    MoreConnections,
    PrintAddressUse,
    RadiusServers,
    WatchTraffic,
    WhoUsedAddress,
)
from desk.services.variables import Variables
from tests.builders import a_catalog_plan, a_customer, a_plan, a_range, a_routing_server, an_access_point, an_ip, insert
from tests.postgres import Cluster, Database

services.register_all()

BUDGETS = Path(__file__).with_name("query_budgets.json")
RENEW = bool(os.environ.get("DESK_RENEW_BUDGETS"))
# They speak to routers: each login, or each router, is asked for on its own, within a deadline of its own.
LIVE = {"Rehearse", "CheckAccessPoint", "CheckRouter", "ReadCertificate", "TryLogin", "LookForDrift"}
MOST_ADDRESSES = 19


@dataclass(frozen=True)
class World:
    """A database with one of everything, or with fifty of everything on the same customer and plan."""

    database: Database
    customer_id: int
    plan_id: int
    login_id: int
    ip_id: int
    point_id: int
    xid: int
    at: dt.datetime


def spreadsheet(world: World, names: str, more: str) -> Path:
    """A file with a line for each row that is there, and one that is not."""
    rows = world.database.admin().execute(f"SELECT name FROM desk.{names}").fetchall()  # type: ignore[arg-type]
    path = Path(tempfile.gettempdir(), f"desk-{names}-{os.getpid()}.csv")
    path.write_text("\n".join([f"Nome;{more}", *(f"{name};" for (name,) in rows), "Outro;"]), encoding="utf-8")
    return path


SINCE, UNTIL = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
CASES: dict[str, Callable[[World], Query[Any]]] = {
    "AllowanceUse": lambda world: AllowanceUse(world.plan_id),
    "ChoicesForSpeed": lambda world: ChoicesForSpeed(world.plan_id),
    "ConnectionStatement": lambda world: ConnectionStatement(login_id=world.login_id, since=SINCE, until=UNTIL),
    "ExportStatement": lambda world: ExportStatement(login_id=world.login_id, since=SINCE, until=UNTIL),
    "MoreConnections": lambda world: MoreConnections(
        login_id=world.login_id, since=SINCE, until=UNTIL, after=Cursor(world.at, 1)
    ),
    "PrintAddressUse": lambda world: PrintAddressUse(address="2001:db8::7", at=world.at),
    "RadiusServers": lambda world: RadiusServers(),
    "WatchTraffic": lambda world: WatchTraffic(world.login_id),
    "WhoUsedAddress": lambda world: WhoUsedAddress(address="192.0.2.7", at=world.at),
    "AccessPoints": lambda world: AccessPoints(),
    "AccessPointUses": lambda world: AccessPointUses(world.point_id),
    "TryAccessPoints": lambda world: TryAccessPoints(spreadsheet(world, "access_points", "Faixas")),
    "TryRoutingServers": lambda world: TryRoutingServers(spreadsheet(world, "routing_servers", "Senha")),
    "PlaceAuthorisers": lambda world: PlaceAuthorisers(),
    "CatalogPlans": lambda world: CatalogPlans(),
    "ChoicesForChange": lambda world: ChoicesForChange(world.plan_id),
    "ChoicesForNewPlan": lambda world: ChoicesForNewPlan(world.customer_id),
    "ChoicesForPlan": lambda world: ChoicesForPlan(),
    "CorrectionNews": lambda world: CorrectionNews(debts=(Owed("radius_login", str(world.login_id)),)),
    "CustomerChoices": lambda world: CustomerChoices(),
    "CustomerHeader": lambda world: CustomerHeader(world.customer_id),
    "CustomerHistory": lambda world: CustomerHistory(world.customer_id),
    "CustomerPlanTree": lambda world: CustomerPlanTree(world.customer_id),
    "CustomerRecord": lambda world: CustomerRecord(world.customer_id),
    "DebtNews": lambda world: DebtNews(debts=(("radius_login", str(world.login_id)),)),
    "DeletedItems": lambda world: DeletedItems(world.customer_id),
    "Difference": lambda world: Difference(world.xid, world.at),
    "ExportDrift": lambda world: ExportDrift(heads=("Roteador",), lines=(("=1",),)),
    "IpFormOf": lambda world: IpFormOf(world.plan_id),
    "IpOptions": lambda world: IpOptions(),
    "IpRanges": lambda world: IpRanges(world.point_id),
    "Lists": lambda world: Lists(next(iter(SmallList))),
    "LoginInformation": lambda world: LoginInformation(world.login_id),
    "LoginIsFree": lambda world: LoginIsFree("ainda.livre"),
    "MacHints": lambda world: MacHints("00:00:5E:00:53:01"),
    "NewLoginForm": lambda world: NewLoginForm(world.plan_id),
    "OneIp": lambda world: OneIp(world.ip_id),
    "OnePlan": lambda world: OnePlan(world.plan_id),
    "PendingDeliveries": lambda world: PendingDeliveries(),
    "People": lambda world: People(),
    "PlanWindow": lambda world: PlanWindow(world.plan_id),
    "PreviewStatusChange": lambda world: PreviewStatusChange(plan_id=world.plan_id, target=StatusCode.SUSPENDED),
    "RecentCustomers": lambda world: RecentCustomers(),
    "RoutersToLookAt": lambda world: RoutersToLookAt(),
    "RoutingServers": lambda world: RoutingServers(),
    # Its dearest form: nothing begins like that, so words are looked into as well.
    "SearchCustomers": lambda world: SearchCustomers("aria"),
    "SuggestName": lambda world: SuggestName("maira sliva"),
    "Statuses": lambda world: Statuses(),
    "StatusesToGive": lambda world: StatusesToGive(),
    "Variables": lambda world: Variables(),
}


def world_of(database: Database, count: int) -> World:
    """One customer, with `count` of everything that a query could ask for one by one."""
    customer = a_customer(database, "Maria da Silva", phone="44998712043")
    first = a_plan(database, customer=customer, logins=count)
    point = an_access_point(database, routing_server=a_routing_server(database))
    for number in range(2, count + 1):
        a_customer(database, f"Maria {number}")
        a_plan(database, customer=customer, logins=1, access_point=point)
        an_access_point(database, routing_server=a_routing_server(database))
        a_catalog_plan(database)
        insert(database, "customer_phones", customer_id=customer.id, position=number, number=f"449987120{number:02d}")
        if number <= MOST_ADDRESSES:
            house = {"zip": "85801000", "street": f"Rua {number}", "number": "1", "district": "Centro"}
            insert(database, "addresses", customer_id=customer.id, position=number, city_id=customer.city_id, **house)
    for number in range(count):
        details = {"kind": "acrescimo", "amount": 1 + number, "starts_on": dt.date(2026, 1, 1)}
        insert(database, "plan_value_details", plan_id=first.id, **details)
        insert(database, "circuits", plan_id=first.id, name=f"MGA001234-{number:03d}")
        a_range(database, f"10.1.{number}.0/24", access_point=point)
    addresses = [f"10.0.0.{number}/24" for number in range(1, count + 1)]
    ips = [an_ip(database, address, plan_id=first.id, mac="00:00:5E:00:53:01") for address in addresses]
    xid, at = _history(database, customer.id, first.id, count)
    return World(database, customer.id, first.id, first.logins[0].id, ips[0].id, point.id, xid, at)


def _history(database: Database, customer_id: int, plan_id: int, count: int) -> tuple[int, dt.datetime]:
    """Lines, one of them with as many changed rows, recent customers and deleted circuits."""
    person = database.connect("administrador", autocommit=False)
    for number in range(count):
        person.execute("SELECT desk.record('plan.edited', %s, %s, '{}')", (customer_id, plan_id))
        person.execute("INSERT INTO desk.circuits (plan_id, name) VALUES (%s, %s)", (plan_id, f"OUT{number:03d}"))
    person.execute(
        "SELECT desk.delete_circuits(id) FROM desk.circuits WHERE plan_id = %s AND name LIKE 'OUT%%'", (plan_id,)
    )
    person.execute("SELECT desk.opened_customer(id) FROM desk.customers")
    row = person.execute("SELECT pg_current_xact_id()::text::bigint, clock_timestamp()").fetchone()
    assert row is not None
    person.commit()
    person.close()
    return row[0], row[1]


@pytest.fixture(scope="module")
def worlds(cluster: Cluster, template: str) -> Iterator[tuple[World, World]]:
    """One of everything, and fifty."""
    databases = [Database(cluster, cluster.clone(template)) for _ in range(2)]
    try:
        yield world_of(databases[0], 1), world_of(databases[1], 50)
    finally:
        for database in databases:
            database.close()
            cluster.drop(database.name)


@contextmanager
def counted() -> Iterator[list[str]]:
    """What is sent to the database meanwhile, seen at the driver, which not every question reaches by SQLAlchemy."""
    sent: list[str] = []
    plain = psycopg.Cursor.execute  # every kind of cursor comes through it

    def counting(cursor: Any, query: Any, *others: Any, **more: Any) -> Any:
        sent.append(query.decode() if isinstance(query, bytes) else str(query))
        return plain(cursor, query, *others, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", counting)
        yield sent


def statements(world: World, query: Query[Any]) -> list[str]:
    """The statements of one query, its permission among them."""
    person = world.database.signed_in("administrador")
    person.bus.execute(query)  # the first use of a connection asks for things of its own
    with counted() as sent:
        person.bus.execute(query)
    assert sent
    return sent


def test_every_query_has_a_case_and_every_case_a_query() -> None:
    queries = {command.__name__ for command in HANDLERS if issubclass(command, Query)}
    assert set(CASES) == queries - LIVE
    if not RENEW:
        assert set(json.loads(BUDGETS.read_text(encoding="utf-8"))) == set(CASES)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_query_keeps_its_number_of_statements(worlds: tuple[World, World], name: str) -> None:
    one, fifty = (statements(world, CASES[name](world)) for world in worlds)
    assert len(one) == len(fifty), "more items, more statements:\n" + "\n".join(fifty[:20])
    stored: dict[str, int] = json.loads(BUDGETS.read_text(encoding="utf-8")) if BUDGETS.exists() else {}
    if RENEW:
        stored[name] = len(one)
        BUDGETS.write_text(json.dumps(dict(sorted(stored.items())), indent=2) + "\n", encoding="utf-8")
    assert stored.get(name) == len(one), "\n".join(one)


LOOKUPS = {command.__name__ for command in HANDLERS if issubclass(command, Lookup)}


@pytest.mark.parametrize("name", sorted(LOOKUPS))
def test_what_runs_without_a_read_only_transaction_does_nothing_but_read(
    worlds: tuple[World, World], name: str
) -> None:
    for sent in statements(worlds[0], CASES[name](worlds[0])):
        assert re.match(r"(SELECT|WITH)\b(?!.*\b(INSERT|UPDATE|DELETE|set_config)\b)", sent, re.DOTALL), sent


def test_opening_a_customer_stays_within_the_design(worlds: tuple[World, World]) -> None:
    """Design, budgets: the Planos tab in at most four statements, the search in one."""
    stored = json.loads(BUDGETS.read_text(encoding="utf-8"))
    assert stored["CustomerPlanTree"] <= 4
    assert stored["SearchCustomers"] == 1
