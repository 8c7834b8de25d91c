"""Open connections as accounting knows them, with the ways to their routers: for acting on them and for saying how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.integrations.radius.port import Connection

UNLIMITED = "0/0"
_SESSION = text("""
    SELECT s.id, s.session_id, COALESCE(s.username, l.login, '') AS username, COALESCE(host(s.framed_ip), '') AS ip,
           host(s.nas_address) AS nas, s.stopped_at IS NOT NULL AS stopped, COALESCE(s.rate_limit, '') AS rate,
           COALESCE(a.disconnect_by = 'CoA (RADIUS)', false) AS by_coa, n.id AS nas_id, n.coa_port,
           COALESCE(n.id, o.id) AS router_id, COALESCE(n.name, o.name, '') AS router
      FROM desk.radius_sessions s
      LEFT JOIN desk.radius_logins l ON l.id = s.login_id
      LEFT JOIN desk.customer_plans p ON p.id = l.plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      LEFT JOIN desk.routing_servers n ON n.nas_address = s.nas_address AND n.active
      LEFT JOIN desk.routing_servers o ON o.id = a.routing_server_id AND o.active
     WHERE s.id = ANY (:ids) ORDER BY s.id""")
_TO_RETUNE = text("""
    SELECT l.id AS login_id, s.id, w.rate FROM desk.radius_logins l
     CROSS JOIN LATERAL (SELECT COALESCE(desk.wanted_rate(l.id), :unlimited) AS rate) w
      JOIN desk.radius_sessions s ON s.login_id = l.id AND s.stopped_at IS NULL AND s.rate_limit <> w.rate
     WHERE l.id = ANY (:logins) ORDER BY s.id""")
_ROUTER_OF_LOGIN = text("""
    SELECT l.login, CASE WHEN r.active THEN r.id END AS router_id, COALESCE(r.name, '') AS router
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      LEFT JOIN desk.access_points a ON a.id = p.access_point_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id
     WHERE l.id = :id""")


@dataclass(frozen=True)
class OpenConnection:
    """One connection as accounting knows it, and the ways to its router."""

    id: int
    session_id: str
    username: str
    ip: str
    nas: str
    stopped: bool
    rate: str
    by_coa: bool
    nas_id: int | None
    coa_port: int | None
    router_id: int | None
    router: str

    @property
    def thing(self) -> str:
        """What the screen calls it."""
        return self.ip or self.username

    @property
    def named(self) -> Connection:
        """As its router named it in accounting."""
        return Connection(username=self.username, session_id=self.session_id, address=self.ip)


def open_connections(session: Session, session_ids: Sequence[int]) -> list[OpenConnection]:
    """Those of them that there are, in one statement."""
    return [OpenConnection(**row) for row in session.execute(_SESSION, {"ids": list(session_ids)}).mappings()]


def open_connection(session: Session, session_id: int) -> OpenConnection | None:
    """One of them; None when there never was one."""
    return next(iter(open_connections(session, [session_id])), None)


def to_retune(session: Session, login_ids: Sequence[int]) -> list[tuple[int, int, str]]:
    """Login, connection and speed, for those that carry another one than RADIUS would tell now."""
    found = session.execute(_TO_RETUNE, {"logins": list(login_ids), "unlimited": UNLIMITED})
    return [(login_id, session_id, rate) for login_id, session_id, rate in found]


def unseen(session: Session, login_id: int) -> OpenConnection | None:
    """What may be open although accounting knows of none: the login at the router of its access point."""
    row = session.execute(_ROUTER_OF_LOGIN, {"id": login_id}).one_or_none()
    if row is None:
        return None
    return OpenConnection(0, "", row.login, "", "", False, "", False, None, None, row.router_id, row.router)
