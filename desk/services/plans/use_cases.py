"""What can be done with plans; one function per command."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, text

from desk.models.catalog import CatalogPlan, PlanGroup, PlanStatus, StatusCode
from desk.models.customers import Customer
from desk.models.people import Permission
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work
from desk.services.logins.adding import add_login
from desk.services.plans import rules
from desk.services.plans.card import PROVISIONAL
from desk.services.plans.changing import check_target
from desk.services.plans.commands import (
    AddPlan,
    ChangeStatus,
    DeletePlan,
    EnablePlan,
    EnableProvisionally,
    PlanSaved,
    SavePlan,
    StatusChanged,
    SuspendPlan,
)
from desk.services.plans.errors import (
    CancelledPlanStays,
    CatalogPriceMoved,
    NotSuspendedForDebt,
    PlanAlreadyEnabled,
    PlanAwaitsAuthorisation,
    PlanCancelled,
    PlanLinked,
    PlanNotActive,
    PlanNotFound,
    ProvisionalTooSoon,
    StatusNotGiven,
)
from desk.services.plans.first_status import give_first_status, inserted_status
from desk.services.plans.places import check_place
from desk.services.plans.rows import PLAN_LINKS
from desk.services.plans.steps import plan_at_step, take_step
from desk.services.plans.tree import plan_row

STATUS_PERMISSION = Permission.EDIT_PLAN_STATUS
# Midnight after a day, in the company's zone.
_END_OF_DAY = text("(CAST(:day AS date) + 1)::timestamp AT TIME ZONE (SELECT zone FROM desk.installation)")


def get_plan(work: Work, plan_id: int, version: int | None = None) -> CustomerPlan:
    """The plan, unless it is gone or somebody changed it since `version`."""
    plan = work.session.get(CustomerPlan, plan_id)
    if plan is None or plan.deleted_at is not None:
        raise PlanNotFound("plan", plan_id)
    if version is not None and plan.version != version:
        raise StaleRecord(work.changes_since("customer_plans", plan_id, version))
    return plan


@use_case(SuspendPlan, permission=STATUS_PERMISSION)
def suspend_plan(cmd: SuspendPlan, work: Work) -> StatusChanged:
    """Suspend an enabled plan; triggers write its status history and owe its logins to the network (ST-13)."""
    plan = plan_at_step(work, cmd)
    if not rules.may_suspend(plan.status):
        raise PlanNotActive(title=plan.title, status=plan.status_label)
    return take_step(cmd, work, plan, "plan.suspended", {"status": StatusCode.SUSPENDED})


@use_case(EnablePlan, permission=STATUS_PERMISSION)
def enable_plan(cmd: EnablePlan, work: Work) -> StatusChanged:
    """Enable a plan that is installed, on trial or suspended; a trigger clears its markers (ST-11, ST-12, ST-16)."""
    plan = plan_at_step(work, cmd)
    if plan.group is PlanGroup.CANCELLED:
        raise PlanCancelled(title=plan.title)
    if plan.status == StatusCode.ENABLED:
        raise PlanAlreadyEnabled(title=plan.title)
    if plan.status == StatusCode.AWAITING:
        raise PlanAwaitsAuthorisation(title=plan.title)
    values: dict[str, Any] = {"status": StatusCode.ENABLED}
    if plan.status == StatusCode.TRIAL and work.switched_on(Variable.START_DATE_AFTER_TRIAL):
        values["start_date"] = plan.today  # variable 1: the days of the trial are not billed
    return take_step(cmd, work, plan, "plan.enabled", values)


@use_case(EnableProvisionally, permission=STATUS_PERMISSION)
def enable_provisionally(cmd: EnableProvisionally, work: Work) -> StatusChanged:
    """Give access until the end of a day; the status stays, and the debt at that moment takes access away (ST-17)."""
    plan = plan_at_step(work, cmd)
    if not rules.may_enable_provisionally(plan.status):
        raise NotSuspendedForDebt(title=plan.title, status=plan.status_label)
    longest = int(work.variable(Variable.PROVISIONAL_DAYS))
    if not plan.today <= cmd.until <= plan.today + dt.timedelta(days=longest):
        raise Invalid([Violation("until", "provisional_range", {"days": longest})])
    gap = int(work.variable(Variable.PROVISIONAL_GAP_DAYS))
    if plan.last_provisional is not None and not cmd.confirmed and (plan.today - plan.last_provisional).days < gap:
        raise ProvisionalTooSoon(days=gap, date=plan.last_provisional)
    values = {"provisional_until": _END_OF_DAY.bindparams(day=cmd.until), "provisional_at": func.clock_timestamp()}
    return take_step(cmd, work, plan, "plan.enabled_provisionally", values, target=PROVISIONAL, until=cmd.until)


@use_case(ChangeStatus, permission=STATUS_PERMISSION)
def change_status(cmd: ChangeStatus, work: Work) -> StatusChanged:
    """Move a plan into a status that the provider made; the guard judges it by the rows of both (domain 4.2, 4.4)."""
    plan = plan_at_step(work, cmd)
    if plan.group is PlanGroup.CANCELLED:
        raise PlanCancelled(title=plan.title)
    if plan.status == StatusCode.AWAITING:
        raise PlanAwaitsAuthorisation(title=plan.title)
    status = work.session.get(PlanStatus, cmd.status)
    if status is None:
        raise NotFound("status", cmd.status)
    if not rules.may_be_given(status.group, system=status.system) or status.code == plan.status:
        raise StatusNotGiven(title=plan.title, status=status.description)
    return take_step(
        cmd,
        work,
        plan,
        "plan.status_changed",
        {"status": status.code},
        before=plan.status_label,
        after=status.description,
    )


def _violations(cmd: SavePlan | AddPlan) -> list[Violation]:
    found: list[Violation] = []
    if not 1 <= cmd.due_day <= 31:
        found.append(Violation("due_day", "due_day_range"))
    if len(cmd.reference) > 60:
        found.append(Violation("reference", "too_long", {"limit": 60}))
    return found


def _swap(cmd: SavePlan, work: Work, plan: CustomerPlan) -> None:
    """Trocar Tipo de Plano ao Editar (#33): no proration and no carnê; value and composition are the catalogue's.

    Discounts and circuits stay: it puts right what was entered, and is no change of plan (domain 6.1).
    """
    target = work.session.get(CatalogPlan, cmd.catalog_plan_id)
    if target is None:
        raise NotFound("catalog_plan", cmd.catalog_plan_id)
    row = plan_row(work.session, plan.id)
    check_target(row, target)
    if cmd.catalog_price is not None and cmd.catalog_price != target.price:
        raise CatalogPriceMoved(plan=target.name, price=target.price)
    plan.catalog_plan_id, plan.value = target.id, target.price
    work.record(
        "plan.catalog_swapped",
        customer_id=plan.customer_id,
        plan_id=plan.id,
        before=row.name,
        after=target.name,
        old_value=row.value,
        new_value=target.price,
    )


_SAVING = (Permission.EDIT_PLAN, Permission.EDIT_DUE_DAY, Permission.EDIT_LAST_CLOSE, Permission.SWAP_CATALOG_PLAN)


@use_case(SavePlan, permission=_SAVING)
def save_plan(cmd: SavePlan, work: Work) -> PlanSaved:
    """Save what changed of the plan; each column that changed needs its own permission, which the guard asks."""
    if found := _violations(cmd):
        raise Invalid(found)
    plan = get_plan(work, cmd.plan_id, cmd.version)
    if cmd.access_point_id != plan.access_point_id and plan.status != StatusCode.CANCELLED:
        check_place(
            work,
            cmd.access_point_id,
            customer_id=plan.customer_id,
            plan_id=plan.id,
            catalog_plan_id=plan.catalog_plan_id,
            confirmed=cmd.confirmed,
        )
    wanted: dict[str, Any] = {
        "reference": cmd.reference.strip(),
        "start_date": cmd.start_date,
        "access_point_id": cmd.access_point_id,
        "seller": cmd.seller,
        "payment_method_id": cmd.payment_method_id,
        "due_day": cmd.due_day,
        "last_close_date": cmd.last_close_date,
        "separate_invoice": cmd.separate_invoice,
        "booklet": cmd.booklet,
        "identifier_code": cmd.identifier_code.strip() or None,
    }
    moved = [name for name, value in wanted.items() if getattr(plan, name) != value]
    for name in moved:
        setattr(plan, name, wanted[name])
    # Both in one UPDATE, so that a single version comes of one click; before it, since what is owed is of the result.
    if cmd.catalog_plan_id not in (None, plan.catalog_plan_id):
        with work.session.no_autoflush:
            _swap(cmd, work, plan)
    elif not moved:
        return PlanSaved(plan.id, plan.version)
    if moved:
        work.record("plan.edited", customer_id=plan.customer_id, plan_id=plan.id, fields=moved)
    work.touch("plans", plan.customer_id)
    return PlanSaved(plan.id, plan.version)


@use_case(DeletePlan, permission=Permission.DELETE_PLAN)
def delete_plan(cmd: DeletePlan, work: Work) -> None:
    """Delete a plan entered by mistake; its history line and its entry in Itens Apagados are the database's own.

    The number stays given (PL-13). PlanLinked names what hangs on it; what is added meanwhile is the guard's to refuse.
    """
    plan = get_plan(work, cmd.plan_id, cmd.version)
    if work.session.get_one(PlanStatus, plan.status).group is PlanGroup.CANCELLED:
        raise CancelledPlanStays()
    links = work.session.execute(text("SELECT kind, links FROM desk.plan_links(:id)"), {"id": plan.id}).all()
    if links:
        raise PlanLinked(**dict.fromkeys(PLAN_LINKS, 0) | {row.kind: row.links for row in links})
    plan.deleted_at = work.now
    plan.deleted_by = work.actor.role
    work.session.flush()
    for part in ("plans", "history"):
        work.touch(part, plan.customer_id)


@use_case(AddPlan, permission=Permission.ADD_PLAN)
def add_plan(cmd: AddPlan, work: Work) -> PlanSaved:
    """Contract a catalogue plan (ST-10): a number of its own, the first status, and its first login if given."""
    if found := _violations(cmd):
        raise Invalid(found)
    customer = work.session.get(Customer, cmd.customer_id)
    catalog = work.session.get(CatalogPlan, cmd.catalog_plan_id)
    if customer is None or catalog is None or not catalog.active:
        raise NotFound("customer" if customer is None else "catalog_plan")
    if not cmd.login and catalog.allows_login and work.switched_on(Variable.LOGIN_REQUIRED):
        raise Invalid([Violation("login", "login_required")])  # PL-10
    check_place(
        work,
        cmd.access_point_id,
        customer_id=customer.id,
        plan_id=None,
        catalog_plan_id=catalog.id,
        confirmed=cmd.confirmed,
    )
    status = inserted_status(work, catalog, cmd.status)
    plan = CustomerPlan(
        customer_id=customer.id,
        catalog_plan_id=catalog.id,
        status=status,
        reference=cmd.reference.strip(),
        start_date=cmd.start_date,
        value=cmd.value,
        payment_method_id=cmd.payment_method_id,
        due_day=cmd.due_day,
        separate_invoice=cmd.separate_invoice,
        booklet=cmd.booklet,
        access_point_id=cmd.access_point_id,
        business_unit_id=cmd.business_unit_id,
        seller=cmd.seller,
    )
    work.session.add(plan)
    work.session.flush()
    work.record("plan.added", customer_id=customer.id, plan_id=plan.id, title=catalog.name, reference=plan.reference)
    if cmd.login:
        add_login(work, plan, cmd.login, cmd.password)
    give_first_status(work, plan, cmd.status, cmd.ends_on)
    work.touch("plans", customer.id)
    return PlanSaved(plan.id, plan.version)
