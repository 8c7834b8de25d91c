"""Boxes that hold what is read: cards, grids of facts, notes, the busy bar and the empty state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from desk.ui.core.labels import Chip, IconLabel, KeyCap, Label, button, clear, row

CAPTION_WIDTH = 168
BUSY_AFTER_MS = 400
_NOTE_ICONS = {"warn": "warning-fill", "bad": "x-circle-fill", "ok": "check-circle-fill", "info": "info-fill"}


def hairline() -> QFrame:
    """A line across."""
    line = QFrame()
    line.setObjectName("hairline")
    return line


def upright() -> QFrame:
    """A line from top to bottom."""
    line = QFrame()
    line.setObjectName("upright")
    return line


class Card(QFrame):
    """A box with a heading; put what it holds into `body`, and extras into `head`."""

    def __init__(self, title: str = "", *, icon: str = "", sunken: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("sunken" if sunken else "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 10, 16, 12)
        outer.setSpacing(8)
        self.head = QHBoxLayout()
        self.head.setSpacing(8)
        if icon:
            self.head.addWidget(IconLabel(icon))
        self.title = Label(title, "section")
        if title:
            self.head.addWidget(self.title)
            self.head.addStretch(1)
            outer.addLayout(self.head)
            self.setAccessibleName(title)
        self.body = QVBoxLayout()
        self.body.setSpacing(5)
        outer.addLayout(self.body)


class Pair(QWidget):
    """Two cards of one width side by side, or one above the other where that would cut them."""

    def __init__(self, one: QWidget, two: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cards = (one, two)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        self._box.addWidget(one, 1)
        self._box.addWidget(two, 1)

    def _turn(self) -> None:
        wide = 2 * max(card.minimumSizeHint().width() for card in self._cards) + self._box.spacing()
        directions = QBoxLayout.Direction
        wanted = directions.LeftToRight if wide <= self.width() else directions.TopToBottom
        if wanted is not self._box.direction():
            self._box.setDirection(wanted)

    def minimumSizeHint(self) -> QSize:
        hint = super().minimumSizeHint()
        return QSize(max(card.minimumSizeHint().width() for card in self._cards), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # other facts need another width
            self._turn()
        return super().event(event)


class Fact(NamedTuple):
    """One line of reading: caption, value, and how it looks."""

    caption: str
    value: str
    note: str = ""  # smaller, after the value; after the caption for money
    code: bool = False
    money: bool = False  # right aligned
    strong: bool = False
    tone: str = "text"
    icon: str = ""
    chip: bool = False
    line: bool = False  # a hairline above


class FieldGrid(QWidget):
    """Facts to read: caption at the left, value at the right; never grey boxes."""

    def __init__(
        self, facts: Sequence[Fact] = (), *, caption_width: int = CAPTION_WIDTH, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._width = caption_width
        self._facts: tuple[Fact, ...] = ()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(5)
        self._grid.setColumnMinimumWidth(0, caption_width)
        self._grid.setColumnStretch(1, 1)
        self.values: dict[str, Label] = {}
        self.show_facts(facts)

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts instead of the present ones; the same ones stay as they are, without a flicker."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        clear(self._grid)
        self.values = {}
        at = 0
        for fact in facts:
            if fact.line:
                self._grid.addWidget(hairline(), at, 0, 1, 2)
                at += 1
            self._add(fact, at)
            at += 1

    def _add(self, fact: Fact, at: int) -> None:
        caption = Label(fact.caption, "strong" if fact.strong and fact.money else "body", "text2")
        if fact.strong and fact.money:
            caption.setProperty("tone", "text")
        value = Label(fact.value, "strong" if fact.strong else "body", fact.tone, code=fact.code).selectable()
        value.setAccessibleName(f"{fact.caption}: {fact.value}")
        value.setWordWrap(not fact.money)
        caption.setBuddy(value)
        self.values[fact.caption] = value
        note = Label(fact.note, "caption", "text2") if fact.note else None
        if fact.money:
            left = _holder(row(caption, note, None) if note else row(caption, None))
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(left, at, 0)
            self._grid.addWidget(value, at, 1)
            return
        self._grid.addWidget(caption, at, 0, Qt.AlignmentFlag.AlignTop)
        if fact.chip:
            value.hide()
            self._grid.addWidget(Chip(fact.value, fact.tone, fact.icon), at, 1)
        elif note is not None or fact.icon:
            value.setWordWrap(False)
            parts = [IconLabel(fact.icon, fact.tone, 14)] if fact.icon else []
            self._grid.addWidget(_holder(row(*parts, value, *([note] if note else []), None)), at, 1)
        else:
            self._grid.addWidget(value, at, 1)


def _holder(layout: QHBoxLayout) -> QWidget:
    widget = QWidget()
    widget.setLayout(layout)
    return widget


class NoteBar(QFrame):
    """One sentence that must be seen: warn, bad, ok or info; perhaps with something to press."""

    def __init__(self, text: str = "", tone: str = "warn", *, icon: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("note")
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(12, 6, 12, 6)
        self._layout.setSpacing(10)
        self.mark = IconLabel(icon or _NOTE_ICONS[tone], tone)
        self.label = Label(text, wrap=True)
        self._layout.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self._layout.addWidget(self.label, 1)
        self.setAccessibleName(text)
        self.setMinimumHeight(32)

    def set_text(self, text: str) -> None:
        """Say something else; an empty text hides the note."""
        self.label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))

    def add(self, widget: QWidget) -> None:
        """Put something at the right end."""
        self._layout.addWidget(widget)


class BusyBar(QProgressBar):
    """Two pixels at the top of a pane; appears only when something takes longer than a moment."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("busy")
        self.setRange(0, 0)
        self.setTextVisible(False)
        self.setFixedHeight(2)
        self.setAccessibleName("Carregando")
        policy = self.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.setSizePolicy(policy)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(BUSY_AFTER_MS)
        self._soon.timeout.connect(self.show)
        self.hide()

    def set_busy(self, busy: bool) -> None:
        """Tell that work began or ended."""
        if busy:
            if self.isHidden() and not self._soon.isActive():
                self._soon.start()
        else:
            self._soon.stop()
            self.hide()


class EmptyState(QWidget):
    """What would be here, and the one next step with its key."""

    def __init__(
        self,
        icon: str,
        headline: str,
        sentence: str = "",
        *,
        act: str = "",
        on_act: Callable[[], object] | None = None,
        key: str = "",
        act_icon: str = "plus",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(1)
        center = Qt.AlignmentFlag.AlignHCenter
        layout.addWidget(IconLabel(icon, "text2", 36), 0, center)
        self.headline = Label(headline, "subtitle", wrap=True)
        self.headline.setAlignment(center)
        layout.addSpacing(6)
        layout.addWidget(self.headline)
        self.sentence = Label(sentence, "body", "text2", wrap=True)
        self.sentence.setAlignment(center)
        layout.addWidget(self.sentence)
        self.sentence.setVisible(bool(sentence))  # once it has its place: before, it would be a window of its own
        self.button = button(act, on_act, kind="primary", icon=act_icon)
        if act:
            parts: list[QWidget | int | None] = [None, self.button]
            if key:
                parts.append(KeyCap(key))
            layout.addLayout(row(*parts, None))
        else:
            self.button.setParent(self)
            self.button.hide()
        layout.addStretch(1)
