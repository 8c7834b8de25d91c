"""Painel de Configurações: the pages of every capability, at the left their names."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from desk.ui.core import icons
from desk.ui.core.cards import EmptyState, upright
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label
from desk.ui.core.pages import SettingsPage
from desk.ui.core.theme import theme
from desk.ui.shell.registry import settings_pages

LIST_WIDTH, HEIGHT, ITEM_HEIGHT = 230, 520, 28


class SettingsWindow(DeskDialog):
    """A page is built when it is first shown; one that the person may not see says which permission is missing."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(
            "Painel de Configurações", size=Size.WIZARD, closing="Fechar", parent=parent, margins=(0, 0, 0, 0)
        )
        self._desk, self._pages = desk, settings_pages()
        self._built: dict[int, QWidget] = {}
        across = QHBoxLayout()
        across.setSpacing(0)
        self.names = QListWidget()
        self.names.setObjectName("settings-names")
        self.names.setFrameShape(QListWidget.Shape.NoFrame)
        self.names.setFixedWidth(LIST_WIDTH)
        self.names.setIconSize(QSize(16, 16))
        self.names.setAccessibleName("Páginas")
        self.names.setSpacing(2)
        for page in self._pages:
            item = QListWidgetItem(page.label)
            item.setSizeHint(QSize(0, ITEM_HEIGHT))
            self.names.addItem(item)
        self._draw_icons()
        self.stack = QStackedWidget()
        self.stack.setMinimumHeight(HEIGHT)
        for _ in self._pages:
            self.stack.addWidget(QWidget())
        left = QVBoxLayout()
        left.setContentsMargins(6, 12, 6, 8)
        left.addWidget(self.names)
        across.addLayout(left)
        across.addWidget(upright())
        across.addWidget(self.stack, 1)
        self.body.addLayout(across)
        self.names.currentRowChanged.connect(self._show)
        theme().changed.connect(self._draw_icons)
        kept = str(desk.settings.value("settings/page", ""))
        first = next((at for at, page in enumerate(self._pages) if self._allowed(page)), 0)
        at = next((at for at, page in enumerate(self._pages) if page.id == kept), first)
        self.names.setCurrentRow(at)

    def _draw_icons(self) -> None:
        for at, page in enumerate(self._pages):
            item, allowed = self.names.item(at), self._allowed(page)
            item.setIcon(icons.icon(page.icon, "text2" if allowed else "off"))
            item.setForeground(theme().color("text" if allowed else "off"))
            item.setToolTip("" if allowed else self._missing(page))

    def _allowed(self, page: SettingsPage) -> bool:
        return page.command is None or self._desk.may(page.command)

    def _missing(self, page: SettingsPage) -> str:
        return f"Falta a permissão {self._desk.needs(page.command)}" if page.command is not None else ""

    def go(self, page_id: str) -> None:
        """Bring the page with this id to the front."""
        at = next((at for at, page in enumerate(self._pages) if page.id == page_id), None)
        if at is not None:
            self.names.setCurrentRow(at)

    def page(self, at: int) -> QWidget:
        """A page, built now if it was not yet."""
        if at not in self._built:
            page = self._pages[at]
            if self._allowed(page):
                made = self._titled(page, page.build(self._desk))
            else:
                missing = self._missing(page)
                made = EmptyState("lock-simple", page.label, f"{missing}. Peça a quem administra as permissões.")
            if (empty := self.stack.widget(at)) is not None:
                self.stack.removeWidget(empty)
                empty.deleteLater()
            self.stack.insertWidget(at, made)
            self._built[at] = made
        return self._built[at]

    @staticmethod
    def _titled(page: SettingsPage, inside: QWidget) -> QWidget:
        holder = QWidget()
        holder.setObjectName("surface")
        column = QVBoxLayout(holder)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(10)
        column.addWidget(Label(page.label, "subtitle"))
        column.addWidget(inside, 1)
        return holder

    def _show(self, at: int) -> None:
        if at >= 0:
            self.stack.setCurrentWidget(self.page(at))
            self._desk.settings.setValue("settings/page", self._pages[at].id)
            self.names.setFocus(Qt.FocusReason.OtherFocusReason)
