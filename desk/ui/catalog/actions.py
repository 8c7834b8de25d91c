"""Settings pages of the catalogue and of the small lists around it."""

from __future__ import annotations

from functools import partial

from desk.services.catalog import SmallList
from desk.ui.catalog.lists import SmallListPage
from desk.ui.catalog.plans import CatalogPlansPage
from desk.ui.catalog.statuses import StatusesPage
from desk.ui.core.actions import Action
from desk.ui.core.messages import register_violations
from desk.ui.core.pages import SettingsPage

register_violations(
    {
        "composition_sum": "A composição soma {sum}, e o valor é {price}",
        "login_limit_needed": "Quem permite login inclui ao menos um",
        "state_shape": "UF tem duas letras",
    }
)
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
        permission="Planos e Serviços",
    ),
    SettingsPage(
        id="statuses", label="Status Planos", icon="flag", order=20, build=StatusesPage, permission="Status Planos"
    ),
    *(
        SettingsPage(
            id=which.name.lower(),
            label=which.value,
            icon=icon,
            order=order,
            build=partial(SmallListPage, which),
            permission="Planos e Serviços",
        )
        for which, icon, order in _LISTS
    ),
]
