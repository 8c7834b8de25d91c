"""Deleting an access point that is in use: the refusal lists what hangs on it, and leads there."""

from __future__ import annotations

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.uses import KINDS, UsesDialog
from desk.ui.core.network_question import NetworkQuestion
from tests.builders import a_customer, a_plan, a_range, an_access_point
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import dialog, gone
from tests.ui.settings import calm, editor, host, listed, press, window

__all__ = ["host"]


def test_the_refusal_lists_what_is_there_and_opens_the_customer(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    point = an_access_point(database, "POP Norte")
    customer = a_customer(database, "Bia")
    a_plan(database, customer=customer, access_point=point)
    a_range(database, "198.51.100.0/24", access_point=point)
    desk = desk_as("administrador")
    went: list[tuple[str, int]] = []
    desk.run_action = lambda action, row=None: went.append((action, row.customer_id))  # type: ignore[method-assign, assignment]
    shown = window(qtbot, host, desk, "access_points")
    edited = editor(qtbot, desk, listed(shown), AccessPointDialog, 0)
    press(qtbot, edited, "Apagar")
    question = dialog(qtbot, NetworkQuestion)
    calm(qtbot, desk)
    assert question.network.isHidden()  # refused anyhow
    press(qtbot, question, "Apagar")
    refused = dialog(qtbot, UsesDialog)
    gone(qtbot, NetworkQuestion)
    calm(qtbot, desk)
    assert refused.text.what == "O ponto de acesso POP Norte não foi apagado."
    assert [(KINDS[use.kind][0], use.customer) for use in refused.table.table.rows] == [
        ("Plano", "Bia"),
        ("Faixa de IP", ""),
    ]
    refused.table.selectRow(1)
    assert not refused.open_button.isEnabled()
    refused.table.selectRow(0)
    press(qtbot, refused, "Abrir Cliente")
    gone(qtbot, UsesDialog)
    gone(qtbot, AccessPointDialog)
    assert not shown.isVisible()
    assert went == [("customers.open", customer.id)]
    assert database.admin().execute("SELECT count(*) FROM desk.access_points").fetchone() == (1,)
