"""A field for a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QVBoxLayout

from desk.ui.core import format, icons
from desk.ui.core.fields import TextField


class DateField(TextField):
    """A day: typed as dd/mm/aaaa, or picked from a calendar."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", width: int = 128) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, placeholder="dd/mm/aaaa")
        self._pick = self.edit.addAction(
            icons.icon("calendar-blank", "text2"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._pick.setToolTip("Escolher no calendário (Alt+↓)")
        self._pick.triggered.connect(self._open)
        self._calendar: QFrame | None = None

    def malformed(self) -> str | None:
        return "bad_date" if self.text() and format.parse_day(self.text()) is None else None

    def value(self) -> date | None:
        return format.parse_day(self.text())

    def shown(self, value: Any) -> str:
        return format.day(value)

    def _lock(self, read_only: bool) -> None:
        super()._lock(read_only)
        self._pick.setEnabled(not read_only)

    def _open(self) -> None:
        flyout = QFrame(self, Qt.WindowType.Popup)
        flyout.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        flyout.setObjectName("flyout")
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setLocale(format.LOCALE)
        now = self.value()
        if now is not None:
            calendar.setSelectedDate(QDate(now.year, now.month, now.day))
        layout = QVBoxLayout(flyout)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(calendar)

        def chosen(day: QDate) -> None:
            self.set_value(date(day.year(), day.month(), day.day()))
            flyout.close()
            self.edited.emit()

        calendar.activated.connect(chosen)
        calendar.clicked.connect(chosen)
        flyout.move(self.edit.mapToGlobal(QPoint(0, self.edit.height() + 2)))
        flyout.show()
        calendar.setFocus()
