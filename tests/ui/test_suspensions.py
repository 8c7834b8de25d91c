"""Suspensão Temporária by hand: the entry that variable 11 offers, two days by the keyboard, what the card says."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desk.services.plans import EnablePlan, SuspendTemporarily, WithdrawSuspension
from desk.ui.core import format
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.plans.page import PlansPage
from tests.builders import Plan, a_customer, a_plan
from tests.postgres import Database
from tests.suspended import closer, offer, rows, today
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, choose, dialog, entry, gone, listen, node, right_click, row_of, shown_plans

ACTION, WITHDRAW = "plans.suspend_temporarily", "plans.withdraw_suspension"


def key(qtbot: QtBot, which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key, to whatever has the focus."""
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClick(widget, which, modifier)


def typed(qtbot: QtBot, text: str) -> None:
    """Text over what is selected in the field that has the focus."""
    widget = QApplication.focusWidget()
    assert widget is not None
    qtbot.keyClicks(widget, text)


def ids(menu: QMenu) -> list[str]:
    return [action.objectName() for action in menu.actions()]


def days_from(database: Database, count: int) -> dt.date:
    return today(database) + dt.timedelta(days=count)


def planned(database: Database, plan: Plan, start: int, days: int = 30) -> None:
    """Another desk has ordered it."""
    first = days_from(database, start)
    database.bus("administrador").execute(
        SuspendTemporarily(
            plan_id=plan.id,
            starts_on=first,
            ends_on=first + dt.timedelta(days=days),
            reason="A pedido do cliente",
            version=row_of(database, plan.id).version,
        )
    )


def opened(qtbot: QtBot, page: PlansPage, plan: Plan) -> ChangeCard:
    choose(right_click(qtbot, page, ("plan", plan.id)), ACTION)
    card = dialog(qtbot, ChangeCard)
    calm(qtbot, page)
    return card


def said(card: ChangeCard) -> str:
    """Everything that stands on the card's lines, as it is read aloud."""
    return "\n".join(child.accessibleName() for child in card.findChildren(QWidget) if child.accessibleName())


def test_variable_11_decides_whether_it_is_there(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    assert ACTION not in ids(menu) and "plans.suspend" in ids(menu)
    menu.close()
    offer(database)
    other = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    menu = right_click(qtbot, other, ("plan", plan.id))
    shown = ids(menu)
    assert shown.index(ACTION) == shown.index("plans.suspend") + 1
    assert entry(menu, ACTION).text().replace("&", "") == "Suspensão Temporária"
    menu.close()


def test_without_the_permission_it_is_grey_and_says_why(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    offer(database)
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("ninguem"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    action = entry(menu, ACTION)
    assert not action.isEnabled() and "Editar Status de Planos" in action.toolTip()
    menu.close()


def test_from_the_menu_to_the_row_without_a_mouse(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    offer(database)
    plan = a_plan(database, logins=("ana",), customer=a_customer(database, "Maria Aparecida"))
    desk = desk_as("financeiro")
    told, acts = listen(desk.told), listen(desk.executed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    page.tree.select(("plan", plan.id))
    menu = by_keyboard(page)
    letter = entry(menu, ACTION).text().partition("&")[2][:1]
    qtbot.keyClick(menu, letter)
    card = dialog(qtbot, ChangeCard)
    calm(qtbot, page)
    assert card.windowTitle() == "Suspensão Temporária"
    starts, ends = card.questions["starts_on"].editor, card.questions["ends_on"].editor
    assert card.focusWidget() is starts
    assert (starts.property("text"), ends.property("text")) == (
        format.day(today(database)),
        format.day(days_from(database, 30)),
    )
    assert hint(card, "ends_on").endswith("de 30 a 120 dias")
    key(qtbot, Qt.Key.Key_Return)
    assert card.focusWidget() is ends
    typed(qtbot, format.day(days_from(database, 45)))
    assert hint(card, "ends_on").startswith(f"45 dias sem serviço, o último em {format.day(days_from(database, 44))}")
    key(qtbot, Qt.Key.Key_Return)
    assert card.focusWidget() is card.reason.editor
    calm(qtbot, page)
    assert "Não cobrado por 45 dias" in said(card)
    assert "Maria Aparecida" in card._sentence.text() and plan.title in card._sentence.text()
    key(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    last = format.day(days_from(database, 44))
    assert told == [f"Plano suspenso temporariamente até {last}"]
    assert node(page, ("plan", plan.id)).second[0].text == f"Suspensão Temporária até {last}"
    assert rows(database, plan.id, "ends_on - starts_on, planned_by") == [(45, "financeiro")]
    assert page.panel.details is not None and page.panel.details.row.suspended_last == days_from(database, 44)
    assert isinstance(acts[-1].undo, EnablePlan)


def by_keyboard(page: PlansPage) -> QMenu:
    """The menu as the Menu key opens it, for the node under the bar."""
    place = page.tree.visualRect(page.tree.currentIndex()).center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, page.tree.viewport().mapToGlobal(place))
    QApplication.sendEvent(page.tree.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def hint(card: ChangeCard, name: str) -> str:
    return str(card.questions[name]._message.text())


def test_the_return_follows_the_beginning_and_limits_are_said(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    offer(database)
    plan = a_plan(database, logins=("bia",))
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    card = opened(qtbot, page, plan)
    starts, ends = card.questions["starts_on"], card.questions["ends_on"]
    starts.editor.selectAll()  # type: ignore[attr-defined]
    typed(qtbot, format.day(days_from(database, 10)))
    assert ends.value() == days_from(database, 40)
    calm(qtbot, page)
    lines = said(card)
    for moment in (days_from(database, 10), days_from(database, 40)):
        assert f"{format.day(moment)}, 0h" in lines
    assert "começa a suspensão" in lines and "o acesso volta sozinho" in lines
    assert any(line.text == "Sem mudança até lá: bia" for line in card.sections["Rede"]._seen.values())
    key(qtbot, Qt.Key.Key_Return)
    typed(qtbot, format.day(days_from(database, 20)))
    key(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hint(card, "ends_on") == "No mínimo 30 dias sem serviço"
    assert card.focusWidget() is ends.editor and card.isVisible()
    ends.editor.selectAll()  # type: ignore[attr-defined]
    typed(qtbot, format.day(days_from(database, 131)))
    key(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert hint(card, "ends_on") == "No máximo 120 dias sem serviço"
    key(qtbot, Qt.Key.Key_Escape)
    gone(qtbot, ChangeCard)
    assert rows(database, plan.id, "id") == []


def test_planned_shown_and_taken_back(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    offer(database)
    plan = a_plan(database, logins=("caio",))
    desk = desk_as("atendente")
    told, acts = listen(desk.told), listen(desk.executed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    card = opened(qtbot, page, plan)
    card.questions.set("starts_on", days_from(database, 5))
    calm(qtbot, page)
    key(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    first, last = days_from(database, 5), days_from(database, 34)
    assert told == [f"Suspensão temporária planejada de {format.day(first)} a {format.day(last)}"]
    assert isinstance(acts[-1].undo, WithdrawSuspension)
    shown = node(page, ("plan", plan.id))
    assert shown.second[0].text == "Serviço Habilitado"
    assert f"suspensão em {format.short_day(first)}" in [part.text for part in shown.right]
    menu = right_click(qtbot, page, ("plan", plan.id))
    assert "planejada de" in entry(menu, ACTION).toolTip()
    choose(menu, WITHDRAW)
    question = dialog(qtbot, NetworkQuestion)
    calm(qtbot, page)
    assert plan.title in question.text.what and "Maria da Silva" in question.text.what
    question.primary.click()
    gone(qtbot, NetworkQuestion)
    calm(qtbot, page)
    assert told[-1] == "Suspensão planejada retirada com sucesso"
    assert not row_of(database, plan.id).suspension_planned


@pytest.mark.parametrize(
    ("start", "action", "words"),
    [
        (0, "plans.enable", "Encerra hoje a suspensão temporária"),
        (5, "plans.suspend", "A suspensão temporária planejada"),
    ],
)
def test_another_step_says_what_becomes_of_it(
    qtbot: QtBot, database: Database, desk_as: DeskAs, start: int, action: str, words: str
) -> None:
    offer(database)
    plan = a_plan(database)
    planned(database, plan, start)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    choose(right_click(qtbot, page, ("plan", plan.id)), action)
    card = dialog(qtbot, ChangeCard)
    assert words in card.facts.warnings[0].text
    calm(qtbot, page)
    qtbot.keyClick(card, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert row_of(database, plan.id).suspended_from is None


def test_the_history_says_who_planned_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    from desk.services.history import CustomerHistory
    from desk.ui.history.words import line_of

    offer(database)
    plan = a_plan(database)
    planned(database, plan, 3)
    closer(database, plan.id, 3)
    database.admin().execute("SELECT desk.suspension_due(%s)", (plan.id,))
    closer(database, plan.id, 30)
    database.admin().execute("SELECT desk.suspension_due(%s)", (plan.id,))
    found = database.bus("atendente").execute(CustomerHistory(plan.customer_id)).value
    lines = [line_of(row) for row in found]
    name = database.admin().execute("SELECT full_name FROM desk.people WHERE role = 'administrador'").fetchone()
    assert name is not None
    assert lines[0] == f"Plano habilitado no fim da suspensão temporária planejada por {name[0]}"
    assert lines[1].startswith(f"Plano suspenso na data planejada por {name[0]}; volta em ")
    assert lines[2].startswith("Suspensão temporária planejada para ")
