"""Words on the screen: labels in a style and tone, chips, key caps, links and small buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from desk.ui.core import icons, paint
from desk.ui.core.theme import font, theme


def literal(text: str) -> str:
    """A name for a tab or a menu, in which Qt takes “&” for the mark of an Alt letter."""
    return text.replace("&", "&&")


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a label by token; works before and after it is shown."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class Label(QLabel):
    """Text in one of the styles and tones."""

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        tone: str = "text",
        *,
        code: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setFont(font(style, code=code))
        self.setProperty("tone", tone)
        self.setWordWrap(wrap)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def selectable(self) -> Label:
        """Let the text be marked and copied with the mouse."""
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return self


def rich(text: str, style: str = "body", tone: str = "text", *, wrap: bool = False) -> Label:
    """A label whose text holds <b>; whatever comes from data must be escaped first."""
    label = Label("", style, tone, wrap=wrap)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setText(text)
    return label


class ElidedLabel(QLabel):
    """Text that gives way in the middle, so that its end survives; the whole text is its tip.

    Not superqt's: importing superqt costs more than the whole sign-in window may.
    """

    def __init__(
        self, text: str = "", style: str = "body", tone: str = "text", *, code: bool = False, middle: bool = True
    ) -> None:
        super().__init__(text)
        self.setFont(font(style, code=code))
        self.setProperty("tone", tone)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setToolTip(text)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setToolTip(text)

    def sizeHint(self) -> QSize:
        return QSize(paint.text_width(self.font(), self.text()) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), self._mode, self.width())
        painter.drawText(self.rect(), self.alignment(), shown)
        painter.end()


class IconLabel(QWidget):
    """One icon, in the colours of the theme in force."""

    def __init__(self, name: str, tone: str = "text2", size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self.setFixedSize(size, size)

    def set_icon(self, name: str, tone: str) -> None:
        """Show another icon."""
        self._name, self._tone = name, tone
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._name:
            painter = QPainter(self)
            icons.draw(
                painter, self._name, self._tone if self.isEnabled() else "off", self.rect().topLeft(), self._size
            )
            painter.end()


class Chip(QWidget):
    """Icon, word and colour together; filled for exceptions, plain for what is normal."""

    def __init__(
        self, text: str = "", tone: str = "mute", icon: str = "", *, filled: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(font("caption_medium"))
        self.set(text, tone, icon, filled=filled)

    def set(self, text: str, tone: str, icon: str = "", *, filled: bool = True) -> None:
        """Show something else."""
        self.text, self.tone, self.icon, self.filled = text, tone, icon, filled
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_status(self, status: icons.Status, *, filled: bool | None = None) -> None:
        """Show a plan's status; `filled` overrules what the table says."""
        icon, tone, chip = icons.status_look(status.code)
        self.set(status.label, tone, icon, filled=chip if filled is None else filled)

    def sizeHint(self) -> QSize:
        width = paint.chip_width(self.font(), self.text, self.icon)
        return QSize(width if self.filled else width - 16, paint.CHIP_HEIGHT + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.text:
            return
        painter = QPainter(self)
        middle = self.rect().center().y() + 1
        if self.filled:
            paint.chip(painter, 0, middle, self.text, self.icon, self.tone, self.font())
        else:
            left = 0
            if self.icon:
                icons.draw(painter, self.icon, self.tone, QPoint(0, middle - 7), 14)
                left = 18
            painter.setPen(theme().color(self.tone))
            rect = self.rect().adjusted(left, 0, 0, 0)
            painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text)
        painter.end()


class KeyCap(QLabel):
    """The name of a key, as printed on it."""

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(key, parent)
        self.setObjectName("keycap")
        self.setFont(font("key"))
        self.setFixedHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def button(
    text: str, on_click: Callable[[], object] | None = None, *, kind: str = "", icon: str = "", tip: str = ""
) -> QPushButton:
    """A push button of a kind: primary, danger, link, flat, pill or plain."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setFont(font("medium" if kind in ("primary", "danger") else "body"))
    made.setAutoDefault(False)
    if icon:
        made.setIcon(icons.icon(icon, _ICON_TONES.get(kind, "text")))
    if kind == "link":
        made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setToolTip(tip)
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


_ICON_TONES = {"primary": "on_accent", "tall": "on_accent", "danger": "on_accent", "link": "link"}


def set_kind(made: QPushButton, kind: str, icon: str = "") -> None:
    """Make a button of another kind, as when the one accent button of a window moves elsewhere."""
    if made.property("kind") == kind:
        return
    made.setProperty("kind", kind)
    made.setFont(font("medium" if kind in ("primary", "danger") else "body"))
    if icon:
        made.setIcon(icons.icon(icon, _ICON_TONES.get(kind, "text")))
    made.style().unpolish(made)
    made.style().polish(made)


def link(text: str, on_click: Callable[[], object] | None = None, *, icon: str = "") -> QPushButton:
    """A link: it leads somewhere and changes no data."""
    return button(text, on_click, kind="link", icon=icon)


def icon_button(
    icon: str, name: str, on_click: Callable[[], object] | None = None, *, tone: str = "text2", small: bool = False
) -> QToolButton:
    """A button with an icon alone; its name is the tip and what screen readers say."""
    made = QToolButton()
    made.setIcon(icons.icon(icon, tone))
    made.setIconSize(QSize(16, 16))
    made.setToolTip(name)
    made.setAccessibleName(name)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if small:
        made.setProperty("kind", "small")
    if on_click is not None:
        made.clicked.connect(lambda: on_click())
    return made


def clear(layout: QLayout) -> None:
    """Take everything out of a layout; it is hidden at once, since deleting waits for the event loop."""
    while (item := layout.takeAt(0)) is not None:
        if (gone := item.widget()) is not None:
            gone.hide()
            gone.deleteLater()


def row(*widgets: QWidget | int | None, spacing: int = 8) -> QHBoxLayout:
    """Widgets side by side; a number is a gap, None takes the room that is left."""
    layout = QHBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(spacing)
    for widget in widgets:
        if widget is None:
            layout.addStretch(1)
        elif isinstance(widget, int):
            layout.addSpacing(widget)
        else:
            layout.addWidget(widget)
    return layout
