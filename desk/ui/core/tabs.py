"""Three kinds of tabs that look different: documents, areas, and sections of one page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QTabBar,
    QToolButton,
    QWidget,
)

from desk.ui.core import icons, paint
from desk.ui.core.labels import button, literal
from desk.ui.core.theme import font, theme


class UnderlinedTabs(QTabBar):
    """The areas of a customer, or the pages of a dialog; a mark shows which page holds an error."""

    def __init__(self, labels: Sequence[str] = (), *, height: int = 40, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._height = height
        self._wrong: set[int] = set()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setFont(font())
        for label in labels:
            self.addTab(label)

    def set_wrong(self, pages: set[int]) -> None:
        """Mark the pages that hold an error."""
        if pages != self._wrong:
            self._wrong = pages
            self.setIconSize(self.iconSize())  # has Qt measure the tabs again
            self.updateGeometry()
            self.update()

    def tabSizeHint(self, index: int) -> QSize:
        wide = paint.text_width(font("strong"), self.tabText(index).replace("&", "")) + 26
        return QSize(wide + (22 if index in self._wrong else 0), self._height)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        under = self.mapFromGlobal(self.cursor().pos())
        for index in range(self.count()):
            rect = self.tabRect(index)
            chosen = index == self.currentIndex()
            tone = "text" if chosen or (self.underMouse() and rect.contains(under)) else "text2"
            left = rect.left() + 2
            if index in self._wrong:
                icons.draw(painter, "warning-circle-fill", "bad", QPoint(left, rect.center().y() - 7), 14)
                left += 22
            painter.setFont(font("strong" if chosen else "body"))
            painter.setPen(theme().color(tone if self.isTabEnabled(index) else "off"))
            flags = Qt.AlignmentFlag.AlignVCenter | _mnemonics(self)
            painter.drawText(QRect(left, rect.top(), rect.width(), rect.height()), flags, self.tabText(index))
            if chosen:
                strip = QRectF(rect.left(), rect.bottom() - 2, rect.width() - 22, 3)
                paint.rounded(painter, strip, "accent", radius=1)
            if chosen and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(theme().color("focus"))
                painter.drawRoundedRect(rect.adjusted(-1, 8, -18, -8), 4, 4)
        painter.end()


def _mnemonics(widget: QWidget) -> Qt.TextFlag:
    held = widget.style().styleHint(widget.style().StyleHint.SH_UnderlineShortcut, None, widget)
    return Qt.TextFlag.TextShowMnemonic if held else Qt.TextFlag.TextHideMnemonic


class DocumentTabs(QTabBar):
    """One tab per open customer, in the top row; a dot tells that something outside is still owed."""

    WIDEST, NARROWEST, HEIGHT = 245, 120, 37

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icons: dict[int, str] = {}
        self._dots: set[int] = set()
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setTabsClosable(True)
        self.setMovable(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFont(font())

    def add(self, text: str, icon: str, data: object) -> int:
        """Open a tab; `data` is what the caller knows it by."""
        index = self.addTab(literal(text))
        self.setTabData(index, (icon, data))
        self.setTabToolTip(index, text)
        return index

    def tabText(self, index: int) -> str:
        """The name as it is."""
        return super().tabText(index).replace("&&", "&")

    def setTabText(self, index: int, text: str) -> None:
        """Give the tab another name."""
        super().setTabText(index, literal(text))
        self.setTabToolTip(index, text)

    def data(self, index: int) -> object:
        """What a tab was added with."""
        found = self.tabData(index)
        return found[1] if isinstance(found, tuple) else None

    def index_of(self, data: object) -> int:
        """The tab of something, or -1."""
        return next((at for at in range(self.count()) if self.data(at) == data), -1)

    def set_dot(self, index: int, shown: bool) -> None:
        """Show or take away the dot of a tab."""
        (self._dots.add if shown else self._dots.discard)(index)
        self.update()

    def tabSizeHint(self, index: int) -> QSize:
        wanted = paint.text_width(font("strong"), self.tabText(index)) + 82
        above = self.parentWidget()
        room = above.width() // max(1, self.count()) if above is not None else self.WIDEST
        return QSize(max(self.NARROWEST, min(self.WIDEST, wanted, room)), self.HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return QSize(self.NARROWEST, self.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for index in range(self.count()):
            rect = self.tabRect(index)
            chosen = index == self.currentIndex()
            if chosen:
                painter.save()
                painter.setClipRect(rect)
                paint.rounded(painter, QRectF(rect.adjusted(0, 0, 0, 12)), "surface", "stroke", 8)
                painter.restore()
            found = self.tabData(index)
            icon = found[0] if isinstance(found, tuple) else "user"
            icons.draw(painter, icon, "text2", QPoint(rect.left() + 14, rect.center().y() - 8), 16)
            if index in self._dots:
                paint.rounded(painter, QRectF(rect.left() + 26, rect.center().y() - 10, 7, 7), "warn", radius=3.5)
            used = font("strong" if chosen else "body")
            space = QRect(rect.left() + 39, rect.top(), rect.width() - 39 - 30, rect.height())
            painter.setFont(used)
            painter.setPen(theme().color("text" if chosen else "text2"))
            shown = QFontMetrics(used).elidedText(self.tabText(index), Qt.TextElideMode.ElideRight, space.width())
            painter.drawText(space, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        painter.end()


class PillBar(QWidget):
    """Names of the sections of one scrolling page; a click scrolls, and scrolling moves the mark."""

    chosen = Signal(int)

    def __init__(self, labels: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addStretch(1)
        self.buttons: list[QPushButton] = []
        self._sections: list[QWidget] = []
        self._area: QScrollArea | None = None
        self._leading = False
        for label in labels:
            self.add(label)

    def add(self, label: str) -> QPushButton:
        """Put one more pill at the right."""
        made = button(label, kind="pill")
        made.setCheckable(True)
        made.setAutoExclusive(True)
        at = len(self.buttons)
        made.setChecked(at == 0)
        made.setFont(font("strong" if at == 0 else "body"))
        made.toggled.connect(lambda on: made.setFont(font("strong" if on else "body")))
        made.clicked.connect(lambda: self.go(at))
        # The strong letters are wider; a pill must not push its neighbours when it is chosen.
        made.setFixedWidth(paint.text_width(font("strong"), label) + 21)
        self._layout.insertWidget(at, made)
        self.buttons.append(made)
        return made

    def follow(self, area: QScrollArea, sections: Sequence[QWidget]) -> None:
        """Lead and follow a scroll area; one section for each pill."""
        self._area, self._sections = area, list(sections)
        area.verticalScrollBar().valueChanged.connect(self._scrolled)

    def go(self, at: int) -> None:
        """Scroll to a section."""
        self.buttons[at].setChecked(True)
        if self._area is not None and at < len(self._sections):
            self._leading = True
            self._area.verticalScrollBar().setValue(self._top(at))
            self._leading = False
        self.chosen.emit(at)

    def _top(self, at: int) -> int:
        page = self._area.widget() if self._area is not None else None
        return max(0, self._sections[at].mapTo(page, QPoint(0, 0)).y() - 12) if page is not None else 0

    def _scrolled(self, value: int) -> None:
        if self._leading or self._area is None:
            return
        last = 0
        for at in range(len(self._sections)):
            if self._top(at) <= value + 8:
                last = at
        if value >= self._area.verticalScrollBar().maximum() > 0:
            last = len(self._sections) - 1  # the last one may be too short to reach the top
        self.buttons[last].setChecked(True)


class Segments(QWidget):
    """A few choices joined to one control, such as Sim and Não."""

    chosen = Signal(int)

    def __init__(self, labels: Sequence[str], *, at: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._group = QButtonGroup(self)
        for index, label in enumerate(labels):
            made = button(label, kind="segment")
            end = "first" if index == 0 else "last" if index == len(labels) - 1 else "middle"
            made.setProperty("end", end)
            made.setCheckable(True)
            made.setChecked(index == at)
            made.setFont(font("strong" if index == at else "body"))
            made.toggled.connect(_weigh(made))
            self._group.addButton(made, index)
            layout.addWidget(made)
        self._group.idClicked.connect(self.chosen)

    @property
    def at(self) -> int:
        """Which one is chosen."""
        return self._group.checkedId()

    def choose(self, at: int) -> None:
        """Choose one on somebody's behalf."""
        found = self._group.button(at)
        if found is not None:
            found.setChecked(True)


def _weigh(made: QPushButton) -> Callable[[bool], None]:
    return lambda on: made.setFont(font("strong" if on else "body"))


def offer(made: QWidget, wanted: bool) -> None:
    """Show a button of a row, or take it out; a row that only hides for want of room never overrules this."""
    made.setProperty("unwanted", not wanted)
    made.setVisible(wanted)


class FirstFits(QWidget):
    """Buttons in a row; those that have no room leave from the right into the menu of “…”."""

    def __init__(self, more: QToolButton, *, always: bool = False, spacing: int = 8) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.more = more
        self._always, self._spacing = always, spacing  # always: the menu holds more than what has no room
        self._buttons: list[QWidget] = []
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(spacing)
        self._line.addStretch(1)
        self._line.addWidget(more)
        more.setVisible(always)
        self.setMinimumWidth(more.sizeHint().width())

    def show_buttons(self, buttons: Sequence[QWidget]) -> list[QWidget]:
        """Stand in a row; the former ones are given back, hidden."""
        former, self._buttons = self._buttons, list(buttons)
        for each in former:
            self._line.removeWidget(each)
            each.hide()
            each.setParent(None)
        for at, each in enumerate(self._buttons, 1):
            self._line.insertWidget(at, each)
            each.ensurePolished()  # its size is asked for before it is first shown
        self._chain()
        self.updateGeometry()
        self._fit()
        return former

    def _chain(self) -> None:
        """Tab comes by here, wherever and whenever the buttons were made."""
        before = self.more.previousInFocusChain()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus and before is not self.more:
            before = before.previousInFocusChain()
        for one, two in pairwise([*([] if before is None else [before]), *self._buttons]):
            QWidget.setTabOrder(one, two)

    @property
    def left_out(self) -> list[QWidget]:
        """The buttons that have no room now."""
        return [each for each in self._wanted() if each.isHidden()]

    def _wanted(self) -> list[QWidget]:
        return [each for each in self._buttons if not each.property("unwanted")]

    def menu(self) -> QMenu:
        """What has no room, as entries that press their button; it opens under “…”."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for each in self.left_out:
            if isinstance(each, QPushButton):
                entry = menu.addAction(each.icon(), each.text())
                entry.setEnabled(each.isEnabled())
                entry.setProperty("reason", "" if each.isEnabled() else each.toolTip())
                entry.triggered.connect(each.click)
        return menu

    def sizeHint(self) -> QSize:
        widths = [each.sizeHint().width() + self._spacing for each in self._wanted()]
        more = self.more.sizeHint().width() if self._always else -self._spacing
        return QSize(max(0, sum(widths) + more), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # a button took another size
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        wanted = self.sizeHint().width()
        room = self.width()
        if self._always or wanted > room:
            room -= self.more.sizeHint().width() + self._spacing
        for each in self._wanted():
            room -= each.sizeHint().width()
            each.setVisible(room >= 0)
            room -= self._spacing
        self.more.setVisible(self._always or bool(self.left_out))
