"""Catalogue: what can be sold, statuses, and the small lists around them; what the UI may use."""

from desk.models.catalog import PlanGroup, PlanKind, ServiceClass
from desk.services.catalog.errors import EntryInUse, StatusInUse, SystemStatus
from desk.services.catalog.lists import (
    DeleteCity,
    DeleteListRow,
    ListRow,
    Lists,
    SaveCity,
    SaveListRow,
    SmallList,
)
from desk.services.catalog.plans import (
    LIMITS,
    CatalogPlanRow,
    CatalogPlans,
    CompositionDraft,
    SaveCatalogPlan,
)
from desk.services.catalog.statuses import DeleteStatus, SaveStatus, Statuses, StatusRow

__all__ = [
    "LIMITS",
    "CatalogPlanRow",
    "CatalogPlans",
    "CompositionDraft",
    "DeleteCity",
    "DeleteListRow",
    "DeleteStatus",
    "EntryInUse",
    "ListRow",
    "Lists",
    "PlanGroup",
    "PlanKind",
    "SaveCatalogPlan",
    "SaveCity",
    "SaveListRow",
    "SaveStatus",
    "ServiceClass",
    "SmallList",
    "StatusInUse",
    "StatusRow",
    "Statuses",
    "SystemStatus",
]
