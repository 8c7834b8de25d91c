"""Personalizar Composição (domain 5.8, 7.5): a plan's own parts, which add up to its value, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import select, text

from desk.models.catalog import PlanGroup, PlanKind, PlanStatus, ServiceClass
from desk.models.people import Permission
from desk.models.plans import CustomerPlan, PlanCompositionItem
from desk.services.catalog import CompositionDraft
from desk.services.core.bus import Command, use_case
from desk.services.core.errors import FieldChange, Invalid, StaleRecord, Violation
from desk.services.core.work import Work
from desk.services.plans.commands import PlanSaved
from desk.services.plans.errors import CompositionOfCancelledPlan, CompositionSum, PlanNotFound
from desk.services.plans.rows import CompositionView
from desk.services.plans.rules import CENT

Parts = tuple[CompositionView, ...]
CLASS_OF = {
    PlanKind.INTERNET: ServiceClass.SCM,
    PlanKind.TV: ServiceClass.SEAC,
    PlanKind.VOICE: ServiceClass.STFC,
    PlanKind.HOSTING: ServiceClass.SVA,
}
CUSTOMIZED, FOLLOWED = "plan.composition_customized", "plan.composition_followed"
_LAST = text(
    "SELECT COALESCE(p.full_name, h.who) AS who, h.at FROM desk.history_entries h"
    " LEFT JOIN desk.people p ON p.role = h.who WHERE h.plan_id = :plan AND h.action = ANY (:actions)"
    " ORDER BY h.at DESC, h.id DESC LIMIT 1"
)


@dataclass(frozen=True, kw_only=True)
class CustomizeComposition(Command[PlanSaved]):
    """Personalizar Composição: from now on these parts, whatever the catalogue says (domain 5.8).

    `version`, `value` and `seen` are the plan as it was shown: its value in reais, and its own parts, none of them
    while it followed the catalogue.
    """

    plan_id: int
    version: int
    value: Decimal
    seen: Parts = ()
    parts: tuple[CompositionDraft, ...]


@dataclass(frozen=True, kw_only=True)
class FollowCatalogComposition(Command[PlanSaved]):
    """Voltar à Composição do Catálogo: the plan's own parts go; `seen` are those that were shown."""

    plan_id: int
    version: int
    seen: Parts


def spread(parts: Sequence[CompositionView], value: Decimal) -> Parts:
    """BI-22: the parts of another value, in reais: pro rata, cents to the largest, the first of equal ones.

    `desk_guard.composition_spread` does the same where a value changes; a test holds both together.
    """
    total = sum((part.amount for part in parts), Decimal(0))
    shares = [(value * part.amount / total).quantize(CENT, ROUND_DOWN) if total else Decimal(0) for part in parts]
    if not parts:
        return ()
    largest = max(range(len(parts)), key=lambda at: (parts[at].amount, -at))
    shares[largest] += value - sum(shares, Decimal(0))
    return tuple(replace(part, amount=share) for part, share in zip(parts, shares, strict=True))


def first_parts(catalog: Sequence[CompositionView], kind: PlanKind, name: str, value: Decimal) -> Parts:
    """What a clerk begins from: the catalogue's parts at the plan's value, or the whole value as one part."""
    return spread(catalog, value) or (CompositionView(name[:80], CLASS_OF[kind], value),)


def check_parts(parts: Sequence[CompositionDraft]) -> list[Violation]:
    """Each part has a description and an amount; whether they add up is for `CompositionSum`."""
    wrong = not parts or any(not part.description.strip() or part.amount < 0 for part in parts)
    return [Violation("composition", "composition_part")] if wrong else []


@use_case(CustomizeComposition, permission=Permission.EDIT_PLAN)
def customize_composition(cmd: CustomizeComposition, work: Work) -> PlanSaved:
    """Write the parts; CompositionSum when they differ from the value, StaleRecord when others wrote meanwhile."""
    if found := check_parts(cmd.parts):
        raise Invalid(found)
    plan, there = _locked(work, cmd)
    changes = _value_changes(work, plan, cmd)
    if changes or plan.value != cmd.value:
        raise StaleRecord([*_composition_change(work, plan, cmd.seen, there), *changes])
    total = sum((part.amount for part in cmd.parts), Decimal(0))
    if total != plan.value:
        raise CompositionSum(sum=total, value=plan.value)
    wanted = tuple(CompositionView(part.description.strip(), part.service_class, part.amount) for part in cmd.parts)
    if plan.composition_customized and wanted == _views(there):
        return PlanSaved(plan.id, plan.version)
    plan.composition_customized = True
    work.session.flush()
    for at, part in enumerate(wanted):
        item = there[at] if at < len(there) else PlanCompositionItem(plan_id=plan.id, position=_after(there, at))
        item.description, item.service_class, item.amount = part.description, part.service_class, part.amount
        work.session.add(item)
    work.session.flush()
    for item in there[len(wanted) :]:
        work.session.execute(text("SELECT desk.delete_plan_composition_items(:id)"), {"id": item.id})
    work.record(CUSTOMIZED, customer_id=plan.customer_id, plan_id=plan.id, parts=len(wanted))
    work.touch("plans", plan.customer_id)
    return PlanSaved(plan.id, plan.version)


@use_case(FollowCatalogComposition, permission=Permission.EDIT_PLAN)
def follow_catalog_composition(cmd: FollowCatalogComposition, work: Work) -> PlanSaved:
    """Let the plan follow the catalogue again; a trigger takes its parts away."""
    plan, _ = _locked(work, cmd)
    if plan.composition_customized:
        plan.composition_customized = False
        work.session.flush()
        work.record(FOLLOWED, customer_id=plan.customer_id, plan_id=plan.id)
        work.touch("plans", plan.customer_id)
    return PlanSaved(plan.id, plan.version)


def _locked(
    work: Work, cmd: CustomizeComposition | FollowCatalogComposition
) -> tuple[CustomerPlan, list[PlanCompositionItem]]:
    """The plan behind its lock, and its own parts as they were shown; desks that edit at once take turns here."""
    plan = work.session.get(CustomerPlan, cmd.plan_id, with_for_update={"key_share": True})
    if plan is None or plan.deleted_at is not None:
        raise PlanNotFound("plan", cmd.plan_id)
    if work.session.get_one(PlanStatus, plan.status).group is PlanGroup.CANCELLED:
        raise CompositionOfCancelledPlan()
    i = PlanCompositionItem
    there = list(work.session.scalars(select(i).where(i.plan_id == plan.id).order_by(i.position)))
    if _views(there) != cmd.seen:
        raise StaleRecord([*_composition_change(work, plan, cmd.seen, there), *_value_changes(work, plan, cmd)])
    return plan, there


def _views(there: Sequence[PlanCompositionItem]) -> Parts:
    return tuple(CompositionView(item.description, item.service_class, item.amount) for item in there)


def _after(there: Sequence[PlanCompositionItem], at: int) -> int:
    """Position of a part that is new: behind all there are, so that no two are ever in one place."""
    return (there[-1].position if there else 0) + at - len(there) + 1


def _composition_change(
    work: Work, plan: CustomerPlan, seen: Parts, there: Sequence[PlanCompositionItem]
) -> list[FieldChange]:
    """Who wrote other parts, as the history says; nothing where they are those that were shown."""
    last = work.session.execute(_LAST, {"plan": plan.id, "actions": [CUSTOMIZED, FOLLOWED]}).one_or_none()
    now = _views(there)
    if now == seen or last is None:
        return []
    return [FieldChange(last.who, last.at.isoformat(), "composition", seen, now)]


def _value_changes(
    work: Work, plan: CustomerPlan, cmd: CustomizeComposition | FollowCatalogComposition
) -> list[FieldChange]:
    """What became of the value, which the parts must add up to."""
    if plan.version == cmd.version:
        return []
    changes = work.changes_since("customer_plans", plan.id, cmd.version)
    return [change for change in changes if change.field == "value"]
