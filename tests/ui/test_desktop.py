"""From the start of the program to its main window: who is remembered, each refusal, and the domain's way in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk import desktop
from desk.desktop import Desktop
from desk.settings import Settings
from tests.postgres import Database, password_of
from tests.ui.conftest import close_windows

Start = Callable[..., Desktop]


class Bugs(QObject):
    """Defects are the test's to see, so nothing is caught here."""

    happened = Signal(object)

    def install(self) -> None:
        """As it is."""

    def write_into(self, folder: Path) -> list[str]:
        """Nothing is written, and nothing was left by a crash."""
        return []


@pytest.fixture
def start(
    database: Database, guarded: None, dressed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> Iterator[Start]:
    """Starts the program as `desk` does, as often as the test wants; what one start keeps the next one finds."""
    kept = tmp_path / "desk.ini"
    monkeypatch.setattr(desktop, "_remembered", lambda: QSettings(str(kept), QSettings.Format.IniFormat))
    begun: list[Desktop] = []

    def begin(**server: Any) -> Desktop:
        app = SimpleNamespace(bugs=Bugs(), theme=dressed.theme)
        settings = Settings(log_folder=tmp_path / "log", data_folder=tmp_path / "data")
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


def test_who_is_remembered_types_the_password_alone(qtbot: QtBot, start: Start) -> None:
    program = start()
    assert program.window is not None and not program.window.remember.isChecked()
    qtbot.waitUntil(program.window.role.edit.hasFocus)
    typed("Atendente")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(program.window.password.edit.hasFocus)
    program.window.remember.setFocus()
    key(Qt.Key.Key_Space)
    program.window.password.edit.setFocus()
    typed(password_of("atendente"))
    key(Qt.Key.Key_Return)
    entered(qtbot, program)
    end(program)
    again = start()
    assert again.window is not None and again.window.remember.isChecked()
    assert again.window.role.edit.text() == "atendente"
    qtbot.waitUntil(again.window.password.edit.hasFocus)
    typed(password_of("atendente"))
    again.window.remember.setChecked(False)
    key(Qt.Key.Key_Return)
    entered(qtbot, again)
    end(again)
    third = start()
    assert third.window is not None and third.window.role.edit.text() == ""


def test_the_password_is_kept_nowhere(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    program = start()
    assert program.window is not None
    program.window.remember.setChecked(True)
    qtbot.waitUntil(program.window.role.edit.hasFocus)
    typed("atendente")
    key(Qt.Key.Key_Return)
    typed(password_of("atendente"))
    key(Qt.Key.Key_Return)
    entered(qtbot, program)
    end(program)
    program.remembered.sync()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept and all(password_of("atendente").encode() not in path.read_bytes() for path in kept)


def refused(qtbot: QtBot, program: Desktop, password: str) -> str:
    """What is said to who types this password."""
    window = program.window
    assert window is not None
    qtbot.waitUntil(window.role.edit.hasFocus)
    typed("atendente")
    key(Qt.Key.Key_Return)
    typed(password)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(window.note.isVisible)
    assert window.isVisible() and program.session is None
    assert window.role.edit.text() == "atendente"  # what was typed stays
    return window.note.label.text()


def test_each_refusal_has_its_own_text_and_leaves_the_window_as_it_was(
    qtbot: QtBot, database: Database, start: Start
) -> None:
    said = {refused(qtbot, (program := start()), "nao-e-esta-1")}
    end(program)
    said.add(refused(qtbot, (program := start(port="1")), password_of("atendente")))
    end(program)
    for version in ("9999", "0001"):
        database.admin().execute("UPDATE desk.alembic_version SET version_num = %s", (version,))
        said.add(refused(qtbot, (program := start()), password_of("atendente")))
        end(program)
    assert len(said) == 4
    assert any("senha" in text for text in said) and all(text.endswith(".") for text in said)


def test_after_a_wrong_password_the_right_one_is_typed_over_it(qtbot: QtBot, start: Start) -> None:
    program = start()
    refused(qtbot, program, "nao-e-esta-1")
    typed(password_of("atendente"))
    key(Qt.Key.Key_Return)
    entered(qtbot, program)


@pytest.mark.parametrize("offered", [True, False])
def test_the_domains_way_in_is_offered_where_the_server_has_it(start: Start, offered: bool) -> None:
    window = start(single_sign_on=offered).window
    assert window is not None
    assert (window.single is not None and window.single.isVisible()) is offered


def test_where_the_domain_is_not_known_the_password_is_still_a_way_in(qtbot: QtBot, start: Start) -> None:
    program = start(single_sign_on=True)
    assert program.window is not None and program.window.single is not None
    program.window.single.setFocus()
    key(Qt.Key.Key_Space)
    qtbot.waitUntil(program.window.note.isVisible)
    program.window.role.edit.setFocus()
    typed("atendente")
    key(Qt.Key.Key_Return)
    typed(password_of("atendente"))
    key(Qt.Key.Key_Return)
    entered(qtbot, program)
