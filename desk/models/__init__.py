"""Tables, enums, and the declarations that the database enforces them by."""

from desk.models import (
    access_points,
    catalog,
    customers,
    history,
    logins,
    outbox,
    people,
    plans,
    retention,
    secrets,
    variables,
)
from desk.models.base import Base, metadata

__all__ = [
    "Base",
    "access_points",
    "catalog",
    "customers",
    "history",
    "logins",
    "metadata",
    "outbox",
    "people",
    "plans",
    "retention",
    "secrets",
    "variables",
]
