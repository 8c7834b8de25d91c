"""A settings list: rows in a table, Novo, Abrir, Atualizar; it reloads when somebody saved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError
from desk.ui.core.cards import BusyBar, EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Label, button, row, set_kind
from desk.ui.core.reload import Reload, told_by_the_band
from desk.ui.core.table import Column, TableView


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
        note: str = "",
    ) -> None:
        super().__init__()
        self._desk, self._ask, self._edit, self._key = desk, ask, edit, key
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        if note:
            outer.addWidget(Label(note, "caption", "text2", wrap=True))
        self.new_button = button("Novo", self.open_new, kind="primary", icon="plus", tip="Ctrl+N")
        self.open_button = button("Abrir", self.open_current, icon="arrow-square-out", tip="Enter")
        self.refresh_button = button("Atualizar", self.load, kind="flat", icon="arrow-clockwise", tip="F5")
        self._buttons = row(self.new_button, self.open_button, self.refresh_button, None)
        outer.addLayout(self._buttons)
        self.busy = BusyBar()
        outer.addWidget(self.busy)
        self.may = desk.may(save)
        self.table = TableView(columns, name=f"settings/{name}", settings=desk.settings)
        self.table.setAccessibleName(empty[1])
        self.table.opened.connect(self._open)
        self.table.current_row_changed.connect(self._current)
        outer.addWidget(self.table, 1)
        self.empty = EmptyState(empty[0], empty[1], empty[2], act="Novo", on_act=self.open_new)
        self.empty.hide()
        outer.addWidget(self.empty, 1)
        for each in (self.new_button, self.open_button, self.empty.button):
            each.setEnabled(self.may)
            if not self.may:
                each.setToolTip(f"Falta a permissão {desk.needs(save)}")
        self._current(None)
        Reload(desk, self, self.load, topic)
        QShortcut(QKeySequence("F5"), self, activated=self.load)  # type: ignore[call-overload]
        QShortcut(QKeySequence("Ctrl+N"), self, activated=self.open_new)  # type: ignore[call-overload]
        self.load()

    def add_button(self, made: QPushButton, command: type | None = None) -> QPushButton:
        """Put a further act after the usual ones; grey, with its reason, for who may not do it."""
        before = self._buttons.itemAt(self._buttons.count() - 2)
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        if before is not None and (neighbour := before.widget()) is not None:
            QWidget.setTabOrder(neighbour, made)
        if command is not None and not self._desk.may(command):
            made.setEnabled(False)
            made.setToolTip(f"Falta a permissão {self._desk.needs(command)}")
        return made

    def load(self) -> None:
        """Ask again."""
        self.busy.set_busy(True)
        self._desk.ask(
            self._ask(),
            owner=self,
            done=self._show,
            failed=self._not_loaded,
            slot=("list", id(self)),
        )

    def _not_loaded(self, error: DomainError) -> bool:
        self.busy.set_busy(False)
        return told_by_the_band(error)

    def _show(self, rows: Sequence[Any]) -> None:
        self.busy.set_busy(False)
        self.table.show_rows(rows, key=self._key)
        if self.table.current_row() is None and rows:
            self.table.selectRow(0)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        set_kind(self.new_button, "primary" if rows else "", "plus")  # the empty state has the accent
        self._current(self.table.current_row())

    @property
    def rows(self) -> list[Any]:
        """Everything that is listed."""
        return list(self.table.table.rows)

    def _current(self, found: Any) -> None:
        self.open_button.setEnabled(self.may and found is not None)

    def open_new(self) -> None:
        """Open an empty editor."""
        if self.may:
            self._edit(None)

    def open_current(self) -> None:
        """Open the row under the bar."""
        if (found := self.table.current_row()) is not None:
            self._open(found)

    def _open(self, found: Any) -> None:
        if self.may and found is not None:
            self._edit(found)
