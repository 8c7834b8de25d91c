"""Mudar Plano: what is offered, the change with all that goes with it, and every refusal (domain 6.1)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desk.models.people import Permission
from desk.services.core.errors import ConfirmationNeeded, ForbiddenBy, Invalid, NotAllowed, StaleRecord
from desk.services.history import CustomerHistory, DeletedItems
from desk.services.plans import (
    ChangeCatalogPlan,
    ChangeChoices,
    ChangeMode,
    ChoicesForChange,
    PlanWindow,
    TargetPlan,
    total_after,
)
from desk.services.plans.errors import (
    ChangedOnCloseDay,
    ChangeOfCancelledPlan,
    FactsMoved,
    ItemsDoNotFit,
    NotSoldHere,
    PlanNotFound,
)
from tests.builders import CatalogPlan, Plan, a_catalog_plan, a_plan, an_ip, insert
from tests.postgres import Database
from tests.services.test_plans import as_job, one, set_variable

CLERK, BOSS = "atendente", "administrador"


def choices(database: Database, plan: Plan, role: str = CLERK) -> ChangeChoices:
    return database.bus(role).execute(ChoicesForChange(plan.id)).value


def order(shown: ChangeChoices, into: CatalogPlan, **more: Any) -> ChangeCatalogPlan:
    """The order as the wizard sends it."""
    target = next(each for each in shown.targets if each.id == into.id)
    told = ChangeCatalogPlan(
        plan_id=shown.plan.id,
        version=shown.plan.version,
        catalog_plan_id=target.id,
        value=target.price,
        reason="Upgrade a pedido do cliente",
        facts=shown.facts,
        catalog_version=target.version,
    )
    return replace(told, **more)


def named(targets: tuple[TargetPlan, ...]) -> list[str]:
    return [each.name for each in targets]


def test_only_active_plans_of_the_unit_are_offered_and_never_the_present_one(database: Database) -> None:
    plan = a_plan(database)
    fits = a_catalog_plan(database, price="149.90")
    a_catalog_plan(database, active=False)
    elsewhere = a_catalog_plan(database)
    city = insert(database, "cities", name="Toledo", state="PR")
    unit = insert(database, "business_units", name="Toledo", city_id=city)
    as_job(
        database,
        "UPDATE desk.catalog_plan_units SET business_unit_id = %s WHERE catalog_plan_id = %s",
        unit,
        elsewhere.id,
    )
    everywhere = a_catalog_plan(database, price="199.90")
    as_job(database, "DELETE FROM desk.catalog_plan_units WHERE catalog_plan_id = %s", everywhere.id)
    shown = choices(database, plan)
    assert named(shown.targets) == [fits.name, everywhere.name]
    assert (shown.group, [group.label for group in shown.groups]) == ("Internet", ["Internet"])


def test_cp_06_the_plan_stays_itself_and_the_change_is_kept(database: Database) -> None:
    plan = a_plan(database, logins=("ana.silva",), reference="Casa")
    into = a_catalog_plan(database, price="149.90")
    insert(
        database,
        "catalog_composition_items",
        catalog_plan_id=into.id,
        position=1,
        description="Internet",
        service_class="SCM",
        amount=Decimal("149.90"),
    )
    before = one(database, plan.id)
    outcome = database.bus(CLERK).execute(order(choices(database, plan), into))
    after = one(database, plan.id)
    assert (after.id, after.number, after.reference, after.due_day) == (
        before.id,
        before.number,
        before.reference,
        before.due_day,
    )
    assert (after.name, after.value, after.status) == (into.name, Decimal("149.90"), before.status)
    assert [login.login for login in after.logins] == ["ana.silva"]
    assert (outcome.value.title, outcome.value.version) == (f"{into.name} – Casa", after.version)
    assert outcome.changed == {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"}
    assert {debt.topic for debt in outcome.owed} == {"radius_login"}
    details = database.bus(CLERK).execute(PlanWindow(plan.id)).value
    assert [part.description for part in details.composition] == ["Internet"]
    row = database.admin().execute(
        "SELECT old_catalog_plan_id, new_catalog_plan_id, old_value, new_value, mode, reason, who, due_day, start_date"
        " FROM desk.plan_changes WHERE plan_id = %s",
        (plan.id,),
    )
    assert row.fetchall() == [
        (
            plan.catalog_plan_id,
            into.id,
            Decimal("99.90"),
            Decimal("149.90"),
            "PROPORCIONAL",
            "Upgrade a pedido do cliente",
            CLERK,
            10,
            dt.date(2026, 1, 10),
        )
    ]
    (line,) = [
        each
        for each in database.bus(CLERK).execute(CustomerHistory(plan.customer_id)).value
        if each.action == "plan.catalog_changed"
    ]
    assert (line.params["before"], line.params["after"]) == (plan.title, into.name)


@pytest.mark.parametrize("status", ["EM_INSTALACAO", "SUSPENSO", "SUSPENSO_DEBITO", "AGUARDANDO_AUTORIZACAO"])
def test_4_4_every_plan_but_a_cancelled_one_may_change(database: Database, status: str) -> None:
    plan, into = a_plan(database, status=status), a_catalog_plan(database, price="149.90")
    database.bus(CLERK).execute(order(choices(database, plan), into))
    assert (one(database, plan.id).name, one(database, plan.id).status) == (into.name, status)


def test_4_4_a_cancelled_one_may_not(database: Database) -> None:
    plan, into = a_plan(database, status="CANCELADO"), a_catalog_plan(database, price="149.90")
    with pytest.raises(ChangeOfCancelledPlan):
        database.bus(BOSS).execute(order(choices(database, plan), into))


def _with_details(database: Database) -> Plan:
    plan = a_plan(database, value=Decimal("100"))
    insert(database, "plan_value_details", plan_id=plan.id, kind="desconto", amount=5, starts_on="2026-01-01")
    insert(database, "plan_value_details", plan_id=plan.id, kind="acrescimo", percent=10, starts_on="2026-01-01")
    return plan


def test_bi_06_discounts_end_with_the_change_and_are_found_again(database: Database) -> None:
    plan, into = _with_details(database), a_catalog_plan(database, price="150.00")
    shown = choices(database, plan)
    assert (shown.asks_details, total_after(shown, Decimal(150), keeps_details=False)) == (False, Decimal(150))
    database.bus(CLERK).execute(order(shown, into))
    assert one(database, plan.id).total == Decimal(150)
    kept = database.admin().execute("SELECT jsonb_array_length(details) FROM desk.plan_changes").fetchone()
    assert kept == (2,)
    gone = database.bus(CLERK).execute(DeletedItems(plan.customer_id)).value
    assert [item.kind for item in gone] == ["value_detail", "value_detail"]


def test_cp_01_yes_carries_them_over(database: Database) -> None:
    plan, into = _with_details(database), a_catalog_plan(database, price="150.00")
    with pytest.raises(ForbiddenBy):
        database.bus(CLERK).execute(order(choices(database, plan), into, keeps_details=True))
    set_variable(database, "ask_value_detail_transfer", "S")
    shown = choices(database, plan)
    assert shown.asks_details
    expected = total_after(shown, Decimal(150), keeps_details=True)
    database.bus(CLERK).execute(order(shown, into, keeps_details=True))
    assert one(database, plan.id).total == expected == Decimal("160.00")  # 150 − 5 + 10 %


def test_cp_02_the_circuit_does_not_go_with_it(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    insert(database, "circuits", plan_id=plan.id, name="CVL000001-001")
    database.bus(CLERK).execute(order(choices(database, plan), into))
    assert one(database, plan.id).circuits == ()
    gone = database.bus(CLERK).execute(DeletedItems(plan.customer_id)).value
    assert [(item.kind, item.value) for item in gone] == [("circuit", "CVL000001-001")]


@pytest.mark.parametrize(
    ("columns", "items"),
    [
        ({"allows_login": False, "login_limit": 0}, "ana.casa, ana.loja"),
        ({"login_limit": 1}, "ana.casa, ana.loja"),
        ({"allows_ip": False}, "203.0.113.9"),
    ],
)
def test_cp_03_what_has_no_place_blocks_with_its_names(database: Database, columns: dict[str, Any], items: str) -> None:
    plan = a_plan(database, logins=("ana.casa", "ana.loja"))
    an_ip(database, "203.0.113.9/32", plan_id=plan.id)
    into = a_catalog_plan(database, price="149.90", **columns)
    with pytest.raises(ItemsDoNotFit) as caught:
        database.bus(BOSS).execute(order(choices(database, plan), into))
    assert caught.value.params == {"plan": into.name, "items": items}
    assert one(database, plan.id).name == plan.title


def test_without_the_permission_it_is_refused_by_name(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    with pytest.raises(NotAllowed) as caught:
        database.bus("suporte").execute(order(choices(database, plan), into))
    assert caught.value.params["permission"] == Permission.CHANGE_CATALOG_PLAN.value


@pytest.mark.parametrize(
    ("held", "value", "missing"),
    [((), "160", "Editar Valor de Novo Plano"), (("edit_new_value",), "140", "Dar Descontos em Planos")],
)
def test_another_value_than_the_catalogues(database: Database, held: tuple[str, ...], value: str, missing: str) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    for code in held:
        database.admin().execute("INSERT INTO desk.person_permissions VALUES (%s, %s)", (CLERK, code))
    with pytest.raises(NotAllowed) as caught:
        database.bus(CLERK).execute(order(choices(database, plan), into, value=Decimal(value)))
    assert caught.value.params["permission"] == missing


def test_who_may_names_any_value(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    database.bus(BOSS).execute(
        order(choices(database, plan), into, value=Decimal("120"), mode=ChangeMode.NEXT_CLOSE, note="combinado")
    )
    assert one(database, plan.id).value == Decimal(120)
    kept = database.admin().execute("SELECT mode, note FROM desk.plan_changes").fetchone()
    assert kept == ("PROXIMO_FECHAMENTO", "combinado")


def test_cp_07_on_the_day_of_the_close_it_asks(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    as_job(database, "UPDATE desk.customer_plans SET last_close_date = desk.today()")
    told = order(choices(database, plan), into)
    with pytest.raises(ChangedOnCloseDay) as caught:
        database.bus(CLERK).execute(told)
    assert isinstance(caught.value, ConfirmationNeeded)
    database.bus(CLERK).execute(replace(told, confirmed=True))
    assert one(database, plan.id).name == into.name


def test_a_plan_that_somebody_else_changed_meanwhile(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = order(choices(database, plan), into)
    other = a_catalog_plan(database, price="179.90")
    database.bus(BOSS).execute(order(choices(database, plan), other))
    with pytest.raises(StaleRecord) as caught:
        database.bus(CLERK).execute(told)
    assert "catalog_plan_id" in {change.field for change in caught.value.changes}
    assert one(database, plan.id).name == other.name


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE desk.catalog_plans SET price = 139.90 WHERE id = {into}",
        "INSERT INTO desk.plan_value_details (plan_id, kind, amount, starts_on)"
        " VALUES ({plan}, 'desconto', 1, '2026-01-01')",
        "INSERT INTO desk.circuits (plan_id, name) VALUES ({plan}, 'CVL000009-001')",
        "INSERT INTO desk.radius_logins (plan_id, login) VALUES ({plan}, 'ana.nova')",
    ],
)
def test_what_was_shown_has_moved(database: Database, change: str) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = order(choices(database, plan), into)
    as_job(database, change.format(plan=plan.id, into=into.id))
    with pytest.raises(FactsMoved):
        database.bus(CLERK).execute(told)


def test_a_product_that_is_no_longer_sold(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = replace(order(choices(database, plan), into), facts="")
    as_job(database, "UPDATE desk.catalog_plans SET active = false WHERE id = %s", into.id)
    with pytest.raises(NotSoldHere):
        database.bus(CLERK).execute(told)


def test_a_plan_that_is_gone_and_an_order_without_a_reason(database: Database) -> None:
    plan, into = a_plan(database), a_catalog_plan(database, price="149.90")
    told = order(choices(database, plan), into)
    with pytest.raises(Invalid):
        database.bus(CLERK).execute(replace(told, reason=" "))
    with pytest.raises(PlanNotFound):
        database.bus(CLERK).execute(replace(told, plan_id=plan.id + 99))


def test_pl_12_a_full_access_point_is_no_matter_of_a_change(database: Database) -> None:
    from tests.builders import an_access_point

    full = an_access_point(database, customer_limit=1)
    plan, into = a_plan(database, access_point=full), a_catalog_plan(database, price="149.90")
    set_variable(database, "limit_customers", "S")
    database.bus(CLERK).execute(order(choices(database, plan), into))
    assert one(database, plan.id).name == into.name
