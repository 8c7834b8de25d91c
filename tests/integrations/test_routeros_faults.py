"""Routers that refuse, fall silent, break off, drip or talk nonsense: always one of three errors, always in time."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from desk.demo.routeros import RouterOsStandIn, TlsKind
from desk.demo.routeros.certificates import a_certificate
from desk.demo.routeros.codec import encode_length, encode_sentence
from desk.integrations.errors import IntegrationError, Reason, Refused, Rejected, Unreachable, printable
from desk.integrations.routeros import wire
from desk.integrations.routeros.client import RouterOs
from desk.integrations.routeros.port import PppSecret, RouterAddress, TlsMode, owner_mark
from desk.integrations.routeros.tls import read_fingerprint

WANTED = PppSecret(name="joao", profile="100M", comment=owner_mark(7), password="pppoe-s3nha")
ACTIVE, SECRET = "/ppp/active/print", "/ppp/secret/print"
DONE = encode_sentence(["!done"])


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    with RouterOsStandIn() as running:
        yield running


def visit(router: RouterOsStandIn, **changes: object) -> RouterOs:
    usual: dict[str, object] = {
        "host": "127.0.0.1",
        "port": router.port,
        "username": "desk",
        "password": router.users["desk"],
        "tls": TlsMode.OFF,
        "deadline": 5.0,
    }
    return RouterOs(RouterAddress(**usual | changes))  # type: ignore[arg-type]


def failure(router: RouterOs) -> IntegrationError:
    """What one whole visit ends in."""
    with pytest.raises(IntegrationError) as caught, router.open() as api:
        api.ensure_secret(WANTED)
        api.list_active()
        api.info()
    assert caught.value.device == "127.0.0.1"
    assert "s3nha" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("legacy", [False, True])
def test_a_wrong_password_is_refused(router: RouterOsStandIn, legacy: bool) -> None:
    router.faults.legacy_login = legacy
    error = failure(visit(router, password="errada"))
    assert isinstance(error, Refused)
    assert (error.reason, error.retry) == (Reason.LOGIN, False)
    assert error.detail == "invalid user name or password (6)"


def test_missing_rights_are_refused(router: RouterOsStandIn) -> None:
    router.faults.traps["/ppp/secret/add"] = (4, "not enough permissions (9)")
    error = failure(visit(router))
    assert isinstance(error, Refused)
    assert error.reason is Reason.PERMISSION


def test_an_unknown_profile_is_rejected_with_the_routers_words(router: RouterOsStandIn) -> None:
    with visit(router).open() as api, pytest.raises(Rejected) as caught:
        api.ensure_secret(PppSecret(name="joao", profile="900M", comment="desk:7"))
    assert caught.value.detail == "input does not match any value of profile"
    assert (caught.value.reason, caught.value.retry) == (Reason.SAID_NO, False)


def test_after_a_no_the_visit_goes_on(router: RouterOsStandIn) -> None:
    with visit(router).open() as api:
        with pytest.raises(Rejected):
            api.ensure_secret(PppSecret(name="joao", profile="900M"))
        assert api.info().identity == "BNG-1"


def test_a_secret_echoed_by_the_router_is_blanked_out(router: RouterOsStandIn) -> None:
    router.faults.traps["/ppp/secret/add"] = (4, f"bad value {WANTED.password} or {router.users['desk']}")
    error = failure(visit(router))
    assert error.detail == "bad value ••• or •••"
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_nobody_listens(router: RouterOsStandIn) -> None:
    router.stop()
    error = failure(visit(router))
    assert isinstance(error, Unreachable)
    assert (error.reason, error.retry) == (Reason.NO_ROUTE, True)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("mute_after_accept", Reason.SILENT),
        ("mute_after_login", Reason.SILENT),
        ("close_on_accept", Reason.CLOSED),
        ("drop_mid_sentence", Reason.CLOSED),
    ],
)
def test_silence_and_broken_connections(router: RouterOsStandIn, fault: str, reason: Reason) -> None:
    setattr(router.faults, fault, True)
    started = time.monotonic()
    error = failure(visit(router, deadline=0.4))
    assert isinstance(error, Unreachable)
    assert error.reason is reason
    assert time.monotonic() - started < 4


def test_a_router_that_drips_ends_by_the_deadline(router: RouterOsStandIn) -> None:
    router.tables.session("maria")
    router.faults.drip = 0.05
    started = time.monotonic()
    error = failure(visit(router, deadline=0.8))
    assert isinstance(error, Unreachable)
    assert error.reason is Reason.SILENT
    assert 0.7 < time.monotonic() - started < 4


def test_the_deadline_holds_for_the_whole_visit_not_for_each_command(router: RouterOsStandIn) -> None:
    router.faults.latency = 0.15
    started = time.monotonic()
    with pytest.raises(Unreachable), visit(router).open(deadline=0.5) as api:
        for _ in range(20):
            api.info()
    assert time.monotonic() - started < 4


def test_a_full_listen_queue_ends_by_the_deadline() -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        with socket.create_connection(deaf.getsockname()):
            nowhere = RouterAddress(
                host="127.0.0.1", port=deaf.getsockname()[1], username="a", password="b", deadline=0.3, tls=TlsMode.OFF
            )
            error = failure(RouterOs(nowhere))
    assert isinstance(error, Unreachable)
    assert error.reason is Reason.SILENT


@pytest.mark.parametrize("host", ["", "não existe.invalid", "a" * 300, "router.invalid", "x..y", "\0"])
def test_names_that_lead_nowhere(host: str) -> None:
    address = RouterAddress(host=host, port=1, username="a", password="b", deadline=3, tls=TlsMode.OFF)
    with pytest.raises(Unreachable), RouterOs(address).open():
        pytest.fail("there is no such router")


def test_a_reboot_in_the_middle_and_back_again(router: RouterOsStandIn) -> None:
    with pytest.raises(Unreachable), visit(router).open() as api:
        router.stop()
        api.info()
    router.start()
    with visit(router).open() as api:
        assert api.info().identity == "BNG-1"


def test_leaving_by_an_error_of_our_own_keeps_that_error(router: RouterOsStandIn) -> None:
    with pytest.raises(OSError, match="disk full"), visit(router).open():
        raise OSError("disk full")


# -- TLS ---------------------------------------------------------------------------------------------------------


def certified(serial: int = 1) -> RouterOsStandIn:
    return RouterOsStandIn(tls=TlsKind.CERTIFICATE, certificate=a_certificate(serial))


@pytest.mark.parametrize(
    "spelling", [str, str.upper, lambda pin: "SHA256:" + ":".join([pin[:32], pin[32:]])], ids="abc"
)
def test_a_pinned_certificate(spelling: object) -> None:
    with certified() as router:
        assert router.certificate is not None
        pin = spelling(router.certificate.fingerprint)  # type: ignore[operator]
        with visit(router, tls=TlsMode.PINNED, fingerprint=pin).open() as api:
            assert api.info().identity == "BNG-1"
        assert read_fingerprint("127.0.0.1", router.port) == router.certificate.fingerprint


@pytest.mark.parametrize("pin", ["", "ab", a_certificate(2).fingerprint], ids=["none", "short", "another"])
def test_another_certificate_is_refused_before_the_password_is_sent(pin: str) -> None:
    with certified() as router:
        error = failure(visit(router, tls=TlsMode.PINNED, fingerprint=pin))
        assert isinstance(error, Refused)
        assert error.reason is Reason.CERTIFICATE
        assert router.received == []


def test_a_certificate_of_a_known_authority() -> None:
    with certified() as router:
        assert router.certificate is not None
        with visit(router, tls=TlsMode.VERIFY, authority=router.certificate.pem).open() as api:
            assert api.info().identity == "BNG-1"


@pytest.mark.parametrize(
    "authority",
    [None, a_certificate(2).pem, "not a certificate", "não"],
    ids=["system", "another", "rubbish", "accents"],
)
def test_a_certificate_of_an_unknown_authority_is_refused(authority: str | None) -> None:
    with certified() as router:
        error = failure(visit(router, tls=TlsMode.VERIFY, authority=authority))
        assert isinstance(error, Refused)
        assert error.reason is Reason.CERTIFICATE
        assert router.received == []


def test_a_router_without_certificate_only_when_that_is_said() -> None:
    with RouterOsStandIn(tls=TlsKind.ANONYMOUS) as router:
        with visit(router, tls=TlsMode.ANONYMOUS).open() as api:
            assert api.info().identity == "BNG-1"
        for mode in (TlsMode.PINNED, TlsMode.VERIFY):
            error = failure(visit(router, tls=mode, fingerprint=a_certificate().fingerprint))
            # Whether the router's alert arrives before its hanging up differs from run to run.
            assert error.reason in {Reason.CERTIFICATE, Reason.CLOSED}
        assert router.received[1:] == [["/system/identity/print"], ["/system/resource/print"]]
        with pytest.raises(IntegrationError):
            read_fingerprint("127.0.0.1", router.port, deadline=3)


def test_tls_to_a_port_that_speaks_none(router: RouterOsStandIn) -> None:
    error = failure(visit(router, tls=TlsMode.PINNED, fingerprint=a_certificate().fingerprint, deadline=0.5))
    assert isinstance(error, Refused | Unreachable)


@pytest.mark.parametrize("mode", [TlsMode.PINNED, TlsMode.VERIFY, TlsMode.ANONYMOUS])
def test_a_silent_tls_handshake_ends_by_the_deadline(mode: TlsMode) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        address = RouterAddress(
            host="127.0.0.1", port=port, username="a", password="b", tls=mode, fingerprint="a" * 64, deadline=0.3
        )
        error = failure(RouterOs(address))
        assert (type(error), error.reason) == (Unreachable, Reason.SILENT)
        with pytest.raises(Unreachable):
            read_fingerprint("127.0.0.1", port, deadline=0.2)


def test_mute_and_dripping_routers_over_tls() -> None:
    with certified() as router:
        assert router.certificate is not None
        pinned = {"tls": TlsMode.PINNED, "fingerprint": router.certificate.fingerprint, "deadline": 0.6}
        router.faults.drip = 0.05
        assert failure(visit(router, **pinned)).reason is Reason.SILENT
        router.faults.drip = 0
        router.faults.drop_mid_sentence = True
        assert failure(visit(router, **pinned)).reason is Reason.CLOSED


# -- nonsense ----------------------------------------------------------------------------------------------------


def row(*words: str | bytes) -> bytes:
    encoded = [word.encode() if isinstance(word, str) else word for word in (b"!re", *words)]
    return b"".join(encode_length(len(word)) + word for word in encoded) + b"\0"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (row("=name=x") + DONE, Reason.NONSENSE),
        (row("=.id=*1") + DONE, Reason.NONSENSE),
        (row("=.id=*1", "=name=") + DONE, Reason.NONSENSE),
        (row("=.id=1;drop", "=name=x") + DONE, Reason.NONSENSE),
        (row("=.id=*" + "F" * 99, "=name=x") + DONE, Reason.NONSENSE),
        (row("=.id=*1,*2", "=name=x") + DONE, Reason.NONSENSE),
        (row("rubbish", "=", "==", "===", ".tag=1") + DONE, Reason.NONSENSE),
        (b"\xff\xff\xff", Reason.NONSENSE),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Reason.SILENT),  # reads as the start of a word of 72 bytes
        (b"\xef\xff\xff\xff", Reason.TOO_MUCH),
        (row(*["=a=b"] * 100), Reason.TOO_MUCH),
        (encode_sentence(["!trap"]) + DONE, Reason.SAID_NO),
        (encode_sentence(["!trap", "=strange=1", "=message=5"]) + DONE, Reason.SAID_NO),
        (encode_sentence(["!trap", "=message=a"]) + encode_sentence(["!trap", "=message=b"]) + DONE, Reason.SAID_NO),
        (encode_sentence(["!fatal"]), Reason.CLOSED),
        (encode_sentence(["!fatal", "rebooting"]), Reason.CLOSED),
        (encode_sentence(["!fatal", "not logged in"]), Reason.LOGIN),
        (encode_sentence(["what"]) * 3 + encode_sentence(["!fatal", "x"]), Reason.CLOSED),
    ],
)
def test_nonsense_ends_in_an_error_of_ours(router: RouterOsStandIn, answer: bytes, reason: Reason) -> None:
    router.faults.raw[ACTIVE] = answer
    with pytest.raises(IntegrationError) as caught, visit(router, deadline=0.6).open() as api:
        api.list_active()
    assert caught.value.reason is reason


def test_an_empty_answer_to_what_always_has_one(router: RouterOsStandIn) -> None:
    router.faults.raw["/system/identity/print"] = DONE
    with visit(router).open() as api, pytest.raises(Rejected):
        api.info()


def test_endless_answers_end_with_bounded_memory(router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "MOST_BYTES", 200_000)
    monkeypatch.setattr(wire, "MOST_SENTENCES", 500)
    monkeypatch.setattr(wire, "LONGEST_WORD", 50_000)
    big = row("=.id=*1", "=name=x", "=comment=" + "y" * 40_000)
    for answer in (
        big * 6,
        row("=.id=*1", "=name=x") * 501,
        b"\0" * 210_000,
        encode_sentence(["!hm"]) * 501,
        row(b"x" * 50_001),
    ):
        router.faults.raw[ACTIVE] = answer
        with visit(router, deadline=3).open() as api, pytest.raises(Rejected) as caught:
            api.list_active()
        assert caught.value.reason is Reason.TOO_MUCH


def test_hostile_text_is_clipped_and_harmless(router: RouterOsStandIn) -> None:
    router.faults.raw[ACTIVE] = (
        row(
            "=.id=*1",
            "=name=" + "n" * 100_000,
            b"=address=caf\xe9\x00\x1b[31m",
            "=caller-id=a\nb\u202e",
            "=uptime=99999999999999999999w",
            "=session-id=",
        )
        + DONE
    )
    with visit(router).open() as api:
        [seen] = api.list_active()
    assert len(seen.name) == 255
    assert seen.address == "caf\ufffd\ufffd\ufffd[31m"
    assert seen.caller_id == "a\ufffdb\ufffd"
    assert seen.uptime is None


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("1w2d03:04:05", timedelta(weeks=1, days=2, hours=3, minutes=4, seconds=5)),
        ("5s", timedelta(seconds=5)),
        ("1d1s", timedelta(days=1, seconds=1)),
        ("999999w", None),
        ("", None),
        ("-1s", None),
        ("١s", None),
    ],
)
def test_durations(router: RouterOsStandIn, said: str, meant: timedelta | None) -> None:
    router.tables.session("x", uptime=said)
    with visit(router).open() as api:
        assert api.list_active()[0].uptime == meant


def test_lines_that_were_not_asked_for_are_not_touched(router: RouterOsStandIn) -> None:
    router.faults.raw[ACTIVE] = row("=.id=*1", "=name=vizinho") + DONE
    router.faults.raw[SECRET] = row("=.id=*1", "=name=vizinho", "=comment=desk:9") + DONE
    with visit(router).open() as api:
        assert api.drop_session("joao") == 0
        assert api.drop_secret("joao") is False
    assert router.writes() == []


def test_text_that_cannot_be_sent(router: RouterOsStandIn) -> None:
    with visit(router).open() as api, pytest.raises(Rejected) as caught:
        api.find_secret("\ud800")
    assert caught.value.reason is Reason.BAD_REQUEST


def test_a_challenge_that_is_none(router: RouterOsStandIn) -> None:
    router.faults.legacy_login = True
    error = failure(visit(router, password="não-ascii"))
    assert error.reason is Reason.BAD_REQUEST


def test_printable() -> None:
    assert printable("a\tb") == "a\ufffdb"
    assert printable("x" * 1000, 10) == "x" * 9 + "…"
    assert printable(7) == "7"
