"""Finds customers by whatever the clerk has of them, and says why each was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from desk.models.customers import CustomerKind
from desk.services.core.bus import Query, use_case
from desk.services.core.prepared import send
from desk.services.core.work import Work
from desk.services.customers.folding import found_in, literally_in
from desk.services.customers.rules import mask_document
from desk.services.customers.search_input import Asked, SearchKind, understand
from desk.services.customers.search_sql import NO_SCANS, RECENT, Found, questions

ENOUGH = 10  # hits that make the look into the middle of words unnecessary
MOST = 200
_AT_ONCE = frozenset({SearchKind.CODE, SearchKind.DOCUMENT, SearchKind.MAC})


@dataclass(frozen=True)
class Match:
    """Why a customer was found: the kind of key, the key as shown, and which letters of it were typed."""

    kind: SearchKind
    text: str
    ranges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class CustomerHit:
    """One customer of the list under the search field."""

    id: int
    code: int
    kind: CustomerKind
    name: str
    trade_name: str
    document: str  # masked
    active: bool
    inactive_since: dt.date | None
    city: str
    state: str
    plans: int  # not cancelled
    online: bool
    matches: tuple[Match, ...] = ()
    exact: bool = False  # found by its whole code, document or MAC: Enter may open it at once


@dataclass(frozen=True)
class SearchCustomers(Query[list[CustomerHit]]):
    """Customers that match what was typed, best first; three statements in two journeys at most."""

    text: str
    kind: SearchKind = SearchKind.ALL
    limit: int = 50


@dataclass(frozen=True)
class RecentCustomers(Query[list[CustomerHit]]):
    """The customers this person opened last; shown while the search field is empty."""

    limit: int = 10


@use_case(SearchCustomers, permission=None)
def search_customers(query: SearchCustomers, work: Work) -> list[CustomerHit]:
    """One statement over every kind of key that fits; a second one, into words, when that brought little."""
    asked = understand(query.text, query.kind)
    limit = max(1, min(query.limit, MOST))
    first, within = questions(asked, limit)
    if first is None:
        return []
    _, answer = send(work.session, NO_SCANS.filled({}), first.filled(asked.params))
    rows = list(map(Found._make, answer))
    # Whoever typed all of a login or a number wants that one, not those that contain it.
    if within is not None and len({row.id for row in rows}) < ENOUGH and not any(row.rank == 0 for row in rows):
        (answer,) = send(work.session, within.filled(asked.params))
        rows += map(Found._make, answer)
    return _hits(rows, asked)[:limit]


@use_case(RecentCustomers, permission=None)
def recent_customers(query: RecentCustomers, work: Work) -> list[CustomerHit]:
    """Newest first."""
    (answer,) = send(work.session, RECENT.filled({"limit": max(1, min(query.limit, 30))}))
    return [_hit(Found._make(row), (), exact=False) for row in answer]


_FILTERS = list(SearchKind.__members__)


def _hits(rows: Iterable[Found], asked: Asked) -> list[CustomerHit]:
    """One hit per customer with all reasons; the best rank decides its place, inactive customers come last in it."""
    first: dict[int, Found] = {}
    reasons: dict[int, dict[tuple[str, str], Match]] = {}
    exact: set[int] = set()
    # The database may answer in any order; what a hit shows first must not change with its plan.
    for row in sorted(rows, key=lambda row: (row.rank, _FILTERS.index(row.found_by), row.value or "")):
        best = first.get(row.id)
        if best is None or row.rank < best.rank:
            first[row.id] = row
        match = _match(row, asked)
        reasons.setdefault(row.id, {}).setdefault((match.kind, match.text), match)
        if row.rank == 0 and match.kind in _AT_ONCE:
            exact.add(row.id)
    order = sorted(first.values(), key=lambda row: (row.rank, not row.active, row.name_key, row.code))
    return [_hit(row, tuple(reasons[row.id].values()), exact=row.id in exact) for row in order]


def _match(row: Found, asked: Asked) -> Match:
    kind, value = SearchKind[row.found_by], row.value or ""
    if kind is SearchKind.NAME:
        ranges = found_in(row.name, asked.typed)
        if not ranges and row.trade_name:
            return Match(kind, row.trade_name, found_in(row.trade_name, asked.typed))
        return Match(kind, row.name, ranges)
    if kind is SearchKind.DOCUMENT:
        return Match(kind, mask_document(value))  # masked, so there is nothing to point at
    if kind is SearchKind.CODE:
        text = f"{row.code:06d}"
        return Match(kind, text, literally_in(text, str(asked.params["code_number"])))
    if kind is SearchKind.PHONE:
        return Match(kind, value, literally_in(value, str(asked.params["phone"])))
    typed = str(asked.params["domain"]) if kind is SearchKind.DOMAIN else asked.typed
    return Match(kind, value, literally_in(value, typed))


def _hit(row: Found, matches: tuple[Match, ...], *, exact: bool) -> CustomerHit:
    return CustomerHit(
        id=row.id,
        code=row.code,
        kind=CustomerKind(row.kind),
        name=row.name,
        trade_name=row.trade_name,
        document=mask_document(row.document),
        active=row.active,
        inactive_since=row.inactive_since,
        city=row.city or "",
        state=row.state or "",
        plans=row.plans,
        online=row.online,
        matches=matches,
        exact=exact,
    )
