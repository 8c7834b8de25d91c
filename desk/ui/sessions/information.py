"""Informações do Login de Autenticação: what RADIUS knows of a login, and what it did."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desk.services.core.outbox import Progress
from desk.services.logins import LoginInformation, LoginProperties, PasswordShown, RevealPassword
from desk.services.plans import LoginItem
from desk.ui.core import format
from desk.ui.core.cards import Card
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Chip, IconLabel, Label, button, icon_button, row
from desk.ui.core.reload import Reload, told_by_the_band
from desk.ui.sessions.statement import StatementCard

SHOWN_SECONDS = 30
HIDDEN = "••••••••"
# A router that reports every five minutes and has been silent for an hour has most likely lost the connection.
SILENT = dt.timedelta(hours=1)
_CODE = ("Last-Mac-Connected", "IP", "Senha")


class LoginInformationDialog(DeskDialog):
    """Properties with the names of the sources, the statement below, and the acts that belong to it.

    `statement=False` leaves the properties alone: what Propriedades shows.
    """

    def __init__(self, desk: Desk, login: LoginItem, parent: QWidget | None, *, statement: bool = True) -> None:
        title = "Informações do Login de Autenticação" if statement else "Propriedades Login"
        super().__init__(title, size=Size.WIZARD, closing="Fechar", parent=parent)
        self._desk, self._login = desk, login
        self.setProperty("body", "win")
        self.area.setObjectName("plain")
        self.body.setSpacing(12)
        self.body.addWidget(self._properties())
        if statement:
            self.statement = StatementCard(desk, login.id)
            self.body.addWidget(self.statement)
            self.export = self.add_button(button("Exportar…", self._export, icon="export"))
        self._hide = QTimer(self)
        self._hide.setSingleShot(True)
        self._hide.setInterval(SHOWN_SECONDS * 1000)
        self._hide.timeout.connect(self._hide_password)
        self._soon = Reload(desk, self, self.load, under="plans")
        desk.progress.connect(self._progressed)  # a method, so that it ends with the window
        self.load()

    def _properties(self) -> Card:
        self.card = Card()
        self.plan = Label("", "body", "text2")
        self.card.body.setSpacing(10)
        name = Label(self._login.login, "subtitle", code=True).selectable()
        self.card.body.addLayout(row(IconLabel("key", "text", 18), name, self.plan, None, spacing=8))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(10)
        for column in range(4):
            grid.setColumnStretch(column, 1)
        self.card.body.addLayout(grid)
        self.values: dict[str, Label] = {}
        self.status = Chip("", "mute", "")
        captions = ("Last-Connection", "Last-Mac-Connected", "IP", "Senha", "Perfil", "Ponto de Acesso", "Servidor")
        _place(grid, 0, "Status", self.status)
        for at, caption in enumerate(captions, 1):
            value = Label("—", "medium", code=caption in _CODE).selectable()
            self.values[caption] = value
            _place(grid, at, caption, value if caption != "Senha" else self._password_line(value))
        self._acts = row(
            self._act("sessions.close", "Fechar Conexão Atual", "power"),
            self._act("logins.password", "Alterar Senha de Autenticação", "lock-key"),
            self._act("sessions.try", "Testar Autenticação", "check-circle"),
            self._act("sessions.traffic", "Dados de Tráfego", "chart-line"),
            None,
        )
        self.card.body.addSpacing(2)
        self.card.body.addLayout(self._acts)
        return self.card

    def _act(self, action_id: str, label: str, icon: str) -> QWidget:
        made = button(label, lambda: self._desk.run_action(action_id, self._login), icon=icon)
        obstacle = self._desk.actions[action_id].obstacle(self._desk, self._login)
        made.setEnabled(obstacle is None)
        made.setToolTip(obstacle or "")
        return made

    def _password_line(self, value: Label) -> QWidget:
        value.setText(HIDDEN)
        self.eye = icon_button("eye", "Ver Senha Login Radius (fica registrado)", self.reveal, small=True)
        if not self._desk.may(RevealPassword):
            self.eye.setEnabled(False)
            self.eye.setToolTip(f"Falta a permissão {self._desk.needs(RevealPassword)}")
        holder = QWidget()
        holder.setLayout(row(value, self.eye, None, spacing=4))
        return holder

    def load(self) -> None:
        """Ask for the properties; the statement asks for itself."""
        self._desk.ask(
            LoginInformation(self._login.id),
            owner=self,
            done=self._show,
            failed=told_by_the_band,
            slot=("information", id(self)),
        )

    def _progressed(self, progress: Progress) -> None:
        if progress.final:
            self._soon.start()

    def _show(self, shown: LoginProperties) -> None:
        self.plan.setText(shown.plan)
        self._show_status(shown)
        told = format.told_rate(shown.told_rate) if shown.told_rate else format.rates(shown.down_kbps, shown.up_kbps)
        values = {
            "Last-Connection": format.moment(shown.last_connection, seconds=True) or "—",
            "Last-Mac-Connected": shown.last_mac or "—",
            "IP": shown.ip or shown.fixed_ip or "—",
            "Perfil": f"{shown.profile} · {told}" if shown.profile else told,
            "Ponto de Acesso": shown.access_point or "—",
            "Servidor": shown.router or "—",
        }
        for caption, text in values.items():
            self.values[caption].setText(text)

    def _show_status(self, shown: LoginProperties) -> None:
        now = dt.datetime.now(dt.UTC)
        if shown.connected and shown.last_news is not None and now - shown.last_news > SILENT:
            self.status.set(f"Connected · sem notícia há {format.lasting(now - shown.last_news)}", "warn", "clock-fill")
        elif shown.connected:
            self.status.set("Connected", "ok", "circle-fill", filled=False)
        else:
            self.status.set("Disconnected", "mute", "circle", filled=False)
        if not shown.allowed:
            self.status.set(f"{self.status.text} · bloqueado", "warn", "prohibit")

    def reveal(self) -> None:
        """Ask for the password; the look is written down before it is shown."""
        self._desk.do(RevealPassword(login_id=self._login.id), owner=self, done=self._revealed)

    def _revealed(self, shown: PasswordShown) -> None:
        self.values["Senha"].setText(shown.password)
        self._hide.start()

    def _hide_password(self) -> None:
        self.values["Senha"].setText(HIDDEN)

    def _export(self) -> None:
        menu = self.statement.export_menu(self)
        menu.popup(self.export.mapToGlobal(self.export.rect().topLeft()))


def _place(grid: QGridLayout, at: int, caption: str, value: QWidget) -> None:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(3)
    column.addWidget(Label(caption, "caption", "text2"))
    column.addWidget(value)
    # At the top: captions of one row stand on one line, whatever is under them.
    grid.addWidget(holder, at // 4, at % 4, Qt.AlignmentFlag.AlignTop)
