"""The statement of connections, its pages and files; and who used an address at a moment."""

from __future__ import annotations

import datetime as dt
import io
import ipaddress
import re
import zoneinfo
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from pypdf import PdfReader

from desk.services.core.errors import Invalid
from desk.services.sessions import (
    ConnectionStatement,
    Cursor,
    ExportStatement,
    FileKind,
    MoreConnections,
    PrintAddressUse,
    StatementBy,
    StatementPage,
    WhoUsedAddress,
)
from desk.services.sessions.address_use import ASK_SQL, SILENT, prefixes_of
from desk.services.sessions.statement import MACS_SQL, PAGE_SQL
from tests.builders import Login, RoutingServer, a_customer, a_plan, a_routing_server, an_access_point
from tests.postgres import Database
from tests.services.test_plans import as_job

ZONE = zoneinfo.ZoneInfo("America/Sao_Paulo")
GB = 1_000_000_000
HOME, SHOP = "02:00:5E:00:53:01", "02:00:5E:00:53:02"


def day(ago: int) -> dt.date:
    return dt.datetime.now(ZONE).date() - dt.timedelta(days=ago)


def at(ago: int, hour: int, minute: int = 0) -> dt.datetime:
    """An hour of a day that is so many days ago, in the company's zone."""
    return dt.datetime.combine(day(ago), dt.time(hour, minute), ZONE)


@dataclass
class Book:
    """Accounting of one login."""

    database: Database
    login: Login
    number: int = 0

    def connection(self, start: dt.datetime, stop: dt.datetime | None, **more: Any) -> None:
        """One record, as the RADIUS server writes it."""
        self.number += 1
        values = {
            "session_id": str(self.number),
            "unique_id": f"u{self.number}",
            "username": self.login.login,
            "nas_address": "192.0.2.1",
            "started_at": start,
            "updated_at": stop or dt.datetime.now(dt.UTC),
            "stopped_at": stop,
            "calling_station": HOME,
        } | more
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        self.database.admin().execute(
            f"INSERT INTO desk.radius_sessions ({names}) VALUES ({marks})".encode(), list(values.values())
        )


@pytest.fixture
def book(database: Database) -> Book:
    """A login without connections."""
    customer = a_customer(database, "Maria Aparecida Nogueira")
    plan = a_plan(database, customer=customer, logins=["maria.casa"])
    a_routing_server(database, "BNG 1", nas_address="192.0.2.1")
    return Book(database, plan.logins[0])


def statement(book: Book, since: int, until: int = 0) -> Any:
    query = ConnectionStatement(login_id=book.login.id, since=day(since), until=day(until))
    return book.database.bus("ninguem").execute(query).value


def test_the_period_takes_what_was_up_in_it_and_counts_only_its_part(book: Book) -> None:
    book.connection(at(30, 8), at(20, 8))  # over before
    book.connection(at(12, 12), at(9, 12), in_octets=GB, out_octets=10 * GB)  # began before the period
    book.connection(at(8, 10), at(8, 11), calling_station=SHOP, in_octets=2 * GB, out_octets=20 * GB)
    book.connection(at(5, 22), at(4, 2), in_octets=3 * GB)
    book.connection(at(2, 10), at(2, 11))  # after it
    found = statement(book, since=10, until=3)
    assert [row.started_at for row in found.page.rows] == [at(5, 22), at(8, 10), at(12, 12)]
    assert found.page.next is None
    assert found.count == 3
    assert found.seconds == 3600 * (36 + 1 + 4)  # of the first only from the midnight on
    assert (found.upload, found.download) == (6 * GB, 30 * GB)
    assert [(row.mac, row.count, row.download) for row in found.by_mac] == [(HOME, 2, 10 * GB), (SHOP, 1, 20 * GB)]
    newest = found.page.rows[0]
    assert (newest.access_point, newest.mac, newest.seconds) == ("BNG 1", HOME, 4 * 3600)


def test_a_connection_names_the_access_point_and_not_its_router(book: Book) -> None:
    (router,) = book.database.admin().execute("SELECT id FROM desk.routing_servers").fetchone() or (0,)
    behind = RoutingServer(router, "BNG 1")
    book.connection(at(3, 10), at(3, 11))
    book.connection(at(2, 10), at(2, 11), nas_address="192.0.2.9")  # a router that nobody entered

    def named() -> list[str]:
        lines = export(book, StatementBy.TIME, FileKind.CSV).content.decode("utf-8-sig").splitlines()[1:]
        shown = [row.access_point for row in statement(book, since=5).page.rows]
        assert [line.split(";")[5] for line in lines] == shown
        return shown

    an_access_point(book.database, "Longe")  # behind no router
    assert named() == ["192.0.2.9", "BNG 1"]
    an_access_point(book.database, "POP Norte", routing_server=behind)
    assert named() == ["192.0.2.9", "POP Norte"]  # the only one behind it
    own = an_access_point(book.database, "POP Sul", routing_server=behind)
    assert named() == ["192.0.2.9", "BNG 1"]  # nobody knows by which
    as_job(book.database, "UPDATE desk.customer_plans SET access_point_id = %s", own.id)
    assert named() == ["192.0.2.9", "POP Sul"]


def test_what_is_open_goes_on_until_now(book: Book) -> None:
    book.connection(at(1, 0), None)
    (row,) = statement(book, since=1).page.rows
    assert row.stopped_at is None
    assert row.seconds >= 86_400
    assert statement(book, since=40, until=30).count == 0


def test_pages_meet_without_gap_or_double_even_at_one_moment(book: Book) -> None:
    for number in range(25):
        book.connection(at(3, 10, number // 5), at(3, 11))
    bus = book.database.bus("ninguem")
    seen: list[int] = []
    after = Cursor(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 0)
    page: StatementPage | None = None
    while page is None or page.next is not None:
        order = MoreConnections(login_id=book.login.id, since=day(5), until=day(0), after=after, limit=4)
        page = bus.execute(order).value
        seen += [row.id for row in page.rows]
        after = page.next or after
    assert len(seen) == len(set(seen)) == 25
    assert seen == sorted(seen, reverse=True)


@pytest.mark.parametrize(("since", "until", "code"), [(1, 5, "period_backwards"), (400, 0, "period_too_long")])
def test_what_is_no_period_is_refused(book: Book, since: int, until: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        statement(book, since, until)
    assert [violation.code for violation in caught.value.violations] == [code]


def test_use_of_a_day_is_the_difference_between_reports(book: Book) -> None:
    """Routers report the whole of a connection again and again; midnight divides what they report."""
    book.connection(at(2, 20), None, updated_at=at(2, 20), in_octets=0, out_octets=0)
    report = "UPDATE desk.radius_sessions SET in_octets = %s, out_octets = %s, updated_at = %s"
    for up, down, when in ((1, 4, at(2, 22)), (2, 6, at(2, 23, 59)), (2, 6, at(1, 0, 5)), (5, 16, at(1, 12))):
        book.database.admin().execute(report, (up * GB, down * GB, when))
    days = statement(book, since=5).by_day
    assert [(row.day, row.upload, row.download) for row in days] == [
        (day(2), 2 * GB, 6 * GB),
        (day(1), 3 * GB, 10 * GB),
    ]
    # A counter that begins anew takes nothing back.
    book.database.admin().execute(report, (0, 0, at(1, 13)))
    assert statement(book, since=5).by_day == days


def export(book: Book, by: StatementBy, kind: FileKind) -> Any:
    order = ExportStatement(login_id=book.login.id, since=day(10), until=day(0), by=by, kind=kind)
    return book.database.bus("suporte").execute(order).value


def test_a_spreadsheet_gets_all_pages_and_no_formula(book: Book) -> None:
    for number in range(130):
        book.connection(at(3, 10, number % 60), at(3, 11), in_octets=GB, terminate_cause="=HYPERLINK(1)")
    made = export(book, StatementBy.TIME, FileKind.CSV)
    lines = made.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Início;Fim;Duração;IP;MAC;Ponto de Acesso;Download (GB);Upload (GB);Causa")
    assert (len(lines), made.rows) == (131, 130)
    assert lines[1].endswith(";0,00;1,00;'=HYPERLINK(1)")
    assert made.name.startswith("conexoes-maria.casa-") and made.name.endswith(".csv")
    macs = export(book, StatementBy.MAC, FileKind.CSV).content.decode("utf-8-sig").splitlines()
    assert [line.split(";")[0] for line in macs] == ["MAC", HOME]
    days = export(book, StatementBy.TRAFFIC, FileKind.CSV).content.decode("utf-8-sig").splitlines()
    assert days[1].split(";")[1:] == ["0,00", "130,00", "130,00"]


@pytest.mark.parametrize("by", list(StatementBy))
def test_on_paper(book: Book, by: StatementBy) -> None:
    for number in range(60):
        book.connection(at(3, 10, number), at(3, 12), in_octets=GB, out_octets=2 * GB)
    made = export(book, by, FileKind.PDF)
    reader = PdfReader(io.BytesIO(made.content))
    said = "\n".join(page.extract_text() for page in reader.pages)
    assert "Extrato de conexões" in said
    assert "Maria Aparecida Nogueira" in said
    assert "60, " in said and "120,00 GB recebidos, 60,00 GB enviados" in said
    assert "emitido por Carla Suporte" in said
    assert len(reader.pages) >= (2 if by is StatementBy.TIME else 1)
    assert HOME in said or by is StatementBy.TRAFFIC


def who(book: Book, address: str, when: dt.datetime) -> list[tuple[str, bool]]:
    query = WhoUsedAddress(address=address, at=when.replace(tzinfo=None))
    answer = book.database.bus("ninguem").execute(query).value
    return [(use.login, use.exact) for use in answer.uses]


def test_who_used_an_address_then_and_now(book: Book) -> None:
    ip = "177.10.20.30"
    book.connection(at(100, 8), at(100, 10), framed_ip=ip)
    book.connection(at(100, 10, 2), at(99, 9), framed_ip=ip, username="outra.casa")
    book.connection(at(3, 8), None, framed_ip=ip)
    assert who(book, ip, at(100, 9)) == [("maria.casa", True)]
    assert who(book, ip, at(100, 10, 1)) == [("outra.casa", False), ("maria.casa", False)]
    assert who(book, ip, at(100, 10, 4)) == [("outra.casa", True), ("maria.casa", False)]
    assert who(book, ip, at(50, 12)) == []
    assert who(book, ip, at(1, 12)) == [("maria.casa", True)]
    assert who(book, "177.10.20.31", at(100, 9)) == []


def test_a_connection_whose_end_got_lost_accuses_nobody_of_what_came_after(book: Book) -> None:
    book.connection(at(30, 8), None, framed_ip="177.10.20.30", updated_at=at(30, 9))
    assert who(book, "177.10.20.30", at(30, 9, 30)) == [("maria.casa", True)]
    assert who(book, "177.10.20.30", at(20, 9)) == [("maria.casa", False)]


@pytest.mark.parametrize(
    ("given", "asked", "found"),
    [
        ({"framed_ipv6": "2001:db8:1::7"}, "2001:0db8:0001::7", True),
        ({"framed_ipv6_prefix": "2001:db8:1:2::/64"}, "2001:db8:1:2:aaaa::1", True),
        ({"delegated_ipv6_prefix": "2001:db8:7:100::/56"}, "2001:db8:7:1ff::9", True),
        ({"delegated_ipv6_prefix": "2001:db8:7:100::/56"}, "2001:db8:7:200::9", False),
    ],
)
def test_in_ipv6_the_prefix_counts(book: Book, given: dict[str, str], asked: str, found: bool) -> None:
    book.connection(at(3, 8), at(3, 9), **given)
    assert who(book, asked, at(3, 8, 30)) == ([("maria.casa", True)] if found else [])


@pytest.mark.parametrize(
    ("address", "when", "code"),
    [
        ("", 1, "required"),
        ("177.10.20", 1, "ip_shape"),
        ("1.2.3.4", -1, "moment_ahead"),
        ("1.2.3.4", 400, "moment_too_old"),
    ],
)
def test_what_cannot_be_answered_says_why(book: Book, address: str, when: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        who(book, address, at(when, 12))
    assert [violation.code for violation in caught.value.violations] == [code]


def test_the_answer_on_paper_names_its_source(book: Book) -> None:
    book.connection(at(30, 8), at(30, 10), framed_ip="177.10.20.30")
    order = PrintAddressUse(address="177.10.20.30", at=at(30, 9).replace(tzinfo=None))
    made = book.database.bus("suporte").execute(order).value
    (page,) = PdfReader(io.BytesIO(made.content)).pages
    said = page.extract_text()
    for part in ("Uso do IP 177.10.20.30", "Maria Aparecida", "maria.casa", HOME, "America/Sao_Paulo", "art. 13"):
        assert part in said
    none = PrintAddressUse(address="177.10.20.99", at=at(30, 9).replace(tzinfo=None))
    made = book.database.bus("suporte").execute(none).value
    (page,) = PdfReader(io.BytesIO(made.content)).pages
    assert "Nenhuma conexão com este IP" in page.extract_text()


PLANS = {
    "page": (PAGE_SQL, "ix_radius_sessions_login_id_started_at_id"),
    "sums": (MACS_SQL, "ix_radius_sessions_login_id_started_at_id"),
}


def a_busy_year(database: Database) -> None:
    """So many connections that reading them all would show."""
    admin = database.admin()
    admin.execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, stopped_at,"
        " framed_ip, delegated_ipv6_prefix, framed_ipv6, framed_ipv6_prefix)"
        " SELECT n::text, 'u' || n, 'x', '192.0.2.1', now() - n * interval '2 min', now() - n * interval '1 min',"
        " '10.0.0.0'::inet + n % 500, set_masklen('2001:db8::'::inet + n % 500, 56), '2001:db8::'::inet + n % 500,"
        " set_masklen('2001:db8::'::inet + n % 500, 64) FROM generate_series(1, 20000) n"
    )
    admin.execute("SET session_replication_role = replica")
    admin.execute("UPDATE desk.radius_sessions SET login_id = id % 300")
    admin.execute("RESET session_replication_role")
    admin.execute("ANALYZE desk.radius_sessions")


@pytest.mark.parametrize("what", PLANS)
def test_no_question_reads_the_whole_table(database: Database, what: str) -> None:
    a_busy_year(database)
    admin = database.admin()
    values = {
        "login": 7,
        "since": day(10),
        "until": day(0),
        "before": dt.datetime(9999, 1, 1, tzinfo=dt.UTC),
        "before_id": 0,
        "limit": 101,
    }
    sql, index = PLANS[what]
    psycopg_sql = re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", sql.replace("%", "%%"))
    plan = "\n".join(row[0] for row in admin.execute(("EXPLAIN " + psycopg_sql).encode(), values))
    assert "Seq Scan on radius_sessions" not in plan, plan
    assert index in plan, plan
    if what == "page":
        assert "Sort" not in plan, plan  # in the order of the index, so that a page costs a page


@pytest.mark.parametrize("address", ["10.0.0.7", "2001:db8::7"])
def test_nor_does_the_one_that_leaves_a_trace(database: Database, address: str) -> None:
    a_busy_year(database)
    person = database.connect("suporte", autocommit=False)
    parsed = ipaddress.ip_address(address)
    values = {
        "address": address,
        "prefixes": prefixes_of(parsed) if isinstance(parsed, ipaddress.IPv6Address) else [],
        "at": at(2, 12),
        "near": dt.timedelta(minutes=5),
        "silent": SILENT,
        "printed": False,
    }
    asked = re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", ASK_SQL)
    person.execute(asked.encode(), values).fetchall()
    scans = person.execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'radius_sessions'").fetchone()
    assert scans == (0,)
    person.rollback()


def test_who_asked_for_an_address_is_kept_with_whom_the_answer_names(book: Book) -> None:
    """The line is written by the function that answers, in a transaction committed before the answer is given."""
    ip = "177.10.20.30"
    book.connection(at(30, 8), at(30, 10), framed_ip=ip)
    assert who(book, ip, at(30, 9)) == [("maria.casa", True)]
    assert who(book, ip, at(20, 9)) == []
    moment = at(30, 9).replace(tzinfo=None)
    book.database.bus("suporte").execute(PrintAddressUse(address=ip, at=moment))
    lines = book.database.admin().execute(
        "SELECT who, action, customer_id IS NOT NULL, params->>'address', params->>'moment', params->>'found'"
        " FROM desk.history_entries WHERE action LIKE 'address.%' ORDER BY id"
    )
    assert lines.fetchall() == [
        ("ninguem", "address.asked", True, ip, f"{moment:%d/%m/%Y %H:%M:%S}", "1"),
        ("ninguem", "address.asked", False, ip, f"{at(20, 9):%d/%m/%Y %H:%M:%S}", "0"),
        ("suporte", "address.printed", True, ip, f"{moment:%d/%m/%Y %H:%M:%S}", "1"),
    ]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        book.database.connect("radius").execute("SELECT desk.who_used('10.0.0.1', '{}', now(), '0', '0', false)")
