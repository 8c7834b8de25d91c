"""The statement of connections as a file: CSV for a spreadsheet, PDF for the customer."""

from __future__ import annotations

import csv
import datetime as dt
import enum
import io
import zoneinfo
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.integrations.documents.page import html
from desk.integrations.documents.report import Report, ReportColumn, pdf
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.logins.errors import LoginNotFound
from desk.services.sessions.statement import (
    Cursor,
    DayRow,
    MacRow,
    SessionRow,
    Statement,
    StatementBy,
    check_period,
    page_of,
    statement_of,
)

MOST_ROWS = 50_000
CHUNK = 2_000
GIGA = 1_000_000_000


class FileKind(enum.StrEnum):
    """What is written."""

    CSV = "csv"
    PDF = "pdf"
    PAGE = "html"  # for a printer of this computer


@dataclass(frozen=True)
class Exported:
    """A file ready to be kept: a name for it, and its bytes."""

    name: str
    content: bytes = field(repr=False)
    rows: int = 0
    landscape: bool = False


@dataclass(frozen=True, kw_only=True)
class ExportStatement(Query[Exported]):
    """What the window shows, all pages of it."""

    login_id: int
    since: dt.date
    until: dt.date
    by: StatementBy = StatementBy.TIME
    kind: FileKind = FileKind.CSV


_LOGIN = text("""
    SELECT l.login, c.name AS plan, u.name AS customer, u.code, i.zone, i.company
      FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id JOIN desk.customers u ON u.id = p.customer_id
     CROSS JOIN desk.installation i WHERE l.id = :id""")


@use_case(ExportStatement, permission=None)
def export_statement(query: ExportStatement, work: Work) -> Exported:
    """Read page by page, so that a long year costs no more at once than a short one."""
    check_period(query.since, query.until)
    row = work.session.execute(_LOGIN, {"id": query.login_id}).one_or_none()
    if row is None:
        raise LoginNotFound("login", query.login_id)
    zone = zoneinfo.ZoneInfo(row.zone)
    sums = statement_of(work.session, query.login_id, query.since, query.until, limit=1)
    table = _table(query, work.session, sums, zone)
    lines = list(table.lines)
    name = f"conexoes-{row.login}-{query.since:%Y%m%d}-{query.until:%Y%m%d}.{query.kind}"
    if query.kind is FileKind.CSV:
        return Exported(name, as_csv([column.head for column in table.columns], lines), len(lines))
    report = Report(
        title="Extrato de conexões",
        company=row.company,
        subtitle=f"{query.since:%d/%m/%Y} a {query.until:%d/%m/%Y} · por {query.by}",
        facts=(
            ("Login", row.login),
            ("Cliente", f"{row.code:06d} · {row.customer}"),
            ("Plano", row.plan),
            ("Conexões", f"{sums.count}, {lasting(sums.seconds)} conectado"),
            ("Tráfego", f"{giga(sums.download)} GB recebidos, {giga(sums.upload)} GB enviados"),
        ),
        columns=table.columns,
        rows=lines,
        total=table.total,
        made=made_by(work, zone),
        landscape=query.by is StatementBy.TIME,
    )
    return document(name, report, query.kind)


def document(name: str, report: Report, kind: FileKind) -> Exported:
    """The report as a file to hand over, or as a page to print."""
    content = html(report).encode() if kind is FileKind.PAGE else pdf(report)
    return Exported(name, content, len(report.rows), report.landscape)


@dataclass(frozen=True)
class _Table:
    columns: Sequence[ReportColumn]
    lines: Iterator[Sequence[str]]
    total: Sequence[str]


def _table(query: ExportStatement, session: Session, sums: Statement, zone: zoneinfo.ZoneInfo) -> _Table:
    number = [ReportColumn("Download (GB)", 1.2, right=True), ReportColumn("Upload (GB)", 1.2, right=True)]
    traffic = [giga(sums.download), giga(sums.upload)]
    at = moments(zone)
    if query.by is StatementBy.MAC:
        heads = [ReportColumn("MAC", 1.6), ReportColumn("Primeira", 1.6), ReportColumn("Última", 1.6)]
        heads += [ReportColumn("Conexões", 1, right=True), ReportColumn("Tempo", 1.2, right=True), *number]
        total = ["Total", "", "", str(sums.count), lasting(sums.seconds), *traffic]
        return _Table(heads, (_mac(row, at) for row in sums.by_mac), total)
    if query.by is StatementBy.TRAFFIC:
        heads = [ReportColumn("Dia", 1.6), *number, ReportColumn("Total (GB)", 1.2, right=True)]
        days = sums.by_day
        down, up = sum(row.download for row in days), sum(row.upload for row in days)
        return _Table(heads, map(_day, days), ["Total", giga(down), giga(up), giga(down + up)])
    heads = [ReportColumn("Início", 1.6), ReportColumn("Fim", 1.6), ReportColumn("Duração", 1.1, right=True)]
    heads += [ReportColumn("IP", 1.4), ReportColumn("MAC", 1.6), ReportColumn("Ponto de Acesso", 1.4), *number]
    heads.append(ReportColumn("Causa", 1.4))
    total = ["Total", "", lasting(sums.seconds), "", "", "", *traffic, ""]
    rows = _all_pages(session, query.login_id, query.since, query.until)
    return _Table(heads, (_connection(row, at) for row in rows), total)


def _all_pages(session: Session, login_id: int, since: dt.date, until: dt.date) -> Iterator[SessionRow]:
    after: Cursor | None = None
    for _ in range(MOST_ROWS // CHUNK):
        page = page_of(session, login_id, since, until, after, CHUNK)
        yield from page.rows
        after = page.next
        if after is None:
            return


def _connection(row: SessionRow, at: Callable[[dt.datetime | None], str]) -> list[str]:
    ends = at(row.stopped_at) if row.stopped_at else "em curso"
    where = [row.ip, row.mac, row.access_point]
    return [at(row.started_at), ends, lasting(row.seconds), *where, giga(row.download), giga(row.upload), row.cause]


def _mac(row: MacRow, at: Callable[[dt.datetime | None], str]) -> list[str]:
    spent = [str(row.count), lasting(row.seconds), giga(row.download), giga(row.upload)]
    return [row.mac or "sem MAC", at(row.first), at(row.last), *spent]


def _day(row: DayRow) -> list[str]:
    return [f"{row.day:%d/%m/%Y}", giga(row.download), giga(row.upload), giga(row.download + row.upload)]


def as_csv(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> bytes:
    """As a Brazilian spreadsheet opens it: semicolons, decimal commas, and the mark that says UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[_harmless(value) for value in line] for line in lines])
    return out.getvalue().encode("utf-8-sig")


# Also in the wide letters that East Asian versions of spreadsheets take for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _harmless(value: str) -> str:
    """A cell that begins like a formula would be carried out by the spreadsheet; routers' words come from outside."""
    return f"'{value}" if value[:1] in _FORMULA else value


def moments(zone: zoneinfo.ZoneInfo) -> Callable[[dt.datetime | None], str]:
    """How moments are written, to the second, in the company's zone."""
    return lambda moment: moment.astimezone(zone).strftime("%d/%m/%Y %H:%M:%S") if moment else ""


def lasting(seconds: int) -> str:
    """Hours, minutes and seconds, however many hours there are."""
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def giga(octets: int) -> str:
    """Gigabytes with two decimals and a comma."""
    return f"{octets / GIGA:.2f}".replace(".", ",")


def made_by(work: Work, zone: zoneinfo.ZoneInfo) -> str:
    """Who made a document, and when."""
    return f"emitido por {work.actor.name} em {dt.datetime.now(zone):%d/%m/%Y %H:%M}"
