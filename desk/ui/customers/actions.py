"""What can be done with customers from anywhere."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from desk.services.customers import RegisterCustomer
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.pages import CustomerPage
from desk.ui.customers import texts as _texts
from desk.ui.customers.dialogs import NewCustomerDialog
from desk.ui.customers.record import RecordPage

__all__ = ["ACTIONS", "CUSTOMER_PAGES"]
_ = _texts  # importing it is what registers the texts


def _new(desk: Desk, row: Any) -> None:
    NewCustomerDialog(desk, QApplication.activeWindow()).open()


def _open(desk: Desk, row: Any) -> None:
    customer_id = getattr(row, "customer_id", None) or row.id
    desk.property("shell").open_customer(customer_id)


ACTIONS = [
    Action(
        id="customers.new",
        label="Novo Cliente",
        menu="program",
        group=0,
        icon="user-plus",
        shortcut="Ctrl+Shift+N",
        command=RegisterCustomer,
        palette="program",
        run=_new,
    ),
    Action(id="customers.open", label="Abrir Cliente", menu="customer", icon="arrow-square-out", run=_open),
]
CUSTOMER_PAGES = [
    CustomerPage(id="record", label="&Cadastro", order=10, build=RecordPage),
]
