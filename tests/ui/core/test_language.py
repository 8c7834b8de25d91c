"""What Qt itself says is Portuguese too: menus of fields, standard buttons, standard dialogs, dates."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot


def plain(text: str) -> str:
    """Without the letter for Alt and the key."""
    return text.replace("&", "").split("\t")[0]


def test_the_menu_of_a_field(qtbot: QtBot) -> None:
    field = QLineEdit("maria")
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    said = [plain(each.text()) for each in menu.actions() if not each.isSeparator()]
    menu.deleteLater()
    assert said == ["Desfazer", "Refazer", "Recortar", "Copiar", "Colar", "Excluir", "Selecionar tudo"]


def test_standard_buttons_and_boxes(qtbot: QtBot) -> None:
    kinds = QDialogButtonBox.StandardButton
    box = QDialogButtonBox(kinds.Save | kinds.Cancel | kinds.Close | kinds.Yes | kinds.No | kinds.Help)
    qtbot.addWidget(box)
    said = {kind.name: plain(box.button(kind).text()) for kind in (kinds.Save, kinds.Cancel, kinds.Yes, kinds.No)}
    assert said == {"Save": "Salvar", "Cancel": "Cancelar", "Yes": "Sim", "No": "Não"}
    question = QMessageBox(QMessageBox.Icon.Question, "Desk", "Fechar?", QMessageBox.StandardButton.Discard)
    qtbot.addWidget(question)
    assert [plain(each.text()) for each in question.findChildren(QPushButton)] == ["Descartar"]


def test_dates_and_numbers(qtbot: QtBot) -> None:
    here = QLocale()
    assert here.toString(QDate(2026, 3, 1), "dddd, d 'de' MMMM") == "domingo, 1 de março"
    assert here.toString(1234.5, "f", 2) == "1.234,50"
