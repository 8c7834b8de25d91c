"""Mudar Plano as a person does it: by keys through the real window, refusals at their places, two desks at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desk.services.plans import ChangeStep
from desk.ui.plans.change_wizard import ChangePlanWizard
from desk.ui.plans.page import PlansPage
from desk.ui.plans.window import PlanDialog
from tests.builders import Plan, a_catalog_plan, a_customer, a_plan, an_ip, insert
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import (
    PATIENCE,
    as_job,
    calm,
    choose,
    dialog,
    entry,
    gone,
    listen,
    node,
    right_click,
    row_of,
    shown_plans,
)


def wizard_of(qtbot: QtBot, page: PlansPage, plan: Plan) -> ChangePlanWizard:
    """The wizard, by the plan's menu."""
    choose(right_click(qtbot, page, ("plan", plan.id)), "plans.change_catalog")
    wizard = dialog(qtbot, ChangePlanWizard)
    wizard.activateWindow()
    return wizard


def press(qtbot: QtBot, wizard: ChangePlanWizard, key: Qt.Key) -> None:
    """A key, to whoever has the focus."""
    focused = QApplication.focusWidget() or wizard
    qtbot.keyClick(focused, key)


def target(wizard: ChangePlanWizard, catalog_plan_id: int, reason: str = "Promoção") -> None:
    """Fill the first page."""
    wizard.page.form.set("target", catalog_plan_id)
    wizard.page.form.set("reason", reason)


def close(wizard: ChangePlanWizard) -> None:
    wizard.is_dirty = lambda: False
    wizard.reject()


def test_by_keys_from_the_window_to_the_tree(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    customer = a_customer(database)
    plan = a_plan(database, customer=customer, logins=("maria.casa",), reference="Casa")
    into = a_catalog_plan(database, "FIBRA 600", price="149.90", down_kbps=600_000, up_kbps=300_000)
    desk = desk_as("atendente")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, customer.id)
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    window.change.setFocus()
    qtbot.keyClick(window.change, Qt.Key.Key_Return)
    wizard = dialog(qtbot, ChangePlanWizard)
    wizard.activateWindow()
    gone(qtbot, PlanDialog)
    first = wizard.page.form
    assert wizard.focusWidget() is first["target"].editor or first["target"].editor.isAncestorOf(wizard.focusWidget())
    assert first["group_id"].read_only and first["value"].read_only
    assert "Só com “Editar Valor de Novo Plano”" in first["value"].editor.accessibleDescription()
    line = first["target"].combo.lineEdit()  # type: ignore[attr-defined]
    qtbot.keyClicks(line, "FIBRA 600")
    popup = QApplication.activePopupWidget()
    qtbot.keyClick(popup or line, Qt.Key.Key_Return)
    assert first["target"].value() == into.id
    assert first["value"].value() == Decimal("149.90")
    first["reason"].editor.setFocus()
    press(qtbot, wizard, Qt.Key.Key_Down)
    assert first["reason"].value() == "Upgrade a pedido do cliente"
    assert wizard.cost.facts.values["Diferença"].text() == "+ 50,00"
    assert wizard.primary is not None
    wizard.primary.setFocus()
    press(qtbot, wizard, Qt.Key.Key_Return)
    assert wizard.step is ChangeStep.ITEMS
    assert wizard.page.stay.values["Logins de Radius"].text() == "maria.casa"  # type: ignore[attr-defined]
    assert QApplication.focusWidget() is wizard.primary, "a page without fields has its next key at the button"
    press(qtbot, wizard, Qt.Key.Key_Return)
    assert wizard.step is ChangeStep.MONEY
    press(qtbot, wizard, Qt.Key.Key_Return)  # out of the last field
    press(qtbot, wizard, Qt.Key.Key_Return)
    assert wizard.step is ChangeStep.SUMMARY
    assert QApplication.focusWidget() is wizard.primary
    calm(qtbot, page)
    qtbot.waitUntil(lambda: bool(wizard.page.network.said), timeout=PATIENCE)  # type: ignore[attr-defined]
    said = " ".join(wizard.page.network.said)  # type: ignore[attr-defined]
    assert "RADIUS" in said and "maria.casa" in said and "600" in said
    assert wizard.primary.text().replace("&", "") == "Finalizar"
    press(qtbot, wizard, Qt.Key.Key_Return)
    gone(qtbot, ChangePlanWizard)
    calm(qtbot, page)
    assert told == ["Plano alterado com sucesso"]
    assert node(page, ("plan", plan.id)).text == "FIBRA 600 – Casa"
    row = row_of(database, plan.id)
    assert (row.number, row.value, row.name) == (1, Decimal("149.90"), "FIBRA 600")


def test_what_is_typed_in_the_window_is_saved_first(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    refusals = listen(desk.failed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    qtbot.keyClicks(window.form["reference"].editor, "Casa")
    window.change.click()
    assert [text.what for text in refusals] == ["Há alterações que não foram salvas."]
    assert window.isVisible() and window.form["reference"].value() == "Casa"
    window.is_dirty = lambda: False
    window.reject()
    calm(qtbot, page)
    assert not any(isinstance(each, ChangePlanWizard) for each in QApplication.topLevelWidgets())


def test_pl_22_without_the_permission_it_is_in_sight_and_grey(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("suporte"), plan.customer_id)
    menu = right_click(qtbot, page, ("plan", plan.id))
    grey = entry(menu, "plans.change_catalog")
    assert (grey.isEnabled(), grey.property("reason")) == (False, "Falta a permissão “Mudar Plano”")
    menu.close()
    button = page.panel.findChild(QPushButton, "panel:plans.change_catalog")
    assert button is not None and not button.isEnabled()
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    assert not window.change.isEnabled()
    assert window.change.toolTip() == "Falta a permissão “Mudar Plano”"
    window.reject()


def test_a_cancelled_plan_does_not_change(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="CANCELADO")
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    grey = entry(right_click(qtbot, page, ("plan", plan.id)), "plans.change_catalog")
    assert (grey.isEnabled(), grey.property("reason")) == (False, "O plano está cancelado")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()


def test_another_group_is_chosen_first(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    here = a_catalog_plan(database, "FIBRA 600")
    group = insert(database, "service_groups", name="Empresarial")
    there = a_catalog_plan(database, "DEDICADO 100")
    secret = a_catalog_plan(database, "DEDICADO 900", requires_authorization=True)
    as_job(
        database,
        "UPDATE desk.catalog_plans SET service_group_id = %s WHERE id = ANY (%s)",
        group,
        [there.id, secret.id],
    )
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page, plan)
    form = wizard.page.form
    assert [choice.value for choice in form["target"].choices] == [here.id]  # type: ignore[attr-defined]
    form.set("same_group", False)
    assert not form["group_id"].read_only
    form.set("group_id", group)
    assert [choice.value for choice in form["target"].choices] == [there.id]  # type: ignore[attr-defined]
    assert "1 só com “Autorizador de Planos”" in form["target"].editor.accessibleDescription()
    form.set("target", there.id)
    form.set("same_group", True)
    assert (form["target"].value(), form["value"].value()) == (None, None)
    wizard.go_on()
    assert wizard.step is ChangeStep.TARGET
    assert form["target"].problem == "Preencha este campo"
    close(wizard)


def test_cp_03_what_has_no_place_stops_at_its_page(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("ana.casa", "ana.loja"))
    an_ip(database, "203.0.113.9/32", plan_id=plan.id)
    insert(database, "circuits", plan_id=plan.id, name="CVL000001-001")
    small = a_catalog_plan(database, "MOVEL", login_limit=1, allows_ip=False)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page, plan)
    target(wizard, small.id)
    wizard.go_on()
    assert wizard.step is ChangeStep.ITEMS
    blocked, dropped = wizard.page.blocked, wizard.page.dropped  # type: ignore[attr-defined]
    for name in ("ana.casa", "ana.loja", "203.0.113.9", "MOVEL comporta 1 login"):
        assert name in blocked.label.text()
    assert "CVL000001-001" in dropped.label.text()
    wizard.go_on()
    assert wizard.step is ChangeStep.ITEMS
    close(wizard)


@pytest.mark.parametrize(("answer", "total"), [("SIM", "139,90"), ("NÃO", "149,90")])
def test_cp_01_yes_or_no_is_asked_where_the_variable_says_so(
    qtbot: QtBot, database: Database, desk_as: DeskAs, answer: str, total: str
) -> None:
    plan = a_plan(database)
    into = a_catalog_plan(database, price="149.90")
    insert(database, "plan_value_details", plan_id=plan.id, kind="desconto", amount=10, starts_on="2026-01-01")
    as_job(database, "UPDATE desk.variables SET value = 'S' WHERE code = 'ask_value_detail_transfer'")
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page, plan)
    target(wizard, into.id)
    wizard.go_on()
    wizard.go_on()
    money = wizard.page
    assert money.question.label.text() == "O plano possui desconto. Deseja transferir para o novo plano?"  # type: ignore[attr-defined]
    wizard.go_on()
    assert wizard.step is ChangeStep.MONEY, "the question has no answer of its own"
    keeps = money.form["keeps"]
    choice = next(each for each in keeps.choices if each.label == answer)  # type: ignore[attr-defined]
    money.form.set("keeps", choice.value)
    assert wizard.cost.facts.values["Depois"].text() == f"R$ {total}"
    wizard.go_on()
    wizard.go_on()
    gone(qtbot, ChangePlanWizard)
    calm(qtbot, page)
    assert row_of(database, plan.id).total == Decimal(total.replace(",", "."))


def test_a_lower_value_without_the_permission_is_told_at_its_field(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    into = a_catalog_plan(database, price="149.90")
    database.admin().execute("INSERT INTO desk.person_permissions VALUES ('atendente', 'edit_new_value')")
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page, plan)
    target(wizard, into.id)
    wizard.page.form.set("value", Decimal("120"))
    wizard.go_on()
    assert wizard.step is ChangeStep.TARGET
    assert wizard.page.form["value"].problem == "Abaixo de 149,90 só com “Dar Descontos em Planos”"
    close(wizard)


def test_another_desk_was_quicker_and_the_choice_is_kept(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    into = a_catalog_plan(database, price="149.90")
    desk = desk_as("atendente")
    refusals = listen(desk.failed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    wizard = wizard_of(qtbot, page, plan)
    target(wizard, into.id)
    for _ in range(3):
        wizard.go_on()
    as_job(database, "UPDATE desk.customer_plans SET due_day = 20, version = version + 1")
    wizard.go_on()
    qtbot.waitUntil(lambda: wizard.step is ChangeStep.TARGET, timeout=PATIENCE)
    calm(qtbot, page)
    assert refusals, "somebody says what happened"
    assert wizard.isVisible() and wizard.page.form["target"].value() == into.id
    for box in QApplication.topLevelWidgets():
        if box is not wizard and box.isVisible() and box.isModal():
            box.close()
    for _ in range(4):
        wizard.go_on()
    gone(qtbot, ChangePlanWizard)
    calm(qtbot, page)
    assert row_of(database, plan.id).due_day == 20
    assert row_of(database, plan.id).value == Decimal("149.90")
