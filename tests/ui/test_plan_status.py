"""Mudar Status from the menu to the row: the provider's own statuses, their card, and the way back."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.services.plans import EnablePlan
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.status_choice import StatusChoice
from tests.builders import a_plan, insert
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, choose, dialog, gone, listen, right_click, row_of, shown_plans


def a_status(database: Database, code: str, description: str, group: str = "inativo", *, access: bool = False) -> None:
    values = {"description": description, "group": group, "bills": False, "grants_access": access}
    insert(database, "plan_statuses", "code", code=code, **values)


def test_from_the_menu_to_the_row_and_back(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    a_status(database, "CORTESIA", "Cortesia", "ativo", access=True)
    a_status(database, "EM_VIAGEM", "Em Viagem")
    plan = a_plan(database, logins=("ana",))
    desk = desk_as("administrador")
    told, acts = listen(desk.told), listen(desk.executed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.change_status")
    choice = dialog(qtbot, StatusChoice)
    assert [each.label for each in choice.status.choices] == ["Cortesia", "Em Viagem"]
    assert "os logins conectam" in choice._means.text()
    choice.form.bind({"status": "EM_VIAGEM"})
    choice.status.edited.emit()
    assert "os logins ficam bloqueados" in choice._means.text()
    qtbot.keyClick(choice, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, StatusChoice)
    card = dialog(qtbot, ChangeCard)
    assert (card.windowTitle(), card.facts.new_status, card.facts.tone) == (
        "Mudar Status",
        ("EM_VIAGEM", "Em Viagem"),
        "warn",
    )
    said = {line.text: (line.old, line.new) for section in card.facts.sections for line in section.lines}
    assert said["RADIUS"] == ("acesso permitido", "bloqueado")
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert row_of(database, plan.id).status == "EM_VIAGEM"
    assert told == ["Status mudado para Em Viagem"]
    assert page.panel.chip.text == "Em Viagem"
    assert isinstance(acts[-1].undo, EnablePlan)
    desk.do(acts[-1].undo, owner=page)
    calm(qtbot, page)
    assert row_of(database, plan.id).status == "HABILITADO"


def test_where_the_provider_made_none_that_is_said(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.change_status")
    box = dialog(qtbot, MessageBox)
    assert "Status Planos" in box.text.do
    box.reject()


def test_grey_says_why(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    cancelled = a_plan(database, status="CANCELADO")
    awaiting = a_plan(database, status="AGUARDANDO_AUTORIZACAO")
    desk = desk_as("administrador")
    action = desk.actions["plans.change_status"]
    assert action.obstacle(desk, row_of(database, cancelled.id)) == "O plano está cancelado"
    assert action.obstacle(desk, row_of(database, awaiting.id)) == "O plano aguarda autorização"
    other = desk_as("suporte")
    assert "“Editar Status de Planos”" in str(action.obstacle(other, row_of(database, a_plan(database).id)))
