"""Questions about plans, each in a fixed number of statements."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, select, true
from sqlalchemy import String as Text
from sqlalchemy.orm import Session, aliased

from desk.models.access_points import AccessPoint
from desk.models.catalog import (
    CatalogCompositionItem,
    CatalogPlan,
    PaymentMethod,
    PlanGroup,
    PlanStatus,
    ServiceGroup,
)
from desk.models.customers import Address, BusinessUnit, City, Customer
from desk.models.logins import RadiusLogin, RadiusSession
from desk.models.outbox import Debt, Installation
from desk.models.people import Person
from desk.models.plans import (
    AddressKind,
    Circuit,
    CustomerPlan,
    PlanAddress,
    PlanStatusHistory,
    PlanValueDetail,
    ValueKind,
)
from desk.services.core.bus import Query, use_case
from desk.services.core.topics import Topic
from desk.services.core.work import Work
from desk.services.plans.errors import PlanNotFound
from desk.services.plans.ip_items import ip_items, ips_column
from desk.services.plans.rows import (
    AddressView,
    CircuitItem,
    CompositionView,
    CustomerPlans,
    Delivery,
    LoginItem,
    PlanDetails,
    PlanRow,
    StatusStep,
    ValueDetailView,
)
from desk.services.plans.rules import effect_of, runs_on, total_of

ZONE = select(Installation.zone).scalar_subquery()  # what counts as a day is the company's, not this computer's


@dataclass(frozen=True)
class CustomerPlanTree(Query[CustomerPlans]):
    """A customer's plans with what hangs beneath them: 4 statements, whatever their number."""

    customer_id: int


@dataclass(frozen=True)
class OnePlan(Query[PlanRow]):
    """One plan as the menus need it: 4 statements."""

    plan_id: int


@dataclass(frozen=True)
class PlanWindow(Query[PlanDetails]):
    """All that the window Plano/Serviço shows of one plan."""

    plan_id: int


@use_case(CustomerPlanTree, permission=None)
def customer_plan_tree(query: CustomerPlanTree, work: Work) -> CustomerPlans:
    """Plans in the order of their numbers, newest cancelled last."""
    rows = plan_rows(work.session, CustomerPlan.customer_id == query.customer_id)
    name = rows[0].customer_name if rows else ""
    return CustomerPlans(query.customer_id, name, tuple(rows))


@use_case(OnePlan, permission=None)
def one_plan(query: OnePlan, work: Work) -> PlanRow:
    """The plan, or PlanNotFound."""
    return plan_row(work.session, query.plan_id)


def plan_row(session: Session, plan_id: int) -> PlanRow:
    """One plan with its items; PlanNotFound when it is gone."""
    found = plan_rows(session, CustomerPlan.id == plan_id)
    if not found:
        raise PlanNotFound("plan", plan_id)
    return found[0]


def plan_rows(session: Session, which: ColumnElement[bool]) -> list[PlanRow]:
    """Plans with their logins, circuits and value details, in 4 statements."""
    plans = session.execute(
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
            CustomerPlan.provisional_until,
            cast(func.timezone(ZONE, CustomerPlan.provisional_until - dt.timedelta(seconds=1)), Date).label(
                "provisional_day"
            ),
            CustomerPlan.throttled,
            CatalogPlan.allows_login,
            CatalogPlan.login_limit,
            CatalogPlan.bills_when_debt_suspended,
            CustomerPlan.access_point_id.is_not(None).label("has_access_point"),
            CustomerPlan.version,
            CatalogPlan.allows_ip,
            ips_column(),
            func.desk.today().label("today"),
            func.clock_timestamp().label("now"),
        )
        .select_from(CustomerPlan)
        .join(Customer, Customer.id == CustomerPlan.customer_id)
        .join(CatalogPlan, CatalogPlan.id == CustomerPlan.catalog_plan_id)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(which)
        .order_by(CustomerPlan.number)
    ).all()
    if not plans:
        return []
    ids = [plan.id for plan in plans]
    logins = _logins(session, ids, {plan.id: _open(plan) for plan in plans})
    circuits: dict[int, list[CircuitItem]] = defaultdict(list)
    for circuit in session.execute(
        select(Circuit.id, Circuit.plan_id, Circuit.name).where(Circuit.plan_id.in_(ids)).order_by(Circuit.name)
    ):
        circuits[circuit.plan_id].append(CircuitItem(*circuit))
    effects: dict[int, list[Decimal]] = defaultdict(list)
    values = {plan.id: plan.value for plan in plans}
    for detail in session.execute(_details_of(ids)):
        if runs_on(plans[0].today, detail.starts_on, detail.months):
            effects[detail.plan_id].append(
                effect_of(detail.kind, detail.amount, detail.percent, values[detail.plan_id])
            )
    rows: list[PlanRow] = []
    for plan in plans:
        fields: dict[str, Any] = dict(plan._mapping)
        fields.pop("today")
        now = fields.pop("now")
        fields["ips"] = ip_items(fields, open_now=_open(plan))
        until = fields["provisional_until"]
        if until is None or until <= now:
            fields["provisional_until"] = fields["provisional_day"] = None
        rows.append(
            PlanRow(
                **fields,
                total=total_of(plan.value, effects[plan.id]),
                logins=tuple(logins[plan.id]),
                circuits=tuple(circuits[plan.id]),
            )
        )
    return rows


def _open(plan: Any) -> bool:
    until = plan.provisional_until
    return bool(plan.grants_access or (until is not None and until > plan.now))


def _details_of(
    ids: Sequence[int],
) -> Select[int, int, ValueKind, str, Decimal | None, Decimal | None, dt.date, int | None]:
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
        )
        .where(PlanValueDetail.plan_id.in_(ids))
        .order_by(PlanValueDetail.id)
    )


def delivery_of(debt: Any = Debt) -> ColumnElement[str]:
    """What is still owed about a thing, from the debt row joined to it (none: in step)."""
    return case(
        (debt.done.is_(None), Delivery.IN_STEP.value),
        (debt.done >= debt.wanted, Delivery.IN_STEP.value),
        (debt.due_at.is_(None), Delivery.PARKED.value),
        (debt.last_error.is_not(None), Delivery.FAILED.value),
        else_=Delivery.PENDING.value,
    )


def _logins(session: Session, plan_ids: Sequence[int], allowed: dict[int, bool]) -> dict[int, list[LoginItem]]:
    newest = (
        select(RadiusSession.started_at, RadiusSession.framed_ip, RadiusSession.calling_station)
        .where(RadiusSession.login_id == RadiusLogin.id, RadiusSession.stopped_at.is_(None))
        .order_by(RadiusSession.started_at.desc())
        .limit(1)
        .lateral("newest")
    )
    found: dict[int, list[LoginItem]] = defaultdict(list)
    for row in session.execute(
        select(
            RadiusLogin.id,
            RadiusLogin.plan_id,
            RadiusLogin.login,
            newest.c.started_at,
            func.host(newest.c.framed_ip).label("ip"),
            newest.c.calling_station,
            func.host(RadiusLogin.fixed_ip).label("fixed_ip"),
            cast(RadiusLogin.mac_lock, Text).label("mac_lock"),
            delivery_of().label("delivery"),
            RadiusLogin.created_at,
            RadiusLogin.version,
        )
        .select_from(RadiusLogin)
        .outerjoin(newest, true())
        .outerjoin(Debt, and_(Debt.topic == Topic.RADIUS_LOGIN, Debt.key == cast(RadiusLogin.id, Text)))
        .where(RadiusLogin.plan_id.in_(plan_ids), RadiusLogin.deleted_at.is_(None))
        .order_by(func.lower(RadiusLogin.login))
    ):
        found[row.plan_id].append(
            LoginItem(
                id=row.id,
                plan_id=row.plan_id,
                login=row.login,
                allowed=allowed[row.plan_id],
                online_since=row.started_at,
                ip=row.ip or "",
                mac=(row.calling_station or "").upper(),
                fixed_ip=row.fixed_ip or "",
                mac_lock=(row.mac_lock or "").upper(),
                delivery=Delivery(row.delivery),
                created_at=row.created_at,
                version=row.version,
            )
        )
    return found


@use_case(PlanWindow, permission=None)
def plan_window(query: PlanWindow, work: Work) -> PlanDetails:
    """The plan with everything its window shows; PlanNotFound when it is gone."""
    session = work.session
    row = plan_row(session, query.plan_id)
    seller = aliased(Person)
    used = (
        select(func.count())
        .select_from(CustomerPlan)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(CustomerPlan.access_point_id == AccessPoint.id, PlanStatus.group != PlanGroup.CANCELLED)
        .scalar_subquery()
    )
    more = (
        session.execute(
            select(
                CustomerPlan.start_date,
                CustomerPlan.first_activation_date,
                CustomerPlan.cancelled_on,
                CustomerPlan.cancel_reason,
                CustomerPlan.created_at,
                func.coalesce(Person.full_name, CustomerPlan.created_by).label("created_by"),
                BusinessUnit.id.label("unit_id"),
                BusinessUnit.name.label("unit"),
                ServiceGroup.name.label("service_group"),
                CatalogPlan.id.label("catalog_plan_id"),
                CatalogPlan.price.label("catalog_price"),
                CustomerPlan.access_point_id,
                func.coalesce(AccessPoint.name, "").label("access_point"),
                func.coalesce(used, 0).label("access_point_used"),
                AccessPoint.customer_limit.label("access_point_limit"),
                CatalogPlan.down_kbps,
                CatalogPlan.up_kbps,
                CatalogPlan.allowance_gb,
                CustomerPlan.seller,
                func.coalesce(seller.full_name, "").label("seller_name"),
                CustomerPlan.payment_method_id,
                PaymentMethod.name.label("payment_method"),
                PaymentMethod.prints_booklet.label("booklet_method"),
                CustomerPlan.last_close_date,
                CustomerPlan.separate_invoice,
                CustomerPlan.booklet,
                func.coalesce(CustomerPlan.identifier_code, "").label("identifier_code"),
                CustomerPlan.composition_customized,
            )
            .select_from(CustomerPlan)
            .join(BusinessUnit, BusinessUnit.id == CustomerPlan.business_unit_id)
            .join(CatalogPlan, CatalogPlan.id == CustomerPlan.catalog_plan_id)
            .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
            .join(PaymentMethod, PaymentMethod.id == CustomerPlan.payment_method_id)
            .outerjoin(AccessPoint, AccessPoint.id == CustomerPlan.access_point_id)
            .outerjoin(seller, seller.role == CustomerPlan.seller)
            .outerjoin(Person, Person.role == CustomerPlan.created_by)
            .where(CustomerPlan.id == query.plan_id)
        )
        .mappings()
        .one()
    )
    return PlanDetails(
        row=row,
        **more,
        details=_value_details(session, row),
        composition=tuple(
            CompositionView(*item)
            for item in session.execute(
                select(
                    CatalogCompositionItem.description,
                    CatalogCompositionItem.service_class,
                    CatalogCompositionItem.amount,
                )
                .where(CatalogCompositionItem.catalog_plan_id == more["catalog_plan_id"])
                .order_by(CatalogCompositionItem.position)
            )
        ),
        addresses=addresses_of(session, query.plan_id, row.customer_id),
        statuses=_statuses(session, query.plan_id),
    )


def _value_details(session: Session, row: PlanRow) -> tuple[ValueDetailView, ...]:
    today: dt.date = session.execute(select(func.desk.today())).scalar_one()
    views: list[ValueDetailView] = []
    for d in session.execute(_details_of([row.id])):
        running = runs_on(today, d.starts_on, d.months)
        effect = effect_of(d.kind, d.amount, d.percent, row.value) if running else Decimal(0)
        views.append(
            ValueDetailView(d.id, d.kind, d.description, d.amount, d.percent, d.starts_on, d.months, running, effect)
        )
    return tuple(views)


def addresses_of(session: Session, plan_id: int, customer_id: int) -> tuple[AddressView, ...]:
    """The three addresses; where the plan has none of its own, the customer's by PL-31, PL-32 and PL-34."""
    own = {
        address.kind: (address, city)
        for address, city in session.execute(
            select(PlanAddress, City).join(City, City.id == PlanAddress.city_id).where(PlanAddress.plan_id == plan_id)
        )
    }
    theirs = [
        (address, city)
        for address, city in session.execute(
            select(Address, City)
            .join(City, City.id == Address.city_id)
            .where(Address.customer_id == customer_id)
            .order_by(Address.position)
            .limit(2)
        )
    ]
    views: list[AddressView] = []
    for kind in AddressKind:
        if kind in own:
            views.append(_view(kind, "", None, *own[kind]))
        elif not theirs:
            views.append(AddressView(kind, "", None, "", "", "", "", "", None, "", "", ""))
        elif kind is AddressKind.INSTALLATION:
            views.append(_view(kind, "PADRÃO-INSTALAÇÃO:", theirs[0][0].id, *theirs[0]))
        else:
            views.append(_view(kind, "PADRÃO:", theirs[-1][0].id, *theirs[-1]))
    return tuple(views)


def _view(
    kind: AddressKind, follows: str, address_id: int | None, address: Address | PlanAddress, city: City
) -> AddressView:
    return AddressView(
        kind,
        follows,
        address_id,
        address.zip,
        address.street,
        address.number,
        address.complement,
        address.district,
        city.id,
        city.name,
        city.state,
        address.landmark,
    )


def _statuses(session: Session, plan_id: int) -> tuple[StatusStep, ...]:
    before, after = aliased(PlanStatus), aliased(PlanStatus)
    return tuple(
        StatusStep(*step)
        for step in session.execute(
            select(
                PlanStatusHistory.at,
                func.coalesce(before.description, ""),
                func.coalesce(after.description, PlanStatusHistory.to_status),
                PlanStatusHistory.to_status,
                PlanStatusHistory.marker,
                func.coalesce(Person.full_name, PlanStatusHistory.who),
                PlanStatusHistory.reason,
                PlanStatusHistory.note,
            )
            .select_from(PlanStatusHistory)
            .outerjoin(before, before.code == PlanStatusHistory.from_status)
            .outerjoin(after, after.code == PlanStatusHistory.to_status)
            .outerjoin(Person, Person.role == PlanStatusHistory.who)
            .where(PlanStatusHistory.plan_id == plan_id)
            .order_by(PlanStatusHistory.at.desc(), PlanStatusHistory.id.desc())
            .limit(50)
        )
    )
