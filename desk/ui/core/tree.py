"""A tree of plain rows for any QTreeView, and what keeps a person's place in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTreeView

Index = QModelIndex | QPersistentModelIndex
RowRole = Qt.ItemDataRole.UserRole
NodeRole = Qt.ItemDataRole.UserRole + 1
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Part:
    """A piece of a row that is shown whole or not at all."""

    text: str
    tone: str = "text2"
    icon: str = ""
    chip: bool = False
    code: bool = False
    strong: bool = False


@dataclass(eq=False, kw_only=True)
class Node:
    """One row as the screen shows it; a capability makes it from its frozen row."""

    kind: str  # which menu and panel it gets
    key: object  # stays the same across reloads, so that the place is kept
    text: str
    row: Any = None
    shape: Literal["group", "plan", "item"] = "item"
    icon: str = ""
    code: bool = False  # read aloud or typed: slashed zero
    second: tuple[Part, ...] = ()  # line two of a plan
    right: tuple[Part, ...] = ()  # markers at the right end; the last one survives longest
    datum: str = ""  # what Ctrl+C copies; the text when empty
    noun: str = ""  # said before the text by screen readers: "Login"
    open: bool = True  # before the person has opened or closed it
    tip: str = ""
    children: list[Node] = field(default_factory=list)
    parent: Node | None = None

    def add(self, child: Node) -> Node:
        """Put a node below this one and return it."""
        child.parent = self
        self.children.append(child)
        return child

    def walk(self) -> Iterator[Node]:
        """This node and all below it, as they stand."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def spoken(self) -> str:
        """The whole row as text."""
        first = f"{self.noun} {self.text}".strip()
        return ", ".join([first, *(part.text for part in (*self.second, *self.right) if part.text)])


def root() -> Node:
    """An invisible node to hang the groups on."""
    return Node(kind="root", key=None, text="")


class TreeModel(QAbstractItemModel):
    """Shows one tree of nodes; Qt keeps only ids, so the model keeps the nodes alive."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._take(root())

    def _take(self, top: Node) -> None:
        self._root = top
        self._nodes = {id(node): node for node in top.walk()}
        self._by_key = {node.key: node for node in top.walk() if node is not top}

    def show(self, top: Node) -> None:
        """Show another tree; TreeKeeper puts the person back where they were."""
        self.beginResetModel()
        old = self._nodes  # until the reset is over, views may still hold ids of the old nodes
        self._take(top)
        self.endResetModel()
        del old

    @property
    def root(self) -> Node:
        """The invisible top."""
        return self._root

    def node(self, index: Index) -> Node:
        """The node behind an index; the invisible top for an invalid one."""
        return self._nodes[index.internalId()] if index.isValid() else self._root

    def find(self, key: object) -> Node | None:
        """The node of a key, if it is still there."""
        return self._by_key.get(key)

    def index_of(self, node: Node) -> QModelIndex:
        """Where a node stands."""
        above = node.parent
        return _NOWHERE if above is None else self.createIndex(above.children.index(node), 0, id(node))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return len(self.node(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 1

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, id(self.node(parent).children[row]))

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # QObject.parent shares the name
        above = self.node(index).parent
        if above is None or above.parent is None:
            return QModelIndex()
        return self.createIndex(above.parent.children.index(above), 0, id(above))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return node.text
        if role == NodeRole:
            return node
        if role == RowRole:
            return node.row
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return node.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return node.tip or None
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class TreeKeeper:
    """Remembers by key what is open, selected and in sight, across reloads."""

    def __init__(self, view: QTreeView, model: TreeModel) -> None:
        self._view, self._model = view, model
        self._open: dict[object, bool] = {}

    def show(self, top: Node) -> None:
        """Show a new tree and put everything back; a vanished selection falls to what stands in its place."""
        self._note()
        current = self._model.node(self._view.currentIndex())
        trail = self._trail(current)
        at = self._view.verticalScrollBar().value()
        selection = self._view.selectionModel()
        blocked = selection.blockSignals(True)
        self._model.show(top)
        for node in top.walk():
            if node.children:
                self._view.setExpanded(self._model.index_of(node), self._open.get(node.key, node.open))
        selection.blockSignals(blocked)
        target = next((found for key in trail if (found := self._model.find(key)) is not None), None)
        if target is not None:
            self._view.setCurrentIndex(self._model.index_of(target))
        self._view.verticalScrollBar().setValue(at)

    def select(self, key: object) -> bool:
        """Go to a node, opening what hides it."""
        node = self._model.find(key)
        if node is None:
            return False
        above = node.parent
        while above is not None and above.parent is not None:
            self._view.setExpanded(self._model.index_of(above), True)
            above = above.parent
        index = self._model.index_of(node)
        self._view.setCurrentIndex(index)
        self._view.scrollTo(index)
        return True

    def _note(self) -> None:
        for node in self._model.root.walk():
            if node.children and node.parent is not None:
                self._open[node.key] = self._view.isExpanded(self._model.index_of(node))

    def _trail(self, node: Node) -> list[object]:
        """The node, then its neighbours, then what stands above it."""
        keys: list[object] = []
        while node.parent is not None:
            siblings = node.parent.children
            at = siblings.index(node)
            keys.append(node.key)
            keys += [other.key for other in siblings[at + 1 :]] + [other.key for other in reversed(siblings[:at])]
            node = node.parent
        return keys
