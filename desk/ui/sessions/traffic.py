"""Verificar Dados do Ponto de Acesso: Dados de Tráfego, live, and Informação Servidor."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desk.services.plans import LoginItem
from desk.services.sessions import TrafficFeed, TrafficLook, WatchTraffic
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid
from desk.ui.core.charts import Flow, LiveChart
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.icons import icon
from desk.ui.core.labels import Chip, Label, button, icon_button, row
from desk.ui.core.tabs import Segments

EVERY = {"1 s": 1_000, "5 s": 5_000}
PROBLEMS = {
    "no_router": "Não há servidor de roteamento conhecido para este login.",
    "no_credentials": "Não há senha guardada para este roteador.",
    "database": "O banco de dados não respondeu.",
    "login": "O roteador não aceitou usuário e senha.",
    "permission": "O usuário do Desk não tem permissão no roteador.",
    "certificate": "O certificado do roteador não confere.",
    "away": "O roteador não responde; nova tentativa em alguns segundos.",
}
_SILENT = "O roteador não respondeu; o Desk continua tentando."


class TrafficDialog(DeskDialog):
    """Asks once a second while it is seen; the router going away leaves a gap, and its return goes on."""

    def __init__(self, desk: Desk, login: LoginItem, parent: QWidget | None) -> None:
        super().__init__("Verificar Dados do Ponto de Acesso", size=Size.FORM, closing="Fechar", parent=parent)
        self._desk, self._login = desk, login
        self._feed: TrafficFeed | None = None
        self._waiting = self._paused = False
        self.body.setSpacing(12)
        self.state = Chip("conectando…", "mute", "clock-fill")
        self.every = Segments(list(EVERY))
        self.every.chosen.connect(self._often)
        self.pause = icon_button("pause", "Pausar", self.toggle)
        name = Label(login.login, "subtitle", code=True)
        heading = Label("Dados de Tráfego", "section")
        line = row(heading, name, self.state, None, Label("a cada", "caption", "text2"), self.every, self.pause)
        self.body.addLayout(line)
        self.chart = LiveChart()
        self.body.addWidget(self.chart)
        self.values: dict[str, Label] = {}
        numbers = QHBoxLayout()
        for caption in ("Download", "Upload", "Nesta conexão", "Conectado há"):
            numbers.addWidget(self._number(caption), 1)
        self.body.addLayout(numbers)
        self.said = Label("", "caption", "text2", wrap=True)
        self.said.hide()
        self.body.addWidget(self.said)
        server = Card("Informação Servidor", icon="hard-drives", sunken=True)
        self.server = FieldGrid(caption_width=120)
        server.body.addWidget(self.server)
        self.body.addWidget(server)
        password = button("Alterar Senha de Autenticação", self._password, icon="lock-key")
        obstacle = desk.actions["logins.password"].obstacle(desk, login)
        password.setEnabled(obstacle is None)
        password.setToolTip(obstacle or "")
        self.add_button(password)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY["1 s"])
        self._timer.timeout.connect(self.look)
        self.finished.connect(self._over)
        desk.ask(WatchTraffic(login.id), owner=self, done=self._begin)

    def _often(self, at: int) -> None:
        self._timer.setInterval(list(EVERY.values())[at])

    def _number(self, caption: str) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        tone = {"Download": "s1", "Upload": "s2"}.get(caption, "text")
        self.values[caption] = Label("—", "subtitle", tone)
        column.addWidget(Label(caption, "caption", "text2"))
        column.addWidget(self.values[caption])
        return holder

    def _begin(self, feed: TrafficFeed) -> None:
        self._feed = feed
        known = feed.information
        self.chart.set_speed(max(known.down_kbps, known.up_kbps))
        self._show_server(None)
        self.fit()
        self._timer.start()
        self.look()

    def look(self) -> None:
        """One question, unless one is under way, it is paused, or nobody sees the answer."""
        if self._feed is None or self._waiting or self._paused or not self.isVisible() or self.isMinimized():
            return
        self._waiting = True
        self._desk.background.run(self._feed.look, owner=self, done=self._looked, failed=self._failed)

    def _failed(self, error: Exception) -> None:
        self._waiting = False
        raise error

    def _looked(self, look: TrafficLook) -> None:
        self._waiting = False
        if self._paused:  # asked before the pause
            return
        first = not self.chart.flows
        self.chart.add(Flow(look.at, _bits(look.download_bps, look), _bits(look.upload_bps, look)))
        if look.problem:
            self.state.set("sem resposta", "bad", "x-circle-fill")
            self.said.setText(PROBLEMS.get(look.problem, _SILENT))
        elif not look.connected:
            self.state.set("não conectado", "mute", "circle")
            self.said.setText("O roteador não lista conexão deste login.")
        else:
            self.state.set("ao vivo", "ok", "circle-fill")
            self.said.setText("")
        self.said.setVisible(bool(self.said.text()))
        if not look.problem:
            self._show_numbers(look)
            self._show_server(look)
        if first:
            self.fit()

    def _show_numbers(self, look: TrafficLook) -> None:
        gone = look.downloaded is None or look.uploaded is None
        total = "—" if gone else f"{format.size(look.downloaded or 0)} / {format.size(look.uploaded or 0)}"
        uptime = look.uptime_seconds
        texts = {
            "Download": "—" if look.download_bps is None else format.rate(round(look.download_bps / 1000)),
            "Upload": "—" if look.upload_bps is None else format.rate(round(look.upload_bps / 1000)),
            "Nesta conexão": total,
            "Conectado há": "—" if uptime is None else _uptime(uptime),
        }
        for caption, text in texts.items():
            self.values[caption].setText(text)

    def _show_server(self, look: TrafficLook | None) -> None:
        if self._feed is None:
            return
        known = self._feed.information
        answered = f"respondeu em {format.number(look.milliseconds)} ms" if look is not None else ""
        about = " · ".join(part for part in ((look.board, look.version) if look is not None else ()) if part)
        self.server.show_facts(
            [
                Fact("Servidor", known.router or "—", note=answered),
                Fact("IP", known.host or "—", code=True),
                Fact("Interface", (look.interface if look is not None else "") or "—", code=True),
                Fact("Ponto de Acesso", known.access_point or "—"),
                Fact("Endereço do cliente", (look.address if look is not None else known.session_ip) or "—", code=True),
                Fact("Equipamento", about or "—"),
            ]
        )

    def toggle(self) -> None:
        """Stop asking, or go on."""
        self._paused = not self._paused
        self.pause.setIcon(icon("play" if self._paused else "pause", "text2"))
        self.pause.setToolTip("Continuar" if self._paused else "Pausar")
        self.pause.setAccessibleName(self.pause.toolTip())
        if self._paused:
            self.state.set("pausado", "mute", "pause-circle-fill")

    def _password(self) -> None:
        self._desk.run_action("logins.password", self._login)

    def _over(self) -> None:
        """Nobody watches any more: hang up, away from the screen."""
        self._timer.stop()
        if self._feed is not None:
            feed, self._feed = self._feed, None
            self._desk.background.run(feed.close, owner=self._desk, done=lambda _: None, failed=_raise)


def _bits(value: int | None, look: TrafficLook) -> float | None:
    return None if look.problem or value is None else float(value)


def _uptime(seconds: int) -> str:
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02d}:{rest // 60 % 60:02d}:{rest % 60:02d}"
    return f"{days} d {clock}" if days else clock


def _raise(error: Exception) -> None:
    raise error
