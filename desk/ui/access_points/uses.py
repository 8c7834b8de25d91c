"""What hangs on an access point that somebody wants to delete: a list from which each thing can be opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desk.services.access_points import AccessPointUses, PointUse
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import IconLabel, Label, button, row
from desk.ui.core.messages import Text
from desk.ui.core.table import Column, TableView

KINDS = {
    "live": ("Plano", "globe-hemisphere-west"),
    "cancelled": ("Plano cancelado", "x-circle"),
    "ip": ("IP de cliente", "hash-straight"),
    "owed": ("IP, ainda no roteador", "clock"),
    "range": ("Faixa de IP", "hash-straight"),
}


class UsesDialog(DeskDialog):
    """The refusal, and under it the list; Abrir leads to the customer."""

    def __init__(self, desk: Desk, point_id: int, text: Text, parent: QWidget, leave: Callable[[], object]) -> None:
        super().__init__("Apagar Ponto de Acesso", size=Size.CARD, closing="Fechar", parent=parent)
        self._desk, self._leave = desk, leave
        self.text = text
        self.body.setSpacing(10)
        headline = Label(text.what, "subtitle", wrap=True)
        top = row(IconLabel("x-circle-fill", "bad", 24), 2, headline)
        top.setStretchFactor(headline, 1)
        self.body.addLayout(top)
        for sentence in (text.why, text.do):
            self.body.addWidget(Label(sentence, "body", "text2", wrap=True))
        self.table = TableView(
            [
                Column(
                    head="O que",
                    text=lambda u: KINDS[u.kind][0],
                    icon=lambda u: KINDS[u.kind][1],
                    width=190,
                ),
                Column(head="Cliente", text=lambda u: u.customer or "—", strong=True, stretch=True),
                Column(head="Qual", text=lambda u: u.what, width=280),
                Column(head="Situação", text=lambda u: u.state or "—", width=170),
            ],
            name="access_point/uses",
            settings=desk.settings,
        )
        self.table.setMinimumHeight(200)
        self.table.setAccessibleName("O que está neste ponto de acesso")
        self.table.opened.connect(self.open_use)
        self.table.current_row_changed.connect(self._current)
        self.body.addWidget(self.table, 1)
        self.open_button = self.set_primary(
            button("Abrir Cliente", lambda: self.open_use(self.table.current_row()), kind="primary")
        )
        self._current(None)
        desk.ask(AccessPointUses(point_id), owner=self, done=self._show)

    def _show(self, uses: list[PointUse]) -> None:
        self.table.show_rows(uses)
        if uses:
            self.table.selectRow(0)

    def _current(self, use: PointUse | None) -> None:
        known = use is not None and use.customer_id is not None
        self.open_button.setEnabled(known)
        self.open_button.setToolTip("" if known or use is None else "As faixas estão na tela do ponto de acesso")

    def open_use(self, use: PointUse | None) -> None:
        """Leave the settings and open the customer that it belongs to."""
        if use is None or use.customer_id is None:
            return
        self.reject()
        self._leave()
        self._desk.run_action("customers.open", use)
