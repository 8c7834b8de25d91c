"""The stand-in itself: its codec by known vectors and properties, its manners as three unrelated clients see them."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import librouteros
import pytest
import routeros_api
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st
from librouteros import protocol
from librouteros.exceptions import FatalError, LibRouterosError, TrapError
from librouteros.login import plain, token
from routeros_api.exceptions import RouterOsApiCommunicationError

from desk.demo.routeros import RouterOsStandIn, TlsKind
from desk.demo.routeros.certificates import anonymous_context
from desk.demo.routeros.codec import (
    BadLength,
    decode_length,
    encode_length,
    encode_sentence,
    encode_word,
    extra_bytes,
    read_sentence,
)
from desk.demo.routeros.query import matches
from desk.integrations.errors import IntegrationError
from desk.integrations.routeros.tls import Deadline
from desk.integrations.routeros.wire import Wire

NODE = Path(__file__).parent / "node"

VECTORS = [
    (0, "00"),
    (1, "01"),
    (0x7F, "7f"),
    (0x80, "8080"),
    (0x100, "8100"),
    (0x3FFF, "bfff"),
    (0x4000, "c04000"),
    (20_000, "c04e20"),
    (0x1FFFFF, "dfffff"),
    (0x200000, "e0200000"),
    (0xFFFFFFF, "efffffff"),
    (0x10000000, "f010000000"),
    (0xFFFFFFFF, "f0ffffffff"),
]


@pytest.mark.parametrize(("length", "encoded"), VECTORS)
def test_length_vectors(length: int, encoded: str) -> None:
    assert encode_length(length).hex() == encoded
    assert decode_length(bytes.fromhex(encoded)) == length


def test_lengths_that_do_not_exist() -> None:
    with pytest.raises(BadLength):
        encode_length(0x1_0000_0000)
    for first in range(0xF8, 0x100):
        with pytest.raises(BadLength):
            extra_bytes(first)
    with pytest.raises(BadLength):
        decode_length(b"\x81")


@given(st.integers(0, 0xFFFFFFFF))
def test_any_length_there_and_back(length: int) -> None:
    encoded = encode_length(length)
    assert extra_bytes(encoded[0]) == len(encoded) - 1
    assert decode_length(encoded) == length


@given(st.integers(0, 0xFFFFFFF))
def test_lengths_agree_with_the_library(length: int) -> None:
    assert encode_length(length) == protocol.encode_length(length)
    assert protocol.decode_length(encode_length(length)) == length


WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


@given(st.lists(WORD, min_size=1, max_size=8), st.integers(1, 7))
def test_any_sentence_reaches_both_sides_whatever_the_pieces(words: list[str], piece: int) -> None:
    data = encode_sentence(words)
    assert data == protocol.encode_sentence(*words, encoding="utf-8")

    async def by_the_standin() -> list[str]:
        reader = asyncio.StreamReader()
        for start in range(0, len(data), piece):
            reader.feed_data(data[start : start + piece])
        return await read_sentence(reader)

    assert asyncio.run(by_the_standin()) == words
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"\0\0" + data)
        if words[0] != "!fatal":
            assert Wire(ours, "x", Deadline(5)).readSentence() == (words[0], tuple(words[1:]))


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_read_or_end_in_an_error_that_is_caught(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            theirs.sendall(data)
        wire = Wire(ours, "x", Deadline(5))
        with pytest.raises((LibRouterosError, IntegrationError)):  # the end of the data, at the latest
            while True:
                wire.readSentence()


def test_long_words_over_a_socket() -> None:
    word = "ç" * 10_000
    assert encode_word(word)[:3].hex() == "c04e20"
    with RouterOsStandIn() as router, connected(router) as api:
        router.tables.secret("x", comment=word)
        assert next(api.rawCmd("/ppp/secret/print", "?name=x"))["comment"] == word
        assert list(api.rawCmd("/ppp/secret/print", f"?comment={'a' * 256}")) == []


@pytest.mark.parametrize("length", [0x7F, 0x80, 0x3FFF, 0x4000, 0x1FFFFF, 0x200000])
def test_a_word_at_each_edge_of_a_length_is_heard_and_said(router: RouterOsStandIn, length: int) -> None:
    """The last and the first of each size but the one from 256 MB on, which only the codec's own tests reach."""
    word = "=comment=" + "z" * (length - len("=comment="))
    with connected(router) as api:
        api.protocol.writeSentence("/ppp/secret/add", "=name=lang", word)
        assert api.protocol.readSentence()[0] == "!done"
        assert router.tables.rows["/ppp/secret"][0]["comment"] == word.removeprefix("=comment=")
        api.protocol.writeSentence("/ppp/secret/print", "?name=lang", "=.proplist=comment")
        assert api.protocol.readSentence() == ("!re", (word,))
        assert api.protocol.readSentence() == ("!done", ())


ROW = {".id": "*1", "name": "ana", "rate": "9", "disabled": "true", "comment": ""}


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        ([], True),
        (["?name"], True),
        (["?nothing"], False),
        (["?-nothing"], True),
        (["?-name"], False),
        (["?name=ana"], True),
        (["?=name=ana"], True),
        (["?name=bia"], False),
        (["?comment="], True),
        (["?disabled=yes"], True),
        (["?>rate=10"], False),
        (["?<rate=10"], True),
        (["?>name=abc"], True),
        (["?name=bia", "?#!"], True),
        (["?name=ana", "?name=bia", "?#|"], True),
        (["?name=ana", "?name=bia", "?#&"], False),
        (["?name=ana", "?name=bia"], False),
        (["?name=bia", "?name=ana", "?#!", "?#|!"], True),
        (["?name=bia", "?name=ana", "?#0"], True),
        (["?name=bia", "?name=ana", "?#1"], False),
        (["?name=ana", "?#.&"], True),
        (["?name=ana", "?name=bia", "?#1.!|!"], True),
    ],
)
def test_queries(words: list[str], passes: bool) -> None:
    assert matches(ROW, words) is passes


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    with RouterOsStandIn() as running:
        yield running


@contextmanager
def connected(router: RouterOsStandIn, **options: object) -> Iterator[librouteros.api.Api]:
    api = librouteros.connect(
        "127.0.0.1", "desk", router.users["desk"], port=router.port, encoding="utf-8", timeout=5, **options
    )
    try:
        yield api
    finally:
        api.close()


@contextmanager
def talking(router: RouterOsStandIn) -> Iterator[protocol.ApiProtocol]:
    """Raw sentences, for what no library lets one say."""
    with socket.create_connection(("127.0.0.1", router.port), timeout=5) as connection:
        yield protocol.ApiProtocol(librouteros.connections.SocketTransport(connection), "utf-8")


@pytest.mark.parametrize("empty_word", [False, True])
@pytest.mark.parametrize("method", [plain, token])
def test_librouteros(router: RouterOsStandIn, method: object, empty_word: bool) -> None:
    router.faults.empty_word = empty_word
    with connected(router, login_method=method) as api:
        secrets = api.path("ppp", "secret")
        assert tuple(secrets) == ()
        added = secrets.add(name="lib", profile="50M", disabled=True)
        row = next(iter(secrets))
        assert (row[".id"], row["disabled"], row["service"]) == (added, True, "any")
        secrets.update(**{".id": added, "comment": "á" * 256})
        assert next(iter(secrets))["comment"] == "á" * 256
        with pytest.raises(TrapError, match="same name already exists"):
            secrets.add(name="lib")
        with pytest.raises(TrapError, match="no such item"):
            secrets.remove("*FFFF")
        with pytest.raises(TrapError, match="unknown parameter colour"):
            secrets.add(name="z", colour="red")
        assert [r["name"] for r in api.rawCmd("/ppp/profile/print", "?name=50M", "?name=default", "?#|")] == [
            "default",
            "50M",
        ]
        assert list(api.rawCmd("/ppp/profile/print", "=count-only=")) == [{"ret": 3}]
        tuple(api("/ppp/secret/disable", **{".id": "lib"}))
        secrets.remove(added)
        assert tuple(secrets) == ()
        once = list(api("/interface/monitor-traffic", interface="ether1,ether2", once=""))
        assert [line["name"] for line in once] == ["ether1", "ether2"]
        for category, command in ((0, "/no/such/print"), (0, "/ppp/nothing"), (1, "/ip/address/add")):
            with pytest.raises(TrapError) as caught:
                list(api(command, address="10.0.0.1/24", interface="ether9"))
            assert caught.value.category == category


def test_librouteros_with_a_wrong_password(router: RouterOsStandIn) -> None:
    for method in (plain, token):
        with pytest.raises(TrapError, match="invalid user name or password"):
            librouteros.connect("127.0.0.1", "desk", "errada", port=router.port, login_method=method)


@pytest.mark.parametrize("plaintext", [True, False])
@pytest.mark.parametrize("empty_word", [False, True])
def test_routeros_api(router: RouterOsStandIn, plaintext: bool, empty_word: bool) -> None:
    router.faults.empty_word = empty_word
    pool = routeros_api.RouterOsApiPool(
        "127.0.0.1", "desk", router.users["desk"], port=router.port, plaintext_login=plaintext
    )
    api = pool.get_api()
    secrets = api.get_resource("/ppp/secret")
    assert secrets.get() == []
    added = secrets.add(name="api", profile="100M").done_message["ret"]
    assert secrets.get(name="api")[0]["id"] == added
    with pytest.raises(RouterOsApiCommunicationError, match="already exists"):
        secrets.add(name="api")
    secrets.set(id=added, disabled="yes")
    assert secrets.get(disabled="true")[0]["name"] == "api"
    profiles = api.get_resource("/ppp/profile")
    waiting = [profiles.call_async("print", queries={"name": name}) for name in ("100M", "default", "50M")]
    assert [answer.get()[0]["name"] for answer in reversed(waiting)] == ["50M", "default", "100M"]
    secrets.remove(id=added)
    assert secrets.get() == []
    pool.disconnect()


@pytest.fixture(scope="session")
def node() -> str:
    """The Node client, installed from its lock file when it is not there yet."""
    program, installer = shutil.which("node"), shutil.which("npm")
    if program is None:
        pytest.fail("Node.js is missing: install the packages nodejs and npm, it checks the RouterOS stand-in")
    with FileLock(NODE / ".install.lock"):  # test workers come here at the same time
        if not (NODE / "node_modules" / "node-routeros").is_dir():
            if installer is None:
                pytest.fail("npm is missing: install the package npm, it brings the client that checks the stand-in")
            command = [installer, "ci", "--no-audit", "--no-fund", "--prefix", str(NODE)]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            if done.returncode:
                pytest.fail(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return program


@pytest.mark.parametrize("legacy", [False, True])
@pytest.mark.parametrize("tls", [TlsKind.NONE, TlsKind.CERTIFICATE])
def test_node_routeros(node: str, tls: TlsKind, legacy: bool) -> None:
    with RouterOsStandIn(tls=tls) as router:
        router.faults.legacy_login = legacy
        router.tables.secret("other")
        how = {
            "port": router.port,
            "user": "desk",
            "password": router.users["desk"],
            "tls": tls is TlsKind.CERTIFICATE,
        }
        done = subprocess.run(
            [node, str(NODE / "crosscheck.js"), json.dumps(how)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        saw = json.loads(done.stdout)
    assert saw == {
        "refused": "CANTLOGIN",
        "added": saw["added"],
        "found": [{".id": saw["added"], "name": "node", "profile": "50M", "disabled": "true"}],
        "either": ["other", "node"],
        "duplicate": "failure: secret with the same name already exists",
        "long": 20_000,
        "count": [{"ret": "3"}],
        "parallel": ["default", "50M", "100M"],
        "stream": ["1000", "2000", "3000"],
        "unknown": "no such command prefix",
        "left": 0,
    }


def test_before_signing_in_and_on_leaving(router: RouterOsStandIn) -> None:
    with talking(router) as raw:
        raw.writeSentence("/ppp/secret/print")
        with pytest.raises(FatalError, match="not logged in"):
            raw.readSentence()
    with talking(router) as raw:
        raw.writeSentence("/login", "=name=desk", f"=password={router.users['desk']}")
        assert raw.readSentence() == ("!done", ())
        raw.writeSentence("/quit")
        with pytest.raises(FatalError, match="session terminated on request"):
            raw.readSentence()


def test_tags_come_back_and_a_stream_is_cancelled(router: RouterOsStandIn) -> None:
    with talking(router) as raw:
        raw.writeSentence("/login", "=name=desk", f"=password={router.users['desk']}", ".tag=a")
        assert raw.readSentence() == ("!done", (".tag=a",))
        raw.writeSentence("/interface/monitor-traffic", "=interface=ether1", "=interval=0.01", ".tag=7")
        for _ in range(3):
            word, attributes = raw.readSentence()
            assert word == "!re"
            assert ".tag=7" in attributes
        raw.writeSentence("/system/identity/print", ".tag=8")
        raw.writeSentence("/cancel", "=tag=7", ".tag=9")
        heard = set()
        while len(heard) < 5:
            word, attributes = raw.readSentence()
            if word != "!re" or ".tag=8" in attributes:
                heard.add((word, attributes[-1], {"=category=2", "=message=interrupted"} <= set(attributes)))
        assert heard == {
            ("!re", ".tag=8", False),
            ("!done", ".tag=8", False),
            ("!trap", ".tag=7", True),
            ("!done", ".tag=7", False),
            ("!done", ".tag=9", False),
        }
        raw.writeSentence("/cancel", "=tag=7", ".tag=10")
        assert raw.readSentence()[0] == "!trap"


def test_librouteros_over_tls_with_and_without_certificate() -> None:
    with RouterOsStandIn(tls=TlsKind.CERTIFICATE) as router:
        assert router.certificate is not None
        context = ssl.create_default_context(cadata=router.certificate.pem)
        wrap = lambda connection: context.wrap_socket(connection, server_hostname="127.0.0.1")  # noqa: E731
        with connected(router, ssl_wrapper=wrap) as api:
            assert len(tuple(api.path("ppp", "profile"))) == 3
    with RouterOsStandIn(tls=TlsKind.ANONYMOUS) as router:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ADH:@SECLEVEL=0")
        with connected(router, ssl_wrapper=context.wrap_socket) as api:
            assert len(tuple(api.path("ppp", "profile"))) == 3
    assert anonymous_context().get_ciphers()


def test_a_removed_session_is_reported(router: RouterOsStandIn) -> None:
    stopped: list[str] = []
    router.tables.on_session_removed = lambda row: stopped.append(row["session-id"])
    row = router.tables.session("maria")
    with connected(router) as api:
        api.path("ppp", "active").remove(row[".id"])
        assert tuple(api.path("ppp", "active")) == ()
    assert stopped == [row["session-id"]]
    assert router.commands() == {"/ppp/active/remove": 1, "/ppp/active/print": 1}
    assert router.writes() == [["/ppp/active/remove", f"=.id={row['.id']}"]]
