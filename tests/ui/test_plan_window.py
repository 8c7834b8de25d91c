"""The window Plano/Serviço and the wizard Novo Plano/Serviço, on the real database."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desk.services.plans import CustomerPlanTree, PlanDetails, PlanDraft, PlanWindow, Step, ValueKind, next_step
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.conflict import MINE, THEIRS, ConflictDialog, rebase
from desk.ui.plans.page import PlansPage
from desk.ui.plans.window import PlanDialog
from desk.ui.plans.window_parts import PlanAddressDialog, ValueDetailDialog
from desk.ui.plans.wizard import NewPlanWizard
from tests.builders import Plan, a_customer, a_plan, an_access_point, company_day
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
    save,
    selected,
    shown_plans,
)


def details(database: Database, plan_id: int) -> PlanDetails:
    return database.bus("administrador").execute(PlanWindow(plan_id)).value


def opened(qtbot: QtBot, page: PlansPage, plan: Plan) -> PlanDialog:
    """The window of a plan, by the key that opens it."""
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_F2)
    window = dialog(qtbot, PlanDialog)
    calm(qtbot, page)
    return window


def close(window: Any) -> None:
    """Away with it, whatever was typed."""
    window.is_dirty = lambda: False
    window.reject()


def test_f2_opens_it_and_saving_tells_it_and_shows_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    point = an_access_point(database, "POP Alvorada")
    plan = a_plan(database, access_point=point)
    desk = desk_as("atendente")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    window = opened(qtbot, page, plan)
    assert window.closing.text().replace("&", "") == "Fechar"  # PL-20
    assert window.form["access_point_id"].value() == point.id
    qtbot.keyClicks(window.form["reference"].editor, "Casa da praia")
    qtbot.keyClick(window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    saved = details(database, plan.id)
    assert (saved.row.reference, saved.access_point_id) == ("Casa da praia", point.id)
    assert told == ["Dados salvos com sucesso"]
    assert node(page, ("plan", plan.id)).text.endswith("– Casa da praia")


def test_fields_without_their_permission_are_read_only_and_name_it(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    window = opened(qtbot, shown_plans(qtbot, desk_as("atendente"), plan.customer_id), plan)
    assert window.billing["last_close_date"].read_only
    assert (
        "Só com “Alterar Data de Último Fechamento”" in window.billing["last_close_date"].editor.accessibleDescription()
    )
    assert not window.billing["due_day"].read_only
    close(window)
    window = opened(qtbot, shown_plans(qtbot, desk_as("suporte"), plan.customer_id), plan)
    assert all(field.read_only for form in (window.form, window.billing) for field in form.fields.values())
    assert not window.save_button.isEnabled()
    assert "Editar Dados do Plano" in window.save_button.toolTip()
    close(window)


def test_where_only_one_of_two_touched_a_field_both_changes_stand(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window.form.set("reference", "Minha")
    save(database, "administrador", plan.id, due_day=25)
    window.save()
    asked = dialog(qtbot, ConflictDialog)
    assert asked.choices == {}
    assert asked.who.startswith("Ana Administradora salvou às ")  # the person, not the database role
    assert asked.said == "Dia Vencimento: 10 → 25"
    asked._save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    saved = details(database, plan.id)
    assert (saved.row.reference, saved.row.due_day) == ("Minha", 25)


@pytest.mark.parametrize(("whose", "reference"), [(MINE, "Minha"), (THEIRS, "Dela")])
def test_where_both_touched_a_field_the_clerk_chooses(
    qtbot: QtBot, database: Database, desk_as: DeskAs, whose: int, reference: str
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window.form.set("reference", "Minha")
    window.billing.set("due_day", 7)
    save(database, "administrador", plan.id, reference="Dela", separate_invoice=True)
    window.save()
    asked = dialog(qtbot, ConflictDialog)
    assert list(asked.choices) == ["reference"]
    asked.reject()  # Voltar: nothing typed is lost
    gone(qtbot, ConflictDialog)
    assert (window.form.draft["reference"], window.billing.draft["due_day"]) == ("Minha", 7)
    window.save()
    asked = dialog(qtbot, ConflictDialog)
    asked.choices["reference"].choose(whose)
    asked._save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    saved = details(database, plan.id)
    assert (saved.row.reference, saved.row.due_day, saved.separate_invoice) == (reference, 7, True)


def test_rebasing_is_pure() -> None:
    base, mine, theirs = (
        {"a": 1, "b": 1, "c": 1, "d": 1},
        {"a": 2, "b": 1, "c": 3, "d": 4},
        {"a": 1, "b": 5, "c": 9, "d": 4},
    )
    found = rebase(base, mine, theirs)
    assert (found.values, found.conflicts) == ({"a": 2, "b": 5, "c": 3, "d": 4}, ("c",))


def test_bi_10_and_11_a_discount_by_its_dialog_and_the_window_stays_current(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, value=Decimal("100.00"))
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window._new_value()
    small = dialog(qtbot, ValueDetailDialog)
    small.form.set("starts_on", company_day())  # the workstation's clock, which offers its own, may be in another zone
    small.save()
    assert small.amount.problem == "Só será possível marcar a opção após informar o valor ou porcentagem."
    qtbot.keyClicks(small.percent.editor, "10")
    qtbot.keyClicks(small.amount.editor, "5")
    assert small.percent.value() is None
    small.save()
    gone(qtbot, ValueDetailDialog)
    calm(qtbot, page)
    assert details(database, plan.id).row.total == Decimal("95.00")
    assert node(page, ("plan", plan.id)).second[1].text == "· R$ 95,00"
    window.form.set("reference", "Casa")  # one's own discount does not make one's own window stale
    window.save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert details(database, plan.id).row.reference == "Casa"


def test_without_discounts_only_a_surcharge_is_offered(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window._new_value()
    small = dialog(qtbot, ValueDetailDialog)
    assert small.form["kind"].value() is ValueKind.SURCHARGE
    assert "Dar Descontos em Planos" in small.form["kind"].editor.accessibleDescription()
    close(small)
    close(window)


def test_pl_33_an_address_of_the_plans_own_and_back(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window._edit_address(window._details.addresses[0])
    small = dialog(qtbot, PlanAddressDialog)
    calm(qtbot, page)
    small.form.set("street", "Rua Nova")
    small.save()
    gone(qtbot, PlanAddressDialog)
    calm(qtbot, page)
    address = details(database, plan.id).addresses[0]
    assert (address.follows, address.street) == ("", "Rua Nova")
    back = next(each for each in window.findChildren(QPushButton) if each.text() == "Voltar ao padrão")
    back.click()
    calm(qtbot, page)
    assert details(database, plan.id).addresses[0].follows == "PADRÃO-INSTALAÇÃO:"
    close(window)


def test_the_flow_is_three_steps() -> None:
    draft = PlanDraft(customer_id=1, unit_id=1, start_date=dt.date(2026, 7, 15), due_day=10)
    assert next_step(Step.DETAIL, draft) is Step.BILLING
    assert next_step(Step.BILLING, draft) is Step.SUMMARY
    assert next_step(Step.SUMMARY, draft) is None


def wizard_of(qtbot: QtBot, page: PlansPage) -> NewPlanWizard:
    """The wizard, by the group's menu."""
    from desk.services.plans import PlanGroup

    choose(right_click(qtbot, page, ("group", PlanGroup.ACTIVE)), "plans.new")
    return dialog(qtbot, NewPlanWizard)


def test_a_new_plan_with_its_first_login_is_chosen_in_the_tree(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, logins=("ocupado",))
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    wizard.go_on()
    assert wizard.page.form["offered"].problem == "Preencha este campo"
    form = wizard.page.form
    form.set("offered", plan.catalog_plan_id)
    assert form["value"].value() == Decimal("99.90")
    form.set("reference", "Sítio")
    qtbot.keyClicks(form["login"].editor, "ocupado")
    assert len(form["password"].value()) >= 6
    wizard.go_on()
    wizard.page.form.set("due_day", 15)
    wizard.go_on()
    assert wizard.primary is not None
    assert wizard.primary.text().replace("&", "") == "Finalizar"
    wizard.go_on()
    qtbot.waitUntil(lambda: not wizard.busy)
    calm(qtbot, page)
    assert wizard.isVisible(), "refused: everything typed stays"
    assert wizard.step is Step.DETAIL
    assert form["login"].problem == "Login já cadastrado"
    form["login"].set_value("")
    qtbot.keyClicks(form["login"].editor, "sitio.novo")
    for _ in range(3):
        wizard.go_on()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    rows = database.bus("administrador").execute(CustomerPlanTree(plan.customer_id)).value.plans
    made = max(rows, key=lambda row: row.number)
    assert (made.reference, made.due_day, made.status) == ("Sítio", 15, "EM_INSTALACAO")
    assert [login.login for login in made.logins] == ["sitio.novo"]
    assert selected(page) == ("plan", made.id)


def test_pl_10_where_a_login_is_required_the_first_page_is_not_left_without(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    as_job(database, "UPDATE desk.variables SET value = 'S' WHERE code = 'login_required'")
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    wizard.page.form.set("offered", plan.catalog_plan_id)
    wizard.go_on()
    assert wizard.step is Step.DETAIL
    assert wizard.page.form["login"].problem == "Login de Radius é obrigatório para este plano"
    close(wizard)


def test_the_first_plan_of_a_customer_by_its_key(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    customer = a_customer(database)
    model = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), customer.id)
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    wizard = dialog(qtbot, NewPlanWizard)
    assert wizard.page.form["value"].read_only  # atendente has no "Editar Valor de Novo Plano"
    wizard.page.form.set("offered", model.catalog_plan_id)
    for _ in range(3):
        wizard.go_on()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    assert page.left.currentIndex() == 0
    assert len(page.tree.nodes.root.children[0].children) == 1


def test_a_plan_that_is_gone_says_so(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    as_job(database, "DELETE FROM desk.customer_plans WHERE id = %s", plan.id)
    page.tree.select(("plan", plan.id))
    qtbot.keyClick(page.tree, Qt.Key.Key_Return)
    box = dialog(qtbot, MessageBox)
    assert box.text.what == "O plano não existe mais."
    box.reject()
