"""Windows open where the person left them, on the screen that is still there."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QObject
from PySide6.QtWidgets import QWidget

from desk.ui.core.desk import Settings


class Place(QObject):
    """Keeps size, place and state of one kind of window in the person's settings."""

    def __init__(self, window: QWidget, settings: Settings, name: str) -> None:
        super().__init__(window)
        self._window, self._settings, self._key = window, settings, f"places/{name}"
        kept = settings.value(self._key)
        if isinstance(kept, QByteArray):
            window.restoreGeometry(kept)  # Qt itself moves it to a screen that exists
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Close:
            self._settings.setValue(self._key, self._window.saveGeometry())
        return super().eventFilter(watched, event)
