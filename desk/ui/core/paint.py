"""Small drawings that the style, the delegates and painted widgets share."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from desk.ui.core import icons
from desk.ui.core.theme import theme

CHIP_HEIGHT = 20


def rounded(painter: QPainter, rect: QRectF, fill: str, edge: str = "", radius: float = 4.0) -> None:
    """A filled box with round corners and, if named, an edge of one pixel."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(theme().color(fill))
    if edge:
        painter.setPen(QPen(theme().color(edge), 1))
        rect = rect.adjusted(0.5, 0.5, -0.5, -0.5)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(rect, radius, radius)


def field(painter: QPainter, rect: QRect, *, focused: bool, enabled: bool, invalid: bool) -> None:
    """The box of every kind of field: quiet sides, a clear lower edge, two pixels when it matters."""
    painter.save()
    box = QRectF(rect)
    fill = "ctl" if enabled else "ctl_off"
    if invalid or (focused and enabled):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme().color(fill))
        painter.setPen(QPen(theme().color("bad" if invalid else "accent"), 2))
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3.5, 3.5)
    else:
        rounded(painter, box, fill, "stroke2")
        if enabled:
            painter.setPen(QPen(theme().color("edge"), 1))
            low = box.bottom() - 0.5
            painter.drawLine(QPointF(box.left() + 3, low), QPointF(box.right() - 3, low))
    painter.restore()


def chevron(painter: QPainter, middle: QPointF, direction: str, tone: str = "text", reach: float = 4.0) -> None:
    """A thin arrow head: down, up, right or left."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(theme().color(tone), 1.2)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    half = reach / 2
    across = direction in ("down", "up")
    sign = 1 if direction in ("down", "right") else -1
    if across:
        points = [QPointF(-reach, -half * sign), QPointF(0, half * sign), QPointF(reach, -half * sign)]
    else:
        points = [QPointF(-half * sign, -reach), QPointF(half * sign, 0), QPointF(-half * sign, reach)]
    painter.drawPolyline([point + middle for point in points])
    painter.restore()


def text_width(font: QFont, text: str) -> int:
    """How wide a text is, rounded up, so that it never loses its last letter."""
    return QFontMetrics(font).horizontalAdvance(text) + 1


def marked(
    painter: QPainter, rect: QRect, text: str, ranges: Sequence[tuple[int, int]], style: QFont, tone: str
) -> int:
    """Draw a text whose letters from `begin` to before `end` are marked as found; returns how wide it is."""
    metrics = QFontMetrics(style)
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setFont(style)
    for begin, end in ranges:
        if end <= len(shown):
            before = metrics.horizontalAdvance(shown[:begin])
            width = metrics.horizontalAdvance(shown[:end]) - before
            painter.fillRect(
                QRect(rect.left() + before - 1, rect.center().y() - 8, width + 2, 17), theme().color("match")
            )
    painter.setPen(theme().color(tone))
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
    return metrics.horizontalAdvance(shown)


def chip_width(font: QFont, text: str, icon: str) -> int:
    """How wide a chip is."""
    return text_width(font, text) + 16 + (18 if icon else 0)


def chip(painter: QPainter, left: int, middle: int, text: str, icon: str, tone: str, font: QFont) -> int:
    """A filled chip: icon, word and colour; returns its width."""
    width = chip_width(font, text, icon)
    box = QRectF(left, middle - CHIP_HEIGHT / 2, width, CHIP_HEIGHT)
    painter.save()
    rounded(painter, box, f"{tone}_bg")
    at = left + 8
    if icon:
        icons.draw(painter, icon, tone, QRect(at, middle - 7, 14, 14).topLeft(), 14)
        at += 18
    painter.setPen(theme().color(tone))
    painter.setFont(font)
    painter.drawText(
        QRectF(at, box.top(), width, CHIP_HEIGHT), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text
    )
    painter.restore()
    return width


def selection(painter: QPainter, rect: QRect, *, focused: bool, hovered: bool = False, bar: int = 20) -> None:
    """A row's tint, with the accent bar while the focus is there."""
    painter.save()
    rounded(painter, QRectF(rect), "hover" if hovered else "sel" if focused else "sel_off")
    if not hovered:
        height = min(bar, rect.height() - 8)
        strip = QRectF(rect.left(), rect.center().y() - height / 2 + 0.5, 3, height)
        rounded(painter, strip, "accent" if focused else "edge", radius=1.5)
    painter.restore()
