"""Good news at the left; pending deliveries, database and person at the right."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desk.ui.core.cards import upright
from desk.ui.core.desk import Desk
from desk.ui.core.labels import ElidedLabel, IconLabel, Label, button

HEIGHT = 27


class StatusBar(QFrame):
    """One line at the bottom of the main window."""

    deliveries_wanted = Signal()
    notice_wanted = Signal()

    def __init__(self, desk: Desk, server: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._server = server
        self.setObjectName("footer")
        self.setFixedHeight(HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(14, 0, 14, 0)
        line.setSpacing(8)
        self._tick = IconLabel("check", "text2", 14)
        self._tick.hide()
        self.news = ElidedLabel("", "caption", "text2", middle=False)
        self.news.setAccessibleName(self.tr("Última notícia"))
        self.pending = button("", self.deliveries_wanted.emit, kind="flat", icon="clock")
        self.pending.setToolTip(self.tr("Entregas (F8)"))
        self.pending.hide()
        self.newer = button("", self.notice_wanted.emit, kind="flat", icon="download-simple")
        self.newer.hide()
        self._state = IconLabel("database", "ok", 14)
        self.database = Label("", "caption", "text2")
        person = Label(desk.bus.actor.name, "caption", "text2")
        line.addWidget(self._tick)
        line.addWidget(self.news, 1)
        for widget in (self.newer, self.pending, upright(), self._state, self.database, upright(), person):
            line.addWidget(widget)
        desk.told.connect(self.tell)
        desk.connected.connect(self.set_connected)
        self.set_connected(True)

    def tell(self, text: str) -> None:
        """Good news, with its time."""
        self.news.setText(f"{text} · {dt.datetime.now():%H:%M}")
        self._tick.show()

    def set_connected(self, connected: bool) -> None:
        """Say whether the database is in sight."""
        self._state.set_icon("database" if connected else "warning-circle", "ok" if connected else "warn")
        text = self.tr("Conectado a {}") if connected else self.tr("Sem conexão com {}")
        self.database.setText(text.format(self._server))

    def set_newer(self, version: str) -> None:
        """Say that IT announces a newer program."""
        self.newer.setText(self.tr("Há uma versão nova: {}").format(version))
        self.newer.show()

    def set_pending(self, count: int) -> None:
        """How many things the network is still owed, everywhere."""
        self.pending.setVisible(count > 0)
        words = self.tr("1 entrega pendente") if count == 1 else self.tr("{} entregas pendentes").format(count)
        self.pending.setText(words)
