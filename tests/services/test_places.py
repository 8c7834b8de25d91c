"""PL-12 at the desks: who is asked at a full access point, who lets one more in, and two desks at the last place."""

from __future__ import annotations

import datetime as dt
import threading
from dataclasses import replace

import pytest

from desk.services.core.errors import DomainError, ForbiddenBy, Invalid, NotAllowed
from desk.services.plans import AccessPointFull, AddPlan, AuthorisePlace, PlaceAuthorisers, PlaceWanted, SavePlan
from desk.services.plans.errors import AccessPointOverLimit
from tests.builders import AccessPoint, Plan, a_plan, an_access_point
from tests.orders import saving
from tests.postgres import Database, password_of
from tests.services.test_plans import set_variable


@pytest.fixture
def full(database: Database) -> AccessPoint:
    """One place, taken; the limit counts."""
    point = an_access_point(database, "POP Norte", customer_limit=1)
    a_plan(database, access_point=point)
    set_variable(database, "limit_customers", "S")
    return point


def one_more(database: Database, like: Plan, point: AccessPoint) -> AddPlan:
    """The same product once more for the same customer, at that access point."""
    row = (
        database.admin()
        .execute(
            "SELECT p.value, p.payment_method_id, c.default_due_day, p.business_unit_id FROM desk.customer_plans p"
            " JOIN desk.customers c ON c.id = p.customer_id WHERE p.id = %s",
            (like.id,),
        )
        .fetchone()
    )
    assert row is not None
    return AddPlan(
        customer_id=like.customer_id,
        catalog_plan_id=like.catalog_plan_id,
        business_unit_id=row[3],
        start_date=dt.date(2026, 3, 1),
        value=row[0],
        payment_method_id=row[1],
        due_day=row[2],
        access_point_id=point.id,
    )


def moved(database: Database, plan: Plan, point: AccessPoint) -> SavePlan:
    return saving(database, plan.id, access_point_id=point.id)


def wanted(database: Database, order: SavePlan | AddPlan) -> PlaceWanted:
    with pytest.raises(AccessPointFull) as refused:
        database.bus("atendente").execute(order)
    found = refused.value.params["wanted"]
    assert isinstance(found, PlaceWanted)
    return found


def authorise(database: Database, asked: PlaceWanted, role: str = "administrador", password: str = "") -> None:
    order = AuthorisePlace(wanted=asked, role=role, password=password or password_of(role))
    database.bus("atendente").execute(order)


def test_with_the_authorisers_password_a_move_goes_through_once(database: Database, full: AccessPoint) -> None:
    plan = a_plan(database)
    order = moved(database, plan, full)
    asked = wanted(database, order)
    assert (asked.access_point, asked.limit, asked.linked, asked.plan_id) == ("POP Norte", 1, 1, plan.id)
    authorise(database, asked)
    database.bus("atendente").execute(order)
    lines = "SELECT who, params ->> 'by' FROM desk.history_entries WHERE action = 'plan.place_authorised'"
    assert database.admin().execute(lines).fetchall() == [("atendente", "Ana Administradora")]
    wanted(database, moved(database, a_plan(database), full))


def test_a_new_plan_likewise_and_only_of_that_product(database: Database, full: AccessPoint) -> None:
    like = a_plan(database)
    order = one_more(database, like, full)
    asked = wanted(database, order)
    assert (asked.plan_id, asked.catalog_plan_id) == (None, like.catalog_plan_id)
    authorise(database, asked)
    wanted(database, replace(order, catalog_plan_id=a_plan(database).catalog_plan_id))
    made = database.bus("atendente").execute(order).value.plan_id
    used = database.admin().execute("SELECT used_for FROM desk.place_approvals").fetchall()
    assert used == [(made,)]


def test_a_wrong_password_or_a_person_without_the_permission_approves_nothing(
    database: Database, full: AccessPoint
) -> None:
    asked = wanted(database, moved(database, a_plan(database), full))
    with pytest.raises(Invalid) as refused:
        authorise(database, asked, password="errada-de-todo")
    assert [(found.field, found.code) for found in refused.value.violations] == [("password", "authoriser_password")]
    with pytest.raises(NotAllowed) as denied:
        authorise(database, asked, role="suporte")
    assert denied.value.permission == "Autorizador Clientes P. Acesso"
    assert database.admin().execute("SELECT count(*) FROM desk.place_approvals").fetchone() == (0,)
    assert "errada" not in repr(AuthorisePlace(wanted=asked, role="x", password="errada"))


def test_the_facts_may_not_move_between_question_and_answer(database: Database, full: AccessPoint) -> None:
    asked = wanted(database, moved(database, a_plan(database), full))
    with pytest.raises(DomainError) as refused:
        authorise(database, replace(asked, limit=9))
    assert isinstance(refused.value, ForbiddenBy)


def test_who_holds_the_permission_is_asked_once_and_goes_on(database: Database, full: AccessPoint) -> None:
    order = moved(database, a_plan(database), full)
    bus = database.bus("administrador")
    with pytest.raises(AccessPointOverLimit) as asked:
        bus.execute(order)
    assert (asked.value.params["limit"], asked.value.params["linked"]) == (1, 1)
    bus.execute(replace(order, confirmed=True))
    with pytest.raises(AccessPointFull):
        database.bus("atendente").execute(replace(one_more(database, a_plan(database), full), confirmed=True))


def test_the_clerk_is_shown_whom_to_ask_unless_they_act_at_their_own_desks(
    database: Database, full: AccessPoint
) -> None:
    bus = database.bus("atendente")
    found = bus.execute(PlaceAuthorisers()).value
    assert (found.at_counter, found.people) == (True, (("administrador", "Ana Administradora"),))
    set_variable(database, "authorise_own_desk_only", "S")
    closed = bus.execute(PlaceAuthorisers()).value
    assert (closed.at_counter, closed.people) == (False, ())
    asked = wanted(database, moved(database, a_plan(database), full))
    with pytest.raises(Invalid):
        authorise(database, asked)


def test_other_fields_of_a_plan_on_a_full_access_point_are_saved_as_ever(database: Database, full: AccessPoint) -> None:
    plan = a_plan(database, access_point=full)
    database.bus("atendente").execute(saving(database, plan.id, reference="Casa"))
    gone = a_plan(database, status="CANCELADO")
    database.bus("atendente").execute(moved(database, gone, full))


def test_two_desks_at_the_last_place(database: Database) -> None:
    """Through the bus, twelve at once: each waits for the row, one gets the place, the others are told it is full."""
    point = an_access_point(database, customer_limit=1)
    set_variable(database, "limit_customers", "S")
    orders = [moved(database, a_plan(database), point) for _ in range(6)]
    orders += [one_more(database, a_plan(database), point) for _ in range(6)]  # type: ignore[misc]
    buses = [database.bus("atendente") for _ in orders]
    start = threading.Barrier(len(orders))
    said: list[str] = []

    def go(at: int) -> None:
        start.wait(30)
        try:
            buses[at].execute(orders[at])
            said.append("linked")
        except DomainError as error:
            said.append(error.code)

    database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 40")
    threads = [threading.Thread(target=go, args=(at,)) for at in range(len(orders))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.admin().execute("ALTER ROLE atendente CONNECTION LIMIT 8")
    assert sorted(said) == ["access_point_full"] * 11 + ["linked"]
