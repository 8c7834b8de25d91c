"""The table of differences, with a box before each that may be chosen."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from desk.ui.core.desk import Settings
from desk.ui.core.table import Column, RowRole, TableView
from desk.ui.drift.words import Line, fields_of, found_of, kind_of, place_of, sign_of, thing_of, tone_of, wanted_of


class DriftTable(TableView):
    """Space or a click on the box marks; Ctrl+A and Space mark all that may be."""

    marked = Signal()

    def __init__(self, settings: Settings) -> None:
        self.marks: set[tuple[object, ...]] = set()
        super().__init__(
            [
                Column(head="", text=lambda _: "", icon=self._box, tone=self._box_tone, width=38),
                Column(head="Roteador", text=lambda line: line.device, width=144),
                Column(head="Tipo", text=kind_of, icon=sign_of, tone=tone_of, width=122),
                Column(head="Onde", text=place_of, width=140),
                Column(head="Objeto", text=thing_of, code=True, width=136),
                Column(head="Campo", text=fields_of, width=84),
                Column(head="Esperado", text=wanted_of, width=200),
                Column(head="Encontrado", text=found_of, stretch=True),
            ],
            name="drift",
            settings=settings,
        )
        self.setAccessibleName("Divergências")
        self.clicked.connect(self._clicked)

    def _box(self, line: Line) -> str:
        if not line.correctable:
            return ""
        return "check-square-fill" if line.key in self.marks else "square"

    def _box_tone(self, line: Line) -> str:
        return "accent" if line.key in self.marks else "text2"

    def show_lines(self, lines: list[Line]) -> None:
        """Show other lines; marks of those that went are forgotten."""
        self.marks &= {line.key for line in lines if line.correctable}
        self.show_rows(lines, key=lambda line: line.key)
        self.marked.emit()

    def mark(self, lines: Iterable[Line]) -> None:
        """Mark them; all of them already marked: unmark them."""
        keys = {line.key for line in lines if line.correctable}
        self.marks = self.marks - keys if keys <= self.marks else self.marks | keys
        self.viewport().update()
        self.marked.emit()

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() == 0:
            self.mark([index.data(RowRole)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.mark(self.selected_rows())
        else:
            super().keyPressEvent(event)
