"""Quem usava este IP: whose connection, or whose plan, had an address at a moment, now or up to a year ago."""

from __future__ import annotations

import datetime as dt
import ipaddress
import zoneinfo
from dataclasses import dataclass

from sqlalchemy import text

from desk.integrations.documents.report import Report, ReportColumn
from desk.models.daemon_views import SILENT_SECONDS
from desk.services.core.bus import Query, use_case
from desk.services.core.errors import Invalid, Violation
from desk.services.core.work import Work
from desk.services.sessions.export import Exported, FileKind, document, made_by, moments

KEPT_DAYS = 365
# Around the moment asked for, so that a clock that is a little wrong does not accuse the neighbour unnoticed.
NEAR = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class AddressUse:
    """One who had the address: `exact` at the moment asked for, otherwise within minutes of it.

    `held`: the plan had it as its own, whether or not a connection was up.
    """

    customer_id: int | None
    plan_id: int | None
    customer: str
    code: int | None
    document: str
    login: str
    plan: str
    mac: str
    nas: str
    assigned: str  # the address or prefix as it was given
    started_at: dt.datetime
    stopped_at: dt.datetime | None
    last_news: dt.datetime | None
    cause: str
    exact: bool
    held: bool


@dataclass(frozen=True)
class AddressAnswer:
    """What is known of an address at a moment."""

    address: str
    at: dt.datetime
    uses: tuple[AddressUse, ...]


@dataclass(frozen=True, kw_only=True)
class WhoUsedAddress(Query[AddressAnswer]):
    """The moment; one without a zone is in the company's."""

    address: str
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class PrintAddressUse(Query[Exported]):
    """The same as a document."""

    address: str
    at: dt.datetime
    kind: FileKind = FileKind.PDF


# The database finds connections and assignments, and in the same breath notes down who asked for whom (desk.who_used).
ASK_SQL = """
    SELECT session_id, assigned, exact, plan_id, customer_id, started_at, ended_at
      FROM desk.who_used(CAST(:address AS inet), CAST(:prefixes AS inet[]),
      CAST(:at AS timestamptz), CAST(:near AS interval), CAST(:silent AS interval), :printed)"""
_ASK = text(ASK_SQL)
_ANSWER = text("""
    SELECT u.id AS customer_id, p.id AS plan_id, COALESCE(u.name, '') AS customer, u.code,
           COALESCE(u.document, '') AS document, COALESCE(x.username, l.login, '') AS login,
           COALESCE(c.name, '') AS plan, COALESCE(upper(x.mac::text), '') AS mac,
           COALESCE(r.name, host(x.nas_address), '') AS nas, w.assigned,
           COALESCE(x.started_at, w.started_at) AS started_at, COALESCE(x.stopped_at, w.ended_at) AS stopped_at,
           x.updated_at AS last_news, COALESCE(x.terminate_cause, '') AS cause, w.exact, w.session_id IS NULL AS held
      FROM unnest(CAST(:ids AS bigint[]), CAST(:assigned AS text[]), CAST(:exact AS boolean[]),
             CAST(:plans AS bigint[]), CAST(:customers AS bigint[]), CAST(:starts AS timestamptz[]),
             CAST(:ends AS timestamptz[]))
             AS w (session_id, assigned, exact, plan_id, customer_id, started_at, ended_at)
      LEFT JOIN desk.radius_sessions x ON x.id = w.session_id
      LEFT JOIN desk.radius_logins l ON l.id = x.login_id
      LEFT JOIN desk.customer_plans p ON p.id = w.plan_id
      LEFT JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      LEFT JOIN desk.customers u ON u.id = w.customer_id
      LEFT JOIN desk.routing_servers r ON r.nas_address = x.nas_address
     WHERE x.id IS NOT NULL OR w.session_id IS NULL
     ORDER BY w.exact DESC, held, COALESCE(x.started_at, w.started_at) DESC""")
# A connection whose end got lost stays open in the records: nobody is accused of what came after its last report.
SILENT = dt.timedelta(seconds=SILENT_SECONDS)


def parse_address(typed: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """One address; Invalid for anything else."""
    try:
        return ipaddress.ip_address(typed.strip())
    except ValueError:
        raise Invalid([Violation("address", "ip_shape" if typed.strip() else "required")]) from None


def prefixes_of(address: ipaddress.IPv6Address) -> list[str]:
    """Every prefix that a customer could have been assigned and that holds this address."""
    return [str(ipaddress.ip_network((address, bits), strict=False)) for bits in (*range(40, 65), 128)]


def _find(work: Work, typed: str, at: dt.datetime, *, printed: bool) -> tuple[AddressAnswer, zoneinfo.ZoneInfo, str]:
    """The trace is committed before anything is answered: such a look-up is itself something that is asked about."""
    address = parse_address(typed)
    row = work.session.execute(text("SELECT zone, company FROM desk.installation")).one()
    zone = zoneinfo.ZoneInfo(row.zone)
    moment = at.replace(tzinfo=zone) if at.tzinfo is None else at
    now = dt.datetime.now(dt.UTC)
    if moment > now:
        raise Invalid([Violation("time", "moment_ahead")])
    if moment < now - dt.timedelta(days=KEPT_DAYS):
        raise Invalid([Violation("day", "moment_too_old", {"days": KEPT_DAYS})])
    values: dict[str, object] = {"address": str(address), "at": moment, "near": NEAR, "silent": SILENT}
    values |= {"prefixes": prefixes_of(address) if address.version == 6 else [], "printed": printed}
    with work.sessions.begin() as asking:
        found = asking.execute(_ASK, values).all()
    uses: tuple[AddressUse, ...] = ()
    if found:
        names = ("ids", "assigned", "exact", "plans", "customers", "starts", "ends")
        columns = {name: list(column) for name, column in zip(names, zip(*found, strict=True), strict=True)}
        rows = work.session.execute(_ANSWER, columns).mappings()
        uses = tuple(AddressUse(**use) for use in rows)
    return AddressAnswer(str(address), moment, uses), zone, row.company


@use_case(WhoUsedAddress, permission=None)
def who_used_address(query: WhoUsedAddress, work: Work) -> AddressAnswer:
    """In three statements, whatever the number of connections; who asked stays in the history."""
    return _find(work, query.address, query.at, printed=False)[0]


@use_case(PrintAddressUse, permission=None)
def print_address_use(query: PrintAddressUse, work: Work) -> Exported:
    """The answer to a legal request, with what it rests on."""
    answer, zone, company = _find(work, query.address, query.at, printed=True)
    at = moments(zone)
    exact = [use for use in answer.uses if use.exact]
    rows = [
        [
            use.customer or "não identificado",
            _document(use.document),
            "atribuído ao plano" if use.held else use.login,
            use.mac,
            use.assigned,
            at(use.started_at),
            at(use.stopped_at) if use.stopped_at else "em vigor" if use.held else "em curso",
        ]
        for use in exact
    ]
    offset = f"{answer.at.astimezone(zone):%z}"
    notes = [
        f"Horários de {zone.key} (UTC{offset[:3]}:{offset[3:]}), do relógio do servidor de banco de dados.",
        "Fonte: registros de conexão enviados pelos roteadores ao servidor RADIUS (accounting).",
        "Os registros são guardados por um ano (Lei 12.965/2014, art. 13) e depois eliminados.",
    ]
    if any(use.held for use in exact):
        notes.insert(2, "“Atribuído ao plano”: IP ou bloco fixo do plano neste período, segundo o cadastro do Desk.")
    if not exact:
        notes.insert(0, "Nenhuma conexão com este IP estava registrada neste momento, nem o IP atribuído a um plano.")
    shares = (2.2, 1.5, 1.6, 1.5, 1.7, 1.6, 1.6)
    heads = ("Cliente", "CPF/CNPJ", "Login", "MAC", "Endereço", "Início", "Fim")
    report = Report(
        title=f"Uso do IP {answer.address}",
        company=company,
        subtitle=f"em {at(answer.at)}",
        facts=(("IP", answer.address), ("Momento", f"{at(answer.at)} ({zone.key})")),
        columns=[ReportColumn(head, share) for head, share in zip(heads, shares, strict=True)] if rows else (),
        rows=rows,
        notes=notes,
        made=made_by(work, zone),
        landscape=True,
    )
    name = f"uso-do-ip-{answer.address.replace(':', '-')}-{answer.at.astimezone(zone):%Y%m%d-%H%M}.{query.kind}"
    return document(name, report, query.kind)


def _document(digits: str) -> str:
    if len(digits) == 11:
        return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"
    if len(digits) == 14:
        return f"{digits[:2]}.{digits[2:5]}.{digits[5:8]}/{digits[8:12]}-{digits[12:]}"
    return digits
