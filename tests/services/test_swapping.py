"""Trocar Tipo de Plano ao Editar (#33): the catalogue plan by saving the window, without any reckoning."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from desk.models.people import Permission
from desk.services.core.errors import NotAllowed, NotFound, StaleRecord
from desk.services.history import CustomerHistory
from desk.services.plans import SavePlan
from desk.services.plans.errors import (
    CatalogPriceMoved,
    ChangeOfCancelledPlan,
    ItemsDoNotFit,
    NotSoldHere,
)
from tests.builders import CatalogPlan, Plan, a_catalog_plan, a_plan, insert
from tests.orders import saving
from tests.postgres import Database
from tests.services.test_composition import composed, order, said, window
from tests.services.test_plans import as_job, one

BOSS = "administrador"


def swap(database: Database, plan: Plan, into: CatalogPlan, **more: Any) -> SavePlan:
    """The order as the window sends it: everything else as it is."""
    return saving(database, plan.id, catalog_plan_id=into.id, catalog_price=into.price, **more)


def hold(database: Database, role: str, *permissions: Permission) -> None:
    """The person holds exactly these."""
    admin = database.admin()
    admin.execute("DELETE FROM desk.person_permissions WHERE role = %s", (role,))
    for permission in permissions:
        admin.execute("INSERT INTO desk.person_permissions (role, permission) VALUES (%s, %s)", (role, permission.code))


def test_value_and_composition_are_the_catalogues_and_nothing_is_reckoned(database: Database) -> None:
    plan = a_plan(database, logins=("ana.silva",), reference="Casa")
    insert(database, "plan_value_details", plan_id=plan.id, kind="desconto", amount=10, starts_on="2026-01-01")
    insert(database, "circuits", plan_id=plan.id, name="CVL000001-001")
    into = composed(database, ("Fibra", "SCM", "149.90"), price="149.90")
    database.bus(BOSS).execute(order(window(database, plan)))
    outcome = database.bus(BOSS).execute(swap(database, plan, into, reference="Sítio"))
    after = window(database, plan)
    assert (after.row.name, after.row.value, after.row.total) == (into.name, Decimal("149.90"), Decimal("139.90"))
    assert (after.composition_customized, said(after.composition)) == (False, [("Fibra", "SCM", "149.90")])
    assert (after.row.reference, len(after.row.circuits), len(after.row.logins)) == ("Sítio", 1, 1)
    assert outcome.value.version == after.row.version
    assert {debt.topic for debt in outcome.owed} == {"radius_login"}
    assert database.admin().execute("SELECT count(*) FROM desk.plan_changes").fetchone() == (0,)
    lines = database.bus(BOSS).execute(CustomerHistory(plan.customer_id)).value
    assert [line.action for line in lines][:2] == ["plan.edited", "plan.catalog_swapped"]
    assert (lines[1].params["before"], lines[1].params["after"]) == (plan.title, into.name)


def test_the_permission_alone_is_enough_and_without_it_nothing_is_swapped(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = swap(database, plan, into)
    everything_else = [each for each in Permission if not each.negative and each is not Permission.SWAP_CATALOG_PLAN]
    hold(database, "suporte", *everything_else)
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(told)
    assert refused.value.params["permission"] == "Trocar Tipo de Plano ao Editar"
    assert one(database, plan.id).name == plan.title
    hold(database, "suporte", Permission.SWAP_CATALOG_PLAN)
    database.bus("suporte").execute(told)
    assert one(database, plan.id).name == into.name


def test_with_it_alone_nothing_else_of_the_plan_is_saved(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    hold(database, "suporte", Permission.SWAP_CATALOG_PLAN)
    with pytest.raises(NotAllowed):
        database.bus("suporte").execute(swap(database, plan, into, reference="Sítio"))
    assert one(database, plan.id).name == plan.title


def test_the_same_plan_is_no_swap(database: Database) -> None:
    plan = a_plan(database, value=Decimal("80.00"))
    same = CatalogPlan(plan.catalog_plan_id, plan.title, Decimal("99.90"))
    outcome = database.bus(BOSS).execute(swap(database, plan, same, reference="Casa"))
    assert outcome.owed == ()
    assert (one(database, plan.id).value, one(database, plan.id).reference) == (Decimal("80.00"), "Casa")


def test_a_price_that_moved_meanwhile_is_told(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = swap(database, plan, into)
    as_job(database, "UPDATE desk.catalog_plans SET price = 159.90 WHERE id = %s", into.id)
    with pytest.raises(CatalogPriceMoved) as refused:
        database.bus(BOSS).execute(told)
    assert refused.value.params == {"plan": into.name, "price": Decimal("159.90")}
    assert one(database, plan.id).name == plan.title


def test_what_has_no_place_or_is_not_sold_is_refused(database: Database) -> None:
    plan = a_plan(database, logins=2)
    small = a_catalog_plan(database, price="149.90", login_limit=1)
    with pytest.raises(ItemsDoNotFit):
        database.bus(BOSS).execute(swap(database, plan, small))
    with pytest.raises(NotSoldHere):
        database.bus(BOSS).execute(swap(database, plan, a_catalog_plan(database, active=False)))
    with pytest.raises(NotFound):
        database.bus(BOSS).execute(swap(database, plan, CatalogPlan(0, "", Decimal(0))))


def test_what_needs_an_authoriser_is_not_reached_so(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90", requires_authorization=True)
    hold(database, "suporte", Permission.SWAP_CATALOG_PLAN, Permission.EDIT_PLAN)
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(swap(database, plan, into))
    assert refused.value.params["permission"] == "Autorizador de Planos"


def test_a_cancelled_plan_and_one_that_others_changed_stay(database: Database) -> None:
    into = a_catalog_plan(database, price="149.90")
    with pytest.raises(ChangeOfCancelledPlan):
        database.bus(BOSS).execute(swap(database, a_plan(database, status="CANCELADO"), into))
    plan = a_plan(database)
    told = swap(database, plan, into)
    as_job(database, "UPDATE desk.customer_plans SET reference = 'x' WHERE id = %s", plan.id)
    with pytest.raises(StaleRecord):
        database.bus(BOSS).execute(told)
