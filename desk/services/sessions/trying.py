"""Testar Autenticação: the RADIUS server is really asked, and its answer explained."""

from __future__ import annotations

import enum
import time
from dataclasses import dataclass, field

from sqlalchemy import text

from desk.integrations.errors import IntegrationError, Reason
from desk.integrations.radius.port import AUTH_PORT, LoginTried, Method, RadiusAddress
from desk.models.access import allowed
from desk.models.access_points import RadiusServer
from desk.models.people import Permission
from desk.models.secret_rules import ACTS_ON_ROUTERS
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, Refused, RevealRefused, StaleRecord, Violation
from desk.services.core.secrets import reveal, store_secret
from desk.services.core.work import Work
from desk.services.logins.errors import LoginNotFound

TRY_SECONDS = 4.0
LONGEST_SECRET = 128


class Why(enum.StrEnum):
    """What an answer means, for a screen that has its own words for it."""

    ACCEPTED = "accepted"
    BLOCKED = "blocked"  # the plan's status gives no access
    WRONG_PASSWORD = "wrong_password"
    OTHER_EQUIPMENT = "other_equipment"  # MAC lock
    ALREADY_CONNECTED = "already_connected"
    REJECTED = "rejected"
    SILENT = "silent"
    NOTHING_THERE = "nothing_there"  # told at once: no such name, no way there, or nobody at that port
    NO_SERVER = "no_server"
    NO_SECRET = "no_secret"


@dataclass(frozen=True)
class TryAnswer:
    """What one server said, and why, as far as the database knows."""

    why: Why
    server: str = ""
    method: Method = Method.PAP
    message: str = ""  # the server's own words
    status: str = ""
    rate: str = ""
    profile: str = ""
    address: str = ""
    milliseconds: int = 0


@dataclass(frozen=True, kw_only=True)
class TryLogin(Query[TryAnswer]):
    """Ask as the customer's equipment would; without a password the stored one is used, which is recorded as a look."""

    login_id: int
    password: str = field(default="", repr=False)
    method: Method = Method.PAP


@dataclass(frozen=True)
class RadiusServerRow:
    """A RADIUS server as the settings show it."""

    id: int
    name: str
    host: str
    port: int
    active: bool
    version: int


@dataclass(frozen=True)
class RadiusServers(Query[list[RadiusServerRow]]):
    """All of them; one statement."""


@dataclass(frozen=True, kw_only=True)
class SaveRadiusServer(Command[int]):
    """New (no id) or changed; an empty secret leaves the stored one alone."""

    id: int | None = None
    version: int = 0
    name: str
    host: str
    port: int = AUTH_PORT
    active: bool = True
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class DeleteRadiusServer(Command[None]):
    """Remove one; its secret goes with it."""

    id: int
    version: int


_LOGIN = text(f"""
    SELECT l.id, l.login, s.description AS status,
           {allowed()} AS allowed,
           COALESCE(upper(replace(l.mac_lock::text, ':', '-')), (SELECT o.calling_station FROM desk.radius_sessions o
             WHERE o.login_id = l.id AND o.stopped_at IS NULL ORDER BY o.started_at DESC LIMIT 1), '') AS station
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.plan_statuses s ON s.code = p.status WHERE l.id = :id AND l.deleted_at IS NULL""")
_SERVERS = text("""
    SELECT r.id, r.name, r.host, r.port, r.active, r.version
      FROM desk.radius_servers r ORDER BY r.active DESC, r.name""")
_FIRST = text("SELECT id, name, host, port FROM desk.radius_servers WHERE active ORDER BY name LIMIT 1")


@use_case(TryLogin, permission=ACTS_ON_ROUTERS)
def try_login(query: TryLogin, work: Work) -> TryAnswer:
    """Lets the session go before the network is asked; a look at the stored password is recorded by the vault."""
    row = work.session.execute(_LOGIN, {"id": query.login_id}).one_or_none()
    if row is None:
        raise LoginNotFound("login", query.login_id)
    server = work.session.execute(_FIRST).one_or_none()
    if server is None:
        return TryAnswer(Why.NO_SERVER)
    work.session.close()
    password = query.password or reveal(work.sessions, "radius", row.id, "testar autenticação").text
    try:
        secret = reveal(work.sessions, "radius_server", server.id, "testar autenticação").text
    except (RevealRefused, Refused):
        return TryAnswer(Why.NO_SECRET, server.name)
    address = RadiusAddress(host=server.host, port=server.port, secret=secret, deadline=TRY_SECONDS)
    began = time.monotonic()
    try:
        # As the equipment that is online, or is the only one allowed: it is the password that is tried here.
        told = work.ports.radius(address).try_login(row.login, password, query.method, row.station)
    except IntegrationError as error:
        if error.reason is Reason.NO_ROUTE:
            where = f"{server.host}:{server.port}"
            return TryAnswer(Why.NOTHING_THERE, server.name, query.method, message=where, status=row.status)
        return TryAnswer(Why.SILENT, server.name, query.method, message=error.reason.value, status=row.status)
    return TryAnswer(
        _why(told, allowed=row.allowed),
        server.name,
        query.method,
        message=told.message,
        status=row.status,
        rate=told.rate_limit,
        profile=told.profile,
        address=told.address,
        milliseconds=round((time.monotonic() - began) * 1000),
    )


def _why(told: LoginTried, *, allowed: bool) -> Why:
    """Our own server says why in its message; where it says nothing, what is left is the password."""
    if told.accepted:
        return Why.ACCEPTED
    if "já conectado" in told.message or "already logged in" in told.message:
        return Why.ALREADY_CONNECTED
    if "equipamento" in told.message:
        return Why.OTHER_EQUIPMENT
    if not allowed:
        return Why.BLOCKED
    return Why.REJECTED if told.message else Why.WRONG_PASSWORD


@use_case(RadiusServers, permission=None)
def radius_servers(query: RadiusServers, work: Work) -> list[RadiusServerRow]:
    """What the settings list."""
    return [RadiusServerRow(**row) for row in work.session.execute(_SERVERS).mappings()]


@use_case(SaveRadiusServer, permission=Permission.ROUTING_SERVERS)
def save_radius_server(cmd: SaveRadiusServer, work: Work) -> int:
    """Save it; its secret goes to the vault."""
    found = [Violation(name, "required") for name in ("name", "host") if not str(getattr(cmd, name)).strip()]
    if not 1 <= cmd.port <= 65535:
        found.append(Violation("port", "port_range"))
    if cmd.id is None and not cmd.secret:
        found.append(Violation("secret", "required"))
    if len(cmd.secret) > LONGEST_SECRET:
        found.append(Violation("secret", "too_long", {"limit": LONGEST_SECRET}))
    if found:
        raise Invalid(found)
    server = RadiusServer() if cmd.id is None else _stored(work, cmd.id, cmd.version)
    server.name, server.host, server.port, server.active = cmd.name.strip(), cmd.host.strip(), cmd.port, cmd.active
    work.session.add(server)
    work.session.flush()
    if cmd.secret:
        store_secret(work.session, "radius_server", server.id, cmd.secret)
    work.touch("access_points")
    return server.id


@use_case(DeleteRadiusServer, permission=Permission.ROUTING_SERVERS)
def delete_radius_server(cmd: DeleteRadiusServer, work: Work) -> None:
    """Nothing hangs on it but the test."""
    _stored(work, cmd.id, cmd.version)
    work.session.execute(text("SELECT desk.delete_radius_servers(:id)"), {"id": cmd.id})
    work.touch("access_points")


def _stored(work: Work, server_id: int, version: int) -> RadiusServer:
    server = work.session.get(RadiusServer, server_id)
    if server is None:
        raise NotFound("radius_server", server_id)
    if server.version != version:
        raise StaleRecord(work.changes_since("radius_servers", server_id, version))
    return server
