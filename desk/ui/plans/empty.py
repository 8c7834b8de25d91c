"""The area Planos of a customer without plans: the groups with their zeros, and the one next step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desk.services.plans import AddPlan
from desk.ui.core.cards import EmptyState, hairline
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Label, row
from desk.ui.plans.nodes import GROUPS


class NoPlans(QWidget):
    """PL-01: groups without plans are shown too, and their menu creates the first one."""

    def __init__(
        self, desk: Desk, on_act: Callable[[], object], on_menu: Callable[[QContextMenuEvent], object]
    ) -> None:
        super().__init__()
        self._on_menu = on_menu
        first, *others = [f"{label} (0)" for _, label in GROUPS]
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        head = row(Label(first, "strong"), None)
        head.setContentsMargins(20, 14, 20, 0)
        outer.addLayout(head)
        self.state = EmptyState(
            "tree-structure",
            self.tr("Este cliente ainda não tem planos"),
            self.tr("O primeiro plano leva menos de um minuto."),
            act=self.tr("Criar Novo Plano"),
            on_act=on_act,
            key="Ctrl+N",
        )
        if not desk.may(AddPlan):
            self.state.button.setEnabled(False)
            self.state.button.setToolTip(self.tr("Falta a permissão {}").format(desk.needs(AddPlan)))
        outer.addWidget(self.state, 1)
        outer.addWidget(hairline())
        foot = QFrame()
        line = row(*(Label(text, "caption", "text2") for text in others), None, spacing=12)
        line.setContentsMargins(20, 14, 20, 14)
        foot.setLayout(line)
        outer.addWidget(foot)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self._on_menu(event)
        event.accept()
