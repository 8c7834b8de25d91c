"""Settings page of the variables."""

from __future__ import annotations

from desk.services.variables import SetVariable
from desk.ui.core.actions import Action
from desk.ui.core.pages import SettingsPage
from desk.ui.variables import texts as _texts
from desk.ui.variables.page import VariablesPage

__all__ = ["ACTIONS", "SETTINGS_PAGES"]
_ = _texts  # importing it is what registers the texts
ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(id="variables", label="Variáveis", icon="sliders", order=90, build=VariablesPage, command=SetVariable)
]
