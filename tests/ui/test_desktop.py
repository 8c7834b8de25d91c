"""From the start of the program to its main window: who is remembered, each refusal, and the domain's way in."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.desktop import Desktop
from tests.postgres import Database, password_of
from tests.ui.starting import Start, end, entered, key, typed
from tests.ui.starting import start as start


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
