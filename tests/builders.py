"""The shortest valid rows, written as a loader would: no guard asks for a permission, every trigger works."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql

from desk.models.catalog import StatusCode
from tests.postgres import Database

_numbers = itertools.count(1)


def company_day() -> dt.date:
    """The day of the tests' company; the machine's own may be another for some hours."""
    return dt.datetime.now(zoneinfo.ZoneInfo("America/Sao_Paulo")).date()


@dataclass(frozen=True)
class Customer:
    """A customer, and where it is."""

    id: int
    code: int
    name: str
    document: str
    business_unit_id: int
    city_id: int


@dataclass(frozen=True)
class RoutingServer:
    """A router."""

    id: int
    name: str


@dataclass(frozen=True)
class AccessPoint:
    """An access point, perhaps behind a router."""

    id: int
    name: str
    routing_server_id: int | None


@dataclass(frozen=True)
class IpRange:
    """A range of an access point."""

    id: int
    network: str
    access_point_id: int


@dataclass(frozen=True)
class Ip:
    """An IP of a plan."""

    id: int
    address: str
    plan_id: int


@dataclass(frozen=True)
class CatalogPlan:
    """A product."""

    id: int
    name: str
    price: Decimal


@dataclass(frozen=True)
class Login:
    """A RADIUS login; the password only where it was given one."""

    id: int
    login: str
    plan_id: int
    password: str | None


@dataclass(frozen=True)
class Plan:
    """A contracted plan, as it was when made."""

    id: int
    customer_id: int
    catalog_plan_id: int
    number: int
    version: int
    title: str
    logins: tuple[Login, ...]


def insert(database: Database, table: str, returning: str = "id", /, **values: Any) -> Any:
    """Insert one row of schema `desk` as the job role; answers the wanted column, or a tuple of several."""
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING {}").format(
        sql.Identifier("desk", table),
        sql.SQL(", ").join(map(sql.Identifier, values)),
        sql.SQL(", ").join(sql.Placeholder() * len(values)),
        sql.SQL(", ").join(map(sql.Identifier, returning.split())),
    )
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        row = admin.execute(statement, list(values.values())).fetchone()
    assert row is not None
    return row[0] if len(row) == 1 else row


def a_customer(database: Database, name: str = "Maria da Silva", *, phone: str = "", **columns: Any) -> Customer:
    """A person with a valid CPF and one address."""
    city = _shared(database, "cities", name="Cascavel", state="PR", abbreviation="CVL")
    unit = _shared(database, "business_units", name="Cascavel", city_id=city)
    values: dict[str, Any] = {"kind": "PF", "name": name, "document": a_cpf(), "business_unit_id": unit} | columns
    id_, code = insert(database, "customers", "id code", **values)
    address: dict[str, Any] = {
        "zip": "85801000",
        "street": "Rua das Flores",
        "number": "10",
        "district": "Centro",
        "city_id": city,
    }
    insert(database, "addresses", customer_id=id_, position=1, **address)
    if phone:
        insert(database, "customer_phones", customer_id=id_, position=1, number=phone)
    return Customer(id_, code, name, values["document"], values["business_unit_id"], city)


def a_catalog_plan(database: Database, name: str = "", *, price: str = "99.90", **columns: Any) -> CatalogPlan:
    """An internet product with room for two logins, sold in the one business unit of the tests."""
    name = name or f"FIBRA {next(_numbers)}"
    group = _shared(database, "service_groups", name="Internet")
    values: dict[str, Any] = {
        "kind": "internet",
        "allows_login": True,
        "login_limit": 2,
        "down_kbps": 100_000,
        "up_kbps": 50_000,
    }
    id_ = insert(database, "catalog_plans", name=name, service_group_id=group, price=Decimal(price), **values | columns)
    city = _shared(database, "cities", name="Cascavel", state="PR", abbreviation="CVL")
    unit = _shared(database, "business_units", name="Cascavel", city_id=city)
    insert(database, "catalog_plan_units", "catalog_plan_id", catalog_plan_id=id_, business_unit_id=unit)
    return CatalogPlan(id_, name, Decimal(price))


def a_routing_server(
    database: Database, name: str = "", *, host: str = "127.0.0.1", port: int = 8728, **columns: Any
) -> RoutingServer:
    """A router without TLS; its password comes by `a_secret`."""
    name = name or f"RB {next(_numbers)}"
    values: dict[str, Any] = {"tls": "sem TLS", "username": "desk"} | columns
    return RoutingServer(insert(database, "routing_servers", name=name, host=host, port=port, **values), name)


def an_access_point(
    database: Database, name: str = "", *, routing_server: RoutingServer | None = None, **columns: Any
) -> AccessPoint:
    """An access point, behind a router if one is given."""
    name = name or f"POP {next(_numbers)}"
    behind = routing_server.id if routing_server else None
    return AccessPoint(insert(database, "access_points", name=name, routing_server_id=behind, **columns), name, behind)


def a_plan(
    database: Database,
    *,
    status: str = StatusCode.ENABLED,
    logins: Sequence[str] | int = 0,
    customer: Customer | None = None,
    catalog_plan: CatalogPlan | None = None,
    access_point: AccessPoint | None = None,
    **columns: Any,
) -> Plan:
    """A plan in any status, with as many logins as asked for."""
    customer = customer or a_customer(database)
    catalog_plan = catalog_plan or a_catalog_plan(database)
    values: dict[str, Any] = {
        "customer_id": customer.id,
        "catalog_plan_id": catalog_plan.id,
        "status": str(status),
        "start_date": dt.date(2026, 1, 10),
        "value": catalog_plan.price,
        "payment_method_id": _shared(database, "payment_methods", name="Boleto"),
        "due_day": 10,
        "access_point_id": access_point.id if access_point else None,
        "business_unit_id": customer.business_unit_id,
        "cancelled_on": dt.date(2026, 5, 31) if status == StatusCode.CANCELLED else None,
    } | columns
    id_, number, version = insert(database, "customer_plans", "id number version", **values)
    names = [f"cliente{next(_numbers)}" for _ in range(logins)] if isinstance(logins, int) else logins
    made = tuple(a_login(database, plan_id=id_, login=name) for name in names)
    return Plan(id_, customer.id, catalog_plan.id, number, version, catalog_plan.name, made)


def a_login(
    database: Database, *, plan_id: int | None = None, login: str = "", password: str | None = None, **columns: Any
) -> Login:
    """A login of a plan; with a password it also has its secret in the vault."""
    plan_id = a_plan(database).id if plan_id is None else plan_id
    login = login or f"cliente{next(_numbers)}"
    id_ = insert(database, "radius_logins", plan_id=plan_id, login=login, **columns)
    if password is not None:
        a_secret(database, "radius", id_, password, clear=True)
    return Login(id_, login, plan_id, password)


def a_range(
    database: Database,
    network: str,
    *,
    access_point: AccessPoint | None = None,
    prefix: int | None = None,
    **columns: Any,
) -> IpRange:
    """A range that gives single addresses away, or blocks of `prefix` bits."""
    point = access_point or an_access_point(database)
    bits = prefix or (128 if ":" in network else 32)
    id_ = insert(database, "ip_ranges", access_point_id=point.id, network=network, block_prefix=bits, **columns)
    return IpRange(id_, network, point.id)


def an_ip(
    database: Database, address: str, *, plan_id: int | None = None, block: str = "", mac: str = "", **columns: Any
) -> Ip:
    """An address of a plan; of a mask, only the address itself is taken unless a block is named."""
    plan_id = a_plan(database).id if plan_id is None else plan_id
    taken = block or address.partition("/")[0]
    id_ = insert(database, "customer_ips", plan_id=plan_id, address=address, block=taken, **columns)
    if mac:
        insert(database, "customer_ip_macs", ip_id=id_, mac=mac)
    return Ip(id_, address, plan_id)


def a_secret(database: Database, kind: str, owner: int, text: str, *, clear: bool = False) -> int:
    """Store a secret as the administrator's desk would; `clear` for the kinds that FreeRADIUS must read."""
    administrator = database.connect("administrador")
    with administrator.transaction():
        row = administrator.execute("SELECT version, data_key FROM desk.begin_secret(%s, %s)", (kind, owner)).fetchone()
        assert row is not None
        version, key = row
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), f"{kind}|{owner}|{version}".encode())
        administrator.execute("SELECT desk.store_secret(%s, %s, %s)", (version, sealed, text if clear else None))
    administrator.close()
    return int(version)


def a_cpf() -> str:
    """The next CPF with right check digits."""
    digits = f"{100_000_000 + next(_numbers) * 7919}"
    for length in (9, 10):
        total = sum(int(digit) * weight for digit, weight in zip(digits, range(length + 1, 1, -1), strict=True))
        digits += str(total * 10 % 11 % 10)
    return digits


def _shared(database: Database, table: str, name: str, **columns: Any) -> int:
    """The row of this name, made when it is wanted first."""
    query = sql.SQL("SELECT id FROM {} WHERE name = %s").format(sql.Identifier("desk", table))
    found = database.admin().execute(query, (name,)).fetchone()
    return int(found[0]) if found else int(insert(database, table, name=name, **columns))
