"""Testar Conexão: each way of not getting there is its own step, with what comes after left out and said so."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from desk.demo.routeros import RouterOsStandIn, TlsKind
from desk.demo.routeros.certificates import a_certificate
from desk.integrations.routeros import looks
from desk.services.access_points import CheckAccessPoint, CheckRouter, Part, RouterAnswer, Standing, TlsMode
from desk.services.access_points.testing import ExaminedStep
from desk.services.core.errors import NotAllowed, NotFound
from tests.builders import a_routing_server, a_secret, insert
from tests.postgres import Database

PASSWORD = "s3nha-do-roteador"
GOOD, WARNING, BAD, SKIPPED = Standing.GOOD, Standing.WARNING, Standing.BAD, Standing.SKIPPED


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    with RouterOsStandIn(tls=TlsKind.CERTIFICATE) as device:
        yield device


def asked(database: Database, device: RouterOsStandIn, **more: Any) -> RouterAnswer:
    values: dict[str, Any] = {"host": "127.0.0.1", "port": device.port, "tls": TlsMode.PINNED, "username": "desk"}
    if device.certificate is not None:
        values["fingerprint"] = device.certificate.fingerprint
    values |= {"password": PASSWORD, "nas_address": "127.0.0.1"} | more
    return database.bus("suporte").execute(CheckRouter(**values)).value


def told(answer: RouterAnswer) -> dict[Part, tuple[Standing, str]]:
    return {step.part: (step.verdict, step.code) for step in answer.steps}


def step(answer: RouterAnswer, part: Part) -> ExaminedStep:
    return next(each for each in answer.steps if each.part is part)


def test_a_router_as_it_should_be(database: Database, router: RouterOsStandIn) -> None:
    answer = asked(database, router)
    assert (answer.answers, answer.identity) == (True, "BNG-1")
    assert told(answer) == {
        Part.NAME: (GOOD, "name_address"),
        Part.PORT: (GOOD, "port_open"),
        Part.TLS: (GOOD, "tls_pinned"),
        Part.SIGN_IN: (GOOD, "signed_in"),
        Part.RIGHTS: (GOOD, "rights_more"),
        Part.VERSION: (GOOD, "version_good"),
        Part.CLOCK: (GOOD, "clock_good"),
        Part.RADIUS: (GOOD, "radius_good"),
    }
    assert not router.writes()


def test_a_name_that_nobody_knows(database: Database, router: RouterOsStandIn) -> None:
    answer = asked(database, router, host="bng.invalid")
    assert told(answer)[Part.NAME] == (BAD, "name_unknown")
    assert {verdict for part, (verdict, _) in told(answer).items() if part is not Part.NAME} == {SKIPPED}
    assert (answer.answers, answer.problem) == (False, "no_route")
    assert step(asked(database, router, host="localhost", tls=TlsMode.ANONYMOUS), Part.NAME).code == "name_found"


def test_a_port_where_nobody_listens(database: Database, router: RouterOsStandIn) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        answer = asked(database, router, port=free.getsockname()[1])
    assert told(answer)[Part.PORT] == (BAD, "port_refused")
    assert told(answer)[Part.TLS] == (SKIPPED, "skipped")


def test_another_certificate_and_none_at_all(database: Database, router: RouterOsStandIn) -> None:
    other = asked(database, router, fingerprint=a_certificate(2).fingerprint)
    assert told(other)[Part.TLS] == (BAD, "tls_other")
    assert told(other)[Part.SIGN_IN] == (SKIPPED, "skipped")
    assert other.problem == "certificate"
    assert not router.received, "nothing was said to a stranger"
    assert told(asked(database, router, tls=TlsMode.VERIFY))[Part.TLS] == (BAD, "tls_untrusted")
    with RouterOsStandIn() as plain:
        spoken = asked(database, plain, tls=TlsMode.PINNED, fingerprint="ab" * 32)
        assert told(spoken)[Part.TLS][0] is BAD
        assert told(asked(database, plain, tls=TlsMode.OFF))[Part.TLS] == (WARNING, "tls_off")
    with RouterOsStandIn(tls=TlsKind.ANONYMOUS) as anonymous:
        assert told(asked(database, anonymous, tls=TlsMode.ANONYMOUS))[Part.TLS] == (WARNING, "tls_anonymous")


def test_a_wrong_password_is_not_a_wrong_certificate(database: Database, router: RouterOsStandIn) -> None:
    answer = asked(database, router, password="outra")
    assert told(answer)[Part.TLS] == (GOOD, "tls_pinned")
    assert told(answer)[Part.SIGN_IN] == (BAD, "login")
    assert "outra" not in repr(answer)


@pytest.mark.parametrize("fault", ["mute_after_accept", "close_on_accept"])
def test_something_else_that_listens_there(database: Database, fault: str) -> None:
    with RouterOsStandIn() as device:
        setattr(device.faults, fault, True)
        answer = asked(database, device, tls=TlsMode.OFF)
    assert told(answer)[Part.SIGN_IN] == (BAD, "sign_in_broken")
    assert answer.problem in ("silent", "closed")


def test_rights_that_the_group_lacks(database: Database, router: RouterOsStandIn) -> None:
    group = router.tables.rows["/user/group"][0]
    group["policy"] = "local,api,read,!write,!test,!sensitive"
    answer = asked(database, router)
    assert told(answer)[Part.RIGHTS] == (BAD, "rights_missing")
    assert step(answer, Part.RIGHTS).params["missing"] == "write, test"
    group["policy"] = "api,read,write,test"
    assert told(asked(database, router))[Part.RIGHTS] == (GOOD, "rights_good")
    kept = asked(database, router, local_secrets=True)
    assert step(kept, Part.RIGHTS).params["missing"] == "sensitive"
    router.tables.rows["/user"][0]["name"] = "outro"
    assert told(asked(database, router))[Part.RIGHTS] == (WARNING, "rights_unknown")


def test_what_the_user_may_not_read_is_no_reason_to_stop(database: Database, router: RouterOsStandIn) -> None:
    router.faults.traps["/user/print"] = (4, "not enough permissions (9)")
    router.faults.traps["/radius/incoming/print"] = (4, "not enough permissions (9)")
    answer = asked(database, router)
    assert answer.answers
    assert told(answer)[Part.RIGHTS] == (WARNING, "unreadable")
    assert told(answer)[Part.CLOCK] == (GOOD, "clock_good")
    assert told(answer)[Part.RADIUS] == (WARNING, "unreadable")


def test_the_router_going_away_in_the_middle(database: Database) -> None:
    with RouterOsStandIn() as device:
        device.faults.before["/system/clock/print"] = lambda: setattr(device.faults, "drop_mid_sentence", True)
        answer = asked(database, device, tls=TlsMode.OFF)
    assert told(answer)[Part.VERSION] == (GOOD, "version_good")
    assert told(answer)[Part.CLOCK] == (BAD, "broke_off")
    assert told(answer)[Part.RADIUS] == (SKIPPED, "skipped")
    assert (answer.answers, answer.problem) == (False, "closed")


def test_an_old_version_and_one_that_nobody_understands(database: Database, router: RouterOsStandIn) -> None:
    resource = router.tables.rows["/system/resource"][0]
    resource["version"] = "6.42.12 (long-term)"
    assert told(asked(database, router))[Part.VERSION] == (WARNING, "version_old")
    resource["version"] = "mystery"
    assert told(asked(database, router))[Part.VERSION] == (WARNING, "version_unknown")


@pytest.mark.parametrize(("minutes", "verdict", "code"), [(0, GOOD, "clock_good"), (-7, WARNING, "clock_off")])
def test_a_clock_that_goes_wrong(
    database: Database, router: RouterOsStandIn, minutes: int, verdict: Standing, code: str
) -> None:
    there = dt.datetime.now(dt.timezone(dt.timedelta(hours=-3))) + dt.timedelta(minutes=minutes)
    router.tables.rows["/system/clock"][0] |= {"date": f"{there:%b/%d/%Y}".lower(), "time": f"{there:%H:%M:%S}"}
    answer = asked(database, router)
    assert told(answer)[Part.CLOCK] == (verdict, code)
    seconds = step(answer, Part.CLOCK).params["seconds"]
    assert isinstance(seconds, int)
    assert abs(seconds - minutes * 60) <= 5


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"date": "2026-11-24", "time": "10:00:00", "gmt-offset": "-03:00"}, "2026-11-24T13:00:00+00:00"),
        ({"date": "nov/24/2026", "time": "10:00:00", "gmt-offset": "+05:30"}, "2026-11-24T04:30:00+00:00"),
        ({"date": "nov/24/2026", "time": "25:00:00", "gmt-offset": "+00:00"}, None),
        ({"date": "xyz/24/2026", "time": "10:00:00"}, None),
        ({"date": "2026-11-24", "time": "10:00:00", "gmt-offset": "leste"}, None),
        ({}, None),
    ],
)
def test_however_a_version_writes_the_time(row: dict[str, str], expected: str | None) -> None:
    class Said:
        def say(self, command: str, *words: str) -> list[dict[str, str]]:
            return [row]

    found = looks.clock(Said())
    assert (found.isoformat() if found is not None else None) == expected


def test_radius_on_the_router(database: Database, router: RouterOsStandIn) -> None:
    incoming, client = router.tables.rows["/radius/incoming"][0], router.tables.rows["/radius"][0]
    incoming["accept"] = "false"
    assert told(asked(database, router))[Part.RADIUS] == (WARNING, "radius_not_accepting")
    incoming |= {"accept": "true", "port": "1700"}
    answer = asked(database, router)
    assert told(answer)[Part.RADIUS] == (WARNING, "radius_other_port")
    assert step(answer, Part.RADIUS).params == {"there": 1700, "port": 3799}
    assert told(asked(database, router, coa_port=1700))[Part.RADIUS] == (GOOD, "radius_good")
    client["disabled"] = "true"
    assert told(asked(database, router))[Part.RADIUS] == (BAD, "radius_no_server")
    assert told(asked(database, router, nas_address=""))[Part.RADIUS] == (SKIPPED, "radius_unused")


def test_an_access_point_by_its_routers_stored_password(database: Database) -> None:
    with RouterOsStandIn() as device:
        server = insert(
            database,
            "routing_servers",
            name="BNG-7",
            host="127.0.0.1",
            port=device.port,
            tls="sem TLS",
            username="desk",
        )
        bus = database.bus("suporte")
        order = CheckAccessPoint(routing_server_id=server, interface="ether2")
        assert bus.execute(order).value.problem == "no_credentials"
        a_secret(database, "router", server, PASSWORD)
        answer = bus.execute(order).value
        assert answer.answers
        assert told(answer)[Part.INTERFACE] == (GOOD, "interface_there")
        missing = bus.execute(CheckAccessPoint(routing_server_id=server, interface="ether9")).value
        assert told(missing)[Part.INTERFACE] == (BAD, "interface_missing")
        assert Part.INTERFACE not in told(bus.execute(CheckAccessPoint(routing_server_id=server)).value)
    with pytest.raises(NotFound):
        bus.execute(CheckAccessPoint(routing_server_id=server + 99))
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(order)


def test_without_a_password_the_way_there_is_looked_at_all_the_same(database: Database) -> None:
    with RouterOsStandIn() as device:
        server = a_routing_server(database, "BNG-8")
        look = CheckRouter(id=server.id, host="127.0.0.1", port=device.port, tls=TlsMode.OFF, username="desk")
        answer = database.bus("suporte").execute(look).value
    assert told(answer)[Part.PORT] == (GOOD, "port_open")
    assert told(answer)[Part.SIGN_IN] == (BAD, "no_credentials")
