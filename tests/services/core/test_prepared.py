"""Questions that go straight to the driver: they answer, refuse and lose the database as all others do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import Text, bindparam, event, func, literal, select
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.orm import Session

from desk.models.catalog import PlanGroup, PlanStatus
from desk.services.catalog import Statuses
from desk.services.core.bus import HANDLERS, Lookup, UseCase
from desk.services.core.database_errors import translate
from desk.services.core.errors import Busy, DatabaseLost
from desk.services.core.prepared import Prepared, ask, send
from desk.services.customers import SearchCustomers
from desk.services.plans import CustomerPlanTree
from desk.services.plans.rows import CircuitItem, LoginItem, PlanRow
from desk.services.plans.tree import BY_CUSTOMER
from tests.builders import a_plan
from tests.postgres import Database

ECHO = Prepared(select(bindparam("what", type_=Text).label("said"), literal("100%").label("all")))
SCANS = Prepared(select(func.current_setting("enable_seqscan").label("enable_seqscan")))
GROUPS = Prepared(select(PlanStatus.group).order_by(PlanStatus.code))


def test_rows_carry_names_and_enums_are_members(database: Database) -> None:
    a_plan(database)
    with Session(database.engine()) as session:
        echoes, groups = ask(session, ECHO, GROUPS, what="é %s")
    assert [(row.said, row.all) for row in echoes] == [("é %s", "100%")]
    assert groups
    assert all(isinstance(row.group, PlanGroup) for row in groups)


@pytest.mark.parametrize(("place", "kind"), [(0, PlanRow), (1, LoginItem), (2, CircuitItem)])
def test_columns_stand_in_the_order_of_the_fields(place: int, kind: type[Any]) -> None:
    found = BY_CUSTOMER.all[place]._statement.selected_columns
    columns = [column.key for column in found if column.key != "ips"]  # read apart, and put at the end
    names = [field.name for field in dataclasses.fields(kind)]
    assert names[: len(columns)] == columns
    assert set(names[len(columns) :]) <= {"total", "logins", "circuits", "ips"}


def test_a_refusal_is_told_as_any_other(database: Database) -> None:
    slow = Prepared(select(func.pg_sleep(5).label("slept")))
    with Session(database.engine()) as session, pytest.raises(DBAPIError) as refused:
        session.connection().exec_driver_sql("SET LOCAL statement_timeout = 20")
        ask(session, slow, GROUPS)
    assert isinstance(translate(refused.value), Busy)


def test_a_connection_that_the_server_ended_while_idle_is_replaced_unseen(database: Database) -> None:
    plan = a_plan(database)
    person = database.signed_in("atendente")
    person.bus.execute(CustomerPlanTree(plan.customer_id))
    end_all(database)
    assert person.bus.execute(CustomerPlanTree(plan.customer_id)).value.plans[0].id == plan.id


def test_a_connection_that_dies_in_the_middle_is_lost_and_the_next_one_works(database: Database) -> None:
    plan = a_plan(database)
    person = database.signed_in("atendente")
    person.bus.execute(CustomerPlanTree(plan.customer_id))

    def end(*_: Any) -> None:
        end_all(database)

    event.listen(person.engine, "checkout", end)  # after the look whether the server has said something
    with pytest.raises(DatabaseLost):
        person.bus.execute(CustomerPlanTree(plan.customer_id))
    event.remove(person.engine, "checkout", end)
    assert person.bus.execute(CustomerPlanTree(plan.customer_id)).value.plans[0].id == plan.id


def end_all(database: Database) -> None:
    """End every session of the clerk, and wait until they are gone."""
    query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'atendente'"
    assert database.admin().execute(query).fetchall()


def test_a_server_that_goes_before_a_transaction_begins_is_lost_as_any_other(database: Database) -> None:
    person = database.signed_in("atendente")
    person.bus.execute(SearchCustomers("maria"))  # leaves its connection without scans

    def end(*_: Any) -> None:
        end_all(database)

    event.listen(person.engine, "checkout", end)
    with pytest.raises(DatabaseLost):
        person.bus.execute(Statuses())
    event.remove(person.engine, "checkout", end)
    assert person.bus.execute(Statuses()).value


class _SomethingElse(Lookup[str]):
    """Reads as no lookup may."""


@pytest.mark.parametrize("scans", [True, False])
def test_a_lookup_leaves_the_connection_as_every_transaction_expects_it(database: Database, *, scans: bool) -> None:
    person = database.signed_in("atendente")
    with person.sessions(autobegin=False) as unbegun:
        send(unbegun, SCANS.filled({}), scans=True)
        ((said,),) = send(unbegun, SCANS.filled({}), scans=scans)
        assert said == ("on" if scans else "off",)
    with person.sessions() as session:
        assert session.connection().exec_driver_sql("SHOW enable_seqscan").scalar_one() == "on"
        assert session.connection().exec_driver_sql("SELECT statement_timestamp() = now()").scalar_one() is False
        session.rollback()
        assert session.connection().exec_driver_sql("SHOW enable_seqscan").scalar_one() == "on"


def test_a_lookup_can_begin_no_transaction(database: Database) -> None:
    bus = database.bus("atendente")
    HANDLERS[_SomethingElse] = UseCase(lambda query, work: work.today.isoformat(), ())
    try:
        with pytest.raises(InvalidRequestError, match="Autobegin is disabled"):
            bus.execute(_SomethingElse())
    finally:
        del HANDLERS[_SomethingElse]
