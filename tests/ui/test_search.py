"""The search field: what was meant by a typing error, by keyboard and by mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.ui.customers.hits import hit_of
from desk.ui.customers.search import SearchField
from tests.builders import a_customer
from tests.postgres import Database
from tests.ui.conftest import DeskAs


@pytest.fixture
def field(database: Database, desk_as: DeskAs, qtbot: QtBot) -> Iterator[SearchField]:
    """The field of somebody at the counter, with one customer to be found."""
    a_customer(database, "Maria Aparecida Nogueira")
    made = SearchField(desk_as("atendente"))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close_popup()


def proposed(field: SearchField) -> bool:
    return field.popup.nothing.button.text() == "Você quis dizer: maria nogueira"


def shown(field: SearchField) -> list[str]:
    hits = field.popup.hits
    return [hit_of(hits.index(row)).name for row in range(hits.rowCount())]


@pytest.mark.parametrize("how", ["Enter", "click"])
def test_a_typing_error_is_one_key_away_from_the_customer(field: SearchField, qtbot: QtBot, how: str) -> None:
    field.search("maira nogeira")
    qtbot.waitUntil(lambda: proposed(field))
    field.open_popup()
    if how == "Enter":
        QTest.keyClick(field.edit, Qt.Key.Key_Return)
    else:
        QTest.mouseClick(field.popup.nothing.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(field) == ["Maria Aparecida Nogueira"])
    assert field.edit.text() == "maria nogueira"


def test_what_is_typed_on_forgets_the_proposal(field: SearchField, qtbot: QtBot) -> None:
    field.search("maira nogeira")
    qtbot.waitUntil(lambda: proposed(field))
    field.search("zzqxkw")
    qtbot.waitUntil(lambda: not proposed(field))
    assert not field.popup.nothing.button.isVisible()
