"""What may be done with a plan, as pure functions: use cases, menus and dialogs ask the same ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from desk.models.catalog import PlanGroup, StatusCode
from desk.models.plans import ValueKind
from desk.services.core.errors import Violation

CENT = Decimal("0.01")

SUSPEND_REASONS = (
    "A pedido do cliente",
    "Manutenção da rede",
    "Mudança de endereço",
    "Uso indevido",
    "Equipamento com defeito",
    "Outro",
)
ENABLE_REASONS = (
    "A pedido do cliente",
    "Pagamento confirmado",
    "Instalação concluída",
    "Fim da suspensão",
    "Acordo com o financeiro",
    "Outro",
)
STATUS_REASONS = ("A pedido do cliente", "Decisão da empresa", "Correção do cadastro", "Outro")


def may_suspend(status: str) -> bool:
    """ST-13: only an enabled plan."""
    return status == StatusCode.ENABLED


def may_enable(status: str, group: PlanGroup) -> bool:
    """ST-11, ST-12, ST-16: not enabled yet, not cancelled, and not waiting for an authoriser (ST-20)."""
    return group is not PlanGroup.CANCELLED and status not in (StatusCode.ENABLED, StatusCode.AWAITING)


def may_enable_provisionally(status: str) -> bool:
    """ST-17: a plan suspended for debt."""
    return status == StatusCode.SUSPENDED_DEBT


def may_be_given(group: PlanGroup, *, system: bool) -> bool:
    """Statuses for Mudar Status: the system's own have acts of their own, and so has cancelling (domain 4.4)."""
    return not system and group is not PlanGroup.CANCELLED


def may_add_items(status: str, bills_when_debt_suspended: bool) -> bool:
    """domain 4.4: enabled, or suspended for debt where the catalogue bills such plans."""
    return status == StatusCode.ENABLED or (status == StatusCode.SUSPENDED_DEBT and bills_when_debt_suspended)


def may_edit_items(status: str) -> bool:
    """domain 4.4: components are edited on enabled plans only."""
    return status == StatusCode.ENABLED


def check_value_detail(
    *, ticked: bool, amount: Decimal | None, percent: Decimal | None, months: int | None
) -> Iterator[Violation]:
    """BI-10, BI-11 and BI-13 for one line of discount or surcharge."""
    if ticked and amount is None and percent is None:
        yield Violation("amount", "value_needed_first")
    if amount is not None and percent is not None:
        yield Violation("percent", "amount_or_percent")
    if amount is not None and amount <= 0:
        yield Violation("amount", "must_be_positive")
    if percent is not None and not 0 < percent <= 100:
        yield Violation("percent", "percent_range")
    if months is not None and months < 1:
        yield Violation("months", "must_be_positive")


def runs_on(day: dt.date, starts_on: dt.date, months: int | None) -> bool:
    """Whether a value detail counts on that day (BI-13: no months means for good)."""
    if day < starts_on:
        return False
    if months is None:
        return True
    elapsed = (day.year - starts_on.year) * 12 + day.month - starts_on.month - (day.day < starts_on.day)
    return elapsed < months


def effect_of(kind: ValueKind, amount: Decimal | None, percent: Decimal | None, value: Decimal) -> Decimal:
    """Signed effect of one line on a plan's value, to the cent."""
    size = amount if amount is not None else (value * (percent or Decimal(0)) / 100).quantize(CENT, ROUND_HALF_UP)
    return -size if kind is ValueKind.DISCOUNT else size


def total_of(value: Decimal, effects: list[Decimal]) -> Decimal:
    """What the plan costs a month; discounts never make it negative."""
    return max(Decimal(0), value + sum(effects, Decimal(0))).quantize(CENT)


def months_left(day: dt.date, starts_on: dt.date, months: int | None) -> dt.date | None:
    """The month (its first day) in which a value detail counts for the last time; None when for good."""
    if months is None:
        return None
    last = starts_on.year * 12 + starts_on.month - 1 + months - 1
    return dt.date(last // 12, last % 12 + 1, 1)
