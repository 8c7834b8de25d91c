"""The little that moves, and only where movement is wanted."""

from __future__ import annotations

import ctypes
import sys
from functools import cache

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from desk.ui.core import icons

STEP_MS, STEP_DEGREES = 80, 45
_SPI_GETCLIENTAREAANIMATION = 0x1042


@cache
def moving() -> bool:
    """Whether things may move: not where Windows' animations are off, nor where nobody looks."""
    if QGuiApplication.platformName() in ("offscreen", "minimal"):
        return False
    if sys.platform == "win32":
        wanted = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(_SPI_GETCLIENTAREAANIMATION, 0, ctypes.byref(wanted), 0)
        return bool(wanted.value)
    return True


class Spinner(QWidget):
    """Turns while it is visible."""

    def __init__(self, size: int = 16, tone: str = "accent", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size, self._tone, self._angle = size, tone, 0
        self.setFixedSize(size, size)
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._turn)

    def _turn(self) -> None:
        self._angle = (self._angle + STEP_DEGREES) % 360
        self.update()

    def showEvent(self, event: object) -> None:
        if moving():
            self._timer.start()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.translate(self._size / 2, self._size / 2)
        painter.rotate(self._angle)
        corner = QPoint(-self._size // 2, -self._size // 2)
        icons.draw(painter, "spinner-gap", self._tone, corner, self._size)
        painter.end()


def turned(pixmap: QPixmap, angle: int) -> QPixmap:
    """A pixmap turned around its middle, of the same size."""
    ratio = pixmap.devicePixelRatio()
    result = QPixmap(pixmap.size())
    result.setDevicePixelRatio(ratio)
    result.fill(Qt.GlobalColor.transparent)
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    half = pixmap.width() / ratio / 2
    painter.setTransform(QTransform().translate(half, half).rotate(angle).translate(-half, -half))
    painter.drawPixmap(0, 0, pixmap)
    painter.end()
    return result
