"""Comandos: finds and runs any action by typing; what is impossible stays, with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desk.ui.core import icons, paint
from desk.ui.core.actions import Action
from desk.ui.core.cards import hairline
from desk.ui.core.desk import Desk
from desk.ui.core.format import folded
from desk.ui.core.labels import KeyCap, Label, row
from desk.ui.core.theme import font, theme

WIDTH, HEIGHT = 620, 520  # at most; it is as high as what it lists
AROUND = 84  # the field, the keys and what parts them
EntryRole = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
GROUPS = (("item", "Neste item"), ("plan", "Neste plano"), ("customer", "Neste cliente"), ("program", "Programa"))
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True)
class Entry:
    """A heading, or an action with the row it would work on."""

    heading: str = ""
    action: Action | None = None
    row: Any = None
    obstacle: str | None = None
    typed: str = ""  # what found it


def found_in(name: str, typed: str) -> list[tuple[int, int]]:
    """Where the typed words stand in a name, from and to before; accents and capitals do not count."""
    plain = folded(name)
    if len(plain) != len(name):  # a letter that folds into two: better no mark than a wrong one
        return []
    places = ((plain.find(word), len(word)) for word in folded(typed).split())
    return [(at, at + length) for at, length in places if at >= 0]


def entries(desk: Desk, rows: dict[str, Any], typed: str) -> Iterator[Entry]:
    """What the palette lists: group by group, the impossible last in each."""
    words = folded(typed).split()
    for group, heading in GROUPS:
        found: list[Entry] = []
        row_ = rows.get(group)
        for action in desk.actions:
            here = action.menu == rows.get("kind") if group == "item" else action.palette == group
            if not here or (row_ is None and group != "program"):
                continue
            if group == "program" or action.shown(row_):
                text = folded(f"{action.text()} {action.help}")
                if all(word in text for word in words):
                    found.append(Entry("", action, row_, action.obstacle(desk, row_), typed))
        if found:
            named = rows.get("item_name", "") if group == "item" else getattr(row_, "title", "")
            named = named or getattr(row_, "customer_name", "")
            yield Entry(f"{heading}: {named}" if named else heading)
            yield from sorted(found, key=lambda entry: entry.obstacle is not None)


class EntryModel(QAbstractListModel):
    """The entries as they stand."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def show_entries(self, found: list[Entry]) -> None:
        """Replace them all."""
        self.beginResetModel()
        self.entries = found
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entries[index.row()]
        if role == EntryRole:
            return entry
        said = entry.heading or (entry.action.text() if entry.action else "")
        if role == Qt.ItemDataRole.DisplayRole:
            return said
        if role == Qt.ItemDataRole.AccessibleTextRole:
            key = entry.action.shortcut if entry.action else ""
            return ", ".join(part for part in (said, entry.obstacle, key) if part)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        entry = self.entries[index.row()]
        if entry.action is None or entry.obstacle is not None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def _height(entry: Entry) -> int:
    return 28 if entry.action is None else 44 if entry.obstacle else 32


class EntryDelegate(QStyledItemDelegate):
    """Paints headings, actions with their key, and reasons."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: Entry = index.data(EntryRole)
        return QSize(100, _height(entry))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(EntryRole)
        rect: QRect = option.rect.adjusted(6, 1, -6, -1)
        painter.save()
        if entry.action is None:
            painter.setFont(font("head"))
            painter.setPen(theme().color("text2"))
            painter.drawText(rect.adjusted(8, 0, 0, 0), _LEFT, entry.heading)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            paint.selection(painter, rect, focused=True)
        possible = entry.obstacle is None
        tone = "text" if possible else "off"
        line = QRect(rect.left(), rect.top(), rect.width(), 30 if possible else 24)
        place = QPoint(rect.left() + 12, rect.center().y() - 7)
        icons.draw(painter, entry.action.icon, "text2" if possible else "off", place)
        name = entry.action.text()
        paint.marked(painter, line.adjusted(38, 0, -120, 0), name, found_in(name, entry.typed), font(), tone)
        if entry.obstacle:
            painter.setFont(font("caption"))
            painter.setPen(theme().color("text2"))
            painter.drawText(QRect(rect.left() + 38, rect.top() + 22, rect.width() - 50, 18), _LEFT, entry.obstacle)
        if entry.action.shortcut:
            painter.setFont(font("caption"))
            painter.setPen(theme().color("text2"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(line.adjusted(0, 0, -12, 0), right, entry.action.shortcut)
        painter.restore()


class Palette(QFrame):
    """A flyout under the caption bar: type, arrow keys, Enter."""

    def __init__(self, desk: Desk, window: QWidget, rows: dict[str, Any]) -> None:
        super().__init__(window, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._desk, self._rows = desk, rows
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("flyout")
        self.setFixedWidth(WIDTH)
        self.setAccessibleName("Comandos")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(8, 8, 8, 8)
        outer.setSpacing(6)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("Digite um comando: suspender, login, tema...")
        self.edit.setAccessibleName("Comando")
        self.edit.addAction(icons.icon("command", "text2"), QLineEdit.ActionPosition.LeadingPosition)
        outer.addWidget(self.edit)
        self.model = EntryModel(self)
        self.list = QListView()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setModel(self.model)
        self.list.setItemDelegate(EntryDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.nothing = Label("Nenhum comando com essas palavras", "body", "text2")
        self.nothing.setContentsMargins(14, 6, 14, 6)
        outer.addWidget(self.nothing)
        outer.addWidget(self.list, 1)
        outer.addWidget(hairline())
        choose, run = Label("escolher", "caption", "text2"), Label("executar", "caption", "text2")
        shut = Label("fechar", "caption", "text2")
        outer.addLayout(row(KeyCap("↑ ↓"), choose, 8, KeyCap("Enter"), run, 8, KeyCap("Esc"), shut, None))
        self.edit.textChanged.connect(self._filter)
        self.edit.installEventFilter(self)
        self.list.clicked.connect(lambda index: self._run(index.row()))
        self._filter("")

    def open_over(self, window: QWidget) -> None:
        """Show it under the top row, in the middle."""
        corner = window.mapToGlobal(QPoint((window.width() - WIDTH) // 2, 44))
        self.move(corner)
        self.show()
        self.edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _filter(self, typed: str) -> None:
        found = list(entries(self._desk, self._rows, typed))
        self.model.show_entries(found)
        self.nothing.setVisible(not found)
        self.list.setVisible(bool(found))
        self.list.setFixedHeight(min(sum(_height(entry) for entry in found) + 2, HEIGHT - AROUND))
        self.adjustSize()
        self._choose(0, 1)

    def _choose(self, at: int, by: int) -> None:
        found = self.model.entries
        while 0 <= at < len(found):
            if found[at].action is not None and found[at].obstacle is None:
                self.list.setCurrentIndex(self.model.index(at))
                return
            at += by

    def _run(self, at: int) -> None:
        if not 0 <= at < len(self.model.entries):
            return
        entry = self.model.entries[at]
        if entry.action is not None and entry.obstacle is None:
            self.close()
            self._desk.run_action(entry.action.id, entry.row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        current = self.list.currentIndex().row()
        if event.key() == Qt.Key.Key_Down:
            self._choose(current + 1, 1)
        elif event.key() == Qt.Key.Key_Up:
            self._choose(current - 1, -1)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(current)
        else:
            return False
        return True
