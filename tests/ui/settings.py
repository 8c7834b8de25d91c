"""What tests of the settings do over and over: open a page, its editors, press buttons by their words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QMainWindow, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk.ui.core.desk import Desk
from desk.ui.core.list_page import ListPage
from desk.ui.core.reload import Reload
from desk.ui.shell.settings_window import SettingsWindow
from tests.postgres import Database
from tests.ui.screens import PATIENCE, dialog

W = TypeVar("W", bound=QWidget)


def calm(qtbot: QtBot, desk: Desk) -> None:
    """Until nothing is under way, and no screen is about to load again what an act made old."""

    def quiet() -> bool:
        waiting = (timer for shown in QApplication.topLevelWidgets() for timer in shown.findChildren(Reload))
        return not (desk.background.busy or any(timer.isActive() for timer in waiting))

    qtbot.waitUntil(quiet, timeout=PATIENCE)


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QMainWindow]:
    """The main window over which the settings open; it outlives them."""
    main = QMainWindow()
    qtbot.addWidget(main)
    main.show()
    yield main


def window(qtbot: QtBot, host: QMainWindow, desk: Desk, page: str) -> SettingsWindow:
    """The settings, opened at one page."""
    shown = SettingsWindow(desk, host)
    shown.show()
    shown.go(page)
    calm(qtbot, desk)
    return shown


def listed(shown: SettingsWindow) -> ListPage:
    """The list on the page in front."""
    inside = shown.stack.currentWidget()
    assert inside is not None
    return inside.findChildren(ListPage)[0]


def click(qtbot: QtBot, pressed: QWidget) -> None:
    qtbot.mouseClick(pressed, Qt.MouseButton.LeftButton)


def press(qtbot: QtBot, inside: QWidget, text: str) -> None:
    """Click the button with these words."""
    own = (each for each in inside.findChildren(QPushButton) if each.window() is inside.window())
    found = [each for each in own if each.text().replace("&", "") == text]
    assert len(found) == 1, text
    click(qtbot, found[0])


def save(qtbot: QtBot, desk: Desk, shown: QDialog) -> None:
    press(qtbot, shown, "Salvar")
    calm(qtbot, desk)


def editor(qtbot: QtBot, desk: Desk, page: ListPage, kind: type[W], row: int | None = None) -> W:
    """The editor, opened by Novo, or by Abrir with the bar on a row."""
    if row is None:
        click(qtbot, page.new_button)
    else:
        page.table.selectRow(row)
        click(qtbot, page.open_button)
    found = dialog(qtbot, kind)
    calm(qtbot, desk)
    return found


def cells(page: ListPage) -> list[str]:
    """The first column, from top to bottom."""
    model = page.table.model()
    return [str(model.index(at, 0).data()) for at in range(model.rowCount())]


def one(database: Database, sql: str, *values: Any) -> Any:
    return database.admin().execute(sql, values).fetchone()
