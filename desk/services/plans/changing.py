"""Mudar Plano: another catalogue plan for the same customer plan (domain 6.1); what is offered, and the change."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import exists, or_, select

from desk.models.catalog import (
    CatalogCompositionItem,
    CatalogPlan,
    CatalogPlanUnit,
    PlanGroup,
    PlanStatus,
    ServiceGroup,
    StatusCode,
)
from desk.models.customers import BusinessUnit
from desk.models.people import Permission
from desk.models.plans import ChangeMode, CustomerPlan, PlanChange
from desk.models.variables import Variable
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.prepared import Row
from desk.services.core.work import Work
from desk.services.plans.errors import (
    ChangedOnCloseDay,
    ChangeOfCancelledPlan,
    FactsMoved,
    ItemsDoNotFit,
    NotSoldHere,
    PlanNotFound,
)
from desk.services.plans.queries import value_detail
from desk.services.plans.rows import Choice, CompositionView, PlanRow, ValueDetailView, titled
from desk.services.plans.rules import effect_of, total_of
from desk.services.plans.tree import plan_and_details

CHANGE_REASONS = (
    "Upgrade a pedido do cliente",
    "Downgrade a pedido do cliente",
    "Promoção",
    "Retenção",
    "Mudança de tecnologia",
    "Correção do cadastro",
    "Outro",
)


@dataclass(frozen=True)
class TargetPlan:
    """A catalogue plan that the plan may change into; `version` says which state of it was shown."""

    id: int
    name: str
    group_id: int
    price: Decimal
    allows_login: bool
    login_limit: int
    allows_ip: bool
    requires_authorization: bool
    down_kbps: int
    up_kbps: int
    version: int
    composition: tuple[CompositionView, ...] = ()


@dataclass(frozen=True)
class Stuck:
    """An item for which the new plan has no place (CP-03)."""

    kind: str  # "login" | "ip"
    name: str


@dataclass(frozen=True)
class ChangeChoices:
    """What Mudar Plano starts from; `facts` names exactly this plan with these items and details."""

    plan: PlanRow
    unit: str
    group_id: int
    group: str
    down_kbps: int
    up_kbps: int
    groups: tuple[Choice, ...]
    targets: tuple[TargetPlan, ...]
    details: tuple[ValueDetailView, ...]  # discounts and surcharges there are, running or not
    composition_customized: bool  # the new plan brings its own instead
    asks_details: bool  # variable 13
    bills: bool
    start_date: dt.date
    last_close_date: dt.date | None
    today: dt.date
    facts: str


@dataclass(frozen=True)
class ChoicesForChange(Query[ChangeChoices]):
    """What one plan may change into."""

    plan_id: int


@dataclass(frozen=True)
class CatalogPlanChanged:
    """A plan's catalogue plan as it is now."""

    plan_id: int
    customer_id: int
    title: str
    version: int


@dataclass(frozen=True, kw_only=True)
class ChangeCatalogPlan(Command[CatalogPlanChanged]):
    """Mudar Plano, from today on. `facts` and `catalog_version` are what was shown; empty when nothing was."""

    plan_id: int
    version: int
    catalog_plan_id: int
    value: Decimal
    mode: ChangeMode = ChangeMode.PROPORTIONAL
    keeps_details: bool = False
    reason: str
    note: str = ""
    facts: str = ""
    catalog_version: int | None = None
    confirmed: bool = False


def stuck(plan: PlanRow, target: TargetPlan) -> tuple[Stuck, ...]:
    """CP-03: what must be removed before; with too many logins all of them, since the clerk chooses which."""
    room = target.login_limit if target.allows_login else 0
    logins = plan.logins if len(plan.logins) > room else ()
    ips = () if target.allows_ip else plan.ips
    return (*(Stuck("login", each.login) for each in logins), *(Stuck("ip", each.address) for each in ips))


def total_after(choices: ChangeChoices, value: Decimal, *, keeps_details: bool) -> Decimal:
    """What the plan will cost a month: discounts and surcharges only where they are carried over (BI-06)."""
    kept = [each for each in choices.details if each.running and keeps_details]
    return total_of(value, [effect_of(each.kind, each.amount, each.percent, value) for each in kept])


def check_target(row: PlanRow, target: CatalogPlan) -> None:
    """CP-03 and what is sold at all, whichever way the plan changes: ItemsDoNotFit, NotSoldHere."""
    if row.group is PlanGroup.CANCELLED:
        raise ChangeOfCancelledPlan(title=row.title)
    if names := [each.name for each in stuck(row, _target(target))]:
        raise ItemsDoNotFit(plan=target.name, items=", ".join(names))
    if not target.active:
        raise NotSoldHere(plan=target.name)


def _facts_of(row: PlanRow, details: list[Row]) -> str:
    parts = [
        f"{row.id}|{row.version}|{row.value}",
        *(f"d{d.id}:{d.kind}:{d.amount}:{d.percent}:{d.starts_on}:{d.months}" for d in details),
        *(f"l{each.id}:{each.login}" for each in row.logins),
        *(f"i{each.id}:{each.address}" for each in row.ips),
        *(f"c{each.id}:{each.name}" for each in row.circuits),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]


@use_case(ChoicesForChange, permission=None)
def choices_for_change(query: ChoicesForChange, work: Work) -> ChangeChoices:
    """Active catalogue plans of the plan's business unit, without its own; PlanNotFound when the plan is gone."""
    session = work.session
    row, details = plan_and_details(session, query.plan_id)
    more = session.execute(
        select(
            CustomerPlan.catalog_plan_id,
            CustomerPlan.start_date,
            CustomerPlan.last_close_date,
            CustomerPlan.business_unit_id,
            CustomerPlan.composition_customized,
            BusinessUnit.name.label("unit"),
            CatalogPlan.service_group_id,
            ServiceGroup.name.label("group"),
            CatalogPlan.down_kbps,
            CatalogPlan.up_kbps,
            PlanStatus.bills,
        )
        .select_from(CustomerPlan)
        .join(BusinessUnit, BusinessUnit.id == CustomerPlan.business_unit_id)
        .join(CatalogPlan, CatalogPlan.id == CustomerPlan.catalog_plan_id)
        .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
        .join(PlanStatus, PlanStatus.code == CustomerPlan.status)
        .where(CustomerPlan.id == query.plan_id)
    ).one()
    sold_in = select(CatalogPlanUnit.business_unit_id).where(CatalogPlanUnit.catalog_plan_id == CatalogPlan.id)
    parts: dict[int, list[CompositionView]] = defaultdict(list)
    for part in session.execute(
        select(
            CatalogCompositionItem.catalog_plan_id,
            CatalogCompositionItem.description,
            CatalogCompositionItem.service_class,
            CatalogCompositionItem.amount,
        ).order_by(CatalogCompositionItem.position)
    ):
        parts[part.catalog_plan_id].append(CompositionView(*part[1:]))
    found = session.execute(
        select(CatalogPlan, ServiceGroup.name)
        .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
        .where(
            CatalogPlan.active,
            CatalogPlan.id != more.catalog_plan_id,
            or_(~exists(sold_in), exists(sold_in.where(CatalogPlanUnit.business_unit_id == more.business_unit_id))),
        )
        .order_by(ServiceGroup.name, CatalogPlan.price, CatalogPlan.name)
    ).all()
    groups = [Choice(more.service_group_id, more.group), *(Choice(plan.service_group_id, name) for plan, name in found)]
    return ChangeChoices(
        plan=row,
        unit=more.unit,
        group_id=more.service_group_id,
        group=more.group,
        down_kbps=more.down_kbps,
        up_kbps=more.up_kbps,
        groups=tuple(sorted(dict.fromkeys(groups), key=lambda group: group.label)),
        targets=tuple(_target(plan, tuple(parts[plan.id])) for plan, _ in found),
        details=tuple(value_detail(each, row.value) for each in details),
        composition_customized=more.composition_customized,
        asks_details=work.switched_on(Variable.ASK_VALUE_DETAIL_TRANSFER),
        bills=more.bills or (row.status == StatusCode.SUSPENDED_DEBT and row.bills_when_debt_suspended),
        start_date=more.start_date,
        last_close_date=more.last_close_date,
        today=work.today,
        facts=_facts_of(row, details),
    )


def _target(plan: CatalogPlan, composition: tuple[CompositionView, ...] = ()) -> TargetPlan:
    return TargetPlan(
        id=plan.id,
        name=plan.name,
        group_id=plan.service_group_id,
        price=plan.price,
        allows_login=plan.allows_login,
        login_limit=plan.login_limit,
        allows_ip=plan.allows_ip,
        requires_authorization=plan.requires_authorization,
        down_kbps=plan.down_kbps,
        up_kbps=plan.up_kbps,
        version=plan.version,
        composition=composition,
    )


@use_case(ChangeCatalogPlan, permission=Permission.CHANGE_CATALOG_PLAN)
def change_catalog_plan(cmd: ChangeCatalogPlan, work: Work) -> CatalogPlanChanged:
    """Write the row of the change; a trigger moves the plan, takes what is not carried over, and owes the network."""
    found = [Violation("reason", "required")] if not cmd.reason.strip() else []
    if cmd.value < 0:
        found.append(Violation("value", "value_negative"))
    if found:
        raise Invalid(found)
    # The row's lock first: what is read after it is what will be changed.
    locked = select(CustomerPlan.id, CustomerPlan.version).where(CustomerPlan.id == cmd.plan_id)
    now = work.session.execute(locked.with_for_update(key_share=True)).one_or_none()
    if now is None:
        raise PlanNotFound("plan", cmd.plan_id)
    if now.version != cmd.version:
        raise StaleRecord(work.changes_since("customer_plans", cmd.plan_id, cmd.version))
    row, details = plan_and_details(work.session, cmd.plan_id)
    if row.group is PlanGroup.CANCELLED:
        raise ChangeOfCancelledPlan(title=row.title)
    target = work.session.get(CatalogPlan, cmd.catalog_plan_id)
    if target is None:
        raise NotFound("catalog_plan", cmd.catalog_plan_id)
    if cmd.facts and (cmd.facts, cmd.catalog_version) != (_facts_of(row, details), target.version):
        raise FactsMoved(title=row.title)
    check_target(row, target)
    closed = work.session.scalars(select(CustomerPlan.last_close_date).where(CustomerPlan.id == row.id)).one()
    if closed is not None and closed == work.today and not cmd.confirmed:
        raise ChangedOnCloseDay(title=row.title)  # CP-07
    work.session.add(
        PlanChange(
            plan_id=row.id,
            new_catalog_plan_id=target.id,
            new_value=cmd.value,
            mode=cmd.mode,
            keeps_details=cmd.keeps_details,
            reason=cmd.reason,
            note=cmd.note,
        )
    )
    work.session.flush()
    version = work.session.scalars(select(CustomerPlan.version).where(CustomerPlan.id == row.id)).one()
    work.record(
        "plan.catalog_changed",
        customer_id=row.customer_id,
        plan_id=row.id,
        before=row.name,
        after=target.name,
        old_value=row.value,
        new_value=cmd.value,
        mode=cmd.mode.value,
        reason=cmd.reason,
        note=cmd.note,
    )
    work.touch("plans", row.customer_id)
    return CatalogPlanChanged(row.id, row.customer_id, titled(target.name, row.reference), version)
