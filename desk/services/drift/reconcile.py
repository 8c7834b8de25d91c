"""Takes from one router what is marked as ours and should not be there; everything else stays as it is."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Reason, Refused, Rejected, Unreachable
from desk.integrations.routeros.port import LineMenu, Router, RouterAddress, RouterSession, ip_mark, owner_mark
from desk.services.core.devices import Devices
from desk.services.core.errors import Busy, DatabaseLost, DomainError
from desk.services.core.outbox import DeliveryState, Lease, Report, Step
from desk.services.core.secrets import reveal
from desk.services.ips import network as ips
from desk.services.ips.wanted import KnownIp, wanted_ip
from desk.services.logins import network as network
from desk.services.logins.reconcile import DEADLINE, Connections, KnownLogin, address_of, routers_at, wanted_login

_KEY = re.compile(r"([1-9][0-9]*)/(login|ip|session)/([1-9][0-9]*)")
Clear = Callable[[RouterSession], tuple[int, str]]  # how many lines went, and the words for it


class LeftoverReconciler:
    """Reads what should be, looks at the one router, removes what is too much, and looks again."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        open_router: Callable[[RouterAddress], Router],
        devices: Devices,
        connections: Connections,
    ) -> None:
        self._sessions, self._open_router, self._devices = sessions, open_router, devices
        self._connections = connections

    def __call__(self, lease: Lease, report: Report) -> None:
        """Settle one debt of topic `router_leftover`: its key is router/kind/number."""
        found = _KEY.fullmatch(lease.key)
        if found is None:
            return
        router_id, kind, owner = int(found[1]), found[2], int(found[3])
        with self._sessions() as session:
            row: Any = next(iter(routers_at(session, [router_id])), None)
            login = wanted_login(session, owner) if kind != "ip" else None
            ip = wanted_ip(session, owner) if kind == "ip" else None
        if row is None:
            return  # a router that was deleted holds nothing that anybody could take away
        if not row.active:  # what belongs there cannot be told while it is out of use
            raise Rejected(row.name, "the router is not in use")
        system, thing, clear = _what(kind, owner, router_id, login, ip)
        self._visit(row, system, thing, clear, report)
        if kind == "session" and login is not None:  # the router has just said that it lists none of them
            self._connections.gone(login.not_wanted_at(router_id, login.wanted), lease)

    def _visit(self, row: Any, system: str, thing: str, clear: Clear, report: Report) -> None:
        def tell(state: DeliveryState, detail: str) -> None:
            report(Step(system, thing, row.name, state, detail, dt.datetime.now(dt.UTC).isoformat()))

        try:
            password = reveal(self._sessions, "router", row.id, "entrega").text
        except (DatabaseLost, Busy):  # says nothing about the router
            raise
        except DomainError as error:
            tell(DeliveryState.REFUSED, "no_credentials")
            raise Refused(row.name, "the router's credentials cannot be read") from error
        tell(DeliveryState.RUNNING, "asking")
        try:
            router = self._open_router(address_of(row, password))
            with self._devices.visit(row.id, row.name), router.open(deadline=DEADLINE) as api:
                gone, detail = clear(api)
        except IntegrationError as error:
            silent = isinstance(error, Unreachable)
            tell(DeliveryState.SILENT if silent else DeliveryState.REFUSED, error.reason.value)
            raise
        tell(DeliveryState.DONE if gone else DeliveryState.UNCHANGED, detail)


def _what(
    kind: str, owner: int, router_id: int, login: KnownLogin | None, ip: KnownIp | None
) -> tuple[str, str, Clear]:
    if kind == "ip":
        return "router", ip.wanted.address if ip else ip_mark(owner), lambda api: clear_ip(api, owner, router_id, ip)
    name = login.wanted.login if login else owner_mark(owner)
    if kind == "session":
        return "session", name, lambda api: clear_sessions(api, login)
    return "router", name, lambda api: clear_login(api, owner, router_id, login)


def clear_login(api: RouterSession, owner: int, router_id: int, known: KnownLogin | None) -> tuple[int, str]:
    """Secrets with the mark of a login, but for the one that belongs here. Their names may be anything."""
    secret = known.wanted_at(router_id, known.wanted).secret if known is not None else None

    def extra() -> list[Any]:
        there = api.marked_secrets(owner_mark(owner))
        keeps = next((each for each in there if secret is not None and each.name == secret.name), None)
        return [each for each in there if each is not keeps]

    gone = sum(api.drop_marked_secret(each) for each in extra())
    if extra():
        raise Unreachable(api.host, "still lists the secret", reason=Reason.STILL_THERE)
    return gone, "secret_removed" if gone else "secret_right"


def clear_ip(api: RouterSession, owner: int, router_id: int, known: KnownIp | None) -> tuple[int, str]:
    """Lines with the mark of an IP, but for those that belong here."""

    def extra() -> list[Any]:
        there = [line for menu in LineMenu for line in api.list_lines(menu, [ip_mark(owner)])]
        if known is None:
            return there
        plan = ips.plan(known.at(router_id), there)
        return [each.before for each in plan if each.act is ips.Act.DROP]

    gone = sum(api.drop_line(line) for line in extra())
    if extra():
        raise Unreachable(api.host, "still lists the line", reason=Reason.STILL_THERE)
    return gone, "ip_removed" if gone else "ip_right"


def clear_sessions(api: RouterSession, known: KnownLogin | None) -> tuple[int, str]:
    """Connections of a login that has no access, whatever the case of the letters it was dialled with."""
    if known is None:
        return 0, "not_connected"
    wanted = replace(known.wanted, local_secrets=False)
    active = api.list_active(wanted.names)
    if not active:
        names = {name.lower() for name in wanted.names}
        active = tuple(each for each in api.each_active() if each.name.lower() in names)
    differences = network.plan(wanted, network.FoundLogin((), active))
    gone = sum(api.drop_session(each.name) for each in differences if each.act is network.Act.DROP_SESSION)
    return gone, "gone_from_list" if gone else "not_connected"
