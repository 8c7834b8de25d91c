"""What can go wrong with people, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, DomainError, Invalid, Violation


class LastAdministrator(DomainError):
    """Nobody active would be left who may administer people."""

    code = "last_administrator"


class OwnActivity(DomainError):
    """People cannot inactivate themselves."""

    code = "own_activity"


class PersonFixed(DomainError):
    """The role is a service or an administrator of the server: not to be changed from here."""

    code = "person_fixed"


CONSTRAINTS["person:last"] = LastAdministrator
CONSTRAINTS["person:self"] = OwnActivity
CONSTRAINTS["person:unknown"] = PersonFixed
CONSTRAINTS["person:exists"] = lambda: AlreadyExists(field="role")
CONSTRAINTS["person:login"] = lambda: Invalid([Violation("role", "role_shape")])
