"""The line above a customer's areas: who it is, and whether the connection stands."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desk.services.customers import CustomerHeader, CustomerHeaderRow, CustomerKind, RevealDocument
from desk.ui.core import format
from desk.ui.core.cards import upright
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Chip, ElidedLabel, IconLabel, Label, icon_button, row, set_tone
from desk.ui.core.reload import Reload, told_by_the_band

HEIGHT = 64
MINUTE_MS = 60_000


class HeaderBar(QFrame):
    """Name, state, code, masked document, phone, city; at the right the connection."""

    def __init__(self, desk: Desk, customer_id: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._customer_id = desk, customer_id
        self._row: CustomerHeaderRow | None = None
        self._seen = ""
        self.setObjectName("surface")
        self.setFixedHeight(HEIGHT)
        line = QHBoxLayout(self)
        line.setContentsMargins(20, 6, 20, 4)
        line.setSpacing(18)
        left = QVBoxLayout()
        left.setSpacing(3)
        self.name = ElidedLabel("", "title", "text")
        self.state = Chip("", "ok", "")
        upper = row(self.name, self.state, None, spacing=10)
        left.addLayout(upper)
        self.code = Label("", "body", "text2", code=True).selectable()
        self.document = Label("", "body", "text2").selectable()
        self.eye = icon_button("eye", self.tr("Ver documento inteiro (fica no Histórico)"), self.reveal, small=True)
        self.rest = ElidedLabel("", "body", "text2", middle=False)
        for label in (self.code, self.document):
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        under = row(self.code, self.document, self.eye, self.rest, spacing=4)
        under.setStretchFactor(self.rest, 1)
        left.addLayout(under)
        line.addLayout(left, 1)
        line.addWidget(upright())
        self.monthly = Label("", "strong")
        self.monthly.setMinimumWidth(104)  # "R$ 1.239,60 · 3 planos": the words change, the place does not
        sums = QVBoxLayout()
        sums.setSpacing(3)
        self.monthly_caption = Label(self.tr("Por mês"), "caption", "text2")
        sums.addWidget(self.monthly_caption)
        sums.addWidget(self.monthly)
        line.addLayout(sums)
        line.addWidget(upright())
        self.wifi = IconLabel("wifi-slash", "mute", 20)
        self.connection = Label("", "strong", "mute")
        self.connection.setMinimumWidth(118)  # "Online há 23 d 14 h": the words change, the place does not
        words = QVBoxLayout()
        words.setSpacing(3)
        words.addWidget(Label(self.tr("Conexão"), "caption", "text2"))
        words.addWidget(self.connection)
        line.addSpacing(4)
        line.addWidget(self.wifi)
        line.addLayout(words)
        Reload(desk, self, self.load, *(f"{part}/{customer_id}" for part in ("customer", "plans", "debts")))
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._show_connection)
        self._minute.start()
        self.load()

    def load(self) -> None:
        """Ask again."""
        self._desk.ask(
            CustomerHeader(self._customer_id),
            owner=self,
            done=self._show,
            failed=told_by_the_band,
            slot=("header", self._customer_id),
        )

    def _show(self, shown: CustomerHeaderRow) -> None:
        self._row = shown
        self.name.setText(shown.name)
        if shown.active:
            self.state.set(self.tr("Ativo"), "ok", "check-circle-fill")
        else:
            self.state.set(self.tr("Inativo"), "mute", "minus-circle-fill")
        self.code.setText(f"{shown.code:06d}")
        kind = "CNPJ" if shown.kind is CustomerKind.COMPANY else "CPF"
        self.document.setText(f"· {kind} {self._seen or shown.document}")
        self.eye.setVisible(not self._seen)
        place = f"{shown.city} – {shown.state}" if shown.city else ""
        self.rest.setText(" ".join(f"· {part}" for part in (format.phone(shown.phone), place) if part))
        plans = self.tr("{} plano" if shown.billed_plans == 1 else "{} planos").format(shown.billed_plans)
        self.monthly.setText(f"{format.reais(shown.monthly)} · {plans}" if shown.billed_plans else "—")
        self.monthly.setToolTip(self.tr("Soma dos planos em status que gera cobrança, com os descontos de hoje"))
        self._show_connection()

    def _show_connection(self) -> None:
        shown = self._row
        if shown is None:
            return
        if shown.online_since is not None:
            lasting = format.lasting(dt.datetime.now(dt.UTC) - shown.online_since)
            self._tell("wifi-high", "ok", self.tr("Online há {}").format(lasting))
        elif shown.logins:
            self._tell("wifi-slash", "mute", self.tr("Offline"))
        else:
            self._tell("wifi-slash", "mute", self.tr("Sem login"))

    def _tell(self, icon: str, tone: str, words: str) -> None:
        self.wifi.set_icon(icon, tone)
        self.connection.setText(words)
        set_tone(self.connection, tone)

    def reveal(self) -> None:
        """Show the whole document; the look is recorded before it is shown."""
        self._desk.do(RevealDocument(customer_id=self._customer_id), owner=self, done=self._revealed)

    def _revealed(self, document: str) -> None:
        self._seen = format.document(document)
        if self._row is not None:
            self._show(self._row)
