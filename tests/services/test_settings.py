"""Settings: variables, people, access points, routers, catalogue, statuses, lists; rows, errors and denials."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.access_points import (
    AccessPointInUse,
    AccessPoints,
    CheckRouter,
    DeleteAccessPoint,
    RoutingServers,
    SaveAccessPoint,
    SaveRoutingServer,
    TlsMode,
)
from desk.services.catalog import (
    CatalogPlans,
    CompositionDraft,
    DeleteStatus,
    Lists,
    PlanGroup,
    PlanKind,
    SaveCatalogPlan,
    SaveListRow,
    SaveStatus,
    ServiceClass,
    SmallList,
    Statuses,
)
from desk.services.core.errors import AlreadyExists, InUse, Invalid, NotAllowed, Refused, StaleRecord
from desk.services.permissions import (
    ChangeOwnPassword,
    CreatePerson,
    People,
    ResetPassword,
    SavePerson,
    first_password,
)
from desk.services.variables import SetVariable, VariableRow, Variables
from tests.builders import a_plan, an_access_point
from tests.postgres import Database
from tests.services.test_plans import set_variable


def variable(database: Database, code: str) -> VariableRow:
    rows = database.bus("administrador").execute(Variables()).value
    return next(row for row in rows if row.code == code)


def test_variables_are_set_by_who_may_and_checked(database: Database) -> None:
    row = variable(database, "limit_customers")
    order = SetVariable(code=row.code, value="S", version=row.version)
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(order)
    database.bus("administrador").execute(order)
    assert variable(database, "limit_customers").value == "S"
    with pytest.raises(StaleRecord):
        database.bus("administrador").execute(order)
    with pytest.raises(Invalid):
        database.bus("administrador").execute(SetVariable(code=row.code, value="talvez", version=row.version + 1))


def test_a_new_person_can_sign_in_with_what_was_granted_and_nothing_more(database: Database) -> None:
    password = first_password()
    order = CreatePerson(
        role="bia.nova",
        full_name="Bia Nova",
        password=password,
        permissions=frozenset({"customers", "edit_plan_status"}),
    )
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(order)
    database.bus("administrador").execute(order)
    with database.connect("bia.nova", password=password) as connection:
        assert connection.execute("SELECT desk.holds('edit_plan_status'), desk.holds('users')").fetchone() == (
            True,
            False,
        )
        assert connection.execute("SELECT must_change_password FROM desk.me()").fetchone() == (True,)
    person = next(p for p in database.bus("administrador").execute(People()).value if p.role == "bia.nova")
    assert person.permissions == {"customers", "edit_plan_status"}


def test_permissions_change_by_their_difference_and_inactive_people_stay_out(database: Database) -> None:
    bus = database.bus("administrador")
    password = first_password()
    bus.execute(CreatePerson(role="caio", full_name="Caio", password=password))
    changed = {"role": "caio", "full_name": "Caio Reis", "job": "Balcão", "seller": True}
    bus.execute(SavePerson(**changed, active=True, permissions=frozenset({"add_plan"})))  # type: ignore[arg-type]
    person = next(p for p in bus.execute(People()).value if p.role == "caio")
    assert (person.full_name, person.seller, person.permissions) == ("Caio Reis", True, {"add_plan"})
    bus.execute(SavePerson(**changed, active=False, permissions=frozenset()))  # type: ignore[arg-type]
    with pytest.raises(psycopg.OperationalError):
        database.connect("caio", password=password)


def test_the_last_administrator_stays(database: Database) -> None:
    me = next(p for p in database.bus("administrador").execute(People()).value if p.role == "administrador")
    order = SavePerson(
        role=me.role,
        full_name=me.full_name,
        job=me.job,
        seller=me.seller,
        active=True,
        permissions=me.permissions - {"users"},
    )
    with pytest.raises((Refused, NotAllowed)):
        database.bus("administrador").execute(order)


def test_a_reset_password_works_and_the_old_one_does_not(database: Database) -> None:
    bus = database.bus("administrador")
    bus.execute(CreatePerson(role="duda", full_name="Duda", password="primeira-senha-1"))
    bus.execute(ResetPassword(role="duda", password="segunda-senha-22"))
    with pytest.raises(psycopg.OperationalError):
        database.connect("duda", password="primeira-senha-1")
    database.connect("duda", password="segunda-senha-22")


def test_ones_own_password(database: Database) -> None:
    bus = database.bus("suporte")
    for weak in ("curta", "suporte12345", "aaaaaaaaaaaaaa"):
        with pytest.raises(Invalid):
            bus.execute(ChangeOwnPassword(password=weak))
    bus.execute(ChangeOwnPassword(password="cavalo-verde-42"))
    database.connect("suporte", password="cavalo-verde-42")
    assert "cavalo" not in repr(ChangeOwnPassword(password="cavalo-verde-42"))


def test_access_points_and_variable_9(database: Database) -> None:
    bus = database.bus("administrador")
    made = bus.execute(SaveAccessPoint(name="POP Norte", customer_limit=10)).value
    with pytest.raises(AlreadyExists):
        bus.execute(SaveAccessPoint(name="POP Norte"))
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(SaveAccessPoint(name="POP Sul"))
    bus.execute(DeleteAccessPoint(id=made, version=1))
    point = an_access_point(database)
    a_plan(database, access_point=point, status="CANCELADO")
    with pytest.raises(AccessPointInUse):
        bus.execute(DeleteAccessPoint(id=point.id, version=1))
    set_variable(database, "delete_access_point_of_cancelled", "S")
    with pytest.raises(InUse):  # links are kept until the transfer of names to the history exists
        bus.execute(DeleteAccessPoint(id=point.id, version=1))
    assert [row.id for row in bus.execute(AccessPoints()).value] == [point.id]


def test_a_router_is_saved_with_its_secrets_and_answers(database: Database) -> None:
    bus = database.bus("suporte")
    with RouterOsStandIn(users={"desk": "segredo-do-bng"}) as router:
        made = bus.execute(
            SaveRoutingServer(
                name="BNG-9",
                host="127.0.0.1",
                port=router.port,
                tls=TlsMode.OFF,
                username="desk",
                nas_address="10.9.9.9",
                password="segredo-do-bng",
                radius_secret="nas-secreto",
            )
        ).value
        answer = bus.execute(CheckRouter(id=made)).value
        assert (answer.answers, answer.identity) == (True, "BNG-1")
    assert bus.execute(CheckRouter(id=made)).value.problem in ("no_route", "silent", "closed")
    row = next(r for r in bus.execute(RoutingServers()).value if r.id == made)
    assert row.nas_address == "10.9.9.9"
    clear = database.admin().execute("SELECT cleartext FROM desk_vault.nas_clear").fetchall()
    assert ("nas-secreto",) in clear
    with pytest.raises(Invalid):
        bus.execute(SaveRoutingServer(name="", host="", port=0, tls=TlsMode.PINNED))


def test_a_catalogue_from_nothing(database: Database) -> None:
    bus = database.bus("administrador")
    city = bus.execute(SaveListRow(which=SmallList.CITIES, name="Mandaguari", state="pr", abbreviation="mdg")).value
    unit = bus.execute(SaveListRow(which=SmallList.UNITS, name="Mandaguari", city_id=city)).value
    group = bus.execute(SaveListRow(which=SmallList.GROUPS, name="Fibra nova")).value
    bus.execute(SaveListRow(which=SmallList.METHODS, name="Pix à vista"))
    parts = (
        CompositionDraft("Conexão", ServiceClass.SCM, Decimal("60.00")),
        CompositionDraft("Suporte", ServiceClass.SVA, Decimal("39.90")),
    )
    order = {
        "name": "FIBRA 400",
        "kind": PlanKind.INTERNET,
        "service_group_id": group,
        "allows_login": True,
        "login_limit": 2,
        "unit_ids": (unit,),
        "composition": parts,
    }
    with pytest.raises(Invalid) as refused:
        bus.execute(SaveCatalogPlan(**order, price=Decimal("100.00")))  # type: ignore[arg-type]
    assert refused.value.violations[0].code == "composition_sum"
    made = bus.execute(SaveCatalogPlan(**order, price=Decimal("99.90"))).value  # type: ignore[arg-type]
    row = next(plan for plan in bus.execute(CatalogPlans()).value if plan.id == made)
    assert (row.unit_ids, row.composition) == ((unit,), parts)
    smaller = order | {"composition": (), "unit_ids": ()}
    bus.execute(SaveCatalogPlan(**smaller, id=made, version=row.version, price=Decimal(80)))  # type: ignore[arg-type]
    row = next(plan for plan in bus.execute(CatalogPlans()).value if plan.id == made)
    assert (row.unit_ids, row.composition, row.price) == ((), (), Decimal("80.00"))
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(SaveCatalogPlan(**order, price=Decimal("99.90")))  # type: ignore[arg-type]
    assert "Mandaguari" in [found.name for found in bus.execute(Lists(SmallList.CITIES)).value]


def test_statuses_of_the_system_stay_and_used_ones_are_not_deleted(database: Database) -> None:
    bus = database.bus("administrador")
    code = bus.execute(SaveStatus(description="Em Análise", group=PlanGroup.INACTIVE, bills=False)).value
    with pytest.raises(AlreadyExists):
        bus.execute(SaveStatus(description="Em Análise", group=PlanGroup.INACTIVE, bills=False))
    bus.execute(DeleteStatus(code=code))
    a_plan(database)
    with pytest.raises(InUse):
        bus.execute(DeleteStatus(code="HABILITADO"))
    with pytest.raises(Refused):
        bus.execute(DeleteStatus(code="EXPERIMENTANDO"))
    assert {row.code for row in bus.execute(Statuses()).value} >= {"HABILITADO", "CANCELADO"}
