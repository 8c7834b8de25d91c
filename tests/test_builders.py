"""The builders make what the database accepts; every other test leans on that."""

from __future__ import annotations

import pytest
from validate_docbr import CPF

from desk.models.catalog import StatusCode
from tests import builders
from tests.postgres import Database


@pytest.mark.parametrize("status", StatusCode)
def test_a_plan_in_every_status(database: Database, status: StatusCode) -> None:
    plan = builders.a_plan(database, status=status, logins=2)
    rows = database.admin().execute(
        "SELECT p.status, p.number, l.login FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id"
    )
    assert {tuple(row) for row in rows} == {(status.value, 1, login.login) for login in plan.logins}


def test_plans_of_one_customer_are_numbered(database: Database) -> None:
    customer = builders.a_customer(database, phone="45999990000")
    plans = [builders.a_plan(database, customer=customer) for _ in range(3)]
    assert [plan.number for plan in plans] == [1, 2, 3]


def test_a_plan_behind_a_router(database: Database) -> None:
    router = builders.a_routing_server(database)
    point = builders.an_access_point(database, routing_server=router)
    plan = builders.a_plan(database, access_point=point)
    found = database.admin().execute(
        "SELECT a.routing_server_id FROM desk.customer_plans p JOIN desk.access_points a ON a.id = p.access_point_id"
        " WHERE p.id = %s",
        (plan.id,),
    )
    assert found.fetchone() == (router.id,)


def test_a_login_with_its_secret(database: Database) -> None:
    login = builders.a_login(database, password="segredo-1")
    clear = database.admin().execute("SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = %s", (login.id,))
    assert clear.fetchone() == ("segredo-1",)


def test_documents_are_valid_and_differ() -> None:
    made = {builders.a_cpf() for _ in range(50)}
    assert len(made) == 50
    assert all(CPF().validate(document) for document in made)
