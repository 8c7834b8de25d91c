"""Wires engine, bus, reconcilers and listener for the person who signs in; the only place that knows them all."""

from __future__ import annotations

import contextlib
import getpass
import logging
import select
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InvalidatePoolError
from sqlalchemy.orm import Session, sessionmaker

from desk.db.errors import DatabaseNewer, DatabaseNotDesk, DatabaseOlder
from desk.db.revisions import HEAD, compatible
from desk.integrations.radius.client import RadiusAuth, RadiusNas
from desk.integrations.routeros.client import RouterOs
from desk.models.people import Permission
from desk.no_secrets import never_write
from desk.services import register_all
from desk.services.core.bus import Bus
from desk.services.core.changes import Listener
from desk.services.core.devices import Devices
from desk.services.core.errors import DatabaseTooOld, NotAPerson, ProgramTooOld, WrongPassword
from desk.services.core.line import Line
from desk.services.core.outbox import Deliveries, Progress, Reconciler, Settler, one_after_another
from desk.services.core.ports import Ports
from desk.services.core.refusals import refusal
from desk.services.core.timeline import OldPrimary, Timelines
from desk.services.core.topics import Topic
from desk.services.core.work import Actor
from desk.services.drift.reconcile import LeftoverReconciler
from desk.services.ips.reconcile import IpReconciler
from desk.services.logins.reconcile import LoginReconciler
from desk.services.plans.suspending import SuspensionMoment
from desk.services.sessions.ending import OpenConnections
from desk.services.sessions.moments import SpeedMoment
from desk.settings import Server
from desk.system_roots import SYSTEM, lend_system_roots

log = logging.getLogger(__name__)

PORTS = Ports(router=RouterOs, nas=RadiusNas, radius=RadiusAuth)
# A person's role may open 8 sessions: 6 here, one for the listener, one to spare.
# The one used last comes first: it is warm, and a server process that plans everything anew costs 10 ms a command.
POOL = {"pool_size": 5, "max_overflow": 1, "pool_timeout": 15, "pool_use_lifo": True, "pool_recycle": 1800}
LOOK_TIMEOUT = 2  # seconds that one of several servers may take to say how far it is
SESSION_OPTIONS = (
    "-c statement_timeout=60000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    " -c default_transaction_isolation=read\\ committed -c datestyle=ISO -c intervalstyle=iso_8601"
    # Every question is short and by a key: one plan for any values, which tests have seen, and no preparations for
    # long ones. A plan made for the values at hand costs more than it saves, five times for each statement.
    f" -c desk.program={HEAD}"  # what this program was made for: the database tells it when the tables have moved on
    " -c plan_cache_mode=force_generic_plan -c jit=off -c max_parallel_workers_per_gather=0"
)


def reconcilers(sessions: sessionmaker[Session], devices: Devices | None = None) -> dict[Topic, Reconciler]:
    """One per topic; they share what is known of the devices, and so does whoever settles."""
    known = devices or Devices()
    connections = OpenConnections(sessions, PORTS, known)
    logins = LoginReconciler(sessions, PORTS.router, known, connections)
    ips = IpReconciler(sessions, PORTS.router, known)
    return {
        Topic.RADIUS_LOGIN: logins,
        Topic.CUSTOMER_IP: ips,
        Topic.PLAN_PROVISIONAL: one_after_another(logins.provisional_over, ips.provisional_over),
        Topic.RADIUS_SESSION: connections,
        Topic.PLAN_SPEED: SpeedMoment(sessions, connections.speed_over, ips.speed_over),
        Topic.PLAN_SUSPENSION: SuspensionMoment(sessions),
        Topic.ROUTER_LEFTOVER: LeftoverReconciler(sessions, PORTS.router, known, connections),
    }


class WayIn:
    """Opens the connections of one person, also while and after that person changes the own password."""

    def __init__(self, server: Server, role: str, password: str | None, timelines: Timelines | None = None) -> None:
        self._server, self._role = server, role
        never_write(password)
        self._passwords = [password]  # the newest first
        self._timelines = timelines or Timelines()
        self._looking, self._looked = threading.Lock(), 0.0
        self._opening = threading.Lock()
        self._opened: weakref.WeakKeyDictionary[Line, tuple[str, int]]
        self._opened = weakref.WeakKeyDictionary()

    def learn(self, password: str) -> None:
        """A password that counts once the change is committed; the old ones stay, in case it never is."""
        never_write(password)
        self._passwords = [password, *self._passwords]

    def connect(self, *, autocommit: bool = False) -> Line:
        """A new connection, with whichever of the known passwords the server takes."""
        self._look_around()
        *newer, oldest = self._passwords
        for password in newer:
            try:
                return self._open(password, autocommit)
            except psycopg.OperationalError as error:
                if "FATAL" not in str(error):
                    raise
        return self._open(oldest, autocommit)

    def hang_up(self, alive: Line | None) -> None:
        """End every wait for a server other than the living one, if there is one.

        A server that hangs keeps its connections open, and no timeout of libpq sees it.
        """
        with self._opening:
            opened = dict(self._opened)
        for connection, place in opened.items():
            if alive is None or place != opened.get(alive):
                connection.hang_up()

    def _look_around(self) -> None:
        """Learn from every server that writes: libpq takes the first, which may be an old one, started by mistake."""
        hosts, came = self._server.each(), time.monotonic()
        if len(hosts) < 2:
            return
        with self._looking:  # one look serves all who came before it began: a person has few connections
            if self._looked < came:
                self._looked = time.monotonic()
                with ThreadPoolExecutor(len(hosts)) as together:
                    list(together.map(self._learn, hosts))

    def _learn(self, server: Server) -> None:
        with contextlib.suppress(psycopg.OperationalError):  # a standby, one that is down, an old primary
            self._at(server, self._passwords[0], True, connect_timeout=LOOK_TIMEOUT).close()

    def _open(self, password: str | None, autocommit: bool) -> Line:
        try:
            return self._at(self._server, password, autocommit)
        except OldPrimary:
            for server in self._server.each():
                with contextlib.suppress(psycopg.OperationalError):
                    return self._at(server, password, autocommit)
            raise

    def _at(self, server: Server, password: str | None, autocommit: bool, **more: Any) -> Line:
        connection = Line.connect(conninfo_of(server, self._role, password), autocommit=True, **more)
        try:
            self._timelines.check(connection)
        except psycopg.Error:
            connection.close()
            raise
        connection.autocommit = autocommit  # only now, so that the look needed no transaction
        with self._opening:
            self._opened[connection] = (connection.info.host, connection.info.port)
        return connection


@dataclass
class SignedIn:
    """What a person who signed in works with, until `close`."""

    server: Server
    actor: Actor
    must_change_password: bool
    bus: Bus
    engine: Engine
    sessions: sessionmaker[Session]
    way_in: WayIn
    deliveries: Deliveries | None = None
    listener: Listener | None = None

    def start(
        self,
        on_change: Callable[[frozenset[str]], None],
        on_state: Callable[[bool], None],
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Begin to listen to other desks and to settle debts; the callbacks come from other threads."""
        devices = Devices()
        settler = Settler(self.sessions, reconcilers(self.sessions, devices), on_progress, devices)
        self.deliveries = Deliveries(settler)
        self.listener = Listener(
            lambda: self.way_in.connect(autocommit=True),
            lambda names: self._heard(names, on_change),
            on_state,
            self.way_in.hang_up,
        )
        self.listener.start()
        self.deliveries.start()

    def _heard(self, names: frozenset[str], on_change: Callable[[frozenset[str]], None]) -> None:
        if self.deliveries is not None and any(name.startswith(("debts", "*")) for name in names):
            self.deliveries.look()
        names -= {"outgrown"}  # anybody can send a notice; what is shown of this one, the tables themselves say
        on_change(names | {"outgrown"} if names & {"program", "*"} and self._outgrown() else names)

    def _outgrown(self) -> bool:
        """Whether the database was migrated further than this program knows; a gap may have hidden the notice of it."""
        try:
            with self.sessions() as session:
                compatible(session.connection())
        except DatabaseNewer:
            return True
        except DBAPIError:
            log.warning("could not look at the state of the tables")
        return False

    def close(self) -> None:
        """Stop the threads and give every connection back."""
        if self.listener is not None:
            self.listener.close()
        if self.deliveries is not None:
            self.deliveries.close()
        self.engine.dispose()


def conninfo_of(server: Server, role: str, password: str | None) -> str:
    """libpq's words for signing in to `server` as `role`; no password means single sign-on."""
    parts: dict[str, Any] = {
        "host": server.host,
        "port": server.port,
        "dbname": server.database,
        "user": role,
        "sslmode": server.sslmode,
        "connect_timeout": 5,
        # A server that vanished from the network is noticed in half a minute instead of a quarter of an hour.
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30000,
        "application_name": "desk",
        "target_session_attrs": "read-write",
        "options": SESSION_OPTIONS,
        # Kerberos would otherwise bring an encryption of its own in place of TLS, past pg_hba's hostssl lines.
        "gssencmode": "disable",
    }
    if server.sslrootcert == SYSTEM:
        lend_system_roots()
    if server.sslrootcert:
        parts["sslrootcert"] = server.sslrootcert
    if password is not None:
        parts["password"] = password
    else:
        # Without it a password from ~/.pgpass would sign in, perhaps as somebody who shares this machine.
        parts["require_auth"] = "gss,sspi"
    return make_conninfo("", **parts)


def sign_in(server: Server, role: str, password: str | None, timelines: Timelines | None = None) -> SignedIn:
    """Sign in as a person; raises a SignInFailed that says what is wrong.

    No password means single sign-on, and then no name means the one that this person has on this machine.
    """
    register_all()
    if password is None:
        role = role or getpass.getuser().lower()
    elif not password:
        raise WrongPassword(role=role)  # libpq would look for another in ~/.pgpass
    way_in = WayIn(server, role, password, timelines)
    engine = create_engine("postgresql+psycopg://", creator=way_in.connect, hide_parameters=True, **POOL)
    event.listen(engine, "checkout", _still_there)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with contextlib.ExitStack() as refused:
        refused.callback(engine.dispose)
        actor, must_change = _who(sessions, server, role)
        refused.pop_all()
    must_change = must_change and password is not None
    ports = replace(PORTS, learn_password=way_in.learn)
    return SignedIn(server, actor, must_change, Bus(sessions, actor, ports), engine, sessions, way_in)


def _still_there(connection: Line, record: object, proxy: object) -> None:
    """A server that ended an idle connection has said so: look whether anything waits to be read, and ask nobody.

    SQLAlchemy's ping would cost one more journey to the server before each transaction.
    """
    if connection.closed or connection.hung_up or select.select([connection.fileno()], [], [], 0)[0]:
        raise InvalidatePoolError


def _who(sessions: sessionmaker[Session], server: Server, role: str) -> tuple[Actor, bool]:
    try:
        with sessions() as session:
            compatible(session.connection())
            row = session.execute(text("SELECT * FROM desk.me()")).mappings().one_or_none()
    except DBAPIError as error:
        cause = error.orig
        found = refusal(cause, role=role, server=server.label) if isinstance(cause, psycopg.Error) else None
        if found is None:
            raise
        raise found from error
    except DatabaseNewer as error:
        raise ProgramTooOld(**error.params) from error
    except (DatabaseOlder, DatabaseNotDesk) as error:
        raise DatabaseTooOld(**error.params) from error
    if row is None or not row["active"]:
        raise NotAPerson(role=role)
    known = {p.code for p in Permission}
    permissions = frozenset(Permission.by_code(code) for code in row["permissions"] or () if code in known)
    actor = Actor(role, row["full_name"], permissions, row["company"], row["demo"])
    return actor, bool(row["must_change_password"])
