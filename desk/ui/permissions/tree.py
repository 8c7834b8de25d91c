"""The tree of permissions: sections, exact labels, a green icon where one is granted (domain 2.2)."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from desk.services.permissions import Permission, Section
from desk.ui.core import icons
from desk.ui.core.format import folded
from desk.ui.core.labels import Label, row
from desk.ui.core.theme import font

CodeRole = Qt.ItemDataRole.UserRole
HEIGHT, ROW = 312, 24


class PermissionTree(QWidget):
    """Marks what a person holds, one permission at a time."""

    changed = Signal()

    def __init__(self, held: frozenset[str]) -> None:
        super().__init__()
        self.held = held
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.count = Label("", "caption", "text2")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Procurar permissão")
        self.search.setAccessibleName("Procurar permissão")
        self.search.setClearButtonEnabled(True)
        self.search.setTextMargins(8, 0, 8, 0)
        self.search.setFixedWidth(240)
        self.search.textChanged.connect(self._filter)
        column.addLayout(row(Label("Permissões", "section"), self.count, None, self.search))
        self.tree = QTreeWidget()
        self.tree.setObjectName("permissions")
        self.tree.setHeaderHidden(True)
        self.tree.setFixedHeight(HEIGHT)
        self.tree.setAccessibleName("Permissões")
        self.tree.setUniformRowHeights(True)
        self._items: dict[str, QTreeWidgetItem] = {}
        self._sections: list[QTreeWidgetItem] = []
        for section in Section:
            self._add_section(section)
        frame = QFrame()
        frame.setObjectName("card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(6, 6, 6, 6)
        inside.addWidget(self.tree)
        column.addWidget(frame)
        self._mark()
        self.tree.itemChanged.connect(self._changed)

    def _add_section(self, section: Section) -> None:
        inside = [permission for permission in Permission if permission.section is section]
        if not inside:
            return
        top = QTreeWidgetItem([section.value])
        top.setFont(0, font("strong"))
        top.setSizeHint(0, QSize(0, ROW))
        # It sums up and is no switch: marking a whole section would also give the one that takes away.
        top.setFlags((top.flags() | Qt.ItemFlag.ItemIsAutoTristate) & ~Qt.ItemFlag.ItemIsUserCheckable)
        self.tree.addTopLevelItem(top)
        self._sections.append(top)
        for permission in inside:
            label = f"{permission.value} — impede quem a tem" if permission.negative else permission.value
            item = QTreeWidgetItem(top, [label])
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setData(0, CodeRole, permission.code)
            item.setSizeHint(0, QSize(0, ROW))
            item.setCheckState(0, _state(permission.code in self.held))
            self._items[permission.code] = item
        top.setExpanded(any(permission.code in self.held for permission in inside))

    def _changed(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        self.tree.blockSignals(True)
        for code, item in self._items.items():
            negative = Permission.by_code(code).negative
            granted = item.checkState(0) is Qt.CheckState.Checked
            name, tone = ("prohibit", "warn") if negative else ("check-circle-fill", "ok")
            item.setIcon(0, icons.icon(name if granted else "circle", tone if granted else "off"))
        self.tree.blockSignals(False)
        self.tree.viewport().update()
        self.count.setText(f"{len(self.chosen)} de {len(self._items)}")

    def _filter(self, typed: str) -> None:
        words = folded(typed).split()
        for item in self._items.values():
            item.setHidden(not all(word in folded(item.text(0)) for word in words))
        for top in self._sections:
            inside = [item for item in self._items.values() if item.parent() is top]
            top.setHidden(all(item.isHidden() for item in inside))
            if words:
                top.setExpanded(True)

    @property
    def chosen(self) -> frozenset[str]:
        """Codes of the marked permissions."""
        return frozenset(code for code, item in self._items.items() if item.checkState(0) is Qt.CheckState.Checked)

    @property
    def granted(self) -> frozenset[str]:
        """Marked since the tree was shown."""
        return self.chosen - self.held

    @property
    def revoked(self) -> frozenset[str]:
        """Unmarked since the tree was shown."""
        return self.held - self.chosen

    def set_chosen(self, code: str, granted: bool) -> None:
        """Mark or unmark one."""
        self._items[code].setCheckState(0, _state(granted))

    def item(self, code: str) -> QTreeWidgetItem:
        """The line of a permission."""
        return self._items[code]


def _state(granted: bool) -> Qt.CheckState:
    return Qt.CheckState.Checked if granted else Qt.CheckState.Unchecked
