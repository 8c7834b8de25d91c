"""The area Planos: the tree at the left, what is chosen in it at the right."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError
from desk.services.plans import AddPlan, CustomerPlans, CustomerPlanTree, PlanGroup, PlanRow
from desk.ui.core.actions import build_menu, shortcuts
from desk.ui.core.cards import BusyBar
from desk.ui.core.desk import Desk
from desk.ui.core.labels import button, set_kind
from desk.ui.core.reload import Reload, told_by_the_band
from desk.ui.core.tree import Node
from desk.ui.core.tree_view import PlanTreeView
from desk.ui.plans.empty import NoPlans
from desk.ui.plans.nodes import GROUPS, tree_of
from desk.ui.plans.panel import SECTIONS, PlanPanel

TREE_WIDTH, NARROWEST = 470, 360
RELOAD_MS = 120
MINUTE_MS = 60_000


class GroupRow:
    """What a group's menu and the customer's own actions work on; `made` is told the id of a new plan."""

    def __init__(
        self,
        customer_id: int,
        group: PlanGroup = PlanGroup.ACTIVE,
        made: Callable[[int], object] | None = None,
    ) -> None:
        self.customer_id, self.group, self.id, self.made = customer_id, group, customer_id, made


class PlansPage(QWidget):
    """Loads the tree, keeps one's place in it, and reloads when somebody changed something."""

    def __init__(self, desk: Desk, customer_id: int) -> None:
        super().__init__()
        self._desk, self.customer_id = desk, customer_id
        self.shown: CustomerPlans | None = None
        self._wanted: object = None  # a node to go to once it is there
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.busy = BusyBar()
        outer.addWidget(self.busy)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        outer.addWidget(self.splitter, 1)
        self.tree = PlanTreeView()
        self.tree.setMinimumWidth(NARROWEST)
        self.panel = PlanPanel(desk)
        self.left = QStackedWidget()
        self.left.setObjectName("surface")
        self.left.addWidget(self._tree_holder())
        self.empty = NoPlans(desk, self.new_plan, lambda event: self._menu(None, event.globalPos()))
        self.left.addWidget(self.empty)
        self.splitter.addWidget(self.left)
        self.splitter.addWidget(self.panel)
        kept = int(desk.settings.value("plans/tree", TREE_WIDTH))
        self.splitter.setSizes([max(NARROWEST, kept), 900])
        self.splitter.setStretchFactor(1, 1)
        self.splitter.splitterMoved.connect(lambda width, _: desk.settings.setValue("plans/tree", width))
        self.tree.current_node_changed.connect(self._chosen)
        self.tree.opened.connect(self._open)
        self.tree.menu_wanted.connect(self._menu)
        self.tree.delete_wanted.connect(self._delete)
        self.panel.item_chosen.connect(self.tree.select)
        self.panel.items.opened.connect(self._item_opened)
        self.panel.items.menu_wanted.connect(self._item_menu)
        shortcuts(desk, ["plan", "radius_login", "plan_group"], self._row_for, self)
        self._soon = Reload(
            desk,
            self,
            self.load,
            *(f"{part}/{customer_id}" for part in ("plans", "debts", "customer")),
            pause=RELOAD_MS,
        )
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._again)  # "online há" grows by itself
        self._minute.start()
        QShortcut(QKeySequence("F5"), self, self.load, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence("F6"), self, self._next_pane, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        for at in range(len(SECTIONS)):
            key = QKeySequence(f"Alt+{at + 1}")
            jump = partial(self.panel.pills.go, at)
            QShortcut(key, self, jump, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        desk.progress.connect(self._progressed)
        self._build_commands()
        self.load()

    def _tree_holder(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 4, 0, 0)
        line.addWidget(self.tree)
        return holder

    def _build_commands(self) -> None:
        self._refresh = button(self.tr("Atualizar"), self.load, kind="flat", icon="arrow-clockwise", tip="F5")
        self._deleted = button(self.tr("Itens Apagados"), self._deleted_items, kind="flat", icon="trash")
        self._add = button(self.tr("Acrescentar Plano"), self.new_plan, kind="primary", icon="plus", tip="Ctrl+N")
        if not self._desk.may(AddPlan):
            self._add.setEnabled(False)
            self._add.setToolTip(self.tr("Falta a permissão {}").format(self._desk.needs(AddPlan)))

    def commands(self) -> list[QWidget]:
        """Atualizar, Itens Apagados, Acrescentar Plano."""
        deleted = [self._deleted] if "history.deleted_items" in self._desk.actions else []
        return [self._refresh, *deleted, self._add]

    def enter(self) -> None:
        """The tree has the first key."""
        self.tree.setFocus(Qt.FocusReason.OtherFocusReason)

    def new_plan(self) -> None:
        """Novo Plano/Serviço."""
        self._desk.run_action("plans.new", self._group_row())

    def _deleted_items(self) -> None:
        self._desk.run_action("history.deleted_items", self._group_row())

    def _group_row(self, group: PlanGroup = PlanGroup.ACTIVE) -> GroupRow:
        return GroupRow(self.customer_id, group, lambda plan_id: self.go_to(("plan", plan_id)))

    def _progressed(self, progress: Any) -> None:
        if progress.customer_id == self.customer_id and progress.final:
            self._soon.start()

    def load(self) -> None:
        """Ask again; one's place is kept."""
        self.busy.set_busy(True)
        self._desk.ask(
            CustomerPlanTree(self.customer_id),
            owner=self,
            done=self._show,
            failed=self._not_loaded,
            slot=("plans", self.customer_id),
        )

    def _not_loaded(self, error: DomainError) -> bool:
        self.busy.set_busy(False)
        return told_by_the_band(error)

    def _again(self) -> None:
        if self.shown is not None and self.isVisible():
            self.tree.show_tree(tree_of(self.shown))

    def _show(self, plans: CustomerPlans) -> None:
        self.busy.set_busy(False)
        first = self.shown is None
        moved = plans != self.shown
        self.shown = plans
        self.left.setCurrentIndex(0 if plans.plans else 1)
        self.panel.setVisible(bool(plans.plans))
        set_kind(self._add, "primary" if plans.plans else "", "plus")  # the empty state has the accent
        if moved:
            self.tree.show_tree(tree_of(plans))
        if self._wanted is not None and self.tree.select(self._wanted):
            self._wanted = None
        elif first and plans.plans:
            order = [group for group, _ in GROUPS]
            best = min(plans.plans, key=lambda plan: (order.index(plan.group), plan.number))
            self.tree.select(("plan", best.id))
        elif not moved:
            self._chosen(self.tree.current_node())  # values and addresses are not in the tree

    def go_to(self, key: object) -> None:
        """Choose this node, now or when it has been loaded."""
        if not self.tree.select(key):
            self._wanted = key

    def plan_of(self, node: Node | None) -> PlanRow | None:
        """The plan that a node is, or hangs on."""
        while node is not None:
            if isinstance(node.row, PlanRow):
                return node.row
            node = node.parent
        return None

    def _chosen(self, node: Node | None) -> None:
        plan = self.plan_of(node)
        if plan is None:
            self.panel.clear()
        else:
            self.panel.show_plan(plan, node.key if node is not None else None)

    def _row_for(self, menu: str) -> Any:
        node = self.tree.current_node()
        if menu == "plan":
            return self.plan_of(node)
        if menu == "plan_group":
            return self._group_row()
        return node.row if node is not None and node.kind == menu else None

    def _open(self, node: Node) -> None:
        opener = {"plan": "plans.open", "radius_login": "logins.open", "ip": "ips.open"}.get(node.kind)
        if opener is not None and opener in self._desk.actions:
            self._desk.run_action(opener, node.row)

    def _delete(self, node: Node) -> None:
        deleter = {"radius_login": "logins.delete", "ip": "ips.delete"}.get(node.kind)
        if deleter is not None and deleter in self._desk.actions:
            self._desk.run_action(deleter, node.row)

    def _menu(self, node: Node | None, place: QPoint) -> None:
        kind = "plan_group" if node is None else node.kind
        if node is None or kind == "plan_group":
            row: Any = self._group_row(node.row if node is not None else PlanGroup.ACTIVE)
        else:
            row = node.row
        menu = build_menu(self._desk, kind, row, self)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            menu.popup(place)

    def _item_opened(self, key: object) -> None:
        node = self.tree.nodes.find(key)
        if node is not None:
            self._open(node)

    def _item_menu(self, key: object, place: QPoint) -> None:
        node = self.tree.nodes.find(key)
        if node is not None:
            self._menu(node, place)

    def _next_pane(self) -> None:
        inside = self.tree.hasFocus()
        (self.panel if inside else self.tree).setFocus(Qt.FocusReason.TabFocusReason)
