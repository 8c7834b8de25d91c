"""Wires engine, bus, reconcilers and listener for the person who signs in; the only place that knows them all."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from desk.db.errors import DatabaseNewer, DatabaseNotDesk, DatabaseOlder
from desk.db.revisions import compatible
from desk.integrations.radius.client import RadiusAuth, RadiusNas
from desk.integrations.routeros.client import RouterOs
from desk.models.people import Permission
from desk.services import register_all
from desk.services.core.bus import Bus
from desk.services.core.changes import Listener
from desk.services.core.errors import (
    DatabaseTooOld,
    NotAPerson,
    ProgramTooOld,
    ServerUnreachable,
    TooManySessions,
    WrongPassword,
)
from desk.services.core.outbox import Deliveries, Progress, Reconciler, Settler
from desk.services.core.ports import Ports
from desk.services.core.topics import Topic
from desk.services.core.work import Actor
from desk.services.logins.reconcile import LoginReconciler
from desk.services.sessions.ending import OpenConnections
from desk.settings import Server

log = logging.getLogger(__name__)

PORTS = Ports(router=RouterOs, nas=RadiusNas, radius=RadiusAuth)
# A person's role may open 8 sessions: 6 here, one for the listener, one to spare.
POOL = {"pool_size": 5, "max_overflow": 1, "pool_timeout": 15, "pool_pre_ping": True, "pool_recycle": 1800}
SESSION_OPTIONS = (
    "-c statement_timeout=60000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000"
    " -c default_transaction_isolation=read\\ committed -c datestyle=ISO -c intervalstyle=iso_8601"
)


def reconcilers(sessions: sessionmaker[Session]) -> dict[Topic, Reconciler]:
    """One per topic."""
    connections = OpenConnections(sessions, PORTS)
    logins = LoginReconciler(sessions, PORTS.router, connections)
    return {
        Topic.RADIUS_LOGIN: logins,
        Topic.PLAN_PROVISIONAL: logins.provisional_over,
        Topic.RADIUS_SESSION: connections,
    }


class WayIn:
    """Opens the connections of one person, also while and after that person changes the own password."""

    def __init__(self, server: Server, role: str, password: str | None) -> None:
        self._server, self._role = server, role
        self._passwords = [password]  # the newest first

    def learn(self, password: str) -> None:
        """A password that counts once the change is committed; the old ones stay, in case it never is."""
        self._passwords = [password, *self._passwords]

    def connect(self, *, autocommit: bool = False) -> psycopg.Connection[Any]:
        """A new connection, with whichever of the known passwords the server takes."""
        *newer, oldest = self._passwords
        for password in newer:
            try:
                return self._open(password, autocommit)
            except psycopg.OperationalError as error:
                if "FATAL" not in str(error):
                    raise
        return self._open(oldest, autocommit)

    def _open(self, password: str | None, autocommit: bool) -> psycopg.Connection[Any]:
        return psycopg.connect(conninfo_of(self._server, self._role, password), autocommit=autocommit)


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
        self.deliveries = Deliveries(Settler(self.sessions, reconcilers(self.sessions), on_progress))
        self.listener = Listener(
            lambda: self.way_in.connect(autocommit=True), lambda names: self._heard(names, on_change), on_state
        )
        self.listener.start()
        self.deliveries.start()

    def _heard(self, names: frozenset[str], on_change: Callable[[frozenset[str]], None]) -> None:
        if self.deliveries is not None and any(name.startswith(("debts", "*")) for name in names):
            self.deliveries.look()
        on_change(names)

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
    }
    if server.sslrootcert:
        parts["sslrootcert"] = server.sslrootcert
    if password is not None:
        parts["password"] = password
    return make_conninfo("", **parts)


def sign_in(server: Server, role: str, password: str | None) -> SignedIn:
    """Sign in as a person; raises a SignInFailed of services.core.errors that says what is wrong."""
    register_all()
    way_in = WayIn(server, role, password)
    engine = create_engine("postgresql+psycopg://", creator=way_in.connect, **POOL)
    sessions = sessionmaker(engine, expire_on_commit=False)
    try:
        actor, must_change = _who(sessions, server, role)
    except BaseException:
        engine.dispose()
        raise
    ports = replace(PORTS, learn_password=way_in.learn)
    return SignedIn(server, actor, must_change, Bus(sessions, actor, ports), engine, sessions, way_in)


def _who(sessions: sessionmaker[Session], server: Server, role: str) -> tuple[Actor, bool]:
    try:
        with sessions() as session:
            compatible(session.connection())
            row = session.execute(text("SELECT * FROM desk.me()")).mappings().one_or_none()
    except DBAPIError as error:
        raise _refusal(error, server, role) from error
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


def _refusal(error: DBAPIError, server: Server, role: str) -> Exception:
    cause = error.orig
    said = str(cause)
    if isinstance(cause, psycopg.errors.InsufficientPrivilege):
        return NotAPerson(role=role)
    if not isinstance(cause, psycopg.OperationalError):
        return error
    if "FATAL" not in said:  # libpq's own words: nobody answered, or the certificate is wrong
        return ServerUnreachable(server=server.label, detail=said.strip()[:300])
    if "the database system is" in said or "o sistema de banco de dados" in said:  # it starts, stops or recovers
        return ServerUnreachable(server=server.label, detail=said.strip()[:300])
    if "too many connections" in said or "remaining connection slots" in said or "muitas conex" in said:
        return TooManySessions(role=role)
    if "permission denied for database" in said or "not permitted to log in" in said:
        return NotAPerson(role=role)
    if "does not exist" in said and "database" in said:
        return ServerUnreachable(server=server.label, detail=said.strip()[:300])
    return WrongPassword(role=role)
