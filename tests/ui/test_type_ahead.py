"""Typing in the tree of the area Planos goes to what begins so, and nothing that happens meanwhile gets in between."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.ui.plans.page import PlansPage
from tests.builders import Plan, a_catalog_plan, a_customer, a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, node, save, selected, shown_plans

A_MINUTE = 60_000


@pytest.fixture(autouse=True)
def unhurried(guarded: None) -> Iterator[None]:
    """Letters belong together however busy the machine is."""
    usual = QApplication.keyboardInputInterval()
    QApplication.setKeyboardInputInterval(A_MINUTE)
    yield
    QApplication.setKeyboardInputInterval(usual)


@pytest.fixture
def plans(database: Database) -> tuple[Plan, Plan]:
    """A customer with two plans whose names and logins tell one after some letters."""
    customer = a_customer(database)
    home = a_plan(database, customer=customer, catalog_plan=a_catalog_plan(database, "FIBRA Sítio"),
                  logins=("camera.1", "camila.casa"))  # fmt: skip
    shop = a_plan(database, customer=customer, catalog_plan=a_catalog_plan(database, "FIBRA Loja"), logins=("loja",))
    return home, shop


def word(qtbot: QtBot, page: PlansPage, letters: str) -> None:
    """Letters in one go, after a moment without keys."""
    QApplication.setKeyboardInputInterval(0)
    qtbot.keyClicks(page.tree, letters[:1])
    QApplication.setKeyboardInputInterval(A_MINUTE)
    qtbot.keyClicks(page.tree, letters[1:])


def test_letters_go_to_what_begins_with_them(
    qtbot: QtBot, database: Database, desk_as: DeskAs, plans: tuple[Plan, Plan]
) -> None:
    home, shop = plans
    page = shown_plans(qtbot, desk_as("atendente"), home.customer_id)
    for typed, found in (
        ("cam", ("login", home.logins[0].id)),
        ("cami", ("login", home.logins[1].id)),
        ("FIBRA L", ("plan", shop.id)),  # capitals and blanks are letters too
        ("fibra si", ("plan", home.id)),  # accents do not matter, as in the search
        ("planos i", ("group", page.tree.nodes.root.children[1].row)),
        ("loj", ("login", shop.logins[0].id)),
    ):
        word(qtbot, page, typed)
        assert selected(page) == found, typed
    word(qtbot, page, "zz")  # nothing begins so: one stays
    assert selected(page) == ("login", shop.logins[0].id)
    calm(qtbot, page)
    assert page.panel.title.text() == node(page, ("plan", shop.id)).text


def test_the_same_letter_again_and_again_walks_through_all_that_begin_so(
    qtbot: QtBot, database: Database, desk_as: DeskAs, plans: tuple[Plan, Plan]
) -> None:
    home, shop = plans
    page = shown_plans(qtbot, desk_as("atendente"), home.customer_id)
    page.tree.select(("plan", home.id))
    seen = []
    for _ in range(3):
        word(qtbot, page, "c")
        seen.append(selected(page))
    first, second = (("login", login.id) for login in home.logins)
    assert seen == [first, second, first]
    word(qtbot, page, "f")
    assert selected(page) == ("plan", shop.id)
    calm(qtbot, page)


def test_what_is_typed_survives_a_reload_and_what_another_desk_does(
    qtbot: QtBot, database: Database, desk_as: DeskAs, plans: tuple[Plan, Plan]
) -> None:
    home, shop = plans
    page = shown_plans(qtbot, desk_as("atendente", listen=True), home.customer_id)
    tree = page.tree
    tree.setExpanded(tree.nodes.index_of(node(page, ("plan", shop.id))), False)
    word(qtbot, page, "cam")
    assert selected(page) == ("login", home.logins[0].id)
    qtbot.keyClick(tree, Qt.Key.Key_F5)
    calm(qtbot, page)
    assert selected(page) == ("login", home.logins[0].id)
    save(database, "administrador", shop.id, reference="Esquina")

    def seen() -> bool:
        # The listener may have begun to listen after the notice; anybody's later one tells as well.
        database.admin().execute("SELECT pg_notify('desk_changed', %s)", (f"plans/{home.customer_id}",))
        return node(page, ("plan", shop.id)).text.endswith("Esquina")

    qtbot.waitUntil(seen)
    calm(qtbot, page)
    assert selected(page) == ("login", home.logins[0].id)
    assert tree.hasFocus()
    qtbot.keyClicks(tree, "i")  # “cami”: the letters before both reloads still count
    assert selected(page) == ("login", home.logins[1].id)
    assert not tree.isExpanded(tree.nodes.index_of(node(page, ("plan", shop.id))))
    assert tree.isExpanded(tree.nodes.index_of(node(page, ("plan", home.id))))
    calm(qtbot, page)
