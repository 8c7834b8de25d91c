"""Apagar Plano from psql: only with the permission, only what nothing hangs on, and never against somebody who adds."""

from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest

from tests.builders import Plan, a_plan, an_ip, insert
from tests.security.scene import Scene, constraint
from tests.services.core.waiting import until

DELETE = "UPDATE desk.customer_plans SET deleted_at = now() WHERE id = {}"
WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
GONE = (
    "UPDATE desk.customer_plans SET deleted_at = NULL WHERE id = {}",
    "UPDATE desk.customer_plans SET deleted_by = NULL WHERE id = {}",
    "UPDATE desk.customer_plans SET reference = 'x' WHERE id = {}",
    "UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = {}",
    "INSERT INTO desk.radius_logins (plan_id, login) VALUES ({}, 'depois')",
    "INSERT INTO desk.customer_ips (plan_id, address, block) VALUES ({}, '10.9.0.9/24', '10.9.0.9/32')",
    "INSERT INTO desk.circuits (plan_id, name) VALUES ({}, 'depois')",
    "INSERT INTO desk.plan_value_details (plan_id, kind, amount, starts_on) VALUES ({}, 'acrescimo', 1, now())",
    "INSERT INTO desk.plan_addresses (plan_id, kind, zip, street, number, district, city_id)"
    " SELECT {}, 'cobranca', '85801000', 'x', '1', 'x', min(id) FROM desk.cities",
)


def test_without_the_permission(scene: Scene) -> None:
    refused = scene.attack("ninguem", DELETE.format("{suspended}"))
    assert refused.diag.message_primary == 'Falta a permissão "Apagar Plano"'
    # Who may cancel, edit and enable may not delete.
    with scene.holding("ninguem", "edit_plan", "cancel_plan", "edit_plan_status", "delete_radius_login"):
        assert constraint(scene.attack("ninguem", DELETE.format("{suspended}"))) == "permission:delete_plan"


def test_a_linked_or_a_cancelled_plan_is_refused_to_everybody(scene: Scene) -> None:
    linked = scene.attack("administrador", DELETE.format("{plan}"))
    assert constraint(linked) == "plan:linked"
    assert linked.diag.message_primary == "Plano possui registros vinculados e não pode ser apagado"
    assert constraint(scene.attack("administrador", DELETE.format("{cancelled}"))) == "step:delete"
    both = "UPDATE desk.customer_plans SET deleted_at = now(), status = 'CANCELADO' WHERE id = {suspended}"
    assert constraint(scene.attack("administrador", both)) == "step:delete"


def test_no_plan_is_born_deleted_nor_removed_wholly(scene: Scene) -> None:
    scene.attack("administrador", "DELETE FROM desk.customer_plans WHERE id = {suspended}")
    born = (
        "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value, payment_method_id,"
        " due_day, business_unit_id, deleted_at) SELECT customer_id, catalog_plan_id, 'EM_INSTALACAO', start_date,"
        " value, payment_method_id, due_day, business_unit_id, now() FROM desk.customer_plans WHERE id = {plan}"
    )
    assert constraint(scene.attack("administrador", born)) == "rule:insert"


def test_each_kind_that_hangs_on_a_plan_keeps_it(fresh: Scene) -> None:
    ip = a_plan(fresh.database)
    an_ip(fresh.database, "198.51.100.7", plan_id=ip.id)
    circuit = a_plan(fresh.database)
    insert(fresh.database, "circuits", plan_id=circuit.id, name="CVL-001")
    for plan in (ip, circuit):
        assert constraint(fresh.attack("administrador", DELETE.format(plan.id))) == "plan:linked"
    for line in (f"UPDATE desk.customer_ips SET deleted_at = now() WHERE plan_id = {ip.id}", DELETE.format(ip.id)):
        fresh.run("administrador", line)


def test_who_deleted_it_and_when_is_the_databases_to_say_and_it_is_over(fresh: Scene) -> None:
    plan = fresh.suspended
    with fresh.holding("ninguem", "delete_plan"):
        forged = "UPDATE desk.customer_plans SET deleted_at = '2020-01-01', deleted_by = 'administrador' WHERE id = {}"
        fresh.run("ninguem", forged.format(plan.id))
    row = fresh.database.admin().execute(
        "SELECT deleted_by, deleted_at > now() - interval '1 hour' FROM desk.customer_plans WHERE id = %s", (plan.id,)
    )
    assert row.fetchone() == ("ninguem", True)
    for line in GONE:
        assert constraint(fresh.attack("administrador", line.format(plan.id))) == "plan:deleted"


def _waiting(scene: Scene, first: str, then: str) -> tuple[list[str], Plan]:
    """Two transactions at one plan: the second runs into the first, which then commits; what the second was refused."""
    plan = a_plan(scene.database)
    refused: list[str] = []
    with (
        contextlib.closing(scene.database.connect("administrador", autocommit=False)) as one,
        contextlib.closing(scene.database.connect("administrador")) as two,
    ):
        one.execute(first.format(plan.id).encode())

        def second() -> None:
            try:
                two.execute(then.format(plan.id).encode())
            except psycopg.Error as error:
                refused.append(constraint(error))

        thread = threading.Thread(target=second)
        thread.start()
        until(lambda: scene.database.admin().execute(WAITS, (two.info.backend_pid,)).fetchone() == (True,))
        one.commit()
        thread.join(10)
    return refused, plan


ADDED = [line for line in GONE if line.startswith("INSERT INTO desk.") and ("logins" in line or "circuits" in line)]


@pytest.mark.parametrize("added", [*ADDED, GONE[5]], ids=["login", "circuit", "ip"])
def test_what_is_added_at_the_same_instant_keeps_the_plan(fresh: Scene, added: str) -> None:
    refused, plan = _waiting(fresh, added, DELETE)
    assert refused == ["plan:linked"]
    row = fresh.database.admin().execute("SELECT deleted_at FROM desk.customer_plans WHERE id = %s", (plan.id,))
    assert row.fetchone() == (None,)


@pytest.mark.parametrize("added", GONE[4:], ids=["login", "ip", "circuit", "value", "address"])
def test_nothing_is_added_to_a_plan_that_is_deleted_at_the_same_instant(fresh: Scene, added: str) -> None:
    refused, plan = _waiting(fresh, DELETE, added)
    assert refused == ["plan:deleted"]
    links = fresh.database.admin().execute("SELECT count(*) FROM desk.plan_links(%s)", (plan.id,))
    assert links.fetchone() == (0,)
