"""The status a new plan begins in (ST-10, wizard field Status): the catalogue's, or another one with the permission."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from desk.models.people import Permission
from desk.services.core.errors import Invalid, NotAllowed
from desk.services.history import CustomerHistory
from desk.services.plans import AddPlan, ChoicesForNewPlan, FirstStatuses
from desk.services.plans.errors import SuspensionNotOffered
from tests.builders import CatalogPlan, Customer, a_catalog_plan, a_customer, a_plan, company_day, insert
from tests.postgres import Database
from tests.services.test_plans import one, set_variable
from tests.services.test_swapping import hold

CLERK, BOSS = "atendente", "administrador"


def order(customer: Customer, catalog: CatalogPlan, method: int, **more: Any) -> AddPlan:
    """Novo Plano/Serviço as the wizard sends it."""
    told = AddPlan(
        customer_id=customer.id,
        catalog_plan_id=catalog.id,
        business_unit_id=customer.business_unit_id,
        start_date=dt.date(2026, 7, 1),
        value=catalog.price,
        payment_method_id=method,
        due_day=10,
    )
    return replace(told, **more)


def scene(database: Database, **catalog: Any) -> tuple[Customer, CatalogPlan, int]:
    """A customer, what is contracted, and a way to pay."""
    model = a_plan(database)  # brings the way to pay
    method = database.admin().execute("SELECT payment_method_id FROM desk.customer_plans WHERE id = %s", (model.id,))
    found = method.fetchone()
    assert found is not None
    return a_customer(database, "Ana Nova"), a_catalog_plan(database, **catalog), found[0]


def first(database: Database, customer: Customer) -> FirstStatuses:
    return database.bus(CLERK).execute(ChoicesForNewPlan(customer.id)).value.first


def steps(database: Database, plan_id: int) -> list[tuple[str | None, str, str]]:
    found = database.admin().execute(
        "SELECT from_status, to_status, reason FROM desk.plan_status_history WHERE plan_id = %s ORDER BY id", (plan_id,)
    )
    return found.fetchall()


@pytest.mark.parametrize(
    ("catalog", "codes"),
    [
        ({}, ["EM_INSTALACAO", "HABILITADO"]),
        ({"trial_days": 7}, ["EM_INSTALACAO", "EXPERIMENTANDO", "HABILITADO"]),
        ({"requires_authorization": True}, ["AGUARDANDO_AUTORIZACAO"]),
    ],
)
def test_what_is_offered_begins_with_the_catalogues_own(
    database: Database, catalog: dict[str, Any], codes: list[str]
) -> None:
    customer, _, _ = scene(database)
    asked = {
        "trial": bool(catalog.get("trial_days")),
        "authorization": bool(catalog.get("requires_authorization")),
    }
    found = first(database, customer)
    assert [each.code for each in found.offered(**asked, permitted=True)] == codes
    assert [each.code for each in found.offered(**asked, permitted=False)] == [c for c in codes if c != "HABILITADO"]


def test_variable_11_offers_the_temporary_suspension_with_its_limits(database: Database) -> None:
    customer, _, _ = scene(database)
    assert first(database, customer).terms is None
    set_variable(database, "temporary_suspension", "S")
    found = first(database, customer)
    assert found.terms is not None
    assert found.terms.shortest == 30
    assert "SUSPENSAO_TEMPORARIA" in [
        each.code for each in found.offered(trial=False, authorization=False, permitted=True)
    ]


def test_what_the_provider_made_is_offered_and_given(database: Database) -> None:
    customer, catalog, method = scene(database)
    made = {"code": "RESERVADO", "description": "Reservado", "group": "inativo", "bills": False}
    insert(database, "plan_statuses", "code", **made)
    gone = made | {"code": "DESISTIU", "description": "Desistiu", "group": "cancelado"}
    insert(database, "plan_statuses", "code", **gone)
    codes = [each.code for each in first(database, customer).offered(trial=False, authorization=False, permitted=True)]
    assert "RESERVADO" in codes
    assert "DESISTIU" not in codes
    saved = database.bus(CLERK).execute(order(customer, catalog, method, status="RESERVADO")).value
    assert one(database, saved.plan_id).status == "RESERVADO"
    with pytest.raises(Invalid):
        database.bus(CLERK).execute(order(customer, catalog, method, status="DESISTIU"))


def test_enabled_at_once_with_its_login(database: Database) -> None:
    customer, catalog, method = scene(database)
    outcome = database.bus(CLERK).execute(
        order(customer, catalog, method, status="HABILITADO", login="ana.nova", password="segredo-1")
    )
    row = one(database, outcome.value.plan_id)
    assert (row.status, [login.allowed for login in row.logins]) == ("HABILITADO", [True])
    assert row.version == outcome.value.version
    assert steps(database, row.id) == [
        (None, "EM_INSTALACAO", ""),
        ("EM_INSTALACAO", "HABILITADO", "Plano novo"),
    ]
    assert {debt.topic for debt in outcome.owed} == {"radius_login"}
    activated = database.admin().execute(
        "SELECT first_activation_date = desk.today() FROM desk.customer_plans WHERE id = %s", (row.id,)
    )
    assert activated.fetchone() == (True,)


def test_trial_is_the_catalogues_and_only_where_it_has_days(database: Database) -> None:
    customer, catalog, method = scene(database, trial_days=7)
    hold(database, "suporte", Permission.ADD_PLAN)
    saved = database.bus("suporte").execute(order(customer, catalog, method, status="EXPERIMENTANDO")).value
    assert one(database, saved.plan_id).status == "EXPERIMENTANDO"
    without = a_catalog_plan(database)
    with pytest.raises(Invalid) as refused:
        database.bus(BOSS).execute(order(customer, without, method, status="EXPERIMENTANDO"))
    assert refused.value.violations[0].code == "status_not_first"


@pytest.mark.parametrize("status", ["HABILITADO", "SUSPENSAO_TEMPORARIA", "RESERVADO"])
def test_without_the_permission_the_database_refuses_and_no_plan_stays(database: Database, status: str) -> None:
    customer, catalog, method = scene(database)
    set_variable(database, "temporary_suspension", "S")
    insert(database, "plan_statuses", "code", code="RESERVADO", description="Reservado", group="inativo", bills=False)
    hold(database, "suporte", Permission.ADD_PLAN)
    told = order(customer, catalog, method, status=status, ends_on=company_day() + dt.timedelta(days=40))
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(told)
    assert refused.value.params["permission"] == "Editar Status de Planos"
    left = database.admin().execute("SELECT count(*) FROM desk.customer_plans WHERE customer_id = %s", (customer.id,))
    assert left.fetchone() == (0,)
    saved = database.bus("suporte").execute(replace(told, status="", ends_on=None)).value
    assert one(database, saved.plan_id).status == "EM_INSTALACAO"


def test_st_15_suspended_from_its_first_day_on_until_a_day(database: Database) -> None:
    customer, catalog, method = scene(database)
    told = order(customer, catalog, method, status="SUSPENSAO_TEMPORARIA")
    with pytest.raises(SuspensionNotOffered):
        database.bus(CLERK).execute(told)
    set_variable(database, "temporary_suspension", "S")
    terms = first(database, customer).terms
    assert terms is not None
    for wrong, code in ((None, "required"), (terms.today + dt.timedelta(days=2), "suspension_short")):
        with pytest.raises(Invalid) as refused:
            database.bus(CLERK).execute(replace(told, ends_on=wrong))
        assert [(each.field, each.code) for each in refused.value.violations] == [("ends_on", code)]
    outcome = database.bus(CLERK).execute(replace(told, ends_on=terms.usual[1]))
    row = one(database, outcome.value.plan_id)
    assert (row.status, row.suspended_from, row.version) == (
        "SUSPENSAO_TEMPORARIA",
        terms.today,
        outcome.value.version,
    )
    actions = [line.action for line in database.bus(CLERK).execute(CustomerHistory(customer.id)).value]
    assert sorted(actions) == ["plan.added", "plan.suspended_temporarily"]


def test_what_waits_for_an_authoriser_begins_in_no_other_status(database: Database) -> None:
    customer, catalog, method = scene(database, requires_authorization=True)
    with pytest.raises(Invalid) as refused:
        database.bus(BOSS).execute(order(customer, catalog, method, status="HABILITADO"))
    assert refused.value.violations[0].code == "status_awaits"
    saved = database.bus(BOSS).execute(order(customer, catalog, method, status="AGUARDANDO_AUTORIZACAO")).value
    assert one(database, saved.plan_id).status == "AGUARDANDO_AUTORIZACAO"
