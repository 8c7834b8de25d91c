"""Faixas de IP of an access point: their list inside its dialog, and the editor of one."""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.access_points import (
    AccessPointRow,
    DeleteIpRange,
    IpRangeRow,
    IpRanges,
    SaveIpRange,
    check_range,
    parse_network,
)
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField, IntField
from desk.ui.core.labels import Label, button, row
from desk.ui.core.reload import Reload
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column, TableView

_NOTE = "Livres são contados no que cada cliente recebe. A ordem diz de qual faixa sai o próximo IP."
_SINGLE = {4: 32, 6: 128}


class RangesCard(QWidget):
    """The ranges, in the order in which they are used up."""

    def __init__(self, desk: Desk, point: AccessPointRow, parent: QWidget) -> None:
        super().__init__(parent)
        self._desk, self._point = desk, point
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self.new_button = button("Nova Faixa", lambda: self.edit(None), icon="plus")
        self.open_button = button("Abrir Faixa", self.open_current, icon="arrow-square-out")
        outer.addLayout(row(Label("Faixas de IP", "section"), None, self.new_button, self.open_button))
        self.table = TableView(
            [
                Column(head="Rede", text=lambda r: r.network, code=True, strong=True, stretch=True),
                Column(head="Cada cliente", text=unit_text, width=110),
                Column(head="Gateway", text=lambda r: r.gateway or "—", code=True, width=130),
                Column(head="Livres", text=free_text, sort=lambda r: r.free, right=True, width=150),
                Column(head="Ativa", text=lambda r: yes_no(r.active), width=60),
            ],
            name="access_point/ranges",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Faixas de IP")
        self.table.opened.connect(self.edit)
        self.none = Label("Nenhuma faixa: IPs deste ponto são digitados à mão.", "body", "text2", wrap=True)
        outer.addWidget(self.table)
        outer.addWidget(self.none)
        outer.addWidget(Label(_NOTE, "caption", "text2", wrap=True))
        self.rows: list[IpRangeRow] = []
        self._show([])
        Reload(desk, self, self.load, "access_points")
        self.load()

    def load(self) -> None:
        """Ask again."""
        query = IpRanges(self._point.id)
        self._desk.ask(query, owner=self, done=self._show, failed=lambda _: True, slot=("ranges", id(self)))

    def _show(self, rows: list[IpRangeRow]) -> None:
        self.rows = rows
        self.table.show_rows(rows, key=lambda each: each.id)
        self.table.setVisible(bool(rows))
        self.table.fit_height()
        self.none.setVisible(not rows)
        self.open_button.setEnabled(bool(rows))
        window = self.window()
        if hasattr(window, "fit") and window.isVisible():
            window.fit()

    def open_current(self) -> None:
        """Open the range under the bar, or the only one."""
        self.edit(self.table.current_row() or self.rows[0])

    def edit(self, place: IpRangeRow | None) -> None:
        """Open a range, or an empty one."""
        RangeDialog(self._desk, self._point, place, len(self.rows), self).open()


def unit_text(place: IpRangeRow) -> str:
    """What one customer gets."""
    return "1 endereço" if place.block_prefix == _SINGLE[place.version_of_ip] else f"um /{place.block_prefix}"


def free_text(place: IpRangeRow) -> str:
    """How much is left."""
    return f"{format.number(place.free)} de {format.number(place.units)}"


class RangeDialog(SaveDialog):
    """Network, what each customer gets of it, gateway, and what is kept back."""

    def __init__(
        self, desk: Desk, point: AccessPointRow, place: IpRangeRow | None, position: int, parent: QWidget
    ) -> None:
        super().__init__(desk, "Nova Faixa de IP" if place is None else "Faixa de IP", parent)
        self._point, self._place = point, place
        form = self.form
        self._network = form.add(TextField("network", "Rede", mandatory=True, code=True, limit=49))
        self._block = form.add(ComboField("block_prefix", "Cada cliente recebe", _units(None), mandatory=True))
        form.add(TextField("gateway", "Gateway", code=True, limit=45, hint="Nunca é dado a cliente"))
        form.add(IntField("position", "Ordem", width=80, high=9999))
        kept = "Endereços ou redes, um por linha; o Desk não os dá a cliente"
        form.add(NoteField("reserved", "Reservados", lines=3, hint=kept), span=2)
        form.add(TextField("description", "Descrição", limit=60))
        form.add(YesNoField("active", "Ativa", sentence="Desligada, não dá mais IPs novos."))
        draft: dict[str, Any] = {"active": True, "position": position, "block_prefix": None}
        if place is not None:
            names = ("network", "block_prefix", "gateway", "position", "description", "active")
            draft = {name: getattr(place, name) for name in names} | {"reserved": "\n".join(place.reserved)}
            self._block.set_choices(_units(place.network))
        self.begin(draft, point.name)
        form.changed.connect(self._typed)
        self.command = self._save
        if place is not None:
            order = DeleteIpRange(id=place.id, version=place.version)
            why = "Só uma faixa sem IPs de clientes é apagada."
            self.offer_delete(lambda: order, f"Apagar a faixa {place.network}?", why, "Faixa apagada")

    def _typed(self, name: str) -> None:
        if name == "network":
            self._block.set_choices(_units(self._network.text()))
            parsed = parse_network(self._network.text())
            if parsed is not None and self._block.value() is None:
                self.form.set("block_prefix", _SINGLE[parsed.version] if parsed.version == 4 else 56)

    def ready(self) -> bool:
        """The rules of the service, before it is asked."""
        if not super().ready():
            return False
        draft = self.draft
        found = list(check_range(draft["network"], draft["block_prefix"], draft["gateway"] or "", _lines(draft)))
        return not (found and self.refused_by(found))

    def _save(self, draft: dict[str, Any]) -> SaveIpRange:
        return SaveIpRange(
            id=self._place.id if self._place else None,
            version=self._place.version if self._place else 0,
            access_point_id=self._point.id,
            network=text_of(draft["network"]),
            block_prefix=draft["block_prefix"],
            gateway=text_of(draft["gateway"]),
            reserved=_lines(draft),
            description=text_of(draft["description"]),
            position=draft["position"] or 0,
            active=bool(draft["active"]),
        )


def _lines(draft: dict[str, Any]) -> tuple[str, ...]:
    return tuple(each for each in re.split(r"[\s,;]+", text_of(draft["reserved"])) if each)


def _units(network: str | None) -> list[Choice]:
    """What can be given of a network; before one is typed, of both kinds the usual."""
    parsed = parse_network(network or "")
    if parsed is None:
        return [Choice(32, "1 endereço"), Choice(30, "um bloco /30"), Choice(56, "um prefixo /56")]
    if parsed.version == 4:
        blocks = [Choice(length, f"um bloco /{length}") for length in range(31, max(parsed.prefixlen, 24) - 1, -1)]
        return [Choice(32, "1 endereço"), *(choice for choice in blocks if choice.value >= parsed.prefixlen)]
    lengths = [128, *(length for length in (64, 60, 56, 52, 48, 44, 40) if length >= parsed.prefixlen)]
    reachable = [length for length in lengths if length - parsed.prefixlen <= 32]
    return [Choice(length, "1 endereço" if length == 128 else f"um prefixo /{length}") for length in reachable]
