"""What an order would do on the network, line by line, before it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desk.services.core.bus import Command
from desk.services.core.errors import DomainError
from desk.services.previews import Change, NetworkPreview, Rehearse, When
from desk.ui.core import format, paint
from desk.ui.core.desk import Desk
from desk.ui.core.labels import IconLabel, Label, clear, row
from desk.ui.core.messages import explain
from desk.ui.core.router_words import PROBLEMS, ends, exact, told, where

_ACTS = {"add": ("plus", "ok"), "change": ("pencil-simple", "warn"), "drop": ("trash", "bad"), "tell": ("key", "text2")}
MOST_LINES = 7  # more would push the buttons off a small screen
PLACE_WIDTH = 228  # at most; "RT-ALVORADA-02 · Lista de endereços" in one line
LOOK_MS = 500  # typing ends before anybody is asked


class NetworkBox(QFrame):
    """One line for each thing that would be said; a silent router is said too, and holds nobody up."""

    fitted = Signal()  # what was said has its place

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
        self._lines.setSpacing(5)
        outer.addLayout(self._lines)
        self.said: list[str] = []
        self._places: list[Label] = []
        self.tells_refusals = False  # where there are no fields to tell them at
        self.settles_many = False  # of settings: how much it reaches is said; a hidden box comes up only with something
        self._waiting: Command[Any] | None = None
        self._asked: Rehearse | None = None
        self.soon = QTimer(self)
        self.soon.setSingleShot(True)
        self.soon.setInterval(LOOK_MS)
        self.soon.timeout.connect(self._ask_now)

    def ask(self, command: Command[Any]) -> None:
        """Rehearse an order; the newest question counts."""
        self.when.setText("conferindo…")
        question = self._asked = Rehearse(command=command)

        def done(preview: NetworkPreview) -> None:
            if self._asked is question:
                self.show_preview(preview)

        self._desk.ask(question, owner=self, done=done, failed=self._failed, slot=("network", id(self)))

    def ask_soon(self, command: Command[Any]) -> None:
        """The same once nobody has typed for a moment."""
        self._waiting = command
        self.soon.start()

    def _ask_now(self) -> None:
        if self._waiting is not None:
            self.ask(self._waiting)

    def _failed(self, error: DomainError) -> bool:
        self.blank(explain(error).what if self.tells_refusals else "")
        if self.settles_many:
            self.hide()
        return True  # what is wrong with an order is told at its fields, and when it is given

    def blank(self, text: str) -> None:
        """Nothing to compare yet."""
        self.soon.stop()
        clear(self._lines)
        self.said, self._places = [], []
        self.when.setText("")
        if text:
            self._quiet(text)
        self._fit()

    def forget(self) -> None:
        """Nothing to tell; an answer that is still under way comes too late."""
        self.blank("")
        self._asked = None
        self.hide()

    def show_preview(self, preview: NetworkPreview) -> None:
        """All that would be said, to whom."""
        clear(self._lines)
        self.said, self._places = [], []
        self.when.setText(f"conferido às {format.clock(preview.at.astimezone())}")
        if self.settles_many and reached(preview):
            self.show()
        if preview.sampled or (self.settles_many and reached(preview) > 1):
            self._quiet(concerned(preview))
        for look in preview.mute:
            why = PROBLEMS.get(look.problem, "recusou a consulta")
            start = "se ele estiver vazio" if look.problem == "moved" else "a partir do último estado conhecido"
            words = f"{why}; abaixo, o que será enviado {start}. Não impede salvar."
            self._line("warning-circle-fill", "warn", look.device, words)
        for change in some_of_each(preview.changes) if self.settles_many else preview.changes[:MOST_LINES]:
            self._change(change)
        if len(preview.changes) > MOST_LINES and not preview.sampled:
            self._quiet(f"e mais {len(preview.changes) - MOST_LINES}")
        if not preview.changes:
            self._quiet("Nada muda na rede.")
        wide = max((paint.text_width(at.font(), at.text()) for at in self._places), default=0)
        for at in self._places:  # as wide as the longest, so that what is said begins at one edge
            at.setFixedWidth(min(wide, PLACE_WIDTH))
        self._fit()

    def _change(self, change: Change) -> None:
        icon, tone = _ACTS[change.act]
        if change.when in (When.LATER, When.NEXT):
            icon, tone = "timer", "text2"
        elif ends(change):
            icon, tone = "power", "warn"
        self._line(icon, tone, where(change), told(change), exact(change))

    def _line(self, icon: str, tone: str, place: str, what: str, tip: str = "") -> None:
        at = Label(place, "caption", "text2", wrap=True)
        self._places.append(at)
        words = Label(what, "body", wrap=True)
        line = row(IconLabel(icon, tone, 14), at, words)
        line.setContentsMargins(0, 0, 0, 0)
        line.setStretchFactor(words, 1)
        holder = QWidget()
        holder.setLayout(line)
        holder.setToolTip(tip)
        holder.setAccessibleName(f"{place}: {what}")
        self._lines.addWidget(holder)
        self.said.append(f"{place}: {what}")

    def _quiet(self, text: str) -> None:
        self._lines.addWidget(Label(text, "caption", "text2", wrap=True))
        self.said.append(text)

    def _fit(self) -> None:
        QTimer.singleShot(0, self, self._fit_now)  # new lines know their height only once they were laid out

    def _fit_now(self) -> None:
        window = self.window()
        if hasattr(window, "fit") and window.isVisible():
            window.fit()
        self.fitted.emit()


def some_of_each(changes: Sequence[Change], most: int = MOST_LINES) -> list[Change]:
    """The first lines of every kind of order to every device, in the order of all: logins do not hide the IPs."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for at, change in enumerate(changes):
        kinds.setdefault((change.device, change.command), []).append(at)
    turns = sorted((turn, at) for places in kinds.values() for turn, at in enumerate(places))
    return [changes[at] for at in sorted(at for _, at in turns[:most])]


def reached(preview: NetworkPreview) -> int:
    """How many things an order touches in all."""
    return preview.logins + preview.ips + preview.connections


def concerned(preview: NetworkPreview) -> str:
    """How many things of each kind an order touches, and whether only some of them are shown."""
    parts = [
        format.count(number, one, many)
        for number, one, many in (
            (preview.logins, "login", "logins"),
            (preview.ips, "IP", "IPs"),
            (preview.connections, "conexão", "conexões"),
        )
        if number
    ]
    return f"Alcança {' e '.join(parts)}{'; abaixo, uma amostra.' if preview.sampled else '.'}"
