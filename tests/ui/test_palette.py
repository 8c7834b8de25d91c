"""Comandos and Atalhos de Teclado: whatever the program can do is found by its name, and grey says why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desk.ui.core.format import folded
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.page import PlansPage
from desk.ui.shell.help import FIXED, ShortcutsDialog
from desk.ui.shell.palette import Entry, Palette, found_in
from desk.ui.shell.shell import Shell
from tests.builders import Plan, a_plan, an_ip, insert
from tests.postgres import Database
from tests.ui.conftest import ShellAs
from tests.ui.screens import PATIENCE, dialog

CTRL = Qt.KeyboardModifier.ControlModifier
# A link in refusals, which has no row of its own here, and the palette itself.
ELSEWHERE = {"customers.open", "program.palette"}


def opened(qtbot: QtBot, shell: Shell, plan: Plan) -> PlansPage:
    """The plan's customer in front, loaded."""
    shell.open_customer(plan.customer_id)

    def there() -> bool:
        shown = shell.window.current
        page = shown.stack.currentWidget() if shown is not None else None
        return isinstance(page, PlansPage) and page.shown is not None and not shell.desk.background.busy

    qtbot.waitUntil(there, timeout=PATIENCE)
    page = shell.window.current.stack.currentWidget()  # type: ignore[union-attr]
    assert isinstance(page, PlansPage)
    return page


def palette(qtbot: QtBot, shell: Shell) -> Palette:
    """Ctrl+K."""
    qtbot.keyClick(shell.window, Qt.Key.Key_K, CTRL)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), Palette), timeout=PATIENCE)
    found = QApplication.activePopupWidget()
    assert isinstance(found, Palette)
    return found


def listed(shown: Palette) -> dict[str, Entry]:
    """Its entries by the id of their action."""
    return {each.action.id: each for each in shown.model.entries if each.action is not None}


def test_every_action_of_the_program_is_found_by_its_name(qtbot: QtBot, database: Database, shell_as: ShellAs) -> None:
    plan = a_plan(database, logins=("ana",), status="SUSPENSO_DEBITO")
    ip = an_ip(database, "177.10.20.30/32", plan_id=plan.id)
    circuit = insert(database, "circuits", plan_id=plan.id, name="CIRC-1")
    shell = shell_as("administrador")
    page = opened(qtbot, shell, plan)
    found: set[str] = set()
    rows: dict[str, object] = {}
    for key in (("plan", plan.id), ("login", plan.logins[0].id), ("ip", ip.id), ("circuit", circuit)):
        page.tree.select(key)
        node = page.tree.current_node()
        assert node is not None
        rows[node.kind] = node.row
        shown = palette(qtbot, shell)
        found |= set(listed(shown))
        for entry in list(listed(shown).values()):
            assert entry.action is not None
            shown.edit.clear()
            qtbot.keyClicks(shown.edit, folded(entry.action.text()))  # accents are not needed
            assert entry.action.id in listed(shown), f"{entry.action.text()} is not found by its name"
        shown.close()
    known = {
        action.id
        for action in shell.desk.actions
        if action.menu not in rows or action.shown(rows[action.menu])  # what this plan is not offered is absent
    }
    assert known - found == ELSEWHERE


def test_grey_says_why_to_eyes_and_ears_and_enter_leaves_it_alone(
    qtbot: QtBot, database: Database, shell_as: ShellAs
) -> None:
    plan = a_plan(database, logins=("ana",))
    shell = shell_as("suporte")
    opened(qtbot, shell, plan)
    shown = palette(qtbot, shell)
    grey = {id_: each for id_, each in listed(shown).items() if each.obstacle is not None}
    assert {"plans.suspend", "plans.enable", "plans.new"} <= set(grey)
    for id_, entry in grey.items():
        assert entry.obstacle, f"{id_} is grey without a word"
        at = shown.model.index(shown.model.entries.index(entry))
        assert entry.obstacle in str(at.data(Qt.ItemDataRole.AccessibleTextRole))
    qtbot.keyClicks(shown.edit, "suspender")
    assert [each.obstacle for each in listed(shown).values()] == ["Falta a permissão “Editar Status de Planos”"]
    qtbot.keyClick(shown.edit, Qt.Key.Key_Return)
    assert shown.isVisible()  # nothing was run, and nothing else either
    assert not [each for each in QApplication.topLevelWidgets() if isinstance(each, MessageBox) and each.isVisible()]
    shown.close()


def test_the_list_of_keys_holds_every_key_of_the_registry(qtbot: QtBot, shell_as: ShellAs) -> None:
    shell = shell_as("atendente")
    shown = palette(qtbot, shell)
    qtbot.keyClicks(shown.edit, "atalhos")
    qtbot.keyClick(shown.edit, Qt.Key.Key_Return)
    window = dialog(qtbot, ShortcutsDialog)
    said = [label.text() for label in window.findChildren(QLabel)]
    for action in shell.desk.actions:
        if action.shortcut:
            assert action.text() in said and action.shortcut in said, f"{action.id} is not in the list"
    for name, key in FIXED:
        assert name in said and key in said
    window.reject()


def test_what_was_typed_is_marked_in_the_names_it_found() -> None:
    assert found_in("Suspensão Temporária", "tempora suspensao") == [(10, 17), (0, 9)]
    assert found_in("Suspender Plano", "acesso") == []  # found by its help, not by its name
    assert found_in("Ponto ½", "ponto") == []  # its letters do not stand where they stood before folding
