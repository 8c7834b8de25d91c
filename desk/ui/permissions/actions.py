"""Settings page of the people."""

from __future__ import annotations

from desk.services.permissions import SavePerson
from desk.ui.core.actions import Action
from desk.ui.core.pages import SettingsPage
from desk.ui.permissions import texts as _texts
from desk.ui.permissions.page import PeoplePage

__all__ = ["ACTIONS", "SETTINGS_PAGES"]
_ = _texts  # importing it is what registers the texts
ACTIONS: list[Action] = []
SETTINGS_PAGES = [
    SettingsPage(id="people", label="Usuários", icon="users", order=80, build=PeoplePage, command=SavePerson)
]
