"""What a change of plan makes of the running period (domain 7.7): the worked example, edges, and that parts add up."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.services.plans import ChangeMode, Period, period_at, prorate

OLD, NEW = Decimal("99.90"), Decimal("149.90")
JUNE = Period(dt.date(2026, 6, 1), dt.date(2026, 7, 1))
LONG_AGO = dt.date(2020, 1, 1)
MONEY = st.decimals(0, 9999, places=2)


def amounts(mode: ChangeMode, day: int, old: Decimal = OLD, new: Decimal = NEW) -> list[tuple[bool, int, str]]:
    found = prorate(old, new, JUNE, dt.date(2026, 6, day), mode, starts_on=LONG_AGO)
    return [(line.new, line.days, str(line.amount)) for line in found.lines]


def test_the_worked_example_of_7_7() -> None:
    found = prorate(OLD, NEW, JUNE, dt.date(2026, 6, 13), ChangeMode.PROPORTIONAL, starts_on=LONG_AGO)
    assert [(line.days, line.of, line.amount) for line in found.lines] == [
        (12, 30, Decimal("39.96")),
        (18, 30, Decimal("89.94")),
    ]
    assert found.total == Decimal("129.90")


def test_a_change_on_the_first_day_is_one_whole_value_without_division() -> None:
    assert amounts(ChangeMode.PROPORTIONAL, 1) == [(True, 30, "149.90")]


@pytest.mark.parametrize(
    ("mode", "new", "expected"),
    [
        (ChangeMode.NEXT_CLOSE, NEW, [(False, 30, "99.90")]),
        (ChangeMode.IN_FULL, NEW, [(True, 30, "149.90")]),
        (ChangeMode.IN_FULL, Decimal("59.90"), [(False, 30, "99.90")]),  # a downgrade gives no credit
    ],
)
def test_the_other_modes_have_one_line(mode: ChangeMode, new: Decimal, expected: list[tuple[bool, int, str]]) -> None:
    assert amounts(mode, 13, new=new) == expected


def test_half_a_cent_goes_up() -> None:
    # 0,15 × 1 / 30 = 0,005
    assert amounts(ChangeMode.PROPORTIONAL, 2, old=Decimal("0.15"))[0] == (False, 1, "0.01")


def test_bi_03_days_before_the_start_are_not_charged() -> None:
    found = prorate(OLD, NEW, JUNE, dt.date(2026, 6, 13), ChangeMode.PROPORTIONAL, starts_on=dt.date(2026, 6, 11))
    assert [(line.days, line.of) for line in found.lines] == [(2, 30), (18, 30)]
    later = prorate(OLD, NEW, JUNE, dt.date(2026, 6, 13), ChangeMode.NEXT_CLOSE, starts_on=dt.date(2026, 8, 1))
    assert (later.lines, later.total) == ((), Decimal(0))


@pytest.mark.parametrize(
    ("day", "close", "due", "start", "end"),
    [
        ("2026-06-13", None, 10, "2026-06-10", "2026-07-10"),
        ("2026-06-09", None, 10, "2026-05-10", "2026-06-10"),
        ("2026-06-10", None, 10, "2026-06-10", "2026-07-10"),  # the close is the first day of the next period
        ("2026-02-15", None, 31, "2026-01-31", "2026-02-28"),
        ("2026-03-01", None, 31, "2026-02-28", "2026-03-31"),
        ("2026-06-13", "2026-05-25", 10, "2026-05-25", "2026-06-25"),
        ("2026-01-05", "2025-12-20", 10, "2025-12-20", "2026-01-20"),
    ],
)
def test_the_period_of_a_day(day: str, close: str | None, due: int, start: str, end: str) -> None:
    last = dt.date.fromisoformat(close) if close else None
    found = period_at(dt.date.fromisoformat(day), last_close=last, due_day=due)
    assert (found.start.isoformat(), found.end.isoformat()) == (start, end)


@given(day=st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), due=st.integers(1, 31))
def test_every_day_is_in_its_period(day: dt.date, due: int) -> None:
    found = period_at(day, last_close=None, due_day=due)
    assert found.start <= day < found.end
    assert 28 <= found.days <= 31


@given(old=MONEY, new=MONEY, day=st.integers(1, 30), mode=st.sampled_from(ChangeMode))
def test_the_parts_are_the_whole(old: Decimal, new: Decimal, day: int, mode: ChangeMode) -> None:
    found = prorate(old, new, JUNE, dt.date(2026, 6, day), mode, starts_on=LONG_AGO)
    assert sum(line.days for line in found.lines) == 30
    assert min(old, new) - Decimal("0.01") <= found.total <= max(old, new) + Decimal("0.01")
    assert all(line.amount >= 0 and line.amount == line.amount.quantize(Decimal("0.01")) for line in found.lines)
    same = prorate(old, old, JUNE, dt.date(2026, 6, day), mode, starts_on=LONG_AGO)
    assert abs(same.total - old) <= Decimal("0.01")
