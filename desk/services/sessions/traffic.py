"""Verificar Dados do Ponto de Acesso: what a login's connection carries just now, asked of its router repeatedly."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text

from desk.integrations.errors import IntegrationError
from desk.integrations.routeros.port import RouterInfo, RouterSession
from desk.models.secret_rules import ACTS_ON_ROUTERS
from desk.services.core.bus import Query, use_case
from desk.services.core.errors import Busy, DatabaseLost, DomainError
from desk.services.core.secrets import reveal
from desk.services.core.work import Work
from desk.services.logins.errors import LoginNotFound
from desk.services.logins.reconcile import address_of, router_at

LOOK_SECONDS = 4.0
# While a router is away it is asked more and more seldom, up to this.
LONGEST_PAUSE = 10.0


@dataclass(frozen=True)
class ServerInformation:
    """Informação Servidor: the routing server that a login was found at."""

    login: str
    down_kbps: int
    up_kbps: int
    access_point: str
    router_id: int | None
    router: str
    host: str
    session_ip: str


@dataclass(frozen=True)
class TrafficLook:
    """One look: `problem` is a reason code when the router did not answer, and then nothing else is known."""

    at: float  # seconds of a clock that only goes forward
    problem: str = ""
    connected: bool = False
    interface: str = ""
    address: str = ""
    caller_id: str = ""
    uptime_seconds: int | None = None
    download_bps: int | None = None
    upload_bps: int | None = None
    downloaded: int | None = None
    uploaded: int | None = None
    milliseconds: int = 0
    identity: str = ""
    version: str = ""
    board: str = ""


class TrafficFeed:
    """Holds one visit to the router open for as long as somebody watches; visits anew when it broke off."""

    def __init__(self, work: Work, information: ServerInformation) -> None:
        self._sessions, self._ports, self.information = work.sessions, work.ports, information
        self._one_at_a_time = threading.Lock()
        self._visit: ExitStack | None = None
        self._api: RouterSession | None = None
        self._info: RouterInfo | None = None
        self._pause = 0.0
        self._not_before = 0.0

    def look(self) -> TrafficLook:
        """Ask once; waits for nobody longer than a few seconds, and never raises for a router in trouble."""
        with self._one_at_a_time:
            began = time.monotonic()
            if self.information.router_id is None:
                return TrafficLook(began, problem="no_router")
            if began < self._not_before:
                return TrafficLook(began, problem="away")
            try:
                api = self._at_router()
                api.go_on(LOOK_SECONDS)
                found = api.traffic(self.information.login)
            except IntegrationError as error:
                self._hang_up()
                self._pause = min(LONGEST_PAUSE, max(1.0, self._pause * 2))
                self._not_before = time.monotonic() + self._pause
                return TrafficLook(began, problem=error.reason.value)
            except (DatabaseLost, Busy):
                return TrafficLook(began, problem="database")
            except DomainError:
                return TrafficLook(began, problem="no_credentials")
            self._pause = 0.0
            now = time.monotonic()
            about = self._info or RouterInfo(identity="", version="", board="")
            look = TrafficLook(
                now,
                milliseconds=round((now - began) * 1000),
                identity=about.identity,
                version=about.version,
                board=about.board,
            )
            if found is None:
                return look
            return replace(
                look,
                connected=True,
                interface=found.interface,
                address=found.address,
                caller_id=found.caller_id,
                uptime_seconds=round(found.uptime.total_seconds()) if found.uptime is not None else None,
                download_bps=found.download_bps,
                upload_bps=found.upload_bps,
                downloaded=found.downloaded,
                uploaded=found.uploaded,
            )

    def close(self) -> None:
        """Hang up; may be called at any time and more than once."""
        with self._one_at_a_time:
            self.information = _NOBODY
            self._hang_up()

    def _at_router(self) -> RouterSession:
        if self._api is not None:
            return self._api
        router_id = self.information.router_id or 0
        password = reveal(self._sessions, "router", router_id, "dados de tráfego").text
        with self._sessions() as session:
            address = address_of(router_at(session, router_id), password)
        visit = ExitStack()
        api = visit.enter_context(self._ports.router(address).open(deadline=LOOK_SECONDS))
        self._visit, self._api = visit, api
        self._info = api.info()
        return api

    def _hang_up(self) -> None:
        visit, self._visit, self._api = self._visit, None, None
        if visit is not None:
            visit.close()


_NOBODY = ServerInformation("", 0, 0, "", None, "", "", "")


@dataclass(frozen=True)
class WatchTraffic(Query[TrafficFeed]):
    """Where a login's connection is, and a feed of what it carries; whoever asked closes the feed."""

    login_id: int


# Where the connection is, says accounting; without one, the access point's own router.
_WHERE = text("""
    SELECT l.login, c.down_kbps, c.up_kbps, COALESCE(a.name, '') AS access_point,
           COALESCE(n.id, o.id) AS router_id, COALESCE(n.name, o.name, '') AS router,
           COALESCE(n.host, o.host, '') AS host, COALESCE(host(s.framed_ip), '') AS session_ip
      FROM desk.radius_logins l
      JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      LEFT JOIN desk.routing_servers o ON o.id = a.routing_server_id AND o.active
      LEFT JOIN LATERAL (SELECT x.nas_address, x.framed_ip FROM desk.radius_sessions x
        WHERE x.login_id = l.id AND x.stopped_at IS NULL ORDER BY x.started_at DESC LIMIT 1) s ON true
      LEFT JOIN desk.routing_servers n ON n.nas_address = s.nas_address AND n.active
     WHERE l.id = :id AND l.deleted_at IS NULL""")


@use_case(WatchTraffic, permission=ACTS_ON_ROUTERS)
def watch_traffic(query: WatchTraffic, work: Work) -> TrafficFeed:
    """One statement; the router is first asked by the feed, with no session held."""
    row: Any = work.session.execute(_WHERE, {"id": query.login_id}).mappings().one_or_none()
    if row is None:
        raise LoginNotFound("login", query.login_id)
    return TrafficFeed(work, ServerInformation(**row))
