"""The router adapter against a router that speaks the API: every verb twice, and what it writes and does not write."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.integrations.errors import Reason, Rejected, Unreachable
from desk.integrations.routeros.client import RouterOs
from desk.integrations.routeros.port import PppSecret, RouterAddress, RouterInfo, TlsMode, owner_mark

WANTED = PppSecret(
    name="joao.silva", profile="100M", comment=owner_mark(7), remote_address="100.64.9.9", password="pppoe-s3nha"
)


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    with RouterOsStandIn() as running:
        yield running


def visit(router: RouterOsStandIn, deadline: float = 5.0) -> RouterOs:
    return RouterOs(
        RouterAddress(
            host="127.0.0.1",
            port=router.port,
            username="desk",
            password=router.users["desk"],
            tls=TlsMode.OFF,
            deadline=deadline,
        )
    )


def test_ensuring_twice_writes_once(router: RouterOsStandIn) -> None:
    with visit(router).open() as api:
        assert api.ensure_secret(WANTED) is True
        assert api.ensure_secret(WANTED) is False
    assert [words[0] for words in router.writes()] == ["/ppp/secret/add"]
    row = router.tables.rows["/ppp/secret"][0]
    assert row | {".id": ""} == {
        ".id": "",
        "name": "joao.silva",
        "profile": "100M",
        "service": "pppoe",
        "password": "pppoe-s3nha",
        "disabled": "false",
        "comment": "desk:7",
        "remote-address": "100.64.9.9",
    }


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"profile": "50M"}, ["=profile=50M"]),
        ({"disabled": True}, ["=disabled=yes"]),
        ({"password": "outra-senha"}, ["=password=outra-senha"]),
        ({"comment": "desk:8"}, ["=comment=desk:8"]),
        ({"service": "any", "profile": "50M"}, ["=profile=50M", "=service=any"]),
        ({"remote_address": "100.64.1.2"}, ["=remote-address=100.64.1.2"]),
        ({"remote_address": None}, ["=value-name=remote-address"]),
        ({"password": None}, []),
    ],
)
def test_only_the_difference_is_sent(router: RouterOsStandIn, change: dict[str, object], sent: list[str]) -> None:
    with visit(router).open() as api:
        api.ensure_secret(WANTED)
        router.forget()
        changed = replace(WANTED, **change)  # type: ignore[arg-type]
        assert api.ensure_secret(changed) is bool(sent)
        assert [word for words in router.writes() for word in words[2:]] == sent
        assert api.ensure_secret(changed) is False


def test_a_password_the_router_hides_is_written_each_time(router: RouterOsStandIn) -> None:
    router.faults.hide_passwords = True
    with visit(router).open() as api:
        api.ensure_secret(WANTED)
        router.forget()
        assert api.ensure_secret(WANTED) is True
        assert api.ensure_secret(replace(WANTED, password=None)) is False
    assert [words[2:] for words in router.writes()] == [["=password=pppoe-s3nha"]]


def test_a_line_made_by_hand_is_left_alone_unless_adopted(router: RouterOsStandIn) -> None:
    router.tables.secret("joao.silva", profile="50M", comment="instalado pelo Zé")
    with visit(router).open() as api:
        for refused in (lambda: api.ensure_secret(WANTED), lambda: api.drop_secret("joao.silva")):
            with pytest.raises(Rejected) as caught:
                refused()
            assert caught.value.reason is Reason.NOT_OURS
            assert "joao.silva" in caught.value.detail
        assert router.writes() == []
        assert api.ensure_secret(WANTED, adopt=True) is True
        assert api.ensure_secret(WANTED) is False
        assert api.drop_secret("joao.silva") is True


def test_dropping_a_secret_twice_removes_once(router: RouterOsStandIn) -> None:
    router.tables.secret("outro", comment=owner_mark(1))
    with visit(router).open() as api:
        api.ensure_secret(WANTED)
        router.forget()
        assert api.drop_secret(WANTED.name) is True
        assert api.drop_secret(WANTED.name) is False
    assert [words[0] for words in router.writes()] == ["/ppp/secret/remove"]
    assert [row["name"] for row in router.tables.rows["/ppp/secret"]] == ["outro"]


def test_dropping_a_foreign_line_needs_adoption(router: RouterOsStandIn) -> None:
    router.tables.secret("velho")
    with visit(router).open() as api:
        assert api.drop_secret("velho", adopt=True) is True
    assert router.tables.rows["/ppp/secret"] == []


@pytest.mark.parametrize("name", ["007", "123", "-1", "yes", "no", "true", "Zé da Silva", "a=b", "?x", "x,y", "?#!"])
def test_names_stay_text(router: RouterOsStandIn, name: str) -> None:
    wanted = replace(WANTED, name=name, password="0123")
    with visit(router).open() as api:
        assert api.ensure_secret(wanted) is True
        assert api.ensure_secret(wanted) is False
        assert api.find_secret(name, with_password=True) == wanted
        router.tables.session(name)
        assert api.drop_session(name) == 1
        assert api.drop_secret(name) is True


def test_reading_secrets(router: RouterOsStandIn) -> None:
    for number in range(250):
        router.tables.secret(f"cliente{number:03}", comment=owner_mark(number), password="x" * 8)
    with visit(router).open() as api:
        assert len(api.list_secrets()) == 250
        router.forget()
        names = [f"cliente{number:03}" for number in range(0, 250, 2)] + ["ninguém"]
        found = api.list_secrets(names)
        assert [secret.name for secret in found] == names[:-1]
        assert router.commands() == {"/ppp/secret/print": 2}, "a hundred names fit one question"
        assert {secret.password for secret in found} == {None}, "passwords are not read unless asked for"
        assert api.list_secrets([]) == ()
        assert api.find_secret("ninguém") is None
        one = api.find_secret("cliente004", with_password=True)
        assert one == PppSecret(name="cliente004", profile="default", comment="desk:4", service="any", password="x" * 8)


def test_reading_what_is_up(router: RouterOsStandIn) -> None:
    router.tables.session("maria", address="100.64.0.5", uptime="2d03:04:05", session_id="0x81900001")
    router.tables.session("maria", uptime="sempre")
    router.tables.session("rita")
    with visit(router).open() as api:
        assert len(api.list_active()) == 3
        first, second = api.list_active(["maria"])
        assert first.address == "100.64.0.5"
        assert first.uptime == timedelta(days=2, hours=3, minutes=4, seconds=5)
        assert first.session_id == "0x81900001"
        assert second.uptime is None
        assert api.list_active(["ninguém"]) == ()


def test_dropping_connections_ends_all_of_that_name_and_looks_afterwards(router: RouterOsStandIn) -> None:
    gone: list[str] = []
    router.tables.on_session_removed = lambda row: gone.append(row["name"])
    for name in ("maria", "maria", "mariana"):
        router.tables.session(name)
    with visit(router).open() as api:
        assert api.drop_session("maria") == 2
        assert router.received[-1][0] == "/ppp/active/print", "a look ends it"
        router.forget()
        assert api.drop_session("maria") == 0
    assert router.writes() == []
    assert gone == ["maria", "maria"]
    assert [row["name"] for row in router.tables.rows["/ppp/active"]] == ["mariana"]


def test_a_connection_that_takes_a_moment_to_go_is_waited_for(router: RouterOsStandIn) -> None:
    router.tables.linger_looks = 2
    router.tables.session("maria")
    with visit(router).open() as api:
        assert api.drop_session("maria") == 1
    assert router.commands()["/ppp/active/print"] == 4


def test_a_connection_that_stays_is_no_success(router: RouterOsStandIn) -> None:
    router.tables.linger_looks = 10_000
    router.tables.session("maria")
    with visit(router, deadline=0.6).open() as api, pytest.raises(Unreachable) as caught:
        api.drop_session("maria")
    assert caught.value.reason is Reason.STILL_THERE
    assert caught.value.retry


def test_a_modem_that_dials_again_at_once_does_not_hide_the_success(router: RouterOsStandIn) -> None:
    router.tables.on_session_removed = lambda row: router.tables.session(row["name"])
    router.tables.session("maria")
    with visit(router).open() as api:
        assert api.drop_session("maria") == 1
    assert len(router.tables.rows["/ppp/active"]) == 1


def test_a_connection_that_ended_by_itself_between_look_and_removal(router: RouterOsStandIn) -> None:
    router.tables.session("maria")
    router.faults.before["/ppp/active/remove"] = router.tables.rows["/ppp/active"].clear
    with visit(router).open() as api:
        assert api.drop_session("maria") == 1


def test_two_desks_adding_the_same_secret(router: RouterOsStandIn) -> None:
    router.faults.before["/ppp/secret/add"] = lambda: router.tables.secret(WANTED.name, comment=owner_mark(7))
    with visit(router).open() as api:
        assert api.ensure_secret(WANTED) is True
        assert api.ensure_secret(WANTED) is False
    assert len(router.tables.rows["/ppp/secret"]) == 1


def test_a_secret_removed_between_look_and_change(router: RouterOsStandIn) -> None:
    with visit(router).open() as api:
        api.ensure_secret(WANTED)
        router.faults.before["/ppp/secret/set"] = router.tables.rows["/ppp/secret"].clear
        assert api.ensure_secret(replace(WANTED, disabled=True)) is True
    assert router.tables.rows["/ppp/secret"][0]["disabled"] == "true"


def test_what_the_router_says_about_itself(router: RouterOsStandIn) -> None:
    with visit(router).open() as api:
        assert api.info() == RouterInfo(
            identity="BNG-1",
            version="7.19.4 (stable)",
            board="CCR2116-12G-4S+",
            uptime=timedelta(weeks=3, days=2, hours=4, minutes=5, seconds=6),
        )


def test_one_visit_signs_in_once(router: RouterOsStandIn) -> None:
    with visit(router).open() as api:
        for _ in range(3):
            api.find_secret("x")
            api.list_active(["x"])
    assert router.connections == 1
    assert [words[0] for words in router.received].count("/login") == 1


def test_routers_older_than_6_43_and_newer_than_7_18(router: RouterOsStandIn) -> None:
    router.faults.legacy_login = True
    router.faults.empty_word = True
    with visit(router).open() as api:
        assert api.find_secret("x") is None
        assert api.ensure_secret(WANTED) is True


def test_nothing_secret_is_logged_or_shown(router: RouterOsStandIn, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with visit(router).open() as api:
        api.ensure_secret(WANTED)
        api.find_secret(WANTED.name, with_password=True)
    shown = caplog.text + repr(WANTED) + repr(visit(router)._address)
    assert "pppoe-s3nha" not in shown
    assert router.users["desk"] not in shown
