"""The sign-in window over the real database: who gets in, and what each refusal says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.bootstrap import SignedIn, sign_in
from desk.ui.core.background import TaskRunner
from desk.ui.shell.sign_in import Credentials, SignInWindow
from tests.postgres import Database, password_of
from tests.ui.screens import PATIENCE


class Door:
    """A sign-in window, and whom it let in."""

    def __init__(self, database: Database, port: str, *, single: bool = False) -> None:
        self.server = database.server()
        self.server = self.server._replace(port=port or self.server.port)
        self.runner = TaskRunner()
        self.asked: list[Credentials] = []
        self.entered: list[SignedIn] = []
        self.window = SignInWindow(
            self.runner, self.enter, company="Provedor", server="x", verified=False, single_sign_on=single
        )
        self.window.signed_in.connect(self.entered.append)

    def enter(self, typed: Credentials) -> SignedIn:
        """As the desktop does it."""
        self.asked.append(typed)
        return sign_in(self.server, typed.role, typed.password)

    def close(self) -> None:
        """End what was opened."""
        for each in self.entered:
            each.close()
        self.runner.close()


@pytest.fixture
def door(qtbot: QtBot, database: Database, request: pytest.FixtureRequest) -> Iterator[Door]:
    """A window for the server of this test; the parameter is another port."""
    made = Door(database, getattr(request, "param", ""), single=True)
    qtbot.addWidget(made.window)
    made.window.show()
    yield made
    made.close()


def typed(qtbot: QtBot, door: Door, role: str, password: str) -> None:
    """By keys alone, Enter at the end."""
    qtbot.keyClicks(door.window.role.edit, role)
    qtbot.keyClicks(door.window.password.edit, password)
    qtbot.keyClick(door.window.password.edit, Qt.Key.Key_Return)


def test_who_types_the_right_password_gets_in(qtbot: QtBot, door: Door) -> None:
    door.window.remember.setChecked(True)
    typed(qtbot, door, "Atendente ", password_of("atendente"))
    qtbot.waitUntil(lambda: len(door.entered) == 1, timeout=PATIENCE)
    assert door.entered[0].actor.role == "atendente"
    assert (door.asked[0].role, door.asked[0].remember) == ("atendente", True)
    assert door.window.password.edit.text() == ""


def test_a_wrong_password_is_marked_to_be_typed_over(qtbot: QtBot, door: Door) -> None:
    typed(qtbot, door, "atendente", "nao-e-esta-1")
    qtbot.waitUntil(door.window.note.isVisible, timeout=PATIENCE)
    assert "Usuário ou senha não confere." in door.window.note.label.text()
    assert door.window.password.edit.selectedText() == "nao-e-esta-1" and door.window.doctor.isHidden()
    assert door.entered == []


@pytest.mark.parametrize(
    ("version", "said"),
    [("9999", "Este programa precisa ser atualizado."), ("0001", "O banco de dados precisa ser atualizado.")],
)
def test_another_version_has_its_own_text(
    qtbot: QtBot, database: Database, door: Door, version: str, said: str
) -> None:
    database.admin().execute("UPDATE desk.alembic_version SET version_num = %s", (version,))
    typed(qtbot, door, "atendente", password_of("atendente"))
    qtbot.waitUntil(door.window.note.isVisible, timeout=PATIENCE)
    assert said in door.window.note.label.text() and door.window.doctor.isVisible()
    assert door.entered == []


@pytest.mark.parametrize("door", ["1"], indirect=True)
def test_a_server_out_of_reach_has_its_own_text(qtbot: QtBot, door: Door) -> None:
    typed(qtbot, door, "atendente", password_of("atendente"))
    qtbot.waitUntil(door.window.note.isVisible, timeout=PATIENCE)
    said = door.window.note.label.text()
    assert "senha" not in said and door.window.doctor.isVisible() and door.entered == []


def test_the_domains_account_asks_for_no_password(qtbot: QtBot, door: Door) -> None:
    """The server of the tests offers no such way in, so it is refused; what counts is what was asked."""
    assert door.window.single is not None
    qtbot.mouseClick(door.window.single, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(door.window.note.isVisible, timeout=PATIENCE)
    assert door.asked[0].password is None and door.entered == []
