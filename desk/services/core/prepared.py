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
from psycopg.sql import Literal
from sqlalchemy import Enum, Select, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

DIALECT = make_url("postgresql+psycopg://").get_dialect()
_PARAMETER = re.compile(r"%\((\w+)\)s")
Row = Any


class Prepared:
    """One question, written with SQLAlchemy; its parameters without a value are given when it is asked.

    `into` makes the row of the values in the order of the columns, such as a dataclass; else it is a named tuple.
    """

    def __init__(self, statement: Select[*tuple[Any, ...]], into: Callable[..., Row] | None = None) -> None:
        self._statement, self._into = statement, into

    @cached_property
    def sql(self) -> bytes:
        """As the driver takes it: constants in the text, open parameters by name."""
        compiled = self._statement.compile(dialect=DIALECT())
        fixed = {name: value for name, value in compiled.params.items() if value is not None}

        def written(found: re.Match[str]) -> str:
            return Literal(fixed[found[1]]).as_string().replace("%", "%%") if found[1] in fixed else found[0]

        return _PARAMETER.sub(written, str(compiled)).encode()

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
    answers = send(session, *((each.sql, values) for each in questions))
    return [[each.row(found) for found in answer] for each, answer in zip(questions, answers, strict=True)]


def send(session: Session, *statements: tuple[bytes, Mapping[str, Any]]) -> list[Sequence[tuple[Any, ...]]]:
    """What each statement answers, within the session's transaction; all of them leave before the first answer."""
    session.flush()
    connection = session.connection()
    driver = cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)
    try:
        with driver.pipeline():
            cursors = [driver.execute(sql, values) for sql, values in statements]
        return [cursor.fetchall() if cursor.description else [] for cursor in cursors]
    except psycopg.Error as error:  # as SQLAlchemy does: a connection that died leaves the pool, whoever waits is told
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError(None, None, error, connection_invalidated=driver.closed) from error
