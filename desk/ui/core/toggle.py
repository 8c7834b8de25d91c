"""The switch of Sim and Não."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from superqt import QToggleSwitch

from desk.ui.core.paint import rounded
from desk.ui.core.theme import theme


class Toggle(QToggleSwitch):
    """A switch in the theme's colours, without movement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAnimationDuration(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.switchWidth, self.switchHeight, self.handleSize = 40, 20, 12
        self.recolour()
        theme().changed.connect(self.recolour)

    def recolour(self) -> None:
        """Take the colours in force."""
        self.onColor, self.offColor = theme().color("accent"), theme().color("ctl")
        self.handleColor = theme().color("on_accent")

    def drawGroove(self, painter: QPainter, rect: QRectF, option: Any) -> None:
        on = self.isChecked()
        rounded(painter, rect, ("accent" if on else "ctl") if self.isEnabled() else "sel_off", "" if on else "edge", 10)

    def drawHandle(self, painter: QPainter, rect: QRectF, option: Any) -> None:
        tone = "on_accent" if self.isChecked() else "text2"
        shift = -2.0 if self.isChecked() else 2.0
        rounded(painter, rect.translated(shift, 0), tone if self.isEnabled() else "off", radius=6)
