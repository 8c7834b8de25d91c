"""Planos e Serviços: products, their capability flags, and the parts their price is made of (domain 6.15)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, text

from desk.models.catalog import (
    CatalogCompositionItem,
    CatalogPlan,
    CatalogPlanUnit,
    PlanKind,
    ServiceClass,
    ServiceGroup,
)
from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work

FLAGS = (
    *("active", "requires_authorization", "allows_circuit", "allows_tv", "prints_booklet"),
    "allows_speed_restore",
    *("bills_when_debt_suspended", "allows_login", "allows_ip"),
)
NUMBERS = ("trial_days", "login_limit", "down_kbps", "up_kbps", "simultaneous_use", "allowance_gb")
MOST_MONEY = Decimal("9999999.99")
# Lowest and highest of each number; what goes further is a slip of the keys.
LIMITS = {
    "trial_days": (0, 365),
    "login_limit": (0, 99),
    "down_kbps": (0, 100_000_000),
    "up_kbps": (0, 100_000_000),
    "simultaneous_use": (1, 99),
    "allowance_gb": (1, 1_000_000),
}


@dataclass(frozen=True)
class CompositionDraft:
    """One part of the price."""

    description: str
    service_class: ServiceClass
    amount: Decimal


@dataclass(frozen=True)
class CatalogPlanRow:
    """One product with everything its editor shows."""

    id: int
    version: int
    name: str
    kind: PlanKind
    service_group_id: int
    group: str
    price: Decimal
    active: bool
    requires_authorization: bool
    allows_circuit: bool
    allows_tv: bool
    allows_speed_restore: bool
    prints_booklet: bool
    bills_when_debt_suspended: bool
    allows_login: bool
    allows_ip: bool
    trial_days: int
    login_limit: int
    down_kbps: int
    up_kbps: int
    simultaneous_use: int
    allowance_gb: int | None
    radius_profile: str
    installation_fee: Decimal
    plans: int
    unit_ids: tuple[int, ...]
    composition: tuple[CompositionDraft, ...]


@dataclass(frozen=True)
class CatalogPlans(Query[list[CatalogPlanRow]]):
    """All products; three statements."""


@dataclass(frozen=True, kw_only=True)
class SaveCatalogPlan(Command[int]):
    """New (no id) or changed product."""

    id: int | None = None
    version: int = 0
    name: str
    kind: PlanKind
    service_group_id: int | None
    price: Decimal
    active: bool = True
    requires_authorization: bool = False
    allows_circuit: bool = False
    allows_tv: bool = False
    allows_speed_restore: bool = True
    prints_booklet: bool = False
    bills_when_debt_suspended: bool = False
    allows_login: bool = False
    allows_ip: bool = True
    trial_days: int = 0
    login_limit: int = 0
    down_kbps: int = 0
    up_kbps: int = 0
    simultaneous_use: int = 1
    allowance_gb: int | None = None
    radius_profile: str = ""
    installation_fee: Decimal = Decimal(0)
    unit_ids: tuple[int, ...] = ()
    composition: tuple[CompositionDraft, ...] = ()
    # Units and parts have no version: what the person was looking at stands for it.
    seen_unit_ids: tuple[int, ...] = ()
    seen_composition: tuple[CompositionDraft, ...] = ()


def check_catalog_plan(cmd: SaveCatalogPlan) -> Iterator[Violation]:
    """Name, price, and a composition that adds up to the price."""
    if not cmd.name.strip():
        yield Violation("name", "required")
    elif len(cmd.name.strip()) > 80:
        yield Violation("name", "too_long", {"limit": 80})
    if cmd.service_group_id is None:
        yield Violation("service_group_id", "required")
    for name in ("price", "installation_fee"):
        if getattr(cmd, name) < 0:
            yield Violation(name, "amount_negative")
        elif getattr(cmd, name) > MOST_MONEY:
            yield Violation(name, "amount_too_big")
    for name, (low, high) in LIMITS.items():
        value = getattr(cmd, name)
        if value is not None and not low <= value <= high:
            yield Violation(name, "out_of_range", {"low": low, "high": high})
    if cmd.allows_login and cmd.login_limit < 1:
        yield Violation("login_limit", "login_limit_needed")
    if any(not item.description.strip() or not 0 <= item.amount <= MOST_MONEY for item in cmd.composition):
        yield Violation("composition", "composition_part")
    total = sum((item.amount for item in cmd.composition), Decimal(0))
    if cmd.composition and total != cmd.price:
        yield Violation("composition", "composition_sum", {"sum": total, "price": cmd.price})


@use_case(CatalogPlans, permission=None)
def catalog_plans(query: CatalogPlans, work: Work) -> list[CatalogPlanRow]:
    """What the page lists."""
    session = work.session
    counted = session.execute(
        text("SELECT catalog_plan_id, count(*) AS plans FROM desk.customer_plans WHERE deleted_at IS NULL GROUP BY 1")
    )
    used: dict[int, int] = {found.catalog_plan_id: found.plans for found in counted}
    units: dict[int, list[int]] = defaultdict(list)
    for plan_id, unit_id in session.execute(select(CatalogPlanUnit.catalog_plan_id, CatalogPlanUnit.business_unit_id)):
        units[plan_id].append(unit_id)
    parts: dict[int, list[CompositionDraft]] = defaultdict(list)
    c = CatalogCompositionItem
    for part in session.execute(
        select(c.catalog_plan_id, c.description, c.service_class, c.amount).order_by(c.catalog_plan_id, c.position)
    ):
        parts[part.catalog_plan_id].append(CompositionDraft(part.description, part.service_class, part.amount))
    rows = session.execute(
        select(CatalogPlan, ServiceGroup.name)
        .join(ServiceGroup, ServiceGroup.id == CatalogPlan.service_group_id)
        .order_by(CatalogPlan.active.desc(), ServiceGroup.name, CatalogPlan.price)
    )
    fixed = ("id", "version", "name", "kind", "service_group_id", "price", "radius_profile", "installation_fee")
    names = (*fixed, *FLAGS, *NUMBERS)
    return [
        CatalogPlanRow(
            **{name: getattr(plan, name) for name in names},
            group=group,
            plans=used.get(plan.id, 0),
            unit_ids=tuple(sorted(units[plan.id])),
            composition=tuple(parts[plan.id]),
        )
        for plan, group in rows
    ]


@use_case(SaveCatalogPlan, permission=Permission.CATALOG)
def save_catalog_plan(cmd: SaveCatalogPlan, work: Work) -> int:
    """Save a product; plans already contracted keep their own value."""
    if found := list(check_catalog_plan(cmd)):
        raise Invalid(found)
    # The row's lock makes two editors take turns over units and parts as well.
    plan = CatalogPlan() if cmd.id is None else work.session.get(CatalogPlan, cmd.id, with_for_update=True)
    if plan is None:
        raise NotFound("catalog_plan", cmd.id)
    if cmd.id is not None and plan.version != cmd.version:
        raise StaleRecord(work.changes_since("catalog_plans", cmd.id, cmd.version))
    plan.name = cmd.name.strip()
    for name in ("kind", "service_group_id", "price", *FLAGS, *NUMBERS, "radius_profile", "installation_fee"):
        setattr(plan, name, getattr(cmd, name))
    work.session.add(plan)
    work.session.flush()
    _save_units(work, plan.id, cmd)
    _save_composition(work, plan.id, cmd)
    work.touch("catalog")
    return plan.id


def _save_units(work: Work, plan_id: int, cmd: SaveCatalogPlan) -> None:
    c = CatalogPlanUnit
    wanted = set(cmd.unit_ids)
    there = set(work.session.scalars(select(c.business_unit_id).where(c.catalog_plan_id == plan_id)))
    if cmd.id is not None and there != set(cmd.seen_unit_ids):
        raise StaleRecord()
    for unit_id in sorted(wanted - there):
        work.session.add(CatalogPlanUnit(catalog_plan_id=plan_id, business_unit_id=unit_id))
    work.session.flush()
    for unit_id in sorted(there - wanted):
        work.session.execute(
            text("SELECT desk.delete_catalog_plan_units(:plan, :unit)"), {"plan": plan_id, "unit": unit_id}
        )


def _save_composition(work: Work, plan_id: int, cmd: SaveCatalogPlan) -> None:
    c = CatalogCompositionItem
    there = list(work.session.scalars(select(c).where(c.catalog_plan_id == plan_id).order_by(c.position)))
    seen = tuple(CompositionDraft(item.description, item.service_class, item.amount) for item in there)
    if cmd.id is not None and seen != cmd.seen_composition:
        raise StaleRecord()
    last = there[-1].position if there else 0
    for at, part in enumerate(cmd.composition):
        after = last + at - len(there) + 1
        item = there[at] if at < len(there) else CatalogCompositionItem(catalog_plan_id=plan_id, position=after)
        item.description, item.service_class, item.amount = part.description.strip(), part.service_class, part.amount
        work.session.add(item)
    work.session.flush()
    for item in there[len(cmd.composition) :]:
        work.session.execute(text("SELECT desk.delete_catalog_composition_items(:id)"), {"id": item.id})
