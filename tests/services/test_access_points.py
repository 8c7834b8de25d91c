"""Access points, and the routers behind them: rows, secrets, live answers, errors, denials."""

from __future__ import annotations

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.access_points import (
    AccessPointInUse,
    AccessPoints,
    CheckRouter,
    DeleteAccessPoint,
    DeleteRoutingServer,
    ReadCertificate,
    RoutingServerInUse,
    RoutingServers,
    SaveAccessPoint,
    SaveRoutingServer,
    TlsMode,
)
from desk.services.core.errors import AlreadyExists, Invalid, NotAllowed, NotFound, StaleRecord
from tests.builders import a_plan, a_routing_server, a_secret, an_access_point
from tests.postgres import Database
from tests.services.test_plans import set_variable


def router(**more: object) -> SaveRoutingServer:
    values: dict[str, object] = {"name": "BNG-9", "host": "10.0.0.9", "port": 8729, "tls": TlsMode.ANONYMOUS}
    return SaveRoutingServer(**(values | more))  # type: ignore[arg-type]


def test_an_access_point_is_made_changed_and_listed_with_its_use(database: Database) -> None:
    bus = database.bus("administrador")
    server = a_routing_server(database)
    outcome = bus.execute(SaveAccessPoint(name=" POP Norte ", routing_server_id=server.id, customer_limit=10))
    assert outcome.changed == {"access_points"}
    (row,) = bus.execute(AccessPoints()).value
    assert (row.name, row.router, row.customer_limit, row.used) == ("POP Norte", server.name, 10, 0)
    changed = SaveAccessPoint(id=row.id, version=row.version, name="POP Sul", active=False)
    bus.execute(changed)
    with pytest.raises(StaleRecord) as stale:
        bus.execute(changed)
    assert ("name", "POP Sul") in {(change.field, change.after) for change in stale.value.changes}


@pytest.mark.parametrize(
    ("values", "field"),
    [({"name": " "}, "name"), ({"name": "POP", "customer_limit": 0}, "customer_limit")],
)
def test_access_points_that_cannot_be(database: Database, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(SaveAccessPoint(**values))  # type: ignore[arg-type]
    assert [found.field for found in refused.value.violations] == [field]


def test_a_name_is_given_once(database: Database) -> None:
    an_access_point(database, "POP Norte")
    with pytest.raises(AlreadyExists) as refused:
        database.bus("administrador").execute(SaveAccessPoint(name="POP Norte"))
    assert refused.value.params["field"] == "name"


def test_an_access_point_with_plans_stays(database: Database) -> None:
    point = an_access_point(database)
    a_plan(database, access_point=point)
    a_plan(database, access_point=point, status="CANCELADO")
    set_variable(database, "delete_access_point_of_cancelled", "S")
    with pytest.raises(AccessPointInUse) as refused:
        database.bus("administrador").execute(DeleteAccessPoint(id=point.id, version=1))
    assert (refused.value.params["live"], refused.value.params["cancelled"]) == (1, 1)


def test_variable_9_lets_go_of_cancelled_plans_and_their_history_keeps_the_name(database: Database) -> None:
    point = an_access_point(database, "POP Velho")
    plan = a_plan(database, access_point=point, status="CANCELADO")
    bus = database.bus("administrador")
    order = DeleteAccessPoint(id=point.id, version=1)
    with pytest.raises(AccessPointInUse):
        bus.execute(order)
    set_variable(database, "delete_access_point_of_cancelled", "S")
    bus.execute(order)
    admin = database.admin()
    assert admin.execute("SELECT access_point_id FROM desk.customer_plans WHERE id = %s", (plan.id,)).fetchone() == (
        None,
    )
    assert admin.execute(
        "SELECT who, action, params->>'name' FROM desk.history_entries WHERE plan_id = %s ORDER BY id DESC LIMIT 1",
        (plan.id,),
    ).fetchone() == ("administrador", "plan.access_point_deleted", "POP Velho")
    with pytest.raises(NotFound):
        bus.execute(order)


def test_what_the_job_writes_is_in_the_log_as_if_a_person_had_written_it(database: Database) -> None:
    point = an_access_point(database, "POP Velho")
    plans = [a_plan(database, access_point=point, status="CANCELADO").id for _ in range(5)]
    by_hand = a_plan(database, access_point=point).id
    bus = database.bus("administrador")
    database.connect("administrador").execute(
        "UPDATE desk.customer_plans SET access_point_id = NULL WHERE id = %s", (by_hand,)
    )
    set_variable(database, "delete_access_point_of_cancelled", "S")
    command = bus.execute(DeleteAccessPoint(id=point.id, version=1)).command_id
    log = (
        "SELECT key::bigint, who, op, before, after, command, xid FROM desk.change_log"
        " WHERE tbl = 'customer_plans' ORDER BY id"
    )
    hand, *job = database.admin().execute(log).fetchall()
    assert [row[0] for row in job] == plans
    assert {row[1:3] for row in job} == {hand[1:3]} == {("administrador", "U")}
    assert [row[3:5] for row in job] == [hand[3:5]] * 5
    assert {row[5] for row in job} == {str(command)}
    human = database.admin().execute(
        "SELECT DISTINCT xid FROM desk.history_entries WHERE action = 'plan.access_point_deleted'"
    )
    assert {(row[6],) for row in job} == set(human.fetchall())


def test_access_points_need_their_permission(database: Database) -> None:
    point = an_access_point(database)
    for order in (SaveAccessPoint(name="POP"), DeleteAccessPoint(id=point.id, version=1)):
        with pytest.raises(NotAllowed) as refused:
            database.bus("atendente").execute(order)  # type: ignore[var-annotated]
        assert refused.value.permission == "Pontos de Acesso"


def test_a_router_is_saved_with_its_secrets_and_answers(database: Database) -> None:
    bus = database.bus("suporte")
    with RouterOsStandIn(users={"desk": "segredo-do-bng"}) as device:
        at = {"host": "127.0.0.1", "port": device.port, "tls": TlsMode.OFF, "username": "desk"}
        made = bus.execute(
            router(**at, nas_address="10.9.9.9", password="segredo-do-bng", radius_secret="nas-secreto")
        ).value
        stored = bus.execute(CheckRouter(id=made, **at)).value  # type: ignore[arg-type]
        assert (stored.answers, stored.identity) == (True, "BNG-1")
        typed = bus.execute(CheckRouter(**at, password="segredo-do-bng")).value  # type: ignore[arg-type]
        assert typed.answers
        wrong = bus.execute(CheckRouter(id=made, **at, password="outra")).value  # type: ignore[arg-type]
        assert (wrong.answers, wrong.problem) == (False, "login")
    assert bus.execute(CheckRouter(id=made, **at)).value.problem in ("no_route", "silent", "closed")  # type: ignore[arg-type]
    (row,) = bus.execute(RoutingServers()).value
    assert (row.nas_address, row.points) == ("10.9.9.9", 0)
    clear = database.admin().execute("SELECT cleartext FROM desk_vault.nas_clear").fetchall()
    assert clear == [("nas-secreto",)]
    for table in ("change_log", "history_entries", "routing_servers"):
        rows = database.admin().execute(f"SELECT t::text FROM desk.{table} t").fetchall()  # type: ignore[arg-type]
        assert not any("segredo-do-bng" in found[0] or "nas-secreto" in found[0] for found in rows), table
    assert "segredo" not in repr(router(password="segredo-do-bng")) + repr(CheckRouter(**at, password="segredo-do-bng"))  # type: ignore[arg-type]


def test_empty_secrets_leave_the_stored_ones_alone(database: Database) -> None:
    bus = database.bus("suporte")
    server = a_routing_server(database)
    a_secret(database, "router", server.id, "guardada")
    (row,) = bus.execute(RoutingServers()).value
    bus.execute(router(id=row.id, version=row.version, name="Outro nome", host="10.0.0.1", port=8728))
    version = "SELECT count(*), max(version) FROM desk_vault.secrets WHERE kind = 'router' AND owner = %s"
    before = database.admin().execute(version, (server.id,)).fetchone()
    assert before is not None
    assert before[0] == 1


def test_a_router_without_a_stored_password_says_so(database: Database) -> None:
    server = a_routing_server(database)
    look = CheckRouter(id=server.id, host="127.0.0.1", port=1, tls=TlsMode.OFF)
    assert database.bus("suporte").execute(look).value.problem == "no_credentials"


def test_a_certificate_is_read_for_comparison(database: Database) -> None:
    bus = database.bus("suporte")
    assert bus.execute(ReadCertificate(host="127.0.0.1", port=1)).value.problem == "no_route"


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": "", "host": " "}, ["name", "host"]),
        ({"port": 0}, ["port"]),
        ({"tls": TlsMode.PINNED}, ["fingerprint"]),
        ({"fingerprint": "abc"}, ["fingerprint"]),
        ({"nas_address": "10.0.0.999", "radius_secret": "x"}, ["nas_address"]),
        ({"nas_address": "10.0.0.9"}, ["radius_secret"]),
        ({"radius_secret": "x"}, ["nas_address"]),
        ({"password": "x" * 129}, ["password"]),
    ],
)
def test_routers_that_cannot_be(database: Database, values: dict[str, object], fields: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("suporte").execute(router(**values))
    assert [found.field for found in refused.value.violations] == fields


def test_a_fingerprint_is_taken_however_it_is_written(database: Database) -> None:
    bus = database.bus("suporte")
    typed = ":".join(["AB"] * 32)
    bus.execute(router(tls=TlsMode.PINNED, fingerprint=f"SHA256:{typed}"))
    assert [row.fingerprint for row in bus.execute(RoutingServers()).value] == ["ab" * 32]


def test_names_and_addresses_of_routers_are_given_once(database: Database) -> None:
    bus = database.bus("suporte")
    bus.execute(router(nas_address="10.9.9.9", radius_secret="x"))
    for again, field in (
        (router(), "name"),
        (router(name="Outro", nas_address="10.9.9.9", radius_secret="x"), "nas_address"),
    ):
        with pytest.raises(AlreadyExists) as refused:
            bus.execute(again)
        assert refused.value.params["field"] == field


def test_a_router_that_access_points_use_stays(database: Database) -> None:
    bus = database.bus("suporte")
    server = a_routing_server(database)
    an_access_point(database, "POP Norte", routing_server=server)
    with pytest.raises(RoutingServerInUse) as refused:
        bus.execute(DeleteRoutingServer(id=server.id, version=1))
    assert refused.value.params["points"] == "POP Norte"
    free = a_routing_server(database)
    bus.execute(DeleteRoutingServer(id=free.id, version=1))
    assert [row.id for row in bus.execute(RoutingServers()).value] == [server.id]


def test_routers_need_their_permission(database: Database) -> None:
    server = a_routing_server(database)
    orders = (
        router(),
        DeleteRoutingServer(id=server.id, version=1),
        CheckRouter(id=server.id, host="127.0.0.1", port=1, tls=TlsMode.OFF),
        ReadCertificate(host="127.0.0.1", port=1),
    )
    for order in orders:
        with pytest.raises(NotAllowed) as refused:
            database.bus("atendente").execute(order)  # type: ignore[var-annotated]
        assert refused.value.permission == "Servidores de Roteamento"
