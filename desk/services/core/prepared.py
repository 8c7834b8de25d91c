"""Questions that are asked often: compiled once, and sent straight to the driver, several of them in one journey.

SQLAlchemy builds, keys, binds and describes a statement anew each time it is executed, which takes longer than
PostgreSQL takes to answer a short one (docs/performance.md).
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

import psycopg
from psycopg import RawCursor
from psycopg.sql import Literal
from sqlalchemy import Connection, Engine, Enum, Select, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

DIALECT = make_url("postgresql+psycopg://").get_dialect()
_PARAMETER = re.compile(r"%\((\w+)\)s")
_SCANS = "desk.scans"  # in what the pool keeps about a connection
Row = Any
Statement = tuple[bytes, Sequence[Any]]  # with $1, $2 …: looking for %s takes the driver as long as some answers
Answer = Sequence[tuple[Any, ...]]
Driver = psycopg.Connection[tuple[Any, ...]]


def numbered(
    written: str, parameter: re.Pattern[str], fixed: Mapping[str, Any] | None = None
) -> tuple[bytes, tuple[str, ...]]:
    """The text with $1, $2 … in place of its named parameters but the fixed ones, and their names in that order."""
    places: dict[str, int] = {}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if fixed and name in fixed:
            return Literal(fixed[name]).as_string()
        return f"${places.setdefault(name, len(places) + 1)}"

    return parameter.sub(place, written).encode(), tuple(places)


class Prepared:
    """One question, written with SQLAlchemy; its parameters without a value are given when it is asked.

    `into` makes the row of the values in the order of the columns, such as a dataclass; else it is a named tuple.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], into: Callable[..., Row] | None = None) -> None:
        self._statement, self._into = statement, into

    @cached_property
    def _written(self) -> tuple[bytes, tuple[str, ...]]:
        """As the server takes it, constants in the text, and the names of the open parameters $1, $2 …"""
        compiled = self._statement.compile(dialect=DIALECT())
        fixed = {name: value for name, value in compiled.params.items() if value is not None}
        return numbered(str(compiled).replace("%%", "%"), _PARAMETER, fixed)

    def filled(self, values: Mapping[str, Any]) -> Statement:
        """The statement with the values of its open parameters."""
        sql, names = self._written
        return sql, [values[name] for name in names]

    @cached_property
    def row(self) -> Callable[[Sequence[Any]], Row]:
        """Makes a row of what the driver fetched: enums as their members."""
        columns, into = self._statement.selected_columns, self._into
        enums = [
            (at, {member.value: member for member in column.type.enum_class})
            for at, column in enumerate(columns)
            if isinstance(column.type, Enum) and column.type.enum_class is not None
        ]
        named = cast(Any, namedtuple)("PreparedRow", columns.keys())._make
        make = named if into is None else lambda values: into(*values)

        def with_members(found: Sequence[Any]) -> Row:
            values = list(found)
            for at, members in enums:
                values[at] = members[values[at]]
            return make(values)

        return with_members if enums else cast("Callable[[Sequence[Any]], Row]", make)


def ask(session: Session, *questions: Prepared, **values: Any) -> list[list[Row]]:
    """The rows of each question, in one journey to the server."""
    answers = send(session, *(each.filled(values) for each in questions))
    return [[each.row(found) for found in answer] for each, answer in zip(questions, answers, strict=True)]


def send(session: Session, *statements: Statement, scans: bool = True) -> list[Answer]:
    """What each statement answers, within the session's transaction; all of them leave before the first answer.

    A session without one (see `bus.Lookup`) gets none: what reads once needs no beginning and no end, which would be
    two journeys more. Without `scans` no table is read from end to end, whatever the planner thinks of its size.
    """
    if not session.in_transaction():
        return _at_once(cast(Engine, session.get_bind()), statements, scans)
    assert scans, "within a transaction SET LOCAL says so"
    session.flush()
    connection = session.connection()
    driver = cast(Driver, connection.connection.driver_connection)
    try:
        return _answers(driver, statements, prepare=None)
    except psycopg.Error as error:  # as SQLAlchemy does: a connection that died leaves the pool, whoever waits is told
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error


def _at_once(engine: Engine, statements: Sequence[Statement], scans: bool) -> list[Answer]:
    try:
        lent = engine.raw_connection()
    except psycopg.Error as error:  # no server, or one that was replaced: what SQLAlchemy's own way in would say
        raise DBAPIError(None, None, error) from error
    driver = cast(Driver, lent.driver_connection)
    try:
        _allow_scans(driver, lent.info, scans)
        driver.autocommit = True
        # Prepared at once, not at the sixth time: planning anew takes longer than all the rest.
        return _answers(driver, statements, prepare=True)
    except psycopg.Error as error:
        if driver.closed:
            lent.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error
    finally:
        if not driver.closed:
            driver.autocommit = False
        lent.close()


def _answers(driver: Driver, statements: Sequence[Statement], prepare: bool | None) -> list[Answer]:
    if len(statements) == 1 and driver.autocommit:  # alone, it is quicker without a pipeline around it
        cursors = [RawCursor(driver).execute(*statements[0], prepare=prepare)]
    else:
        with driver.pipeline():
            cursors = [RawCursor(driver).execute(sql, values, prepare=prepare) for sql, values in statements]
    return [cursor.fetchall() for cursor in cursors]


def _allow_scans(driver: Driver, info: dict[Any, Any], scans: bool) -> None:
    """Say so only when it changes: who types into the search asks again and again, by the same connection."""
    if info.get(_SCANS, True) is scans:
        return
    driver.autocommit = True
    driver.execute(b"RESET enable_seqscan" if scans else b"SET enable_seqscan = off")
    driver.autocommit = False
    info[_SCANS] = scans


@event.listens_for(Session, "after_begin")
def _every_plan_again(session: Session, transaction: object, connection: Connection) -> None:
    """A transaction may get a connection that was used without scans."""
    if not connection.info.get(_SCANS, True):
        try:
            _allow_scans(cast(Driver, connection.connection.driver_connection), connection.info, True)
        except psycopg.Error as error:  # a server that went away just now, told as SQLAlchemy tells it
            connection.invalidate(error)
            raise DBAPIError(None, None, error, connection_invalidated=True) from error
