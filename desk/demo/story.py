"""What happened to a plan before today: status steps, history lines and RADIUS sessions that agree with each other."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from random import Random
from typing import Any

from desk.demo.dataset import Dataset
from desk.demo.offer import Offer
from desk.models.catalog import StatusCode

WORKER = "desk_worker"
CANCEL_REASONS = (
    "Mudança de endereço",
    "Mudou para a concorrência",
    "Motivo financeiro",
    "Insatisfação com o serviço",
    "Encerramento da empresa",
)
SUSPEND_REASONS = ("Solicitação do cliente", "Manutenção no endereço", "Uso irregular")
# Makers of the customers' routers, by the first half of the MAC.
MAKERS = ("3C:84:6A", "48:8F:5A", "D8:36:5F", "F4:F2:6D", "98:DA:C4", "00:1A:3F")
_ACTIONS = {
    StatusCode.ENABLED: "plan.enabled",
    StatusCode.SUSPENDED: "plan.suspended",
    StatusCode.SUSPENDED_DEBT: "plan.suspended",
    StatusCode.SUSPENDED_TEMPORARILY: "plan.suspended_temporarily",
    StatusCode.CANCELLED: "plan.cancelled",
}
PROVISIONAL = "provisional"
SUSPENDED_DAYS = 60


@dataclass(frozen=True)
class Step:
    """One change of status."""

    at: dt.datetime
    to: StatusCode
    who: str
    reason: str = ""
    marker: str = ""


@dataclass
class Life:
    """The steps of one plan, oldest first."""

    steps: list[Step] = field(default_factory=list)
    provisional_until: dt.datetime | None = None
    provisional_at: dt.datetime | None = None
    cancelled_on: dt.date | None = None
    cancel_reason: str = ""

    @property
    def status(self) -> StatusCode:
        """Where the plan stands now."""
        return self.steps[-1].to

    @property
    def activated(self) -> dt.datetime | None:
        """When it was first enabled."""
        return next((step.at for step in self.steps if step.to is StatusCode.ENABLED), None)

    @property
    def served(self) -> dt.datetime | None:
        """When it was first served, enabled or on trial."""
        serving = (StatusCode.ENABLED, StatusCode.TRIAL)
        return next((step.at for step in self.steps if step.to in serving), None)

    @property
    def suspension(self) -> tuple[dt.datetime, dt.datetime] | None:
        """First moment of a temporary suspension, and that of the first day with service again."""
        if self.status is not StatusCode.SUSPENDED_TEMPORARILY:
            return None
        first = self.steps[-1].at.replace(hour=0, minute=0, second=0, microsecond=0)
        return first, first + dt.timedelta(days=SUSPENDED_DAYS)

    @property
    def stopped(self) -> dt.datetime | None:
        """Since when it is no longer served; None while it is."""
        if self.provisional_until is not None or self.status in (StatusCode.ENABLED, StatusCode.TRIAL):
            return None
        return self.steps[-1].at


class Story:
    """Writes the past."""

    def __init__(self, data: Dataset, rnd: Random, now: dt.datetime) -> None:
        self.data = data
        self.rnd = rnd
        self.now = now
        self._address = 0

    def line(
        self, at: dt.datetime, who: str, action: str, customer_id: int, plan_id: int | None, **params: Any
    ) -> None:
        """One line of Histórico. The change log knows nothing of an invented past, hence a transaction of no number."""
        self.data.add(
            "history_entries",
            at=at,
            who=who,
            xid=0,
            customer_id=customer_id,
            plan_id=plan_id,
            action=action,
            params=params,
            source="JOB" if who == WORKER else "DESK",
        )

    def in_order(self) -> None:
        """Number the lines of Histórico as time went; lists page by that number."""
        lines = self.data.tables["history_entries"]
        lines.sort(key=lambda line: line["at"])
        for number, entry in enumerate(lines, 1):
            entry["id"], entry["xid"] = number, -number

    def invent(self, item: Offer, status: StatusCode, contracted: dt.date) -> Life:
        """A believable way from the contract to that status."""
        rnd, life = self.rnd, Life()
        first = StatusCode.AWAITING if item.authorization else StatusCode.INSTALLING
        if status is StatusCode.TRIAL or (item.trial_days and rnd.random() < 0.1):
            first = StatusCode.TRIAL
        if status is StatusCode.INSTALLING:
            first = status
        life.steps.append(Step(self._office(contracted), first, rnd.choice(("vendas", "atendente"))))
        if status is first:
            return life
        enabled = self._office(contracted + dt.timedelta(days=rnd.randrange(1, 6)))
        who = "administrador" if first is StatusCode.AWAITING else "suporte"
        life.steps.append(Step(enabled, StatusCode.ENABLED, who))
        age = (self.now - enabled).days
        if age > 200 and rnd.random() < 0.22:
            self._debt_episode(life, enabled + dt.timedelta(days=rnd.randrange(60, age - 100)))
        if status is not StatusCode.ENABLED:
            self._ending(life, status, age)
        return life

    def _debt_episode(self, life: Life, around: dt.datetime) -> None:
        cut = around.replace(hour=7, minute=10)
        paid = self._office((cut + dt.timedelta(days=self.rnd.randrange(1, 7))).date())
        life.steps.append(Step(cut, StatusCode.SUSPENDED_DEBT, WORKER, "Fatura vencida"))
        life.steps.append(Step(paid, StatusCode.ENABLED, "financeiro", "Pagamento confirmado"))

    def _ending(self, life: Life, status: StatusCode, age: int) -> None:
        rnd = self.rnd
        back = rnd.randrange(3, max(4, min(45, age - 5)))
        if status is StatusCode.CANCELLED:
            back = rnd.randrange(3, max(4, min(700, age // 2)))
        earliest = (life.steps[-1].at + dt.timedelta(days=3)).date()
        day = max((self.now - dt.timedelta(days=back)).date(), earliest)
        if status is StatusCode.SUSPENDED_DEBT:
            at = self._office(day).replace(hour=7, minute=10)
            life.steps.append(Step(at, status, WORKER, "Fatura vencida"))
            if back < 20 and rnd.random() < 0.3:
                self.provisional(life, rnd.randrange(0, 2), rnd.randrange(1, 4))
            return
        reason = "Viagem" if status is StatusCode.SUSPENDED_TEMPORARILY else rnd.choice(SUSPEND_REASONS)
        if status is StatusCode.CANCELLED:
            reason = rnd.choice(CANCEL_REASONS)
            life.cancelled_on, life.cancel_reason = day, reason
        life.steps.append(Step(self._office(day), status, "atendente", reason))

    def provisional(self, life: Life, days_ago: int, days_left: int) -> None:
        """Mark a suspended plan as enabled until the end of a day to come."""
        life.provisional_at = self.now - dt.timedelta(days=days_ago, hours=2)
        # Midnight after the last day, as the use case sets it.
        end = (self.now + dt.timedelta(days=days_left + 1)).replace(hour=0, minute=0, second=0, microsecond=0)
        life.provisional_until = end
        life.steps.append(Step(life.provisional_at, life.status, "financeiro", "Promessa de pagamento", PROVISIONAL))

    def tell(self, life: Life, customer_id: int, plan_id: int, title: str, reference: str) -> None:
        """Write a plan's steps into its status history and into Histórico."""
        before: StatusCode | None = None
        for step in life.steps:
            self.data.add(
                "plan_status_history",
                plan_id=plan_id,
                from_status=before.value if before else None,
                to_status=step.to.value,
                marker=step.marker,
                at=step.at,
                who=step.who,
                reason=step.reason,
                note="",
            )
            action = "plan.added" if before is None else _ACTIONS[step.to]
            if step.marker:
                action = "plan.enabled_provisionally"
            more = {"reference": reference} if before is None else {"reason": step.reason, "note": ""}
            if step is life.steps[-1] and life.suspension is not None:
                first, back = life.suspension
                more |= {"starts_on": f"{first.date()}", "ends_on": f"{back.date()}"}
            if step.marker and life.provisional_until:
                more["until"] = f"{(life.provisional_until - dt.timedelta(days=1)).date()}"
            self.line(step.at, step.who, action, customer_id, plan_id, title=title, **more)
            before = step.to
        if life.provisional_until is not None:
            self._owe_expiry("plan_provisional", plan_id, customer_id, life.provisional_until)
        if life.suspension is not None:
            first, back = life.suspension
            last = life.steps[-1]
            self.data.add(
                "plan_suspensions",
                plan_id=plan_id,
                starts_on=first.date(),
                ends_on=back.date(),
                reason=last.reason,
                note="",
                planned_by=last.who,
                planned_at=last.at,
                started_at=last.at,
            )
            self._owe_expiry("plan_suspension", plan_id, customer_id, back)

    def _owe_expiry(self, topic: str, plan_id: int, customer_id: int, due: dt.datetime) -> None:
        self.data.add("debts", topic=topic, key=str(plan_id), due_at=due, customer_id=customer_id, plan_id=plan_id)

    def _office(self, day: dt.date) -> dt.datetime:
        moment = dt.datetime.combine(day, dt.time(self.rnd.randrange(9, 18), self.rnd.randrange(60)), self.now.tzinfo)
        return min(moment, self.now - dt.timedelta(minutes=self.rnd.randrange(5, 90)))

    def mac(self) -> str:
        """The MAC of some customer's router."""
        tail = ":".join(f"{self.rnd.randrange(256):02X}" for _ in range(3))
        return f"{self.rnd.choice(MAKERS)}:{tail}"

    def _next_ip(self) -> str:
        self._address += 1
        return f"100.64.{self._address // 250}.{2 + self._address % 250}"

    def sessions(
        self,
        life: Life,
        login_id: int,
        login: str,
        nas: str,
        mac: str,
        *,
        address: str,
        online: bool,
        started: dt.datetime | None,
        past: int,
        created: dt.datetime,
        until: dt.datetime | None,
    ) -> None:
        """An open session if the login is served and online, and the ones before it, newest last."""
        rnd, served = self.rnd, life.served
        if served is None:
            return
        served = max(served, created)
        stop = until or life.stopped
        spans: list[tuple[dt.datetime, dt.datetime | None, str]] = []
        if stop is None and online:
            edge = started or self.now - dt.timedelta(minutes=rnd.randrange(12, 28_000))
            edge = max(edge, served)
            spans.append((edge, None, ""))
            end = edge - dt.timedelta(seconds=rnd.randrange(20, 900))
        elif stop is None:
            end = self.now - dt.timedelta(minutes=rnd.randrange(30, 4000))
        else:
            end = stop + dt.timedelta(seconds=2)
        for count in range(past):
            begin = max(end - dt.timedelta(minutes=rnd.randrange(40, 20_000)), served)
            if begin >= end:
                break
            cut = stop is not None and count == 0
            cause = "Admin-Reset" if cut else rnd.choice(("User-Request", "Lost-Carrier", "User-Request", "NAS-Reboot"))
            spans.append((begin, end, cause))
            end = begin - dt.timedelta(seconds=rnd.randrange(20, 900))
        for begin, finish, cause in reversed(spans):
            self._session(login_id, login, nas, mac, address or self._next_ip(), begin, finish, cause)

    def _session(
        self,
        login_id: int,
        login: str,
        nas: str,
        mac: str,
        address: str,
        begin: dt.datetime,
        finish: dt.datetime | None,
        cause: str,
    ) -> None:
        rnd = self.rnd
        last = finish or max(begin, self.now - dt.timedelta(seconds=rnd.randrange(5, 295)))
        seconds = int((last - begin).total_seconds())
        down = int(seconds * rnd.uniform(20_000, 190_000))
        self.data.add(
            "radius_sessions",
            session_id=f"{rnd.getrandbits(32):08x}",
            unique_id=f"{rnd.getrandbits(128):032x}",
            username=login,
            login_id=login_id,
            realm="",
            nas_address=nas,
            nas_port_id="vlan-1100-pppoe",
            nas_port_type="Ethernet",
            started_at=begin,
            updated_at=last,
            stopped_at=finish,
            update_seconds=300,
            session_seconds=seconds,
            authentic="RADIUS",
            in_octets=int(down * rnd.uniform(0.06, 0.12)),
            out_octets=down,
            called_station="pppoe",
            calling_station=mac,
            terminate_cause=cause or None,
            service_type="Framed-User",
            framed_protocol="PPP",
            framed_ip=address,
            mac=mac,
        )
