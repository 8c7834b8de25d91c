"""Use cases around a plan's values and addresses."""

from __future__ import annotations

from sqlalchemy import select, text

from desk.models.people import Permission
from desk.models.plans import CustomerPlan, PlanAddress, PlanValueDetail
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, NotFound, Violation
from desk.services.core.work import Work
from desk.services.plans import rules
from desk.services.plans.commands import (
    FollowDefaultAddress,
    PlanSaved,
    RemoveValueDetail,
    SaveValueDetail,
    SetPlanAddress,
)
from desk.services.plans.use_cases import get_plan


def _saved(work: Work, plan: CustomerPlan) -> PlanSaved:
    work.session.flush()
    work.touch("plans", plan.customer_id)
    return PlanSaved(plan.id, plan.version)


@use_case(SaveValueDetail, permission=(Permission.EDIT_PLAN, Permission.DISCOUNT))
def save_value_detail(cmd: SaveValueDetail, work: Work) -> PlanSaved:
    """Add or change one Desconto or Acréscimo (BI-10…BI-13); a discount needs `Dar Descontos em Planos`."""
    found = list(rules.check_value_detail(ticked=True, amount=cmd.amount, percent=cmd.percent, months=cmd.months))
    if found:
        raise Invalid(found)
    plan = get_plan(work, cmd.plan_id)
    detail = PlanValueDetail(plan_id=plan.id) if cmd.id is None else work.session.get(PlanValueDetail, cmd.id)
    if detail is None or detail.plan_id != plan.id:
        raise NotFound("value_detail", cmd.id)
    for name in ("kind", "description", "amount", "percent", "starts_on", "months"):
        setattr(detail, name, getattr(cmd, name))
    work.session.add(detail)
    work.record(
        "plan.value_detail_saved",
        customer_id=plan.customer_id,
        plan_id=plan.id,
        kind=cmd.kind.value,
        amount=cmd.amount,
        percent=cmd.percent,
    )
    return _saved(work, plan)


@use_case(RemoveValueDetail, permission=(Permission.EDIT_PLAN, Permission.DISCOUNT))
def remove_value_detail(cmd: RemoveValueDetail, work: Work) -> PlanSaved:
    """Take one Desconto or Acréscimo away."""
    plan = get_plan(work, cmd.plan_id)
    detail = work.session.get(PlanValueDetail, cmd.id)
    if detail is None or detail.plan_id != plan.id:
        raise NotFound("value_detail", cmd.id)
    kind, amount, percent = detail.kind.value, detail.amount, detail.percent
    work.session.execute(text("SELECT desk.delete_plan_value_details(:id)"), {"id": cmd.id})
    work.record(
        "plan.value_detail_removed",
        customer_id=plan.customer_id,
        plan_id=plan.id,
        kind=kind,
        amount=amount,
        percent=percent,
    )
    return _saved(work, plan)


@use_case(SetPlanAddress, permission=Permission.EDIT_PLAN)
def set_plan_address(cmd: SetPlanAddress, work: Work) -> PlanSaved:
    """Break the link to the customer's address for one kind, and keep this one instead (PL-33)."""
    found = [
        Violation(name, "required") for name in ("street", "number", "district") if not str(getattr(cmd, name)).strip()
    ]
    if len(cmd.zip) != 8 or not cmd.zip.isdigit():
        found.insert(0, Violation("zip", "zip_shape"))
    if found:
        raise Invalid(found)
    plan = get_plan(work, cmd.plan_id)
    own = work.session.scalars(
        select(PlanAddress).where(PlanAddress.plan_id == plan.id, PlanAddress.kind == cmd.kind)
    ).one_or_none() or PlanAddress(plan_id=plan.id, kind=cmd.kind)
    for name in ("zip", "street", "number", "complement", "district", "city_id", "landmark"):
        setattr(own, name, getattr(cmd, name))
    work.session.add(own)
    work.record("plan.address_set", customer_id=plan.customer_id, plan_id=plan.id, kind=cmd.kind.value)
    return _saved(work, plan)


@use_case(FollowDefaultAddress, permission=Permission.EDIT_PLAN)
def follow_default_address(cmd: FollowDefaultAddress, work: Work) -> PlanSaved:
    """Go back to following the customer's address for one kind."""
    plan = get_plan(work, cmd.plan_id)
    own = work.session.scalars(
        select(PlanAddress.id).where(PlanAddress.plan_id == plan.id, PlanAddress.kind == cmd.kind)
    ).one_or_none()
    if own is not None:
        work.session.execute(text("SELECT desk.delete_plan_addresses(:id)"), {"id": own})
        work.record("plan.address_default", customer_id=plan.customer_id, plan_id=plan.id, kind=cmd.kind.value)
    return _saved(work, plan)
