"""A settings list: rows in a table, Novo, Abrir, Atualizar; it reloads when somebody saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.ui.core.cards import EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.labels import button, row
from desk.ui.core.table import Column, TableView

RELOAD_MS = 150


class ListPage(QWidget):
    """`ask()` makes the query; `edit(row or None)` opens the editor."""

    def __init__(
        self,
        desk: Desk,
        *,
        name: str,
        topic: str,
        columns: Sequence[Column],
        ask: Callable[[], Any],
        edit: Callable[[Any], object],
        save: type,
        empty: tuple[str, str, str],
        key: Callable[[Any], object] = lambda found: found.id,
    ) -> None:
        super().__init__()
        self._desk, self._topic, self._ask, self._edit, self._key = desk, topic, ask, edit, key
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self.new_button = button("Novo", lambda: edit(None), kind="primary", icon="plus")
        self.open_button = button("Abrir", self.open_current, icon="arrow-square-out", tip="Enter")
        refresh = button("Atualizar", self.load, kind="flat", icon="arrow-clockwise", tip="F5")
        self.bar = row(self.new_button, self.open_button, refresh, None)
        outer.addLayout(self.bar)
        if not desk.may(save):
            self.new_button.setEnabled(False)
            self.new_button.setToolTip(f"Falta a permissão {desk.needs(save)}")
        self.table = TableView(columns, name=f"settings/{name}", settings=desk.settings)
        self.table.opened.connect(edit)
        outer.addWidget(self.table, 1)
        self.empty = EmptyState(empty[0], empty[1], empty[2], act="Novo", on_act=lambda: edit(None))
        self.empty.hide()
        outer.addWidget(self.empty, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(RELOAD_MS)
        self._soon.timeout.connect(self.load)
        desk.changed.connect(self._changed)
        self.load()

    def _changed(self, names: frozenset[str]) -> None:
        if "*" in names or self._topic in names:
            self._soon.start()

    def load(self) -> None:
        """Ask again."""
        self._desk.ask(self._ask(), owner=self, done=self._show, slot=("list", id(self)))

    def _show(self, rows: Sequence[Any]) -> None:
        self.table.show_rows(rows, key=self._key)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.open_button.setEnabled(bool(rows))

    def open_current(self) -> None:
        """Open the row under the bar."""
        if (found := self.table.current_row()) is not None:
            self._edit(found)

    def keyPressEvent(self, event: Any) -> None:
        if event.key() == Qt.Key.Key_F5:
            self.load()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        else:
            super().keyPressEvent(event)
