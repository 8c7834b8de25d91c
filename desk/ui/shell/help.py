"""Ajuda: the manual at the page of this place, and the list of every key."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from desk.ui.core.cards import Card, Fact, FieldGrid
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.theme import RESOURCES, font, theme

MANUAL = RESOURCES.parent / "docs" / "manual"
HEADINGS = ("title", "subtitle", "section")
FIXED = (
    ("Pesquisar cliente", "F3, Ctrl+F"),
    ("Abrir o editor do item", "Enter, F2"),
    ("Atualizar", "F5"),
    ("Próximo painel", "F6"),
    ("Menu do item", "Shift+F10"),
    ("Confirmar um cartão", "Ctrl+Enter"),
    ("Desfazer a última alteração", "Ctrl+Z"),
    ("Próximo cliente, cliente n", "Ctrl+Tab, Ctrl+1…9"),
    ("Fechar o cliente", "Ctrl+W"),
    ("Copiar o dado do item", "Ctrl+C"),
    ("Apagar (pergunta antes)", "Del"),
    ("Fechar a janela", "Esc"),
)
MENUS = {
    "program": "Programa",
    "plan": "No plano",
    "plan_group": "No cliente",
    "radius_login": "No login",
}


class ShortcutsDialog(DeskDialog):
    """Every key, from the same registry as the menus."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Atalhos de Teclado", size=Size.FORM, closing="Fechar", parent=parent)
        self.body.setSpacing(12)
        everywhere = Card("Em toda parte", sunken=True)
        everywhere.body.addWidget(FieldGrid([Fact(name, key, code=True) for name, key in FIXED], caption_width=260))
        self.body.addWidget(everywhere)
        for menu, title in MENUS.items():
            found = [action for action in desk.actions if action.menu == menu and action.shortcut]
            if found:
                card = Card(title, sunken=True)
                facts = [Fact(action.text(), action.shortcut, code=True) for action in found]
                card.body.addWidget(FieldGrid(facts, caption_width=260))
                self.body.addWidget(card)


class Page(QTextBrowser):
    """A page of the manual; pictures take the width there is."""

    MARGIN, ROOM = 20, 880

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setMinimumHeight(480)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setAccessibleName("Página do manual")
        self.document().setDocumentMargin(self.MARGIN)
        self.document().setDefaultFont(font())

    def show_markdown(self, text: str) -> None:
        """Show a page, its headings in the sizes that the program's own screens have."""
        self.setMarkdown(text)
        block = self.document().begin()
        while block.isValid():
            if level := block.blockFormat().headingLevel():
                heading = QTextCharFormat()
                heading.setFont(font(HEADINGS[min(level, len(HEADINGS)) - 1]))
                cursor = QTextCursor(block)
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                cursor.setCharFormat(heading)  # not merged: Markdown's own size would win
            block = block.next()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        url = QUrl(name) if isinstance(name, str) else name
        path = url.path().removeprefix("./")
        if theme().dark:  # every picture is there in both
            path = path.replace("-claro.png", "-escuro.png")
        picture = QImage(str(MANUAL / path)) if path.endswith(".png") else QImage()
        if picture.isNull():
            return super().loadResource(kind, name)
        if picture.width() <= self.ROOM:
            return picture
        return picture.scaledToWidth(self.ROOM, Qt.TransformationMode.SmoothTransformation)


class HelpDialog(DeskDialog):
    """A page of the manual, with links to the others."""

    def __init__(self, page: str, parent: QWidget) -> None:
        super().__init__("Ajuda", size=Size.CARD, closing="Fechar", parent=parent, margins=(0, 0, 0, 0))
        self.browser = Page()
        self.browser.anchorClicked.connect(self._follow)
        self.body.addWidget(self.browser)
        self.show_page(page)
        theme().changed.connect(self._recolour)

    def show_page(self, page: str) -> None:
        """Show one page, by the name of its file."""
        self._page_name, file = page, MANUAL / page
        self.browser.show_markdown(file.read_text(encoding="utf-8") if file.is_file() else "# Página não encontrada")

    def _recolour(self) -> None:
        """The other theme's pictures, at the same place of the page."""
        bar = self.browser.verticalScrollBar()
        at = bar.value()
        self.show_page(self._page_name)
        bar.setValue(at)

    def _follow(self, url: QUrl) -> None:
        if url.isRelative() or url.isLocalFile():
            self.show_page(url.fileName())
        else:
            QDesktopServices.openUrl(url)


PLACES = {"record": "cadastro.md", "plans": "planos.md", "history": "historico.md"}


def open_manual(window: QWidget, page: str = "index.md") -> None:
    """Open the manual."""
    HelpDialog(page, window).open()
