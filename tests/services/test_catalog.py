"""Catalogue, statuses and small lists, from an empty database: rows, rules, versions, errors, denials."""

from __future__ import annotations

from decimal import Decimal

import pytest

from desk.services.catalog import (
    CatalogPlanRow,
    CatalogPlans,
    CompositionDraft,
    DeleteCity,
    DeleteListRow,
    DeleteStatus,
    EntryInUse,
    Lists,
    PlanGroup,
    PlanKind,
    SaveCatalogPlan,
    SaveCity,
    SaveListRow,
    SaveStatus,
    ServiceClass,
    SmallList,
    Statuses,
    StatusInUse,
    StatusRow,
    SystemStatus,
)
from desk.services.core.errors import AlreadyExists, Invalid, NotAllowed, StaleRecord
from tests.builders import a_customer, a_plan
from tests.postgres import Database
from tests.services.test_plans import as_job

PARTS = (
    CompositionDraft("Conexão", ServiceClass.SCM, Decimal("60.00")),
    CompositionDraft("Suporte", ServiceClass.SVA, Decimal("39.90")),
)


def product(database: Database, **more: object) -> SaveCatalogPlan:
    """An order for a new product of 99,90 in two parts."""
    bus = database.bus("administrador")
    groups = bus.execute(Lists(SmallList.GROUPS)).value
    group = groups[0].id if groups else bus.execute(SaveListRow(which=SmallList.GROUPS, name="Fibra")).value
    values: dict[str, object] = {
        "name": "FIBRA 400",
        "kind": PlanKind.INTERNET,
        "service_group_id": group,
        "price": Decimal("99.90"),
        "allows_login": True,
        "login_limit": 2,
        "composition": PARTS,
    }
    return SaveCatalogPlan(**(values | more))  # type: ignore[arg-type]


def saved(database: Database, plan_id: int) -> CatalogPlanRow:
    rows = database.bus("administrador").execute(CatalogPlans()).value
    return next(row for row in rows if row.id == plan_id)


def status(database: Database, code: str) -> StatusRow:
    return next(row for row in database.bus("administrador").execute(Statuses()).value if row.code == code)


def test_a_catalogue_from_nothing(database: Database) -> None:
    bus = database.bus("administrador")
    city = bus.execute(SaveCity(name="Mandaguari", state="pr", abbreviation="mdg", ibge="4114203")).value
    unit = bus.execute(SaveListRow(which=SmallList.UNITS, name="Mandaguari", city_id=city)).value
    bus.execute(SaveListRow(which=SmallList.METHODS, name="Pix à vista", prints_booklet=True))
    outcome = bus.execute(product(database, unit_ids=(unit,)))
    assert outcome.changed == {"catalog"}
    row = saved(database, outcome.value)
    assert (row.unit_ids, row.composition, row.plans) == ((unit,), PARTS, 0)
    (found,) = bus.execute(Lists(SmallList.CITIES)).value
    assert (found.name, found.state, found.abbreviation, found.ibge) == ("Mandaguari", "PR", "MDG", "4114203")
    assert [found.city for found in bus.execute(Lists(SmallList.UNITS)).value] == ["Mandaguari"]
    assert [found.prints_booklet for found in bus.execute(Lists(SmallList.METHODS)).value] == [True]


def test_a_product_changes_with_its_units_and_parts(database: Database) -> None:
    bus = database.bus("administrador")
    units = tuple(
        bus.execute(SaveListRow(which=SmallList.UNITS, name=name)).value for name in ("Norte", "Sul", "Leste")
    )
    made = bus.execute(product(database, unit_ids=units[:2])).value
    row = saved(database, made)
    parts = (*PARTS, CompositionDraft("Aplicativo", ServiceClass.OTHER, Decimal("10.10")))
    seen = {"seen_unit_ids": row.unit_ids, "seen_composition": row.composition}
    bus.execute(
        product(database, id=made, version=1, price=Decimal("110.00"), unit_ids=units[1:], composition=parts, **seen)
    )
    row = saved(database, made)
    assert (row.unit_ids, row.composition, row.price) == (units[1:], parts, Decimal("110.00"))
    # The parts have no version of their own, yet nobody writes over what they have not seen.
    with pytest.raises(StaleRecord):
        bus.execute(product(database, id=made, version=row.version, price=Decimal("110.00"), composition=(), **seen))
    seen = {"seen_unit_ids": row.unit_ids, "seen_composition": row.composition}
    bus.execute(
        product(database, id=made, version=row.version, price=Decimal(80), unit_ids=(), composition=PARTS[:0], **seen)
    )
    assert saved(database, made).composition == ()
    with pytest.raises(StaleRecord) as stale:
        bus.execute(product(database, id=made, version=1))
    assert "price" in {change.field for change in stale.value.changes}


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"service_group_id": None}, "service_group_id", "required"),
        ({"price": Decimal("-1"), "composition": ()}, "price", "amount_negative"),
        ({"price": Decimal("1e9"), "composition": ()}, "price", "amount_too_big"),
        ({"login_limit": 0}, "login_limit", "login_limit_needed"),
        ({"login_limit": 100}, "login_limit", "out_of_range"),
        ({"simultaneous_use": 0}, "simultaneous_use", "out_of_range"),
        ({"price": Decimal("100.00")}, "composition", "composition_sum"),
        (
            {"price": Decimal(0), "composition": (CompositionDraft(" ", ServiceClass.SCM, Decimal(0)),)},
            "composition",
            "composition_part",
        ),
    ],
)
def test_products_that_cannot_be(database: Database, values: dict[str, object], field: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(product(database, **values))
    assert [(found.field, found.code) for found in refused.value.violations] == [(field, code)]


def test_names_are_given_once(database: Database) -> None:
    bus = database.bus("administrador")
    bus.execute(product(database))
    bus.execute(SaveCity(name="Marialva", state="PR"))
    for order, field in ((product(database), "name"), (SaveCity(name="Marialva", state="PR"), "name")):
        with pytest.raises(AlreadyExists) as refused:
            bus.execute(order)  # type: ignore[arg-type]
        assert refused.value.params["field"] == field
    bus.execute(SaveCity(name="Marialva", state="SC"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "", "state": "PR"}, "name"),
        ({"name": "Marialva", "state": "XX"}, "state"),
        ({"name": "Marialva", "state": "PR", "ibge": "41142"}, "ibge"),
        ({"name": "Marialva", "state": "PR", "abbreviation": "M1"}, "abbreviation"),
    ],
)
def test_cities_that_cannot_be(database: Database, values: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("atendente").execute(SaveCity(**values))
    assert [found.field for found in refused.value.violations] == [field]


def test_whoever_registers_customers_may_add_a_city_and_nothing_else(database: Database) -> None:
    bus = database.bus("atendente")
    made = bus.execute(SaveCity(name="Marialva", state="PR")).value
    bus.execute(DeleteCity(id=made))
    for order in (
        SaveListRow(which=SmallList.UNITS, name="Norte"),
        DeleteListRow(which=SmallList.GROUPS, id=1),
        product(database),
    ):
        with pytest.raises(NotAllowed) as refused:
            bus.execute(order)  # type: ignore[var-annotated]
        assert refused.value.permission == "Planos e Serviços"
    with pytest.raises(NotAllowed):
        database.bus("suporte").execute(SaveCity(name="Marialva", state="PR"))


def test_entries_in_use_stay(database: Database) -> None:
    customer = a_customer(database)
    bus = database.bus("administrador")
    with pytest.raises(EntryInUse):
        bus.execute(DeleteCity(id=customer.city_id))
    with pytest.raises(EntryInUse):
        bus.execute(DeleteListRow(which=SmallList.UNITS, id=customer.business_unit_id))
    free = bus.execute(SaveListRow(which=SmallList.METHODS, name="Cheque")).value
    bus.execute(DeleteListRow(which=SmallList.METHODS, id=free))
    assert bus.execute(Lists(SmallList.METHODS)).value == []


def test_a_status_of_ones_own(database: Database) -> None:
    bus = database.bus("administrador")
    order = SaveStatus(
        description="Em Análise", group=PlanGroup.INACTIVE, bills=False, grants_access=True, next_code="HABILITADO"
    )
    code = bus.execute(order).value
    row = status(database, code)
    assert (code, row.next_description, row.grants_access, row.system) == (
        "EM_ANALISE",
        "Serviço Habilitado",
        True,
        False,
    )
    with pytest.raises(AlreadyExists) as refused:
        bus.execute(order)
    assert refused.value.params["field"] == "description"
    other = bus.execute(SaveStatus(description="Em analise!", group=PlanGroup.ACTIVE, bills=True)).value
    assert other == "EM_ANALISE_2"
    with pytest.raises(Invalid) as circle:
        bus.execute(
            SaveStatus(code=code, version=1, description="Em Análise", group=row.group, bills=False, next_code=code)
        )
    assert circle.value.violations[0].code == "status_leads_to_itself"
    bus.execute(DeleteStatus(code=code, version=row.version))


def test_a_status_of_ones_own_cancels_nothing(database: Database) -> None:
    """Domain 4.5: Cancelar is the way there, and its status is terminal; no plan could ever be given another."""
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(
            SaveStatus(description="Cancelado por mudança", group=PlanGroup.CANCELLED, bills=False)
        )
    assert [(found.field, found.code) for found in refused.value.violations] == [("group", "status_never_given")]


def test_statuses_of_the_system_keep_what_the_program_knows(database: Database) -> None:
    bus = database.bus("administrador")
    row = status(database, "SUSPENSO")
    bus.execute(
        SaveStatus(
            code=row.code,
            version=row.version,
            description="Bloqueado",
            group=PlanGroup.ACTIVE,
            bills=True,
            grants_access=True,
        )
    )
    after = status(database, "SUSPENSO")
    assert (after.description, after.bills, after.group, after.grants_access) == (
        "Bloqueado",
        True,
        PlanGroup.INACTIVE,
        False,
    )
    with pytest.raises(SystemStatus):
        bus.execute(DeleteStatus(code="SUSPENSO", version=after.version))
    with pytest.raises(StaleRecord):
        bus.execute(DeleteStatus(code="SUSPENSO", version=row.version))


def test_a_status_in_use_stays(database: Database) -> None:
    bus = database.bus("administrador")
    first = bus.execute(SaveStatus(description="Primeiro", group=PlanGroup.INACTIVE, bills=False)).value
    bus.execute(SaveStatus(description="Segundo", group=PlanGroup.INACTIVE, bills=False, next_code=first))
    with pytest.raises(StatusInUse) as led_to:
        bus.execute(DeleteStatus(code=first, version=1))
    assert (led_to.value.params["plans"], led_to.value.params["statuses"]) == (0, 1)
    a_plan(database, status="SEGUNDO")
    with pytest.raises(StatusInUse) as used:
        bus.execute(DeleteStatus(code="SEGUNDO", version=1))
    assert used.value.params["plans"] == 1


def test_plans_that_were_deleted_keep_no_status_of_ones_own(database: Database) -> None:
    """Its page counts none; what the plan was stays in the log, also by the way of plain SQL."""
    bus = database.bus("administrador")
    bus.execute(SaveStatus(description="Obra", group=PlanGroup.INACTIVE, bills=False))
    plan = a_plan(database, status="OBRA")
    admin = database.admin()
    as_job(
        database, "UPDATE desk.customer_plans SET deleted_at = now(), deleted_by = 'atendente' WHERE id = %s", plan.id
    )
    (row,) = [each for each in bus.execute(Statuses()).value if each.code == "OBRA"]
    assert row.plans == 0
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(DeleteStatus(code="OBRA", version=row.version))
    stayed = admin.execute("SELECT status FROM desk.customer_plans WHERE id = %s", (plan.id,)).fetchone()
    assert stayed == ("OBRA",)
    bus.execute(DeleteStatus(code="OBRA", version=row.version))
    assert "OBRA" not in [each.code for each in bus.execute(Statuses()).value]
    log = (
        "SELECT before->>'status', after->>'status' FROM desk.change_log"
        " WHERE tbl = 'customer_plans' AND key = %s AND before ? 'status' ORDER BY id DESC LIMIT 1"
    )
    assert admin.execute(log, (str(plan.id),)).fetchone() == ("OBRA", "SUSPENSO")


def test_statuses_need_their_permission(database: Database) -> None:
    for order in (
        SaveStatus(description="Novo", group=PlanGroup.ACTIVE, bills=True),
        DeleteStatus(code="SUSPENSO", version=1),
    ):
        with pytest.raises(NotAllowed) as refused:
            database.bus("atendente").execute(order)  # type: ignore[var-annotated]
        assert refused.value.permission == "Status Planos"
