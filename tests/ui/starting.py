"""The program from its start, as `desk` does it, before a database of the test and a keyring of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk import desktop
from desk.desktop import Desktop
from desk.settings import Settings
from tests.postgres import Database
from tests.rings import UseRing
from tests.ui.conftest import close_windows

Start = Callable[..., Desktop]


class Bugs(QObject):
    """Defects are the test's to see, so nothing is caught here."""

    happened = Signal(object)

    def install(self) -> None:
        """As it is."""

    def write_into(self, folder: Path) -> list[str]:
        """Nothing is written, and no report of an earlier end is found."""
        return []


@pytest.fixture
def start(
    database: Database,
    guarded: None,
    dressed: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
    use_ring: UseRing,
) -> Iterator[Start]:
    """Starts the program as `desk` does, as often as the test wants; what one start keeps the next one finds.

    There is no keyring, unless the test puts one there.
    """
    use_ring(NoKeyring())
    kept = tmp_path / "desk.ini"
    monkeypatch.setattr(desktop, "remembered", lambda: QSettings(str(kept), QSettings.Format.IniFormat))
    begun: list[Desktop] = []

    def begin(allowed: bool = True, **server: Any) -> Desktop:
        app = SimpleNamespace(bugs=Bugs(), theme=dressed.theme)
        settings = Settings(log_folder=tmp_path / "log", data_folder=tmp_path / "data", keep_password=allowed)
        made = Desktop(app, database.server()._replace(**server), "Provedor Exemplo", settings=settings)  # type: ignore[arg-type]
        begun.append(made)
        made.start()
        assert made.window is not None
        made.window.activateWindow()
        qtbot.waitUntil(lambda: made.window is not None and made.window.isActiveWindow() and not made.runner.busy)
        return made

    yield begin
    for each in begun:
        end(each)
    close_windows()


def end(program: Desktop) -> None:
    """Close its windows, as the person does at the end of the day."""
    if program.session is not None:
        program.session.shell.search.close_popup()
        program.session.shell.window.close()
    if program.window is not None:
        program.window.close()
    program.runner.close()


def typed(text: str) -> None:
    """Letters, for whoever has the focus."""
    at = QApplication.focusWidget()
    assert at is not None, "no next key would go anywhere"
    QTest.keyClicks(at, text)


def key(which: Qt.Key) -> None:
    at = QApplication.focusWidget()
    assert at is not None, "no next key would go anywhere"
    QTest.keyClick(at, which)


def entered(qtbot: QtBot, program: Desktop) -> None:
    """The main window is there, and the next key searches."""
    qtbot.waitUntil(lambda: program.session is not None)
    assert program.window is None and program.session is not None
    shell = program.session.shell
    shell.window.activateWindow()
    qtbot.waitUntil(lambda: shell.search.edit.hasFocus() and not program.runner.busy)
