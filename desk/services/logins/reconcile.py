"""Brings routers in line with what the database says about a Radius login.

RADIUS itself reads a view, so it is right with the commit; what remains are open sessions, and routers
that keep their own secrets.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Refused, Rejected, Unreachable
from desk.integrations.routeros.port import Router, RouterAddress, RouterSession, TlsMode
from desk.models.access import allowed
from desk.models.access_points import TlsMode as StoredTls
from desk.services.core.devices import Devices
from desk.services.core.errors import Busy, DatabaseLost, DomainError, NotFound
from desk.services.core.outbox import DeliveryState, Lease, Report, Step, raise_worst
from desk.services.core.secrets import reveal, reveal_for_debt
from desk.services.core.topics import Topic
from desk.services.logins.network import Act, FoundLogin, WantedLogin, plan

DEADLINE = 8.0  # seconds for one visit; a lease lasts 60
_TLS = {
    StoredTls.OFF: TlsMode.OFF,
    StoredTls.PINNED: TlsMode.PINNED,
    StoredTls.VERIFY: TlsMode.VERIFY,
    StoredTls.ANONYMOUS: TlsMode.ANONYMOUS,
}

_STATE = f"""
    SELECT l.id, l.login, l.deleted_at IS NULL AS exists,
           {allowed()} AS allowed,
           COALESCE(r.local_secrets AND r.active, false) AS local_secrets,
           COALESCE(NULLIF(c.radius_profile, ''), 'default') AS profile,
           COALESCE(host(l.fixed_ip), '') AS fixed_ip, p.customer_id"""
_TABLES = """
      FROM desk.radius_logins l
      JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id"""
_WANTED = text(f"""{_STATE},
           CASE WHEN r.active THEN r.id END AS router_id,
           COALESCE(a.disconnect_by = 'CoA (RADIUS)', false) AS by_coa,
           ARRAY(SELECT DISTINCT g.before->>'login' FROM desk.change_log g
                  WHERE g.tbl = 'radius_logins' AND g.key = l.id::text AND g.before ? 'login'
                    AND g.before->>'login' IS DISTINCT FROM l.login
                    AND NOT EXISTS (SELECT FROM desk.radius_logins o WHERE o.id <> l.id AND o.deleted_at IS NULL
                          AND lower(o.login) = lower(g.before->>'login'))) AS former,
           ARRAY(SELECT h.routing_server_id FROM desk.login_places h
                   JOIN desk.routing_servers b ON b.id = h.routing_server_id AND b.active
                  WHERE h.login_id = l.id AND (b.id IS DISTINCT FROM r.id OR NOT r.local_secrets)
                  ORDER BY 1) AS left_behind {_TABLES}
     WHERE l.id = ANY (:ids) ORDER BY l.id""")
_AT_ROUTER = text(f"""{_STATE},
           EXISTS (SELECT FROM desk.debts d WHERE d.topic = 'radius_login' AND d.key = l.id::text
                     AND d.done < d.wanted) AS owed {_TABLES}
     WHERE r.id = :router AND r.active AND l.deleted_at IS NULL""")
_OPEN = text("""
    SELECT s.id, s.login_id, s.username, COALESCE(host(s.framed_ip), '') AS ip, r.id AS router_id
      FROM desk.radius_sessions s
      LEFT JOIN desk.routing_servers r ON r.nas_address = s.nas_address AND r.active
     WHERE s.login_id = ANY (:ids) AND s.stopped_at IS NULL""")
_ROUTERS = text("""
    SELECT id, name, host, port, tls, fingerprint, username, active
      FROM desk.routing_servers WHERE id = ANY (:ids) ORDER BY id""")
_LOGINS = text("""
    SELECT l.id FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
     WHERE l.plan_id = :plan AND l.deleted_at IS NULL AND p.provisional_until <= clock_timestamp() ORDER BY l.id""")


@dataclass(frozen=True)
class RouterAt:
    """A routing server as the database names it, with the way in."""

    id: int
    name: str
    router: Router


@dataclass(frozen=True)
class KnownLogin:
    """A login as the database knows it: wanted state, its own router, and where its open sessions are."""

    wanted: WantedLogin
    own_router: int | None
    session_routers: tuple[int | None, ...]  # one for each open session; None: its NAS is no router of ours
    dialled: tuple[str, ...]
    left_behind: tuple[int, ...] = ()  # routers that may hold a secret and shall no longer
    by_coa: bool = False  # the access point's router is asked by RADIUS to end connections
    open_sessions: tuple[int, ...] = ()
    open_names: tuple[str, ...] = ()  # what each of them was dialled as

    def not_wanted_at(self, router_id: int, wanted: WantedLogin) -> tuple[int, ...]:
        """Open sessions that a visit to this router ends: all of a login without access, else those of another name."""
        blocked = not (wanted.allowed and wanted.exists)
        # A session whose NAS is unknown to us is looked for on the access point's own router.
        return tuple(
            session_id
            for session_id, name, at in zip(self.open_sessions, self.open_names, self.session_routers, strict=True)
            if router_id == (self.own_router if at is None else at) and (blocked or not wanted.is_called(name))
        )

    def wanted_at(self, router_id: int, wanted: WantedLogin) -> WantedLogin:
        """What should be on one router: only that of the access point keeps the secret."""
        keeps = wanted.local_secrets and router_id == self.own_router
        return replace(wanted, local_secrets=keeps, tidy=router_id in self.left_behind)

    @property
    def out_of_reach(self) -> bool:
        """Whether a session is open somewhere that no routing server of ours stands for."""
        return self.own_router is None and None in self.session_routers

    def routers_for(self, wanted: WantedLogin) -> list[int]:
        """Routers to visit: those that hold an open session when it must end, and the one that keeps the secret."""
        found: list[int] = []
        if not (wanted.allowed and wanted.exists):
            found += [router for router in self.session_routers if router is not None]
            # A session whose NAS is unknown to us can still be on the access point's own router.
            if self.own_router is not None and None in self.session_routers:
                found.append(self.own_router)
        if self.own_router is not None and wanted.local_secrets:
            found.append(self.own_router)
        return list(dict.fromkeys([*found, *self.left_behind]))

    def routers_to_visit(self, wanted: WantedLogin) -> list[int]:
        """Of those, the ones whose API is needed when connections are ended by RADIUS."""
        routers = self.routers_for(wanted)
        if not self.by_coa:
            return routers
        keeps = {self.own_router} if wanted.local_secrets else set()
        return [router for router in routers if router in keeps or router in self.left_behind]


def wanted_login(session: Session, login_id: int) -> KnownLogin | None:
    """What should be of a login, read in two statements; None when there never was one."""
    return next(iter(wanted_logins(session, [login_id])), None)


def wanted_logins(session: Session, login_ids: Sequence[int]) -> list[KnownLogin]:
    """The same of several, in two statements whatever their number."""
    opened: dict[int, list[Any]] = defaultdict(list)
    for found in session.execute(_OPEN, {"ids": list(login_ids)}):
        opened[found.login_id].append(found)
    return [_known(row, opened[row["id"]]) for row in session.execute(_WANTED, {"ids": list(login_ids)}).mappings()]


@dataclass(frozen=True)
class LoginAtRouter:
    """A login that belongs at one router: what should be there, whose it is, and whether that is still owed."""

    wanted: WantedLogin
    customer_id: int
    owed: bool


def wanted_logins_at(session: Session, router_id: int) -> Iterator[LoginAtRouter]:
    """All that belong at a router, in one statement whatever their number; open sessions are the router's to tell."""
    for row in session.execute(_AT_ROUTER, {"router": router_id}).mappings().yield_per(1000):
        yield LoginAtRouter(_wanted(row), row["customer_id"], row["owed"])


def _wanted(row: Any, former_names: tuple[str, ...] = ()) -> WantedLogin:
    return WantedLogin(
        id=row["id"],
        login=row["login"],
        exists=row["exists"],
        allowed=row["allowed"],
        local_secrets=row["local_secrets"],
        profile=row["profile"],
        fixed_ip=row["fixed_ip"],
        former_names=former_names,
    )


def _known(row: Any, sessions: Sequence[Any]) -> KnownLogin:
    dialled = tuple(found.username for found in sessions if found.username)
    wanted = _wanted(row, tuple(dict.fromkeys((*(name for name in row["former"] if name), *dialled))))
    session_routers = tuple(found.router_id for found in sessions)
    return KnownLogin(
        wanted=wanted,
        own_router=row["router_id"],
        session_routers=session_routers,
        dialled=dialled,
        left_behind=tuple(row["left_behind"]),
        by_coa=row["by_coa"],
        open_sessions=tuple(found.id for found in sessions),
        open_names=tuple(found.username or wanted.login for found in sessions),
    )


class Connections(Protocol):
    """Acts on single open connections, with the proof of each."""

    def end(self, session_id: int, lease: Lease, report: Report) -> None:
        """End one; raises what stood in the way."""

    def gone(self, session_ids: Sequence[int], lease: Lease) -> None:
        """Close the records of those that their router no longer lists."""

    def retune(self, login_id: int, lease: Lease, report: Report) -> None:
        """Tell the routers the speed of a login's open connections where it has changed."""


class LoginReconciler:
    """Reads what should be, looks at each router concerned, sends only the difference, and looks again."""

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
        """Settle one debt of topic `radius_login`."""
        self.reconcile(int(lease.key), lease, report)

    def provisional_over(self, lease: Lease, report: Report) -> None:
        """Settle one debt of topic `plan_provisional`: when its time is over, its logins lose the network."""
        with self._sessions() as session:
            logins = list(session.scalars(_LOGINS, {"plan": int(lease.key)}))
        problems: list[IntegrationError] = []
        for login_id in logins:
            try:
                self.reconcile(login_id, lease, report)
            except IntegrationError as error:  # the next login must not stay connected because of this one
                problems.append(error)
        raise_worst(problems)

    def reconcile(self, login_id: int, lease: Lease, report: Report) -> None:
        """Make the network agree with the database about one login; raises what stood in the way."""
        with self._sessions() as session:
            known = wanted_login(session, login_id)
        if known is None:
            return
        wanted, routers, sessions = known.wanted, known.routers_to_visit(known.wanted), known.dialled
        report(_step("radius", wanted.login, "", DeliveryState.DONE, _radius_detail(wanted)))
        if wanted.allowed and wanted.exists and wanted.local_secrets:
            shown = reveal_for_debt(self._sessions, lease.topic, lease.key, lease.lease) if _own(lease) else None
            wanted = replace(wanted, password=shown.text if shown else None)
        blocked = not (wanted.allowed and wanted.exists)
        problems: list[IntegrationError] = []
        for session_id in known.open_sessions if known.by_coa and blocked else ():
            try:
                self._connections.end(session_id, lease, report)
            except IntegrationError as error:  # nor the next connection for this one
                problems.append(error)
        for router_id in routers:
            try:
                if self._bring_in_line(router_id, known.wanted_at(router_id, wanted), report):
                    self._connections.gone(known.not_wanted_at(router_id, wanted), lease)
            except IntegrationError as error:  # the next router must not wait for this one
                problems.append(error)
        if known.by_coa and blocked and known.open_sessions:
            pass  # each has said for itself what came of it
        elif blocked and known.out_of_reach:
            report(_step("session", (*sessions, wanted.login)[0], "", DeliveryState.REFUSED, "no_router"))
            problems.append(Rejected("", "no routing server is known for the open session"))
        elif blocked and not routers:
            report(_step("session", wanted.login, "", DeliveryState.UNCHANGED, "not_connected"))
        elif not blocked and known.open_sessions:
            try:
                self._connections.retune(wanted.id, lease, report)
            except IntegrationError as error:
                problems.append(error)
        raise_worst(problems)

    def _bring_in_line(self, router_id: int, wanted: WantedLogin, report: Report) -> bool:
        """Whether the connections were looked at too: then none is left on this router that should not be there."""
        at = self._router(router_id, report, wanted)
        systems = [
            *(["session"] if not (wanted.allowed and wanted.exists) or wanted.renamed else []),
            *(["router"] if wanted.local_secrets or wanted.tidy else []),
        ]
        for system in systems:
            report(_step(system, wanted.login, at.name, DeliveryState.RUNNING, "asking"))
        try:
            with self._devices.visit(at.id, at.name), at.router.open(deadline=DEADLINE) as api:
                self._apply(api, at, wanted, systems, report)
        except IntegrationError as error:
            silent = isinstance(error, Unreachable)
            for system in systems:
                report(
                    _step(
                        system,
                        wanted.login,
                        at.name,
                        DeliveryState.SILENT if silent else DeliveryState.REFUSED,
                        error.reason.value,
                    )
                )
            raise
        return "session" in systems

    def _apply(self, api: RouterSession, at: RouterAt, wanted: WantedLogin, systems: list[str], report: Report) -> None:
        found = FoundLogin(
            secrets=api.list_secrets(wanted.names, with_passwords=True) if wanted.looks_at_secrets else (),
            active=api.list_active(wanted.names),
        )
        differences = plan(wanted, found)
        secret_detail = "secret_right"
        for difference in differences:
            if difference.act is Act.DROP_SESSION:
                continue
            if difference.act is Act.DROP_SECRET:
                api.drop_secret(difference.name)
                secret_detail = "secret_removed"
            elif wanted.secret is not None:
                api.ensure_secret(wanted.secret)
                secret_detail = "secret_disabled" if wanted.secret.disabled else "secret_enabled"
        if "router" in systems:
            changed = secret_detail != "secret_right"
            state = DeliveryState.DONE if changed else DeliveryState.UNCHANGED
            report(_step("router", wanted.login, at.name, state, secret_detail))
        dropped = sum(api.drop_session(d.name) for d in differences if d.act is Act.DROP_SESSION)
        if "session" in systems:
            # drop_session looks again: what it counts is proven gone from the router's own list.
            detail = "gone_from_list" if dropped else "not_connected"
            state = DeliveryState.DONE if dropped else DeliveryState.UNCHANGED
            report(_step("session", wanted.login, at.name, state, detail))

    def _router(self, router_id: int, report: Report, wanted: WantedLogin) -> RouterAt:
        with self._sessions() as session:
            row = router_at(session, router_id)
        try:
            password = reveal(self._sessions, "router", router_id, "entrega").text
        except (DatabaseLost, Busy):  # says nothing about the router
            raise
        except DomainError as error:
            report(_step("router", wanted.login, row.name, DeliveryState.REFUSED, "no_credentials"))
            raise Refused(row.name, "the router's credentials cannot be read") from error
        return RouterAt(row.id, row.name, self._open_router(address_of(row, password)))


def address_of(row: Any, password: str) -> RouterAddress:
    """The way into a routing server, from its row and its revealed password."""
    return RouterAddress(
        host=row.host,
        port=row.port,
        username=row.username,
        password=password,
        tls=_TLS[StoredTls(row.tls)],
        fingerprint=row.fingerprint,
        deadline=DEADLINE,
    )


def routers_at(session: Session, router_ids: Iterable[int]) -> list[Any]:
    """The rows that `address_of` wants, in the order of their ids."""
    return list(session.execute(_ROUTERS, {"ids": list(router_ids)}).all())


def router_at(session: Session, router_id: int) -> Any:
    """One of them; NotFound when there is none."""
    for row in routers_at(session, [router_id]):
        return row
    raise NotFound("routing_server", router_id)


def _own(lease: Lease) -> bool:
    return lease.topic == Topic.RADIUS_LOGIN


def _radius_detail(wanted: WantedLogin) -> str:
    if not wanted.exists:
        return "login_removed"
    return "access_allowed" if wanted.allowed else "access_blocked"


def _step(system: str, thing: str, device: str, state: DeliveryState, detail: str) -> Step:
    return Step(system, thing, device, state, detail, dt.datetime.now(dt.UTC).isoformat())
