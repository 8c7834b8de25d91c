"""Changing one's own password: only a verifier leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import text

from desk.services.core.bus import Command, use_case
from desk.services.core.errors import DatabaseLost, Invalid, TooManySessions, Violation
from desk.services.core.work import Work
from desk.services.permissions.verifiers import driver_of, verifier

SHORTEST = 12
COMMON = frozenset(
    {
        "123456789012",
        "1234567890123",
        "senha1234567",
        "senha12345678",
        "provedor1234",
        "mudar1234567",
        "administrador",
        "administrator",
        "qwertyuiop12",
        "password1234",
        "internet1234",
        "senhasenhasenha",
        "brasil123456",
    }
)


@dataclass(frozen=True, kw_only=True)
class ChangeOwnPassword(Command[None]):
    """Trocar Minha Senha, for the person who is signed in."""

    old: str = field(repr=False)
    password: str = field(repr=False)


def check_new_password(password: str, role: str) -> Iterator[Violation]:
    """At least 12 characters, not the login, none that everybody tries first. The server cannot check this."""
    if len(password) < SHORTEST:
        yield Violation("password", "too_short", {"limit": SHORTEST})
    elif role.lower() in password.lower() and len(password) < len(role) + 6:
        yield Violation("password", "password_is_login")
    elif password.lower() in COMMON or len(set(password)) < 4:
        yield Violation("password", "password_common")


@use_case(ChangeOwnPassword, permission=None)
def change_own_password(cmd: ChangeOwnPassword, work: Work) -> None:
    """ALTER ROLE with a SCRAM verifier; who sits at an open desk must know the old password to change it."""
    found = list(check_new_password(cmd.password, work.actor.role))
    if not found and cmd.password == cmd.old:
        found.append(Violation("password", "password_same"))
    if found:
        raise Invalid(found)
    driver = driver_of(work)
    if not _opens(driver, cmd.old):
        raise Invalid([Violation("old", "password_wrong")])
    made = verifier(work, work.actor.role, cmd.password)
    driver.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(work.actor.role), sql.Literal(made)))
    work.session.execute(text("SELECT desk.password_changed()"))
    # Before the commit: a connection that is opened right after it must already know both.
    work.ports.learn_password(cmd.password)


def _opens(driver: psycopg.Connection[Any], password: str) -> bool:
    """Whether the server lets the same person in with this password."""
    # The parameters of a connection never include its password.
    parameters: dict[str, Any] = {**driver.info.get_parameters(), "password": password, "connect_timeout": "5"}
    try:
        psycopg.connect(**parameters).close()
    except psycopg.OperationalError as error:
        said = str(error)
        if "FATAL" not in said:
            raise DatabaseLost(committed=False) from error
        if "too many connections" in said or "muitas conex" in said:
            raise TooManySessions(role=driver.info.user) from error
        return False
    return True
