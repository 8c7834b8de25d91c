"""What a temporary suspension may be and what it means to the money, as pure functions over what the card shows."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from desk.services.core.errors import Violation
from desk.services.plans.rules import CENT

AHEAD_DAYS = 365  # a first day further away is a slip of the keys


@dataclass(frozen=True)
class SuspensionTerms:
    """The limits (domain 7.9; 0: none, save for the shortest), and when the plan was suspended before."""

    today: dt.date
    shortest: int
    longest: int
    per_year: int
    earlier: tuple[dt.date, ...] = ()  # first days of those that were truly suspended, or will be

    @property
    def usual(self) -> tuple[dt.date, dt.date]:
        """From today, as short as it may be."""
        return self.today, self.today + dt.timedelta(days=max(1, self.shortest))

    def may_start(self, day: dt.date) -> bool:
        """From today on, and not further ahead than anybody plans."""
        return self.today <= day <= self.today + dt.timedelta(days=AHEAD_DAYS)

    def near(self, day: dt.date) -> tuple[dt.date, ...]:
        """Those within twelve months of a day."""
        return tuple(each for each in self.earlier if _year_before(day) < each < _year_after(day))

    def check(self, starts_on: dt.date, ends_on: dt.date) -> Iterator[Violation]:
        """What stands against these days; the database refuses the same."""
        if not self.may_start(starts_on):
            yield Violation("starts_on", "suspension_start", {"days": AHEAD_DAYS})
        days = (ends_on - starts_on).days
        if days < max(1, self.shortest):
            yield Violation("ends_on", "suspension_short", {"days": max(1, self.shortest)})
        elif self.longest and days > self.longest:
            yield Violation("ends_on", "suspension_long", {"days": self.longest})
        if self.per_year and len(self.near(starts_on)) >= self.per_year:
            yield Violation(
                "starts_on", "suspension_often", {"times": self.per_year, "last": max(self.near(starts_on))}
            )


def not_charged(monthly: Decimal, starts_on: dt.date, ends_on: dt.date) -> Decimal:
    """What the days would have cost, each as its share of its month (domain 7.2, 7.9); invoices go by their cycles."""
    total, day = Decimal(0), starts_on
    while day < ends_on:
        length = calendar.monthrange(day.year, day.month)[1]
        following = min(ends_on, day.replace(day=1) + dt.timedelta(days=length))
        total += monthly * (following - day).days / length
        day = following
    return total.quantize(CENT, ROUND_HALF_UP)


def _year_before(day: dt.date) -> dt.date:
    return _moved(day, -1)


def _year_after(day: dt.date) -> dt.date:
    return _moved(day, 1)


def _moved(day: dt.date, years: int) -> dt.date:
    # As the database reckons: the 29th of February becomes the 28th.
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))
