"""Settings page of the people."""

from __future__ import annotations

from desk.ui.core.actions import Action
from desk.ui.core.pages import SettingsPage
from desk.ui.permissions.page import PeoplePage

ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(id="people", label="Usuários", icon="users", order=80, build=PeoplePage, permission="Usuários")
]
