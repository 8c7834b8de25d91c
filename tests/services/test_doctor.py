"""Diagnóstico: each fault is made for real, found, and said in its own words."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from desk import doctor, system_roots
from desk.bootstrap import conninfo_of
from desk.demo.routeros import RouterOsStandIn
from desk.services.doctor import Code, Finding, Report, Verdict
from desk.services.doctor.examine import examine
from desk.settings import Server
from desk.ui.shell.doctor_words import WORDS, as_text, words
from tests.builders import a_routing_server
from tests.postgres import Cluster, Database, password_of, started
from tests.standins.certificates import Authority
from tests.standins.company import CompanyServer


@pytest.fixture(scope="module")
def company() -> Iterator[CompanyServer]:
    with started(CompanyServer()) as server:
        yield server


@pytest.fixture
def address(company: CompanyServer, tmp_path: Path) -> Server:
    """The company's server as a workstation has it, its certificate in order."""
    company.present(company.authority.issue("localhost"))
    root = str(company.authority.written(tmp_path))
    return Server("localhost", str(company.port), "postgres", sslrootcert=root)


def codes(report: Report) -> list[Code]:
    return [finding.code for finding in report.findings]


def last(report: Report) -> Finding:
    return [finding for finding in report.findings if finding.code is not Code.NOBODY][-1]


def as_person(database: Database, role: str, *, password: str = "") -> Report:
    """What this person's desk would report."""
    server = database.server()
    dsn = conninfo_of(server, role, password or password_of(role))
    return examine(server, partial(psycopg.connect, dsn), role)


@contextmanager
def mute() -> Iterator[int]:
    """A port where somebody takes the call and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield int(listening.getsockname()[1])


@contextmanager
def saying(words_said: bytes) -> Iterator[int]:
    """A port where somebody answers everything with this."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            with closing(listening.accept()[0]) as call:
                call.recv(100)
                call.sendall(words_said)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listening.getsockname()[1])
        thread.join(5)


def test_a_server_in_order(address: Server) -> None:
    report = examine(address)
    assert codes(report) == [Code.NAME_FOUND, Code.PORT_OPEN, Code.TLS_GOOD, Code.NOBODY]
    assert report.verdict is Verdict.GOOD
    assert last(report).params["issuer"] == "Autoridade do Provedor"
    assert last(report).params["days"] in (364, 365)


@pytest.mark.parametrize(
    ("names", "days", "code", "verdict"),
    [
        (("localhost",), 20, Code.TLS_SOON, Verdict.WARNING),
        (("localhost",), -1, Code.TLS_EXPIRED, Verdict.BAD),
        (("banco.provedor.br",), 365, Code.TLS_OTHER_NAME, Verdict.BAD),
    ],
)
def test_certificates(
    company: CompanyServer, address: Server, names: tuple[str, ...], days: int, code: Code, verdict: Verdict
) -> None:
    company.present(company.authority.issue(*names, days=days))
    found = last(examine(address))
    assert (found.code, found.verdict) == (code, verdict)
    assert names[0] in str(found.params["names"])


def test_a_certificate_that_does_not_count_yet(company: CompanyServer, address: Server) -> None:
    """Most often it is this computer's clock that is behind."""
    company.present(company.authority.issue("localhost", early=1))
    found = last(examine(address))
    assert (found.code, found.verdict) == (Code.TLS_EARLY, Verdict.BAD)
    assert "data e a hora deste computador" in words(found).do


def test_the_computers_own_roots_are_what_system_means(
    company: CompanyServer, address: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """libpq's own OpenSSL finds none by itself; the doctor and the sign-in go by the same ones."""
    company.present(company.authority.issue("localhost"))
    ours = address._replace(sslrootcert="system")
    for variable in (system_roots.VARIABLE, "SSL_CERT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(system_roots.ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=None))
    roots = Authority("Outra Autoridade").written(tmp_path, "roots.pem")
    monkeypatch.setattr(system_roots, "_BUNDLES", (str(tmp_path / "none.pem"), str(roots)))
    assert last(examine(ours)).code is Code.TLS_UNKNOWN_ROOT
    assert os.environ[system_roots.VARIABLE] == str(roots)
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        psycopg.connect(conninfo_of(ours, "postgres", company.password))
    # IT has put the company's authority among this computer's roots.
    roots.write_bytes(roots.read_bytes() + company.authority.pem)
    with psycopg.connect(conninfo_of(ours, "postgres", company.password)) as connection:
        assert connection.info.parameter_status("is_superuser") == "on"
    assert last(examine(ours)).code is Code.TLS_GOOD
    other = ours._replace(host="127.0.0.1")
    assert last(examine(other)).code is Code.TLS_OTHER_NAME
    with pytest.raises(psycopg.OperationalError, match="does not match"):
        psycopg.connect(conninfo_of(other, "postgres", company.password))


def test_of_a_windows_store_only_what_may_prove_a_server_is_taken(company: CompanyServer, tmp_path: Path) -> None:
    der = x509.load_pem_x509_certificate(company.authority.pem).public_bytes(Encoding.DER)
    mail = x509.load_pem_x509_certificate(Authority("Correio").pem).public_bytes(Encoding.DER)
    for_servers, for_mail = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.4"
    rows: list[tuple[bytes, str, set[str] | bool]] = [
        (der, "x509_asn", True),
        (der, "x509_asn", {for_servers, for_mail}),
        (mail, "x509_asn", {for_mail}),
        (mail, "x509_asn", False),
        (mail, "pkcs_7_asn", True),
    ]
    text = system_roots.as_pem(rows)
    assert [each.subject.rfc4514_string() for each in x509.load_pem_x509_certificates(text.encode())] == [
        "CN=Autoridade do Provedor"
    ]
    for _ in range(2):
        assert system_roots._written(text, tmp_path / "Desk") == tmp_path / "Desk" / "roots.pem"
    assert [path.name for path in (tmp_path / "Desk").iterdir()] == ["roots.pem"]
    assert system_roots._written(text, tmp_path / "Desk" / "roots.pem") is None


def test_an_authority_that_nobody_knows_here(company: CompanyServer, address: Server) -> None:
    company.present(Authority("Outra Autoridade").issue("localhost"))
    found = last(examine(address))
    assert found.code is Code.TLS_UNKNOWN_ROOT
    assert "Outra Autoridade" in words(found).found


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sslrootcert": "/nao/ha/raiz.crt"}, Code.TLS_ROOT_MISSING),
        ({"sslmode": "require", "sslrootcert": ""}, Code.TLS_UNVERIFIED),
        ({"sslmode": "prefer"}, Code.TLS_LOCAL),
        ({"sslmode": "prefer", "host": "0.0.0.0"}, Code.TLS_OFF),  # reaches this machine, and is not a loopback address
        ({"host": ""}, Code.NO_SERVER),
        ({"host": "banco.invalid"}, Code.NAME_UNKNOWN),
    ],
)
def test_settings(address: Server, change: dict[str, str], code: Code) -> None:
    assert last(examine(address._replace(**change))).code is code


def test_a_server_without_tls(cluster: Cluster, address: Server) -> None:
    assert last(examine(address._replace(port=str(cluster.port)))).code is Code.TLS_NOT_OFFERED


def test_a_port_where_nobody_is(address: Server) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening
        assert last(examine(address._replace(port=str(taken.getsockname()[1])))).code is Code.PORT_REFUSED


def test_a_port_of_something_else(address: Server) -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert last(examine(address._replace(port=str(port)))).code is Code.NOT_POSTGRES
    with saying(b"SEm TLS nenhum") as port:
        assert last(examine(address._replace(port=str(port)))).code is Code.TLS_BROKEN


def test_a_mute_server_is_not_waited_for_long(address: Server) -> None:
    began = time.monotonic()
    with mute() as port:
        assert last(examine(address._replace(port=str(port)))).code is Code.PORT_SILENT
    assert time.monotonic() - began < 8


def test_an_address_to_which_no_way_leads(address: Server) -> None:
    found = last(examine(address._replace(host="255.255.255.255")))
    assert (found.code, found.verdict) == (Code.PORT_UNREACHABLE, Verdict.BAD)
    assert "Não há caminho até lá" in words(found).found


def test_a_name_service_that_says_nothing(address: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, over = threading.Event(), threading.Event()

    def waits(*given: object, **more: object) -> list[object]:
        asked.set()
        over.wait(30)
        return []

    monkeypatch.setattr("desk.services.doctor.network.resolve.__defaults__", (0.3,))
    monkeypatch.setattr("desk.services.doctor.network.socket.getaddrinfo", waits)
    found = last(examine(address._replace(host="banco.provedor.example")))
    over.set()
    assert asked.is_set()
    assert (found.code, found.verdict) == (Code.NAME_SILENT, Verdict.BAD)
    assert "DNS" in words(found).found


def test_one_of_two_servers_is_enough(address: Server) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        two = address._replace(host="localhost,localhost", port=f"{port},{address.port}")
        report = examine(two)
    assert report.verdict is Verdict.WARNING
    assert [finding.verdict for finding in report.findings if finding.code is Code.PORT_REFUSED] == [Verdict.WARNING]
    assert Code.TLS_GOOD in codes(report)


def test_a_desk_in_order(database: Database) -> None:
    with RouterOsStandIn() as router:
        a_routing_server(database, "RB Centro", host="127.0.0.1", port=router.port)
        report = as_person(database, "atendente")
    assert codes(report) == [
        *(Code.NAME_FOUND, Code.PORT_OPEN, Code.TLS_LOCAL, Code.VERSION_GOOD, Code.CLOCK_GOOD, Code.TABLES_MATCH),
        *(Code.SIGNED_IN, Code.WALL_WHOLE, Code.DELIVERIES_GOOD, Code.ROUTER_OPEN),
    ]
    assert report.verdict is Verdict.GOOD
    assert "Bruno Atendente entrou como atendente." in as_text(report)


@pytest.mark.parametrize("role", ["administrador", "ninguem", "desk_worker"])
def test_nobody_is_open(database: Database, role: str) -> None:
    report = as_person(database, role)
    assert Code.WALL_WHOLE in codes(report)
    assert Code.NO_ROUTERS in codes(report)


@pytest.mark.parametrize(
    ("damage", "code", "says"),
    [
        ("UPDATE desk.alembic_version SET version_num = '9999'", Code.TABLES_NEWER, "9999"),
        ("UPDATE desk.alembic_version SET version_num = '0001'", Code.TABLES_OLDER, "desk db upgrade"),
        ("DROP TABLE desk.alembic_version", Code.TABLES_NONE, "não é do Desk"),
        ("UPDATE desk.installation SET wall = 'x'", Code.WALL_OTHER, "check --repair"),
        ("ALTER TABLE desk.customers DISABLE TRIGGER USER", Code.WALL_OPEN, "guardas desligadas"),
        ("GRANT CREATE ON SCHEMA desk TO desk_operator", Code.WALL_OPEN, "cria objetos"),
        ("GRANT DELETE ON desk.customers TO desk_operator", Code.WALL_OPEN, "apaga linhas"),
        ("UPDATE desk.people SET active = false WHERE role = 'atendente'", Code.SIGN_IN_REFUSED, "não está ativo"),
        ("REVOKE CONNECT ON DATABASE {name} FROM desk_operator", Code.SIGN_IN_REFUSED, "não está ativo"),
    ],
)
def test_what_is_wrong_with_the_database(database: Database, damage: str, code: Code, says: str) -> None:
    database.admin().execute(damage.format(name=database.name).encode())
    report = as_person(database, "atendente")
    assert report.verdict is Verdict.BAD
    found = next(finding for finding in report.findings if finding.verdict is Verdict.BAD)
    assert found.code is code
    assert says in f"{words(found).found} {words(found).do}"


def test_a_wrong_password_is_the_sign_ins_own_text(database: Database) -> None:
    found = last(as_person(database, "atendente", password="errada-mesmo-1"))
    assert found.code is Code.SIGN_IN_REFUSED
    assert words(found).found.startswith("Usuário ou senha não confere.")


@pytest.mark.parametrize(("seconds", "code"), [(5, Code.CLOCK_GOOD), (90, Code.CLOCK_OFF), (-3600, Code.CLOCK_FAR)])
def test_clocks(database: Database, monkeypatch: pytest.MonkeyPatch, seconds: int, code: Code) -> None:
    real = time.time
    monkeypatch.setattr("desk.services.doctor.database.time.time", lambda: real() + seconds)
    assert code in codes(as_person(database, "atendente"))


def test_a_server_of_another_age(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.services.doctor.database.OLDEST_SERVER", 990000)
    report = as_person(database, "atendente")
    found = next(finding for finding in report.findings if finding.code is Code.VERSION_OLD)
    assert found.verdict is Verdict.BAD and "precisa do 15" in words(found).found


def test_when_routers_take_too_long_the_rest_is_said_to_be_unseen(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.services.doctor.routers.ALL_SECONDS", -1.0)
    a_routing_server(database, "RB Longe", host="127.0.0.1")
    report = as_person(database, "atendente")
    assert (last(report).code, last(report).verdict) == (Code.ROUTER_SKIPPED, Verdict.SKIPPED)
    assert "Não conferido" in as_text(report)


def test_late_deliveries(database: Database) -> None:
    database.admin().execute(
        "INSERT INTO desk.debts (topic, key, due_at) VALUES ('radius_login', '1', now() - interval '1 hour')"
    )
    found = next(f for f in as_person(database, "atendente").findings if f.code is Code.DELIVERIES_LATE)
    assert (found.verdict, found.params["count"]) == (Verdict.WARNING, 1)


def test_routers_that_do_not_answer(database: Database) -> None:
    with closing(socket.socket()) as taken, saying(b"nada de TLS aqui") as plain, mute() as silent:
        taken.bind(("127.0.0.1", 0))
        a_routing_server(database, "A recusa", host="127.0.0.1", port=taken.getsockname()[1])
        a_routing_server(database, "B nome", host="roteador.invalid")
        a_routing_server(database, "C sem TLS", host="127.0.0.1", port=plain, tls="certificado verificado")
        a_routing_server(database, "D mudo", host="127.0.0.1", port=silent, tls="certificado verificado")
        a_routing_server(database, "E desligado", host="127.0.0.1", active=False)
        began = time.monotonic()
        report = as_person(database, "suporte")
    assert time.monotonic() - began < 8
    assert [finding.code for finding in report.findings if str(finding.code).startswith("router")] == [
        Code.ROUTER_REFUSED,
        Code.ROUTER_NAME_UNKNOWN,
        Code.ROUTER_TLS,
        Code.ROUTER_SILENT,
    ]
    assert report.verdict is Verdict.WARNING


def test_every_code_has_its_words() -> None:
    assert set(WORDS) == set(Code)
    for code, made in WORDS.items():
        assert made.title and made.found, code


def test_the_command_says_it_and_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server = database.server()
    for name in ("host", "port", "database", "sslmode"):
        monkeypatch.setenv(f"DESK_{name.upper()}", str(getattr(server, name)))
    monkeypatch.setattr("desk.doctor.asked", lambda question: password_of("atendente"))
    assert doctor.main(["atendente"]) == 0
    said = capsys.readouterr().out
    assert "Tudo em ordem." in said and password_of("atendente") not in said
    assert doctor.main(["atendente", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert whole["verdict"] == "good"
    assert {
        "verdict": "good",
        "code": "clock_good",
        "title": "Relógio",
        "found": "Certo com o do servidor.",
        "do": "",
    } in (whole["findings"])
    assert doctor.main(["--port", "1", "--out", str(tmp_path / "laudo.txt")]) == 1
    assert "não está atendendo" in (tmp_path / "laudo.txt").read_text("utf-8")
    assert doctor.main(["--out", str(tmp_path)]) == 3
    assert "Não foi possível gravar" in capsys.readouterr().err


def test_on_the_server_the_key_is_looked_at_too(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(["--url", database.dsn()]) == 0
    assert "Chave-mestra legível" in capsys.readouterr().out
    key = database.cluster.master_key
    hidden = key.rename(key.with_suffix(".longe"))
    try:
        assert doctor.main(["--url", database.dsn()]) == 1
        assert "não lê uma chave-mestra" in capsys.readouterr().out
    finally:
        hidden.rename(key)
    assert doctor.main(["--url", database.dsn("atendente")]) == 1
    assert "superusuária" in capsys.readouterr().out
