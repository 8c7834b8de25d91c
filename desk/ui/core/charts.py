"""Two small charts with numbers on them: what was used day by day, and what flows just now."""

from __future__ import annotations

import datetime as dt
import math
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QToolTip, QWidget

from desk.ui.core import format, paint
from desk.ui.core.theme import font, theme

AXIS = 66
FOOT = 18
GAP = 1  # between the two colours, which differ in hue but hardly in lightness
MOST_BAR = 14


@dataclass(frozen=True)
class Bar:
    """One day: download below, upload upon it."""

    day: dt.date
    down: int
    up: int


TOPS = (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10)


def round_top(most: float) -> float:
    """A top for the axis, close above the highest value, that halves to a round number of any unit."""
    if most <= 0:
        return 1.0
    scale = 10 ** math.floor(math.log10(most))
    return float(next(step * scale for step in TOPS if step * scale >= most))


class BarChart(QWidget):
    """Use of each day of a period, stacked; the figures of a day are in its tip and in the table beside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: list[Bar] = []
        self.setFixedHeight(96)
        self.setAccessibleName("Uso por dia")
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(480, 96)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these days, in their order."""
        self._bars = list(bars)
        down, up = sum(bar.down for bar in bars), sum(bar.up for bar in bars)
        days = format.count(len(bars), "dia", "dias")
        self.setAccessibleDescription(f"{days}: {format.size(down)} recebidos e {format.size(up)} enviados")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("key"))
        area = QRectF(AXIS, 6, self.width() - AXIS - 4, self.height() - FOOT - 8)
        top = round_top(max((bar.down + bar.up for bar in self._bars), default=0))
        for share in (0.0, 0.5, 1.0):
            y = area.bottom() - share * area.height()
            painter.setPen(theme().color("stroke"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme().color("text2"))
            box = QRectF(0, y - 8, AXIS - 8, 16)
            text = format.size(int(top * share)) if share and self._bars else "0"
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for at, bar in enumerate(self._bars):
            self._paint_bar(painter, area, self._slot(area, at), bar, top)
        self._paint_days(painter, area)
        painter.end()

    def _slot(self, area: QRectF, at: int) -> QRectF:
        width = area.width() / max(1, len(self._bars))
        return QRectF(area.left() + at * width, area.top(), width, area.height())

    def _paint_bar(self, painter: QPainter, area: QRectF, slot: QRectF, bar: Bar, top: float) -> None:
        width = max(1.0, min(MOST_BAR, slot.width() * 0.62))
        left = slot.center().x() - width / 2
        low = bar.down / top * area.height()
        high = bar.up / top * area.height()
        painter.fillRect(QRectF(left, area.bottom() - low, width, low), theme().color("s1"))
        if high > 0:
            gap = GAP if low > 0 else 0
            painter.fillRect(QRectF(left, area.bottom() - low - gap - high, width, high), theme().color("s2"))

    def _paint_days(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(theme().color("text2"))
        room = max(1, int(area.width() // 76))
        every = max(1, math.ceil(len(self._bars) / room))
        for at in range(0, len(self._bars), every):
            slot = self._slot(area, at)
            box = QRectF(slot.center().x() - 30, area.bottom() + 2, 60, FOOT)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, format.short_day(self._bars[at].day))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self._bars:
            area = QRectF(AXIS, 0, self.width() - AXIS - 4, 1)
            at = int((event.pos().x() - area.left()) / area.width() * len(self._bars))
            if 0 <= at < len(self._bars):
                bar = self._bars[at]
                text = f"{format.day(bar.day)}: {format.size(bar.down)} recebidos, {format.size(bar.up)} enviados"
                QToolTip.showText(event.globalPos(), text, self)
                return True
        return super().event(event)


@dataclass(frozen=True)
class Flow:
    """What flowed at a moment, in bits a second; None in a gap."""

    at: float  # seconds of a monotonic clock
    down: float | None
    up: float | None


class LiveChart(QWidget):
    """Two minutes of two lines; the scale stays at the plan's speed, and a gap is a gap, never a line to zero."""

    SECONDS = 120
    RIGHT = 88

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.flows: deque[Flow] = deque(maxlen=4 * self.SECONDS)
        self._top_kbps = 1000
        self.setMinimumSize(420, 200)
        self.setAccessibleName("Tráfego dos últimos dois minutos")

    def set_speed(self, kbps: int) -> None:
        """The plan's speed; a faster flow raises the scale once, and it stays there."""
        self._top_kbps = max(self._top_kbps if self.flows else 0, kbps, 100)
        self.update()

    def add(self, flow: Flow) -> None:
        """One more look."""
        self.flows.append(flow)
        most = max(flow.down or 0, flow.up or 0) / 1000
        if most > self._top_kbps:
            self._top_kbps = int(round_top(most))
        if flow.down is not None and flow.up is not None:
            down, up = format.rate(round(flow.down / 1000)), format.rate(round(flow.up / 1000))
            self.setAccessibleDescription(f"download {down}, upload {up}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("key"))
        area = QRectF(AXIS, 8, self.width() - AXIS - self.RIGHT, self.height() - FOOT - 14)
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            y = area.bottom() - share * area.height()
            painter.setPen(theme().color("stroke"))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(theme().color("text2"))
            text = format.rate(round(self._top_kbps * share)) if share else "0"
            box = QRectF(0, y - 8, AXIS - 8, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        for share, text in ((0.0, "há 2 min"), (0.5, "há 1 min"), (1.0, "agora")):
            box = QRectF(area.left() + share * area.width() - 40, area.bottom() + 3, 80, FOOT)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        if self.flows:
            ends = [
                self._line(painter, area, [(flow.at, flow.down) for flow in self.flows], "s1", filled=True),
                self._line(painter, area, [(flow.at, flow.up) for flow in self.flows], "s2", filled=False),
            ]
            self._values(painter, area, ends)
        painter.end()

    def _line(
        self, painter: QPainter, area: QRectF, flows: Sequence[tuple[float, float | None]], tone: str, *, filled: bool
    ) -> QPointF | None:
        now = self.flows[-1].at
        runs: list[list[QPointF]] = [[]]
        for at, bits in flows:
            if bits is None:
                runs.append([])
            elif now - at <= self.SECONDS:
                x = area.right() - (now - at) / self.SECONDS * area.width()
                runs[-1].append(QPointF(x, area.bottom() - min(1.0, bits / 1000 / self._top_kbps) * area.height()))
        for run in runs:
            if filled and len(run) > 1:
                shade = QColor(theme().color(tone))
                shade.setAlphaF(0.16)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(shade)
                ground = [QPointF(run[-1].x(), area.bottom()), QPointF(run[0].x(), area.bottom())]
                painter.drawPolygon(QPolygonF([*run, *ground]))
            painter.setPen(QPen(theme().color(tone), 1.6))
            for one, two in pairwise(run):
                painter.drawLine(one, two)
        return runs[-1][-1] if runs[-1] else None

    def _values(self, painter: QPainter, area: QRectF, ends: Sequence[QPointF | None]) -> None:
        painter.setFont(font("caption_medium"))
        last = self.flows[-1]
        taken: list[float] = []
        for end, bits, tone in zip(ends, (last.down, last.up), ("s1", "s2"), strict=True):
            if end is None or bits is None:
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().color(tone))
            painter.drawEllipse(end, 3.5, 3.5)
            y = end.y()
            if any(abs(y - other) < 15 for other in taken):  # the words of one line must not cover the other's
                y = taken[0] + (15 if y >= taken[0] else -15)
            taken.append(y)
            painter.setPen(theme().color(tone))
            box = QRectF(area.right() + 9, y - 9, self.RIGHT - 10, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, format.rate(round(bits / 1000)))


class Legend(QWidget):
    """The colours' names: Download and Upload."""

    def sizeHint(self) -> QSize:
        return QSize(168, 18)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font("caption"))
        x = 0.0
        for tone, word in (("s1", "Download"), ("s2", "Upload")):
            paint.rounded(painter, QRectF(x, self.height() / 2 - 5, 10, 10), tone, radius=2.0)
            painter.setPen(theme().color("text2"))
            painter.drawText(QRectF(x + 16, 0, 80, self.height()), Qt.AlignmentFlag.AlignVCenter, word)
            x += 92
        painter.end()
