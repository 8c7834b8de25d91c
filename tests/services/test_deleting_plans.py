"""Apagar o Plano (PL-40, PL-41): what it refuses, what it leaves behind, and who no longer sees the plan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from desk.services.access_points import AccessPointUses, DeleteAccessPoint
from desk.services.catalog import CatalogPlans, Statuses
from desk.services.core.errors import NotAllowed, StaleRecord
from desk.services.customers import CustomerHeader
from desk.services.history import CustomerHistory, DeletedItems
from desk.services.logins import CreateLogin
from desk.services.plans import (
    AddPlan,
    CustomerPlanTree,
    DeletePlan,
    OnePlan,
    PlanLinked,
    PlanWindow,
    SuspendPlan,
)
from desk.services.plans.errors import CancelledPlanStays, PlanNotFound
from desk.services.plans.rows import PLAN_LINKS
from tests.builders import Plan, a_customer, a_plan, an_access_point, an_ip, insert
from tests.postgres import Database


def delete(database: Database, plan: Plan, role: str = "administrador") -> frozenset[str]:
    return database.bus(role).execute(DeletePlan(plan_id=plan.id, version=plan.version)).changed


def test_it_leaves_a_line_and_an_entry_and_tells_other_desks(database: Database) -> None:
    plan = a_plan(database, reference="Casa")
    changed = delete(database, plan)
    assert {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"} <= changed
    bus = database.bus("administrador")
    item = bus.execute(DeletedItems(plan.customer_id)).value[0]
    assert (item.kind, item.value, item.plan, item.source) == ("plan", "1", f"{plan.title} – Casa", "DESK")
    line = bus.execute(CustomerHistory(plan.customer_id)).value[0]
    assert (line.action, line.params, line.full_name) == ("plan.deleted", {"number": 1}, "Ana Administradora")
    assert line.has_difference
    snapshot = database.admin().execute("SELECT snapshot ->> 'reference' FROM desk.deleted_items").fetchone()
    assert snapshot == ("Casa",)


def test_what_hangs_on_it_is_named_with_its_numbers_and_the_row_says_the_same(database: Database) -> None:
    plan = a_plan(database, logins=2)
    an_ip(database, "198.51.100.7", plan_id=plan.id)
    insert(database, "circuits", plan_id=plan.id, name="CVL-001")
    row = database.bus("administrador").execute(OnePlan(plan.id)).value
    with pytest.raises(PlanLinked) as refused:
        delete(database, plan)
    assert refused.value.params == row.links == {"login": 2, "ip": 1, "circuit": 1}
    assert tuple(row.links) == PLAN_LINKS
    told = database.admin().execute("SELECT kind, links FROM desk.plan_links(%s)", (plan.id,)).fetchall()
    assert dict(told) == row.links


def test_a_cancelled_plan_a_stale_version_and_a_missing_permission(database: Database) -> None:
    with pytest.raises(CancelledPlanStays):
        delete(database, a_plan(database, status="CANCELADO"))
    plan = a_plan(database)
    with pytest.raises(NotAllowed) as denied:
        delete(database, plan, "atendente")
    assert denied.value.params["permission"] == "Apagar Plano"
    database.connect("administrador").execute("UPDATE desk.customer_plans SET reference = 'x'")
    with pytest.raises(StaleRecord):
        delete(database, plan)


def test_a_login_that_was_deleted_does_not_keep_it(database: Database) -> None:
    plan = a_plan(database, logins=1)
    database.connect("administrador").execute("UPDATE desk.radius_logins SET deleted_at = now()")
    delete(database, plan)
    assert database.bus("administrador").execute(CustomerPlanTree(plan.customer_id)).value.plans == ()


def test_nobody_sees_it_any_more_and_its_number_stays_given(database: Database) -> None:
    customer, point = a_customer(database), an_access_point(database, customer_limit=1)
    plan = a_plan(database, customer=customer, access_point=point, value=Decimal("80.00"), identifier_code="000123")
    delete(database, plan)
    bus = database.bus("administrador")
    for question in (OnePlan(plan.id), PlanWindow(plan.id)):
        with pytest.raises(PlanNotFound):
            bus.execute(question)
    for order in (
        DeletePlan(plan_id=plan.id, version=plan.version + 1),
        SuspendPlan(plan_id=plan.id, reason="x", version=plan.version + 1),
        CreateLogin(plan_id=plan.id, login="novo", password="k2m4p6r8"),
    ):
        with pytest.raises(PlanNotFound):
            bus.execute(order)
    assert bus.execute(CustomerPlanTree(customer.id)).value.plans == ()
    header = bus.execute(CustomerHeader(customer.id)).value
    assert (header.active_plans, header.inactive_plans, header.cancelled_plans) == (0, 0, 0)
    assert {row.plans for row in bus.execute(CatalogPlans()).value} == {0}
    assert {row.plans for row in bus.execute(Statuses()).value} == {0}
    linked = database.admin().execute("SELECT desk.linked_plans(%s)", (point.id,)).fetchone()
    assert linked == (0,)  # PL-12: its place is free
    method, unit = (
        database.admin().execute("SELECT payment_method_id, business_unit_id FROM desk.customer_plans").fetchone() or ()
    )
    made = bus.execute(
        AddPlan(
            customer_id=customer.id,
            catalog_plan_id=plan.catalog_plan_id,
            business_unit_id=unit,
            start_date=dt.date(2026, 1, 10),
            value=plan_price(database, plan),
            access_point_id=point.id,
            payment_method_id=method,
            due_day=10,
        )
    ).value
    assert bus.execute(OnePlan(made.plan_id)).value.number == 2  # PL-13
    again = "UPDATE desk.customer_plans SET identifier_code = '000123' WHERE id = %s"
    database.connect("administrador").execute(again, (made.plan_id,))


def plan_price(database: Database, plan: Plan) -> Decimal:
    row = database.admin().execute("SELECT price FROM desk.catalog_plans WHERE id = %s", (plan.catalog_plan_id,))
    found = row.fetchone()
    assert found is not None
    return Decimal(found[0])


def test_an_access_point_is_deleted_over_a_deleted_plan_with_a_line_in_the_log(database: Database) -> None:
    point = an_access_point(database)
    plan = a_plan(database, access_point=point)
    delete(database, plan)
    bus = database.bus("administrador")
    assert bus.execute(AccessPointUses(point.id)).value == []
    bus.execute(DeleteAccessPoint(id=point.id, version=1))
    row = database.admin().execute("SELECT access_point_id FROM desk.customer_plans WHERE id = %s", (plan.id,))
    assert row.fetchone() == (None,)
    log = "SELECT before ->> 'access_point_id' FROM desk.change_log WHERE tbl = 'customer_plans' AND key = %s"
    found = database.admin().execute(log, (str(plan.id),)).fetchall()
    assert (str(point.id),) in found


def test_freeradius_does_not_know_a_login_on_a_deleted_plan(database: Database) -> None:
    """No login is left on such a plan; were there one, a loader's mistake, it would not be let in."""
    plan = a_plan(database, logins=("fantasma",))
    known = "SELECT count(*) FROM radius_api.decisions WHERE username = 'fantasma'"
    admin = database.admin()
    assert admin.execute(known).fetchone() == (1,)
    admin.execute("SET ROLE desk_job")
    admin.execute("UPDATE desk.customer_plans SET deleted_at = now() WHERE id = %s", (plan.id,))
    admin.execute("RESET ROLE")
    assert admin.execute(known).fetchone() == (0,)
