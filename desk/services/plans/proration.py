"""What a change of plan makes of the running billing period (domain 7.7): pure, in Decimal, each cent explained.

The same function will post the lines once invoices exist, from what `plan_changes` keeps.
"""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from desk.models.plans import ChangeMode
from desk.services.plans.rules import CENT


@dataclass(frozen=True)
class Period:
    """Half open: `end` is the first day of the next one (domain 7.1)."""

    start: dt.date
    end: dt.date

    @property
    def days(self) -> int:
        """28 to 31."""
        return (self.end - self.start).days


@dataclass(frozen=True)
class ProrationLine:
    """`days` of the period's `of` days of a monthly value, rounded once, half up."""

    new: bool  # of the new plan, or of the one before
    monthly: Decimal
    days: int
    of: int
    amount: Decimal


@dataclass(frozen=True)
class Proration:
    """What the period comes to, and the lines that explain it."""

    period: Period
    lines: tuple[ProrationLine, ...]

    @property
    def total(self) -> Decimal:
        """The sum of its lines."""
        return sum((line.amount for line in self.lines), Decimal("0.00"))


def period_at(day: dt.date, *, last_close: dt.date | None, due_day: int) -> Period:
    """The month between two closes that holds `day`; before the first close the due day stands for the close (7.3).

    A day that a month does not have is its last one.
    """
    anchor = last_close.day if last_close is not None else due_day
    start = _in_month(day.year, day.month, anchor)
    if start > day:
        start = _in_month(*_moved(day.year, day.month, -1), anchor)
    return Period(start, _in_month(*_moved(start.year, start.month, 1), anchor))


def prorate(
    old: Decimal, new: Decimal, period: Period, changed_on: dt.date, mode: ChangeMode, *, starts_on: dt.date
) -> Proration:
    """The period's lines when the monthly value moves from `old` to `new` on `changed_on` (domain 7.7).

    PROPORCIONAL: the old plan until that day, the new one from it on. PROXIMO_FECHAMENTO: the old one all through.
    IMEDIATO_INTEGRAL: one whole value, without credit: the new one, but a cheaper plan only from the next period on.
    Days before `starts_on` are not charged (BI-03).
    """
    begins = min(max(period.start, starts_on), period.end)
    if mode is ChangeMode.NEXT_CLOSE:
        parts = [(False, old, begins, period.end)]
    elif mode is ChangeMode.IN_FULL:
        parts = [(new >= old, max(old, new), begins, period.end)]
    else:
        moved = min(max(changed_on, begins), period.end)
        parts = [(False, old, begins, moved), (True, new, moved, period.end)]
    return Proration(
        period,
        tuple(_line(which, monthly, start, end, period.days) for which, monthly, start, end in parts if end > start),
    )


def _line(new: bool, monthly: Decimal, start: dt.date, end: dt.date, of: int) -> ProrationLine:
    days = (end - start).days
    # A whole period costs exactly the monthly value, without any division (7.2).
    amount = monthly if days == of else (monthly * days / of).quantize(CENT, ROUND_HALF_UP)
    return ProrationLine(new, monthly, days, of, amount)


def _in_month(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _moved(year: int, month: int, by: int) -> tuple[int, int]:
    months = year * 12 + month - 1 + by
    return months // 12, months % 12 + 1
