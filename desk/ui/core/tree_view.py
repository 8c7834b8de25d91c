"""The tree of groups, plans and items, painted from its nodes."""

from __future__ import annotations

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from desk.ui.core import icons, paint
from desk.ui.core.format import folded
from desk.ui.core.theme import font, theme
from desk.ui.core.tree import Node, NodeRole, Part, TreeKeeper, TreeModel

HEIGHTS = {"group": 27, "plan": 43, "item": 25}
INDENT = 20
MARGIN = 8  # between the view's edges and a row's tint
SHIFT = 6  # Qt starts rows at the edge, and takes viewport margins for its head
GAP = 6
GAP_AT_DOT = 4  # as wide as a space: the dot parts by itself
Index = QModelIndex | QPersistentModelIndex


class NodeDelegate(QStyledItemDelegate):
    """Paints the three kinds of row; what does not fit is dropped by whole parts."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        node: Node = index.data(NodeRole)
        return QSize(120, HEIGHTS[node.shape])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node: Node = index.data(NodeRole)
        rect = option.rect.adjusted(SHIFT, 0, -MARGIN - 6, 0)
        painter.save()
        if node.shape == "plan":
            self._plan(painter, rect, node)
        elif node.shape == "group":
            _text(painter, rect.adjusted(0, 0, 0, -1), node.text, font("strong"), "text")
        else:
            self._item(painter, rect, node)
        painter.restore()

    def _plan(self, painter: QPainter, rect: QRect, node: Node) -> None:
        first = QRect(rect.left(), rect.top() + 3, rect.width(), 19)
        second = QRect(rect.left() + 24, rect.top() + 21, rect.width() - 24, 20)
        if node.icon:
            icons.draw(painter, node.icon, "text", QPoint(first.left(), first.top() + 1), 18)
        _text(painter, first.adjusted(24, 0, 0, 0), node.text, font("strong"), "text")
        taken = _parts_from_right(painter, second, node.right, _width(node.second[:1]))
        _parts_from_left(painter, second.adjusted(0, 0, -taken, 0), node.second)

    def _item(self, painter: QPainter, rect: QRect, node: Node) -> None:
        left = rect.left()
        if node.icon:
            icons.draw(painter, node.icon, "text2", QPoint(left, rect.top() + 4), 16)
            left += 22
        wanted = paint.text_width(font(code=node.code), node.text)
        taken = _parts_from_right(painter, rect, node.right, min(wanted, rect.width() // 2) + 28)
        _text(
            painter,
            QRect(left, rect.top(), rect.right() - taken - left, rect.height()),
            node.text,
            font(code=node.code),
            "text",
        )


def _part_font(part: Part) -> QFont:
    style = "caption_medium" if part.chip or part.strong or (part.icon and part.tone != "text2") else "caption"
    return font(style, code=part.code)


def _width(parts: tuple[Part, ...]) -> int:
    return sum(_part_width(part) + GAP for part in parts)


def _part_width(part: Part) -> int:
    if part.chip:
        return paint.chip_width(_part_font(part), part.text, part.icon)
    return paint.text_width(_part_font(part), part.text) + (18 if part.icon else 0)


def _draw_part(painter: QPainter, part: Part, left: int, line: QRect) -> None:
    middle = line.center().y() + 1
    if part.chip:
        paint.chip(painter, left, middle, part.text, part.icon, part.tone, _part_font(part))
        return
    if part.icon:
        icons.draw(painter, part.icon, part.tone, QPoint(left, middle - 7), 14)
        left += 18
    painter.setFont(_part_font(part))
    painter.setPen(theme().color(part.tone))
    width = paint.text_width(_part_font(part), part.text) + 2
    painter.drawText(QRect(left, line.top(), width, line.height()), Qt.AlignmentFlag.AlignVCenter, part.text)


def _parts_from_left(painter: QPainter, line: QRect, parts: tuple[Part, ...]) -> None:
    left = line.left()
    for at, part in enumerate(parts):
        wide = _part_width(part)
        left += 0 if at == 0 else GAP_AT_DOT if part.text.startswith("·") else GAP
        if left + wide > line.right():
            return
        _draw_part(painter, part, left, line)
        left += wide


def _parts_from_right(painter: QPainter, line: QRect, parts: tuple[Part, ...], kept: int) -> int:
    """Draw the markers, the last one at the end; returns the room they took."""
    right = line.right()
    for part in reversed(parts):
        wide = _part_width(part)
        if right - wide < line.left() + kept:
            break
        _draw_part(painter, part, right - wide, line)
        right -= wide + 8
    return line.right() - right


def _text(painter: QPainter, rect: QRect, text: str, used: QFont, tone: str) -> None:
    painter.setFont(used)
    painter.setPen(theme().color(tone))
    shown = QFontMetrics(used).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class PlanTreeView(QTreeView):
    """Shows nodes and says what a person does with them; it does nothing by itself."""

    opened = Signal(object)  # Node: Enter, F2 or double click
    current_node_changed = Signal(object)  # Node or None
    menu_wanted = Signal(object, QPoint)  # Node or None, global position
    delete_wanted = Signal(object)  # Node: Del

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodes = TreeModel(self)
        self.setModel(self.nodes)
        self.keeper = TreeKeeper(self, self.nodes)
        self._delegate = NodeDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setHeaderHidden(True)
        self.setUniformRowHeights(False)
        self.setIndentation(INDENT)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAccessibleName("Planos do cliente")
        theme().changed.connect(self.viewport().update)
        self._told: object = None
        self._typed, self._typed_at = "", 0.0

    def show_tree(self, top: Node) -> None:
        """Show a tree; what is open, selected and in sight stays so."""
        self.keeper.show(top)
        self._tell(self.current_node())

    def select(self, key: object) -> bool:
        """Go to the node of a key."""
        return self.keeper.select(key)

    def current_node(self) -> Node | None:
        """The node under the bar."""
        index = self.currentIndex()
        return self.nodes.node(index) if index.isValid() else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._tell(self.current_node())

    def _tell(self, node: Node | None) -> None:
        self._told = node.key if node is not None else None
        self.current_node_changed.emit(node)

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        node: Node = index.data(NodeRole)
        whole = QRect(MARGIN, option.rect.top(), self.viewport().width() - 2 * MARGIN, option.rect.height())
        if node.shape == "group" and index.row() > 0:
            painter.setPen(theme().color("stroke"))
            painter.drawLine(whole.left() + 4, whole.top(), whole.right() - 8, whole.top())
        if index == self.currentIndex():
            paint.selection(painter, whole.adjusted(0, 1, 0, -1), focused=self.hasFocus())
        elif index == self.indexAt(self.viewport().mapFromGlobal(self.cursor().pos())) and self.underMouse():
            paint.selection(painter, whole.adjusted(0, 1, 0, -1), focused=True, hovered=True)
        plain = QStyleOptionViewItem(option)
        plain.showDecorationSelected = False
        plain.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver)
        super().drawRow(painter, plain, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        node: Node = index.data(NodeRole)
        if not node.children:
            return
        middle = rect.top() + (13 if node.shape != "plan" else 14)
        arrow = QRect(rect.right() - INDENT + 1 + SHIFT, middle - 8, 16, 16)
        direction = "down" if self.isExpanded(index) else "right"
        paint.chevron(painter, arrow.toRectF().center(), direction, "text2", 3.5)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        node = self.current_node()
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Copy):
            if node is not None:
                QGuiApplication.clipboard().setText(node.datum or node.text)
        elif node is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.opened.emit(node)
        elif node is not None and key == Qt.Key.Key_Delete:
            self.delete_wanted.emit(node)
        else:
            super().keyPressEvent(event)  # letters come to keyboardSearch

    def keyboardSearch(self, search: str) -> None:
        """Go to the next row in sight that begins with the letters typed in one go; accents and capitals do not matter.

        Qt's own would want the accents, and would forget what is chosen here when nothing begins so.
        """
        now = time.monotonic()
        pause = now - self._typed_at > QApplication.keyboardInputInterval() / 1_000
        self._typed_at = now
        self._typed = folded(search) if pause else self._typed + folded(search)
        here = self.currentIndex()
        # The first letter looks for another row; those that follow may still mean the one that was found.
        at = self._after(here) if pause or not here.isValid() else here
        for _ in self.nodes.root.walk():  # as often as there are rows, at most
            if not at.isValid():
                return
            if folded(self.nodes.node(at).text).startswith(self._typed):
                self.setCurrentIndex(at)
                return
            at = self._after(at)

    def _after(self, index: Index) -> QModelIndex:
        """The next row in sight, and after the last one the first."""
        below = self.indexBelow(index) if index.isValid() else QModelIndex()
        return below if below.isValid() else self.nodes.index(0, 0)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if not index.isValid():
            return
        node = self.nodes.node(index)
        if node.shape == "group":
            self.setExpanded(index, not self.isExpanded(index))
        else:
            self.opened.emit(node)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.visualRect(index).bottomLeft() + QPoint(40, 0)
        else:
            index = self.indexAt(event.pos())
            place = event.pos()
        node = self.nodes.node(index) if index.isValid() else None
        self.menu_wanted.emit(node, self.viewport().mapToGlobal(place))
        event.accept()
