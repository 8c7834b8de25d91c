"""The database goes out of sight and comes back: the band over the window and the status bar say so, and stop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desk.services.core.errors import DatabaseLost
from desk.ui.core.message_box import MessageBox
from desk.ui.core.messages import explain
from desk.ui.shell.main_window import MainWindow
from desk.ui.shell.registry import settings_pages
from desk.ui.shell.settings_window import SettingsWindow
from desk.ui.shell.shell import Shell
from desk.ui.shell.status_bar import StatusBar
from tests.builders import a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, listen
from tests.ui.settings import calm


@pytest.fixture
def shell(qtbot: QtBot, desk_as: DeskAs) -> Iterator[Shell]:
    """The program as it stands after signing in."""
    desk = desk_as("atendente")
    shell = Shell(desk, "servidor", lambda debts: None, lambda: None)  # type: ignore[arg-type, return-value]
    shell.window.show()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    yield shell
    shell.window.close()


def footer(window: MainWindow) -> str:
    """What the status bar says of the database."""
    return next(iter(window.findChildren(StatusBar))).database.text()


def test_the_band_and_the_status_bar_come_and_go_with_the_connection(qtbot: QtBot, shell: Shell) -> None:
    window, desk = shell.window, shell.desk
    assert window.lost.isHidden() and footer(window) == "Conectado a servidor"
    for _ in range(2):  # as often as it happens
        desk.connected.emit(False)
        assert window.lost.isVisible() and footer(window) == "Sem conexão com servidor"
        assert window.lost.label.text().startswith("O banco de dados não responde.")
        desk.connected.emit(True)
        assert window.lost.isHidden() and footer(window) == "Conectado a servidor"


@pytest.mark.parametrize("committed", [True, False, None])
def test_the_box_says_what_became_of_the_write(qtbot: QtBot, shell: Shell, committed: bool | None) -> None:
    text = explain(DatabaseLost(committed, asked=False))
    shell.desk.fail(text)
    box = dialog(qtbot, MessageBox)
    assert (box.text.what, box.text.do) == (text.what, text.do)
    box.reject()


def test_what_loads_again_by_itself_puts_no_box_over_what_is_being_typed(
    qtbot: QtBot, database: Database, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shell.desk
    shell.open_customer(a_plan(database).customer_id)
    qtbot.waitUntil(lambda: shell.window.current is not None and not desk.background.busy, timeout=PATIENCE)
    assert shell.window.current is not None
    for page in ("record", "history", "plans"):
        shell.window.current.go(page)
    settings = SettingsWindow(desk, shell.window)
    settings.show()
    for kind in settings_pages():
        settings.go(kind.id)
    calm(qtbot, desk)
    asked: list[str] = []

    def lost(command: object, **_: object) -> None:
        asked.append(type(command).__name__)
        raise DatabaseLost()

    monkeypatch.setattr(desk.bus, "execute", lost)
    failures = listen(desk.failed)
    desk.changed.emit(frozenset({"*"}))
    calm(qtbot, desk)
    assert {"CustomerHeader", "CustomerRecord", "CustomerHistory", "CustomerPlanTree", "Lists"} <= set(asked)
    assert not failures, [text.code for text in failures]
    settings.reject()
