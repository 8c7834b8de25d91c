"""Joins what every capability contributes; the only place that knows them all by name."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from desk.ui.core.actions import Action, ActionRegistry
from desk.ui.core.pages import CustomerPage, SettingsPage

CAPABILITIES = (
    *("customers", "plans", "logins", "ips", "sessions", "history", "catalog", "access_points", "permissions"),
    *("variables", "drift"),
)


def _contributions(kind: str) -> Iterator[Any]:
    for name in CAPABILITIES:
        module = import_module(f"desk.ui.{name}.actions")
        yield from getattr(module, kind, ())


def all_actions() -> ActionRegistry:
    """Every action of every capability, and those of the program itself."""
    from desk.ui.shell import texts as _texts  # noqa: F401  importing it is what registers the texts
    from desk.ui.shell.actions import ACTIONS

    registry = ActionRegistry(ACTIONS)
    found: Iterator[Action] = _contributions("ACTIONS")
    registry.add(found)
    registry.add(_way_to(page) for page in settings_pages())
    return registry


def _way_to(page: SettingsPage) -> Action:
    """Each page of the settings is found by the palette; without its permission it stays grey."""
    return Action(
        id=f"program.settings.{page.id}",
        label=page.label,
        menu="settings",
        icon=page.icon,
        command=page.command,
        palette="program",
        run=lambda desk, row: desk.property("shell").show_settings(page.id),
    )


def customer_pages() -> list[CustomerPage]:
    """The areas of a customer's window, in their order."""
    return sorted(_contributions("CUSTOMER_PAGES"), key=lambda page: page.order)


def settings_pages() -> list[SettingsPage]:
    """The pages of the Painel de Configurações, in their order."""
    return sorted(_contributions("SETTINGS_PAGES"), key=lambda page: page.order)
