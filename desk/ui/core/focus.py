"""Where the keyboard stands: the ring around a button, and the underlines while Alt is held."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QApplication, QStyle, QStyleOption, QWidget
from shiboken6 import isValid

RING_MARGIN = 4
MOVED = (QEvent.Type.Move, QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide)
RING_REASONS = {
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
    Qt.FocusReason.OtherFocusReason,
}


class Ring(QWidget):
    """The ring itself: on the page of the button, so that it scrolls along (QFocusFrame.setWidget never came back)."""

    def __init__(self, button: QAbstractButton) -> None:
        super().__init__(_page_of(button))
        self.button = button
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        # What moves on the way takes the ring along. Not the button: it hears of the focus right now, and a filter
        # that comes in front of those that are being asked has them asked once more.
        at = button.parentWidget()
        while at is not None and not at.isWindow() and not _scrolls(at):
            at.installEventFilter(self)
            at = at.parentWidget()
        self.place()

    def place(self) -> None:
        """Stand around the button; a page that was not laid out yet may have been the wrong one."""
        page = _page_of(self.button)
        if page is not self.parentWidget():
            self.setParent(page)
        corner = self.button.mapTo(page, QPoint(0, 0))
        self.setGeometry(_with_ring(QRect(corner, self.button.size())))
        self.raise_()
        self.setVisible(self.button.isVisible())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in MOVED and isValid(self.button):
            self.place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        self.style().drawControl(QStyle.ControlElement.CE_FocusFrame, option, painter, self)
        painter.end()


def _with_ring(box: QRect) -> QRect:
    return box.adjusted(-RING_MARGIN, -RING_MARGIN, RING_MARGIN, RING_MARGIN)


def _scrolls(page: QWidget) -> bool:
    viewport = page.parentWidget()
    return viewport is not None and isinstance(viewport.parentWidget(), QAbstractScrollArea)


def _page_of(button: QAbstractButton) -> QWidget:
    """The nearest widget around a button on which the whole ring has room, as far as what scrolls or has a window."""
    at = button.parentWidget() or button
    while not at.isWindow() and not _scrolls(at):
        above = at.parentWidget()
        if above is None or at.rect().contains(_with_ring(QRect(button.mapTo(at, QPoint(0, 0)), button.size()))):
            break
        at = above
    return at


def _menu_key(event: QKeyEvent) -> bool:
    # Windows itself turns Shift+F10 into the wish for a menu; elsewhere Qt knows the Menu key only.
    shifted = event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    return sys.platform != "win32" and event.key() == Qt.Key.Key_F10 and shifted


def _ask_menu(widget: QWidget | None) -> bool:
    if widget is None:
        return False
    middle = widget.rect().center()
    wish = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, widget.mapToGlobal(middle))
    QApplication.sendEvent(widget, wish)
    return wish.isAccepted()


class Watcher(QObject):
    """Follows the keyboard: a ring around the button it stands on, underlines while Alt is held."""

    def __init__(self) -> None:
        super().__init__()
        self.alt = False
        self._shown: Ring | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.FocusIn and isinstance(watched, QAbstractButton) and isinstance(event, QFocusEvent):
            back = event.reason() == Qt.FocusReason.ActiveWindowFocusReason and watched.property("first") is True
            self._ring(watched, back or event.reason() in RING_REASONS)
        elif kind == QEvent.Type.FocusOut and isinstance(watched, QAbstractButton):
            self._ring(watched, False)
        elif kind in MOVED and self._shown is not None and isValid(self._shown) and self._shown.button is watched:
            self._shown.place()
        elif kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Alt and isinstance(watched, QWidget):
                self._underline(watched, kind == QEvent.Type.KeyPress)
            elif kind == QEvent.Type.KeyPress and _menu_key(event):
                return _ask_menu(QApplication.focusWidget())  # windows hear what their parts leave alone
        elif kind == QEvent.Type.WindowDeactivate and self.alt and isinstance(watched, QWidget):
            self._underline(watched, False)
        return False

    def _ring(self, button: QAbstractButton, wanted: bool) -> None:
        if wanted and button.parentWidget() is not None:
            self._drop()
            self._shown = Ring(button)
        elif self._shown is not None and isValid(self._shown) and self._shown.button is button:
            self._drop()

    def _drop(self) -> None:
        if self._shown is not None and isValid(self._shown):
            self._shown.hide()
            self._shown.deleteLater()
        self._shown = None

    def _underline(self, window: QWidget, held: bool) -> None:
        if held != self.alt:
            self.alt = held
            for child in window.findChildren(QWidget):
                child.update()
