"""Changes of a plan's status. A click waits for them, so a step costs one statement to know and one to do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Table, text, update

from desk.models.access import allowed
from desk.models.base import metadata
from desk.models.catalog import PlanGroup
from desk.models.plans import ValueKind
from desk.services.core.errors import StaleRecord
from desk.services.core.work import Work
from desk.services.plans.card import facts_of
from desk.services.plans.commands import (
    ChangeStatus,
    EnablePlan,
    EnableProvisionally,
    StatusChanged,
    SuspendPlan,
    SuspendTemporarily,
    WithdrawSuspension,
)
from desk.services.plans.errors import FactsMoved, PlanNotFound
from desk.services.plans.rows import titled
from desk.services.plans.rules import effect_of, runs_on, total_of

StatusStep = SuspendPlan | EnablePlan | EnableProvisionally | ChangeStatus | SuspendTemporarily | WithdrawSuspension
_PLANS: Table = metadata.tables["desk.customer_plans"]
# One row for each discount or surcharge, and one for a plan that has none.
_FOUND = text(f"""
    SELECT p.customer_id, p.version, c.name, p.reference, p.status, s.description AS status_label, s."group", p.value,
           {allowed()} AS allowed,
           (p.provisional_at AT TIME ZONE i.zone)::date AS last_provisional, desk.today() AS today,
           (p.suspended_from AT TIME ZONE i.zone)::date AS suspended_from,
           ARRAY(SELECT l.id::text || ':' || l.login FROM desk.radius_logins l
                  WHERE l.plan_id = p.id AND l.deleted_at IS NULL) AS logins,
           ARRAY(SELECT concat_ws('|', x.id, host(x.address), EXISTS (SELECT FROM desk.ip_options o
                    WHERE o.code = ANY (x.options) AND o.active AND o.effect = 'bloqueia o acesso'))
                   FROM desk.customer_ips x WHERE x.plan_id = p.id AND x.deleted_at IS NULL) AS ips,
           d.kind, d.amount, d.percent, d.starts_on, d.months
      FROM desk.customer_plans p
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
      CROSS JOIN desk.installation i
      LEFT JOIN desk.plan_value_details d ON d.plan_id = p.id
     WHERE p.id = :id AND p.deleted_at IS NULL""")


class LoginAtStep(NamedTuple):
    """A login as the facts of a card name it."""

    id: int
    login: str
    allowed: bool


class IpAtStep(NamedTuple):
    """An address as the facts of a card name it."""

    id: int
    address: str
    switched_off: bool


@dataclass(frozen=True)
class PlanAtStep:
    """A plan as a step finds it: what decides whether the step may be taken, and what its card rested on."""

    id: int
    customer_id: int
    version: int
    title: str
    status: str
    status_label: str
    group: PlanGroup
    total: Decimal
    logins: tuple[LoginAtStep, ...]
    ips: tuple[IpAtStep, ...]
    last_provisional: dt.date | None
    suspended_from: dt.date | None  # first day of the temporary suspension that is not over
    today: dt.date


def plan_at_step(work: Work, cmd: StatusStep) -> PlanAtStep:
    """The plan of the command, unless it is gone or somebody changed it since that version."""
    rows = work.session.execute(_FOUND, {"id": cmd.plan_id}).all()
    if not rows:
        raise PlanNotFound("plan", cmd.plan_id)
    plan = rows[0]
    if plan.version != cmd.version:
        raise StaleRecord(work.changes_since("customer_plans", cmd.plan_id, cmd.version))
    effects = [
        effect_of(ValueKind(detail.kind), detail.amount, detail.percent, plan.value)
        for detail in rows
        if detail.kind is not None and runs_on(plan.today, detail.starts_on, detail.months)
    ]
    named = (login.partition(":") for login in plan.logins)
    held = (ip.split("|") for ip in plan.ips)
    return PlanAtStep(
        id=cmd.plan_id,
        customer_id=plan.customer_id,
        version=plan.version,
        title=titled(plan.name, plan.reference),
        status=plan.status,
        status_label=plan.status_label,
        group=PlanGroup(plan.group),
        total=total_of(plan.value, effects),
        logins=tuple(LoginAtStep(int(number), login, plan.allowed) for number, _, login in named),
        ips=tuple(IpAtStep(int(number), address, off == "t") for number, address, off in held),
        last_provisional=plan.last_provisional,
        suspended_from=plan.suspended_from,
        today=plan.today,
    )


def take_step(
    cmd: StatusStep, work: Work, plan: PlanAtStep, action: str, values: dict[str, Any], *, target: str = "", **said: Any
) -> StatusChanged:
    """Write the step if the card still holds, with its reason and its line in the history; triggers owe the network."""
    if cmd.facts and facts_of(plan, target or values["status"]) != cmd.facts:
        raise FactsMoved(title=plan.title)
    work.because(cmd.reason, cmd.note)
    version = work.session.execute(
        update(_PLANS)
        .where(_PLANS.c.id == plan.id, _PLANS.c.version == plan.version)
        .values(values)
        .returning(_PLANS.c.version)
    ).scalar_one_or_none()
    if version is None:  # somebody was faster, between our look and this write
        raise StaleRecord(work.changes_since("customer_plans", plan.id, plan.version))
    work.record(
        action,
        customer_id=plan.customer_id,
        plan_id=plan.id,
        title=plan.title,
        **said,
        reason=cmd.reason,
        note=cmd.note,
    )
    work.touch("plans", plan.customer_id)
    return StatusChanged(plan.id, plan.customer_id, plan.title, values.get("status", plan.status), version)
