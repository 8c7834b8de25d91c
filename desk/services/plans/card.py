"""The change card of a status change: what the step does to the money and to the network, before the click."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from sqlalchemy import Date, cast, func, select, text

from desk.models.access_points import AccessPoint, RoutingServer
from desk.models.catalog import PlanGroup, PlanStatus, StatusCode
from desk.models.plans import CustomerPlan
from desk.models.variables import Variable
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.plans.queries import ZONE, plan_row
from desk.services.plans.rows import IpItem, LoginItem, PlanRow
from desk.services.plans.suspension_terms import SuspensionTerms

PROVISIONAL = "provisional"
_NUMBER = "(SELECT v.value::int FROM desk.variables v WHERE v.code = '{}')"
_TERMS = text(f"""
    SELECT desk.today() AS today, {_NUMBER.format(Variable.SUSPENSION_MIN_DAYS.code)} AS shortest,
           {_NUMBER.format(Variable.SUSPENSION_MAX_DAYS.code)} AS longest,
           {_NUMBER.format(Variable.SUSPENSION_PER_YEAR.code)} AS per_year,
           ARRAY(SELECT s.starts_on FROM desk.plan_suspensions s
                  WHERE s.plan_id = :plan AND s.starts_on < COALESCE(s.ended_on, s.ends_on)) AS earlier""")


@dataclass(frozen=True)
class NetworkLine:
    """One thing on one system: what it is and what it will be; codes, for which the screen has the words."""

    system: str  # "radius" | "session" | "router"
    thing: str
    device: str
    before: str  # "allowed" | "blocked" | "online" | "offline" | "secret_enabled" | …
    after: str
    since: dt.datetime | None = None

    @property
    def moves(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after


@dataclass(frozen=True)
class StatusCard:
    """All that the clerk sees before confirming a status change; `facts` names exactly this content."""

    plan: PlanRow
    target: str
    target_label: str
    target_group: PlanGroup
    access_then: bool
    bills_now: bool
    bills_then: bool
    monthly: Decimal
    network: tuple[NetworkLine, ...]
    unchanged: tuple[str, ...]
    pending_logins: int
    provisional_days: int
    provisional_gap: int
    last_provisional: dt.date | None
    today: dt.date
    facts: str
    suspension: SuspensionTerms | None = None  # of a card that leads to Suspensão Temporária


@dataclass(frozen=True, kw_only=True)
class PreviewStatusChange(Query[StatusCard]):
    """What suspending, enabling or enabling provisionally would do; `target` is a status or "provisional"."""

    plan_id: int
    target: str


def allowed_after(row: PlanRow, target: str, grants: bool) -> bool:
    """Whether logins of the plan may connect after the step."""
    if target == PROVISIONAL:
        return True
    # Enabling clears the marker; suspending leaves none either, since only debt suspension carries one.
    return grants


class ShownLogin(Protocol):
    """A login as the card shows it."""

    @property
    def id(self) -> int:
        """Which."""

    @property
    def login(self) -> str:
        """Its name."""

    @property
    def allowed(self) -> bool:
        """Whether it may connect."""


class ShownIp(Protocol):
    """An address as the card shows it."""

    @property
    def id(self) -> int:
        """Which."""

    @property
    def address(self) -> str:
        """Itself."""

    @property
    def switched_off(self) -> bool:
        """Whether its own switch blocks it."""


class Shown(Protocol):
    """What of a plan the card rests on; a row of the tree has it, and so has the plan at the step itself."""

    @property
    def id(self) -> int:
        """Which."""

    @property
    def version(self) -> int:
        """Counts its changes."""

    @property
    def status(self) -> str:
        """Code of its status."""

    @property
    def total(self) -> Decimal:
        """What it costs a month."""

    @property
    def logins(self) -> Sequence[ShownLogin]:
        """What the network knows of it."""

    @property
    def ips(self) -> Sequence[ShownIp]:
        """Its addresses."""


def facts_of(row: Shown, target: str) -> str:
    """Name of the facts a card rests on: they moved when it is another one."""
    logins = ",".join(sorted(f"{login.id}:{login.login}:{login.allowed}" for login in row.logins))
    ips = ",".join(sorted(f"{ip.id}:{ip.address}:{ip.switched_off}" for ip in row.ips))
    text = f"{row.id}|{row.version}|{row.status}|{row.total}|{target}|{logins}|{ips}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def network_lines(logins: tuple[LoginItem, ...], allowed: bool, router: str, local_secrets: bool) -> list[NetworkLine]:
    """What the step means to RADIUS, to open sessions, and to a router that keeps its own secrets."""
    lines: list[NetworkLine] = []
    for login in logins:
        lines.append(
            NetworkLine(
                "radius",
                login.login,
                "",
                "allowed" if login.allowed else "blocked",
                "allowed" if allowed else "blocked",
            )
        )
    for login in logins:
        if login.online_since is not None:
            after = "online" if allowed else "closed_now"
            lines.append(NetworkLine("session", login.ip or login.login, router, "online", after, login.online_since))
    if local_secrets:
        for login in logins:
            before, after = (
                ("secret_enabled", "secret_disabled") if login.allowed else ("secret_disabled", "secret_enabled")
            )
            lines.append(
                NetworkLine("router", login.login, router, before, after if login.allowed != allowed else before)
            )
    return lines


def ip_lines(ips: tuple[IpItem, ...], then_allowed: bool, router: str) -> list[NetworkLine]:
    """What the step means to the addresses of the plan; one that is blocked by its own switch stays so."""
    if not router:
        return []
    now = {True: "ip_open", False: "ip_blocked"}
    return [
        NetworkLine("ip", ip.address, router, now[ip.allowed], now[then_allowed and not ip.switched_off]) for ip in ips
    ]


def _secret(allowed: bool) -> str:
    return "secret_enabled" if allowed else "secret_disabled"


def suspension_terms(work: Work, plan_id: int) -> SuspensionTerms:
    """The limits of a temporary suspension, and the plan's earlier ones; one statement."""
    row = work.session.execute(_TERMS, {"plan": plan_id}).one()
    return SuspensionTerms(row.today, row.shortest, row.longest, row.per_year, tuple(row.earlier))


@use_case(PreviewStatusChange, permission=None)
def preview_status_change(query: PreviewStatusChange, work: Work) -> StatusCard:
    """The card; its facts go back with the command and are compared there."""
    session = work.session
    row = plan_row(session, query.plan_id)
    statuses = {
        status.code: status
        for status in session.scalars(select(PlanStatus).where(PlanStatus.code.in_([row.status, query.target])))
    }
    now = statuses[row.status]
    then = statuses.get(query.target, now)
    router, local = session.execute(
        select(func.coalesce(RoutingServer.name, ""), func.coalesce(RoutingServer.local_secrets, False))
        .select_from(CustomerPlan)
        .outerjoin(AccessPoint, AccessPoint.id == CustomerPlan.access_point_id)
        .outerjoin(RoutingServer, RoutingServer.id == AccessPoint.routing_server_id)
        .where(CustomerPlan.id == row.id)
    ).one()
    allowed = allowed_after(row, query.target, then.grants_access)
    last: dt.date | None = session.execute(
        select(cast(func.timezone(ZONE, CustomerPlan.provisional_at), Date)).where(CustomerPlan.id == row.id)
    ).scalar_one()
    return StatusCard(
        plan=row,
        target=query.target,
        target_label=now.description if query.target == PROVISIONAL else then.description,
        target_group=row.group if query.target == PROVISIONAL else then.group,
        access_then=allowed,
        bills_now=now.bills or (row.status == StatusCode.SUSPENDED_DEBT and row.bills_when_debt_suspended),
        bills_then=then.bills or (then.code == StatusCode.SUSPENDED_DEBT and row.bills_when_debt_suspended),
        monthly=row.total,
        network=(*network_lines(row.logins, allowed, router, local), *ip_lines(row.ips, allowed, router)),
        unchanged=tuple(circuit.name for circuit in row.circuits),
        pending_logins=sum(login.delivery.name != "IN_STEP" for login in row.logins)
        + sum(ip.delivery.name != "IN_STEP" for ip in row.ips),
        provisional_days=int(work.variable(Variable.PROVISIONAL_DAYS)),
        provisional_gap=int(work.variable(Variable.PROVISIONAL_GAP_DAYS)),
        last_provisional=last,
        today=work.today,
        facts=facts_of(row, query.target),
        suspension=suspension_terms(work, row.id) if query.target == StatusCode.SUSPENDED_TEMPORARILY else None,
    )
