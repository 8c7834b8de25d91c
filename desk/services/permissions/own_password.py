"""Changing one's own password: only a verifier leaves this machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql
from sqlalchemy import text

from desk.services.core.bus import Command, use_case
from desk.services.core.errors import Invalid, Violation
from desk.services.core.work import Work

SHORTEST = 12
COMMON = frozenset(
    {
        "123456789012",
        "senha1234567",
        "provedor1234",
        "mudar1234567",
        "administrador",
        "qwertyuiop12",
        "password1234",
        "internet1234",
        "senhasenhasenha",
    }
)


@dataclass(frozen=True, kw_only=True)
class ChangeOwnPassword(Command[None]):
    """Trocar Minha Senha, for the person who is signed in."""

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
    """ALTER ROLE with a SCRAM verifier made here; the password in the clear never travels (security.md 3)."""
    if found := list(check_new_password(cmd.password, work.actor.role)):
        raise Invalid(found)
    driver: Any = work.session.connection().connection.driver_connection
    verifier = driver.pgconn.encrypt_password(cmd.password.encode(), work.actor.role.encode(), b"scram-sha-256")
    change = sql.SQL("ALTER ROLE {} PASSWORD {}").format(
        sql.Identifier(work.actor.role), sql.Literal(verifier.decode())
    )
    driver.execute(change)
    work.session.execute(text("SELECT desk.password_changed()"))
