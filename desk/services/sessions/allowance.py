"""Franquia: what a plan's logins used of its allowance in the running period (domain 5.9)."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

from sqlalchemy import text

from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.plans.errors import PlanNotFound

GIGA = 1_000_000_000


@dataclass(frozen=True)
class Allowance:
    """Octets of a period of whole days; `allowed` is None for a plan without allowance."""

    since: dt.date
    until: dt.date
    allowed: int | None
    used: int

    @property
    def left(self) -> int:
        """What remains; never less than nothing."""
        return max(0, (self.allowed or 0) - self.used)

    @property
    def percent(self) -> int:
        """How much of it is used, also beyond a hundred."""
        return round(self.used * 100 / self.allowed) if self.allowed else 0


@dataclass(frozen=True)
class AllowanceUse(Query[Allowance]):
    """Of one plan, in two statements, led by the key of the daily use."""

    plan_id: int


def period_of(today: dt.date, due_day: int) -> tuple[dt.date, dt.date]:
    """First and last day of the month of service that holds `today`; it begins on the due day, or a month's last."""
    begins = _day_in(today.year, today.month, due_day)
    if today < begins:
        before = today.replace(day=1) - dt.timedelta(days=1)
        return _day_in(before.year, before.month, due_day), begins - dt.timedelta(days=1)
    after = today.replace(day=28) + dt.timedelta(days=4)
    return begins, _day_in(after.year, after.month, due_day) - dt.timedelta(days=1)


def _day_in(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


_PLAN = text("""
    SELECT desk.today() AS today, p.due_day, c.allowance_gb
      FROM desk.customer_plans p JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id WHERE p.id = :plan""")
# Logins that were deleted meanwhile have used what they have used.
_USE = text("""
    SELECT COALESCE(sum(u.in_octets + u.out_octets), 0)::bigint FROM desk.radius_logins l
      JOIN desk.radius_usage u ON u.login_id = l.id AND u.day BETWEEN :since AND :until WHERE l.plan_id = :plan""")


@use_case(AllowanceUse, permission=None)
def allowance_use(query: AllowanceUse, work: Work) -> Allowance:
    """What Itens do Plano shows beside its heading."""
    row = work.session.execute(_PLAN, {"plan": query.plan_id}).one_or_none()
    if row is None:
        raise PlanNotFound("plan", query.plan_id)
    since, until = period_of(row.today, row.due_day)
    used = work.session.execute(_USE, {"plan": query.plan_id, "since": since, "until": until}).scalar_one()
    return Allowance(since, until, row.allowance_gb * GIGA if row.allowance_gb else None, used)
