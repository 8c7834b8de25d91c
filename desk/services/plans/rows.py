"""What the screens show of plans: frozen, complete, free of entities."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal

from desk.models.catalog import PlanGroup, PlanKind, ServiceClass, StatusCode
from desk.models.plans import AddressKind, ValueKind
from desk.services.plans.suspension_terms import SuspensionTerms


class Delivery(enum.StrEnum):
    """What the network is still owed about a thing."""

    IN_STEP = "em dia"
    PENDING = "pendente"
    FAILED = "sem resposta"
    PARKED = "recusado"


@dataclass(frozen=True)
class LoginItem:
    """A Radius login beneath its plan."""

    id: int
    plan_id: int
    login: str
    allowed: bool
    online_since: dt.datetime | None
    ip: str
    mac: str
    fixed_ip: str
    mac_lock: str
    delivery: Delivery
    created_at: dt.datetime
    version: int


@dataclass(frozen=True)
class CircuitItem:
    """A circuit beneath its plan."""

    id: int
    plan_id: int
    name: str


def titled(name: str, reference: str) -> str:
    """Name and reference of a plan as they are shown (PL-02)."""
    return f"{name} – {reference}" if reference else name


@dataclass(frozen=True)
class IpItem:
    """An IP beneath its plan."""

    id: int
    plan_id: int
    address: str
    prefix: int
    description: str
    allowed: bool  # the plan is, and the switch that blocks is off
    switched_off: bool
    login: str  # whose session brings it; empty: set on the router
    macs: tuple[str, ...]
    delivery: Delivery
    created_at: dt.datetime
    version: int


@dataclass(frozen=True)
class PlanRow:
    """A plan as the tree and the menus need it."""

    id: int
    customer_id: int
    customer_code: int
    customer_name: str
    number: int
    name: str
    reference: str
    kind: PlanKind
    status: str
    status_label: str
    group: PlanGroup
    grants_access: bool
    value: Decimal  # as contracted
    due_day: int
    provisional_until: dt.datetime | None
    provisional_day: dt.date | None  # the last day of it, in the company's zone
    suspended_from: dt.date | None  # of the temporary suspension that is not over: its first day
    suspended_last: dt.date | None  # its last day; the one after it has service again
    suspends_temporarily: bool  # variable 11 offers it
    allowed: bool  # whether its logins may connect now
    throttled: bool
    speed_until: dt.datetime | None  # of a throttled plan: its whole speed is back until then
    allows_login: bool
    allows_ip: bool
    login_limit: int
    bills_when_debt_suspended: bool
    has_access_point: bool
    version: int
    total: Decimal  # with today's discounts and surcharges
    logins: tuple[LoginItem, ...]
    circuits: tuple[CircuitItem, ...]
    ips: tuple[IpItem, ...]

    @property
    def title(self) -> str:
        """Name and reference (PL-02)."""
        return titled(self.name, self.reference)

    @property
    def whose(self) -> str:
        """The plan and the customer, as every dialog names both."""
        return f"{self.title} · {self.customer_name}"

    @property
    def enabled(self) -> bool:
        """Ativo, habilitado."""
        return self.status == StatusCode.ENABLED

    @property
    def suspended(self) -> bool:
        """In one of the three suspensions."""
        return self.status in SUSPENSIONS

    @property
    def suspension_planned(self) -> bool:
        """A temporary suspension is to come."""
        return self.suspended_from is not None and self.enabled

    @property
    def links(self) -> dict[str, int]:
        """What hangs on it and keeps it from being deleted (PL-40), as `desk.plan_links` says it: kind and number."""
        numbers = (len(self.logins), len(self.ips), len(self.circuits))
        return {kind: number for kind, number in zip(PLAN_LINKS, numbers, strict=True) if number}


PLAN_LINKS = ("login", "ip", "circuit")  # as desk.plan_links names and orders them
SUSPENSIONS = (StatusCode.SUSPENDED, StatusCode.SUSPENDED_DEBT, StatusCode.SUSPENDED_TEMPORARILY)


@dataclass(frozen=True)
class CustomerPlans:
    """All plans of one customer, in the order of the tree."""

    customer_id: int
    customer_name: str
    plans: tuple[PlanRow, ...]


@dataclass(frozen=True)
class AddressView:
    """One of a plan's three addresses; `follows` tells which default it follows, if any (PL-30…PL-34)."""

    kind: AddressKind
    follows: str  # "PADRÃO-INSTALAÇÃO:", "PADRÃO:" or empty
    address_id: int | None  # the customer's address it follows
    zip: str
    street: str
    number: str
    complement: str
    district: str
    city_id: int | None
    city: str
    state: str
    landmark: str


@dataclass(frozen=True)
class ValueDetailView:
    """One discount or surcharge line."""

    id: int
    kind: ValueKind
    description: str
    amount: Decimal | None
    percent: Decimal | None
    starts_on: dt.date
    months: int | None
    running: bool
    effect: Decimal  # signed, of today; 0 when it does not run today


@dataclass(frozen=True)
class CompositionView:
    """One part of the price."""

    description: str
    service_class: ServiceClass
    amount: Decimal


@dataclass(frozen=True)
class StatusStep:
    """One line of the status history."""

    at: dt.datetime
    from_label: str
    to_label: str
    to_status: str
    marker: str
    who: str
    reason: str
    note: str


@dataclass(frozen=True)
class PlanDetails:
    """Everything the window Plano/Serviço shows of one plan."""

    row: PlanRow
    start_date: dt.date
    first_activation_date: dt.date | None
    cancelled_on: dt.date | None
    cancel_reason: str
    created_at: dt.datetime
    created_by: str
    unit_id: int
    unit: str
    service_group: str
    catalog_plan_id: int
    catalog_price: Decimal
    access_point_id: int | None
    access_point: str
    access_point_used: int
    access_point_limit: int | None
    down_kbps: int
    up_kbps: int
    allowance_gb: int | None
    seller: str | None
    seller_name: str
    payment_method_id: int
    payment_method: str
    booklet_method: bool
    last_close_date: dt.date | None
    separate_invoice: bool
    booklet: bool
    identifier_code: str
    composition_customized: bool
    details: tuple[ValueDetailView, ...]
    composition: tuple[CompositionView, ...]  # the plan's own when customised, else the catalogue's
    catalog_composition: tuple[CompositionView, ...]
    addresses: tuple[AddressView, ...]
    statuses: tuple[StatusStep, ...]


@dataclass(frozen=True)
class Choice:
    """One entry of a combo box."""

    id: int
    label: str
    hint: str = ""


@dataclass(frozen=True)
class PlanChoices:
    """What the combos of the plan window offer."""

    payment_methods: tuple[Choice, ...]
    access_points: tuple[Choice, ...]
    sellers: tuple[tuple[str, str], ...]
    cities: tuple[Choice, ...]
    booklet_methods: frozenset[int]


@dataclass(frozen=True)
class OfferedPlan:
    """A catalogue plan on sale, as the new-plan wizard offers it."""

    id: int
    name: str
    kind: PlanKind
    group_id: int
    group: str
    price: Decimal
    unit_ids: frozenset[int]
    allows_login: bool
    trial_days: int
    requires_authorization: bool
    down_kbps: int
    up_kbps: int
    composition: tuple[CompositionView, ...] = ()


@dataclass(frozen=True)
class FirstStatus:
    """A status as the wizard offers it; `needs_permission` is Editar Status de Planos."""

    code: str
    label: str
    needs_permission: bool


@dataclass(frozen=True)
class FirstStatuses:
    """What a new plan may begin in; `terms` are the limits of Suspensão Temporária, None where variable 11 is off."""

    statuses: tuple[FirstStatus, ...]
    terms: SuspensionTerms | None

    def offered(self, *, trial: bool, authorization: bool, permitted: bool) -> tuple[FirstStatus, ...]:
        """What one catalogue plan leaves; its default comes first."""
        if authorization:
            wanted = [StatusCode.AWAITING]
        else:
            wanted = [StatusCode.INSTALLING, *([StatusCode.TRIAL] if trial else [])]
        own = [each for code in wanted for each in self.statuses if each.code == code]
        others = [each for each in self.statuses if each.needs_permission and permitted and not authorization]
        return (*own, *others)


@dataclass(frozen=True)
class NewPlanChoices:
    """What the new-plan wizard starts from: the customer's defaults, and what is on sale."""

    customer_id: int
    customer_name: str
    unit_id: int
    due_day: int
    login_required: bool
    units: tuple[Choice, ...]
    groups: tuple[Choice, ...]
    plans: tuple[OfferedPlan, ...]
    lists: PlanChoices
    first: FirstStatuses
