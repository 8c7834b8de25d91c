"""Personalizar Composição from psql: only with the permission, only while the parts add up, and never two at once."""

from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest

from tests.builders import a_catalog_plan, a_plan
from tests.postgres import Database
from tests.security.scene import Scene, constraint
from tests.services.core.waiting import until

NOW = "SET CONSTRAINTS ALL IMMEDIATE"  # what the commit does
OWN = "UPDATE desk.customer_plans SET composition_customized = {own} WHERE id = {plan}"
DIFFERS = "A soma da composição difere do valor do plano"
WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"


def own(value: str = "true", plan: str = "{plan}") -> str:
    """Say whose the composition is."""
    return OWN.format(own=value, plan=plan)


def part(amount: str, position: int = 1, plan: str = "{plan}") -> str:
    """One part of a plan."""
    return (
        "INSERT INTO desk.plan_composition_items (plan_id, position, description, service_class, amount)"
        f" VALUES ({plan}, {position}, 'Parte', 'SCM', {amount})"
    )


@pytest.fixture
def customised(fresh: Scene) -> Scene:
    """The scene with two parts on its plan, 59,90 and 40,00."""
    with fresh.holding("ninguem", "edit_plan"):
        fresh.run("ninguem", own(), part("59.90"), part("40", 2))
    return fresh


@pytest.mark.parametrize("held", ["add_plan", "discount", "edit_new_value", "change_catalog_plan", "catalog"])
def test_no_other_permission_writes_a_part(scene: Scene, held: str) -> None:
    with scene.holding("ninguem", held):
        assert constraint(scene.attack("ninguem", part("99.90"))) == "permission:edit_plan"
        assert constraint(scene.attack("ninguem", own())) == "permission:edit_plan"


@pytest.mark.parametrize("held", ["change_catalog_plan", "swap_catalog_plan", "discount"])
def test_nor_changes_takes_away_or_gives_up_those_that_are_there(customised: Scene, held: str) -> None:
    with customised.holding("ninguem", held):
        for statement in (
            "UPDATE desk.plan_composition_items SET amount = 0",
            "UPDATE desk.plan_composition_items SET service_class = 'SVA'",
            "SELECT desk.delete_plan_composition_items(id) FROM desk.plan_composition_items",
            own("false"),
        ):
            assert constraint(customised.attack("ninguem", statement)) == "permission:edit_plan", statement


def test_no_part_is_moved_to_another_plan_nor_deleted_behind_the_functions_back(customised: Scene) -> None:
    assert (
        constraint(customised.attack("administrador", "UPDATE desk.plan_composition_items SET plan_id = {suspended}"))
        == ""
    )
    assert constraint(customised.attack("administrador", "DELETE FROM desk.plan_composition_items")) == ""
    assert constraint(customised.attack("administrador", "TRUNCATE desk.plan_composition_items")) == ""


@pytest.mark.parametrize(
    "statements",
    [
        (own(), part("99.91")),
        (own(), part("99.89")),
        (own(), part("59.90"), part("39.99", 2)),
        (own(),),  # no part at all
        (part("99.90"),),  # parts of a plan that follows the catalogue
    ],
)
def test_7_5_what_does_not_add_up_is_refused_at_the_commit(scene: Scene, statements: tuple[str, ...]) -> None:
    refused = scene.attack("administrador", *statements, NOW)
    assert (constraint(refused), refused.diag.message_primary) == ("composition:sum", DIFFERS)
    # The commit itself, not only what stands for it.
    with contextlib.closing(scene.database.connect("administrador", autocommit=False)) as connection:
        for statement in statements:
            connection.execute(scene.sql(statement).encode())
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match=DIFFERS):
            connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE desk.plan_composition_items SET amount = amount + 1 WHERE position = 1",
        "SELECT desk.delete_plan_composition_items(max(id)) FROM desk.plan_composition_items",
        "SELECT desk.delete_plan_composition_items(id) FROM desk.plan_composition_items",
        part("0.01", 3),
    ],
)
def test_nor_does_a_single_part_leave_the_sum(customised: Scene, statement: str) -> None:
    assert constraint(customised.attack("administrador", statement, NOW)) == "composition:sum"


def test_a_job_is_held_to_the_sum_too(fresh: Scene) -> None:
    admin = fresh.database.admin()
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=DIFFERS), admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(fresh.sql(own()).encode())
        admin.execute(fresh.sql(part("1")).encode())


def test_parts_that_add_up_are_taken_and_another_value_is_spread(customised: Scene) -> None:
    with customised.holding("ninguem", "edit_plan", "discount"):
        customised.run("ninguem", "UPDATE desk.customer_plans SET value = 50 WHERE id = {plan}")
        rows = customised.run("ninguem", "SELECT amount::text FROM desk.plan_composition_items ORDER BY position")
        assert rows == [("29.98",), ("20.02",)]  # 29,97 and 20,02 pro rata, the cent to the largest
        # A value and other parts for it, in one transaction.
        customised.run(
            "ninguem",
            "UPDATE desk.customer_plans SET value = 60 WHERE id = {plan}",
            "UPDATE desk.plan_composition_items SET amount = 30",
        )


def test_a_cancelled_plan_keeps_what_it_had(scene: Scene) -> None:
    for statement in (own(plan="{cancelled}"), part("99.90", plan="{cancelled}")):
        assert constraint(scene.attack("administrador", statement)) == "composition:cancelled"


def test_a_deleted_plan_gets_no_parts(fresh: Scene) -> None:
    plan = a_plan(fresh.database)
    with fresh.holding("ninguem", "edit_plan", "delete_plan"):
        fresh.run("ninguem", f"UPDATE desk.customer_plans SET deleted_at = now() WHERE id = {plan.id}")
        assert constraint(fresh.attack("ninguem", part("99.90", plan=str(plan.id)))) == "plan:deleted"
        assert constraint(fresh.attack("ninguem", own(plan=str(plan.id)))) == "plan:deleted"


@pytest.mark.parametrize("held", ["change_catalog_plan", "swap_catalog_plan"])
def test_another_catalogue_plan_takes_the_parts_along_whoever_changes_it(customised: Scene, held: str) -> None:
    into = a_catalog_plan(customised.database, price="149.90")
    way = {
        "change_catalog_plan": "INSERT INTO desk.plan_changes (plan_id, new_catalog_plan_id, new_value, mode, reason)"
        f" VALUES ({{plan}}, {into.id}, 149.90, 'PROPORCIONAL', 'Upgrade')",
        # Said to stay the plan's own in the same breath: that is not for this statement to say.
        "swap_catalog_plan": f"UPDATE desk.customer_plans SET catalog_plan_id = {into.id}, value = 149.90,"
        " composition_customized = true WHERE id = {plan}",
    }
    with customised.holding("ninguem", held):
        customised.run("ninguem", way[held])
    admin = customised.database.admin()
    plan = customised.plan.id
    assert admin.execute(
        "SELECT composition_customized, (SELECT count(*) FROM desk.plan_composition_items) FROM desk.customer_plans"
        " WHERE id = %s",
        (plan,),
    ).fetchone() == (False, 0)


def test_two_who_write_at_once_take_turns_and_the_second_is_refused(customised: Scene) -> None:
    """Each alone would add up; both together do not."""
    database: Database = customised.database
    first = database.connect("administrador", autocommit=False)
    second = database.connect("atendente", autocommit=False)
    refused: list[psycopg.Error] = []
    up = "UPDATE desk.plan_composition_items SET amount = amount + 10 WHERE position = 1"
    down = "UPDATE desk.plan_composition_items SET amount = amount - 10 WHERE position = {}"

    def write() -> None:
        try:
            second.execute("SELECT desk.delete_plan_composition_items(min(id)) FROM desk.plan_composition_items")
            second.execute("UPDATE desk.plan_composition_items SET amount = 99.90")
            second.execute(part("0", 3).format(plan=customised.plan.id).encode())
            second.commit()
        except psycopg.Error as error:
            refused.append(error)

    with contextlib.closing(first), contextlib.closing(second):
        first.execute(up.encode())
        first.execute(down.format(2).encode())
        first.execute(part("5", 4).format(plan=customised.plan.id).encode())
        first.execute("UPDATE desk.plan_composition_items SET amount = amount - 5 WHERE position = 1")
        thread = threading.Thread(target=write)
        thread.start()
        pid = second.info.backend_pid
        until(lambda: database.admin().execute(WAITS, (pid,)).fetchone() == (True,))
        first.commit()
        thread.join(20)
        assert not thread.is_alive()
        # The second saw the part that the first added: 99,90 each for two of them, and nothing of it stays.
        assert [constraint(each) for each in refused] == ["composition:sum"]
    rows = database.admin().execute("SELECT sum(amount)::text FROM desk.plan_composition_items").fetchone()
    assert rows == ("99.90",)
