"""Suspensão Temporária (ST-15): planned or begun, taken back, and moved by its days."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.models.catalog import StatusCode
from desk.models.people import Permission
from desk.models.variables import Variable
from desk.services.core.bus import use_case
from desk.services.core.errors import Invalid, StaleRecord
from desk.services.core.outbox import DeliveryState, Lease, Report, Step
from desk.services.core.work import Work
from desk.services.plans import rules
from desk.services.plans.card import facts_of, suspension_terms
from desk.services.plans.commands import StatusChanged, SuspendTemporarily, WithdrawSuspension
from desk.services.plans.errors import (
    FactsMoved,
    NoSuspensionPlanned,
    PlanNotActive,
    SuspensionNotOffered,
    SuspensionPlanned,
)
from desk.services.plans.steps import plan_at_step

SUSPEND = text(
    "SELECT desk.suspend_temporarily(:plan, :version, CAST(:starts AS date), CAST(:ends AS date), :reason, :note)"
)
_WITHDRAW = text("SELECT desk.withdraw_suspension(:plan, :version)")
_DUE = text("""
    SELECT due.step, c.name FROM desk.customer_plans p JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
     CROSS JOIN LATERAL desk.suspension_due(p.id) AS due (step) WHERE p.id = :plan""")


@use_case(SuspendTemporarily, permission=Permission.EDIT_PLAN_STATUS)
def suspend_temporarily(cmd: SuspendTemporarily, work: Work) -> StatusChanged:
    """Keep the days, and suspend at once where the first is today; the debt at the next moment does the rest."""
    if not work.switched_on(Variable.TEMPORARY_SUSPENSION):
        raise SuspensionNotOffered()
    plan = plan_at_step(work, cmd)
    if not rules.may_suspend(plan.status):
        raise PlanNotActive(title=plan.title, status=plan.status_label)
    if plan.suspended_from is not None:
        raise SuspensionPlanned(title=plan.title, date=plan.suspended_from)
    terms = suspension_terms(work, plan.id)
    if found := list(terms.check(cmd.starts_on, cmd.ends_on)):
        raise Invalid(found)
    if cmd.facts and facts_of(plan, StatusCode.SUSPENDED_TEMPORARILY) != cmd.facts:
        raise FactsMoved(title=plan.title)
    version = work.session.execute(
        SUSPEND,
        {
            "plan": plan.id,
            "version": plan.version,
            "starts": cmd.starts_on,
            "ends": cmd.ends_on,
            "reason": cmd.reason,
            "note": cmd.note,
        },
    ).scalar_one()
    if version is None:  # somebody was faster, between our look and this write
        raise StaleRecord(work.changes_since("customer_plans", plan.id, plan.version))
    begun = cmd.starts_on <= terms.today
    work.record(
        "plan.suspended_temporarily" if begun else "plan.suspension_planned",
        customer_id=plan.customer_id,
        plan_id=plan.id,
        title=plan.title,
        starts_on=cmd.starts_on,
        ends_on=cmd.ends_on,
        reason=cmd.reason,
        note=cmd.note,
    )
    work.touch("plans", plan.customer_id)
    status = StatusCode.SUSPENDED_TEMPORARILY if begun else plan.status
    return StatusChanged(plan.id, plan.customer_id, plan.title, status, version)


@use_case(WithdrawSuspension, permission=Permission.EDIT_PLAN_STATUS)
def withdraw_suspension(cmd: WithdrawSuspension, work: Work) -> StatusChanged:
    """The days go, and nothing happens on the network; the line in the history is the database's."""
    plan = plan_at_step(work, cmd)
    if plan.suspended_from is None or not rules.may_suspend(plan.status):
        raise NoSuspensionPlanned(title=plan.title)
    version = work.session.execute(_WITHDRAW, {"plan": plan.id, "version": plan.version}).scalar_one()
    if version is None:
        raise StaleRecord(work.changes_since("customer_plans", plan.id, plan.version))
    work.touch("plans", plan.customer_id)
    work.touch("history", plan.customer_id)
    return StatusChanged(plan.id, plan.customer_id, plan.title, plan.status, version)


class SuspensionMoment:
    """Moves the status when a day has come. RADIUS is right without it; what it moves then owes the routers."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def __call__(self, lease: Lease, report: Report) -> None:
        """Settle one debt of topic `plan_suspension`; a plan that is gone, or moved already, needs nothing."""
        with self._sessions.begin() as session:
            found = session.execute(_DUE, {"plan": int(lease.key)}).one_or_none()
        if found is not None:
            state = DeliveryState.DONE if found.step else DeliveryState.UNCHANGED
            detail = f"suspension_{found.step}" if found.step else "suspension_right"
            report(Step("radius", found.name, "", state, detail))
