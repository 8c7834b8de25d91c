"""PL-12 on screen: the clerk asks, another person types the own password, and the link is made."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desk.services.plans import PlanWindow
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.authorising import AuthoriseDialog
from desk.ui.plans.window import PlanDialog
from desk.ui.plans.wizard import NewPlanWizard
from tests.builders import AccessPoint, Plan, a_plan, an_access_point
from tests.postgres import Database, password_of
from tests.services.test_plans import set_variable
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, dialog, gone, shown_plans
from tests.ui.test_plan_window import close, opened, wizard_of


@pytest.fixture
def full(database: Database) -> AccessPoint:
    """One place, taken; the limit counts."""
    point = an_access_point(database, "POP Norte", customer_limit=1)
    a_plan(database, access_point=point)
    set_variable(database, "limit_customers", "S")
    return point


def linked(database: Database, plan: Plan) -> int | None:
    return database.bus("administrador").execute(PlanWindow(plan.id)).value.access_point_id


def test_the_authoriser_types_the_own_password_at_the_clerks_desk(
    qtbot: QtBot, database: Database, desk_as: DeskAs, full: AccessPoint
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window.form.set("access_point_id", full.id)
    window.save()
    asked = dialog(qtbot, AuthoriseDialog)
    assert asked.form["role"].value() == "administrador"
    asked.form.set("password", "errada-de-todo")
    asked.save()
    qtbot.waitUntil(lambda: not asked.busy and bool(asked.form["password"].problem))
    assert asked.form["password"].problem == "A senha não é desta pessoa"
    assert not asked.form["password"].value()
    asked.form.set("password", password_of("administrador"))
    asked.save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert linked(database, plan) == full.id


def test_going_back_keeps_what_was_typed(qtbot: QtBot, database: Database, desk_as: DeskAs, full: AccessPoint) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window.form.set("access_point_id", full.id)
    window.save()
    close(dialog(qtbot, AuthoriseDialog))
    gone(qtbot, AuthoriseDialog)
    assert (window.isVisible(), window.busy, window.form["access_point_id"].value()) == (True, False, full.id)
    assert linked(database, plan) is None
    close(window)


def test_who_holds_the_permission_is_asked_and_goes_on(
    qtbot: QtBot, database: Database, desk_as: DeskAs, full: AccessPoint
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    window = opened(qtbot, page, plan)
    window.form.set("access_point_id", full.id)
    window.save()
    box = dialog(qtbot, MessageBox)
    assert box.text.what == "Limite de clientes do Ponto de Acesso atingido"
    assert box.text.why == "Limite de POP Norte: 1. Já vinculados: 1."
    assert isinstance(box.primary, QPushButton)
    box.primary.click()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert linked(database, plan) == full.id


def test_where_authorisers_act_at_their_own_desks_the_refusal_says_so(
    qtbot: QtBot, database: Database, desk_as: DeskAs, full: AccessPoint
) -> None:
    set_variable(database, "authorise_own_desk_only", "S")
    plan = a_plan(database)
    window = opened(qtbot, shown_plans(qtbot, desk_as("atendente"), plan.customer_id), plan)
    window.form.set("access_point_id", full.id)
    window.save()
    box = dialog(qtbot, MessageBox)
    assert "própria mesa" in box.text.do
    box.reject()
    close(window)


def test_the_wizard_goes_on_where_it_stopped(
    qtbot: QtBot, database: Database, desk_as: DeskAs, full: AccessPoint
) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    wizard.page.form.set("offered", plan.catalog_plan_id)
    wizard.page.form.set("access_point_id", full.id)
    for _ in range(3):
        wizard.go_on()
    asked = dialog(qtbot, AuthoriseDialog)
    asked.form.set("password", password_of("administrador"))
    asked.save()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    count = "SELECT count(*) FROM desk.customer_plans WHERE access_point_id = %s"
    assert database.admin().execute(count, (full.id,)).fetchone() == (2,)
