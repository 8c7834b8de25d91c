"""Entregas: everything the network is still owed, and the way to try it again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.bus import Owed
from desk.services.deliveries import OwedRow, PendingDeliveries
from desk.ui.core import format
from desk.ui.core.cards import EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label, button
from desk.ui.core.reload import Reload
from desk.ui.core.table import Column, TableView

RELOAD_MS = 300
_ERRORS = {
    "Unreachable": "sem resposta",
    "Refused": "senha do Desk recusada",
    "Rejected": "pedido recusado",
    "": "pendente",
}


def state_of(row: OwedRow) -> str:
    """What is known of a debt, and what comes next."""
    if row.running:
        return "entregando…"
    word = _ERRORS.get(row.error, "falhou")
    if row.due_at is None:
        return f"{word}; espera uma pessoa"
    seconds = int((row.due_at - dt.datetime.now(dt.UTC)).total_seconds())
    if seconds <= 0:
        return word
    return f"{word}; nova tentativa em {format.lasting(dt.timedelta(seconds=seconds))}"


class DeliveriesWindow(DeskDialog):
    """A table of debts; Enter opens the customer, Tentar agora makes the marked ones due."""

    def __init__(
        self,
        desk: Desk,
        retry: Callable[[Sequence[Any]], object],
        open_customer: Callable[[int], object],
        parent: QWidget,
    ) -> None:
        super().__init__("Entregas", size=Size.WIZARD, closing="Fechar", parent=parent)
        self._desk, self._retry, self._open = desk, retry, open_customer
        self.table = TableView(
            [
                Column(head="Cliente", text=lambda r: r.customer or "—", stretch=True),
                Column(head="Login", text=lambda r: r.thing or "—", code=True, width=144),
                Column(head="Equipamento", text=lambda r: r.device or "—", width=144),
                Column(
                    head="Situação",
                    text=state_of,
                    icon=lambda r: "x-circle-fill" if r.error else "clock-fill",
                    tone=lambda r: "bad" if r.error else "warn",
                    width=332,
                ),
                Column(
                    head="Tentativas", text=lambda r: str(r.attempts), sort=lambda r: r.attempts, right=True, width=84
                ),
                Column(head="Desde", text=lambda r: format.moment(r.changed_at.astimezone()), width=134),
            ],
            name="deliveries",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Entregas pendentes")
        self.table.setMinimumHeight(320)
        self.table.opened.connect(self._go)
        self.empty = EmptyState("check-circle", "Nada pendente", "A rede está de acordo com o que foi salvo.")
        self.empty.setMinimumHeight(320)
        self.empty.hide()
        self.body.addWidget(self.table)
        self.body.addWidget(self.empty)
        note = "Pode fechar: o que falta continua sendo entregue, por este ou outro computador."
        self.note = Label(note, "caption", "text2")
        self.body.addWidget(self.note)
        self.set_primary(button("Tentar agora", self._try, kind="primary", icon="arrow-clockwise"))
        self._soon = Reload(desk, self, self.load, under="debts", pause=RELOAD_MS)
        desk.progress.connect(self._progressed)
        self.load()

    def _progressed(self, progress: Any) -> None:
        # A method, since Qt ends its connection with the window; a lambda would outlive it.
        if progress.final:
            self._soon.start()

    def load(self) -> None:
        """Ask again."""
        self._desk.ask(PendingDeliveries(), owner=self, done=self._show, slot=("deliveries", id(self)))

    def _show(self, rows: tuple[OwedRow, ...]) -> None:
        self.table.show_rows(rows, key=lambda row: (row.topic, row.key))
        self.table.setVisible(bool(rows))
        self.empty.setVisible(not rows)
        self.note.setVisible(bool(rows))
        if self.primary is not None:
            self.primary.setEnabled(bool(rows))

    def _try(self) -> None:
        rows = self.table.selected_rows() or list(self.table.table.rows)
        self._retry([Owed(row.topic, row.key) for row in rows])

    def _go(self, row: OwedRow) -> None:
        if row.customer_id is not None:
            self.reject()
            self._open(row.customer_id)
