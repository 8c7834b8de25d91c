"""What the routers would be told, line by line, before anything is saved."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError
from desk.services.ips import IpChange, IpLook, IpPreview, PreviewIp
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.labels import IconLabel, Label, clear, row
from desk.ui.core.router_words import MENUS
from desk.ui.ips.texts import PROBLEMS

_ACTS = {"add": ("plus", "ok"), "change": ("pencil-simple", "warn"), "drop": ("trash", "bad")}
MOST_LINES = 7  # more would push the buttons off a small screen


class NetworkBox(QFrame):
    """One line for each change on a router; a silent router is said, and holds nobody up."""

    def __init__(self, desk: Desk, owner: QWidget) -> None:
        super().__init__(owner)
        self._desk = desk
        self.setObjectName("sunken")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 10)
        outer.setSpacing(4)
        self.when = Label("", "caption", "text2")
        outer.addLayout(row(IconLabel("share-network", "text2"), Label("Rede", "strong"), None, self.when))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(2)
        outer.addLayout(self._lines)
        self.said: list[str] = []

    def ask(self, query: PreviewIp) -> None:
        """Look at the routers; the newest question counts."""
        self.when.setText("conferindo…")
        self._desk.ask(query, owner=self, done=self.show_preview, failed=self._failed, slot=("ip preview", id(self)))

    def _failed(self, error: DomainError) -> bool:
        self.blank("")
        return True  # what is wrong with the draft is told at its fields

    def blank(self, text: str) -> None:
        """Nothing to compare yet."""
        clear(self._lines)
        self.said = []
        self.when.setText("")
        if text:
            self._quiet(text)
        self._fit()

    def show_preview(self, preview: IpPreview) -> None:
        """All changes of all routers concerned."""
        clear(self._lines)
        self.said = []
        self.when.setText(f"conferido às {format.clock(preview.at.astimezone())}")
        if preview.by_radius:
            self._quiet("O RADIUS entrega na próxima conexão do login.")
        for look in preview.routers:
            self._router(look)
        if not preview.by_radius and not any(look.changes for look in preview.routers):
            self._quiet("Nada muda nos roteadores.")
        self._fit()

    def _router(self, look: IpLook) -> None:
        if not look.answers:
            why = PROBLEMS.get(look.problem, "recusou a consulta")
            self._line(
                "warning-circle-fill", "warn", look.device, f"{why}; a entrega fica pendente. Não impede salvar."
            )
        for change in look.changes[:MOST_LINES]:
            icon, tone = _ACTS[change.act]
            self._line(icon, tone, f"{look.device} · {MENUS.get(change.menu, change.menu)}", told(change))
        if len(look.changes) > MOST_LINES:
            self._quiet(f"e mais {len(look.changes) - MOST_LINES} em {look.device}")

    def _line(self, icon: str, tone: str, where: str, what: str) -> None:
        place = Label(where, "caption", "text2")
        place.setFixedWidth(238)
        words = Label(what, "body", code=True, wrap=True)
        line = row(IconLabel(icon, tone, 14), place, words)
        line.setContentsMargins(0, 0, 0, 0)
        line.setStretchFactor(words, 1)
        holder = QWidget()
        holder.setLayout(line)
        self._lines.addWidget(holder)
        self.said.append(f"{where}: {what}")

    def _quiet(self, text: str) -> None:
        self._lines.addWidget(Label(text, "caption", "text2", wrap=True))
        self.said.append(text)

    def _fit(self) -> None:
        QTimer.singleShot(0, self, self._fit_now)  # new lines know their height only once they were laid out

    def _fit_now(self) -> None:
        window = self.window()
        if hasattr(window, "fit") and window.isVisible():
            window.fit()


def told(change: IpChange) -> str:
    """Old → new, or the one there is."""
    if change.act == "change":
        return f"{change.before} → {change.after}"
    return change.after or change.before
