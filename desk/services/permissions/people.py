"""People: created, changed, granted and inactivated through the database's own functions, which are the fence."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, Violation
from desk.services.core.work import Work
from desk.services.permissions.own_password import check_new_password

WORDS = [
    "fibra",
    "sinal",
    "ponte",
    "serra",
    "verde",
    "canto",
    "barco",
    "linha",
    "praia",
    "vento",
    "pedra",
    "campo",
    "livro",
    "mesa",
    "janela",
    "escada",
    "farol",
    "trilha",
    "rio",
    "monte",
    "lago",
    "folha",
    "areia",
    "nuvem",
    "tinta",
    "porta",
    "chave",
    "torre",
    "roda",
    "corda",
    "vela",
    "mapa",
    "selo",
    "prata",
    "cobre",
    "bambu",
    "cedro",
]


@dataclass(frozen=True)
class PersonRow:
    """One person with what they hold."""

    role: str
    full_name: str
    job: str
    active: bool
    service: bool
    seller: bool
    must_change_password: bool
    permissions: frozenset[str]  # codes
    version: int


@dataclass(frozen=True)
class PersonCreated:
    """A person who can sign in now."""

    role: str


@dataclass(frozen=True)
class People(Query[list[PersonRow]]):
    """Everybody, the active first; one statement."""


@dataclass(frozen=True, kw_only=True)
class CreatePerson(Command[PersonCreated]):
    """Novo usuário, with a first password that must be changed."""

    role: str
    full_name: str
    job: str = ""
    seller: bool = False
    password: str = field(repr=False)
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class SavePerson(Command[None]):
    """Name, job, seller, activity and permissions of a person; only what differs is sent."""

    role: str
    full_name: str
    job: str
    seller: bool
    active: bool
    permissions: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Command[None]):
    """Redefinir senha: the person must change it at the next sign-in."""

    role: str
    password: str = field(repr=False)


_PEOPLE = text("""
    SELECT p.role, p.full_name, p.job, p.active, p.service, p.seller, p.must_change_password,
           ARRAY(SELECT g.permission FROM desk.person_permissions g WHERE g.role = p.role) AS permissions, p.version
      FROM desk.people p ORDER BY p.active DESC, p.full_name""")


@use_case(People, permission=Permission.USERS)
def people(query: People, work: Work) -> list[PersonRow]:
    """What the page lists."""
    return [
        PersonRow(**(dict(row) | {"permissions": frozenset(row["permissions"])}))
        for row in work.session.execute(_PEOPLE).mappings()
    ]


def first_password() -> str:
    """Three words and a number: easy to read aloud, and to be changed at once."""
    return "-".join((*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(900) + 100)))


def verifier(work: Work, role: str, password: str) -> str:
    """SCRAM verifier made on this machine; the password itself never travels."""
    driver: Any = work.session.connection().connection.driver_connection
    made: bytes = driver.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return made.decode()


def _call(work: Work, function: str, **values: object) -> None:
    names = ", ".join(f":{name}" for name in values)
    work.session.execute(text(f"SELECT desk.{function}({names})"), values)


@use_case(CreatePerson, permission=Permission.USERS)
def create_person(cmd: CreatePerson, work: Work) -> PersonCreated:
    """Make the role, the person and the grants in one transaction."""
    role = cmd.role.strip().lower()
    found = [*check_new_password(cmd.password, role)]
    if not cmd.full_name.strip():
        found.append(Violation("full_name", "required"))
    if not role:
        found.append(Violation("role", "required"))
    if found:
        raise Invalid(found)
    name, job = cmd.full_name.strip(), cmd.job.strip()
    _call(work, "person_create", login=role, name=name, job=job, verifier=verifier(work, role, cmd.password))
    if cmd.seller:
        _call(work, "person_update", login=role, name=name, job=job, seller=True)
    for code in sorted(cmd.permissions):
        _call(work, "person_grant", login=role, code=code)
    work.touch("people")
    return PersonCreated(role)


@use_case(SavePerson, permission=Permission.USERS)
def save_person(cmd: SavePerson, work: Work) -> None:
    """Send the difference: grants before revocations, so that the last administrator is never lost in between."""
    row = next(found for found in people(People(), work) if found.role == cmd.role)
    if not cmd.full_name.strip():
        raise Invalid([Violation("full_name", "required")])
    if (row.full_name, row.job, row.seller) != (cmd.full_name, cmd.job, cmd.seller):
        _call(work, "person_update", login=cmd.role, name=cmd.full_name, job=cmd.job, seller=cmd.seller)
    for code in sorted(cmd.permissions - row.permissions):
        _call(work, "person_grant", login=cmd.role, code=code)
    for code in sorted(row.permissions - cmd.permissions):
        _call(work, "person_revoke", login=cmd.role, code=code)
    if row.active != cmd.active:
        _call(work, "person_active", login=cmd.role, active=cmd.active)
    work.touch("people")


@use_case(ResetPassword, permission=Permission.USERS)
def reset_password(cmd: ResetPassword, work: Work) -> None:
    """Store another verifier; who reset it is written down beside it."""
    if found := [*check_new_password(cmd.password, cmd.role)]:
        raise Invalid(found)
    _call(work, "person_password", login=cmd.role, verifier=verifier(work, cmd.role, cmd.password))
    work.touch("people")
