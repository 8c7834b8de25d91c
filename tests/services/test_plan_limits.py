"""Rules at their edges: the last day that counts, the first that does not, and nothing beyond the limit."""

from __future__ import annotations

import contextlib
import datetime as dt
from decimal import Decimal

import pytest

from desk.services.core.errors import Invalid
from desk.services.logins import CreateLogin, DeleteLogin, generate_password
from desk.services.logins.errors import PlanTakesNoItems
from desk.services.plans import (
    AddPlan,
    AddressKind,
    EnableProvisionally,
    OnePlan,
    PlanWindow,
    SetPlanAddress,
    rules,
)
from desk.services.plans.changing import ChangeCatalogPlan
from desk.services.plans.errors import ProvisionalTooSoon
from tests.builders import a_catalog_plan, a_plan
from tests.postgres import Database
from tests.suspended import today


def as_job(database: Database, statement: str, *values: object) -> None:
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(statement.encode(), values)


def provisionally(database: Database, plan_id: int, until: dt.date) -> EnableProvisionally:
    row = database.bus("atendente").execute(OnePlan(plan_id)).value
    return EnableProvisionally(plan_id=plan_id, until=until, reason="Outro", version=row.version)


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (5, True), (6, False)])
def test_st_17_from_today_to_the_last_day_that_the_variable_allows(database: Database, days: int, fits: bool) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO")
    order = provisionally(database, plan.id, today(database) + dt.timedelta(days=days))
    with contextlib.nullcontext() if fits else pytest.raises(Invalid):
        database.bus("financeiro").execute(order)


@pytest.mark.parametrize(("ago", "asked"), [(24, True), (25, False)])
def test_st_17_the_gap_is_over_on_its_last_day(database: Database, ago: int, asked: bool) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO")
    moved = (
        "UPDATE desk.customer_plans SET provisional_at ="
        " (desk.today() - %s + interval '9 hours') AT TIME ZONE (SELECT zone FROM desk.installation) WHERE id = %s"
    )
    as_job(database, moved, ago, plan.id)
    with pytest.raises(ProvisionalTooSoon) if asked else contextlib.nullcontext():
        database.bus("financeiro").execute(provisionally(database, plan.id, today(database)))


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (dt.date(2026, 1, 14), False),
        (dt.date(2026, 1, 15), True),
        (dt.date(2026, 3, 14), True),
        (dt.date(2026, 3, 15), False),
    ],
)
def test_bi_13_two_months_are_two_months_to_the_day(day: dt.date, counts: bool) -> None:
    assert rules.runs_on(day, dt.date(2026, 1, 15), 2) is counts
    assert rules.runs_on(day, dt.date(2026, 1, 15), None) is (day >= dt.date(2026, 1, 15))


def test_bi_11_discounts_never_make_a_plan_cost_less_than_nothing() -> None:
    assert rules.total_of(Decimal("10.00"), [Decimal("-25.00")]) == Decimal("0.00")
    assert rules.total_of(Decimal("10.00"), [Decimal("-3.34")]) == Decimal("6.66")


@pytest.mark.parametrize(("logins", "asked"), [(True, True), (False, False)])
def test_pl_10_a_login_is_asked_for_only_where_the_catalogue_has_logins(
    database: Database, logins: bool, asked: bool
) -> None:
    as_job(database, "UPDATE desk.variables SET value = 'S' WHERE code = 'login_required'")
    window = database.bus("administrador").execute(PlanWindow((model := a_plan(database)).id)).value
    catalog = a_catalog_plan(database, allows_login=logins, login_limit=2 if logins else 0)
    order = AddPlan(
        customer_id=model.customer_id,
        catalog_plan_id=catalog.id,
        business_unit_id=window.unit_id,
        start_date=dt.date(2026, 1, 15),
        value=catalog.price,
        payment_method_id=window.payment_method_id,
        due_day=10,
    )
    if not asked:
        assert database.bus("administrador").execute(order).value.plan_id > model.id
        return
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(order)
    assert [each.code for each in refused.value.violations] == ["login_required"]


@pytest.mark.parametrize("typed", ["", "3600000", "360000001", "36000-00", "abcdefgh"])
def test_pl_33_an_address_of_its_own_has_a_whole_cep(database: Database, typed: str) -> None:
    plan = a_plan(database)
    order = SetPlanAddress(
        plan_id=plan.id, kind=AddressKind.BILLING, zip=typed, street="Rua", number="1", district="Centro", city_id=1
    )
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(order)
    assert [each.code for each in refused.value.violations] == ["zip_shape"]


@pytest.mark.parametrize("bills", [False, True])
def test_a_plan_in_debt_takes_logins_only_where_it_is_billed_on(database: Database, bills: bool) -> None:
    """domain 4.4."""
    plan = a_plan(database, status="SUSPENSO_DEBITO")
    as_job(database, "UPDATE desk.catalog_plans SET bills_when_debt_suspended = %s", bills)
    with contextlib.nullcontext() if bills else pytest.raises(PlanTakesNoItems):
        database.bus("administrador").execute(
            CreateLogin(plan_id=plan.id, login="casa.nova", password="k2m4p6r8", fixed_ip="", mac_lock="")
        )


def test_ra_21_the_last_login_of_a_cancelled_plan_may_go(database: Database) -> None:
    as_job(database, "UPDATE desk.variables SET value = 'S' WHERE code = 'login_required'")
    plan = a_plan(database, status="CANCELADO", logins=("iris",))
    database.bus("suporte").execute(DeleteLogin(login_id=plan.logins[0].id, version=1))
    assert database.bus("suporte").execute(OnePlan(plan.id)).value.logins == ()


def test_ra_10_each_generated_password_has_two_letters_and_two_digits() -> None:
    """Of draws without that rule a good third has fewer than two digits or letters, so 300 would show it."""
    made = [generate_password() for _ in range(300)]
    assert all(2 <= sum(char.isdigit() for char in password) <= 6 for password in made)


@pytest.mark.parametrize("ago", [1, 31])
def test_cp_07_after_the_day_of_the_close_nothing_is_asked(database: Database, ago: int) -> None:
    plan, into = a_plan(database), a_catalog_plan(database)
    as_job(database, "UPDATE desk.customer_plans SET last_close_date = desk.today() - %s", ago)
    row = database.bus("administrador").execute(OnePlan(plan.id)).value
    order = ChangeCatalogPlan(
        plan_id=plan.id, version=row.version, catalog_plan_id=into.id, value=into.price, reason="A pedido do cliente"
    )
    assert database.bus("administrador").execute(order).value.version > row.version
