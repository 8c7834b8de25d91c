"""Trocar Tipo de Plano ao Editar in the window Plano/Serviço: the field, what it says before, and who may not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from desk.ui.core.inputs import ComboField
from desk.ui.plans.conflict import THEIRS, ConflictDialog
from desk.ui.plans.window import PlanDialog
from tests.builders import a_catalog_plan, a_plan, insert
from tests.postgres import Database
from tests.services.test_composition import composed, window
from tests.ui.conftest import DeskAs
from tests.ui.screens import as_job, calm, dialog, gone, listen, save, shown_plans
from tests.ui.test_plan_window import close, opened


def names(shown: PlanDialog) -> list[str]:
    """What the field offers."""
    field = shown.swap.field
    assert isinstance(field, ComboField)
    return [choice.label for choice in field.choices]


def test_it_says_what_it_does_before_it_is_saved(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("ana.silva",))
    insert(database, "plan_value_details", plan_id=plan.id, kind="desconto", amount=10, starts_on="2026-01-01")
    into = composed(database, ("Fibra", "SCM", "149.90"), price="149.90")
    desk = desk_as("administrador")
    told = listen(desk.told)
    page = shown_plans(qtbot, desk, plan.customer_id)
    shown = opened(qtbot, page, plan)
    assert names(shown) == [plan.title, into.name]
    assert not shown.swap.field.read_only
    assert not shown.swap.note.isVisible()
    assert not shown.network.isVisible()
    shown.form.set("catalog_plan_id", into.id)
    assert shown.swap.note.label.text() == (
        "Valor do plano 99,90 → 149,90; total por mês 89,90 → 139,90. A composição do plano atual dá lugar à de"
        f" {into.name}. Sem contas do período em curso e sem carnê: para isso, use Mudar Plano."
    )
    assert shown.network.isVisible()
    qtbot.waitUntil(lambda: "conferido" in shown.network.when.text())
    shown.form.set("catalog_plan_id", plan.catalog_plan_id)  # back again: nothing to say
    assert not shown.swap.note.isVisible()
    assert not shown.network.isVisible()
    shown.form.set("catalog_plan_id", into.id)
    qtbot.keyClick(shown, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    after = window(database, plan)
    assert (after.row.name, after.row.value) == (into.name, Decimal("149.90"))
    assert told == ["Dados salvos com sucesso"]
    assert page.panel.title.text() == into.name


@pytest.mark.parametrize("role", ["atendente", "suporte"])
def test_without_the_permission_it_is_grey_and_names_it_and_the_other_way(
    qtbot: QtBot, database: Database, desk_as: DeskAs, role: str
) -> None:
    database.admin().execute("DELETE FROM desk.person_permissions WHERE permission = 'swap_catalog_plan'")
    plan = a_plan(database)
    a_catalog_plan(database, price="149.90")
    shown = opened(qtbot, shown_plans(qtbot, desk_as(role), plan.customer_id), plan)
    assert shown.swap.field.read_only
    assert names(shown) == [plan.title]
    said = shown.swap.field.editor.accessibleDescription()
    assert said == "Só com “Trocar Tipo de Plano ao Editar”; com “Mudar Plano”, use o botão abaixo"
    close(shown)


def test_of_a_cancelled_plan_it_is_grey(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, status="CANCELADO")
    shown = opened(qtbot, shown_plans(qtbot, desk_as("administrador"), plan.customer_id), plan)
    assert shown.swap.field.read_only
    assert shown.swap.field.editor.accessibleDescription() == "Um plano cancelado não muda de plano"
    close(shown)


def test_cp_03_what_has_no_place_is_said_at_the_field(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=("ana.camera", "ana.silva"))
    small = a_catalog_plan(database, price="149.90", login_limit=1)
    shown = opened(qtbot, shown_plans(qtbot, desk_as("administrador"), plan.customer_id), plan)
    shown.form.set("catalog_plan_id", small.id)
    assert not shown.swap.note.isVisible()
    shown.save()
    assert shown.swap.field.problem == "Este plano não comporta: ana.camera, ana.silva"
    close(shown)


def test_what_needs_an_authoriser_is_offered_to_authorisers_only(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    database.admin().execute("DELETE FROM desk.person_permissions WHERE permission = 'plan_authoriser'")
    plan = a_plan(database)
    a_catalog_plan(database, "GUARDADO", price="149.90", requires_authorization=True)
    shown = opened(qtbot, shown_plans(qtbot, desk_as("administrador"), plan.customer_id), plan)
    assert names(shown) == [plan.title]
    close(shown)


def test_a_price_that_moved_is_told_and_then_shown(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    desk = desk_as("administrador")
    refused = listen(desk.failed)
    page = shown_plans(qtbot, desk, plan.customer_id)
    shown = opened(qtbot, page, plan)
    shown.form.set("catalog_plan_id", into.id)
    as_job(database, "UPDATE desk.catalog_plans SET price = 159.90 WHERE id = %s", into.id)
    shown.save()
    qtbot.waitUntil(lambda: "99,90 → 159,90" in shown.swap.note.label.text())
    assert refused[0].why == f"O valor de {into.name} no catálogo agora é 159,90."
    shown.save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert window(database, plan).row.value == Decimal("159.90")


def test_two_desks_that_swap_the_second_chooses(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database)
    mine, theirs = a_catalog_plan(database, price="149.90"), a_catalog_plan(database, price="199.90")
    page = shown_plans(qtbot, desk_as("administrador"), plan.customer_id)
    shown = opened(qtbot, page, plan)
    shown.form.set("catalog_plan_id", mine.id)
    save(database, "administrador", plan.id, catalog_plan_id=theirs.id, catalog_price=theirs.price)
    shown.save()
    asked = dialog(qtbot, ConflictDialog)
    assert f"Plano/Serviço: {plan.title} → {theirs.name}" in asked.said
    assert list(asked.choices) == ["catalog_plan_id"]
    asked.choices["catalog_plan_id"].choose(THEIRS)
    asked._save()
    gone(qtbot, PlanDialog)
    calm(qtbot, page)
    assert (window(database, plan).row.name, window(database, plan).row.value) == (theirs.name, Decimal("199.90"))
