"""Connections of a year: pages, sums and legal questions at two sizes, what the indexes cost accounting, and retention.

The whole is 20 million records (`--sessions 20000000`); a run states its fraction. What matters is that a question
costs the same at a tenth of the size: then it reads what it answers with, and nothing else. Each question's plan is
looked at too, those inside `desk.who_used` as well: one that reads a whole table ends the run.
"""

from __future__ import annotations

import datetime as dt
import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg

from benchmarks.sessions_load import load, settle
from benchmarks.timing import pair
from desk.services.sessions.address_use import ASK_SQL, SILENT
from desk.services.sessions.statement import MACS_SQL, PAGE_SQL

WHOLE = 20_000_000
LOGINS_PER = 400  # connections a login makes in a year
ROUNDS = 20
WRITES = 2_000
MOST_REBUILT = WHOLE // 10  # beyond it, making the indexes anew four times takes longer than all the rest
Figures = list[tuple[str, str, str, str]]
Connection = psycopg.Connection[Any]
Answer = TypeVar("Answer")

_START = (
    "INSERT INTO radius_api.radacct (acctsessionid, acctuniqueid, username, nasipaddress, acctstarttime,"
    " acctupdatetime, framedipaddress, callingstationid) VALUES ('x', '{unique}', 'bench-1', '10.9.0.1', now(), now(),"
    " '100.64.0.9', '02:00:5e:00:00:01')"
)
_STOP = (
    "UPDATE radius_api.radacct SET acctstoptime = now(), acctinputoctets = 5, acctoutputoctets = 6"
    " WHERE acctuniqueid = '{unique}' AND acctstoptime IS NULL"
)
# What the first tables had for the same questions.
_OURS = (
    "ix_radius_sessions_framed_ip",
    "ix_radius_sessions_framed_ipv6",
    "ix_radius_sessions_framed_ipv6_prefix",
    "ix_radius_sessions_delegated_ipv6_prefix",
    "ix_radius_sessions_started_at",
)


def _plain(sql: str) -> bytes:
    """SQLAlchemy's :names as psycopg's."""
    return re.sub(r"(?<!:):([a-z_]+)", r"%(\1)s", sql.replace("%", "%%")).encode()


@dataclass(frozen=True)
class Cost:
    """What one question took: time, which drifts with the machine, and pages of the database, which do not."""

    milliseconds: float
    pages: float


def _questions(logins: int) -> dict[str, Callable[[], tuple[bytes, dict[str, Any]]]]:
    """Each gives its SQL with the values of the next login's turn."""
    today = dt.date.today()
    end = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
    month = {"since": today - dt.timedelta(days=30), "until": today, "limit": 101, "before_id": 0}
    year = month | {"since": today - dt.timedelta(days=360)}
    page, sums, who = _plain(PAGE_SQL), _plain(MACS_SQL), _plain(ASK_SQL)
    at = dt.datetime.now(dt.UTC) - dt.timedelta(days=100)
    address = {"address": "100.64.1.7", "at": at, "near": dt.timedelta(minutes=5)}
    address |= {"prefixes": [], "silent": SILENT, "printed": False}
    deep = dt.datetime.now(dt.UTC) - dt.timedelta(days=300)
    turn = iter(range(10**9))

    def of(sql: bytes, values: dict[str, Any]) -> Callable[[], tuple[bytes, dict[str, Any]]]:
        return lambda: (sql, values | {"login": 1 + next(turn) * 13 % logins})

    return {
        "extrato de 30 dias, primeira página": of(page, month | {"before": end}),
        "extrato do ano, primeira página": of(page, year | {"before": end}),
        "extrato do ano, página de 300 dias atrás": of(page, year | {"before": deep}),
        "totais do ano": of(sums, year),
        "quem usava este IP": of(who, address),
    }


def _as(clerk: str, admin: Connection, ask: Callable[[], Answer]) -> Answer:
    """Ask as somebody of the staff would; desk.who_used answers nobody else."""
    admin.execute(f"SET SESSION AUTHORIZATION {clerk}".encode())
    try:
        return ask()
    finally:
        admin.execute("RESET SESSION AUTHORIZATION")


def _costs(admin: Connection, logins: int) -> dict[str, Cost]:
    found: dict[str, Cost] = {}
    for name, question in _questions(logins).items():
        times, pages = [], []
        for turn in range(ROUNDS + 3):
            sql, values = question()
            began = time.perf_counter()
            admin.execute(sql, values).fetchall()
            took = (time.perf_counter() - began) * 1000
            row = admin.execute(b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql, values).fetchone()
            assert row is not None
            if turn >= 3:  # the first ones warm caches
                plan = row[0][0]["Plan"]
                times.append(took)
                pages.append(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        found[name] = Cost(statistics.median(times), statistics.median(pages))
    return found


def _accounting(radius: Connection, mark: str) -> float:
    """Starts and stops a second."""
    began = time.perf_counter()
    for number in range(WRITES):
        for statement in (_START, _STOP):
            radius.execute(statement.format(unique=f"{mark}-{number}").encode())
    return 2 * WRITES / (time.perf_counter() - began)


def run(admin_dsn: str, sessions: int = WHOLE // 10, *, clerk: str) -> Figures:
    """`admin_dsn` is a superuser's way into a database with the wall; the questions are `clerk`'s."""
    figures: Figures = []
    logins = max(1, sessions // LOGINS_PER)
    share = f"{sessions} conexões (1/{WHOLE // sessions} de 20 milhões)"
    with psycopg.connect(admin_dsn, autocommit=True) as admin:
        few = max(1, logins // 10)
        load(admin, sessions // 10, few)
        small = _as(clerk, admin, lambda: _costs(admin, few))
        seconds = load(admin, sessions, logins)
        rate = f"{sessions / seconds:.0f} linhas/s"
        figures.append((f"{share} carregadas e indexadas", f"{seconds:.0f} s", rate, ""))
        _no_scans(clerk, admin, logins)
        large = _as(clerk, admin, lambda: _costs(admin, logins))
        for name, ours in large.items():
            tenth_of_it = small[name]
            figures.append(
                (
                    f"{name}: {share} contra um décimo",
                    f"{ours.pages:.0f} páginas, {ours.milliseconds:.1f} ms",
                    f"{tenth_of_it.pages:.0f} páginas, {tenth_of_it.milliseconds:.1f} ms",
                    f"{ours.pages / tenth_of_it.pages:.2f}",
                )
            )
        if sessions <= MOST_REBUILT:
            figures += _writes(admin, admin_dsn)
        figures += _retention(admin)
    return figures


def _no_scans(clerk: str, admin: Connection, logins: int) -> None:
    """Print the plan of each question, as the server carries it out, and refuse one that reads a whole table."""
    told: list[str] = []
    admin.execute("LOAD 'auto_explain'")
    admin.execute("SET auto_explain.log_min_duration = 0")
    admin.execute("SET auto_explain.log_nested_statements = on")
    admin.execute("SET client_min_messages = log")

    def heard(notice: psycopg.errors.Diagnostic) -> None:
        told.append(notice.message_primary or "")

    admin.add_notice_handler(heard)
    for name, question in _questions(logins).items():
        told.clear()
        sql, values = question()
        _as(clerk, admin, lambda sql=sql, values=values: admin.execute(sql, values).fetchall())  # type: ignore[misc]
        plans = [each for each in told if re.search(r"radius_sessions|ip_assignments", each)]
        read = re.findall(r"\w[\w ]* (?:using \w+ )?on (?:radius_sessions|ip_assignments|ix_\w+)\b", "\n".join(plans))
        print(f"-- {name}: {', '.join(dict.fromkeys(read))}", flush=True)
        assert plans, f"{name}: the server told no plan"
        for each in plans:
            assert not re.search(r"Seq Scan on (radius_sessions|ip_assignments)", each), each
    admin.remove_notice_handler(heard)
    admin.execute("SET auto_explain.log_min_duration = -1")
    admin.execute("RESET client_min_messages")


def _writes(admin: Connection, dsn: str) -> Figures:
    """The same accounting with and without the indexes of these questions, turn about; each goes first as often.

    Beside the time, which drifts with the machine, what each writes to the WAL, which does not.
    """
    rates: dict[str, list[float]] = {"with": [], "without": []}
    wal: dict[str, list[float]] = {"with": [], "without": []}
    written = b"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8"

    def measured(radius: Connection, which: str, turn: int) -> None:
        admin.execute("CHECKPOINT")  # so that pages that are touched the first time cost both the same
        (before,) = admin.execute(written).fetchone() or (0.0,)
        rates[which].append(_accounting(radius, f"{which}-{turn}"))
        (after,) = admin.execute(written).fetchone() or (0.0,)
        wal[which].append((after - before) / (2 * WRITES))

    definitions = [
        row[0]
        for row in admin.execute(
            "SELECT pg_get_indexdef(to_regclass('desk.' || name)::oid) FROM unnest(%s::text[]) name", (list(_OURS),)
        )
    ]
    with psycopg.connect(dsn, autocommit=True) as radius:
        radius.execute("SET SESSION AUTHORIZATION radius")
        for turn in range(4):
            if turn % 2 == 0:
                measured(radius, "with", turn)
            for name in _OURS:
                admin.execute(f"DROP INDEX desk.{name}".encode())
            measured(radius, "without", turn)
            for definition in definitions:
                admin.execute(definition.encode())
            if turn % 2 == 1:
                measured(radius, "with", turn)
    ours, floor = statistics.median(rates["with"]), statistics.median(rates["without"])
    what = "contabilização, inícios e fins por segundo, com e sem os índices destas perguntas"
    more, less = statistics.median(wal["with"]), statistics.median(wal["without"])
    bytes_ = "contabilização, bytes de WAL de cada início ou fim, com e sem esses índices"
    return [
        (what, f"{ours:.0f}/s", f"{floor:.0f}/s", f"{ours / floor:.2f}"),
        (bytes_, f"{more:.0f}", f"{less:.0f}", f"{more / less:.2f}"),
    ]


def _retention(admin: Connection) -> Figures:
    """A piece of the oldest, and the look that finds nothing left, which comes every hour."""
    admin.execute(
        "UPDATE desk.radius_sessions SET started_at = started_at - interval '2 years',"
        " stopped_at = stopped_at - interval '2 years' WHERE id IN"
        " (SELECT id FROM desk.radius_sessions ORDER BY id LIMIT 20000)"
    )
    settle(admin)
    sweep = "SELECT desk.sweep_sessions(now() - interval '1 year', 5000)"
    began = time.perf_counter()
    row = admin.execute(sweep.encode()).fetchone()
    piece = time.perf_counter() - began
    while (left := admin.execute(sweep.encode()).fetchone()) is not None and left[0]:
        pass
    nothing, one = pair(lambda: admin.execute(sweep.encode()).fetchone(), lambda: admin.execute("SELECT 1").fetchone())
    gone = row[0] if row else 0
    return [
        ("guarda de um ano: uma leva", f"{gone} linhas em {piece * 1000:.0f} ms", "", ""),
        ("guarda de um ano: nada a eliminar", f"{nothing:.2f} ms", f"{one:.2f} ms", ""),
    ]
