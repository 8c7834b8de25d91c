"""What one permission does not open by itself: domain 2 and 4.6 in the test's own words, not the declaration's."""

from __future__ import annotations

import pytest

from desk.models.people import Permission as P
from tests.security.scene import Scene, constraint

PLAN = "UPDATE desk.customer_plans SET {} WHERE id = {{plan}}"
# Column of a plan, and the permission without which all others together do not open it.
ALONE = [
    ("reference = 'X'", P.EDIT_PLAN),
    ("separate_invoice = NOT separate_invoice", P.EDIT_PLAN),
    ("booklet = NOT booklet", P.EDIT_PLAN),
    ("identifier_code = 'X'", P.EDIT_PLAN),
    ("access_point_id = 987654", P.EDIT_PLAN),
    ("seller = 'atendente'", P.EDIT_PLAN),
    ("start_date = start_date - 1", P.EDIT_PLAN),
    ("value = value + 1", P.EDIT_PLAN),
    ("value = value - 1", P.DISCOUNT),
    ("due_day = 25", P.EDIT_DUE_DAY),
    ("last_close_date = '2020-01-01'", P.EDIT_LAST_CLOSE),
    ("installation_fee = 7", P.EDIT_INSTALLATION_FEE),
    ("status = 'SUSPENSO'", P.EDIT_PLAN_STATUS),
    ("status = 'CANCELADO'", P.CANCEL_PLAN),
    ("customer_id = customer_id + 1", P.TRANSFER_PLAN),
    ("deleted_at = now()", P.DELETE_PLAN),
]


@pytest.mark.parametrize(("change", "needed"), ALONE, ids=[change for change, _ in ALONE])
def test_all_the_others_together_do_not_open_it(scene: Scene, change: str, needed: P) -> None:
    others = [each.code for each in P if not each.negative and each is not needed]
    with scene.holding("ninguem", *others):
        assert constraint(scene.attack("ninguem", PLAN.format(change))) == f"permission:{needed.code}"


@pytest.mark.parametrize(
    ("held", "statement", "missing"),
    [
        # PL-11: whoever swaps the catalogue plan takes its price.
        (
            (P.SWAP_CATALOG_PLAN, P.DISCOUNT),
            PLAN.format(
                "catalog_plan_id = (SELECT max(id) FROM desk.catalog_plans WHERE id <> catalog_plan_id), value = 7777"
            ),
            P.EDIT_NEW_VALUE,
        ),
        # OW: a transferred plan takes the new owner's day or keeps its own.
        ((P.TRANSFER_PLAN,), PLAN.format("customer_id = {other}, due_day = 27"), P.EDIT_DUE_DAY),
        ((P.TRANSFER_PLAN,), PLAN.format("due_day = 27"), P.EDIT_DUE_DAY),
        # A surcharge does not become a discount.
        (
            (P.EDIT_PLAN,),
            "UPDATE desk.plan_value_details SET kind = 'desconto' WHERE plan_id = {plan}",
            P.DISCOUNT,
        ),
        ((P.DISCOUNT,), "UPDATE desk.plan_value_details SET kind = 'desconto' WHERE plan_id = {plan}", P.EDIT_PLAN),
        # Variable 6: who cancels leaves a customer inactive only with the last plan.
        ((P.CANCEL_PLAN,), "UPDATE desk.customers SET active = false WHERE id = {customer}", P.EDIT_CUSTOMER),
        (
            (P.ADD_PLAN, P.EDIT_NEW_VALUE),
            "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value,"
            " payment_method_id, due_day, business_unit_id) SELECT p.customer_id, p.catalog_plan_id, 'EM_INSTALACAO',"
            " p.start_date, 1, p.payment_method_id, c.default_due_day, p.business_unit_id FROM desk.customer_plans p"
            " JOIN desk.customers c ON c.id = p.customer_id WHERE p.id = {plan}",
            P.DISCOUNT,
        ),
    ],
)
def test_what_those_permissions_do_not_reach(fresh: Scene, held: tuple[P, ...], statement: str, missing: P) -> None:
    admin = fresh.database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(
            "INSERT INTO desk.plan_value_details (plan_id, kind, description, amount, starts_on)"
            " VALUES (%s, 'acrescimo', 'x', 1, desk.today())",
            (fresh.plan.id,),
        )
        admin.execute(
            "INSERT INTO desk.catalog_plans (name, kind, service_group_id, price, allows_login, login_limit, allows_ip)"
            " SELECT 'OUTRO', 'internet', service_group_id, 88, true, 2, true FROM desk.catalog_plans LIMIT 1"
        )
    statement = statement.replace("{other}", str(fresh.suspended.customer_id))
    with fresh.holding("ninguem", *(each.code for each in held)):
        assert constraint(fresh.attack("ninguem", statement)) == f"permission:{missing.code}"
