"""What the screens of a customer show: header, record, choices of the form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload, selectinload

from desk.models.customers import Address, BusinessUnit, City, Customer, CustomerKind
from desk.models.people import Permission
from desk.models.plans import ValueKind
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.customers.commands import PhoneRow
from desk.services.customers.errors import CustomerNotFound
from desk.services.customers.rules import mask_document
from desk.services.customers.use_cases import mandatory_fields
from desk.services.plans.rules import effect_of, runs_on, total_of


@dataclass(frozen=True)
class CustomerHeaderRow:
    """The line above a customer's tabs."""

    id: int
    code: int
    kind: CustomerKind
    name: str
    trade_name: str
    document: str  # masked; RevealDocument shows it whole
    phone: str  # national digits of the first telephone, or nothing
    city: str
    state: str
    active: bool
    inactive_since: dt.date | None
    online_since: dt.datetime | None  # start of the oldest connection that is open
    online_logins: int
    logins: int
    active_plans: int
    inactive_plans: int
    cancelled_plans: int
    billed_plans: int
    monthly: Decimal  # of the plans in a status that bills, with today's discounts and surcharges


@dataclass(frozen=True)
class CustomerHeader(Query[CustomerHeaderRow]):
    """Who this customer is and whether the connection stands."""

    customer_id: int


_HEADER = text("""
SELECT c.id, c.code, c.kind, c.name, c.trade_name, c.document, COALESCE(t.number, ''), COALESCE(home.city, ''),
       COALESCE(home.state, ''), c.active, c.inactive_since, net.since, net.online, net.logins,
       plans.active, plans.inactive, plans.cancelled, plans.billed, desk.today()
  FROM desk.customers c
  LEFT JOIN LATERAL (SELECT number FROM desk.customer_phones WHERE customer_id = c.id ORDER BY position LIMIT 1) t
         ON true
  LEFT JOIN LATERAL (SELECT y.name AS city, y.state FROM desk.addresses a JOIN desk.cities y ON y.id = a.city_id
                      WHERE a.customer_id = c.id ORDER BY a.position LIMIT 1) home ON true
  CROSS JOIN LATERAL (SELECT count(DISTINCT l.id) AS logins, min(o.started_at) AS since,
                             count(DISTINCT l.id) FILTER (WHERE o.id IS NOT NULL) AS online
                        FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id
                        LEFT JOIN desk.radius_sessions o ON o.login_id = l.id AND o.stopped_at IS NULL
                       WHERE p.customer_id = c.id AND l.deleted_at IS NULL) net
  CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE s."group" = 'ativo') AS active,
                             count(*) FILTER (WHERE s."group" = 'inativo') AS inactive,
                             count(*) FILTER (WHERE s."group" = 'cancelado') AS cancelled,
                             json_agg(json_build_array(p.value::text, (
                               SELECT json_agg(json_build_array(
                                        d.kind, d.amount::text, d.percent::text, d.starts_on, d.months))
                                 FROM desk.plan_value_details d WHERE d.plan_id = p.id)))
                               FILTER (WHERE s.bills OR (s.code = 'SUSPENSO_DEBITO' AND o.bills_when_debt_suspended))
                               AS billed
                        FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status
                        JOIN desk.catalog_plans o ON o.id = p.catalog_plan_id
                       WHERE p.customer_id = c.id AND p.deleted_at IS NULL) plans
 WHERE c.id = :id
""")


@use_case(CustomerHeader, permission=Permission.CUSTOMERS)
def customer_header(query: CustomerHeader, work: Work) -> CustomerHeaderRow:
    """One statement for the whole header."""
    row = work.session.execute(_HEADER, {"id": query.customer_id}).first()
    if row is None:
        raise CustomerNotFound()
    id_, code, kind, name, trade_name, document, *rest, billed, today = row
    sums = [_monthly(today, value, details or ()) for value, details in billed or ()]
    who = [id_, code, CustomerKind(kind), name, trade_name, mask_document(document)]
    facts: list[Any] = [*who, *rest, len(sums), sum(sums, Decimal(0))]
    return CustomerHeaderRow(*facts)


def _monthly(today: dt.date, value: str, details: Iterable[Sequence[Any]]) -> Decimal:
    """By the rules of the tree and of the plan's own window."""
    price = Decimal(value)
    effects = [
        effect_of(ValueKind(kind), amount and Decimal(amount), percent and Decimal(percent), price)
        for kind, amount, percent, starts_on, months in details
        if runs_on(today, dt.date.fromisoformat(starts_on), months)
    ]
    return total_of(price, effects)


@dataclass(frozen=True)
class AddressRow:
    """An address in the record; position 1 is the installation default, 2 the billing one."""

    id: int
    position: int
    version: int
    zip: str
    street: str
    number: str
    complement: str
    district: str
    city_id: int
    city: str
    state: str
    landmark: str


@dataclass(frozen=True)
class CustomerRecordRow:
    """Everything the Cadastro tab shows."""

    id: int
    version: int
    code: int
    kind: CustomerKind
    name: str
    trade_name: str
    document: str  # masked; RevealDocument shows it whole
    registration: str
    birth_date: dt.date | None
    mother_name: str
    father_name: str
    email: str
    notes: str
    active: bool
    inactive_since: dt.date | None
    identifier_code: str
    default_due_day: int
    business_unit_id: int
    business_unit: str
    created_at: dt.datetime
    created_by: str
    phones: tuple[PhoneRow, ...]
    addresses: tuple[AddressRow, ...]


@dataclass(frozen=True)
class CustomerRecord(Query[CustomerRecordRow]):
    """The Cadastro tab of one customer."""

    customer_id: int


@use_case(CustomerRecord, permission=Permission.CUSTOMERS)
def customer_record(query: CustomerRecord, work: Work) -> CustomerRecordRow:
    """The record, its telephones and its addresses: three statements."""
    c = work.session.scalar(
        select(Customer)
        .where(Customer.id == query.customer_id)
        .options(
            joinedload(Customer.business_unit),
            selectinload(Customer.phones),
            selectinload(Customer.addresses).joinedload(Address.city),
        )
    )
    if c is None:
        raise CustomerNotFound()
    return CustomerRecordRow(
        id=c.id,
        version=c.version,
        code=c.code,
        kind=c.kind,
        name=c.name,
        trade_name=c.trade_name,
        document=mask_document(c.document),
        registration=c.registration,
        birth_date=c.birth_date,
        mother_name=c.mother_name,
        father_name=c.father_name,
        email=c.email,
        notes=c.notes,
        active=c.active,
        inactive_since=c.inactive_since,
        identifier_code=c.identifier_code or "",
        default_due_day=c.default_due_day,
        business_unit_id=c.business_unit_id,
        business_unit=c.business_unit.name,
        created_at=c.created_at,
        created_by=c.created_by,
        phones=tuple(PhoneRow(phone.number, phone.label) for phone in c.phones),
        addresses=tuple(_address_row(address) for address in c.addresses),
    )


def _address_row(a: Address) -> AddressRow:
    return AddressRow(
        id=a.id,
        position=a.position,
        version=a.version,
        zip=a.zip,
        street=a.street,
        number=a.number,
        complement=a.complement,
        district=a.district,
        city_id=a.city_id,
        city=a.city.name,
        state=a.city.state,
        landmark=a.landmark,
    )


@dataclass(frozen=True)
class CityChoice:
    """A city of the list."""

    id: int
    name: str
    state: str


@dataclass(frozen=True)
class UnitChoice:
    """A business unit of the list."""

    id: int
    name: str


@dataclass(frozen=True)
class CustomerFormChoices:
    """What the form offers, and which fields are mandatory by variable (names of RecordDraft, or "mobile")."""

    cities: tuple[CityChoice, ...]
    units: tuple[UnitChoice, ...]
    mandatory: frozenset[str]


@dataclass(frozen=True)
class CustomerChoices(Query[CustomerFormChoices]):
    """Lists for Novo Cliente and the Cadastro tab."""


@use_case(CustomerChoices, permission=None)
def customer_choices(query: CustomerChoices, work: Work) -> CustomerFormChoices:
    """Cities, business units, mandatory fields: three statements."""
    cities = work.session.execute(select(City.id, City.name, City.state).order_by(City.name, City.state))
    units = work.session.execute(select(BusinessUnit.id, BusinessUnit.name).order_by(BusinessUnit.name))
    return CustomerFormChoices(
        cities=tuple(CityChoice(*row) for row in cities),
        units=tuple(UnitChoice(*row) for row in units),
        mandatory=mandatory_fields(work),
    )
