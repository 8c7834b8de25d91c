"""Access points and routing servers from files that people made: looked through, written at once or not at all."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from desk.services.access_points import (
    AccessPoints,
    CheckRouter,
    DryRun,
    ImportAccessPoints,
    Imported,
    ImportRoutingServers,
    IpRanges,
    RoutingServers,
    TlsMode,
    TryAccessPoints,
    TryRoutingServers,
    Verdict,
    access_points_template,
    routing_servers_template,
)
from desk.services.access_points.errors import ImportBad, ImportMoved
from desk.services.access_points.importing import reading
from desk.services.core.errors import DomainError, NotAllowed
from tests.builders import a_plan, a_range, a_routing_server, a_secret, an_access_point, an_ip, insert
from tests.postgres import Database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pontos.csv"


def tried(database: Database, file: Path, content: str | bytes, role: str = "suporte") -> DryRun:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return database.bus(role).execute(TryAccessPoints(file)).value


def tried_servers(database: Database, file: Path, content: str | bytes) -> DryRun:
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return database.bus("suporte").execute(TryRoutingServers(file)).value


def done(database: Database, run: DryRun, *, only_good: bool = False) -> Imported:
    order = ImportAccessPoints(content=run.content, digest=run.digest, only_good=only_good)
    return database.bus("suporte").execute(order).value


def problems(run: DryRun) -> list[tuple[int, str, str]]:
    return [(line.number, found.column, found.code) for line in run.lines for found in line.problems]


def test_the_template_is_itself_a_good_file(database: Database, file: Path) -> None:
    run = tried(database, file, access_points_template())
    assert (run.problem, run.encoding, run.delimiter, run.strange) == ("", "UTF-8", ";", ())
    assert [line.verdict for line in run.lines] == [Verdict.CREATE] * 2, problems(run)
    assert done(database, run) == Imported(created=2, changed=0, left_out=0)
    servers = tried_servers(database, file, routing_servers_template())
    assert [line.verdict for line in servers.lines] == [Verdict.CREATE] * 2, problems(servers)


def test_everything_a_line_can_say_is_written(database: Database, file: Path) -> None:
    server = a_routing_server(database, "BNG-1")
    unit = insert(database, "business_units", name="Maringá")
    run = tried(
        database,
        file,
        "Nome;Unidade;Roteador;Limite;Ativo;Encerrar conexões por;Faixas;Interface;Fila;ARP;Endereço;"
        "Lista dos liberados;Lista dos bloqueados;Obs\n"
        "POP Norte;maringa;bng-1;1.500;não;CoA;198.51.100.0/24 gw 198.51.100.1 | 2001:db8::/40 /56;ether2;s;X;0;"
        'livres;presos;"torre 2, sala 3"\n',
    )
    assert problems(run) == []
    assert done(database, run).created == 1
    (row,) = database.bus("suporte").execute(AccessPoints()).value
    assert (row.name, row.business_unit_id, row.routing_server_id, row.customer_limit, row.active) == (
        *("POP Norte", unit, server.id),
        *(1500, False),
    )
    assert (row.disconnect_by, row.interface, row.sets_queue, row.sets_arp, row.sets_address) == (
        *("CoA (RADIUS)", "ether2", True, True, False),
    )
    assert (row.allowed_list, row.blocked_list, row.notes) == ("livres", "presos", "torre 2, sala 3")
    first, second = database.bus("suporte").execute(IpRanges(row.id)).value
    assert (first.network, first.gateway, first.block_prefix) == ("198.51.100.0/24", "198.51.100.1", 32)
    assert (second.network, second.gateway, second.block_prefix) == ("2001:db8::/40", "", 56)


def test_the_same_file_once_more_changes_nothing(database: Database, file: Path) -> None:
    content = access_points_template()
    done(database, tried(database, file, content))
    log = "SELECT count(*) FROM desk.change_log"
    before = database.admin().execute(log).fetchone()
    again = tried(database, file, content)
    assert [line.verdict for line in again.lines] == [Verdict.SAME] * 2, [line.changes for line in again.lines]
    assert done(database, again) == Imported(created=0, changed=0, left_out=0)
    assert database.admin().execute(log).fetchone() == before


def test_an_empty_cell_or_a_missing_column_leaves_what_is_there(database: Database, file: Path) -> None:
    point = an_access_point(database, "POP Norte", customer_limit=10, notes="antiga")
    a_range(database, "198.51.100.0/24", access_point=point, gateway="198.51.100.1")
    run = tried(database, file, "Nome;Limite;Obs;Faixas\nPOP Norte;;nova;198.51.100.0/24\nPOP Sul;sem limite;;\n")
    assert [line.verdict for line in run.lines] == [Verdict.CHANGE, Verdict.CREATE]
    assert [(change.label, change.before, change.after) for change in run.lines[0].changes] == [
        ("Observações", "antiga", "nova")
    ]
    done(database, run)
    rows = {row.name: row for row in database.bus("suporte").execute(AccessPoints()).value}
    assert (rows["POP Norte"].customer_limit, rows["POP Norte"].notes) == (10, "nova")
    limit = tried(database, file, "Nome;Limite\nPOP Norte;Sem limite\n")
    done(database, limit)
    rows = {row.name: row for row in database.bus("suporte").execute(AccessPoints()).value}
    assert rows["POP Norte"].customer_limit is None


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_however_a_spreadsheet_wrote_it(
    database: Database, file: Path, delimiter: str, encoding: str, ending: str
) -> None:
    lines = (("Nome", "Observações", "Ativo"), ("POP São João", "ação", "Não"))
    run = tried(database, file, ending.join(delimiter.join(line) for line in lines).encode(encoding))
    assert (run.problem, run.delimiter, run.strange) == ("", delimiter, ())
    assert [(line.name, line.verdict) for line in run.lines] == [("POP São João", Verdict.CREATE)]
    assert ("Observações", "", "ação") in [(c.label, c.before, c.after) for c in run.lines[0].changes]


def test_the_line_that_names_the_delimiter_counts_as_a_line(database: Database, file: Path) -> None:
    run = tried(database, file, "sep=,\r\nNome,Limite\r\nPOP Norte,zero\r\n")
    assert problems(run) == [(3, "Limite Cliente", "cell_limit")]


def test_a_record_of_several_lines_is_named_by_its_first(database: Database, file: Path) -> None:
    run = tried(database, file, 'Nome;Obs\nA;"um\ndois\ntrês"\n\nB;=1+1\n')
    assert [(line.number, line.name) for line in run.lines] == [(2, "A"), (6, "B")]
    assert problems(run) == [(6, "Observações", "cell_formula")]


def test_each_bad_cell_is_named_with_its_line_and_reason(database: Database, file: Path) -> None:
    an_access_point(database, "POP Norte")
    a_routing_server(database, "BNG-Centro")
    run = tried(
        database,
        file,
        "Nome;Servidor;Unidade;Limite;Ativo;Encerrar conexões por;Faixas;Endereço;Interface\n"
        "=cmd|' /C calc'!A0;;;;;;;;\n"
        ";;;;;;;;\n;BNG-Centro;;;;;;;\n"
        "A;BNG Centro 1;Lua;0;talvez;fax;198.51.100.9/24;;\n"
        "B;;;;;;198.51.100.0/24 198.51.101.1;sim;\n"
        "pop norte;;;;;;;;\n"
        "C;;;;;;;;\nc;;;;;;;;\n"
        f"{'x' * 61};;;;;;;;\n"
        "D\u202eE;;;;;;;;\n"
        "F;;;;;;198.51.100.0/24 x;;\n",
    )
    assert problems(run) == [
        (2, "Nome", "cell_formula"),
        (4, "Nome", "cell_empty"),
        (5, "Limite Cliente", "cell_limit"),
        (5, "Ativo", "cell_yes_no"),
        (5, "Encerrar conexões por", "cell_choice"),
        (5, "Faixas de IP", "cell_network"),
        (5, "Unidade de Negócios", "unknown_unit"),
        (5, "Servidor de Roteamento", "unknown_router_near"),
        (6, "Interface", "interface_needed"),
        (6, "Faixas de IP", "gateway_outside"),
        (7, "Nome", "name_written_otherwise"),
        (9, "Nome", "twice_in_file"),
        (10, "Nome", "too_long"),
        (11, "Nome", "cell_hidden"),
        (12, "Faixas de IP", "cell_range_word"),
    ]
    assert run.lines[2].problems[-1].params["near"] == "BNG-Centro"
    with pytest.raises(ImportBad) as refused:
        done(database, run)
    assert refused.value.params["bad"] == 9
    assert [row.name for row in database.bus("suporte").execute(AccessPoints()).value] == ["POP Norte"]
    assert done(database, run, only_good=True) == Imported(created=1, changed=0, left_out=9)
    assert [row.name for row in database.bus("suporte").execute(AccessPoints()).value] == ["C", "POP Norte"]


def test_ranges_that_overlap_in_the_file_or_with_what_is_there(database: Database, file: Path) -> None:
    other = an_access_point(database, "POP Sul")
    a_range(database, "198.51.100.0/24", access_point=other)
    a_range(database, "203.0.113.64/26", access_point=other)
    run = tried(
        database,
        file,
        "Nome;Faixas\nA;198.51.100.128/25\nB;203.0.113.0/24\nC;192.0.2.0/24\nD;192.0.2.0/25\nE;192.0.2.0/24\n"
        "F;10.0.0.0/24 | 10.0.0.0/25\nG;203.0.112.0/24\nH;2001:db8::/32\nI;2001:db8:1::/48\n",
    )
    found = [
        (line.name, p.code, p.params.get("point", p.params.get("line"))) for line in run.lines for p in line.problems
    ]
    assert found == [
        ("A", "range_taken", "POP Sul"),
        ("B", "range_taken", "POP Sul"),
        ("D", "range_in_file", "4"),
        ("E", "range_in_file", "4"),
        ("F", "range_in_file", "7"),
        ("I", "range_in_file", "9"),
    ]
    done(database, run, only_good=True)


def test_a_gateway_that_a_customer_has_and_a_range_in_use(database: Database, file: Path) -> None:
    point = an_access_point(database, "POP Norte")
    a_range(database, "198.51.100.0/24", access_point=point)
    an_ip(database, "198.51.100.7", plan_id=a_plan(database, access_point=point).id, access_point_id=point.id)
    run = tried(database, file, "Nome;Faixas\nPOP Norte;198.51.100.0/24 198.51.100.7\n")
    assert problems(run) == [(2, "Faixas de IP", "reserved_in_use")]
    run = tried(database, file, "Nome;Faixas\nPOP Norte;198.51.100.0/24 198.51.100.1 /30\n")
    assert problems(run) == [(2, "Faixas de IP", "range_used")]
    run = tried(database, file, "Nome;Faixas\nPOP Norte;198.51.100.0/24 198.51.100.1\n")
    assert done(database, run).changed == 1
    assert [row.gateway for row in database.bus("suporte").execute(IpRanges(point.id)).value] == ["198.51.100.1"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\n \n;;\n", "empty"),
        (b"Nome\n", "no_lines"),
        (b"Codigo;Limite\n1;2\n", "column_missing"),
        (b"Nome;Nome\nA;B\n", "column_twice"),
        (b"Nome\nA\0B\n", "not_text"),
        ("Nome\nA\0B\n".encode("utf-16"), "not_text"),
        (b'Nome;Obs\nA;"aberta\n', "broken_quotes"),
        (b'Nome;Obs\nA;"x"y\n', "broken_quotes"),
        (b"Nome\n" + b"A;" * 61 + b"\n", "too_many_columns"),
        (b"Nome\n" + b"x" * 4001 + b"\n", "cell_too_long"),
        (b"Nome\n" + b"x" * 200_000 + b"\n", "broken_quotes"),
        (b"PK\x03\x04\x14\0\x06\0", "not_text"),
    ],
)
def test_files_that_are_of_no_use(database: Database, file: Path, content: bytes, code: str) -> None:
    assert tried(database, file, content).problem == code


def test_a_giant_a_folder_a_pipe_and_nothing_are_refused_unread(database: Database, tmp_path: Path) -> None:
    giant = tmp_path / "giant.csv"
    with giant.open("wb") as opened:
        opened.truncate(1 << 30)  # a gigabyte that takes no room on the disk
    expected = {giant: "too_big", tmp_path: "not_a_file", tmp_path / "none.csv": "cannot_open"}
    if hasattr(os, "mkfifo"):  # Windows has none that lie in folders
        pipe = tmp_path / "pipe.csv"
        os.mkfifo(pipe)  # reading it would wait for ever
        expected[pipe] = "not_a_file"
    bus = database.bus("suporte")
    assert {path: bus.execute(TryAccessPoints(path)).value.problem for path in expected} == expected


def test_two_hundred_thousand_lines_are_stopped_at_the_bound(database: Database, file: Path) -> None:
    run = tried(database, file, "Nome\n" + "".join(f"P{n}\n" for n in range(200_000)))
    assert (run.problem, run.params["limit"], run.lines) == ("too_many_lines", reading.MOST_LINES, ())


def test_as_many_as_are_allowed_in_a_few_statements(database: Database, file: Path) -> None:
    many = "".join(f"P{n};10.{n // 256}.{n % 256}.0/24\n" for n in range(reading.MOST_LINES))
    run = tried(database, file, "Nome;Faixas\n" + many)
    assert run.count(Verdict.CREATE) == reading.MOST_LINES
    assert done(database, run).created == reading.MOST_LINES
    assert tried(database, file, "Nome;Faixas\n" + many).count(Verdict.SAME) == reading.MOST_LINES


def test_what_moved_since_it_was_shown_is_shown_anew(database: Database, file: Path) -> None:
    run = tried(database, file, "Nome;Limite\nPOP Norte;10\n")
    an_access_point(database, "POP Norte", customer_limit=3)
    with pytest.raises(ImportMoved):
        done(database, run)
    with pytest.raises(ImportMoved):
        order = ImportAccessPoints(content=b"Nome\nOutro\n", digest=run.digest)
        database.bus("suporte").execute(order)
    assert done(database, tried(database, file, "Nome;Limite\nPOP Norte;10\n")).changed == 1


def test_two_desks_with_the_same_file(database: Database, file: Path) -> None:
    """One writes it; the other is told that it is no longer as shown, and nothing is there twice."""
    run = tried(database, file, access_points_template())
    start = threading.Barrier(4)
    said: list[str] = []

    def go() -> None:
        start.wait(30)
        try:
            done(database, run)
            said.append("done")
        except DomainError as error:
            said.append(type(error).__name__)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count("done") == 1
    assert set(said) <= {"done", "ImportMoved", "AlreadyExists", "IpRangeOverlaps"}
    assert database.admin().execute("SELECT count(*) FROM desk.access_points").fetchone() == (2,)


def test_it_needs_the_permission(database: Database, file: Path) -> None:
    run = tried(database, file, "Nome\nA\n")
    for order in (
        TryAccessPoints(file),
        TryRoutingServers(file),
        ImportAccessPoints(content=run.content, digest=run.digest),
        ImportRoutingServers(content=run.content, digest=run.digest),
    ):
        with pytest.raises(NotAllowed):
            database.bus("atendente").execute(order)  # type: ignore[var-annotated]


SERVERS = (
    "Nome;Endereço;Porta;TLS;Usuário;Senha;Endereço no RADIUS;Segredo\n"
    "BNG-1;192.0.2.1;8728;Sem TLS;desk;senha-do-um;192.0.2.1;segredo-do-um\n"
    "BNG-2;bng2.exemplo.net.br;8.729;tls anonimo;desk;=senha;;\n"
)


def test_passwords_go_to_the_vault_once_and_nowhere_else(database: Database, file: Path) -> None:
    run = tried_servers(database, file, SERVERS)
    assert problems(run) == []
    assert run.has_secrets
    assert "senha-do-um" not in repr(run)
    assert "segredo-do-um" not in repr(run)
    order = ImportRoutingServers(content=run.content, digest=run.digest)
    assert "senha-do-um" not in repr(order)
    bus = database.bus("suporte")
    assert bus.execute(order).value.created == 2
    rows = {row.name: row for row in bus.execute(RoutingServers()).value}
    assert (rows["BNG-2"].port, rows["BNG-2"].tls) == (8729, TlsMode.ANONYMOUS)
    admin = database.admin()
    assert admin.execute("SELECT cleartext FROM desk_vault.nas_clear").fetchall() == [("segredo-do-um",)]
    for table in ("change_log", "history_entries", "routing_servers", "commands"):
        for (line,) in admin.execute(f"SELECT t::text FROM desk.{table} t").fetchall():  # type: ignore[arg-type]
            assert "senha-do-um" not in line
            assert "segredo-do-um" not in line
    versions = admin.execute("SELECT kind, owner, version FROM desk_vault.secrets ORDER BY 1, 2").fetchall()
    again = tried_servers(database, file, SERVERS)
    assert [line.verdict for line in again.lines] == [Verdict.SAME] * 2, [line.changes for line in again.lines]
    assert again.lines[0].remarks == ("password_kept", "radius_secret_kept")
    bus.execute(ImportRoutingServers(content=again.content, digest=again.digest))
    assert admin.execute("SELECT kind, owner, version FROM desk_vault.secrets ORDER BY 1, 2").fetchall() == versions
    look = CheckRouter(id=rows["BNG-1"].id, host="127.0.0.1", port=1, tls=TlsMode.OFF)
    assert bus.execute(look).value.problem != "no_credentials"


def test_a_stored_password_stays_and_a_missing_one_is_taken(database: Database, file: Path) -> None:
    kept = a_routing_server(database, "BNG-1")
    a_secret(database, "router", kept.id, "guardada")
    a_routing_server(database, "BNG-2")
    run = tried_servers(database, file, "Nome;Senha\nBNG-1;outra\nBNG-2;nova\n")
    assert [(line.verdict, line.remarks) for line in run.lines] == [
        (Verdict.SAME, ("password_kept",)),
        (Verdict.CHANGE, ()),
    ]


def test_what_a_router_needs_is_asked_of_its_line(database: Database, file: Path) -> None:
    a_routing_server(database, "BNG-0", nas_address="192.0.2.9")
    run = tried_servers(
        database,
        file,
        "Nome;Endereço;TLS;IP no RADIUS;Segredo;Impressão do certificado;Porta\n"
        "A;;Sem TLS;;;;\nB;10.0.0.1;;;;;\nC;10.0.0.1;Sem TLS;192.0.2.9;x;;\nD;10.0.0.1;Sem TLS;192.0.2.8;;;\n"
        "E;10.0.0.1;Sem TLS;192.0.2.300;;;99999\nF;http://10.0.0.1;Sem TLS;;;;\nG;10.0.0.1;sem;;;;\n",
    )
    assert problems(run) == [
        (2, "Endereço", "required"),
        (3, "Impressão do certificado", "fingerprint_shape"),
        (4, "Endereço no RADIUS", "nas_taken"),
        (5, "Segredo RADIUS", "required"),
        (6, "Porta da API", "cell_number"),
        (6, "Endereço no RADIUS", "ip_shape"),
        (7, "Endereço", "cell_host"),
        (8, "TLS", "cell_choice"),
    ]


def test_names_of_columns_that_mean_nothing_are_told(database: Database, file: Path) -> None:
    run = tried(database, file, "Nome;Latitude;<b>Cor</b>;\nA;1;2;3\n")
    assert run.strange == ("Latitude", "<b>Cor</b>")
    assert run.lines[0].verdict is Verdict.CREATE
