"""The main window: places search, customers, status bar; no behaviour of its own beyond that."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog
from desk.ui.core.labels import KeyCap, button, icon_button
from desk.ui.core.tabs import DocumentTabs
from desk.ui.shell.customer_window import CustomerWindow
from desk.ui.shell.status_bar import StatusBar

TOP = 46


class MainWindow(QMainWindow):
    """Search and document tabs above, the open customer below."""

    closed = Signal()
    became_current = Signal(int)

    def __init__(self, desk: Desk, search: QWidget, welcome: QWidget, server: str) -> None:
        super().__init__()
        self._desk = desk
        self.search, self._welcome = search, welcome
        self.setWindowTitle("Desk")
        self.setMinimumSize(1000, 600)
        self.resize(1366, 689)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._top_row())
        self.lost = NoteBar("", "warn")
        self.lost.hide()
        outer.addWidget(self.lost)
        self.outgrown = NoteBar(
            self.tr(
                "O banco de dados foi atualizado e pede um Desk mais novo. O que está na tela e o que foi digitado "
                "ficam, mas daqui já não se salva: copie o que precisar, feche o Desk e abra a versão nova."
            ),
            "warn",
        )
        self.outgrown.hide()
        outer.addWidget(self.outgrown)
        self.stack = QStackedWidget()
        self.stack.addWidget(welcome)
        outer.addWidget(self.stack, 1)
        self.status = StatusBar(desk, server)
        outer.addWidget(self.status)
        self.setCentralWidget(whole)
        desk.connected.connect(self._connection)
        self._keys()

    def _top_row(self) -> QFrame:
        top = QFrame()
        top.setObjectName("top")
        top.setFixedHeight(TOP)
        line = QHBoxLayout(top)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(self.search, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addSpacing(4)
        self.tabs = DocumentTabs()
        self.tabs.currentChanged.connect(self._show)
        self.tabs.tabCloseRequested.connect(self.close_customer)
        line.addWidget(self.tabs, 1, Qt.AlignmentFlag.AlignBottom)
        act = self._desk.run_action
        line.addWidget(button(self.tr("Comandos"), partial(act, "program.palette"), kind="flat", icon="command"))
        line.addWidget(KeyCap("Ctrl+K"))
        line.addWidget(icon_button("question", self.tr("Ajuda (F1)"), partial(act, "program.help")))
        gear = self.tr("Preferências e configurações")
        line.addWidget(icon_button("gear-six", gear, partial(act, "program.settings")))
        return top

    def _keys(self) -> None:
        def key(sequence: str, act: Callable[[], object]) -> None:
            QShortcut(QKeySequence(sequence), self).activated.connect(act)

        key("Ctrl+Tab", lambda: self._step(1))
        key("Ctrl+Shift+Tab", lambda: self._step(-1))
        key("Ctrl+W", self.close_current)
        key("Ctrl+Z", self.undo)
        for number in range(1, 10):
            key(f"Ctrl+{number}", partial(self.tabs.setCurrentIndex, number - 1))

    def _step(self, by: int) -> None:
        if self.tabs.count():
            self.tabs.setCurrentIndex((self.tabs.currentIndex() + by) % self.tabs.count())

    @property
    def customers(self) -> list[CustomerWindow]:
        """The open customers, in the order of their tabs."""
        found = (self.stack.widget(at) for at in range(1, self.stack.count()))
        return [window for window in found if isinstance(window, CustomerWindow)]

    @property
    def current(self) -> CustomerWindow | None:
        """The customer in front."""
        shown = self.stack.currentWidget()
        return shown if isinstance(shown, CustomerWindow) else None

    def open_customer(self, customer_id: int, name: str, icon: str, build: Callable[[], CustomerWindow]) -> None:
        """Bring a customer to the front, in a new tab unless it has one."""
        at = self.tabs.index_of(customer_id)
        if at < 0:
            self.stack.addWidget(build())
            at = self.tabs.add(name, icon, customer_id)
        self.tabs.setCurrentIndex(at)
        self._show(at)
        if self.current is not None:
            self.current.enter()

    def close_current(self) -> None:
        """Close the customer in front."""
        self.close_customer(self.tabs.currentIndex())

    def rename(self, customer_id: int, name: str) -> None:
        """The customer's name was corrected."""
        at = self.tabs.index_of(customer_id)
        if at >= 0 and self.tabs.tabText(at) != name:
            self.tabs.setTabText(at, name)
            self._title()

    def close_customer(self, at: int) -> None:
        """Close a tab; what was typed in an editor is asked about by the editor itself."""
        if at < 0:
            return
        customer_id = self.tabs.data(at)
        self.tabs.removeTab(at)
        for window in self.customers:
            if window.customer_id == customer_id:
                self.stack.removeWidget(window)
                window.deleteLater()
        self._show(self.tabs.currentIndex())
        if self.current is not None:
            self.current.enter()
        else:
            self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def undo(self) -> None:
        """Take the last act of the customer in front back, while that is offered."""
        if self.current is not None:
            self.current.undo()

    def set_dots(self) -> None:
        """Mark the tabs of customers whose newest act is not settled, except the one in front."""
        for window in self.customers:
            at = self.tabs.index_of(window.customer_id)
            self.tabs.set_dot(at, window.owes and at != self.tabs.currentIndex())

    def _show(self, at: int) -> None:
        customer_id = self.tabs.data(at) if at >= 0 else None
        window = next((w for w in self.customers if w.customer_id == customer_id), None)
        self.stack.setCurrentWidget(window if window is not None else self._welcome)
        self._title()
        self.set_dots()
        if window is not None:
            self.became_current.emit(window.customer_id)

    def _title(self) -> None:
        at = self.tabs.currentIndex()
        self.setWindowTitle(f"{self.tabs.tabText(at)} – Desk" if at >= 0 else "Desk")

    def _connection(self, connected: bool) -> None:
        self.lost.set_text(
            self.tr(
                "O banco de dados não responde. O que está na tela continua legível e o que foi digitado fica; "
                "o Desk tenta de novo sozinho."
            )
        )
        self.lost.setVisible(not connected)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.set_dots()

    def closeEvent(self, event: QCloseEvent) -> None:
        front = QApplication.activeModalWidget()
        if isinstance(front, DeskDialog) and (front.busy or front.is_dirty()):
            event.ignore()  # as the task bar asks it, past the dialog in front: that one asks before it goes
            front.reject()
            return
        super().closeEvent(event)
        self.closed.emit()
