"""Personalizar Composição on the real database: by the keyboard, in the window, and with two desks at once."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk.services.catalog import CompositionDraft, ServiceClass
from desk.services.plans import CustomizeComposition, PlanDetails, PlanWindow
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.composition import BACK, DIFFERS, CompositionDialog
from desk.ui.plans.conflict import MINE, THEIRS, ConflictDialog
from desk.ui.plans.page import PlansPage
from desk.ui.plans.window import PlanDialog
from tests.builders import Plan, a_plan
from tests.postgres import Database
from tests.services.test_composition import PARTS, composed, order, said, window
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, dialog, gone, listen, shown_plans
from tests.ui.test_plan_window import close, opened

Key = Qt.Key


def customised(database: Database, plan: Plan, *parts: CompositionDraft) -> PlanDetails:
    """The plan with parts of its own, as another desk saved them."""
    database.bus("administrador").execute(order(window(database, plan), *(parts or PARTS)))
    return window(database, plan)


def composing(qtbot: QtBot, page: PlansPage, plan: Plan) -> CompositionDialog:
    """Personalizar Composição, from the plan's window."""
    opened(qtbot, page, plan).composition.compose.click()
    return dialog(qtbot, CompositionDialog)


def typed(qtbot: QtBot, text: str) -> None:
    """Write into what has the focus, over what stands there, and go on by Enter."""
    focused = QApplication.focusWidget()
    assert focused is not None
    if text:
        qtbot.keyClick(focused, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        qtbot.keyClicks(focused, text)
    qtbot.keyClick(focused, Key.Key_Return)


def test_parts_by_the_keyboard_alone(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    desk = desk_as("atendente")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    window_ = opened(qtbot, page, plan)
    window_.composition.compose.setFocus()
    qtbot.keyClick(window_.composition.compose, Key.Key_Space)
    made = dialog(qtbot, CompositionDialog)
    made.activateWindow()
    qtbot.waitUntil(lambda: made.composition.lines[0].description.edit.hasFocus())
    typed(qtbot, "Fibra")
    typed(qtbot, "")  # the class stays
    typed(qtbot, "59,90")
    assert made.composition.sum.text() == "soma 79,90 de 99,90 · diferença 20,00"
    typed(qtbot, "App")
    typed(qtbot, "")
    typed(qtbot, "39,99")
    assert made.primary is not None
    assert made.primary.hasFocus(), "Enter in the last field leads to the button"
    qtbot.keyClick(made.primary, Key.Key_Return)
    assert made.footer_label.text() == DIFFERS == "A soma da composição difere do valor do plano"
    assert made.composition.lines[1].amount.edit.hasFocus()
    typed(qtbot, "40")
    assert made.footer_label.text() != DIFFERS
    qtbot.keyClick(made, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, CompositionDialog)
    calm(qtbot, page)
    after = window(database, plan)
    assert said(after.composition) == [("Fibra", "SCM", "59.90"), ("App", "SVA", "40.00")]
    assert told == ["Dados salvos com sucesso"]
    # The window beneath shows it, and its own version went along.
    assert window_.composition.chip.isVisible()
    assert list(window_.composition.facts.values) == ["Fibra", "App"]
    window_.form.set("reference", "Casa")
    window_.save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert window(database, plan).row.reference == "Casa"
    assert page.panel.billing_facts.values["Composição do Plano"].text() == "personalizada"
    assert page.panel.money_facts.values["App"].text() == "40,00"


def test_parts_are_added_and_taken_out_and_esc_asks(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)  # its product has no composition: one part is the whole value
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    made = composing(qtbot, page, plan)
    assert said(made.composition.parts) == [(plan.title, "SCM", "99.90")]
    assert not made.is_dirty()
    made.composition.more.click()
    assert len(made.composition.lines) == 2
    assert made.is_dirty()
    made.save()
    assert made.composition.lines[1].description.problem == "Preencha este campo"
    made.composition.lines[1].remove.click()
    made.composition.lines[0].remove.click()
    assert made.composition.more.hasFocus(), "the focus does not go with the line"
    made.save()
    assert made.footer_label.text() == "Informe pelo menos um item"
    qtbot.keyClick(made, Key.Key_Escape)
    asked = dialog(qtbot, MessageBox)
    assert asked.text.what == "Há alterações que não foram salvas."
    asked.reject()
    close(made)
    assert not window(database, plan).composition_customized


def test_the_proportion_is_said_where_the_value_is_another(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, catalog_plan=composed(database), value=Decimal("49.95"))
    made = composing(qtbot, shown_plans(qtbot, desk_as("atendente"), plan.customer_id), plan)
    assert [str(part.amount) for part in made.composition.parts] == ["39.95", "10.00"]
    assert made.composition.fits
    assert "99,90" in made.note.label.text()
    assert "49,95" in made.note.label.text()
    made.save()
    gone(qtbot, CompositionDialog)
    assert said(window(database, plan).composition) == [("Internet", "SCM", "39.95"), ("Suporte", "SVA", "10.00")]


def test_back_to_the_catalogue_asks_and_says_what_comes(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    customised(database, plan)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    made = composing(qtbot, page, plan)
    assert said(made.composition.parts) == said(PARTS)
    made.back.click()
    asked = dialog(qtbot, MessageBox)
    assert asked.text.why == "No catálogo: Internet 79,90 + Suporte 20,00."
    assert plan.title in asked.text.what
    assert asked.primary is not None
    assert asked.primary.text().replace("&", "") == BACK
    asked.primary.click()
    gone(qtbot, CompositionDialog)
    calm(qtbot, page)
    assert not window(database, plan).composition_customized
    assert "Composição do Plano" not in page.panel.billing_facts.values
    made = composing_again(qtbot)
    assert not made.back.isVisible()
    close(made)


def composing_again(qtbot: QtBot) -> CompositionDialog:
    """From the window that is open already."""
    dialog(qtbot, PlanDialog).composition.compose.click()
    return dialog(qtbot, CompositionDialog)


def test_without_the_permission_it_is_grey_and_names_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    desk = desk_as("suporte")
    page = shown_plans(qtbot, desk, plan.customer_id)
    shown = opened(qtbot, page, plan)
    assert not shown.composition.compose.isEnabled()
    assert "Editar Dados do Plano" in shown.composition.compose.toolTip()
    close(shown)
    refused = listen(desk.failed)
    desk.run_action("plans.composition", page.plan_of(page.tree.current_node()))
    assert "Editar Dados do Plano" in refused[0].why


def test_a_cancelled_plan_is_read_only(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="CANCELADO")
    shown = opened(qtbot, shown_plans(qtbot, desk_as("administrador"), plan.customer_id), plan)
    assert not shown.composition.compose.isEnabled()
    assert shown.composition.compose.toolTip() == "O plano está cancelado"
    close(shown)


def test_it_is_found_among_the_commands_and_not_in_the_trees_menu(desk_as: DeskAs) -> None:
    desk = desk_as("atendente")
    action = desk.actions["plans.composition"]
    assert action.label == "Personalizar Composição"
    assert action.palette == "plan"
    assert action not in desk.actions.of("plan")


@pytest.mark.parametrize("whose", [MINE, THEIRS])
def test_two_desks_the_second_is_told_and_chooses(
    qtbot: QtBot, database: Database, desk_as: DeskAs, whose: int
) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    made = composing(qtbot, page, plan)
    made.composition.lines[0].form.set("description", "Minha")
    customised(database, plan)
    made.save()
    asked = dialog(qtbot, ConflictDialog)
    assert asked.who.startswith("Ana Administradora salvou às ")
    assert asked.said == "Composição do Plano: a do catálogo → Conexão 59,90 + Antivírus 40,00"
    assert list(asked.choices) == ["composition"]
    asked.reject()  # Voltar: what was typed stays
    gone(qtbot, ConflictDialog)
    assert made.composition.parts[0].description == "Minha"
    assert made.isVisible()
    made.save()
    asked = dialog(qtbot, ConflictDialog)
    asked.choices["composition"].choose(whose)
    asked._save()
    gone(qtbot, CompositionDialog)
    calm(qtbot, page)
    mine = [("Minha", "SCM", "79.90"), ("Suporte", "SVA", "20.00")]
    assert said(window(database, plan).composition) == (mine if whose == MINE else said(PARTS))


def test_another_value_meanwhile_asks_for_another_sum(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    made = composing(qtbot, page, plan)
    made.composition.lines[0].form.set("description", "Minha")
    database.connect("administrador").execute("UPDATE desk.customer_plans SET value = 120 WHERE id = %s", (plan.id,))
    made.save()
    asked = dialog(qtbot, ConflictDialog)
    assert asked.said == "Valor: 99,90 → 120,00"
    asked._save()
    qtbot.waitUntil(lambda: made.footer_label.text() == DIFFERS)
    assert made.composition.sum.text() == "soma 99,90 de 120,00 · diferença 20,10"
    made.composition.lines[1].form.set("amount", Decimal("40.10"))
    made.save()
    gone(qtbot, CompositionDialog)
    calm(qtbot, page)
    assert [str(part.amount) for part in window(database, plan).composition] == ["79.90", "40.10"]


def test_another_desks_composition_appears_by_itself(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    shown = opened(qtbot, page, plan)
    outcome = database.bus("administrador").execute(order(window(database, plan)))
    desk.changed.emit(outcome.changed)  # as the listener hears it
    qtbot.waitUntil(lambda: shown.composition.chip.isVisible())
    calm(qtbot, page)
    assert page.panel.money_facts.values["Conexão"].text() == "59,90"
    # And this desk's own window still says whose change it is when both touched the plan.
    shown.form.set("reference", "Casa")
    shown.save()
    asked = dialog(qtbot, ConflictDialog)
    assert asked.said == "Composição personalizada: Não → Sim"
    asked._save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert (window(database, plan).row.reference, window(database, plan).composition_customized) == ("Casa", True)


def test_a_sum_that_only_the_database_sees_is_told_with_the_same_words(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    refused = listen(desk.failed)
    details = database.bus("atendente").execute(PlanWindow(plan.id)).value
    part = CompositionDraft("Tudo", ServiceClass.SCM, Decimal(1))
    desk.do(
        CustomizeComposition(plan_id=plan.id, version=details.row.version, value=details.row.value, parts=(part,)),
        owner=page,
    )
    qtbot.waitUntil(lambda: bool(refused))
    assert (refused[0].what, refused[0].why) == (DIFFERS, "Os itens somam 1,00, e o valor do plano é 99,90.")


def test_mudar_plano_says_that_it_does_not_go_along(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    from desk.ui.plans.change_wizard import ChangePlanWizard

    plan = a_plan(database)
    into = composed(database, ("Fibra", "SCM", "149.90"), price="149.90")
    customised(database, plan)
    desk = desk_as("atendente")
    page = shown_plans(qtbot, desk, plan.customer_id)
    desk.run_action("plans.change_catalog", page.plan_of(page.tree.current_node()))
    wizard = dialog(qtbot, ChangePlanWizard)
    wizard.page.form.set("target", into.id)
    wizard.page.form.set("reason", "Outro")
    wizard.go_on()
    assert wizard.page.dropped.label.text().startswith("Não passa para o plano novo: composição personalizada.")
    close(wizard)
