"""Suspender, Habilitar and Habilitar Provisoriamente from the click to the row: the change card."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desk.services.plans import EnablePlan, SuspendPlan
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.message_box import MessageBox
from tests.builders import a_plan, a_routing_server, a_secret, an_access_point, company_day
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import (
    as_job,
    calm,
    choose,
    dialog,
    gone,
    listen,
    node,
    right_click,
    row_of,
    selected,
    shown_plans,
)


def test_suspending_from_the_menu_to_the_row_by_one_click_and_one_key(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, logins=("ana",))
    as_job(database, "UPDATE desk.debts SET done = wanted")
    desk = desk_as("atendente")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    assert card.windowTitle() == "Suspender Plano"
    assert card.focusWidget() is card.reason.editor
    said = {line.text: (line.old, line.new) for section in card.facts.sections for line in section.lines}
    assert said["RADIUS"] == ("acesso permitido", "bloqueado")
    assert said["Mensalidade"] == ("cobrada", "não é cobrada")
    card.remark.edit.setText("pediu por telefone")
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert row_of(database, plan.id).status == "SUSPENSO"
    assert told == ["Plano suspenso com sucesso"]
    assert [group.text for group in page.tree.nodes.root.children][:2] == ["Planos Ativos (0)", "Planos Inativos (1)"]
    assert selected(page) == ("plan", plan.id)
    assert [part.text for part in node(page, ("login", plan.logins[0].id)).right] == ["bloqueado", "pendente"]
    assert [part.text for part in node(page, ("plan", plan.id)).right] == ["pendente"]
    kept = database.admin().execute(
        "SELECT who, reason, note FROM desk.plan_status_history WHERE plan_id = %s ORDER BY id DESC LIMIT 1", (plan.id,)
    )
    assert kept.fetchone() == ("atendente", "A pedido do cliente", "pediu por telefone")
    assert page.panel.chip.text == "Suspenso"
    assert page.panel.details is not None
    assert page.panel.details.statuses[0].reason == "A pedido do cliente"


def test_facts_that_moved_are_shown_and_asked_again(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("caio",))
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    calm(qtbot, page)
    as_job(database, "UPDATE desk.radius_logins SET login = 'caio.novo' WHERE login = 'caio'")
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not card.moved.isHidden())
    assert row_of(database, plan.id).status == "HABILITADO"
    assert any(line.note == "caio.novo" for section in card.facts.sections for line in section.lines)
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    assert row_of(database, plan.id).status == "SUSPENSO"


def test_a_step_that_somebody_else_took_meanwhile_closes_the_card_and_says_so(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    other = database.bus("administrador")
    other.execute(SuspendPlan(plan_id=plan.id, reason="Outro", version=row_of(database, plan.id).version))
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    box = dialog(qtbot, MessageBox)
    gone(qtbot, ChangeCard)
    assert "já está suspenso" in box.text.why
    box.reject()


def test_undo_takes_a_suspension_back(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("administrador")
    acts = listen(desk.executed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert isinstance(acts[-1].undo, EnablePlan)
    desk.do(acts[-1].undo, owner=page)
    calm(qtbot, page)
    assert row_of(database, plan.id).status == "HABILITADO"


def test_undo_is_not_offered_to_who_could_not_do_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    acts = listen(desk.executed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.suspend")
    qtbot.keyClick(dialog(qtbot, ChangeCard), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert [act.undo for act in acts] == [None]


def test_st_17_provisional_access_by_its_card_twice(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO", logins=("bia",))
    desk = desk_as("financeiro")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    until = company_day() + dt.timedelta(days=2)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.enable_provisionally")
    card = dialog(qtbot, ChangeCard)
    assert not [note for note in card.facts.warnings if "habilitado" in note.text]
    card.questions.set("until", until)
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert told == [f"Plano habilitado provisoriamente até {until:%d/%m/%Y}"]
    assert node(page, ("plan", plan.id)).right[0].text == f"habilitado até {until:%d/%m}"
    as_job(database, "UPDATE desk.customer_plans SET provisional_until = NULL WHERE id = %s", plan.id)
    page.load()
    calm(qtbot, page)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.enable_provisionally")
    card = dialog(qtbot, ChangeCard)
    today = f"{company_day():%d/%m/%Y}"
    assert f"Este plano foi habilitado a menos de 25 dias ({today})" in [note.text for note in card.facts.warnings]
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    assert row_of(database, plan.id).provisional_until is not None


def test_a_date_too_far_away_is_marked_in_the_card(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO")
    page = shown_plans(qtbot, desk_as("financeiro"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.enable_provisionally")
    card = dialog(qtbot, ChangeCard)
    card.questions.set("until", company_day() + dt.timedelta(days=90))
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(card.questions["until"].problem))
    assert card.questions["until"].problem.startswith("De hoje até")
    card.is_dirty = lambda: False
    card.reject()


def test_a_mute_router_is_said_in_the_card_and_holds_nobody_up(
    qtbot: QtBot, database: Database, desk_as: DeskAs, mute: int
) -> None:
    router = a_routing_server(database, "RT-MUDO", port=mute, local_secrets=True)
    a_secret(database, "router", router.id, "segredo")
    point = an_access_point(database, routing_server=router)
    plans = [a_plan(database, logins=1, access_point=point) for _ in range(2)]
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plans[0].customer_id)
    choose(right_click(qtbot, page, ("plan", plans[0].id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)  # while the router is being asked
    gone(qtbot, ChangeCard)
    assert row_of(database, plans[0].id).status == "SUSPENSO"
    other = shown_plans(qtbot, desk, plans[1].customer_id)
    choose(right_click(qtbot, other, ("plan", plans[1].id)), "plans.suspend")
    card = dialog(qtbot, ChangeCard)

    def said() -> str:
        return " ".join(label.text() for label in card.sections["Rede"].findChildren(QLabel))

    qtbot.waitUntil(lambda: "Não respondeu agora" in said(), timeout=10_000)
    assert "RT-MUDO" in said()
    assert "conferido às" in said()
    assert card.primary is not None
    assert card.primary.isEnabled()
    card.reject()
    calm(qtbot, page)


@pytest.fixture
def mute() -> Iterator[int]:
    """The port of something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]
