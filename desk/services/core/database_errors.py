"""Makes the database's refusals into the types the screens have texts for."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
from sqlalchemy.exc import DBAPIError

from desk.models.people import Permission
from desk.services.core.errors import (
    AlreadyExists,
    Busy,
    DatabaseLost,
    DomainError,
    ForbiddenBy,
    HiddenCharacters,
    InUse,
    NotAllowed,
    ProgramOutgrown,
    Refused,
    RevealRefused,
)

# A capability names here what its own constraints mean: constraint name → error.
CONSTRAINTS: dict[str, Callable[[], DomainError]] = {"rule:hidden_characters": HiddenCharacters}

# What a statement meets in tables that have moved on: no such table, column or function, another type.
_OTHER_TABLES = ("42P01", "42703", "42883", "42804", "0A000")
_LOST_CLASSES = ("08", "57P")


def translate(error: DBAPIError | BaseException) -> DomainError | None:
    """The expected failure behind a database error; None when it is a bug of ours."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return DatabaseLost()
    if not isinstance(cause, psycopg.Error):
        return None
    state = cause.sqlstate
    if state is None:
        return DatabaseLost() if isinstance(cause, (psycopg.OperationalError, psycopg.InterfaceError)) else None
    name = cause.diag.constraint_name or ""
    if name in CONSTRAINTS:
        return CONSTRAINTS[name]()
    if state == "42501":
        return _refusal(name, cause.diag.message_primary or "")
    if state == "23505":
        return AlreadyExists(field=name)
    if state == "23503":
        return InUse(what=cause.diag.table_name or "")
    if state.startswith("23") or state in ("22023", "22001"):
        return Refused(constraint=name or state, detail=cause.diag.message_primary or "")
    if state in ("55P03", "57014", "40P01", "40001"):
        return Busy()
    if state.startswith(_LOST_CLASSES) or state == "25P03":
        return DatabaseLost()
    return None


def meets_other_tables(error: DBAPIError | BaseException) -> bool:
    """Whether the statement does not fit the tables: ours is wrong, or they are no longer those it was made for."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(cause, psycopg.Error) and cause.sqlstate in _OTHER_TABLES


def _refusal(name: str, said: str) -> DomainError:
    kind, _, what = name.partition(":")
    if kind == "permission":
        try:
            return NotAllowed(permission=Permission.by_code(what).value)
        except KeyError:
            return NotAllowed(permission=what)
    if kind == "forbidden_by":
        try:
            return ForbiddenBy(what=Permission.by_code(what).value)
        except KeyError:
            return ForbiddenBy(what=what)
    if kind == "reveal":
        return RevealRefused(why=what)
    if kind == "program":
        return ProgramOutgrown()
    if kind in ("step", "approval", "change"):
        return ForbiddenBy(what=said or name)
    if kind in ("person", "secret", "isolation", "rule"):
        return Refused(constraint=name, detail=said)
    return NotAllowed()
