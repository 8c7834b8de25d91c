"""Informações do Login de Autenticação: what RADIUS and the sessions say of a login."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desk.services.logins import (
    LoginInformation,
    LoginProperties,
    PasswordShown,
    RevealPassword,
    SessionRow,
)
from desk.services.plans import LoginItem
from desk.ui.core import format
from desk.ui.core.cards import Card
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Chip, IconLabel, Label, button, icon_button, row
from desk.ui.core.table import Column, TableView

SHOWN_SECONDS = 30
HIDDEN = "••••••••"
MOMENT = 136  # a date is never cut


class LoginInformationDialog(DeskDialog):
    """Properties with the names of the sources, the newest connections, and the password on demand."""

    def __init__(self, desk: Desk, login: LoginItem, parent: QWidget | None) -> None:
        super().__init__("Informações do Login de Autenticação", size=Size.CARD, closing="Fechar", parent=parent)
        self._desk, self._login = desk, login
        self.setProperty("body", "win")
        self.area.setObjectName("plain")
        self.body.setSpacing(12)
        self.card = Card()
        self.name = Label(login.login, "subtitle", code=True)
        self.plan = Label("", "body", "text2")
        self.card.body.addLayout(row(IconLabel("key", "text", 18), self.name, self.plan, None, spacing=8))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        for column in range(4):
            self._grid.setColumnStretch(column, 1)
        self.card.body.addLayout(self._grid)
        self._values: dict[str, Label] = {}
        self.status = Chip("", "mute", "")
        captions = ("Last-Connection", "Last-Mac-Connected", "IP", "Senha", "Perfil", "Ponto de Acesso", "Servidor")
        self._add("Status", self.status, 0)
        for at, caption in enumerate(captions, 1):
            value = Label("—", "medium", code=caption in ("Last-Mac-Connected", "IP", "Senha")).selectable()
            self._values[caption] = value
            holder = value if caption != "Senha" else self._password_line(value)
            self._add(caption, holder, at)
        self.body.addWidget(self.card)
        self.sessions = Card("Últimas conexões")
        self.table = TableView(
            [
                Column(head="Início", text=lambda s: format.moment(_local(s.started_at)), width=MOMENT, sort=_started),
                Column(
                    head="Fim",
                    text=lambda s: format.moment(_local(s.stopped_at)) if s.stopped_at else "em curso",
                    icon=lambda s: "" if s.stopped_at else "circle-fill",
                    tone=lambda s: "text" if s.stopped_at else "ok",
                    width=MOMENT,
                ),
                Column(head="Duração", text=_duration, right=True, width=90),
                Column(head="MAC", text=lambda s: s.mac or "—", code=True, width=140),
                Column(head="Download", text=lambda s: format.size(s.out_octets), right=True, width=90),
                Column(head="Upload", text=lambda s: format.size(s.in_octets), right=True, width=90),
                Column(head="Causa", text=lambda s: s.cause or "—", stretch=True),
            ],
            name="logins/sessions",
            settings=desk.settings,
        )
        self.none = Label("Este login ainda não se conectou.", "body", "text2")
        self.sessions.body.addWidget(self.table)
        self.sessions.body.addWidget(self.none)
        self.body.addWidget(self.sessions)
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(SHOWN_SECONDS * 1000)
        self._hide.timeout.connect(self._hide_password)
        self._desk.ask(LoginInformation(login.id), owner=self, done=self._show)

    def _add(self, caption: str, value: QWidget, at: int) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(Label(caption, "caption", "text2"))
        column.addWidget(value)
        # At the top: captions of one row stand on one line, whatever is under them.
        self._grid.addWidget(holder, at // 4, at % 4, Qt.AlignmentFlag.AlignTop)

    def _password_line(self, value: Label) -> QWidget:
        value.setText(HIDDEN)
        self.eye = icon_button("eye", "Ver senha (fica registrado)", self.reveal, small=True)
        if not self._desk.may(RevealPassword):
            self.eye.setEnabled(False)
            self.eye.setToolTip(f"Falta a permissão {self._desk.needs(RevealPassword)}")
        holder = QWidget()
        holder.setLayout(row(value, self.eye, None, spacing=4))
        return holder

    def _show(self, shown: LoginProperties) -> None:
        self.plan.setText(shown.plan)
        if shown.connected:
            self.status.set("Connected", "ok", "circle-fill", filled=False)
        else:
            self.status.set("Disconnected", "mute", "circle", filled=False)
        if not shown.allowed:
            self.status.set("bloqueado", "warn", "prohibit")
        last = format.moment(_local(shown.last_connection), seconds=True) if shown.last_connection else "—"
        values = {
            "Last-Connection": last,
            "Last-Mac-Connected": shown.last_mac or "—",
            "IP": shown.ip or shown.fixed_ip or "—",
            "Perfil": shown.profile or format.rates(shown.down_kbps, shown.up_kbps),
            "Ponto de Acesso": shown.access_point or "—",
            "Servidor": shown.router or "—",
        }
        for caption, text in values.items():
            self._values[caption].setText(text)
        self.table.show_rows(shown.sessions)
        self.table.fit_height()
        self.table.setVisible(bool(shown.sessions))
        self.none.setVisible(not shown.sessions)
        self.fit()

    def reveal(self) -> None:
        """Ask for the password; the look is written down before it is shown."""
        self._desk.do(RevealPassword(login_id=self._login.id), owner=self, done=self._revealed)

    def _revealed(self, shown: PasswordShown) -> None:
        self._values["Senha"].setText(shown.password)
        self._hide.start()

    def _hide_password(self) -> None:
        self._values["Senha"].setText(HIDDEN)

    def add_act(self, label: str, icon: str, act: object) -> None:
        """One more button in the footer, for what the menu offers too."""
        if callable(act):
            self.add_button(button(label, act, icon=icon))


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    return moment.astimezone() if moment is not None else None


def _started(session: SessionRow) -> dt.datetime:
    return session.started_at or dt.datetime.min.replace(tzinfo=dt.UTC)


def _duration(session: SessionRow) -> str:
    if session.started_at is None:
        return "—"
    return format.lasting((session.stopped_at or dt.datetime.now(dt.UTC)) - session.started_at)
