"""Permissions: people and what they may do; what the UI may use."""

from desk.models.people import Permission, Section
from desk.services.permissions.own_password import ChangeOwnPassword, check_new_password
from desk.services.permissions.people import (
    CreatePerson,
    People,
    PersonCreated,
    PersonRow,
    ResetPassword,
    SavePerson,
    first_password,
)

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
    "check_new_password",
    "first_password",
]
