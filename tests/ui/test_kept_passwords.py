"""Lembrar minha senha: kept in the system's keyring for one person of one server, and nowhere else."""

from __future__ import annotations

import threading
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit
from pytestqt.qtbot import QtBot

from desk.desktop import Desktop
from desk.no_secrets import without_secrets
from desk.services.permissions import ChangeOwnPassword
from desk.ui.shell.sign_in import SignInWindow
from tests.postgres import Database, password_of
from tests.rings import AltRing, OtherRing, Ring, UseRing
from tests.ui.starting import Start, end, entered, key, typed
from tests.ui.starting import start as start

PASSWORD = password_of("atendente")
OTHER = "outra-senha-bem-comprida"


@pytest.fixture
def ring(start: Start, use_ring: UseRing) -> Ring:
    made = Ring()
    use_ring(made)
    return made


def window_of(program: Desktop) -> SignInWindow:
    assert program.window is not None
    return program.window


def press(box: QCheckBox) -> None:
    box.setFocus()
    key(Qt.Key.Key_Space)


def sign_in(qtbot: QtBot, program: Desktop, role: str = "atendente", *, keep: bool) -> None:
    """Type name and password, and wish what is to be kept, by keys."""
    window = window_of(program)
    qtbot.waitUntil(window.keep.isVisible)
    window.role.edit.setFocus()
    window.role.edit.selectAll()
    typed(role)
    if window.keep.isChecked() is not keep:
        press(window.keep)
    window.password.edit.setFocus()
    typed(password_of(role))
    key(Qt.Key.Key_Return)
    entered(qtbot, program)


def kept_by(qtbot: QtBot, start: Start, ring: Ring) -> None:
    """An earlier day, on which atendente wished the password to be kept."""
    program = start()
    sign_in(qtbot, program, keep=True)
    qtbot.waitUntil(lambda: list(ring.kept.values()) == [PASSWORD])
    end(program)


def filled(qtbot: QtBot, program: Desktop) -> SignInWindow:
    """The window once the kept password stands in it."""
    window = window_of(program)
    qtbot.waitUntil(lambda: window.password.edit.text() != "")
    return window


def test_a_kept_password_leaves_only_enter_to_press(qtbot: QtBot, start: Start, ring: Ring, tmp_path: Path) -> None:
    kept_by(qtbot, start, ring)
    again = start()
    window = filled(qtbot, again)
    assert (window.role.edit.text(), window.remember.isChecked(), window.keep.isChecked()) == ("atendente", True, True)
    assert window.password.edit.echoMode() == QLineEdit.EchoMode.Password
    qtbot.waitUntil(window.password.edit.hasFocus)
    key(Qt.Key.Key_Return)
    entered(qtbot, again)
    again.remembered.sync()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files and all(PASSWORD.encode() not in path.read_bytes() for path in files)
    assert PASSWORD not in without_secrets(f"it was {PASSWORD}, said a report")


def test_nothing_is_kept_unless_wished(qtbot: QtBot, start: Start, ring: Ring) -> None:
    program = start()
    qtbot.waitUntil(window_of(program).keep.isVisible)
    assert not window_of(program).keep.isChecked()
    sign_in(qtbot, program, keep=False)
    assert ring.kept == {} and not program.remembered.value("kept")


@pytest.mark.parametrize("other", [NoKeyring(), AltRing(), OtherRing()], ids=["none", "plain text", "unknown"])
def test_without_a_keyring_of_the_system_nothing_is_offered(
    qtbot: QtBot, start: Start, use_ring: UseRing, other: keyring.backend.KeyringBackend
) -> None:
    use_ring(other)
    program = start()
    heard: list[bool] = []
    program.passwords.look(heard.append)  # answered after the window's own question
    qtbot.waitUntil(lambda: heard == [False])
    assert window_of(program).keep.isHidden()


def test_the_eye_does_not_open_what_was_kept(qtbot: QtBot, start: Start, ring: Ring) -> None:
    kept_by(qtbot, start, ring)
    window = filled(qtbot, start())
    eye = window.password._eye
    assert not eye.isVisible()
    window.password.edit.end(False)
    window.password.edit.setFocus()
    typed("x")
    assert window.password.edit.text() == ""
    typed("nova")
    assert window.password.edit.text() == "nova" and eye.isVisible()


def test_a_refused_password_is_forgotten_at_once(qtbot: QtBot, database: Database, start: Start, ring: Ring) -> None:
    kept_by(qtbot, start, ring)
    database.admin().execute(f"ALTER ROLE atendente PASSWORD '{OTHER}'")
    again = start()
    window = filled(qtbot, again)
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(window.note.isVisible)
    assert window.note.label.text() == (
        "A senha guardada não vale mais. Ela foi apagada deste computador. Digite a senha."
    )
    qtbot.waitUntil(lambda: ring.kept == {} and not again.remembered.value("kept"))
    assert window.password.edit.hasFocus() and window.password.edit.text() == ""
    typed(OTHER)
    key(Qt.Key.Key_Return)
    entered(qtbot, again)
    qtbot.waitUntil(lambda: list(ring.kept.values()) == [OTHER])  # the box is still ticked


def test_a_mistyped_password_forgets_nothing(qtbot: QtBot, start: Start, ring: Ring) -> None:
    kept_by(qtbot, start, ring)
    again = start()
    window = filled(qtbot, again)
    typed("nao-e-esta-1")  # over what was filled in
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(window.note.isVisible)
    assert "guardada" not in window.note.label.text() and list(ring.kept.values()) == [PASSWORD]


@pytest.mark.parametrize("box", ["keep", "remember"])
def test_unticking_forgets(qtbot: QtBot, start: Start, ring: Ring, box: str) -> None:
    kept_by(qtbot, start, ring)
    again = start()
    window = filled(qtbot, again)
    press(getattr(window, box))
    qtbot.waitUntil(lambda: ring.kept == {} and not again.remembered.value("kept"))
    assert not window.keep.isChecked()


def test_a_changed_password_replaces_the_kept_one(qtbot: QtBot, start: Start, ring: Ring) -> None:
    kept_by(qtbot, start, ring)
    again = start()
    filled(qtbot, again)
    key(Qt.Key.Key_Return)
    entered(qtbot, again)
    assert again.session is not None
    again.session.desk.do(ChangeOwnPassword(old=PASSWORD, password=OTHER), owner=again)
    qtbot.waitUntil(lambda: list(ring.kept.values()) == [OTHER] and not again.runner.busy)


def test_a_changed_password_is_not_kept_for_who_did_not_wish_it(qtbot: QtBot, start: Start, ring: Ring) -> None:
    program = start()
    sign_in(qtbot, program, keep=False)
    assert program.session is not None
    heard: list[object] = []
    program.session.desk.executed.connect(heard.append)
    program.session.desk.do(ChangeOwnPassword(old=PASSWORD, password=OTHER), owner=program)
    qtbot.waitUntil(lambda: len(heard) == 1 and not program.runner.busy)
    assert ring.kept == {}


def test_each_person_has_an_own_entry(qtbot: QtBot, start: Start, ring: Ring) -> None:
    kept_by(qtbot, start, ring)
    program = start()
    window = filled(qtbot, program)
    window.role.edit.setFocus()
    window.role.edit.selectAll()
    typed("suporte")
    assert window.password.edit.text() == "" and not window.keep.isChecked()
    sign_in(qtbot, program, "suporte", keep=True)
    qtbot.waitUntil(lambda: {name: kept for (_, name), kept in ring.kept.items()} == {
        "atendente": PASSWORD, "suporte": password_of("suporte")
    })  # fmt: skip
    assert program.session is not None
    program.session.shell.sign_out()  # Trocar de Usuário
    window = filled(qtbot, program)
    assert (window.role.edit.text(), window.password.edit.text()) == ("suporte", password_of("suporte"))
    window.role.edit.setFocus()
    window.role.edit.selectAll()
    typed("atendente")
    key(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.password.edit.text() == PASSWORD)
    qtbot.waitUntil(lambda: not program.runner.busy)


@pytest.mark.parametrize("other", [{"port": "1"}, {"database": "outra"}, {"host": "outro.exemplo"}], ids=str)
def test_another_server_is_not_given_it(qtbot: QtBot, start: Start, ring: Ring, other: dict[str, str]) -> None:
    kept_by(qtbot, start, ring)
    window = window_of(start(**other))
    qtbot.waitUntil(window.keep.isVisible)
    assert window.role.edit.text() == "atendente"
    assert (window.password.edit.text(), window.keep.isChecked()) == ("", False)


def test_a_hanging_keyring_delays_nothing(qtbot: QtBot, start: Start, use_ring: UseRing) -> None:
    opened = threading.Event()
    use_ring(Ring(opened=opened))
    try:
        program = start()
        window = window_of(program)
        assert window.keep.isHidden()
        qtbot.waitUntil(window.role.edit.hasFocus)
        typed("atendente")
        key(Qt.Key.Key_Return)
        typed(PASSWORD)
        key(Qt.Key.Key_Return)
        entered(qtbot, program)
        end(program)  # nor does it keep the program from ending
    finally:
        opened.set()


def test_an_answer_that_comes_too_late_is_none(qtbot: QtBot, start: Start, use_ring: UseRing) -> None:
    opened = threading.Event()
    use_ring(Ring(opened=opened))
    program = start()
    program.passwords._ring.patience = 0.0
    heard: list[bool] = []
    program.passwords.look(heard.append)
    opened.set()
    qtbot.waitUntil(lambda: heard == [False])
    assert window_of(program).keep.isHidden()


def test_a_keyring_that_loses_it_is_told(qtbot: QtBot, start: Start, use_ring: UseRing) -> None:
    use_ring(Ring(keeps=False))
    program = start()
    sign_in(qtbot, program, keep=True)
    assert program.session is not None
    shown = program.session.shell.window.status
    qtbot.waitUntil(lambda: "não guardou a senha" in shown.news.text())
    qtbot.waitUntil(lambda: not program.remembered.value("kept"))


def test_where_it_is_forbidden_the_box_is_absent_and_what_was_kept_is_removed(
    qtbot: QtBot, start: Start, ring: Ring
) -> None:
    kept_by(qtbot, start, ring)
    ring.locked = True
    end(start(allowed=False))
    assert len(ring.kept) == 1
    ring.locked = False  # what could not be removed is removed the next time
    program = start(allowed=False)
    qtbot.waitUntil(lambda: ring.kept == {} and not program.remembered.value("kept"))
    assert window_of(program).keep.isHidden() and window_of(program).password.edit.text() == ""
