"""The order of the steps of Novo Plano/Serviço and of Mudar Plano, without any screen."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal

from desk.models.plans import ChangeMode
from desk.services.plans.changing import ChangeCatalogPlan, ChangeChoices, TargetPlan
from desk.services.plans.commands import AddPlan
from desk.services.plans.rows import OfferedPlan


class Step(enum.IntEnum):
    """Detalhe, Cobrança, Resumo."""

    DETAIL, BILLING, SUMMARY = range(3)


@dataclass
class PlanDraft:
    """What has been chosen so far."""

    customer_id: int
    unit_id: int
    start_date: dt.date
    due_day: int
    offered: OfferedPlan | None = None
    reference: str = ""
    value: Decimal | None = None
    access_point_id: int | None = None
    seller: str | None = None
    status: str = ""
    ends_on: dt.date | None = None
    login: str = ""
    password: str = ""
    payment_method_id: int | None = None
    separate_invoice: bool = False
    booklet: bool = False

    def command(self) -> AddPlan:
        """The order that the last step sends; only complete drafts have one."""
        if self.offered is None or self.payment_method_id is None:
            raise ValueError("the draft is not complete")
        return AddPlan(
            customer_id=self.customer_id,
            catalog_plan_id=self.offered.id,
            business_unit_id=self.unit_id,
            reference=self.reference,
            start_date=self.start_date,
            value=self.value if self.value is not None else self.offered.price,
            access_point_id=self.access_point_id,
            seller=self.seller,
            payment_method_id=self.payment_method_id,
            due_day=self.due_day,
            separate_invoice=self.separate_invoice,
            booklet=self.booklet,
            status=self.status,
            ends_on=self.ends_on,
            login=self.login,
            password=self.password,
        )


def next_step(step: Step, draft: PlanDraft) -> Step | None:
    """One after the other; the summary is the last."""
    return None if step is Step.SUMMARY else Step(step + 1)


class ChangeStep(enum.IntEnum):
    """Plano novo, Itens, Valores, Resumo (domain 6.1)."""

    TARGET, ITEMS, MONEY, SUMMARY = range(4)


@dataclass
class ChangeDraft:
    """What has been chosen of a change of plan so far."""

    choices: ChangeChoices
    target: TargetPlan | None = None
    value: Decimal | None = None
    mode: ChangeMode = ChangeMode.PROPORTIONAL
    keeps_details: bool = False
    reason: str = ""
    note: str = ""

    @property
    def asks_details(self) -> bool:
        """CP-01: whether the clerk is asked about the discounts and surcharges there are."""
        return self.choices.asks_details and bool(self.choices.details)

    def command(self) -> ChangeCatalogPlan:
        """The order that the last step sends, with what was shown; only complete drafts have one."""
        if self.target is None:
            raise ValueError("the draft is not complete")
        return ChangeCatalogPlan(
            plan_id=self.choices.plan.id,
            version=self.choices.plan.version,
            catalog_plan_id=self.target.id,
            value=self.value if self.value is not None else self.target.price,
            mode=self.mode,
            keeps_details=self.keeps_details and self.asks_details,
            reason=self.reason,
            note=self.note,
            facts=self.choices.facts,
            catalog_version=self.target.version,
        )


def next_change_step(step: ChangeStep, draft: ChangeDraft) -> ChangeStep | None:
    """One after the other; the summary is the last."""
    return None if step is ChangeStep.SUMMARY else ChangeStep(step + 1)
