"""`desk --demo`: an embedded database with the demo provider, and its routers on loopback."""

from __future__ import annotations

import math
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import conninfo_to_dict

from desk.db.bootstrap import prepare
from desk.demo.load import PASSWORD, load_small
from desk.demo.routeros import RouterOsStandIn
from desk.demo.vault import opened
from desk.embedded import MASTER_KEY_FOR_SERVER, EmbeddedServer
from desk.models.access import allowed
from desk.settings import Server

COMPANY = "SerraNet Telecom"
DATABASE = "desk"

_FORGOTTEN = 990_001  # a number that no login has
_ROUTERS = "SELECT id, name, username, local_secrets, nas_address FROM desk.routing_servers ORDER BY id"
_SECRET = "SELECT version, ciphertext FROM desk_vault.secrets WHERE kind = 'router' AND owner = %s"
_ONLINE = """
    SELECT username, host(framed_ip), COALESCE(upper(mac::text), ''), session_id,
           extract(epoch FROM clock_timestamp() - started_at)::int, COALESCE(in_octets, 0), COALESCE(out_octets, 0)
      FROM desk.radius_sessions WHERE nas_address = %s AND stopped_at IS NULL AND username IS NOT NULL"""
_LOCAL = f"""
    SELECT l.id, l.login, {allowed()},
           COALESCE(NULLIF(c.radius_profile, ''), 'default'), COALESCE(host(l.fixed_ip), '')
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
      JOIN desk.access_points a ON a.id = p.access_point_id
     WHERE a.routing_server_id = %s AND l.deleted_at IS NULL"""
_STOPPED = """
    UPDATE desk.radius_sessions SET stopped_at = clock_timestamp(), terminate_cause = 'Admin-Reset'
     WHERE lower(username) = lower(%s) AND stopped_at IS NULL"""


class DemoServer:
    """A context: the server runs, the provider is loaded, the routers answer; afterwards all is stopped again."""

    def __init__(self, folder: Path) -> None:
        self._embedded = EmbeddedServer(folder)
        self._stack = ExitStack()
        self.company = COMPANY
        self.people: dict[str, str] = {}
        self.dsn = ""
        self.server = Server()
        self.routers: dict[str, RouterOsStandIn] = {}

    def start(self) -> None:
        """Start everything; what was started is stopped again when a part of it fails."""
        with ExitStack() as failed:
            failed.callback(self._stack.close)
            self._start()
            failed.pop_all()

    def __enter__(self) -> Self:
        if not self.dsn:
            self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stack.close()

    def _start(self) -> None:
        # Registered first, so it runs last: whoever leaves last stops the server.
        self._stack.callback(self._embedded.stop_if_last)
        with self._embedded.starting() as connection:
            port = connection.info.port
            prepare(
                self._embedded.dsn(port=port),
                DATABASE,
                self._embedded.master_key_path,
                company=COMPANY,
                demo=True,
                key_for_server=MASTER_KEY_FOR_SERVER,
            )
            self.dsn = self._embedded.dsn(DATABASE, port)
            # Being connected is what keeps another desk from stopping the server under us.
            presence = self._stack.enter_context(psycopg.connect(self.dsn, autocommit=True))
        if presence.execute("SELECT NOT EXISTS (SELECT FROM desk.customers)").fetchone() == (True,):
            load_small(self.dsn)
        roles = presence.execute(
            "SELECT role FROM desk.people WHERE active AND NOT service ORDER BY role <> 'atendente', role"
        )
        self.people = {role: PASSWORD.format(role=role) for (role,) in roles}
        parts = conninfo_to_dict(self.dsn)
        self.server = Server(host=str(parts["host"]), port=str(port), database=DATABASE, sslmode="disable")
        self._start_routers(presence)

    def _start_routers(self, connection: psycopg.Connection[Any]) -> None:
        master = self._embedded.master_key_path.read_bytes()
        for router_id, name, username, local, nas in connection.execute(_ROUTERS).fetchall():
            password = _router_password(connection, master, router_id)
            router = RouterOsStandIn(users={username: password})
            router.tables.rows["/system/identity"] = [{"name": name}]
            for login, address, mac, number, seconds, received, sent in connection.execute(_ONLINE, (nas,)).fetchall():
                up = f"{seconds // 3600}h{seconds // 60 % 60}m{seconds % 60}s"
                router.tables.session(login, address=address or "", caller_id=mac, session_id=number, uptime=up)
                router.tables.interface(login, rx_byte=str(received), tx_byte=str(sent))
            router.tables.flow = _flow
            if local:
                self._fill_secrets(connection, router, router_id)
            router.tables.on_session_removed = self._session_removed
            self._stack.enter_context(router)
            self.routers[name] = router
            with _as_job(connection):
                connection.execute(
                    "UPDATE desk.routing_servers SET host = '127.0.0.1', port = %s, tls = 'sem TLS' WHERE id = %s",
                    (router.port, router_id),
                )

    @staticmethod
    def _fill_secrets(connection: psycopg.Connection[Any], router: RouterOsStandIn, router_id: int) -> None:
        found = connection.execute(_LOCAL, (router_id,)).fetchall()
        # A router knows the profiles of the plans that are sold there, or it would refuse what Desk sends.
        known = {row["name"] for row in router.tables.rows["/ppp/profile"]}
        for name in {profile for *_, profile, _ in found} - known:
            router.tables.put("/ppp/profile", name=name)
        for login_id, login, connects, profile, address in found:
            fixed = {"remote-address": address} if address else {}
            disabled = "false" if connects else "true"
            router.tables.secret(login, comment=f"desk:{login_id}", disabled=disabled, profile=profile, **fixed)
        # What years leave on a router: a line that the program once made for a login nobody knows any more, and a
        # technician's own. Divergências da Rede finds both, and touches one.
        router.tables.secret("migracao.2019", comment=f"desk:{_FORGOTTEN}", profile="default")
        router.tables.secret("tecnico.campo", comment="acesso do técnico", profile="default")

    def _session_removed(self, row: dict[str, str]) -> None:
        """What the router's accounting would tell RADIUS."""
        with psycopg.connect(self.dsn, autocommit=True) as connection, _as_job(connection):
            connection.execute(_STOPPED, (row.get("name", ""),))


def _flow(interface: str) -> tuple[int, int]:
    """Bits a second received and sent just now: somebody watches a film and now and then loads something."""
    second = time.monotonic() + zlib.crc32(interface.encode()) % 1000
    film = 120e6 + 45e6 * math.sin(second / 0.9) + 20e6 * math.sin(second / 0.31) + 12e6 * math.sin(second * 7.7)
    burst = 110e6 * max(0.0, math.sin(second / 2.1)) ** 4
    return int(14e6 + 6e6 * math.sin(second / 1.7) + 2e6 * math.sin(second * 5.3)), int(film + burst)


@contextmanager
def _as_job(connection: psycopg.Connection[Any]) -> Iterator[None]:
    connection.execute("SET ROLE desk_job")
    try:
        yield
    finally:
        connection.execute("RESET ROLE")


def _router_password(connection: psycopg.Connection[Any], master: bytes, router_id: int) -> str:
    """The router's password, so that its stand-in accepts what Desk will send."""
    row = connection.execute(_SECRET, (router_id,)).fetchone()
    if row is None:
        return ""
    version, blob = row
    return opened(master, "router", router_id, version, bytes(blob))
