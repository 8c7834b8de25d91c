"""Every action is sound, whoever adds it: label, icon, key, permission, and a menu that builds."""

from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from desk.services import register_all
from desk.services.core.bus import HANDLERS
from desk.ui.core import icons
from desk.ui.core.actions import Action, accelerated
from desk.ui.shell import registry

register_all()
REGISTRY = registry.all_actions()
# Keys that Qt's own widgets need, and those that ABNT2 keyboards type characters with.
FORBIDDEN = {"Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A", "F4", "Ctrl+Alt+E"}


@pytest.mark.parametrize("action", list(REGISTRY), ids=lambda action: action.id)
def test_action_is_sound(action: Action, qapp: object) -> None:
    assert action.label
    assert icons.known(action.icon)
    assert action.command is None or action.command in HANDLERS
    assert action.palette in ("", "plan", "customer", "program")
    assert action.id.count(".") >= 1
    if action.shortcut:
        assert not QKeySequence(action.shortcut).isEmpty()
        assert action.shortcut not in FORBIDDEN
        assert "Ctrl+Alt" not in action.shortcut, "that is AltGr on ABNT2"


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(action.shortcut for action in REGISTRY if action.shortcut)
    assert not [key for key, count in keys.items() if count > 1]


def test_accelerators_are_unique_within_each_menu(qapp: object) -> None:
    for menu in {action.menu for action in REGISTRY}:
        labels = accelerated([(action.text(), action.shortcut) for action in REGISTRY.of(menu)])
        letters = [label[label.index("&") + 1].lower() for label in labels if "&" in label]
        assert len(letters) == len(set(letters)), menu


def test_every_contributed_page_has_its_place() -> None:
    pages = registry.customer_pages()
    assert [page.id for page in pages] == ["record", "plans", "history"]
    assert len({page.label.partition("&")[2][0] for page in pages}) == len(pages)
