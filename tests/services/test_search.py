"""Search: whatever the clerk has of a customer finds the customer, says why, and never scans a table."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.services.core.bus import Bus
from desk.services.core.prepared import send
from desk.services.customers import CustomerHit, SearchCustomers, SearchKind
from desk.services.customers import search as searching
from desk.services.customers.folding import fold, found_in, literally_in
from desk.services.customers.search_input import Asked, understand
from desk.services.customers.search_sql import Branch, branches, parts, statement
from tests.builders import a_customer, a_login, a_plan, an_ip, insert
from tests.postgres import Cluster, Database
from tests.services.crowd import fill

K = SearchKind
MARIA = "Maria Aparecida Nogueira"


@pytest.fixture
def bus(database: Database) -> Bus:
    """Somebody with no permission at all: searching is for everybody who signed in."""
    return database.bus("ninguem")


@pytest.fixture
def maria(database: Database) -> int:
    """A customer who can be found by every kind of key, among others who cannot."""
    customer = a_customer(database, MARIA, document="12345678909", email="maria@serranet.com.br", phone="44998712043")
    plan = a_plan(database, customer=customer)
    login = a_login(
        database, plan_id=plan.id, login="maria.nogueira", fixed_ip="177.10.20.30", mac_lock="3c:84:6a:1f:09:b2"
    )
    insert(database, "circuits", plan_id=plan.id, name="MGA001234-001")
    connected(database, login.id, "maria.nogueira", "100.64.7.9", "AA-BB-CC-00-11-22")
    other = a_customer(database, "José Roberto Dias", email="jose@outro.com.br", phone="44991110000")
    a_plan(database, customer=other, logins=["jr.dias"])
    return customer.id


def connected(database: Database, login_id: int, login: str, address: str, mac: str) -> None:
    insert(
        database,
        "radius_sessions",
        session_id=f"s{login_id}",
        unique_id=f"u{login_id}",
        username=login,
        login_id=login_id,
        nas_address="192.0.2.1",
        framed_ip=address,
        calling_station=mac,
        mac=mac,
    )


def search(bus: Bus, text: str, kind: SearchKind = K.ALL) -> list[CustomerHit]:
    return bus.execute(SearchCustomers(text, kind)).value


@pytest.mark.parametrize(
    ("typed", "kind", "shown", "marked"),
    [
        ("maria aparecida nogueira", K.NAME, MARIA, MARIA),
        ("MARÍA", K.NAME, MARIA, "Maria"),
        ("nogueira maria", K.NAME, MARIA, "Maria|Nogueira"),
        ("maria nog", K.NAME, MARIA, "Maria|Nog"),
        ("ogueir", K.NAME, MARIA, "ogueir"),
        ("123.456.789-09", K.DOCUMENT, "***.456.789-**", ""),
        ("12345678", K.DOCUMENT, "***.456.789-**", ""),
        ("maria.nogueira", K.LOGIN, "maria.nogueira", "maria.nogueira"),
        ("maria.nog", K.LOGIN, "maria.nogueira", "maria.nog"),
        ("ria.nogu", K.LOGIN, "maria.nogueira", "ria.nogu"),
        ("maria@serranet.com.br", K.EMAIL, "maria@serranet.com.br", "maria@serranet.com.br"),
        ("maria@ser", K.EMAIL, "maria@serranet.com.br", "maria@ser"),
        ("aria", K.EMAIL, "maria@serranet.com.br", "aria"),
        ("@serranet.com.br", K.DOMAIN, "maria@serranet.com.br", "serranet.com.br"),
        ("serranet", K.DOMAIN, "maria@serranet.com.br", "serranet"),
        ("(44) 99871-2043", K.PHONE, "44998712043", "44998712043"),
        ("+55 44 99871-2043", K.PHONE, "44998712043", "44998712043"),
        ("2043", K.PHONE, "44998712043", "2043"),
        ("3C:84:6A:1F:09:B2", K.MAC, "3C:84:6A:1F:09:B2", "3C:84:6A:1F:09:B2"),
        ("3c84.6a1f.09b2", K.MAC, "3C:84:6A:1F:09:B2", ""),
        ("3c-84-6a", K.MAC, "3C:84:6A:1F:09:B2", ""),
        ("mac:3c84", K.MAC, "3C:84:6A:1F:09:B2", ""),
        ("aa:bb:cc:00:11:22", K.MAC, "AA:BB:CC:00:11:22", "AA:BB:CC:00:11:22"),
        ("177.10.20.30", K.IP, "177.10.20.30", "177.10.20.30"),
        ("177.10.", K.IP, "177.10.20.30", "177.10."),
        ("177.10.20.0/24", K.IP, "177.10.20.30", ""),
        ("100.64.7.9", K.IP, "100.64.7.9", "100.64.7.9"),
        ("mga001234-001", K.CIRCUIT, "MGA001234-001", "MGA001234-001"),
        ("mga00", K.CIRCUIT, "MGA001234-001", "MGA00"),
        ("circuito: MGA", K.CIRCUIT, "MGA001234-001", "MGA"),
    ],
)
def test_every_key_finds_the_customer_and_says_why(
    bus: Bus, maria: int, typed: str, kind: SearchKind, shown: str, marked: str
) -> None:
    (hit,) = [hit for hit in search(bus, typed) if hit.id == maria]
    match = next(match for match in hit.matches if match.kind is kind)
    assert match.text == shown
    assert "|".join(match.text[start:end] for start, end in match.ranges) == marked
    if kind is not K.NAME:  # the filter above the list does what the look of the input does
        assert [found.id for found in search(bus, typed, kind)] == [maria]


def test_a_code_finds_its_customer_with_or_without_zeros(bus: Bus, database: Database, maria: int) -> None:
    database.admin().execute("SET session_replication_role = replica")
    database.admin().execute("UPDATE desk.customers SET code = DEFAULT WHERE id = %s", (maria,))
    (code,) = database.admin().execute("SELECT code FROM desk.customers WHERE id = %s", (maria,)).fetchone() or (0,)
    for typed in (str(code), f"{code:06d}", f"cod:{code}"):
        hit = search(bus, typed)[0]
        assert (hit.id, hit.exact, hit.matches[0].kind, hit.matches[0].text) == (maria, True, K.CODE, f"{code:06d}")


def test_all_reasons_are_told_and_the_facts_beside_the_name(bus: Bus, maria: int) -> None:
    (hit,) = search(bus, "maria")
    assert [match.kind for match in hit.matches] == [K.NAME, K.LOGIN, K.EMAIL]
    assert (hit.plans, hit.online, hit.city, hit.state, hit.active) == (1, True, "Cascavel", "PR", True)
    assert hit.document == "***.456.789-**"
    assert not hit.exact


def test_exact_comes_first_and_inactive_last(bus: Bus, database: Database) -> None:
    gone = a_customer(database, "Ana Souza", active=False, inactive_since="2021-02-01")
    long = a_customer(database, "Ana Souza Prado")
    middle = a_customer(database, "Mariana Souza")
    turned = a_customer(database, "Souza e Ana Ltda")
    assert [hit.id for hit in search(bus, "ana souza")] == [long.id, gone.id, turned.id, middle.id]


def test_deleted_logins_and_closed_sessions_find_nobody(bus: Bus, database: Database, maria: int) -> None:
    database.admin().execute("SET session_replication_role = replica")
    database.admin().execute("UPDATE desk.radius_logins SET deleted_at = now()")
    database.admin().execute("UPDATE desk.radius_sessions SET stopped_at = now()")
    for typed in ("login:maria.nogueira", "login:maria", "login:ria.nog", "177.10.20.30", "100.64.7.9"):
        assert search(bus, typed) == []
    assert not search(bus, MARIA)[0].online


@pytest.mark.parametrize("typed", ["177.10.20.6", "177.10.20.4", "ip:177.10.20.", "mac:00:00:5e:00:53", "00005E005301"])
def test_an_ip_of_a_plan_finds_its_customer(bus: Bus, database: Database, typed: str) -> None:
    owner = a_customer(database, "Ana Pereira")
    plan = a_plan(database, customer=owner)
    an_ip(database, "177.10.20.6/30", plan_id=plan.id, block="177.10.20.4/30", mac="00:00:5E:00:53:01")
    assert [hit.id for hit in bus.execute(SearchCustomers(typed)).value] == [owner.id]


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "zzqxk", "' OR 1=1 --", "%", "_____", "\\", "ip:999", "mac:xyz", "login:%", "\x00", "e", ":", "@"],
)
def test_nothing_is_found_by_nonsense(bus: Bus, maria: int, typed: str) -> None:
    assert search(bus, typed) == []


def test_a_percent_sign_is_a_percent_sign(bus: Bus, database: Database) -> None:
    plan = a_plan(database, logins=["cem%certo", "cem_certo"])
    assert [hit.matches[0].text for hit in search(bus, "login:m%c")] == ["cem%certo"]
    assert plan.customer_id == search(bus, "login:m_c")[0].id


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("maria", {K.NAME, K.LOGIN, K.CIRCUIT, K.EMAIL, K.DOMAIN}),
        ("a@b.c", {K.EMAIL, K.LOGIN}),
        ("@b.c", {K.DOMAIN}),
        ("1234", {K.CODE, K.DOCUMENT, K.PHONE, K.LOGIN}),
        ("10.", {K.CODE, K.DOCUMENT, K.PHONE, K.LOGIN, K.IP}),
        ("123.456.789-00", {K.CODE, K.DOCUMENT, K.PHONE, K.LOGIN} - {K.CODE}),
        ("10.0.0.0/8", {K.CODE, K.DOCUMENT, K.PHONE, K.LOGIN, K.IP}),
        ("aa:bb", {K.MAC}),
        ("2001:db8::1", {K.IP}),
        ("12.ABC.345/01DE-35", {K.NAME, K.LOGIN, K.CIRCUIT, K.EMAIL, K.DOMAIN, K.DOCUMENT}),
        ("login: maria", {K.LOGIN}),
        ("CPF:123", {K.DOCUMENT}),
        ("domínio:serra", {K.DOMAIN}),
    ],
)
def test_the_look_of_the_input_decides_what_is_asked(typed: str, kinds: set[SearchKind]) -> None:
    assert set(understand(typed).kinds) == kinds


@given(st.text(max_size=80), st.sampled_from(SearchKind))
def test_no_input_is_too_strange_to_understand(typed: str, kind: SearchKind) -> None:
    asked = understand(typed, kind)
    for branch in (*branches(asked, 50), *parts(asked, 50)):
        assert set(re.findall(r"(?<![:\w]):(\w+)", branch.sql)) <= asked.params.keys()


# --- folding ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folding(cluster: Cluster, template: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """One connection for all examples of a property."""
    name = cluster.clone(template)
    try:
        with cluster.admin(name) as admin:
            yield admin
    finally:
        cluster.drop(name)


# A server may know newer Unicode than this Python: letters that one of them has not heard of are no names.
_KNOWN = st.characters(exclude_categories=("Cs", "Cn", "Co"), exclude_characters="\x00")


@given(text=st.text(_KNOWN, max_size=40))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_python_folds_as_the_database_does(folding: psycopg.Connection[tuple[object, ...]], text: str) -> None:
    assert folding.execute("SELECT desk.fold(%s::text)", (text,)).fetchone() == (fold(text),)


@given(text=st.text(_KNOWN, max_size=40), typed=st.text(_KNOWN, max_size=8))
def test_what_is_marked_lies_within_the_text(text: str, typed: str) -> None:
    for start, end in (*found_in(text, typed), *literally_in(text, typed)):
        assert 0 <= start < end <= len(text)


@given(st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x17F), min_size=1, max_size=12))
def test_a_name_finds_itself(name: str) -> None:
    if fold(name):
        ((start, end),) = found_in(f"Dona {name} Silva", name)
        assert fold(f"Dona {name} Silva"[start:end]) == fold(name)
    assert unicodedata.normalize("NFC", fold(name)).isascii()


# --- plans --------------------------------------------------------------------------------------

TYPED = (
    *("maria", "maria silva", "lobao pra", "1234", "123.456.789-00", "12ABC34501DE35", "usuario.1f", "mga0001"),
    *("cliente5@gmail.com", "@serranet", "serranet.com.br", "44998712043", "2043", "10.0.0.4", "10.0.", "10.0.0.0/24"),
    *("00:11:22:00:00:05", "mac:0011", "login:silva", "e-mail:silva", "2001:db8::1"),
)
# Tables of a handful of rows, read whole because that is quickest.
_TINY = ("pk_cities", "pk_plan_statuses")


@pytest.fixture(scope="module")
def crowd(cluster: Cluster, template: str) -> Iterator[Database]:
    """Twenty thousand customers."""
    database = Database(cluster, cluster.clone(template))
    try:
        fill(database.admin(), 20_000)
        _give_ips(database.admin())
        yield database
    finally:
        database.close()
        cluster.drop(database.name)


def _give_ips(admin: psycopg.Connection[tuple[object, ...]]) -> None:
    """An address and a MAC for some thousand of their plans."""
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(
            "WITH made AS (INSERT INTO desk.customer_ips (plan_id, address, block)"
            " SELECT p.id, '177.8.0.0'::inet + p.id, ('177.8.0.0'::inet + p.id)::cidr FROM desk.customer_plans p"
            " ORDER BY p.id LIMIT 4000 RETURNING id) INSERT INTO desk.customer_ip_macs (ip_id, mac)"
            " SELECT id, ('00005e' || lpad(to_hex(id), 6, '0'))::macaddr FROM made"
        )
    admin.execute("ANALYZE desk.customer_ips, desk.customer_ip_macs, desk.ip_holdings")


@pytest.fixture(scope="module")
def crowded(crowd: Database) -> psycopg.Connection[tuple[object, ...]]:
    """The connection of somebody who searches among them."""
    connection = crowd.connect("ninguem")
    connection.execute("SET enable_seqscan = off")
    connection.execute("SET plan_cache_mode = force_generic_plan")
    return connection


def plan_of(
    connection: psycopg.Connection[tuple[object, ...]],
    chosen: tuple[Branch, ...],
    asked: Asked,
    within: tuple[Branch, ...] = (),
) -> str:
    """The plan for any values at all, which is the one a prepared statement may get."""
    text, values = statement(chosen, within, 50).filled(asked.params)
    types = ", ".join("integer" if isinstance(value, int) else "varchar" for value in values)
    connection.execute(f"PREPARE asked ({types}) AS {text.decode()}".encode())
    try:
        call = sql.SQL("EXPLAIN EXECUTE asked ({})").format(sql.SQL(", ").join(map(sql.Literal, values)))
        return "\n".join(str(row[0]) for row in connection.execute(call))
    finally:
        connection.execute("DEALLOCATE asked")


@pytest.mark.parametrize("typed", TYPED)
def test_no_branch_scans_a_table_or_walks_an_index_to_its_end(
    crowded: psycopg.Connection[tuple[object, ...]], typed: str
) -> None:
    asked = understand(typed)
    groups: list[tuple[Branch, ...]] = [(branch,) for branch in (*branches(asked, 50), *parts(asked, 50))]
    assert groups
    together = tuple(branches(asked, 50)), tuple(parts(asked, 50))
    for chosen, within in (*((group, ()) for group in groups), together):
        plan = plan_of(crowded, chosen, asked, within)
        assert "Seq Scan" not in plan, plan
        lines = plan.splitlines()
        for line, below in zip(lines, [*lines[1:], ""], strict=True):
            if re.search(r"(Index|Index Only) Scan", line) and not any(name in line for name in _TINY):
                assert "Index Cond" in below, plan


@pytest.mark.parametrize("typed", ["silva", "ilva", "usuario.1f", "2043"])
def test_a_search_is_sent_where_no_table_is_read_whole(
    crowd: Database, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """Left to itself the planner reads frequent words' tables whole, for the sake of the limit."""
    scans: list[object] = []

    def sending(session: Session, *asked: Any, **how: Any) -> Any:
        scans.append(how.get("scans"))
        return send(session, *asked, **how)

    monkeypatch.setattr(searching, "send", sending)
    assert search(crowd.bus("ninguem"), typed)
    assert scans == [False]
    with crowd.signed_in("ninguem").sessions.begin() as session:
        for name, wanted in (
            ("plan_cache_mode", "force_generic_plan"),
            ("jit", "off"),
            ("max_parallel_workers_per_gather", "0"),
        ):
            assert session.execute(text(f"SHOW {name}")).scalar_one() == wanted


def test_a_crowd_is_cut_at_the_limit(crowd: Database) -> None:
    hits = crowd.bus("ninguem").execute(SearchCustomers("silva", limit=30)).value
    assert len(hits) == 30
    assert all("Silva" in hit.name for hit in hits)
    assert [hit.active for hit in hits] == sorted((hit.active for hit in hits), reverse=True)
