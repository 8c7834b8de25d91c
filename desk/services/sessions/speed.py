"""Reduzir Velocidade, and Restabelecer Velocidade Provisória: markers of an enabled plan, each with its end (6.13)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select, text

from desk.models.catalog import CatalogPlan, PaymentMethod, StatusCode
from desk.models.people import Permission
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import ConfirmationNeeded, DomainError, Invalid, StaleRecord, Violation
from desk.services.core.work import Work
from desk.services.plans.errors import PlanNotFound
from desk.services.plans.rows import titled

PERMISSION = Permission.EDIT_PLAN_STATUS
LONGEST_DAYS = 365


class PlanNotThrottled(DomainError):
    """Only a throttled plan gets its speed back."""

    code = "plan_not_throttled"


class PlanNotToThrottle(DomainError):
    """Only an enabled plan that is not throttled yet."""

    code = "plan_not_to_throttle"


class SpeedNotOffered(DomainError):
    """The catalogue plan does not allow it (6.13, setting 2)."""

    code = "speed_not_offered"


class SpeedTooSoon(ConfirmationNeeded):
    """It was restored only a while ago."""

    code = "speed_too_soon"


@dataclass(frozen=True)
class SpeedChanged:
    """The plan as it is now."""

    plan_id: int
    title: str
    version: int
    until: dt.date | None


@dataclass(frozen=True, kw_only=True)
class ThrottlePlan(Command[SpeedChanged]):
    """Reduzir Velocidade, until the end of a day or until somebody ends it."""

    plan_id: int
    version: int
    reason: str
    until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class EndThrottle(Command[SpeedChanged]):
    """Restabelecer Velocidade: the marker goes."""

    plan_id: int
    version: int
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class RestoreSpeed(Command[SpeedChanged]):
    """Restabelecer Velocidade Provisória, until the end of a day."""

    plan_id: int
    version: int
    reason: str
    until: dt.date
    confirmed: bool = False


@dataclass(frozen=True)
class SpeedChoices:
    """What the dialogs start from."""

    today: dt.date
    days: int
    percent: int
    offered: bool


@dataclass(frozen=True)
class ChoicesForSpeed(Query[SpeedChoices]):
    """For one plan; two statements."""

    plan_id: int


@use_case(ChoicesForSpeed, permission=None)
def choices_for_speed(query: ChoicesForSpeed, work: Work) -> SpeedChoices:
    """The company's day, the configured days, the share that is kept."""
    row = work.session.execute(
        text("""
            SELECT desk.today() AS today, c.allows_speed_restore AS offered,
                   (SELECT v.value::int FROM desk.variables v WHERE v.code = 'speed_days') AS days,
                   (SELECT v.value::int FROM desk.variables v WHERE v.code = 'throttle_percent') AS percent
              FROM desk.customer_plans p JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
             WHERE p.id = :id AND p.deleted_at IS NULL"""),
        {"id": query.plan_id},
    ).one_or_none()
    if row is None:
        raise PlanNotFound("plan", query.plan_id)
    return SpeedChoices(row.today, row.days, row.percent, row.offered)


@use_case(ThrottlePlan, permission=PERMISSION)
def throttle_plan(cmd: ThrottlePlan, work: Work) -> SpeedChanged:
    """RADIUS gives the reduced speed at once; open connections are told by CoA where their router can."""
    plan, catalog = _plan(work, cmd.plan_id, cmd.version)
    if plan.status != StatusCode.ENABLED or _slow(plan, work.now):
        raise PlanNotToThrottle(title=titled(catalog.name, plan.reference))
    if cmd.until is not None and not work.today <= cmd.until <= work.today + dt.timedelta(days=LONGEST_DAYS):
        raise Invalid([Violation("until", "until_range", {"days": LONGEST_DAYS})])
    plan.throttled, plan.speed_until = True, None
    plan.throttled_until = _end(work, cmd.until) if cmd.until is not None else None
    return _recorded(work, plan, catalog, "plan.throttled", cmd.until, cmd.reason)


@use_case(EndThrottle, permission=PERMISSION)
def end_throttle(cmd: EndThrottle, work: Work) -> SpeedChanged:
    """The whole speed is back for good."""
    plan, catalog = _plan(work, cmd.plan_id, cmd.version)
    if not _slow(plan, work.now):
        raise PlanNotThrottled(title=titled(catalog.name, plan.reference))
    plan.throttled, plan.throttled_until, plan.speed_until = False, None, None
    return _recorded(work, plan, catalog, "plan.throttle_ended", None, cmd.reason)


@use_case(RestoreSpeed, permission=PERMISSION)
def restore_speed(cmd: RestoreSpeed, work: Work) -> SpeedChanged:
    """The whole speed for a few days; then the plan is slow again by itself."""
    plan, catalog = _plan(work, cmd.plan_id, cmd.version)
    now, today = work.now, work.today
    title = titled(catalog.name, plan.reference)
    if not _slow(plan, now):
        raise PlanNotThrottled(title=title)
    if not catalog.allows_speed_restore:
        raise SpeedNotOffered(plan=catalog.name)
    longest = int(work.variable(Variable.SPEED_DAYS))
    if not today <= cmd.until <= today + dt.timedelta(days=longest):
        raise Invalid([Violation("until", "until_range", {"days": longest})])
    method = work.session.get_one(PaymentMethod, plan.payment_method_id)
    gap = method.speed_gap_days
    if gap is None:
        gap = int(work.variable(Variable.SPEED_GAP_DAYS))
    if plan.speed_at is not None and not cmd.confirmed and now - plan.speed_at < dt.timedelta(days=gap):
        raise SpeedTooSoon(days=gap, date=plan.speed_at.date(), yes="Restabelecer")
    plan.speed_until, plan.speed_at = _end(work, cmd.until), now
    return _recorded(work, plan, catalog, "plan.speed_restored", cmd.until, cmd.reason)


def _plan(work: Work, plan_id: int, version: int) -> tuple[CustomerPlan, CatalogPlan]:
    plan = work.session.get(CustomerPlan, plan_id)
    if plan is None or plan.deleted_at is not None:
        raise PlanNotFound("plan", plan_id)
    if plan.version != version:
        raise StaleRecord(work.changes_since("customer_plans", plan_id, version))
    catalog = work.session.execute(select(CatalogPlan).where(CatalogPlan.id == plan.catalog_plan_id)).scalar_one()
    return plan, catalog


def _slow(plan: CustomerPlan, now: dt.datetime) -> bool:
    return plan.throttled and (plan.throttled_until is None or plan.throttled_until > now)


def _end(work: Work, day: dt.date) -> dt.datetime:
    """Midnight after `day` in the company's zone."""
    moment: dt.datetime = work.session.execute(
        text("SELECT (CAST(:day AS date) + 1)::timestamp AT TIME ZONE (SELECT zone FROM desk.installation)"),
        {"day": day},
    ).scalar_one()
    return moment


def _recorded(
    work: Work, plan: CustomerPlan, catalog: CatalogPlan, action: str, until: dt.date | None, reason: str
) -> SpeedChanged:
    title = titled(catalog.name, plan.reference)
    said = {"until": until} if until is not None else {}
    work.record(action, customer_id=plan.customer_id, plan_id=plan.id, title=title, reason=reason, **said)
    work.session.flush()
    work.touch("plans", plan.customer_id)
    return SpeedChanged(plan.id, title, plan.version, until)
