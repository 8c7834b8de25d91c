"""Histórico: every line of a customer, and the difference behind each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.core.errors import DomainError
from desk.services.history import (
    CustomerHistory,
    DeletedItemRow,
    DeletedItems,
    Difference,
    HistoryRow,
    RowDifference,
)
from desk.ui.core import format
from desk.ui.core.cards import BusyBar, Card, EmptyState, Fact, FieldGrid
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label, button
from desk.ui.core.reload import Reload, told_by_the_band
from desk.ui.core.table import Column, TableView
from desk.ui.core.tabs import offer
from desk.ui.history.tables import field_name, shown, table_name
from desk.ui.history.words import detail_of, icon_of, line_of

PAGE = 100
RELOAD_MS = 200


class HistoryPage(QWidget):
    """A table, newest first; Enter or double click shows what changed."""

    def __init__(self, desk: Desk, customer_id: int) -> None:
        super().__init__()
        self._desk, self.customer_id = desk, customer_id
        self._rows: list[HistoryRow] = []
        self.setObjectName("surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 8)
        outer.setSpacing(0)
        self.busy = BusyBar()
        outer.addWidget(self.busy)
        self.table = TableView(
            [
                Column(head="Quando", text=lambda r: format.moment(r.at.astimezone()), sort=lambda r: r.at, width=140),
                Column(
                    head="O que",
                    text=line_of,
                    icon=lambda r: icon_of(r)[0],
                    tone=lambda r: icon_of(r)[1],
                    width=400,
                ),
                Column(head="Plano, motivo", text=detail_of, stretch=True),
                Column(head="Quem", text=lambda r: r.full_name, width=170),
                Column(head="Por onde", text=lambda r: r.source, width=80),
            ],
            name="history",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Histórico")
        self.table.opened.connect(self.show_difference)
        outer.addWidget(self.table, 1)
        promise = "Cada alteração deste cliente aparece aqui."
        self.empty = EmptyState("clock-counter-clockwise", "Nada aconteceu ainda", promise)
        outer.addWidget(self.empty, 1)
        self.empty.hide()
        self._difference = button("Ver Diferença", self._show_current, icon="git-diff", tip="Enter")
        self._more = button("Mais antigos", self._older, kind="flat", icon="caret-down")
        self._refresh = button("Atualizar", self.load, kind="flat", icon="arrow-clockwise")
        self.table.current_row_changed.connect(self._current)
        self._difference.setEnabled(False)
        Reload(desk, self, self.load, f"history/{customer_id}", pause=RELOAD_MS)
        self.load()

    def commands(self) -> list[QWidget]:
        """Atualizar, Mais antigos, Ver Diferença."""
        return [self._refresh, self._more, self._difference]

    def enter(self) -> None:
        """The table has the first key."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def load(self) -> None:
        """Ask for the newest lines."""
        self.busy.set_busy(True)
        self._ask(None)

    def _older(self) -> None:
        if self._rows:
            self._ask(self._rows[-1])

    def _ask(self, before: HistoryRow | None) -> None:
        self._desk.ask(
            CustomerHistory(self.customer_id, before=before, limit=PAGE),
            owner=self,
            done=lambda rows: self._show(rows, before),
            failed=self._not_loaded,
            slot=("history", self.customer_id),
        )

    def _not_loaded(self, error: DomainError) -> bool:
        self.busy.set_busy(False)
        return told_by_the_band(error)

    def _show(self, rows: list[HistoryRow], before: HistoryRow | None) -> None:
        self.busy.set_busy(False)
        self._rows = rows if before is None else [*self._rows, *rows]
        offer(self._more, len(rows) == PAGE)
        self.table.show_rows(self._rows, key=lambda row: row.id)
        self.table.setVisible(bool(self._rows))
        self.empty.setVisible(not self._rows)

    def _current(self, row: HistoryRow | None) -> None:
        self._difference.setEnabled(row is not None and row.has_difference)

    def _show_current(self) -> None:
        if (row := self.table.current_row()) is not None:
            self.show_difference(row)

    def show_difference(self, row: HistoryRow) -> None:
        """Open what one line changed, field by field."""
        if row.has_difference:
            self._desk.ask(
                Difference(row.xid, row.at), owner=self, done=lambda found: DifferenceDialog(row, found, self).open()
            )


class DifferenceDialog(DeskDialog):
    """Before and after, table by table."""

    def __init__(self, row: HistoryRow, found: list[RowDifference], parent: QWidget) -> None:
        super().__init__("Ver Diferença", size=Size.FORM, closing="Fechar", parent=parent)
        self.body.setSpacing(12)
        self.body.addWidget(Label(line_of(row), "subtitle", wrap=True))
        who = f"{row.full_name} · {format.moment(row.at.astimezone(), seconds=True)} · {row.source}"
        self.body.addWidget(Label(who, "body", "text2"))
        operations = {"I": "incluído", "U": "alterado", "D": "apagado"}
        for change in found:
            card = Card(f"{table_name(change.table)} {operations.get(change.operation, '')}", sunken=True)
            facts = [
                Fact(field_name(field.field), f"{shown(field.before)}  →  {shown(field.after)}")
                for field in change.fields
            ]
            card.body.addWidget(FieldGrid(facts or [Fact("Sem campos visíveis", "—")]))
            self.body.addWidget(card)
        self.set_footer(f"transação {row.xid}")


def _item(row: DeletedItemRow) -> str:
    """What names the thing: a plan is known by its number (PL-13)."""
    return f"nº {row.value:0>3}" if row.kind == "plan" else row.value


class DeletedItemsDialog(DeskDialog):
    """Itens Apagados of all plans of a customer (PL-60)."""

    def __init__(self, desk: Desk, customer_id: int, parent: QWidget | None) -> None:
        super().__init__("Itens Apagados", size=Size.CARD, closing="Fechar", parent=parent)
        kinds = {"radius_login": "Login", "circuit": "Circuito", "plan": "Plano", "customer_ip": "IP"}
        self.table = TableView(
            [
                Column(head="Quando", text=lambda r: format.moment(r.at.astimezone()), sort=lambda r: r.at, width=140),
                Column(head="Tipo", text=lambda r: kinds.get(r.kind, r.kind), width=90),
                Column(head="Item", text=_item, code=True, width=220),
                Column(head="Plano", text=lambda r: r.plan, stretch=True),
                Column(head="Quem", text=lambda r: r.full_name, width=150),
                Column(head="Por onde", text=lambda r: r.source, width=80),
            ],
            name="deleted_items",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Itens apagados")
        self.table.setMinimumHeight(260)
        promise = "Logins e outros itens apagados dos planos aparecem aqui."
        self.empty = EmptyState("trash", "Nenhum item apagado", promise)
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        self.empty.hide()
        desk.ask(DeletedItems(customer_id), owner=self, done=self._show)

    def _show(self, rows: list[Any]) -> None:
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.fit()
