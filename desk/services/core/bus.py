"""Runs one command, or answers one query, as one unit of work."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from desk.db.errors import DatabaseNewer
from desk.db.revisions import compatible
from desk.models.people import Permission
from desk.services.core.database_errors import meets_other_tables, translate
from desk.services.core.errors import DatabaseLost, DomainError, NotAllowed, ProgramOutgrown, StaleRecord
from desk.services.core.ports import Ports
from desk.services.core.work import Actor, Work

R = TypeVar("R")
LOOK_UP_SECONDS = 8.0  # a server that restarts is back by then; the screen shows its banner meanwhile


class Command(Generic[R]):
    """Base of every order; `R` is what its use case answers with."""


class Query(Command[R]):
    """Base of every question: the same, in a read-only transaction."""


class Lookup(Query[R]):
    """A question whose statements each read for themselves, so that no transaction is begun and ended around them.

    Asked by `prepared.ask` or `prepared.send`, and open to everybody.
    """


@dataclass(frozen=True)
class Owed:
    """A debt that a command left behind."""

    topic: str
    key: str
    device: int | None = field(default=None, compare=False)  # the router that stands behind it, as of the commit


@dataclass(frozen=True)
class Outcome(Generic[R]):
    """What a command brought: its answer, what is now old, what the network is owed."""

    value: R
    changed: frozenset[str] = frozenset()
    owed: tuple[Owed, ...] = ()
    command_id: uuid.UUID | None = None


Handler = Callable[[Any, Work], R]


@dataclass(frozen=True)
class UseCase:
    """A handler and the permissions of which its caller needs one; none means everybody signed in."""

    handler: Handler[Any]
    any_of: tuple[Permission, ...]


HANDLERS: dict[type[Command[Any]], UseCase] = {}


def use_case(
    command: type[Command[R]], *, permission: Permission | tuple[Permission, ...] | None
) -> Callable[[Handler[R]], Handler[R]]:
    """Make the decorated function the one handler of `command`, behind `permission` (any of, if several)."""
    any_of = () if permission is None else permission if isinstance(permission, tuple) else (permission,)

    def register(handler: Handler[R]) -> Handler[R]:
        if command in HANDLERS:
            raise TypeError(f"{command.__name__} has two handlers")
        if any_of and issubclass(command, Lookup):
            raise TypeError(f"{command.__name__} asks for a permission, which takes a transaction: a Query")
        HANDLERS[command] = UseCase(handler, any_of)
        return handler

    return register


class Bus:
    """Executes commands and queries as the person who signed in."""

    def __init__(self, sessions: sessionmaker[Session], actor: Actor, ports: Ports) -> None:
        self._sessions, self.actor, self._ports = sessions, actor, ports
        self._unbegun = sessions(autobegin=False)  # of all lookups: it holds nothing, and refuses to begin anything

    def needs(self, command: type[Command[Any]]) -> tuple[Permission, ...]:
        """The permissions of which one is needed; empty when everybody may."""
        return HANDLERS[command].any_of

    def may(self, command: type[Command[Any]]) -> bool:
        """For menus. The real check is the database's."""
        needed = HANDLERS[command].any_of
        return not needed or not self.actor.permissions.isdisjoint(needed)

    def execute(self, command: Command[R], *, command_id: uuid.UUID | None = None) -> Outcome[R]:
        """Run one command in one transaction.

        Raises a DomainError for everything expected; after DatabaseLost(committed=…) the caller knows
        whether the write happened, and never repeats it blindly.
        """
        use_case_ = HANDLERS[type(command)]
        if isinstance(command, Query):
            return self._answer(command, use_case_)
        name = command_id or uuid.uuid4()
        try:
            return self._carry_out(command, use_case_, name)
        except StaleDataError as error:
            raise StaleRecord() from error
        except PoolTimeout as error:  # all our connections wait for a server that hangs; this one never began
            raise DatabaseLost(committed=False) from error
        except (DBAPIError, InterfaceError) as error:
            found = translate(error)
            if isinstance(found, DatabaseLost):
                found = DatabaseLost(committed=self._was_committed(name), asked=False)
            if found is None:
                self._unless_outgrown(error)
                raise
            raise found from error

    def _carry_out(self, command: Command[R], use_case_: UseCase, name: uuid.UUID) -> Outcome[R]:
        with self._sessions.begin() as session:
            session.execute(
                text("SELECT desk.begin_command(:id, :name, :any_of)"),
                {"id": name, "name": type(command).__name__, "any_of": [p.code for p in use_case_.any_of]},
            )
            work = Work(session, self.actor, self._sessions, self._ports)
            value = cast(R, use_case_.handler(command, work))
            left = tuple(Owed(*debt) for debt in work.end())
        return Outcome(value, frozenset(work.changed), left, name)

    def _answer(self, query: Query[R], use_case_: UseCase) -> Outcome[R]:
        try:
            if isinstance(query, Lookup):
                return Outcome(use_case_.handler(query, Work(self._unbegun, self.actor, self._sessions, self._ports)))
            with self._sessions() as session:
                session.connection(execution_options={"postgresql_readonly": True})
                if use_case_.any_of:
                    codes = [p.code for p in use_case_.any_of]
                    held = session.execute(text("SELECT desk.holds(VARIADIC :codes)"), {"codes": codes}).scalar_one()
                    if not held:
                        raise NotAllowed(permission=use_case_.any_of[0].value)
                value = cast(R, use_case_.handler(query, Work(session, self.actor, self._sessions, self._ports)))
                # Not a rollback: psycopg forgets its prepared statements then, and planning costs more than running.
                session.commit()
                return Outcome(value)
        except PoolTimeout as error:
            raise DatabaseLost() from error
        except (DBAPIError, InterfaceError) as error:
            found = translate(error)
            if found is None:
                self._unless_outgrown(error)
                raise
            raise found from error

    def _unless_outgrown(self, error: BaseException) -> None:
        """What looks like a bug is none when the tables moved on while this program was open."""
        if meets_other_tables(error):
            with self._sessions() as session:
                try:
                    compatible(session.connection())
                except DatabaseNewer:
                    raise ProgramOutgrown() from error

    def _was_committed(self, name: uuid.UUID) -> bool | None:
        """Ask a fresh connection whether a command whose answer was lost had been committed."""
        deadline, pause = time.monotonic() + LOOK_UP_SECONDS, 0.25
        while True:
            try:
                with self._sessions() as session:
                    done: bool = session.execute(text("SELECT desk.command_done(:id)"), {"id": name}).scalar_one()
                    return done
            except (DBAPIError, InterfaceError, PoolTimeout):
                if time.monotonic() + pause > deadline:
                    return None
            threading.Event().wait(pause)
            pause *= 2


def as_domain_error(error: BaseException) -> DomainError | None:
    """The expected failure that `error` is, if it is one."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, PoolTimeout):
        return DatabaseLost()
    return translate(error) if isinstance(error, DBAPIError) else None
