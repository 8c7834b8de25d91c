"""Apagar o Plano as a person does it: from the menu, from the window, and seen by another desk."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.services.history import DeletedItems
from desk.ui.core.message_box import MessageBox
from desk.ui.history.page import DeletedItemsDialog
from desk.ui.plans.window import PlanDialog
from tests.builders import Plan, a_plan, an_ip, insert
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import as_job, calm, choose, dialog, entry, gone, listen, right_click, shown_plans

WHY = "Plano possui registros vinculados: 2 logins, 1 IP, 1 circuito"


def linked(database: Database) -> Plan:
    plan = a_plan(database, logins=2)
    an_ip(database, "198.51.100.7", plan_id=plan.id)
    insert(database, "circuits", plan_id=plan.id, name="CVL-001")
    return plan


@pytest.mark.parametrize(
    ("role", "reason"), [("administrador", WHY), ("atendente", "Falta a permissão “Apagar Plano”")]
)
def test_what_hangs_on_it_greys_the_entry_and_the_button_and_is_named(
    qtbot: QtBot, database: Database, desk_as: DeskAs, role: str, reason: str
) -> None:
    plan = linked(database)
    page = shown_plans(qtbot, desk_as(role), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    blocked = entry(menu, "plans.delete")
    assert blocked.text().replace("&", "") == "Apagar o Plano"
    assert not blocked.isEnabled()
    assert blocked.property("reason") == reason
    menu.close()
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    assert not window.delete_button.isEnabled()
    assert (window.delete_button.toolTip(), window.delete_button.accessibleDescription()) == (reason, reason)
    window.reject()


def test_a_cancelled_plan_says_why_it_stays(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="CANCELADO")
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    assert entry(menu, "plans.delete").property("reason") == "Um plano cancelado não pode ser apagado"
    menu.close()


def test_from_the_menu_it_asks_deletes_and_another_desk_sees_it_go(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, reference="Engano")
    kept = a_plan(database, customer=None)
    desk = desk_as("administrador")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    other = shown_plans(qtbot, desk_as("atendente", listen=True), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    choose(menu, "plans.delete")
    box = dialog(qtbot, MessageBox)
    assert box.text.what == f"Apagar o plano {plan.title} – Engano, nº 001, de Maria da Silva?"
    assert box.closing.text().replace("&", "") == "Voltar"
    box.reject()
    gone(qtbot, MessageBox)
    assert page.tree.nodes.find(("plan", plan.id)) is not None
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.delete")
    dialog(qtbot, MessageBox).primary.click()
    for shown in (page, other):
        qtbot.waitUntil(lambda shown=shown: shown.tree.nodes.find(("plan", plan.id)) is None, timeout=30_000)
        calm(qtbot, shown)
    assert told == ["Plano apagado com sucesso"]
    listed = DeletedItemsDialog(desk, plan.customer_id, None)
    listed.show()
    qtbot.waitUntil(lambda: listed.table.model().rowCount() == 1, timeout=30_000)
    cells = [listed.table.model().index(0, at).data() for at in range(1, 4)]
    assert cells == ["Plano", "nº 001", f"{plan.title} – Engano"]
    listed.reject()
    assert database.bus("administrador").execute(DeletedItems(kept.customer_id)).value == []


def test_from_its_window_which_closes(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    assert window.delete_button.isEnabled()
    window.delete_button.click()
    box = dialog(qtbot, MessageBox)
    assert "Maria da Silva" in box.text.what
    box.primary.click()
    gone(qtbot, PlanDialog)
    qtbot.waitUntil(lambda: page.tree.nodes.find(("plan", plan.id)) is None, timeout=30_000)
    calm(qtbot, page)


def test_a_login_that_came_meanwhile_is_told_and_the_plan_stays(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.delete")
    box = dialog(qtbot, MessageBox)
    as_job(database, "INSERT INTO desk.radius_logins (plan_id, login) VALUES (%s, 'chegou.antes')", plan.id)
    refused = listen(page._desk.failed)
    box.primary.click()
    qtbot.waitUntil(lambda: len(refused) == 1, timeout=30_000)
    assert refused[0].what == "Plano possui registros vinculados e não pode ser apagado"
    assert refused[0].why == "Vinculados ao plano: logins 1, IPs 0, circuitos 0."
    dialog(qtbot, MessageBox).reject()
    calm(qtbot, page)
