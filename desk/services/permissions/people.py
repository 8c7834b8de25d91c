"""People: created, changed, granted and inactivated through the database's own functions, which are the fence."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work
from desk.services.permissions.own_password import check_new_password
from desk.services.permissions.verifiers import verifier

WORDS = (
    *("fibra", "sinal", "ponte", "serra", "verde", "canto", "barco", "linha", "praia", "vento"),
    *("pedra", "campo", "livro", "mesa", "janela", "escada", "farol", "trilha", "rio", "monte"),
    *("lago", "folha", "areia", "nuvem", "tinta", "porta", "chave", "torre", "roda", "corda"),
    *("vela", "mapa", "selo", "prata", "cobre", "bambu", "cedro"),
)
_OWN_FIELDS = ("full_name", "job", "seller")


@dataclass(frozen=True)
class PersonRow:
    """One person with what they hold."""

    role: str
    full_name: str
    job: str
    active: bool
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
    """Everybody but the services, the active first; one statement."""


@dataclass(frozen=True, kw_only=True)
class CreatePerson(Command[PersonCreated]):
    """Novo usuário, with a first password that must be changed; without one only the domain's account signs in."""

    role: str
    full_name: str
    job: str = ""
    seller: bool = False
    password: str | None = field(repr=False)
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class SavePerson(Command[None]):
    """Name, job, seller, and the permissions (codes) that were marked and unmarked."""

    role: str
    full_name: str
    job: str = ""
    seller: bool = False
    granted: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()
    version: int


@dataclass(frozen=True, kw_only=True)
class SetPersonActive(Command[None]):
    """Inativar or Reativar; people are never deleted, since history names them."""

    role: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class ResetPassword(Command[None]):
    """Redefinir senha: the person must change it at the next sign-in."""

    role: str
    password: str = field(repr=False)


_PEOPLE = """
    SELECT p.role, p.full_name, p.job, p.active, p.seller, p.must_change_password,
           ARRAY(SELECT g.permission FROM desk.person_permissions g WHERE g.role = p.role) AS permissions, p.version
      FROM desk.people p WHERE NOT p.service"""
_ALL = text(f"{_PEOPLE} ORDER BY p.active DESC, p.full_name")
_ONE = text(f"{_PEOPLE} AND p.role = :role")


def _row(found: dict[str, Any]) -> PersonRow:
    return PersonRow(**(found | {"permissions": frozenset(found["permissions"])}))


@use_case(People, permission=Permission.USERS)
def people(query: People, work: Work) -> list[PersonRow]:
    """What the page lists."""
    return [_row(dict(found)) for found in work.session.execute(_ALL).mappings()]


def first_password() -> str:
    """Three words and a number: easy to read aloud, and to be changed at once."""
    return "-".join((*(secrets.choice(WORDS) for _ in range(3)), str(secrets.randbelow(900) + 100)))


def _call(work: Work, function: str, **values: object) -> None:
    names = ", ".join(f":{name}" for name in values)
    work.session.execute(text(f"SELECT desk.{function}({names})"), values)


@use_case(CreatePerson, permission=Permission.USERS)
def create_person(cmd: CreatePerson, work: Work) -> PersonCreated:
    """Make the role, the person and the grants in one transaction."""
    role, name, job = cmd.role.strip().lower(), cmd.full_name.strip(), cmd.job.strip()
    found = [Violation(field, "required") for field, value in (("role", role), ("full_name", name)) if not value]
    if role and cmd.password is not None:
        found += check_new_password(cmd.password, role)
    if found:
        raise Invalid(found)
    kept = None if cmd.password is None else verifier(work, role, cmd.password)
    _call(work, "person_create", login=role, name=name, job=job, verifier=kept)
    if cmd.seller:
        _call(work, "person_update", login=role, name=name, job=job, seller=True)
    for code in sorted(cmd.permissions):
        _call(work, "person_grant", login=role, code=code)
    work.touch("people")
    return PersonCreated(role)


@use_case(SavePerson, permission=Permission.USERS)
def save_person(cmd: SavePerson, work: Work) -> None:
    """Send the difference only: what another administrator granted meanwhile stays granted."""
    row = _found(work, cmd.role)
    name, job = cmd.full_name.strip(), cmd.job.strip()
    if not name:
        raise Invalid([Violation("full_name", "required")])
    if row.version != cmd.version:
        # Passwords and activity count the version up as well; only what the form shows is a conflict.
        later = [each for each in work.changes_since("people", cmd.role, cmd.version) if each.field in _OWN_FIELDS]
        if later:
            raise StaleRecord(later)
    if (row.full_name, row.job, row.seller) != (name, job, cmd.seller):
        _call(work, "person_update", login=cmd.role, name=name, job=job, seller=cmd.seller)
    # Grants first, so that the last administrator is never lost in between.
    for code in sorted(cmd.granted):
        _call(work, "person_grant", login=cmd.role, code=code)
    for code in sorted(cmd.revoked):
        _call(work, "person_revoke", login=cmd.role, code=code)
    work.touch("people")


@use_case(SetPersonActive, permission=Permission.USERS)
def set_person_active(cmd: SetPersonActive, work: Work) -> None:
    """Their open sessions lose everything with the next statement."""
    _found(work, cmd.role)
    _call(work, "person_active", login=cmd.role, active=cmd.active)
    work.touch("people")


@use_case(ResetPassword, permission=Permission.USERS)
def reset_password(cmd: ResetPassword, work: Work) -> None:
    """Store another verifier; who reset it is written down beside it."""
    if found := [*check_new_password(cmd.password, cmd.role)]:
        raise Invalid(found)
    _call(work, "person_password", login=cmd.role, verifier=verifier(work, cmd.role, cmd.password))
    work.touch("people")


def _found(work: Work, role: str) -> PersonRow:
    found = work.session.execute(_ONE, {"role": role}).mappings().one_or_none()
    if found is None:
        raise NotFound("person", role)
    return _row(dict(found))
