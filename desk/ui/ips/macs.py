"""The tab Mac Adress: one row for each MAC with its equipment, the encryption, and its code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.ips import CodeShown, Encryption, MacEntry, MacHint, MacHints, RevealCode, generate_code, plain_mac
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField, MacField, PasswordField
from desk.ui.core.labels import Label, icon_button, link

# RouterOS keeps one line of ARP for an address on an interface.
ONE_BOUND = "O ARP do roteador prende um só MAC a cada endereço: vale o primeiro. Os outros ficam para as buscas."


class MacRow(Form):
    """MAC Address and Equipamento; whether it is known from elsewhere is looked up when it is left."""

    def __init__(self, desk: Desk, but: int | None) -> None:
        super().__init__(columns=2)
        self._desk, self._but = desk, but
        self.mac = self.add(MacField("macs", "MAC Address", width=190))
        self.equipment = self.add(TextField("equipment", "Equipamento", limit=60))
        self.mac.left.connect(self.look)

    def entry(self) -> MacEntry | None:
        """What the row holds; None for an empty one."""
        return MacEntry(self.mac.value(), self.equipment.text()) if self.mac.text() else None

    def look(self) -> None:
        """IP-03: say who else has, or had, this MAC."""
        if plain_mac(self.mac.text()) is None:
            self.mac.set_hint("")
            return
        query = MacHints(self.mac.text(), self._but)
        self._desk.ask(query, owner=self, done=self._known, slot=("mac", id(self)))

    def _known(self, hints: tuple[MacHint, ...]) -> None:
        self.mac.set_hint(hint_text(hints[0]) if hints else "")


def hint_text(hint: MacHint) -> str:
    """Who has it, or had it: the same person under a relative's name shows here."""
    if hint.deleted_at is None:
        return f"Já está em {hint.thing}, de {hint.customer}"
    return f"Em Itens Apagados: {hint.thing}, de {hint.customer}, em {format.day(hint.deleted_at.astimezone().date())}"


class MacPage(QWidget):
    """All rows, and below them what the radio is encrypted with."""

    def __init__(self, desk: Desk, ip_id: int | None, watch: Callable[[Form], None]) -> None:
        super().__init__()
        self._desk, self._ip_id, self._watch = desk, ip_id, watch
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(10)
        self.rows: list[MacRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        outer.addLayout(self._list)
        self.one_bound = Label(ONE_BOUND, "caption", "text2", wrap=True)
        self.one_bound.hide()
        outer.addWidget(self.one_bound)
        self.form = Form(columns=2)
        kinds = [Choice(kind, str(kind)) for kind in Encryption]
        self.encryption = self.form.add(ComboField("encryption", "Criptografia", kinds))
        self.code = self.form.add(PasswordField("code", "Código WPA2", generate=True, copy=True, make=generate_code))
        self.code.edit.setReadOnly(True)
        self.shown = link("Ver código", self.reveal, icon="eye")
        self.form.add_widget(self.shown)
        self.shown.setVisible(False)
        outer.addWidget(self.form)
        outer.addStretch(1)
        self.form.changed.connect(self._edited)
        self.stored = False

    def fill(self, entries: tuple[MacEntry, ...], encryption: Encryption) -> None:
        """Show an IP's own, or one empty row."""
        for entry in entries or (MacEntry(""),):
            self.add_row(entry)
        self.stored = encryption is Encryption.WPA2
        self.form.bind({"encryption": encryption})
        self._show_code()

    def entries(self) -> tuple[MacEntry, ...]:
        """All rows that hold something."""
        return tuple(entry for each in self.rows if (entry := each.entry()) is not None)

    def add_row(self, entry: MacEntry | None = None) -> MacRow:
        """One more MAC."""
        made = MacRow(self._desk, self._ip_id)
        if entry is not None:
            made.bind({"macs": entry.mac, "equipment": entry.equipment})
        first = not self.rows
        act = (
            icon_button("plus", "Acrescentar MAC", self.add_row)
            if first
            else icon_button("trash", "Retirar este MAC", partial(self.remove_row, made))
        )
        made.mac.line.insertWidget(1, act)  # beside the MAC, so that both columns stand as in the form below
        QWidget.setTabOrder(made.mac.editor, act)
        QWidget.setTabOrder(act, made.equipment.editor)
        self._list.addWidget(made)
        self.rows.append(made)
        self.one_bound.setVisible(len(self.rows) > 1)
        self._watch(made)
        if entry is None:
            made.mac.edit.setFocus()
        return made

    def remove_row(self, gone: MacRow) -> None:
        """Take a row away; the first one stays."""
        self.rows.remove(gone)
        self._list.removeWidget(gone)
        gone.hide()
        gone.deleteLater()
        self.one_bound.setVisible(len(self.rows) > 1)
        self.form.changed.emit("macs")
        self.form.problems_changed.emit()

    def _edited(self, name: str) -> None:
        if name == "encryption":
            # IP-02: choosing WPA2 is what makes the code, unless one is stored already.
            if self.encryption.value() is Encryption.WPA2 and not self.code.text() and not self.stored:
                self.code.generate()
                self.form.draft["code"] = self.code.value()
            self._show_code()

    def _show_code(self) -> None:
        wpa2 = self.encryption.value() is Encryption.WPA2
        self.code.setVisible(wpa2)
        kept = self.stored and not self.code.text()
        self.shown.setVisible(wpa2 and kept)
        self.code.set_hint("Guardado no cofre" if kept else "Gerado automaticamente")

    def new_code(self) -> str | None:
        """The code to store; None leaves the stored one alone."""
        return self.code.text() or None if self.form.dirty else None

    def reveal(self) -> None:
        """Show the stored code; the look is recorded."""
        if self._ip_id is not None:
            self._desk.do(RevealCode(ip_id=self._ip_id), owner=self, done=self._revealed)

    def _revealed(self, shown: CodeShown) -> None:
        self.code.set_value(shown.code)
        self.code.show_text(True)
        self.form.draft["code"] = shown.code
        self.form.settle()
        self._show_code()
        self.shown.setVisible(False)
