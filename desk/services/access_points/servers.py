"""Routing servers: the routers Desk calls, their secrets, and whether they answer."""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import time
from dataclasses import dataclass, field

from sqlalchemy import text

from desk.integrations.errors import IntegrationError, Reason
from desk.integrations.radius.port import COA_PORT
from desk.integrations.routeros.tls import read_fingerprint
from desk.models.access_points import RoutingServer, TlsMode
from desk.models.people import Permission
from desk.services.access_points.errors import RoutingServerInUse
from desk.services.access_points.testing import Examination, ExaminedStep, Expected
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotAllowed, NotFound, Refused, RevealRefused, StaleRecord, Violation
from desk.services.core.secrets import reveal, store_secret
from desk.services.core.work import Work
from desk.services.logins.reconcile import address_of

LOOK_SECONDS = 5.0
LONGEST_SECRET = 128


@dataclass(frozen=True)
class RoutingServerRow:
    """One router as the screen shows it; secrets are only told to exist."""

    id: int
    name: str
    host: str
    port: int
    tls: TlsMode
    fingerprint: str
    username: str
    local_secrets: bool
    nas_address: str
    coa_port: int
    active: bool
    notes: str
    points: int
    version: int


@dataclass(frozen=True)
class RoutingServers(Query[list[RoutingServerRow]]):
    """All routers; one statement."""


@dataclass(frozen=True, kw_only=True)
class SaveRoutingServer(Command[int]):
    """New (no id) or changed router; empty secrets leave the stored ones alone."""

    id: int | None = None
    version: int = 0
    name: str
    host: str
    port: int
    tls: TlsMode
    fingerprint: str = ""
    username: str = ""
    local_secrets: bool = False
    nas_address: str = ""
    coa_port: int = COA_PORT
    active: bool = True
    notes: str = ""
    password: str = field(default="", repr=False)
    radius_secret: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class DeleteRoutingServer(Command[None]):
    """Remove a router that no access point uses."""

    id: int
    version: int


@dataclass(frozen=True)
class RouterAnswer:
    """What a router said when it was asked; `problem` is a reason code when it did not answer well."""

    answers: bool
    identity: str = ""
    version: str = ""
    board: str = ""
    problem: str = ""
    detail: str = ""
    steps: tuple[ExaminedStep, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckRouter(Query[RouterAnswer]):
    """Testar Conexão: the way to the router, signing in, and whether it is set up for us; before anything is saved."""

    id: int | None = None  # its stored password is used when none was typed
    host: str
    port: int
    tls: TlsMode
    fingerprint: str = ""
    username: str = ""
    password: str = field(default="", repr=False)
    nas_address: str = ""
    coa_port: int = COA_PORT
    local_secrets: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckAccessPoint(Query[RouterAnswer]):
    """The same for the router that is chosen for an access point, and whether it has the interface typed there."""

    routing_server_id: int
    interface: str = ""


@dataclass(frozen=True)
class CertificateShown:
    """The SHA-256 of a router's certificate; without one, `problem` is the reason code."""

    fingerprint: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadCertificate(Query[CertificateShown]):
    """Ler certificado: what a router shows; no credentials are sent."""

    host: str
    port: int


_SERVERS = text("""
    SELECT r.id, r.name, r.host, r.port, r.tls, r.fingerprint, r.username, r.local_secrets,
           COALESCE(host(r.nas_address), '') AS nas_address, r.coa_port, r.active, r.notes,
           (SELECT count(*) FROM desk.access_points a WHERE a.routing_server_id = r.id) AS points, r.version
      FROM desk.routing_servers r ORDER BY r.active DESC, r.name""")


@use_case(RoutingServers, permission=None)
def routing_servers(query: RoutingServers, work: Work) -> list[RoutingServerRow]:
    """What the page lists."""
    return [
        RoutingServerRow(**(dict(row) | {"tls": TlsMode(row["tls"])}))
        for row in work.session.execute(_SERVERS).mappings()
    ]


def plain_fingerprint(typed: str) -> str:
    """Sixty-four small hexadecimal digits, however somebody wrote them."""
    return re.sub(r"[\s:.-]", "", typed).lower().removeprefix("sha256")


def server_violations(cmd: SaveRoutingServer, *, has_secret: bool) -> list[Violation]:
    """Everything about a router that can be told without the database."""
    found = [Violation(name, "required") for name in ("name", "host") if not str(getattr(cmd, name)).strip()]
    for name in ("port", "coa_port"):
        if not 1 <= getattr(cmd, name) <= 65535:
            found.append(Violation(name, "port_range"))
    fingerprint = plain_fingerprint(cmd.fingerprint)
    if (cmd.tls is TlsMode.PINNED or fingerprint) and not re.fullmatch(r"[0-9a-f]{64}", fingerprint):
        found.append(Violation("fingerprint", "fingerprint_shape"))
    if cmd.nas_address:
        try:
            ipaddress.ip_address(cmd.nas_address)
        except ValueError:
            found.append(Violation("nas_address", "ip_shape"))
        else:
            # FreeRADIUS answers only a client whose secret it knows.
            if not has_secret and not cmd.radius_secret:
                found.append(Violation("radius_secret", "required"))
    elif cmd.radius_secret:
        found.append(Violation("nas_address", "nas_address_needed"))
    for name in ("password", "radius_secret"):
        if len(getattr(cmd, name)) > LONGEST_SECRET:
            found.append(Violation(name, "too_long", {"limit": LONGEST_SECRET}))
    return found


def fill_server(server: RoutingServer, cmd: SaveRoutingServer) -> None:
    """Give the row what the order says; secrets are no part of it."""
    server.name, server.host = cmd.name.strip(), cmd.host.strip()
    for name in ("port", "tls", "local_secrets", "coa_port", "active", "notes"):
        setattr(server, name, getattr(cmd, name))
    server.fingerprint, server.username = plain_fingerprint(cmd.fingerprint), cmd.username.strip()
    server.nas_address = cmd.nas_address or None


def store_secrets(work: Work, server_id: int, cmd: SaveRoutingServer) -> None:
    """What was typed goes to the vault, the RADIUS secret to FreeRADIUS as well."""
    if cmd.password:
        store_secret(work.session, "router", server_id, cmd.password)
    if cmd.radius_secret:
        store_secret(work.session, "nas", server_id, cmd.radius_secret, clear=True)


@use_case(SaveRoutingServer, permission=Permission.ROUTING_SERVERS)
def save_routing_server(cmd: SaveRoutingServer, work: Work) -> int:
    """Save the router; a password goes to the vault, a RADIUS secret to FreeRADIUS as well."""
    if found := server_violations(cmd, has_secret=cmd.id is not None):
        raise Invalid(found)
    server = RoutingServer() if cmd.id is None else work.session.get(RoutingServer, cmd.id)
    if server is None:
        raise NotFound("routing_server", cmd.id)
    if cmd.id is not None and server.version != cmd.version:
        raise StaleRecord(work.changes_since("routing_servers", cmd.id, cmd.version))
    fill_server(server, cmd)
    work.session.add(server)
    work.session.flush()
    store_secrets(work, server.id, cmd)
    work.touch("access_points")
    return server.id


@use_case(DeleteRoutingServer, permission=Permission.ROUTING_SERVERS)
def delete_routing_server(cmd: DeleteRoutingServer, work: Work) -> None:
    """Refused while an access point is behind it; its secrets go with it."""
    server = work.session.get(RoutingServer, cmd.id)
    if server is None:
        raise NotFound("routing_server", cmd.id)
    if server.version != cmd.version:
        raise StaleRecord(work.changes_since("routing_servers", cmd.id, cmd.version))
    points = work.session.scalars(
        text("SELECT name FROM desk.access_points WHERE routing_server_id = :id ORDER BY name"), {"id": cmd.id}
    ).all()
    if points:
        raise RoutingServerInUse(name=server.name, points=", ".join(points))
    work.session.execute(text("SELECT desk.delete_routing_servers(:id)"), {"id": cmd.id})
    work.touch("access_points")


@use_case(CheckRouter, permission=Permission.ROUTING_SERVERS)
def check_router(query: CheckRouter, work: Work) -> RouterAnswer:
    """Lets the session go, then visits the router for some seconds at most."""
    expected = Expected(radius=bool(query.nas_address), coa_port=query.coa_port, local_secrets=query.local_secrets)
    return _examined(work, query, query.id, query.password, expected)


@use_case(CheckAccessPoint, permission=Permission.ACCESS_POINTS)
def check_access_point(query: CheckAccessPoint, work: Work) -> RouterAnswer:
    """With the router's stored password, which only those may use who act on routers."""
    server = work.session.get(RoutingServer, query.routing_server_id)
    if server is None:
        raise NotFound("routing_server", query.routing_server_id)
    expected = Expected(
        radius=server.nas_address is not None,
        coa_port=server.coa_port,
        local_secrets=server.local_secrets,
        interface=query.interface.strip(),
    )
    return _examined(work, server, server.id, "", expected)


def _examined(work: Work, place: object, server_id: int | None, typed: str, expected: Expected) -> RouterAnswer:
    # The database's clock, which is the one that everything is written down by, carried on by our own.
    here, began = work.now, time.monotonic()
    work.session.expunge_all()
    work.session.close()
    password: str | None = typed
    if not typed and server_id is not None:
        password = _stored_password(work, server_id)
    address = address_of(place, password or "")
    tested = Examination(
        work.ports, address, expected, lambda: here + dt.timedelta(seconds=time.monotonic() - began)
    ).run(credentials=password is not None)
    info = tested.info
    if info is None or tested.problem:
        problem = tested.problem or Reason.NONSENSE.value
        return RouterAnswer(answers=False, problem=problem, detail=tested.detail, steps=tested.steps)
    return RouterAnswer(True, info.identity, info.version, info.board, steps=tested.steps)


def _stored_password(work: Work, server_id: int) -> str | None:
    try:
        return reveal(work.sessions, "router", server_id, "teste de conexão").text
    except (RevealRefused, Refused, NotAllowed):
        return None


@use_case(ReadCertificate, permission=Permission.ROUTING_SERVERS)
def read_certificate(query: ReadCertificate, work: Work) -> CertificateShown:
    """Lets the session go, then shakes hands with the router and hangs up."""
    work.session.close()
    try:
        return CertificateShown(read_fingerprint(query.host, query.port, deadline=LOOK_SECONDS))
    except IntegrationError as error:
        return CertificateShown(problem=error.reason.value)
