"""Customers: register, correct, default addresses, inactivate, and who may."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from desk.models.catalog import StatusCode
from desk.services.core.bus import Bus, Command
from desk.services.core.errors import Invalid, NotAllowed, StaleRecord
from desk.services.customers import (
    AddAddress,
    AddressDraft,
    AddressSaved,
    CustomerChoices,
    CustomerHasPlans,
    CustomerHeader,
    CustomerKind,
    CustomerNotFound,
    CustomerRecord,
    CustomerRecordRow,
    DocumentTaken,
    IdentifierTaken,
    LastAddress,
    MoveAddress,
    OpenedCustomer,
    PhoneDraft,
    RecentCustomers,
    RecordDraft,
    RegisterCustomer,
    RemoveAddress,
    RevealDocument,
    SaveAddress,
    SaveCustomer,
)
from desk.services.history import CustomerHistory
from desk.services.plans import CustomerPlanTree
from tests.builders import a_cpf, a_customer, a_plan, insert
from tests.postgres import Database

MISSING = 10**9


@pytest.fixture
def bus(database: Database) -> Bus:
    """The desk of somebody who may edit customers."""
    return database.bus("atendente")


@pytest.fixture
def draft(database: Database) -> RecordDraft:
    """The shortest valid record."""
    return RecordDraft(
        kind=CustomerKind.PERSON, name="João Carlos Petri", business_unit_id=a_customer(database).business_unit_id
    )


def an_address(database: Database, street: str = "Avenida Alvorada", **fields: Any) -> AddressDraft:
    city = database.admin().execute("SELECT min(id) FROM desk.cities").fetchone()
    assert city is not None
    values: dict[str, Any] = {
        "zip": "87.033-210",
        "street": street,
        "number": "1480",
        "district": "Jardim Alvorada",
        "city_id": city[0],
    }
    return AddressDraft(**values | fields)


def record_of(bus: Bus, customer_id: int) -> CustomerRecordRow:
    return bus.execute(CustomerRecord(customer_id)).value


def as_draft(row: CustomerRecordRow) -> RecordDraft:
    return RecordDraft(
        kind=row.kind,
        name=row.name,
        business_unit_id=row.business_unit_id,
        trade_name=row.trade_name,
        email=row.email,
        default_due_day=row.default_due_day,
        phones=tuple(PhoneDraft(number=phone.number, label=phone.label) for phone in row.phones),
    )


def actions(bus: Bus, customer_id: int) -> list[str]:
    return [row.action for row in bus.execute(CustomerHistory(customer_id)).value]


def set_variable(database: Database, code: str) -> None:
    database.connect("administrador").execute("UPDATE desk.variables SET value = 'S' WHERE code = %s", (code,))


def codes(error: pytest.ExceptionInfo[Invalid]) -> dict[str, str]:
    return {violation.field: violation.code for violation in error.value.violations}


def test_a_customer_is_registered(database: Database, bus: Bus, draft: RecordDraft) -> None:
    record = replace(
        draft, email="joao@exemplo.com.br", phones=(PhoneDraft(number="(44) 99871-2043", label="celular"),)
    )
    outcome = bus.execute(RegisterCustomer(record=record, document="529.982.247-25", address=an_address(database)))
    made = outcome.value
    assert made.code > 0
    row = record_of(bus, made.customer_id)
    assert (row.name, row.document, row.version) == ("João Carlos Petri", "***.982.247-**", 1)
    assert [(phone.number, phone.label) for phone in row.phones] == [("44998712043", "celular")]
    (address,) = row.addresses
    assert (address.position, address.zip, address.city) == (1, "87033210", "Cascavel")
    assert row.created_by == "atendente"
    assert actions(bus, made.customer_id) == ["customer.registered"]
    assert outcome.changed == {f"customer/{made.customer_id}", f"history/{made.customer_id}"}


def test_a_company_may_have_letters_in_its_cnpj(database: Database, bus: Bus, draft: RecordDraft) -> None:
    record = replace(draft, kind=CustomerKind.COMPANY, name="Padaria Pão da Serra Ltda")
    made = bus.execute(
        RegisterCustomer(record=record, document="12.abc.345/01de-35", address=an_address(database))
    ).value
    assert record_of(bus, made.customer_id).document == "12.***.***/01DE-**"
    assert bus.execute(RevealDocument(customer_id=made.customer_id)).value == "12ABC34501DE35"
    assert actions(bus, made.customer_id)[0] == "customer.document_seen"


def test_everything_wrong_is_said_at_once(database: Database, bus: Bus, draft: RecordDraft) -> None:
    for code in ("email_required", "mother_required", "birth_date_required", "mobile_required", "phone_required"):
        set_variable(database, code)
    wrong = replace(
        draft, name="  ", default_due_day=32, phones=(PhoneDraft(number="(44) 3030-0001"), PhoneDraft(number="12"))
    )
    with pytest.raises(Invalid) as error:
        bus.execute(
            RegisterCustomer(
                record=wrong, document="529.982.247-26", address=an_address(database, street="", zip="8703321")
            )
        )
    assert codes(error) == {
        "name": "name_empty",
        "default_due_day": "due_day_range",
        "phones.1.number": "phone_invalid",
        "phones": "mobile_required",
        "email": "email_required",
        "mother_name": "mother_name_required",
        "birth_date": "birth_date_required",
        "document": "cpf_invalid",
        "address.zip": "zip_shape",
        "address.street": "street_empty",
    }
    assert database.admin().execute("SELECT count(*) FROM desk.customers").fetchone() == (1,)


def test_what_variables_ask_of_people_they_do_not_ask_of_companies(
    database: Database, bus: Bus, draft: RecordDraft
) -> None:
    for code in ("mother_required", "father_required", "birth_date_required"):
        set_variable(database, code)
    assert bus.execute(CustomerChoices()).value.mandatory == {"mother_name", "father_name", "birth_date"}
    record = replace(draft, kind=CustomerKind.COMPANY)
    assert bus.execute(
        RegisterCustomer(record=record, document="11222333000181", address=an_address(database))
    ).value.customer_id


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"email": "sem arroba"}, "email", "email_shape"),
        ({"birth_date": dt.date(2999, 1, 1)}, "birth_date", "birth_date_future"),
        (
            {"phones": (PhoneDraft(number="44998712043"), PhoneDraft(number="(44) 99871-2043"))},
            "phones.1.number",
            "phone_repeated",
        ),
        ({"phones": (PhoneDraft(number="+1 650 253 0000"),)}, "phones.0.number", "phone_invalid"),
        ({"kind": CustomerKind.COMPANY}, "document", "cnpj_shape"),
    ],
)
def test_a_record_is_checked(database: Database, bus: Bus, change: dict[str, Any], field: str, code: str) -> None:
    customer = a_customer(database)
    row = record_of(bus, customer.id)
    with pytest.raises(Invalid) as error:
        bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=replace(as_draft(row), **change)))
    assert codes(error) == {field: code}


def test_check_digits_may_be_skipped_with_the_permission_but_the_shape_may_not(
    database: Database, draft: RecordDraft
) -> None:
    bus = database.bus("administrador")  # holds "Não Validar CPF/CNPJ"
    address = an_address(database)
    assert bus.execute(RegisterCustomer(record=draft, document="11111111111", address=address)).value.customer_id
    with pytest.raises(Invalid) as error:
        bus.execute(RegisterCustomer(record=draft, document="1111111111", address=address))
    assert codes(error) == {"document": "cpf_shape"}


def test_a_document_belongs_to_one_customer_and_the_refusal_says_whose(
    database: Database, bus: Bus, draft: RecordDraft
) -> None:
    other = a_customer(database, "Luciana Prado")
    with pytest.raises(DocumentTaken) as error:
        bus.execute(RegisterCustomer(record=draft, document=other.document, address=an_address(database)))
    assert error.value.params == {"customer_id": other.id, "customer": "Luciana Prado", "customer_code": other.code}


def test_an_identifier_belongs_to_one_customer(database: Database, bus: Bus, draft: RecordDraft) -> None:
    record = replace(draft, identifier_code="000001234")
    bus.execute(RegisterCustomer(record=record, document=a_cpf(), address=an_address(database)))
    with pytest.raises(IdentifierTaken):
        bus.execute(RegisterCustomer(record=record, document=a_cpf(), address=an_address(database)))


def test_saving_says_what_changed(database: Database, bus: Bus) -> None:
    customer = a_customer(database, phone="4430300001")
    row = record_of(bus, customer.id)
    record = replace(
        as_draft(row),
        name="Maria da Silva Souza",
        phones=(PhoneDraft(number="44998712043"), PhoneDraft(number="4430300002", label="recado")),
    )
    outcome = bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=record))
    assert set(outcome.value.changed_fields) == {"name", "phones"}
    after = record_of(bus, customer.id)
    assert after.version == outcome.value.version == row.version + 1
    assert [phone.number for phone in after.phones] == ["44998712043", "4430300002"]
    assert actions(bus, customer.id) == ["customer.saved"]
    assert outcome.changed == {f"{part}/{customer.id}" for part in ("customer", "history", "plans")}

    fewer = replace(as_draft(after), phones=())
    assert bus.execute(SaveCustomer(customer_id=row.id, version=after.version, record=fewer)).value.changed_fields == (
        "phones",
    )
    assert record_of(bus, customer.id).phones == ()


def test_saving_nothing_new_leaves_no_trace(database: Database, bus: Bus) -> None:
    row = record_of(bus, a_customer(database).id)
    outcome = bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=as_draft(row)))
    assert outcome.value.changed_fields == ()
    assert outcome.value.version == row.version
    assert actions(bus, row.id) == []
    assert outcome.changed == frozenset()


def test_two_people_who_edit_telephones_do_not_overwrite_each_other(database: Database, bus: Bus) -> None:
    row = record_of(bus, a_customer(database).id)
    first = replace(as_draft(row), phones=(PhoneDraft(number="44998712043"),))
    second = replace(as_draft(row), phones=(PhoneDraft(number="44998712044"),))
    seen = row.phones
    bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=first, seen_phones=seen))
    with pytest.raises(StaleRecord):
        bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=second, seen_phones=seen))
    assert [phone.number for phone in record_of(bus, row.id).phones] == ["44998712043"]


def test_an_unseen_change_is_shown_instead_of_overwritten(database: Database, bus: Bus) -> None:
    row = record_of(bus, a_customer(database).id)
    other = replace(as_draft(row), email="maria@exemplo.com.br")
    database.bus("administrador").execute(SaveCustomer(customer_id=row.id, version=row.version, record=other))
    with pytest.raises(StaleRecord) as error:
        bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=as_draft(row)))
    (change,) = [change for change in error.value.changes if change.field == "email"]
    assert (change.who, change.before, change.after) == ("Ana Administradora", "", "maria@exemplo.com.br")


def test_a_customer_with_plans_stays_active_unless_the_variable_says_otherwise(database: Database, bus: Bus) -> None:
    customer = a_customer(database)
    a_plan(database, customer=customer)
    row = record_of(bus, customer.id)
    inactivate = SaveCustomer(customer_id=row.id, version=row.version, record=as_draft(row), active=False)
    with pytest.raises(CustomerHasPlans) as error:
        bus.execute(inactivate)
    assert error.value.params == {"plans": 1}
    set_variable(database, "inactivate_with_plans")
    bus.execute(inactivate)
    after = record_of(bus, row.id)
    assert not after.active
    assert after.inactive_since is not None
    assert actions(bus, row.id) == ["customer.inactivated"]


def test_a_customer_whose_plans_are_cancelled_comes_and_goes(database: Database, bus: Bus) -> None:
    customer = a_customer(database)
    a_plan(database, customer=customer, status=StatusCode.CANCELLED)
    row = record_of(bus, customer.id)
    gone = bus.execute(SaveCustomer(customer_id=row.id, version=row.version, record=as_draft(row), active=False)).value
    bus.execute(SaveCustomer(customer_id=row.id, version=gone.version, record=as_draft(row)))
    back = record_of(bus, row.id)
    assert (back.active, back.inactive_since) == (True, None)
    assert actions(bus, row.id) == ["customer.reactivated", "customer.inactivated"]


def add(bus: Bus, database: Database, customer_id: int, street: str) -> AddressSaved:
    return bus.execute(AddAddress(customer_id=customer_id, address=an_address(database, street))).value


def streets(bus: Bus, customer_id: int) -> list[tuple[int, str]]:
    return [(address.position, address.street) for address in record_of(bus, customer_id).addresses]


def test_addresses_are_added_corrected_moved_and_removed(database: Database, bus: Bus) -> None:
    customer = a_customer(database)
    second = add(bus, database, customer.id, "Rua Dois")
    third = add(bus, database, customer.id, "Rua Três")
    saved = bus.execute(
        SaveAddress(address_id=third.address_id, version=third.version, address=an_address(database, "Rua 3"))
    ).value
    assert saved.version == third.version + 1
    bus.execute(MoveAddress(address_id=saved.address_id, version=saved.version, position=1))
    assert streets(bus, customer.id) == [(1, "Rua 3"), (2, "Rua Dois"), (3, "Rua das Flores")]
    outcome = bus.execute(RemoveAddress(address_id=second.address_id, version=second.version))
    assert streets(bus, customer.id) == [(1, "Rua 3"), (2, "Rua das Flores")]
    assert actions(bus, customer.id) == [
        "address.removed",
        "address.moved",
        "address.saved",
        "address.added",
        "address.added",
    ]
    assert outcome.changed == {f"{part}/{customer.id}" for part in ("customer", "history", "plans")}


def test_the_last_address_stays(database: Database, bus: Bus) -> None:
    (address,) = record_of(bus, a_customer(database).id).addresses
    with pytest.raises(LastAddress):
        bus.execute(RemoveAddress(address_id=address.id, version=address.version))


def test_an_address_that_somebody_else_changed_is_not_overwritten(database: Database, bus: Bus) -> None:
    (address,) = record_of(bus, a_customer(database).id).addresses
    change = SaveAddress(address_id=address.id, version=address.version, address=an_address(database))
    bus.execute(change)
    with pytest.raises(StaleRecord):
        bus.execute(change)


def test_the_header_tells_who_and_whether_the_connection_stands(database: Database, bus: Bus) -> None:
    customer = a_customer(database, phone="44998712043")
    plan = a_plan(database, customer=customer, logins=["maria.nogueira", "maria.camera"])
    a_plan(database, customer=customer, status=StatusCode.SUSPENDED)
    a_plan(database, customer=customer, status=StatusCode.CANCELLED)
    header = bus.execute(CustomerHeader(customer.id)).value
    assert (header.online_since, header.online_logins, header.logins) == (None, 0, 2)
    online(database, plan.logins[0].login)
    header = bus.execute(CustomerHeader(customer.id)).value
    assert header.online_since == dt.datetime(2026, 7, 12, 10, 0, tzinfo=dt.UTC)
    assert (header.online_logins, header.phone, header.city, header.state) == (1, "44998712043", "Cascavel", "PR")
    assert (header.active_plans, header.inactive_plans, header.cancelled_plans) == (1, 1, 1)
    assert header.document == f"***.{customer.document[3:6]}.{customer.document[6:9]}-**"


def test_the_header_sums_what_the_plans_cost_a_month(database: Database, bus: Bus) -> None:
    customer = a_customer(database)
    assert bus.execute(CustomerHeader(customer.id)).value.monthly == 0
    plan = a_plan(database, customer=customer, value=Decimal("129.90"))
    a_plan(database, customer=customer, value=Decimal("49.90"))
    a_plan(database, customer=customer, value=Decimal("500.00"), status=StatusCode.SUSPENDED)
    a_plan(database, customer=customer, value=Decimal("700.00"), status=StatusCode.CANCELLED)
    for kind, starts_on, months in (("desconto", "2026-01-01", None), ("acrescimo", "2020-01-01", 3)):
        insert(
            database, "plan_value_details", plan_id=plan.id, kind=kind, amount=10, starts_on=starts_on, months=months
        )
    header = bus.execute(CustomerHeader(customer.id)).value
    assert (header.billed_plans, header.monthly) == (2, Decimal("169.80"))
    tree = bus.execute(CustomerPlanTree(customer.id)).value
    assert header.monthly == sum(each.total for each in tree.plans if each.enabled)


def online(database: Database, login: str) -> None:
    database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, login_id, nas_address, started_at)"
        " SELECT 's1', 'u1', login, id, '192.0.2.1', '2026-07-12 10:00+00' FROM desk.radius_logins WHERE login = %s",
        (login,),
    )


def test_the_last_customers_are_remembered_for_each_person(database: Database, bus: Bus) -> None:
    first, second = a_customer(database, "Primeira"), a_customer(database, "Segunda")
    for customer in (first, second, first):
        assert bus.execute(OpenedCustomer(customer_id=customer.id)).changed == frozenset()
    assert [hit.name for hit in bus.execute(RecentCustomers()).value] == ["Primeira", "Segunda"]
    assert database.bus("suporte").execute(RecentCustomers()).value == []


def test_a_customer_that_is_not_there(database: Database, bus: Bus, draft: RecordDraft) -> None:
    for command in (
        CustomerHeader(MISSING),
        CustomerRecord(MISSING),
        RevealDocument(customer_id=MISSING),
        SaveCustomer(customer_id=MISSING, version=1, record=draft),
        AddAddress(customer_id=MISSING, address=an_address(database)),
    ):
        with pytest.raises(CustomerNotFound):
            bus.execute(command)


def test_nobody_without_the_permission_writes_or_reads_a_record(database: Database, draft: RecordDraft) -> None:
    row = record_of(database.bus("atendente"), a_customer(database).id)
    (address,) = row.addresses
    typed = an_address(database)
    writes: list[Command[Any]] = [
        RegisterCustomer(record=draft, document=a_cpf(), address=typed),
        SaveCustomer(customer_id=row.id, version=row.version, record=as_draft(row)),
        AddAddress(customer_id=row.id, address=typed),
        SaveAddress(address_id=address.id, version=address.version, address=typed),
        MoveAddress(address_id=address.id, version=address.version, position=1),
        RemoveAddress(address_id=address.id, version=address.version),
    ]
    for command in writes:
        with pytest.raises(NotAllowed) as error:
            database.bus("suporte").execute(command)
        assert error.value.permission == "Editar Cadastro de Cliente"
    reads: list[Command[Any]] = [CustomerHeader(row.id), CustomerRecord(row.id), RevealDocument(customer_id=row.id)]
    for command in reads:
        with pytest.raises(NotAllowed) as error:
            database.bus("ninguem").execute(command)
        assert error.value.permission == "Clientes"
