"""Quem usava este IP: an address and a moment in, whose connection it was out, and a page to hand over."""

from __future__ import annotations

import datetime as dt
import re

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.sessions import AddressAnswer, AddressUse, FileKind, PrintAddressUse, WhoUsedAddress
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField
from desk.ui.core.files import keep, put_on_paper
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import DateField, IpField
from desk.ui.core.labels import Label, button
from desk.ui.core.table import Column, TableView


class TimeField(TextField):
    """A time of day, with seconds where they are known."""

    def malformed(self) -> str | None:
        return None if not self.text() or self.value() is not None else "bad_time"

    def value(self) -> dt.time | None:
        found = re.fullmatch(r"(\d{1,2})[:h]?(\d{2})(?::?(\d{2}))?", self.text().strip())
        if found is None:
            return None
        hour, minute, second = (int(part or 0) for part in found.groups())
        return dt.time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None

    def shown(self, value: dt.time | None) -> str:
        return value.strftime("%H:%M") if value else ""


class WhoUsedDialog(FormDialog):
    """The moment is in this computer's zone, as everything on screen; the hint says which."""

    def __init__(self, desk: Desk, address: str, parent: QWidget | None) -> None:
        super().__init__("Quem usava este IP", size=Size.CARD, parent=parent)
        self._desk = desk
        self._asked: tuple[str, dt.datetime] | None = None
        self.form = Form(columns=4)
        self.form.add(IpField("address", "IP", mandatory=True, hint="IPv4 ou IPv6"), span=2)
        self.form.add(DateField("day", "Data", mandatory=True))
        now = dt.datetime.now().astimezone()
        zone = f"{now:%z}"
        hint = f"Fuso UTC{zone[:3]}:{zone[3:]}"
        self.form.add(TimeField("time", "Hora", mandatory=True, width=96, hint=hint, placeholder="hh:mm:ss"))
        self.form.bind({"address": address, "day": now.date(), "time": now.time().replace(microsecond=0)})
        self.table = TableView(
            [
                Column(head="Cliente", text=lambda u: u.customer or "não identificado", strong=True, stretch=True),
                Column(head="Login", text=lambda u: u.login or "—", code=True, width=136),
                Column(head="MAC", text=lambda u: u.mac or "—", code=True, width=140),
                Column(head="Início", text=lambda u: format.moment(u.started_at, seconds=True), width=158),
                Column(head="Fim", text=_ends, width=158),
                Column(
                    head="No momento",
                    text=_how,
                    icon=lambda u: "check-circle-fill" if u.exact else "warning-fill",
                    tone=lambda u: "ok" if u.exact else "warn",
                    width=112,
                ),
            ],
            name="sessions/who_used",
            settings=desk.settings,
        )
        self.table.setAccessibleName("Conexões encontradas")
        self.table.setMinimumHeight(28 * 6)
        self.table.opened.connect(self._open)
        self.said = Label("Informe o IP, a data e a hora.", "body", "text2", wrap=True)
        self.body.setSpacing(12)
        self.body.addWidget(self.form)
        self.body.addWidget(self.said)
        self.body.addWidget(self.table)
        note = "Conexões de outro momento, até 5 minutos antes ou depois, aparecem como “perto”. "
        note += "“Atribuído”: IP ou bloco fixo do plano, com ou sem conexão. "
        note += "Os registros são guardados por um ano."
        self.body.addWidget(Label(note, "caption", "text2", wrap=True))
        self.closing.setText("Fechar")
        self.print = self.add_button(button("Imprimir resposta…", lambda: self._print(FileKind.PAGE), icon="printer"))
        self.pdf = self.add_button(button("Resposta em PDF…", lambda: self._print(FileKind.PDF), icon="file-pdf"))
        self._offer(False)
        self.hold(self.form)
        self.is_dirty = lambda: False  # a question is nothing to be saved
        self.set_primary(button("Procurar", self.search, kind="primary", icon="magnifying-glass"))

    def search(self) -> None:
        """Ask for what stands in the fields."""
        if not self.form.ready():
            return
        draft = self.form.draft
        self._asked = (str(draft["address"]), dt.datetime.combine(draft["day"], draft["time"]).astimezone())
        self.set_busy(True)
        query = WhoUsedAddress(address=self._asked[0], at=self._asked[1])
        self._desk.ask(query, owner=self, done=self._show, failed=self._refused, slot=("who", id(self)))

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        self._offer(False)
        return self.form.refused(error)

    def _show(self, answer: AddressAnswer) -> None:
        self.set_busy(False)
        self.table.show_rows(answer.uses)
        exact = [use for use in answer.uses if use.exact]
        when = format.moment(answer.at, seconds=True)
        if not exact:
            self.said.setText(f"Em {when} o IP {answer.address} não estava em conexão registrada nem atribuído.")
        elif len({use.customer_id or use.login for use in exact}) == 1:
            self.said.setText(f"Em {when} o IP {answer.address} estava com {exact[0].customer or exact[0].login}.")
        else:
            self.said.setText(f"Em {when} {len(exact)} registros tinham o IP {answer.address}.")
        self._offer(True)

    def _open(self, use: AddressUse) -> None:
        if use.customer_id is not None:
            self.reject()
            self._desk.run_action("customers.open", use)

    def _offer(self, possible: bool) -> None:
        for each in (self.print, self.pdf):
            each.setEnabled(possible)

    def _print(self, kind: FileKind) -> None:
        if self._asked is not None:
            hand_over = put_on_paper if kind is FileKind.PAGE else keep
            query = PrintAddressUse(address=self._asked[0], at=self._asked[1], kind=kind)
            self._desk.ask(query, owner=self, done=lambda made: hand_over(self._desk, made, self))


def _how(use: AddressUse) -> str:
    if use.held:
        return "atribuído"
    return "usava" if use.exact else "perto"


def _ends(use: AddressUse) -> str:
    if use.stopped_at:
        return format.moment(use.stopped_at, seconds=True)
    return "em vigor" if use.held else "em curso"
