"""Plans with what hangs beneath them, as the tree and the menus need them: four statements, whatever their number."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    select,
    true,
    type_coerce,
)
from sqlalchemy import String as Text
from sqlalchemy.orm import Session

from desk.models.access import allowed
from desk.models.base import enum_type
from desk.models.catalog import CatalogPlan, PlanStatus
from desk.models.customers import Customer
from desk.models.logins import RadiusLogin, RadiusSession
from desk.models.outbox import Debt, Installation
from desk.models.plans import Circuit, CustomerPlan, PlanValueDetail
from desk.models.variables import SystemVariable, Variable
from desk.services.core.prepared import Prepared, Row, ask
from desk.services.core.topics import Topic
from desk.services.plans.errors import PlanNotFound
from desk.services.plans.ip_items import ip_items, ips_column
from desk.services.plans.rows import CircuitItem, Delivery, LoginItem, PlanRow
from desk.services.plans.rules import effect_of, runs_on, total_of

ZONE = select(Installation.zone).scalar_subquery()  # what counts as a day is the company's, not this computer's
TODAY = select(func.desk.today()).scalar_subquery()  # asked once, not for each row

_ALLOWED: ColumnElement[bool] = literal_column(allowed("customer_plans", "plan_statuses"), Boolean)
_VARIABLE_11 = (
    select(SystemVariable.value).where(SystemVariable.code == Variable.TEMPORARY_SUSPENSION.code).scalar_subquery()
)
_DELIVERY: Any = enum_type(Delivery, "delivery")  # read back as a member


def _plans(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    # PlanRow's fields in their order; what is reckoned from the items comes after them.
    until = case((CustomerPlan.provisional_until > func.clock_timestamp(), CustomerPlan.provisional_until))
    return (
        select(
            CustomerPlan.id,
            CustomerPlan.customer_id,
            Customer.code.label("customer_code"),
            Customer.name.label("customer_name"),
            CustomerPlan.number,
            CatalogPlan.name,
            CustomerPlan.reference,
            CatalogPlan.kind,
            CustomerPlan.status,
            PlanStatus.description.label("status_label"),
            PlanStatus.group,
            PlanStatus.grants_access,
            CustomerPlan.value,
            CustomerPlan.due_day,
            until.label("provisional_until"),
            cast(func.timezone(ZONE, until - dt.timedelta(seconds=1)), Date).label("provisional_day"),
            cast(func.timezone(ZONE, CustomerPlan.suspended_from), Date).label("suspended_from"),
            (cast(func.timezone(ZONE, CustomerPlan.suspended_until), Date) - 1).label("suspended_last"),
            (_VARIABLE_11 == "S").label("suspends_temporarily"),
            _ALLOWED.label("allowed"),
            (CustomerPlan.throttled & func.coalesce(CustomerPlan.throttled_until > func.clock_timestamp(), True)).label(
                "throttled"
            ),
            case((CustomerPlan.speed_until > func.clock_timestamp(), CustomerPlan.speed_until)).label("speed_until"),
            CatalogPlan.allows_login,
            CatalogPlan.allows_ip,
            CatalogPlan.login_limit,
            CatalogPlan.bills_when_debt_suspended,
            CustomerPlan.access_point_id.is_not(None).label("has_access_point"),
            CustomerPlan.version,
            ips_column(),
        )
        .select_from(CustomerPlan)
        .join(Customer, Customer.id == CustomerPlan.customer_id)
        .join(CatalogPlan, CatalogPlan.id == CustomerPlan.catalog_plan_id)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(which)
        .order_by(CustomerPlan.number)
    )


def _logins(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    newest = (
        select(RadiusSession.started_at, RadiusSession.framed_ip, RadiusSession.calling_station)
        .where(RadiusSession.login_id == RadiusLogin.id, RadiusSession.stopped_at.is_(None))
        .order_by(RadiusSession.started_at.desc())
        .limit(1)
        .lateral("newest")
    )
    return (  # LoginItem's fields in their order
        select(
            RadiusLogin.id,
            RadiusLogin.plan_id,
            RadiusLogin.login,
            _ALLOWED.label("allowed"),
            newest.c.started_at.label("online_since"),
            func.coalesce(func.host(newest.c.framed_ip), "").label("ip"),
            func.upper(func.coalesce(newest.c.calling_station, "")).label("mac"),
            func.coalesce(func.host(RadiusLogin.fixed_ip), "").label("fixed_ip"),
            func.upper(func.coalesce(cast(RadiusLogin.mac_lock, Text), "")).label("mac_lock"),
            delivery_of().label("delivery"),
            RadiusLogin.created_at,
            RadiusLogin.version,
        )
        .select_from(RadiusLogin)
        .join(CustomerPlan, CustomerPlan.id == RadiusLogin.plan_id)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .outerjoin(newest, true())
        .outerjoin(Debt, and_(Debt.topic == Topic.RADIUS_LOGIN.value, Debt.key == cast(RadiusLogin.id, Text)))
        .where(which, RadiusLogin.deleted_at.is_(None))
        .order_by(func.lower(RadiusLogin.login))
    )


def _circuits(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (  # CircuitItem's fields in their order
        select(Circuit.id, Circuit.plan_id, Circuit.name)
        .join(CustomerPlan, CustomerPlan.id == Circuit.plan_id)
        .where(which)
        .order_by(Circuit.name)
    )


def _details(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            PlanValueDetail.id,
            PlanValueDetail.plan_id,
            PlanValueDetail.kind,
            PlanValueDetail.description,
            PlanValueDetail.amount,
            PlanValueDetail.percent,
            PlanValueDetail.starts_on,
            PlanValueDetail.months,
            TODAY.label("today"),
        )
        .join(CustomerPlan, CustomerPlan.id == PlanValueDetail.plan_id)
        .where(which)
        .order_by(PlanValueDetail.id)
    )


def delivery_of(debt: Any = Debt) -> ColumnElement[Delivery]:
    """What is still owed about a thing, from the debt row joined to it (none: in step)."""
    state = case(
        (debt.done.is_(None), Delivery.IN_STEP.value),
        (debt.done >= debt.wanted, Delivery.IN_STEP.value),
        (debt.due_at.is_(None), Delivery.PARKED.value),
        (debt.last_error.is_not(None), Delivery.FAILED.value),
        else_=Delivery.PENDING.value,
    )
    return type_coerce(state, _DELIVERY)


class Questions:
    """The four statements for one way of saying which plans; their parameter is `which`."""

    def __init__(self, column: Any) -> None:
        which = and_(column == bindparam("which", type_=BigInteger), CustomerPlan.deleted_at.is_(None))
        self.all = (
            Prepared(_plans(which)),
            Prepared(_logins(which), into=LoginItem),
            Prepared(_circuits(which), into=CircuitItem),
            Prepared(_details(which)),
        )


BY_CUSTOMER = Questions(CustomerPlan.customer_id)
BY_PLAN = Questions(CustomerPlan.id)


def plan_row(session: Session, plan_id: int) -> PlanRow:
    """One plan with its items; PlanNotFound when it is gone."""
    return plan_and_details(session, plan_id)[0]


def plan_and_details(session: Session, plan_id: int) -> tuple[PlanRow, list[Row]]:
    """The same, and its discounts and surcharges in the order in which they were made, each with today's date."""
    rows, details = _read(session, BY_PLAN, plan_id)
    if not rows:
        raise PlanNotFound("plan", plan_id)
    return rows[0], details


def plan_rows(session: Session, questions: Questions, which: int) -> list[PlanRow]:
    """Plans with their logins, circuits and value details: 4 statements, one journey to the server."""
    return _read(session, questions, which)[0]


def _read(session: Session, questions: Questions, which: int) -> tuple[list[PlanRow], list[Row]]:
    found, found_logins, found_circuits, details = ask(session, *questions.all, which=which)
    logins: dict[int, list[LoginItem]] = defaultdict(list)
    circuits: dict[int, list[CircuitItem]] = defaultdict(list)
    effects: dict[int, list[Decimal]] = defaultdict(list)
    for login in found_logins:
        logins[login.plan_id].append(login)
    for circuit in found_circuits:
        circuits[circuit.plan_id].append(circuit)
    values: dict[int, Decimal] = {row.id: row.value for row in found}
    for row in details:
        # A plan that appeared between two statements comes with the next reload.
        if row.plan_id in values and runs_on(row.today, row.starts_on, row.months):
            effects[row.plan_id].append(effect_of(row.kind, row.amount, row.percent, values[row.plan_id]))
    rows: list[PlanRow] = []
    for row in found:
        *plain, found_ips = row
        ips = ip_items(row.id, found_ips, open_now=row.allowed)
        total = total_of(row.value, effects[row.id])
        rows.append(PlanRow(*(*plain, total, tuple(logins[row.id]), tuple(circuits[row.id]), ips)))
    return rows, details
