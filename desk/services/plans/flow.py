"""The order of the steps of Novo Plano/Serviço, without any screen."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal

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
    trial: bool = False
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
            trial=self.trial,
            login=self.login,
            password=self.password,
        )


def next_step(step: Step, draft: PlanDraft) -> Step | None:
    """One after the other; the summary is the last."""
    return None if step is Step.SUMMARY else Step(step + 1)
