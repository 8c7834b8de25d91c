"""What can be ordered of plans, and what comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from desk.models.plans import AddressKind, ValueKind
from desk.services.core.bus import Command


@dataclass(frozen=True)
class StatusChanged:
    """A plan's status as it is now; `version` lets the act be undone."""

    plan_id: int
    customer_id: int
    title: str
    status: str
    version: int


@dataclass(frozen=True)
class PlanSaved:
    """A plan was saved."""

    plan_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class SuspendPlan(Command[StatusChanged]):
    """Suspender Plano (ST-13). `facts` is what the card showed; empty when no card was shown."""

    plan_id: int
    reason: str
    note: str = ""
    version: int
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class SuspendTemporarily(Command[StatusChanged]):
    """Suspensão Temporária (ST-15), from `starts_on` until before `ends_on`, the first day with service again.

    A day to come only plans it: the plan stays enabled until then.
    """

    plan_id: int
    starts_on: dt.date
    ends_on: dt.date
    reason: str
    note: str = ""
    version: int
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class WithdrawSuspension(Command[StatusChanged]):
    """Retirar Suspensão Planejada: a temporary suspension that has not begun does not come."""

    plan_id: int
    version: int
    reason: str = ""
    note: str = ""
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class EnablePlan(Command[StatusChanged]):
    """Habilitar Plano (ST-11, ST-12, ST-16)."""

    plan_id: int
    reason: str
    note: str = ""
    version: int
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class EnableProvisionally(Command[StatusChanged]):
    """Habilitar Provisoriamente o Plano (ST-17), until the end of `until`."""

    plan_id: int
    until: dt.date
    reason: str
    note: str = ""
    version: int
    facts: str = ""
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class ChangeStatus(Command[StatusChanged]):
    """Mudar Status: into a status that the provider made (domain 4.2)."""

    plan_id: int
    status: str
    reason: str
    note: str = ""
    version: int
    facts: str = ""


@dataclass(frozen=True, kw_only=True)
class SavePlan(Command[PlanSaved]):
    """Detalhe and Informação de Cobrança of one plan; every field as it shall be afterwards.

    `catalog_plan_id` is Trocar Tipo de Plano ao Editar: the plan takes the catalogue's value, which is `catalog_price`
    in reais as it was shown. None keeps the catalogue plan.
    """

    plan_id: int
    version: int
    reference: str
    start_date: dt.date
    access_point_id: int | None
    seller: str | None
    payment_method_id: int
    due_day: int
    last_close_date: dt.date | None
    separate_invoice: bool
    booklet: bool
    identifier_code: str
    catalog_plan_id: int | None = None
    catalog_price: Decimal | None = None
    confirmed: bool = False  # an authoriser links it although the access point is full


@dataclass(frozen=True, kw_only=True)
class DeletePlan(Command[None]):
    """Apagar o Plano: one that was entered by mistake, with nothing linked to it (PL-40, PL-41)."""

    plan_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class AddPlan(Command[PlanSaved]):
    """Novo Plano/Serviço: contract a catalogue plan for a customer (domain 5.3).

    `status` is the one it begins in, empty for the catalogue's; `ends_on` the first day with service again of a
    Suspensão Temporária, which begins today.
    """

    customer_id: int
    catalog_plan_id: int
    business_unit_id: int
    reference: str = ""
    start_date: dt.date
    value: Decimal
    access_point_id: int | None = None
    seller: str | None = None
    payment_method_id: int
    due_day: int
    separate_invoice: bool = False
    booklet: bool = False
    status: str = ""
    ends_on: dt.date | None = None
    login: str = ""
    password: str = ""
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class SaveValueDetail(Command[PlanSaved]):
    """Add (no id) or change one Desconto or Acréscimo."""

    plan_id: int
    id: int | None = None
    kind: ValueKind
    description: str = ""
    amount: Decimal | None = None
    percent: Decimal | None = None
    starts_on: dt.date
    months: int | None = None


@dataclass(frozen=True, kw_only=True)
class RemoveValueDetail(Command[PlanSaved]):
    """Take one Desconto or Acréscimo away."""

    plan_id: int
    id: int


@dataclass(frozen=True, kw_only=True)
class SetPlanAddress(Command[PlanSaved]):
    """Give the plan an address of its own for one kind (PL-33)."""

    plan_id: int
    kind: AddressKind
    zip: str
    street: str
    number: str
    complement: str = ""
    district: str
    city_id: int
    landmark: str = ""


@dataclass(frozen=True, kw_only=True)
class FollowDefaultAddress(Command[PlanSaved]):
    """Voltar ao padrão (PL-33)."""

    plan_id: int
    kind: AddressKind
