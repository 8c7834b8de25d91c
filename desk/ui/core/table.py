"""Tables of frozen rows: columns say what to show, the view remembers how wide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desk.ui.core import icons, paint
from desk.ui.core.desk import Settings
from desk.ui.core.theme import font, theme

RowRole = Qt.ItemDataRole.UserRole
SortRole = Qt.ItemDataRole.UserRole + 1
ColumnRole = Qt.ItemDataRole.UserRole + 2
ROW_HEIGHT = 28
CELL_MARGIN = 8
MEASURED = 100  # rows that tell how wide a column must be; more would be noticed
Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its head, what it shows of a row, and how."""

    head: str
    text: Callable[[Any], str]
    sort: Callable[[Any], Any] | None = None  # what to order by; the text when absent
    right: bool = False
    code: bool = False
    width: int = 0
    stretch: bool = False
    icon: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    chip: bool = False
    strong: bool = False


class TableModel(QAbstractTableModel):
    """Shows rows through columns."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows: list[Any] = []

    def show(self, rows: Sequence[Any]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(row)
        if role == RowRole:
            return row
        if role == ColumnRole:
            return column
        if role == SortRole:
            return column.sort(row) if column.sort else column.text(row).casefold()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(f"{each.head} {each.text(row)}" for each in self.columns if each.text(row))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.head
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.FontRole:
            return font("head")
        return None


class _Sorted(QSortFilterProxyModel):
    """Orders by what a column says; empty values come last either way."""

    def lessThan(self, left: Index, right: Index) -> bool:
        one, two = left.data(SortRole), right.data(SortRole)
        if one is None or two is None:
            return one is not None
        return bool(one < two)


def _cell_font(column: Column) -> QFont:
    return font("strong" if column.strong else "body", code=column.code)


def _extra(column: Column) -> int:
    """What a cell shows besides its text: an icon, and the ends of a chip."""
    return (24 if column.icon else 0) + (16 if column.chip else 0)


class CellDelegate(QStyledItemDelegate):
    """Paints a cell: icon, text or chip, and the hairline under its row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        column: Column = index.data(ColumnRole)
        text = str(index.data())
        return QSize(paint.text_width(_cell_font(column), text) + 2 * CELL_MARGIN + _extra(column), ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        column: Column = index.data(ColumnRole)
        row, text = index.data(RowRole), str(index.data())
        tone = column.tone(row) if column.tone else "text"
        icon = column.icon(row) if column.icon else ""
        painter.save()
        rect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_Active)
            painter.fillRect(rect, theme().color("sel" if focused else "sel_off"))
            if index.column() == 0 and focused:
                painter.fillRect(QRect(rect.left(), rect.top() + 6, 3, rect.height() - 12), theme().color("accent"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme().color("hover"))
        painter.setPen(theme().color("stroke"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(CELL_MARGIN, 0, -CELL_MARGIN, -1)
        if column.chip and text:
            paint.chip(painter, inner.left(), inner.center().y() + 1, text, icon, tone, font("caption_medium"))
        else:
            if icon:
                icons.draw(painter, icon, tone if column.tone else "text2", QPoint(inner.left(), inner.top() + 6), 16)
                inner.adjust(21, 0, 0, 0)
            used = _cell_font(column)
            painter.setFont(used)
            painter.setPen(theme().color(tone))
            mode = Qt.TextElideMode.ElideMiddle if column.code else Qt.TextElideMode.ElideRight
            shown = QFontMetrics(used).elidedText(text, mode, inner.width())
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(inner, side | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()


class TableView(QTableView):
    """A table in the manner of this program; widths are kept under `name` in the person's settings."""

    opened = Signal(object)  # row: Enter or double click
    current_row_changed = Signal(object)  # row or None
    menu_wanted = Signal(object, QPoint)  # row or None, global position

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        name: str = "",
        settings: Settings | None = None,
        sortable: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._name, self._settings = name, settings
        self._needs: list[int] = []  # width of each column, in pixels, in which nothing of what it shows is cut
        self._sharing = self._chosen = False
        self.table = TableModel(columns, self)
        self._sorted = _Sorted(self)
        self._sorted.setSourceModel(self.table)
        self._sorted.setSortRole(SortRole)
        self.setModel(self._sorted)
        self._delegate = CellDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setFixedHeight(ROW_HEIGHT)
        head.setFont(font("head"))
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setMinimumSectionSize(40)
        self.setSortingEnabled(sortable)
        self._sorted.sort(-1)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._widths(columns)
        head.sectionResized.connect(self._keep)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(RowRole)))

    def _widths(self, columns: Sequence[Column]) -> None:
        kept = self._settings.value(f"columns/{self._name}") if self._settings is not None and self._name else None
        given = [int(width) for width in kept] if isinstance(kept, list) and len(kept) == len(columns) else None
        self._chosen = given is not None
        for at, column in enumerate(columns):
            if column.stretch:  # whatever was kept: it takes what is left
                self.horizontalHeader().setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
            elif given is not None:
                self.setColumnWidth(at, given[at])
            elif column.width:
                self.setColumnWidth(at, column.width)

    def _keep(self, at: int) -> None:
        if self._sharing or self.table.columns[at].stretch:
            return  # the program did that, not the person
        self._chosen = self._chosen or self.isVisible()
        if self._settings is not None and self._name and self.isVisible():
            widths = [self.columnWidth(at) for at in range(len(self.table.columns))]
            self._settings.setValue(f"columns/{self._name}", widths)

    def _share(self) -> None:
        """Room that a column does not use goes to those that are cut, as long as nobody chose widths of their own."""
        columns = self.table.columns
        if self._chosen or not self._needs or not any(column.stretch for column in columns):
            return
        fixed = [at for at, column in enumerate(columns) if not column.stretch]
        widths = {at: columns[at].width or self.columnWidth(at) for at in fixed}
        lacks = {at: self._needs[at] - width for at, width in widths.items()}  # below zero: it has more than it needs
        spare = self.viewport().width() - sum(widths.values())
        spare -= sum(self._needs[at] for at, column in enumerate(columns) if column.stretch)
        short = sum(lack for lack in lacks.values() if lack > 0) - spare
        for at in sorted(fixed, key=lacks.__getitem__):  # those with the most to give come first, then who lacks least
            step = min(lacks[at], max(0, spare)) if lacks[at] > 0 else -min(-lacks[at], max(0, short))
            widths[at] += step
            spare -= step
            short += min(0, step)
        self._sharing = True
        for at, width in widths.items():
            self.setColumnWidth(at, width)
        self._sharing = False

    def _measure(self) -> None:
        self._needs = []
        for column in self.table.columns:
            metrics = QFontMetrics(_cell_font(column))
            widest = max((metrics.horizontalAdvance(column.text(row)) for row in self.table.rows[:MEASURED]), default=0)
            head = paint.text_width(font("head"), column.head) + 2 * CELL_MARGIN
            self._needs.append(max(head, widest + 2 + 2 * CELL_MARGIN + _extra(column)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share()

    def show_rows(self, rows: Sequence[Any], key: Callable[[Any], object] | None = None) -> None:
        """Show other rows; with a key, the selected one stays selected."""
        kept = key(self.current_row()) if key is not None and self.current_row() is not None else None
        at = self.verticalScrollBar().value()
        self.table.show(rows)
        self._measure()
        self._share()
        if key is not None and kept is not None:
            for line in range(self._sorted.rowCount()):
                if key(self._sorted.index(line, 0).data(RowRole)) == kept:
                    self.selectRow(line)
                    break
        self.verticalScrollBar().setValue(at)

    def current_row(self) -> Any:
        """The row under the bar, or None."""
        index = self.currentIndex()
        return index.data(RowRole) if index.isValid() else None

    def selected_rows(self) -> list[Any]:
        """All marked rows, in the order of the screen."""
        lines = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self._sorted.index(line, 0).data(RowRole) for line in lines]

    def fit_height(self) -> None:
        """Be exactly as high as the rows need; for tables inside a card."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(ROW_HEIGHT * (1 + self.table.rowCount()) + 2)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_row_changed.emit(self.current_row())

    def copy(self) -> None:
        """Put the marked rows into the clipboard as text, columns divided by tabs."""
        lines = ["\t".join(column.text(row) for column in self.table.columns) for row in self.selected_rows()]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_row() is not None:
            self.opened.emit(self.current_row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
        row = index.data(RowRole) if index.isValid() else None
        self.menu_wanted.emit(row, event.globalPos())
        event.accept()
