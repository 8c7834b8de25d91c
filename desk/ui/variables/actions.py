"""Settings page of the variables."""

from __future__ import annotations

from desk.ui.core.actions import Action
from desk.ui.core.messages import register_violations
from desk.ui.core.pages import SettingsPage
from desk.ui.variables.page import VariablesPage

register_violations({"variable_value": "Use S, N ou um número"})
ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(
        id="variables", label="Variáveis", icon="sliders", order=90, build=VariablesPage, permission="Variáveis"
    )
]
