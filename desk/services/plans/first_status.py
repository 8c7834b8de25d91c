"""The status a new plan begins in (ST-10, wizard field `Status`): the catalogue's, or another one by the same acts."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.models.catalog import CatalogPlan, PlanStatus, StatusCode
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.errors import Invalid, NotFound, Violation
from desk.services.core.work import Work
from desk.services.plans import rules
from desk.services.plans.card import suspension_terms
from desk.services.plans.errors import SuspensionNotOffered
from desk.services.plans.rows import FirstStatus, FirstStatuses
from desk.services.plans.suspending import SUSPEND

REASON = "Plano novo"
_OF_CATALOG = (StatusCode.INSTALLING, StatusCode.TRIAL, StatusCode.AWAITING)


def first_statuses(work: Work) -> FirstStatuses:
    """In the order of Status Planos; a status that another act alone gives is not among them."""
    session: Session = work.session
    temporary = work.switched_on(Variable.TEMPORARY_SUSPENSION)
    found = []
    for status in session.scalars(select(PlanStatus).order_by(PlanStatus.position, PlanStatus.description)):
        given = status.code == StatusCode.ENABLED or rules.may_be_given(status.group, system=status.system)
        given = given or (temporary and status.code == StatusCode.SUSPENDED_TEMPORARILY)
        if given or status.code in _OF_CATALOG:
            found.append(FirstStatus(status.code, status.description, needs_permission=given))
    return FirstStatuses(tuple(found), suspension_terms(work, 0) if temporary else None)


def inserted_status(work: Work, catalog: CatalogPlan, wanted: str) -> str:
    """What the row is born with; Invalid when the wanted status is none for a new plan of this product."""
    if catalog.requires_authorization:
        if wanted not in ("", StatusCode.AWAITING):
            raise Invalid([Violation("status", "status_awaits")])
        return StatusCode.AWAITING
    if wanted == StatusCode.TRIAL:
        if not catalog.trial_days:
            raise Invalid([Violation("status", "status_not_first")])
        return StatusCode.TRIAL
    if wanted in ("", StatusCode.INSTALLING):
        return StatusCode.INSTALLING
    status = work.session.get(PlanStatus, wanted)
    if status is None:
        raise NotFound("status", wanted)
    if wanted == StatusCode.SUSPENDED_TEMPORARILY:
        if not work.switched_on(Variable.TEMPORARY_SUSPENSION):
            raise SuspensionNotOffered()
    elif wanted != StatusCode.ENABLED and not rules.may_be_given(status.group, system=status.system):
        raise Invalid([Violation("status", "status_not_first")])
    return StatusCode.INSTALLING


def give_first_status(work: Work, plan: CustomerPlan, wanted: str, ends_on: dt.date | None) -> None:
    """Go on to the wanted status by the steps that later acts take, so that each guard is asked as by them."""
    if wanted in ("", plan.status):
        return
    work.because(REASON)
    if wanted != StatusCode.SUSPENDED_TEMPORARILY:
        plan.status = wanted
        work.session.flush()
        return
    terms = suspension_terms(work, plan.id)
    if ends_on is None:
        raise Invalid([Violation("ends_on", "required")])
    if found := list(terms.check(terms.today, ends_on)):
        raise Invalid(found)
    plan.status = StatusCode.ENABLED
    work.session.flush()
    days = {"plan": plan.id, "version": plan.version, "starts": terms.today, "ends": ends_on}
    work.session.execute(SUSPEND, {**days, "reason": REASON, "note": ""})
    work.session.refresh(plan)
    said = {"starts_on": terms.today, "ends_on": ends_on, "reason": REASON}
    work.record("plan.suspended_temporarily", customer_id=plan.customer_id, plan_id=plan.id, **said)
