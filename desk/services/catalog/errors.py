"""What can go wrong with the catalogue and the lists around it, as types."""

from __future__ import annotations

from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, Busy, DomainError


class StatusInUse(DomainError):
    """Plans have the status, or another status leads to it."""

    code = "status_in_use"


class SystemStatus(DomainError):
    """The program itself knows the status by its code."""

    code = "system_status"


class StatusHeld(DomainError):
    """Plans have the status, so its group and its access stay: settings do not open or close their network."""

    code = "status_held"


class EntryInUse(DomainError):
    """Something refers to the entry of a list."""

    code = "entry_in_use"


CONSTRAINTS["uq_catalog_plans_name"] = lambda: AlreadyExists(field="name")
CONSTRAINTS["uq_plan_statuses_description"] = lambda: AlreadyExists(field="description")
CONSTRAINTS["pk_plan_statuses"] = Busy  # two desks made a code of the same words at once
CONSTRAINTS["rule:system_status"] = SystemStatus
CONSTRAINTS["rule:status_held"] = StatusHeld
CONSTRAINTS["uq_cities_ibge"] = lambda: AlreadyExists(field="ibge")
for _name in ("uq_cities_name_state", "uq_business_units_name", "uq_service_groups_name", "uq_payment_methods_name"):
    CONSTRAINTS[_name] = lambda: AlreadyExists(field="name")
