"""History: lines of a customer or plan, the difference behind one of them, deleted items."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from desk.services.core.bus import Bus, Command
from desk.services.core.errors import NotAllowed
from desk.services.customers import (
    CustomerKind,
    CustomerRecord,
    RecordDraft,
    RevealDocument,
    SaveCustomer,
)
from desk.services.history import CustomerHistory, DeletedItems, Difference, HistoryRow
from tests.builders import Customer, a_customer, a_plan
from tests.postgres import Database


@pytest.fixture
def bus(database: Database) -> Bus:
    """The desk of somebody who may edit customers."""
    return database.bus("atendente")


@pytest.fixture
def maria(database: Database) -> Customer:
    """A customer with no history yet."""
    return a_customer(database, "Maria da Silva")


def rename(bus: Bus, customer: Customer, name: str) -> None:
    row = bus.execute(CustomerRecord(customer.id)).value
    record = RecordDraft(kind=CustomerKind.PERSON, name=name, business_unit_id=row.business_unit_id)
    bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=record))


def lines(bus: Bus, customer: Customer, **more: Any) -> list[HistoryRow]:
    return bus.execute(CustomerHistory(customer.id, **more)).value


def record_line(database: Database, customer_id: int, plan_id: int | None, number: int) -> None:
    database.admin().execute(
        "SELECT desk.record('plan.edited', %s, %s, jsonb_build_object('number', %s::int))",
        (customer_id, plan_id, number),
    )


def test_a_line_tells_who_did_what_and_the_difference_tells_the_rest(bus: Bus, maria: Customer) -> None:
    rename(bus, maria, "Maria Souza")
    (line,) = lines(bus, maria)
    assert (line.action, line.who, line.full_name) == ("customer.saved", "atendente", "Bruno Atendente")
    assert line.params == {"name": "Maria Souza", "fields": ["name"]}
    assert line.has_difference
    (row,) = bus.execute(Difference(line.xid, line.at)).value
    assert (row.table, row.key, row.operation) == ("customers", str(maria.id), "U")
    assert [(field.field, field.before, field.after) for field in row.fields] == [
        ("name", "Maria da Silva", "Maria Souza")
    ]


def test_a_look_at_a_document_is_a_line_without_difference(bus: Bus, maria: Customer) -> None:
    bus.execute(RevealDocument(customer_id=maria.id))
    (line,) = lines(bus, maria)
    assert (line.action, line.has_difference) == ("customer.document_seen", False)
    assert bus.execute(Difference(line.xid, line.at)).value == []


def test_a_document_that_changed_stays_masked(bus: Bus, maria: Customer) -> None:
    row = bus.execute(CustomerRecord(maria.id)).value
    record = RecordDraft(kind=CustomerKind.PERSON, name=row.name, business_unit_id=row.business_unit_id)
    bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=record, document="52998224725"))
    (line,) = lines(bus, maria)
    ((field,),) = [row.fields for row in bus.execute(Difference(line.xid, line.at)).value]
    assert (field.field, field.after) == ("document", "***.982.247-**")
    assert maria.document not in str(field.before)


def test_pages_follow_one_another_without_gap_or_repetition(database: Database, bus: Bus, maria: Customer) -> None:
    for number in range(7):
        record_line(database, maria.id, None, number)
    first = lines(bus, maria, limit=3)
    second = lines(bus, maria, limit=3, before=first[-1])
    third = lines(bus, maria, limit=3, before=second[-1])
    assert [line.params["number"] for line in (*first, *second, *third)] == [6, 5, 4, 3, 2, 1, 0]
    assert lines(bus, maria, before=third[-1]) == []


def test_a_plan_has_its_own_lines(database: Database, bus: Bus, maria: Customer) -> None:
    plan = a_plan(database, customer=maria, reference="Casa")
    record_line(database, maria.id, plan.id, 1)
    record_line(database, maria.id, None, 2)
    assert [line.params["number"] for line in lines(bus, maria)] == [2, 1]
    (line,) = lines(bus, maria, plan_id=plan.id)
    assert (line.plan_id, line.plan) == (plan.id, f"{plan.title} – Casa")


def test_what_was_deleted_is_listed_with_its_source(database: Database, maria: Customer) -> None:
    plan = a_plan(database, customer=maria, logins=["maria.nogueira", "maria.camera"])
    suporte = database.connect("suporte")
    for login in plan.logins:
        suporte.execute("UPDATE desk.radius_logins SET deleted_at = now() WHERE id = %s", (login.id,))
    bus = database.bus("atendente")
    camera, nogueira = bus.execute(DeletedItems(maria.id)).value
    assert (camera.kind, camera.value, nogueira.value) == ("radius_login", "maria.camera", "maria.nogueira")
    assert (camera.full_name, camera.source, camera.plan) == ("Carla Suporte", "DESK", plan.title)
    assert [item.value for item in bus.execute(DeletedItems(maria.id, before=camera)).value] == ["maria.nogueira"]


def test_nobody_reads_it_without_the_permission(database: Database, maria: Customer) -> None:
    moment = dt.datetime(2026, 7, 15, tzinfo=dt.UTC)
    questions: list[Command[Any]] = [CustomerHistory(maria.id), Difference(1, moment), DeletedItems(maria.id)]
    for question in questions:
        with pytest.raises(NotAllowed) as error:
            database.bus("ninguem").execute(question)
        assert error.value.permission == "Clientes"
