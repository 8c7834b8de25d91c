"""Catalogue: what can be sold, statuses, and the small lists around them; what the UI may use."""

from desk.models.catalog import PlanGroup, PlanKind, ServiceClass
from desk.services.catalog.lists import ListRow, Lists, SaveListRow, SmallList
from desk.services.catalog.plans import CatalogPlanRow, CatalogPlans, CompositionDraft, SaveCatalogPlan
from desk.services.catalog.statuses import DeleteStatus, SaveStatus, Statuses, StatusRow

__all__ = [
    "CatalogPlanRow",
    "CatalogPlans",
    "CompositionDraft",
    "DeleteStatus",
    "ListRow",
    "Lists",
    "PlanGroup",
    "PlanKind",
    "SaveCatalogPlan",
    "SaveListRow",
    "SaveStatus",
    "ServiceClass",
    "SmallList",
    "StatusRow",
    "Statuses",
]
