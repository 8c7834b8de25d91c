"""What can be looked up in the past."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.pages import CustomerPage
from desk.ui.history.page import DeletedItemsDialog, HistoryPage


def _deleted(desk: Desk, row: Any) -> None:
    DeletedItemsDialog(desk, row.customer_id, QApplication.activeWindow()).open()


ACTIONS = [
    Action(
        id="history.deleted_items",
        label="Itens Apagados",
        menu="plan_group",
        group=2,
        icon="trash",
        palette="customer",
        run=_deleted,
    ),
]
CUSTOMER_PAGES = [CustomerPage(id="history", label="&Histórico", order=40, build=HistoryPage)]
