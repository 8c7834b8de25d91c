"""Painel de Configurações: the pages of every capability, at the left their names."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QStackedWidget, QVBoxLayout, QWidget

from desk.ui.core import icons
from desk.ui.core.cards import EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label
from desk.ui.core.pages import SettingsPage
from desk.ui.core.theme import theme
from desk.ui.shell.registry import settings_pages

LIST_WIDTH, HEIGHT = 230, 520


class SettingsWindow(DeskDialog):
    """A page is built when it is first shown; one that the person may not see says which permission is missing."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(
            "Painel de Configurações", size=Size.WIZARD, closing="Fechar", parent=parent, margins=(0, 0, 0, 0)
        )
        self._desk, self._pages = desk, settings_pages()
        self._held = {permission.value for permission in desk.bus.actor.permissions}
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
            self.names.addItem(QListWidgetItem(page.label))
        self._draw_icons()
        self.stack = QStackedWidget()
        self.stack.setMinimumHeight(HEIGHT)
        for _ in self._pages:
            self.stack.addWidget(QWidget())
        across.addWidget(self.names)
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
            self.names.item(at).setIcon(icons.icon(page.icon, "text" if self._allowed(page) else "off"))

    def _allowed(self, page: SettingsPage) -> bool:
        return not page.permission or page.permission in self._held

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
                missing = f"Falta a permissão “{page.permission}”."
                made = EmptyState("lock-simple", page.label, f"{missing} Peça a quem administra as permissões.")
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
