"""The field Status of Novo Plano/Serviço: the catalogue's by default, another one for who may, the days of ST-15."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.services.plans import CustomerPlanTree, PlanRow, Step
from desk.ui.core import format
from desk.ui.core.inputs import ComboField
from desk.ui.plans.wizard import NewPlanWizard
from tests.builders import Plan, a_catalog_plan, a_plan
from tests.postgres import Database
from tests.services.test_plans import set_variable
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, gone, shown_plans
from tests.ui.test_plan_window import close, wizard_of


def labels(wizard: NewPlanWizard) -> list[str]:
    """What the field offers."""
    field = wizard.page.form["status"]
    assert isinstance(field, ComboField)
    return [choice.label for choice in field.choices]


def facts(wizard: NewPlanWizard) -> dict[str, str]:
    """What the summary says."""
    page: Any = wizard.page
    return {name: label.text() for name, label in page.facts.values.items()}


def newest(database: Database, plan: Plan) -> PlanRow:
    rows = database.bus("administrador").execute(CustomerPlanTree(plan.customer_id)).value.plans
    return max(rows, key=lambda row: row.number)


def test_the_default_is_the_catalogues(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    trial = a_catalog_plan(database, trial_days=7)
    asked = a_catalog_plan(database, requires_authorization=True)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    form = wizard.page.form
    assert form["status"].value() == "EM_INSTALACAO"
    form.set("offered", trial.id)
    assert labels(wizard) == ["Em Instalação", "Experimentando", "Serviço Habilitado"]
    form.set("status", "EXPERIMENTANDO")
    form.set("offered", plan.catalog_plan_id)  # it has no days to try: what was chosen is none of its own
    assert form["status"].value() == "EM_INSTALACAO"
    form.set("offered", asked.id)
    assert labels(wizard) == ["Aguardando Autorização"]
    assert form["status"].read_only
    assert form["status"].editor.accessibleDescription() == "O plano exige autorização"
    form.set("offered", plan.catalog_plan_id)
    assert not form["status"].read_only
    assert form["status"].editor.accessibleDescription() == ""
    form.set("status", "HABILITADO")
    wizard.go_on()
    wizard.go_on()
    assert wizard.step is Step.SUMMARY
    assert facts(wizard)["Status"] == "Serviço Habilitado"
    wizard.go_on()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    assert newest(database, plan).status == "HABILITADO"


def test_without_the_permission_it_is_grey_and_names_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    database.admin().execute("DELETE FROM desk.person_permissions WHERE permission = 'edit_plan_status'")
    set_variable(database, "temporary_suspension", "S")
    plan = a_plan(database)
    trial = a_catalog_plan(database, trial_days=7)
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    form = wizard.page.form
    form.set("offered", plan.catalog_plan_id)
    assert form["status"].read_only
    assert form["status"].editor.accessibleDescription() == "Só com “Editar Status de Planos”"
    assert labels(wizard) == ["Em Instalação"]
    form.set("offered", trial.id)  # the catalogue's own need no more than Adicionar Plano
    assert labels(wizard) == ["Em Instalação", "Experimentando"]
    assert not form["status"].read_only
    form.set("status", "EXPERIMENTANDO")
    for _ in range(3):
        wizard.go_on()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    assert newest(database, plan).status == "EXPERIMENTANDO"


def test_variable_11_the_temporary_suspension_asks_for_its_last_day(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database)
    set_variable(database, "temporary_suspension", "S")
    page = shown_plans(qtbot, desk_as("atendente"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    form = wizard.page.form
    form.set("offered", plan.catalog_plan_id)
    assert "Suspensão Temporária" in labels(wizard)
    assert not form["ends_on"].isVisible()
    form.set("status", "SUSPENSAO_TEMPORARIA")
    assert form["ends_on"].isVisible()
    usual = form["ends_on"].value()
    assert "começa hoje; de 30 a 120 dias" in form["ends_on"].editor.accessibleDescription()
    editor: Any = form["ends_on"].editor
    editor.setFocus()
    editor.selectAll()
    qtbot.keyClicks(editor, "01/01/2020")
    wizard.go_on()
    assert wizard.step is Step.DETAIL
    assert form["ends_on"].problem == "No mínimo 30 dias sem serviço"
    editor.selectAll()
    qtbot.keyClicks(editor, format.day(usual))
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    wizard.go_on()
    wizard.go_on()
    assert facts(wizard)["Status"] == f"Suspensão Temporária até a volta em {format.day(usual)}"
    wizard.go_on()
    gone(qtbot, NewPlanWizard)
    calm(qtbot, page)
    row = newest(database, plan)
    assert row.status == "SUSPENSAO_TEMPORARIA"
    assert row.suspended_last is not None
    assert (usual - row.suspended_last).days == 1


def test_the_field_and_its_day_go_when_the_variable_is_off(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    wizard = wizard_of(qtbot, page)
    wizard.page.form.set("offered", plan.catalog_plan_id)
    assert "Suspensão Temporária" not in labels(wizard)
    assert not wizard.page.form["ends_on"].isVisible()
    close(wizard)
