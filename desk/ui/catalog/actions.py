"""Settings pages of the catalogue and of the small lists around it."""

from __future__ import annotations

from functools import partial

from desk.services.catalog import SaveCatalogPlan, SaveCity, SaveListRow, SaveStatus, SmallList
from desk.ui.catalog import texts as _texts
from desk.ui.catalog.lists import SmallListPage
from desk.ui.catalog.plans import CatalogPlansPage
from desk.ui.catalog.statuses import StatusesPage
from desk.ui.core.actions import Action
from desk.ui.core.pages import SettingsPage

__all__ = ["ACTIONS", "SETTINGS_PAGES"]
_ = _texts  # importing it is what registers the texts
ACTIONS: list[Action] = []
_LISTS = (
    (SmallList.CITIES, "map-pin", 30),
    (SmallList.UNITS, "buildings", 31),
    (SmallList.GROUPS, "stack", 32),
    (SmallList.METHODS, "money", 33),
)
SETTINGS_PAGES = [
    SettingsPage(
        id="catalog",
        label="Planos e Serviços",
        icon="package",
        order=10,
        build=CatalogPlansPage,
        command=SaveCatalogPlan,
    ),
    SettingsPage(id="statuses", label="Status Planos", icon="flag", order=20, build=StatusesPage, command=SaveStatus),
    *(
        SettingsPage(
            id=which.name.lower(),
            label=which.value,
            icon=icon,
            order=order,
            build=partial(SmallListPage, which),
            command=SaveCity if which is SmallList.CITIES else SaveListRow,
        )
        for which, icon, order in _LISTS
    ),
]
