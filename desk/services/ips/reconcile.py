"""Brings routers in line with what the database says about a customer IP.

RADIUS reads a view, so an IP that a login's session brings is right with the next connection.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Refused, Unreachable
from desk.integrations.routeros.port import LineMenu, Router, RouterAddress, RouterSession
from desk.services.core.devices import Devices
from desk.services.core.errors import Busy, DatabaseLost, DomainError
from desk.services.core.outbox import DeliveryState, Lease, Report, Step, raise_worst
from desk.services.core.secrets import reveal
from desk.services.ips.network import Act, Difference, WantedIp, plan
from desk.services.ips.wanted import KnownIp, wanted_ip
from desk.services.logins import reconcile as logins

_OF_PLAN = "SELECT i.id FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id"
_ALL = text(f"{_OF_PLAN} WHERE i.plan_id = :plan AND i.deleted_at IS NULL ORDER BY i.id")
_TIME_OVER = text(f"""
    {_OF_PLAN}
     WHERE i.plan_id = :plan AND i.deleted_at IS NULL AND p.provisional_until <= clock_timestamp() ORDER BY i.id""")


class IpReconciler:
    """Reads what should be, looks at each router concerned, sends only the difference, and looks again."""

    def __init__(
        self, sessions: sessionmaker[Session], open_router: Callable[[RouterAddress], Router], devices: Devices
    ) -> None:
        self._sessions, self._open_router, self._devices = sessions, open_router, devices

    def __call__(self, lease: Lease, report: Report) -> None:
        """Settle one debt of topic `customer_ip`."""
        self.reconcile(int(lease.key), report)

    def provisional_over(self, lease: Lease, report: Report) -> None:
        """What a plan's IPs lose when its provisional time is over."""
        self._each(_TIME_OVER, lease, report)

    def speed_over(self, lease: Lease, report: Report) -> None:
        """What a plan's IPs get when the time of a marker of speed is over: their queues have a speed of their own."""
        self._each(_ALL, lease, report)

    def _each(self, which: TextClause, lease: Lease, report: Report) -> None:
        with self._sessions() as session:
            ids = list(session.scalars(which, {"plan": int(lease.key)}))
        problems: list[IntegrationError] = []
        for ip_id in ids:
            try:
                self.reconcile(ip_id, report)
            except IntegrationError as error:  # the next address must not stay open because of this one
                problems.append(error)
        raise_worst(problems)

    def reconcile(self, ip_id: int, report: Report) -> None:
        """Make the routers agree with the database about one IP; raises what stood in the way."""
        with self._sessions() as session:
            known = wanted_ip(session, ip_id)
        if known is None:
            return
        report(_step("radius", known.wanted, "", DeliveryState.DONE, _radius_detail(known)))
        problems: list[IntegrationError] = []
        for router_id in known.routers:
            try:
                self._bring_in_line(router_id, known.at(router_id), report)
            except IntegrationError as error:  # the next router must not wait for this one
                problems.append(error)
        raise_worst(problems)

    def _bring_in_line(self, router_id: int, wanted: WantedIp, report: Report) -> None:
        with self._sessions() as session:
            row = logins.router_at(session, router_id)
        try:
            password = reveal(self._sessions, "router", router_id, "entrega").text
        except (DatabaseLost, Busy):  # says nothing about the router
            raise
        except DomainError as error:
            report(_step("router", wanted, row.name, DeliveryState.REFUSED, "no_credentials"))
            raise Refused(row.name, "the router's credentials cannot be read") from error
        report(_step("router", wanted, row.name, DeliveryState.RUNNING, "asking"))
        try:
            router = self._open_router(logins.address_of(row, password))
            with self._devices.visit(row.id, row.name), router.open(deadline=logins.DEADLINE) as api:
                sent = bring(api, wanted)
        except IntegrationError as error:
            silent = isinstance(error, Unreachable)
            state = DeliveryState.SILENT if silent else DeliveryState.REFUSED
            report(_step("router", wanted, row.name, state, error.reason.value))
            raise
        state = DeliveryState.DONE if sent else DeliveryState.UNCHANGED
        report(_step("router", wanted, row.name, state, _detail(wanted, sent)))


def bring(api: RouterSession, wanted: WantedIp) -> tuple[Difference, ...]:
    """Send the differences, then look again: what is left after that was not done."""
    sent = differences_at(api, wanted)
    for difference in sent:
        if difference.act is Act.DROP and difference.before is not None:
            api.drop_line(difference.before)
        elif difference.before is None and difference.after is not None:
            api.add_line(difference.after)
        elif difference.before is not None and difference.after is not None:
            api.set_line(difference.before, difference.after)
    if sent and (left := differences_at(api, wanted)):
        raise Unreachable(api.host, f"still differs in {left[0].menu}")
    return sent


def differences_at(api: RouterSession, wanted: WantedIp) -> tuple[Difference, ...]:
    """What a router would have to be told."""
    return plan(wanted, [line for menu in LineMenu for line in api.list_lines(menu, [wanted.mark])])


def _detail(wanted: WantedIp, sent: tuple[Difference, ...]) -> str:
    if not sent:
        return "ip_right"
    if not (wanted.exists and wanted.at_home):
        return "ip_removed"
    return "ip_open" if wanted.allowed else "ip_blocked"


def _radius_detail(known: KnownIp) -> str:
    if not known.wanted.exists:
        return "ip_freed"
    if not known.wanted.by_radius:
        return "ip_not_in_radius"
    return "ip_in_radius" if known.wanted.allowed else "ip_withheld"


def _step(system: str, wanted: WantedIp, device: str, state: DeliveryState, detail: str) -> Step:
    return Step(system, wanted.address, device, state, detail, dt.datetime.now(dt.UTC).isoformat())
