"""Whatever comes from the database or a router is shown letter for letter: Qt reads what looks like HTML as HTML."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QLabel, QTabBar, QToolTip, QWidget
from pytestqt.qtbot import QtBot

import desk.ui
from desk.ui.core.tabs import DocumentTabs

HOSTILE = '<b>Maria</b><img src="http://192.0.2.1/x.png"> & "Filhos"'
SOURCES = sorted(Path(desk.ui.__file__).parent.rglob("*.py"))
# Widgets that decide for themselves how to read a text, and what each is replaced by here.
GUESSING = {"QLabel", "QMessageBox", "QErrorMessage", "QProgressDialog", "QWhatsThis", "QTextBrowser", "QTextEdit"}


def _calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_widget_is_made_that_guesses(source: Path) -> None:
    """A QLabel of one's own may hold a picture; anything with a text is a Label, whose format is plain."""
    wrong = [
        f"{source.name}:{call.lineno} {_name(call)}"
        for call in _calls(ast.parse(source.read_text("utf-8")))
        if _name(call) in GUESSING and (call.args or call.keywords or _name(call) != "QLabel")
    ]
    assert wrong == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_what_is_rich_is_written_here_or_escaped(source: Path) -> None:
    """`rich()` and `setHtml` take our own sentences; a value in one goes through `escape`."""
    text = source.read_text("utf-8")
    for call in _calls(ast.parse(text)):
        if _name(call) in ("setHtml", "insertHtml", "appendHtml"):
            assert source.name == "printing.py"  # the page was made, and escaped, by integrations/documents
        if _name(call) == "rich" and not isinstance(call.args[0], ast.Constant):
            assert "escape(" in text
        assert _name(call) != "setWhatsThis" or isinstance(call.args[0], ast.Constant)


def _tip() -> QLabel:
    (tip,) = [each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel") and each.isVisible()]
    assert isinstance(tip, QLabel)
    return tip


def test_a_tip_is_plain(qtbot: QtBot) -> None:
    """One label shows all tips, of widgets and of rows alike."""
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    for text in ("Falta a permissão “Apagar Plano”", HOSTILE):
        QToolTip.showText(QPoint(10, 10), text, host)
        assert _tip().textFormat() is Qt.TextFormat.PlainText and _tip().text() == text
    QToolTip.hideText()
    qtbot.waitUntil(lambda: not QToolTip.isVisible())  # it goes a moment later


def test_a_name_on_a_tab_makes_no_alt_letter(qtbot: QtBot) -> None:
    """“P&D Telecom” is shown as it is, and Alt+D stays with whom it belongs to."""
    tabs = DocumentTabs()
    qtbot.addWidget(tabs)
    at = tabs.add("P&D Telecom", "user", 7)
    assert (tabs.tabText(at), QTabBar.tabText(tabs, at)) == ("P&D Telecom", "P&&D Telecom")
    tabs.setTabText(at, HOSTILE)
    assert (tabs.tabText(at), tabs.tabToolTip(at)) == (HOSTILE, HOSTILE)
    assert QKeySequence.mnemonic(QTabBar.tabText(tabs, at)).isEmpty()
