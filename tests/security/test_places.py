"""PL-12 by hand: no way of linking a plan leads around the limit of an access point."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.builders import a_customer, a_plan, an_access_point
from tests.postgres import Database
from tests.security.scene import Scene, constraint

FULL = "place:full"
NEW_PLAN = (
    "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value, payment_method_id,"
    " due_day, business_unit_id, access_point_id) SELECT p.customer_id, p.catalog_plan_id, 'EM_INSTALACAO',"
    " p.start_date, c.price, p.payment_method_id, c2.default_due_day, p.business_unit_id, {point}"
    " FROM desk.customer_plans p JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id"
    " JOIN desk.customers c2 ON c2.id = p.customer_id, generate_series(1, {times}) WHERE p.id = {{plan}}"
)


def switch(database: Database, value: str = "S") -> None:
    as_job(database, "UPDATE desk.variables SET value = %s WHERE code = 'limit_customers'", value)


def as_job(database: Database, statement: str, *values: object) -> None:
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(statement.encode(), values)


@pytest.fixture
def full(fresh: Scene) -> tuple[Scene, int]:
    """An access point with one place, taken."""
    point = an_access_point(fresh.database, customer_limit=1)
    a_plan(fresh.database, access_point=point)
    switch(fresh.database)
    return fresh, point.id


def move(point: int, which: str = "plan") -> str:
    return f"UPDATE desk.customer_plans SET access_point_id = {point} WHERE id = {{{which}}}"


def approve(point: int, limit: int = 1, plan: str = "{plan}") -> str:
    return f"SELECT desk.approve_place({point}, {{customer}}, {plan}, {{catalog}}, {limit})"


def test_neither_a_change_nor_a_new_plan_takes_a_place_that_is_not_there(full: tuple[Scene, int]) -> None:
    scene, point = full
    for statement in (
        move(point),
        NEW_PLAN.format(point=point, times=1),
        move(point) + " RETURNING id",
        f"MERGE INTO desk.customer_plans p USING (VALUES ({{plan}})) v (id) ON p.id = v.id"
        f" WHEN MATCHED THEN UPDATE SET access_point_id = {point}",
    ):
        assert constraint(scene.attack("atendente", statement)) == FULL, statement


def test_many_in_one_statement_are_counted_one_by_one(fresh: Scene) -> None:
    point = an_access_point(fresh.database, customer_limit=3)
    switch(fresh.database)
    assert constraint(fresh.attack("atendente", NEW_PLAN.format(point=point.id, times=4))) == FULL
    fresh.run("atendente", NEW_PLAN.format(point=point.id, times=3))
    both = f"UPDATE desk.customer_plans SET access_point_id = {point.id} WHERE id IN ({{plan}}, {{suspended}})"
    assert constraint(fresh.attack("atendente", both)) == FULL


def test_who_may_authorise_goes_on_and_a_line_tells(full: tuple[Scene, int]) -> None:
    scene, point = full
    scene.run("administrador", move(point))
    line = scene.database.admin().execute(
        "SELECT who, params ->> 'by', params ->> 'limit', params ->> 'linked' FROM desk.history_entries"
        " WHERE action = 'plan.place_authorised'"
    )
    assert line.fetchall() == [("administrador", "Ana Administradora", "1", "1")]


def test_switched_off_without_a_limit_or_cancelled_nothing_is_asked(full: tuple[Scene, int]) -> None:
    scene, point = full
    scene.run("atendente", move(point, "cancelled"))
    free = an_access_point(scene.database)
    scene.run("atendente", move(free.id))
    switch(scene.database, "N")
    scene.run("atendente", move(point))


def test_an_approval_is_for_one_link_once_within_minutes(full: tuple[Scene, int]) -> None:
    scene, point = full
    assert constraint(scene.attack("atendente", approve(point))) == "permission:access_point_authoriser"
    assert constraint(scene.attack("administrador", approve(point, limit=2))) == "approval:facts"
    assert constraint(scene.attack("administrador", approve(point, plan="{suspended}"))) == "approval:facts"
    scene.run("administrador", approve(point))
    assert constraint(scene.attack("atendente", move(point, "suspended"))) == FULL
    assert constraint(scene.attack("atendente", NEW_PLAN.format(point=point, times=1))) == FULL
    scene.run("atendente", move(point))
    used = "SELECT by, used_by, used_for FROM desk.place_approvals"
    assert scene.database.admin().execute(used).fetchall() == [("administrador", "atendente", scene.plan.id)]
    scene.run("atendente", "UPDATE desk.customer_plans SET access_point_id = NULL WHERE id = {plan}")
    assert constraint(scene.attack("atendente", move(point))) == FULL


@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE desk.place_approvals SET at = at - interval '6 minutes'",
        "UPDATE desk.access_points SET customer_limit = 2 WHERE customer_limit = 1",
        "DELETE FROM desk.person_permissions WHERE permission = 'access_point_authoriser'",
        "UPDATE desk.place_approvals SET by = 'atendente'",
    ],
)
def test_an_approval_that_no_longer_counts(full: tuple[Scene, int], spoilt: str) -> None:
    scene, point = full
    a_plan(scene.database, access_point_id=point)
    scene.run("administrador", approve(point))
    as_job(scene.database, spoilt)
    assert constraint(scene.attack("atendente", move(point))) == FULL


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.place_approvals (access_point_id, customer_id, catalog_plan_id, customer_limit, linked, by,"
        " at) VALUES (1, {customer}, {catalog}, 1, 1, 'administrador', now())",
        "UPDATE desk.place_approvals SET used_at = NULL",
        "DELETE FROM desk.place_approvals",
        "SELECT desk_guard.take_place()",
        "UPDATE desk.variables SET value = 'N' WHERE code = 'limit_customers'",
        "UPDATE desk.access_points SET customer_limit = NULL",
        "ALTER TABLE desk.customer_plans DISABLE TRIGGER yz_place",
    ],
)
def test_the_limit_is_not_a_clerks_to_lift(full: tuple[Scene, int], statement: str) -> None:
    scene, _ = full
    scene.attack("atendente", statement)


def test_thirty_two_at_the_last_places_and_as_many_get_one_as_there_are(database: Database) -> None:
    """Each in a transaction of its own, all at once: half are new links, half are moves from another access point."""
    elsewhere = an_access_point(database)
    point = an_access_point(database, customer_limit=5)
    plans = [a_plan(database, access_point=elsewhere if n % 2 else None) for n in range(32)]
    switch(database)
    database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 40")
    start = threading.Barrier(32)
    said: list[str] = []

    def link(plan: int) -> None:
        connection = database.connect("atendente", autocommit=False)
        try:
            start.wait(30)
            connection.execute("UPDATE desk.customer_plans SET access_point_id = %s WHERE id = %s", (point.id, plan))
            connection.commit()
            said.append("linked")
        except psycopg.Error as error:
            connection.rollback()
            said.append(constraint(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=link, args=(plan.id,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 8")
    assert (said.count("linked"), said.count(FULL)) == (5, 27)
    linked = database.admin().execute("SELECT desk.linked_plans(%s)", (point.id,)).fetchone()
    assert linked == (5,)


def test_one_approval_lets_one_in_however_many_try(full: tuple[Scene, int]) -> None:
    """Eight new plans of the same product at once, and one approval that fits each of them."""
    scene, point = full
    scene.run("administrador", approve(point, plan="NULL"))
    scene.database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 40")
    statement = scene.sql(NEW_PLAN.format(point=point, times=1)).encode()
    start = threading.Barrier(8)
    said: list[str] = []

    def add() -> None:
        with scene.database.connect("atendente", autocommit=False) as connection:
            start.wait(30)
            try:
                connection.execute(statement)
                connection.commit()
                said.append("linked")
            except psycopg.Error as error:
                connection.rollback()
                said.append(constraint(error))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 8")
    assert sorted(said) == ["linked"] + [FULL] * 7


def test_which_routers_have_a_secret_is_told_to_who_keeps_them(fresh: Scene) -> None:
    asked = "SELECT * FROM desk.routers_with_secret('{}')"
    assert constraint(fresh.attack("atendente", asked.format("router"))) == "permission:routing_servers"
    assert fresh.run("suporte", asked.format("router")) == [(fresh.server.id,)]
    assert fresh.run("suporte", asked.format("nas")) == [(fresh.server.id,)]
    # Nothing of the kinds that belong to customers.
    assert fresh.run("suporte", asked.format("radius")) == []


def test_lowering_the_limit_and_a_link_take_turns(database: Database) -> None:
    """Who links while the limit is being lowered waits, and is judged by what it has become."""
    point = an_access_point(database, customer_limit=2)
    a_plan(database, access_point=point)
    plan = a_plan(database)
    switch(database)
    settings = database.connect("administrador", autocommit=False)
    settings.execute("UPDATE desk.access_points SET customer_limit = 1 WHERE id = %s", (point.id,))
    clerk = database.connect("atendente")
    refused: list[str] = []

    def link() -> None:
        try:
            clerk.execute("UPDATE desk.customer_plans SET access_point_id = %s WHERE id = %s", (point.id, plan.id))
        except psycopg.Error as error:
            refused.append(constraint(error))

    thread = threading.Thread(target=link)
    thread.start()
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'atendente' AND wait_event_type = 'Lock'"
    admin = database.admin()
    while admin.execute(waiting).fetchone() != (1,):
        pass
    settings.commit()
    thread.join()
    settings.close()
    assert refused == [FULL]


def test_an_access_point_with_approvals_can_still_be_deleted(full: tuple[Scene, int]) -> None:
    scene, _ = full
    empty = an_access_point(scene.database, customer_limit=1)
    customer = a_customer(scene.database)
    scene.run(
        "administrador",
        f"SELECT desk.approve_place({empty.id}, {customer.id}, NULL, {{catalog}}, 1)",
        f"SELECT desk.delete_access_points({empty.id})",
    )
