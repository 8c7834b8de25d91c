"""Ver Diferença by keys, and two desks at one record by clicks: who changed what, and both ways on from there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk.services.plans import PlanWindow
from desk.ui.core.tabs import Segments
from desk.ui.history.page import DifferenceDialog, HistoryPage
from desk.ui.plans.conflict import MINE, THEIRS, ConflictDialog
from desk.ui.plans.window import PlanDialog
from tests.builders import a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, calm, dialog, gone, save, shown_plans

ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


def said(shown: QWidget) -> str:
    return "\n".join(label.text() for label in shown.findChildren(QLabel) if label.isVisible())


def press(shown: QWidget, words: str) -> None:
    """Click the button with these words."""
    own = (each for each in shown.findChildren(QPushButton) if each.window() is shown)
    (found,) = (each for each in own if each.text().replace("&", "") == words)
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


def test_the_history_shows_what_one_line_changed(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    save(database, "administrador", plan.id, reference="Casa da praia", due_day=25)
    desk = desk_as("atendente")
    page = HistoryPage(desk, plan.customer_id)
    qtbot.addWidget(page)
    page.resize(1100, 500)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: page.table.model().rowCount() > 0 and not desk.background.busy, timeout=PATIENCE)
    page.enter()
    qtbot.waitUntil(page.table.hasFocus)
    QTest.keyClick(page.table, Qt.Key.Key_Home)
    (button,) = (each for each in page.commands() if getattr(each, "text", str)() == "Ver Diferença")
    qtbot.waitUntil(button.isEnabled)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    shown = dialog(qtbot, DifferenceDialog)
    words = said(shown)
    assert "Ana Administradora" in words
    assert "Casa da praia" in words and "10  →  25" in words
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    gone(qtbot, DifferenceDialog)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # and by the mouse
    shown = dialog(qtbot, DifferenceDialog)
    press(shown, "Fechar")
    gone(qtbot, DifferenceDialog)


@pytest.mark.parametrize(("whose", "reference"), [(MINE, "Minha"), (THEIRS, "Dela")])
def test_two_desks_at_one_plan_by_keys_and_clicks(
    qtbot: QtBot, database: Database, desk_as: DeskAs, whose: int, reference: str
) -> None:
    plan = a_plan(database, reference="Antes")
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id, window=True)
    page.tree.setFocus()
    QTest.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    field = window.form["reference"].editor
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(field, "Minha")
    save(database, "administrador", plan.id, reference="Dela", due_day=25)
    press(window, "Salvar")
    asked = dialog(qtbot, ConflictDialog)
    assert asked.who.startswith("Ana Administradora salvou às ")
    assert "Antes → Dela" in asked.said and "10 → 25" in asked.said
    QTest.keyClick(asked, Qt.Key.Key_Escape)  # back: nothing typed is lost, nothing is saved
    gone(qtbot, ConflictDialog)
    assert window.form["reference"].value() == "Minha"
    press(window, "Salvar")
    asked = dialog(qtbot, ConflictDialog)
    (choice,) = asked.findChildren(Segments)
    mine, theirs = choice.findChildren(QPushButton)
    assert ("Minha" in mine.text(), "Dela" in theirs.text()) == (True, True)
    QTest.mouseClick((mine, theirs)[whose], Qt.MouseButton.LeftButton)
    press(asked, "Salvar")
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    now = database.bus("administrador").execute(PlanWindow(plan.id)).value.row
    assert (now.reference, now.due_day) == (reference, 25)
