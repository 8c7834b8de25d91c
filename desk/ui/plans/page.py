"""The area Planos: the tree at the left, what is chosen in it at the right."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desk.services.plans import AddPlan, CustomerPlans, CustomerPlanTree, PlanGroup, PlanRow
from desk.ui.core.actions import build_menu, shortcuts
from desk.ui.core.cards import BusyBar, EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.labels import button
from desk.ui.core.tree import Node
from desk.ui.core.tree_view import PlanTreeView
from desk.ui.plans.nodes import GROUPS, tree_of
from desk.ui.plans.panel import PlanPanel

TREE_WIDTH, NARROWEST = 470, 360
RELOAD_MS = 120
MINUTE_MS = 60_000


class GroupRow:
    """What a group's menu and the customer's own actions work on."""

    def __init__(self, customer_id: int, group: PlanGroup = PlanGroup.ACTIVE) -> None:
        self.customer_id, self.group, self.id = customer_id, group, customer_id


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
        self.left.addWidget(self._empty())
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
        shortcuts(desk, ["plan", "radius_login", "plan_group"], self._row_for, self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(RELOAD_MS)
        self._soon.timeout.connect(self.load)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._again)  # "online há" grows by itself
        self._minute.start()
        QShortcut(QKeySequence("F5"), self, self.load, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(QKeySequence("F6"), self, self._next_pane, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        desk.changed.connect(self._changed)
        desk.progress.connect(self._progressed)
        self._build_commands()
        self.load()

    def _tree_holder(self) -> QWidget:
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 4, 0, 0)
        line.addWidget(self.tree)
        return holder

    def _empty(self) -> EmptyState:
        return EmptyState(
            "tree-structure",
            self.tr("Este cliente ainda não tem planos"),
            self.tr("O primeiro plano leva menos de um minuto."),
            act=self.tr("Criar Novo Plano"),
            on_act=self.new_plan,
            key="Ctrl+N",
        )

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
        self._desk.run_action("plans.new", GroupRow(self.customer_id))

    def _deleted_items(self) -> None:
        self._desk.run_action("history.deleted_items", GroupRow(self.customer_id))

    def _changed(self, names: frozenset[str]) -> None:
        parts = ("plans", "debts", "customer")
        if "*" in names or any(f"{part}/{self.customer_id}" in names for part in parts):
            self._soon.start()

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
            failed=lambda _: self.busy.set_busy(False),
            slot=("plans", self.customer_id),
        )

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
        if moved:
            self.tree.show_tree(tree_of(plans))
        if self._wanted is not None and self.tree.select(self._wanted):
            self._wanted = None
        elif first and plans.plans:
            order = [group for group, _ in GROUPS]
            best = min(plans.plans, key=lambda plan: (order.index(plan.group), plan.number))
            self.tree.select(("plan", best.id))
        elif moved:
            self._chosen(self.tree.current_node())

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
            return GroupRow(self.customer_id)
        return node.row if node is not None and node.kind == menu else None

    def _open(self, node: Node) -> None:
        opener = {"plan": "plans.open", "radius_login": "logins.open"}.get(node.kind)
        if opener is not None and opener in self._desk.actions:
            self._desk.run_action(opener, node.row)

    def _delete(self, node: Node) -> None:
        deleter = {"radius_login": "logins.delete"}.get(node.kind)
        if deleter is not None and deleter in self._desk.actions:
            self._desk.run_action(deleter, node.row)

    def _menu(self, node: Node | None, place: QPoint) -> None:
        kind = "plan_group" if node is None else node.kind
        row = GroupRow(self.customer_id, node.row if node and node.kind == "plan_group" else PlanGroup.ACTIVE)
        menu = build_menu(self._desk, kind, row if kind == "plan_group" or node is None else node.row, self)
        if not menu.isEmpty():
            menu.popup(place)

    def _next_pane(self) -> None:
        inside = self.tree.hasFocus()
        (self.panel if inside else self.tree).setFocus(Qt.FocusReason.TabFocusReason)
