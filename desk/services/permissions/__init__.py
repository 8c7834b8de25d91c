"""Permissions: people and what they may do; what the UI may use."""

from desk.models.people import Permission, Section
from desk.services.permissions import errors as _errors
from desk.services.permissions.own_password import ChangeOwnPassword, check_new_password
from desk.services.permissions.people import (
    CreatePerson,
    People,
    PersonCreated,
    PersonRow,
    ResetPassword,
    SavePerson,
    SetPersonActive,
    first_password,
)

_ = _errors  # importing it is what maps the database's refusals
__all__ = [
    "ChangeOwnPassword",
    "CreatePerson",
    "People",
    "Permission",
    "PersonCreated",
    "PersonRow",
    "ResetPassword",
    "SavePerson",
    "Section",
    "SetPersonActive",
    "check_new_password",
    "first_password",
]
