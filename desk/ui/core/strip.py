"""The delivery strip: what was done, what outside already knows of it, and what to do about the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desk.ui.core import format
from desk.ui.core.cards import hairline, upright
from desk.ui.core.icons import icon
from desk.ui.core.labels import ElidedLabel, IconLabel, KeyCap, Label, button, clear, link, row
from desk.ui.core.motion import Spinner

State = Literal["done", "pending", "delivering", "failed", "absent"]
HEIGHT = 42
GOOD_NEWS_MS = 6_000
_LOOKS: dict[str, tuple[str, str]] = {
    "done": ("check-circle-fill", "ok"),
    "pending": ("clock-fill", "warn"),
    "failed": ("x-circle-fill", "bad"),
    "absent": ("minus-circle-fill", "mute"),
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing the outside world is told: in the strip its name and reason, in the panel all of it."""

    name: str  # "RADIUS"
    state: State
    reason: str = ""  # "sem resposta, nova tentativa em 30 s"
    thing: str = ""  # "maria.nogueira"
    said: str = ""  # "Feito: bloqueado"
    proof: str = ""  # "vale já na próxima autenticação"
    time: str = ""  # "14:32:07"
    key: object = None  # what `retry` is emitted with


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One act and all its steps."""

    act: str  # "Plano suspenso com sucesso"
    steps: tuple[Step, ...]
    heading: str = ""  # "Suspender Plano · 14:32:07 · Ana Paula"
    undo_seconds: int = 0  # 0: nothing to undo

    @property
    def failed(self) -> bool:
        """Whether anything needs a person."""
        return any(step.state == "failed" for step in self.steps)

    @property
    def finished(self) -> bool:
        """Whether nothing is owed any more."""
        return all(step.state in ("done", "absent") for step in self.steps)


def mark(state: str, size: int = 16) -> QWidget:
    """The icon of a state; it turns while something is on its way."""
    if state == "delivering":
        return Spinner(size)
    name, tone = _LOOKS[state]
    return IconLabel(name, tone, size)


def _tone(state: str) -> str:
    return {"done": "ok", "failed": "bad", "pending": "warn"}.get(state, "text")


class DeliveryPanel(QFrame):
    """One line for each debt: device, thing, state, which proof, when."""

    retry = Signal(object)  # the step's key
    all_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("flyout")
        self.setFixedWidth(680)
        self.setAccessibleName("Entregas desta alteração")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = row(Label("Entregas desta alteração", "section"), None)
        self._heading = Label("", "caption", "text2")
        head.addWidget(self._heading)
        top = QWidget()  # a widget of its own keeps its height while the grid grows
        top.setFixedHeight(44)
        head.setContentsMargins(14, 0, 14, 0)
        top.setLayout(head)
        outer.addWidget(top)
        outer.addWidget(hairline())
        self._grid = QGridLayout()
        self._grid.setContentsMargins(14, 10, 14, 10)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(14)
        self._grid.setColumnMinimumWidth(1, 124)
        self._grid.setColumnStretch(2, 1)
        outer.addLayout(self._grid)
        outer.addWidget(hairline())
        foot = row(IconLabel("info-fill", "text2", 14))
        foot.addWidget(Label("Pode fechar: o que falta continua sendo entregue.", "caption", "text2"), 1)
        foot.addWidget(link("Todas as entregas", self.all_wanted.emit))
        foot.addWidget(KeyCap("F8"))
        foot.setContentsMargins(14, 8, 14, 10)
        outer.addLayout(foot)

    def show_delivery(self, delivery: Delivery) -> None:
        """Show the steps of one act."""
        self._heading.setText(delivery.heading)
        clear(self._grid)
        for at, step in enumerate(delivery.steps):
            self._grid.addWidget(mark(step.state), at, 0, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(
                _two(Label(step.name, "strong"), Label(step.thing, "caption", "text2", code=True)), at, 1
            )
            said = Label(step.said or step.reason, "medium", _tone(step.state))
            self._grid.addWidget(_two(said, Label(step.proof, "caption", "text2", wrap=True)), at, 2)
            if step.state == "failed" and step.key is not None:
                again = link("Tentar agora")
                again.clicked.connect(lambda _=False, key=step.key: self.retry.emit(key))
                self._grid.addWidget(again, at, 3)
            self._grid.addWidget(Label(step.time, "caption", "text2"), at, 4, Qt.AlignmentFlag.AlignRight)


def _two(first: QWidget, second: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(first)
    column.addWidget(second)
    return holder


class DeliveryStrip(QFrame):
    """Shows a Delivery; leaves by itself when all is well, stays while anything failed."""

    retry = Signal(object)  # a step's key, or None for all that failed
    undo = Signal()
    all_wanted = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("footer")
        self.setFixedHeight(HEIGHT)
        self.delivery: Delivery | None = None
        self._undo_left = 0
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(16, 0, 12, 0)
        self._layout.setSpacing(12)
        self._act = Label("", "strong")
        self._layout.addWidget(self._act)
        self._layout.addWidget(upright())
        self._steps = QHBoxLayout()
        self._steps.setSpacing(18)
        self._layout.addLayout(self._steps, 1)
        self.again = button("Tentar agora", lambda: self.retry.emit(None), icon="arrow-clockwise")
        self.back = button("Desfazer", self.undo.emit, icon="arrow-counter-clockwise", tip="Desfazer (Ctrl+Z)")
        self._time = Label("", "caption", "text2")
        self.details = button("Detalhes", self.toggle_panel, kind="flat", icon="caret-up")
        for each in (self.again, self.back, self._time, self.details):
            self._layout.addWidget(each)
        self.panel = DeliveryPanel(self)
        self.panel.retry.connect(self.retry)
        self.panel.all_wanted.connect(self.all_wanted)
        self.panel.installEventFilter(self)
        self._seconds = QTimer(self)
        self._seconds.setInterval(1_000)
        self._seconds.timeout.connect(self._second)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(GOOD_NEWS_MS)
        self._leaving.timeout.connect(self.leave)
        self.hide()

    def show_delivery(self, delivery: Delivery) -> None:
        """Show an act, or how far the present one has come."""
        fresh = self.delivery is None or self.delivery.act != delivery.act or self.isHidden()
        before = self.delivery
        self.delivery = delivery
        self._act.setText(delivery.act)
        self._fill(delivery)
        self.again.setVisible(delivery.failed)
        if fresh:
            self._undo_left = delivery.undo_seconds
        self.back.setVisible(self._undo_left > 0)
        self._time.setVisible(self._undo_left > 0)
        self._time.setText(format.countdown(self._undo_left))
        if self.panel.isVisible():
            self.panel.show_delivery(delivery)
        self.show()
        if self._undo_left > 0:
            self._seconds.start()
        self._leaving.stop()
        if delivery.finished and self._undo_left <= 0:
            self._leaving.start()
        if before != delivery:
            self._announce(delivery)

    def _fill(self, delivery: Delivery) -> None:
        clear(self._steps)
        for step in _merged(delivery.steps):
            holder = QWidget()
            name = Label(step.name, "strong" if step.state != "pending" else "medium")
            reason = ElidedLabel(
                step.reason, "body", _tone(step.state) if step.state == "failed" else "text2", middle=False
            )
            reason.setVisible(bool(step.reason))
            holder.setLayout(row(mark(step.state), name, reason, spacing=8))
            holder.setAccessibleName(f"{step.name}: {step.reason or step.said or step.state}")
            self._steps.addWidget(holder)
        self._steps.addStretch(1)

    def _announce(self, delivery: Delivery) -> None:
        words = "; ".join(f"{step.name} {step.reason or step.said}".strip() for step in delivery.steps)
        event = QAccessibleAnnouncementEvent(self, f"{delivery.act}. {words}")
        urgent = QAccessible.AnnouncementPoliteness.Assertive
        event.setPoliteness(urgent if delivery.failed else QAccessible.AnnouncementPoliteness.Polite)
        QAccessible.updateAccessibility(event)

    def _second(self) -> None:
        self._undo_left -= 1
        self._time.setText(format.countdown(self._undo_left))
        if self._undo_left <= 0:
            self._seconds.stop()
            self.back.hide()
            self._time.hide()
            if self.delivery is not None and self.delivery.finished:
                self._leaving.start()

    def toggle_panel(self) -> None:
        """Open or close the list of debts above the strip."""
        if self.panel.isVisible():
            self.panel.hide()
            return
        if self.delivery is None:
            return
        self.panel.show_delivery(self.delivery)
        self.panel.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - self.panel.width() - 12, -self.panel.height() - 8))
        self.panel.move(corner)
        self.panel.show()

    def leave(self) -> None:
        """Go; nothing is owed, or the person has answered."""
        self.panel.hide()
        self._seconds.stop()
        self._leaving.stop()
        self.hide()
        self.left.emit()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.panel and event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
            shown = event.type() == QEvent.Type.Show
            self.details.setIcon(icon("caret-down" if shown else "caret-up"))
        return False


def _merged(steps: tuple[Step, ...]) -> list[Step]:
    """Steps of one name as one word: the worst of them."""
    order = ["failed", "delivering", "pending", "done", "absent"]
    found: dict[str, Step] = {}
    for step in steps:
        known = found.get(step.name)
        if known is None or order.index(step.state) < order.index(known.state):
            found[step.name] = step
    return list(found.values())
