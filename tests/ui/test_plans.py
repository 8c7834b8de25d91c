"""The area Planos as a person sees it: tree, menus, keys, and what two desks see of each other."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desk.services.plans import FollowDefaultAddress, PlanWindow, SuspendPlan
from desk.ui.core.change_card import ChangeCard
from tests.builders import a_customer, a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import (
    as_job,
    calm,
    dialog,
    entry,
    gone,
    node,
    popup,
    right_click,
    row_of,
    save,
    selected,
    shown_plans,
)


def test_the_tree_shows_three_groups_with_counts_and_quiet_or_loud_states(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    customer = a_customer(database)
    home = a_plan(database, customer=customer, logins=("maria.casa",), reference="Casa", value=Decimal("119.90"))
    shop = a_plan(database, customer=customer, status="SUSPENSO_DEBITO", throttled=True)
    as_job(database, "UPDATE desk.debts SET done = wanted")
    page = shown_plans(qtbot, desk_as("atendente"), customer.id)
    groups = page.tree.nodes.root.children
    assert [group.text for group in groups] == ["Planos Ativos (1)", "Planos Inativos (1)", "Planos Cancelados (0)"]
    plan = node(page, ("plan", home.id))
    assert plan.text.endswith("– Casa")
    assert [part.text for part in plan.second] == ["Serviço Habilitado", "· R$ 119,90", "· vence dia 10"]
    assert not plan.second[0].chip
    debt = node(page, ("plan", shop.id))
    assert (debt.second[0].text, debt.second[0].chip) == ("Suspenso por Débito", True)
    assert [part.text for part in debt.right] == ["velocidade reduzida"]
    login = node(page, ("login", home.logins[0].id))
    assert [part.text for part in login.right] == ["offline"]
    assert login.spoken == "Login maria.casa, offline"
    assert selected(page) == ("plan", home.id)


def test_what_is_not_allowed_stays_in_sight_and_names_the_permission(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("suporte"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    denied = entry(menu, "plans.suspend")
    assert not denied.isEnabled()
    assert denied.property("reason") == "Falta a permissão “Editar Status de Planos”"
    assert entry(menu, "plans.open").isEnabled()
    menu.close()
    add = next(widget for widget in page.commands() if getattr(widget, "text", str)() == "Acrescentar Plano")
    assert not add.isEnabled()
    assert add.toolTip() == "Falta a permissão “Adicionar Plano”"
    button = page.panel.findChild(QPushButton, "panel:plans.suspend")
    assert button is not None
    assert not button.isEnabled()
    assert "Editar Status de Planos" in button.toolTip()


@pytest.mark.parametrize(
    ("status", "action", "reason"),
    [
        ("HABILITADO", "plans.enable", "O plano já está habilitado"),
        ("SUSPENSO", "plans.suspend", "O plano já está suspenso"),
        ("SUSPENSO", "plans.enable_provisionally", "Só um plano suspenso por débito"),
        ("CANCELADO", "plans.enable", "O plano está cancelado"),
        ("AGUARDANDO_AUTORIZACAO", "plans.enable", "O plano aguarda autorização"),
    ],
)
def test_what_is_not_possible_now_says_why(
    qtbot: QtBot, database: Database, desk_as: DeskAs, status: str, action: str, reason: str
) -> None:
    plan = a_plan(database, status=status)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    assert (entry(menu, action).isEnabled(), entry(menu, action).property("reason")) == (False, reason)
    menu.close()


def test_st_16_enabling_a_suspended_plan_is_grey_without_its_second_permission(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, status="SUSPENSO")
    for role, possible in (("atendente", False), ("financeiro", True)):
        page = shown_plans(qtbot, desk_as(role), plan.customer_id)
        menu = right_click(qtbot, page, ("plan", plan.id))
        enable = entry(menu, "plans.enable")
        assert enable.isEnabled() is possible
        assert enable.property("reason") == ("" if possible else "Falta a permissão “Habilitar Planos Suspensos”")
        menu.close()
        page.hide()


def test_a_reload_keeps_ones_place(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    customer = a_customer(database)
    first = a_plan(database, customer=customer, logins=("a1", "a2"))
    second = a_plan(database, customer=customer, logins=("b1",))
    page = shown_plans(qtbot, desk_as("atendente"), customer.id)
    tree = page.tree
    tree.setExpanded(tree.nodes.index_of(node(page, ("plan", first.id))), False)
    tree.select(("login", second.logins[0].id))
    calm(qtbot, page)
    save(database, "administrador", first.id, reference="Sítio")
    qtbot.keyClick(tree, Qt.Key.Key_F5)
    calm(qtbot, page)
    assert node(page, ("plan", first.id)).text.endswith("Sítio")
    assert selected(page) == ("login", second.logins[0].id)
    assert not tree.isExpanded(tree.nodes.index_of(node(page, ("plan", first.id))))
    chosen = page.panel.items.table.current_row()
    assert chosen is not None
    assert chosen.text == "b1"


def test_what_another_desk_does_appears_by_itself(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("dora",))
    page = shown_plans(qtbot, desk_as("atendente", listen=True), plan.customer_id)
    row = row_of(database, plan.id)

    def suspend_elsewhere() -> bool:
        now = row_of(database, plan.id)
        if now.enabled:
            other = database.bus("administrador")
            other.execute(SuspendPlan(plan_id=plan.id, reason="Outro", version=now.version))
        # The listener may have begun to listen after the first notice; anybody's later one tells as well.
        database.admin().execute("SELECT pg_notify('desk_changed', %s)", (f"plans/{plan.customer_id}",))
        return node(page, ("plan", plan.id)).second[0].text == "Suspenso"

    assert row.enabled
    qtbot.waitUntil(suspend_elsewhere, timeout=10_000)
    calm(qtbot, page)
    assert selected(page) == ("plan", plan.id)
    assert page.panel.chip.text == "Suspenso"


def test_a_change_that_the_tree_does_not_show_reaches_the_panel(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    window = database.bus("administrador").execute(PlanWindow(plan.id)).value
    from desk.services.plans import AddressKind, SetPlanAddress

    def follows() -> str:
        assert page.panel.details is not None
        return page.panel.details.addresses[1].follows

    assert follows() == "PADRÃO:"
    city = window.addresses[0].city_id
    assert city is not None
    desk.do(
        SetPlanAddress(
            plan_id=plan.id, kind=AddressKind.BILLING, zip="87013000", street="Av. Brasil", number="1",
            district="Centro", city_id=city,
        ),
        owner=page,
    )  # fmt: skip
    qtbot.waitUntil(lambda: follows() == "", timeout=10_000)
    desk.do(FollowDefaultAddress(plan_id=plan.id, kind=AddressKind.BILLING), owner=page)
    qtbot.waitUntil(lambda: follows() == "PADRÃO:", timeout=10_000)
    calm(qtbot, page)


def test_keys_alone(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("eva",))
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    tree = page.tree
    qtbot.keyClick(tree, Qt.Key.Key_Down)
    assert selected(page) == ("login", plan.logins[0].id)
    qtbot.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "eva"
    qtbot.keyClick(tree, Qt.Key.Key_Up)
    place = tree.viewport().rect().center()
    keyboard = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, tree.mapToGlobal(place))
    QApplication.sendEvent(tree.viewport(), keyboard)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    qtbot.keyClick(menu, Qt.Key.Key_S)  # the letter that is underlined in Suspender Plano
    card = dialog(qtbot, ChangeCard)
    qtbot.keyClick(card.reason.editor, Qt.Key.Key_Return)  # goes on to the next field, commits nothing
    assert card.focusWidget() is card.remark.editor
    qtbot.keyClick(card.remark.editor, Qt.Key.Key_Return)
    assert card.focusWidget() is card.primary
    qtbot.keyClick(card, Qt.Key.Key_Return)
    gone(qtbot, ChangeCard)
    calm(qtbot, page)
    assert row_of(database, plan.id).status == "SUSPENSO"


def test_sections_by_their_keys(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    page = shown_plans(qtbot, desk_as("atendente"), a_plan(database, logins=("eva", "eva.tv")).customer_id)
    page.resize(1366, 380)
    qtbot.waitUntil(lambda: page.panel.area.verticalScrollBar().maximum() > 0)
    qtbot.keyClick(page.tree, Qt.Key.Key_4, Qt.KeyboardModifier.AltModifier)
    assert page.panel.pills.buttons[3].isChecked()
    assert page.panel.area.verticalScrollBar().value() > 0
    qtbot.keyClick(page.tree, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert page.panel.area.verticalScrollBar().value() == 0


def test_a_customer_without_plans_is_told_the_next_step(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    customer = a_customer(database)
    page = shown_plans(qtbot, desk_as("atendente"), customer.id)
    assert page.left.currentWidget() is page.empty
    assert page.empty.state.headline.text() == "Este cliente ainda não tem planos"
    assert [page._add.property("kind"), page.empty.state.button.property("kind")] == ["", "primary"]
    assert page.panel.isHidden()
    place = page.empty.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, page.empty.mapToGlobal(place))
    QApplication.sendEvent(page.empty, event)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert "plans.new" in [action.objectName() for action in menu.actions()]
    menu.close()
    denied = shown_plans(qtbot, desk_as("suporte"), customer.id)
    assert not denied.empty.state.button.isEnabled()


def test_the_width_of_the_tree_is_kept_for_the_person(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    assert page.splitter.sizes()[0] == 470
    page.splitter.moveSplitter(520, 1)
    assert desk.settings.value("plans/tree") == 520
    page.splitter.moveSplitter(100, 1)
    assert page.splitter.sizes()[0] >= 360
    page.hide()
    assert shown_plans(qtbot, desk, plan.customer_id).splitter.sizes()[0] >= 360


def test_arrow_keys_held_down_ask_only_for_where_they_stop(
    qtbot: QtBot, database: Database, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = a_customer(database)
    plans = [a_plan(database, customer=customer) for _ in range(4)]
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, customer.id)
    asked: list[object] = []
    ask = desk.ask
    monkeypatch.setattr(desk, "ask", lambda query, **more: (asked.append(query), ask(query, **more)))
    for _ in range(3):
        qtbot.keyClick(page.tree, Qt.Key.Key_Down)
    assert page.panel.title.text() == row_of(database, plans[3].id).title  # the tree's own facts are there at once
    calm(qtbot, page)
    assert page.panel.details is not None
    assert page.panel.details.row.id == plans[3].id
    assert asked == [PlanWindow(plans[3].id)]


def test_shift_f10_opens_the_menu_of_the_plan_and_a_letter_the_card(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id, window=True)
    page.tree.select(("plan", plan.id))
    page.tree.setFocus()
    qtbot.waitUntil(page.tree.hasFocus)
    qtbot.keyClick(page.tree, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = popup(qtbot)
    assert entry(menu, "plans.suspend").text() == "&Suspender Plano"
    qtbot.keyClick(menu, Qt.Key.Key_S)
    card = dialog(qtbot, ChangeCard)
    assert card.windowTitle() == "Suspender Plano"
    calm(qtbot, page)
    card.reject()
