"""Extrato de conexões: a login's connections of a period, page by page, with what they add up to (RA-30)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.services.core.bus import Query, use_case
from desk.services.core.errors import Invalid, Violation
from desk.services.core.work import Work

PAGE = 100
MOST_DAYS = 366  # records are kept a year


class StatementBy(enum.StrEnum):
    """How the statement is ordered."""

    TIME = "Tempo"
    MAC = "MAC"
    TRAFFIC = "Tráfego"


@dataclass(frozen=True)
class SessionRow:
    """One connection; octets are named from the customer's side."""

    id: int
    started_at: dt.datetime
    stopped_at: dt.datetime | None
    seconds: int
    ip: str
    mac: str
    access_point: str
    upload: int
    download: int
    cause: str


@dataclass(frozen=True)
class MacRow:
    """All connections of one piece of equipment in the period."""

    mac: str
    count: int
    first: dt.datetime
    last: dt.datetime
    seconds: int
    upload: int
    download: int


@dataclass(frozen=True)
class DayRow:
    """What a login used on one day."""

    day: dt.date
    upload: int
    download: int


@dataclass(frozen=True)
class Cursor:
    """Where the next page begins: after this connection."""

    started_at: dt.datetime
    id: int


@dataclass(frozen=True)
class StatementPage:
    """Connections, newest first; `next` is None on the last page."""

    rows: tuple[SessionRow, ...]
    next: Cursor | None


@dataclass(frozen=True)
class Statement:
    """The whole period: the first page, and what all of it adds up to."""

    page: StatementPage
    by_mac: tuple[MacRow, ...]
    by_day: tuple[DayRow, ...]
    count: int
    seconds: int
    upload: int
    download: int


@dataclass(frozen=True, kw_only=True)
class ConnectionStatement(Query[Statement]):
    """The period of whole days from `since` to `until`, both included."""

    login_id: int
    since: dt.date
    until: dt.date


@dataclass(frozen=True, kw_only=True)
class MoreConnections(Query[StatementPage]):
    """The page after one that was shown."""

    login_id: int
    since: dt.date
    until: dt.date
    after: Cursor
    limit: int = PAGE


# A connection belongs to the period when it was up in it: `lower` is where the first of them began. The company's days,
# wherever the desk stands.
_PERIOD = """
    WITH days AS MATERIALIZED (
      SELECT CAST(:since AS date)::timestamp AT TIME ZONE i.zone AS since,
             (CAST(:until AS date) + 1)::timestamp AT TIME ZONE i.zone AS until FROM desk.installation i),
    period AS MATERIALIZED (
      SELECT d.since, d.until, COALESCE((SELECT o.started_at FROM desk.radius_sessions o
               WHERE o.login_id = :login AND o.started_at < d.since
                 AND (o.stopped_at IS NULL OR o.stopped_at >= d.since)
               ORDER BY o.started_at LIMIT 1), d.since) AS lower
        FROM days d)"""
# Asked for one by one and not joined, so that the order of the index is that of the page.
_SINCE, _UNTIL, _LOWER = ("(SELECT since FROM period)", "(SELECT until FROM period)", "(SELECT lower FROM period)")
_INSIDE = f"""s.login_id = :login AND s.started_at >= {_LOWER} AND s.started_at < {_UNTIL}
       AND (s.started_at >= {_SINCE} OR s.stopped_at IS NULL OR s.stopped_at >= {_SINCE})"""
# What is open goes on until now; what began or ended outside counts only with its part inside.
_SECONDS = f"""greatest(0, extract(epoch FROM least(COALESCE(s.stopped_at, clock_timestamp()), {_UNTIL})
             - greatest(s.started_at, {_SINCE})))::bigint"""
# Accounting names the router only. Of the access points behind it: the login's own, or else the only one there is;
# where neither says which, the router itself. Asked row by row, of tables that are small, and not joined (see above).
PAGE_SQL = f"""{_PERIOD},
    own AS MATERIALIZED (
      SELECT a.name, a.routing_server_id FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
        JOIN desk.access_points a ON a.id = p.access_point_id WHERE l.id = :login)
    SELECT s.id, s.started_at, s.stopped_at,
           extract(epoch FROM COALESCE(s.stopped_at, clock_timestamp()) - s.started_at)::bigint AS seconds,
           COALESCE(host(s.framed_ip), host(s.framed_ipv6), '') AS ip, COALESCE(upper(s.mac::text), '') AS mac,
           COALESCE((SELECT o.name FROM own o WHERE o.routing_server_id = r.id),
                    (SELECT min(a.name) FROM desk.access_points a WHERE a.routing_server_id = r.id HAVING count(*) = 1),
                    r.name, host(s.nas_address)) AS access_point, COALESCE(s.in_octets, 0) AS upload,
           COALESCE(s.out_octets, 0) AS download, COALESCE(s.terminate_cause, '') AS cause
      FROM desk.radius_sessions s
      LEFT JOIN desk.routing_servers r ON r.nas_address = s.nas_address
     WHERE {_INSIDE} AND (s.started_at, s.id) < (CAST(:before AS timestamptz), CAST(:before_id AS bigint))
     ORDER BY s.started_at DESC, s.id DESC LIMIT :limit"""
MACS_SQL = f"""{_PERIOD}
    SELECT COALESCE(upper(s.mac::text), '') AS mac, count(*) AS count, min(s.started_at) AS first,
           max(COALESCE(s.stopped_at, clock_timestamp())) AS last, sum({_SECONDS})::bigint AS seconds,
           sum(COALESCE(s.in_octets, 0))::bigint AS upload, sum(COALESCE(s.out_octets, 0))::bigint AS download
      FROM desk.radius_sessions s WHERE {_INSIDE} GROUP BY 1 ORDER BY 4 DESC, 1"""
_DAYS = text("""
    SELECT day, in_octets AS upload, out_octets AS download FROM desk.radius_usage
     WHERE login_id = :login AND day BETWEEN :since AND :until ORDER BY day""")
_PAGE, _MACS = text(PAGE_SQL), text(MACS_SQL)
_END = Cursor(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), 0)


def page_of(
    session: Session, login_id: int, since: dt.date, until: dt.date, after: Cursor | None, limit: int
) -> StatementPage:
    """One page in one statement; one row more is read to know whether there is another page."""
    before = after or _END
    values: dict[str, Any] = {
        "login": login_id,
        "since": since,
        "until": until,
        "before": before.started_at,
        "before_id": before.id,
        "limit": limit + 1,
    }
    found = [SessionRow(**row) for row in session.execute(_PAGE, values).mappings()]
    rows = tuple(found[:limit])
    return StatementPage(rows, Cursor(rows[-1].started_at, rows[-1].id) if len(found) > limit else None)


def check_period(since: dt.date, until: dt.date) -> None:
    """Refuse what is no period, or one longer than records are kept."""
    if until < since:
        raise Invalid([Violation("until", "period_backwards")])
    if (until - since).days > MOST_DAYS:
        raise Invalid([Violation("since", "period_too_long", {"days": MOST_DAYS})])


def statement_of(session: Session, login_id: int, since: dt.date, until: dt.date, limit: int = PAGE) -> Statement:
    """The first page and the sums, in three statements."""
    page = page_of(session, login_id, since, until, None, limit)
    values = {"login": login_id, "since": since, "until": until}
    by_mac = tuple(MacRow(**row) for row in session.execute(_MACS, values).mappings())
    by_day = tuple(DayRow(**row) for row in session.execute(_DAYS, values).mappings())
    return Statement(
        page,
        by_mac,
        by_day,
        count=_sum(by_mac, "count"),
        seconds=_sum(by_mac, "seconds"),
        upload=_sum(by_mac, "upload"),
        download=_sum(by_mac, "download"),
    )


def _sum(rows: Sequence[MacRow], name: str) -> int:
    return sum(getattr(row, name) for row in rows)


@use_case(ConnectionStatement, permission=None)
def connection_statement(query: ConnectionStatement, work: Work) -> Statement:
    """What the window shows of a period."""
    check_period(query.since, query.until)
    return statement_of(work.session, query.login_id, query.since, query.until)


@use_case(MoreConnections, permission=None)
def more_connections(query: MoreConnections, work: Work) -> StatementPage:
    """The next page, as dear as the first."""
    check_period(query.since, query.until)
    return page_of(work.session, query.login_id, query.since, query.until, query.after, query.limit)
