"""Mudar Plano from psql: no change without its row, no row without the change, and nothing cheaper by the back door."""

from __future__ import annotations

import pytest

from tests.builders import a_catalog_plan, an_ip, insert
from tests.security.scene import Scene, constraint
from tests.services.test_plans import set_variable

CHANGE = (
    "INSERT INTO desk.plan_changes (plan_id, new_catalog_plan_id, new_value, mode, reason{more}) SELECT {plan},"
    " c.id, {value}, 'PROPORCIONAL', 'Upgrade'{values} FROM desk.catalog_plans c WHERE c.name = '{name}'"
)
SWAP = "UPDATE desk.customer_plans SET catalog_plan_id = c.id, value = c.price FROM desk.catalog_plans c"
ONLY = "change_catalog_plan"


def change(name: str, *, plan: str = "{plan}", value: str = "c.price", more: str = "", values: str = "") -> str:
    """An INSERT that changes the plan into the catalogue plan of that name."""
    return CHANGE.format(name=name, plan=plan, value=value, more=more, values=values)


def swap(name: str, plan: str = "{plan}") -> str:
    """The same by hand."""
    return f"{SWAP} WHERE c.name = '{name}' AND customer_plans.id = {plan}"


@pytest.fixture
def shop(scene: Scene) -> Scene:
    """The scene, with something to change into: dearer, cheaper, and what it may not be changed into."""
    _stock(scene)
    return scene


def _stock(scene: Scene) -> None:
    database = scene.database  # of the module, so that it may have been stocked before
    if database.admin().execute("SELECT 1 FROM desk.catalog_plans WHERE name = 'MAIOR'").fetchone():
        return
    a_catalog_plan(database, "MAIOR", price="149.90")
    a_catalog_plan(database, "MENOR", price="59.90")
    a_catalog_plan(database, "SEM LOGIN", price="199.90", allows_login=False, login_limit=0)
    a_catalog_plan(database, "SEM IP", price="199.90", allows_ip=False)
    a_catalog_plan(database, "FORA DE LINHA", price="199.90", active=False)
    a_catalog_plan(database, "AUTORIZADO", price="199.90", requires_authorization=True)
    elsewhere = a_catalog_plan(database, "DE OUTRA UNIDADE", price="199.90")
    city = insert(database, "cities", name="Toledo", state="PR")
    unit = insert(database, "business_units", name="Toledo", city_id=city)
    admin = database.admin()
    admin.execute(
        "UPDATE desk.catalog_plan_units SET business_unit_id = %s WHERE catalog_plan_id = %s", (unit, elsewhere.id)
    )
    an_ip(database, "203.0.113.9/32", plan_id=scene.suspended.id)
    insert(database, "plan_value_details", plan_id=scene.plan.id, kind="desconto", amount=10, starts_on="2026-01-01")
    insert(database, "circuits", plan_id=scene.plan.id, name="CVL000001-001")


@pytest.mark.parametrize("held", ["edit_plan", "discount", "edit_new_value", "add_plan", "swap_catalog_plan"])
def test_pl_22_no_other_permission_writes_a_change(shop: Scene, held: str) -> None:
    with shop.holding("ninguem", held):
        assert constraint(shop.attack("ninguem", change("MAIOR"))) == f"permission:{ONLY}"


def test_cp_06_mudar_plano_alone_does_not_move_a_plan_without_its_row(shop: Scene) -> None:
    with shop.holding("ninguem", ONLY, "edit_new_value", "discount", "edit_plan"):
        refused = shop.attack("ninguem", swap("MAIOR"))
    assert constraint(refused) == "permission:swap_catalog_plan"
    assert '"Trocar Tipo de Plano ao Editar"' in (refused.diag.message_primary or "")


def test_nor_on_to_another_plan_or_back_by_hand_after_its_row(shop: Scene) -> None:
    with shop.holding("ninguem", ONLY, "discount", "edit_plan"):
        for after in ("MENOR", "{}"):
            name = after.format(shop.plan.title)
            assert constraint(shop.attack("ninguem", change("MAIOR"), swap(name))) == "permission:swap_catalog_plan"
        back = change(shop.plan.title)
        # There, back by a second row, and there again by hand: the last row would tell another plan.
        refused = shop.attack("ninguem", change("MAIOR"), back, swap("MAIOR"))
        assert constraint(refused) == "permission:swap_catalog_plan"


def test_another_plans_row_is_no_permission_for_this_one(shop: Scene) -> None:
    with shop.holding("ninguem", ONLY):
        refused = shop.attack("ninguem", change("MAIOR"), swap("MAIOR", "{awaiting}"))
    assert constraint(refused) == "permission:swap_catalog_plan"


def test_the_row_of_an_earlier_transaction_is_none_for_this_one(fresh: Scene) -> None:
    _stock(fresh)
    with fresh.holding("ninguem", ONLY, "discount"):
        fresh.run("ninguem", change("MAIOR"))
        fresh.run("ninguem", change(fresh.plan.title))
        assert constraint(fresh.attack("ninguem", swap("MAIOR"))) == "permission:swap_catalog_plan"


@pytest.mark.parametrize("role", ["administrador", "atendente"])
def test_a_cancelled_plan_does_not_change_either_way(shop: Scene, role: str) -> None:
    assert constraint(shop.attack(role, change("MAIOR", plan="{cancelled}"))) == "change:cancelled"
    with shop.holding("ninguem", "swap_catalog_plan"):
        assert constraint(shop.attack("ninguem", swap("MAIOR", "{cancelled}"))) == "change:cancelled"


@pytest.mark.parametrize(
    ("value", "held", "missing"),
    [
        ("200", (ONLY,), "edit_new_value"),
        ("200", (ONLY, "edit_plan", "discount"), "edit_new_value"),
        ("100", (ONLY, "edit_new_value"), "discount"),
        ("100", (ONLY, "discount"), "edit_new_value"),
    ],
)
def test_a_value_of_ones_own_needs_its_permissions(
    shop: Scene, value: str, held: tuple[str, ...], missing: str
) -> None:
    with shop.holding("ninguem", *held):
        assert constraint(shop.attack("ninguem", change("MAIOR", value=value))) == f"permission:{missing}"


def test_the_price_of_a_cheaper_plan_is_no_discount(fresh: Scene) -> None:
    _stock(fresh)
    with fresh.holding("ninguem", ONLY):
        fresh.run("ninguem", change("MENOR"))
    found = fresh.database.admin().execute(
        "SELECT value::text FROM desk.customer_plans WHERE id = %s", (fresh.plan.id,)
    )
    assert found.fetchone() == ("59.90",)


@pytest.mark.parametrize("name", ["FORA DE LINHA", "DE OUTRA UNIDADE"])
def test_only_what_is_sold_in_the_plans_unit(shop: Scene, name: str) -> None:
    assert constraint(shop.attack("administrador", change(name))) == "change:not_sold"
    with shop.holding("ninguem", "swap_catalog_plan"):
        assert constraint(shop.attack("ninguem", swap(name))) == "change:not_sold"
        there = ", business_unit_id = (SELECT max(id) FROM desk.business_units)"
        moved = swap(name).replace("value = c.price", f"value = c.price{there}")
        assert constraint(shop.attack("ninguem", moved)) in ("change:not_sold", "permission:edit_plan")


def test_what_needs_an_authoriser_is_not_reached_by_changing_into_it(shop: Scene) -> None:
    with shop.holding("ninguem", ONLY):
        assert constraint(shop.attack("ninguem", change("AUTORIZADO"))) == "permission:plan_authoriser"


def test_cp_03_items_without_a_place_block_both_ways(shop: Scene) -> None:
    assert constraint(shop.attack("administrador", change("SEM LOGIN"))) == "change:items"
    assert constraint(shop.attack("administrador", swap("SEM LOGIN"))) == "change:items"
    assert constraint(shop.attack("administrador", change("SEM IP", plan="{suspended}"))) == "change:items"


def test_cp_01_details_are_kept_only_where_variable_13_says_so(fresh: Scene) -> None:
    _stock(fresh)
    keep = change("MAIOR", more=", keeps_details", values=", true")
    with fresh.holding("ninguem", ONLY):
        assert constraint(fresh.attack("ninguem", keep)) == "change:keeps_details"
        set_variable(fresh.database, "ask_value_detail_transfer", "S")
        fresh.run("ninguem", keep)
    left = fresh.database.admin().execute("SELECT count(*) FROM desk.plan_value_details").fetchone()
    assert left == (1,)


def test_the_permission_opens_neither_details_nor_circuits_by_hand(shop: Scene) -> None:
    detail = "SELECT desk.delete_plan_value_details(id) FROM desk.plan_value_details WHERE plan_id = {plan}"
    circuit = "SELECT desk.delete_circuits(id) FROM desk.circuits WHERE plan_id = {plan}"
    with shop.holding("ninguem", ONLY):
        assert constraint(shop.attack("ninguem", detail)) == "permission:discount"
        assert constraint(shop.attack("ninguem", circuit)) == "permission:edit_plan"
        # A row for another plan opens nothing here.
        elsewhere = change("MAIOR", plan="{awaiting}")
        assert constraint(shop.attack("ninguem", elsewhere, detail)) == "permission:discount"
        assert constraint(shop.attack("ninguem", elsewhere, circuit)) == "permission:edit_plan"


@pytest.mark.parametrize("column", ["old_value", "who", "at", "xid", "changed_on", "old_catalog_plan_id", "details"])
def test_what_the_database_fills_nobody_writes(shop: Scene, column: str) -> None:
    assert constraint(shop.attack("administrador", change("MAIOR", more=f", {column}", values=", NULL"))) == ""


@pytest.mark.parametrize(
    "statement",
    ["UPDATE desk.plan_changes SET new_value = 1", "DELETE FROM desk.plan_changes", "TRUNCATE desk.plan_changes"],
)
def test_a_row_is_there_for_good(fresh: Scene, statement: str) -> None:
    _stock(fresh)
    fresh.run("administrador", change("MAIOR"))
    assert constraint(fresh.attack("administrador", statement)) == ""
    by_function = "SELECT desk.delete_plan_changes(id) FROM desk.plan_changes"
    assert constraint(fresh.attack("administrador", by_function)) == "rule:append_only"


def test_a_deleted_plan_does_not_change(fresh: Scene) -> None:
    _stock(fresh)
    fresh.run("administrador", "UPDATE desk.customer_plans SET deleted_at = now() WHERE id = {awaiting}")
    assert constraint(fresh.attack("administrador", change("MAIOR", plan="{awaiting}"))) == "plan:deleted"
    assert fresh.database.admin().execute("SELECT count(*) FROM desk.plan_changes").fetchone() == (0,)


def test_who_and_from_what_is_the_databases_word(fresh: Scene) -> None:
    _stock(fresh)
    fresh.run("atendente", change("MAIOR"))
    row = fresh.database.admin().execute(
        "SELECT who, old_catalog_plan_id, old_value::text, changed_on = desk.today(), details -> 0 ->> 'kind', status"
        " FROM desk.plan_changes"
    )
    assert row.fetchone() == ("atendente", fresh.plan.catalog_plan_id, "99.90", True, "desconto", "HABILITADO")
