"""Several customers open at once: their tabs by key, and where the next key goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk.ui.core.message_box import MessageBox
from desk.ui.plans.page import PlansPage
from desk.ui.plans.window import PlanDialog
from desk.ui.shell.shell import Shell
from tests.builders import Customer, a_customer, a_plan
from tests.postgres import Database
from tests.ui.conftest import ShellAs
from tests.ui.screens import PATIENCE, dialog, gone

CTRL = Qt.KeyboardModifier.ControlModifier


def found(qtbot: QtBot, shell: Shell, customer: Customer) -> None:
    """Open a customer as a person does: F3, the name, Enter."""
    qtbot.keyClick(shell.window, Qt.Key.Key_F3)
    qtbot.waitUntil(shell.search.edit.hasFocus)
    qtbot.keyClicks(shell.search.edit, customer.name)
    qtbot.keyClick(shell.search.edit, Qt.Key.Key_Return)
    front(qtbot, shell, customer)


def front(qtbot: QtBot, shell: Shell, customer: Customer) -> PlansPage:
    """Until this customer is in front and its tree has the next key."""

    def there() -> bool:
        shown = shell.window.current
        page = shown.stack.currentWidget() if shown is not None else None
        ready = isinstance(page, PlansPage) and page.shown is not None and not shell.desk.background.busy
        return shown is not None and shown.customer_id == customer.id and ready and page.tree.hasFocus()  # type: ignore[union-attr]

    qtbot.waitUntil(there, timeout=PATIENCE)
    assert shell.window.windowTitle() == f"{customer.name} – Desk"
    page = shell.window.current.stack.currentWidget()  # type: ignore[union-attr]
    assert isinstance(page, PlansPage)
    return page


def pressed(key: Qt.Key, modifier: Qt.KeyboardModifier = CTRL) -> None:
    """A key, for whoever has the focus."""
    QTest.keyClick(focus(), key, modifier)


def focus() -> QWidget:
    at = QApplication.focusWidget()
    assert at is not None, "no next key would go anywhere"
    return at


def tabs(shell: Shell) -> list[str]:
    return [shell.window.tabs.tabText(at) for at in range(shell.window.tabs.count())]


def two(qtbot: QtBot, database: Database, shell: Shell) -> tuple[Customer, Customer]:
    """Both with a plan, both open, the second in front."""
    one, other = a_customer(database, "Ana Aurora"), a_customer(database, "Bruno Barros")
    for customer in (one, other):
        a_plan(database, customer=customer, logins=1)
        found(qtbot, shell, customer)
    assert tabs(shell) == ["Ana Aurora", "Bruno Barros"]
    return one, other


def test_keys_walk_from_tab_to_tab_and_the_next_key_goes_to_the_tree(
    qtbot: QtBot, database: Database, shell_as: ShellAs
) -> None:
    shell = shell_as("atendente")
    one, other = two(qtbot, database, shell)
    pressed(Qt.Key.Key_Tab)
    front(qtbot, shell, one)
    pressed(Qt.Key.Key_Tab)
    front(qtbot, shell, other)
    pressed(Qt.Key.Key_Backtab, CTRL | Qt.KeyboardModifier.ShiftModifier)
    front(qtbot, shell, one)
    pressed(Qt.Key.Key_2)
    front(qtbot, shell, other)


def test_who_is_open_already_comes_to_the_front(qtbot: QtBot, database: Database, shell_as: ShellAs) -> None:
    shell = shell_as("atendente")
    one, _ = two(qtbot, database, shell)
    was = shell.window.customers
    found(qtbot, shell, one)
    assert tabs(shell) == ["Ana Aurora", "Bruno Barros"] and shell.window.customers == was


def test_ctrl_w_closes_the_one_in_front_and_the_other_takes_the_keys(
    qtbot: QtBot, database: Database, shell_as: ShellAs
) -> None:
    shell = shell_as("atendente")
    one, _ = two(qtbot, database, shell)
    pressed(Qt.Key.Key_W)
    front(qtbot, shell, one)
    assert tabs(shell) == ["Ana Aurora"]
    pressed(Qt.Key.Key_W)
    qtbot.waitUntil(lambda: shell.window.current is None)
    assert tabs(shell) == [] and shell.window.windowTitle() == "Desk"
    pressed(Qt.Key.Key_W)  # nothing is left to close
    qtbot.waitUntil(shell.search.edit.hasFocus)  # the next key searches


def test_what_was_typed_is_asked_about_before_anything_closes(
    qtbot: QtBot, database: Database, shell_as: ShellAs
) -> None:
    shell = shell_as("atendente")
    _, other = two(qtbot, database, shell)
    pressed(Qt.Key.Key_F2, Qt.KeyboardModifier.NoModifier)
    editor = dialog(qtbot, PlanDialog)
    qtbot.waitUntil(lambda: not shell.desk.background.busy)
    field = editor.form["reference"].editor
    field.setFocus()
    qtbot.keyClicks(field, "Casa da praia")
    for key in (Qt.Key.Key_W, Qt.Key.Key_Tab):
        pressed(key)
        assert tabs(shell) == ["Ana Aurora", "Bruno Barros"]
        assert shell.window.current is not None and shell.window.current.customer_id == other.id
    shell.window.close()  # as the task bar's “fechar” does
    box = dialog(qtbot, MessageBox)
    assert shell.window.isVisible() and box.text.what == "Há alterações que não foram salvas."
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    gone(qtbot, MessageBox)
    assert editor.isVisible() and editor.form["reference"].value() == "Casa da praia"
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    box = dialog(qtbot, MessageBox)
    assert box.primary is not None and box.primary.text().replace("&", "") == "Fechar sem salvar"
    QTest.mouseClick(box.primary, Qt.MouseButton.LeftButton)
    gone(qtbot, PlanDialog)
    assert tabs(shell) == ["Ana Aurora", "Bruno Barros"] and shell.window.isVisible()
