"""Finds customers by whatever the clerk has of them, and says why each was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from desk.models.customers import CustomerKind
from desk.services.core.bus import Lookup, use_case
from desk.services.core.prepared import send
from desk.services.core.work import Work
from desk.services.customers.folding import found_in, literally_in
from desk.services.customers.rules import mask_document
from desk.services.customers.search_input import Asked, SearchKind, understand
from desk.services.customers.search_sql import RECENT, Found, question

MOST = 200
_AT_ONCE = frozenset({SearchKind.CODE, SearchKind.DOCUMENT, SearchKind.MAC})


class Match(NamedTuple):
    """Why a customer was found: the kind of key, the key as shown, and which letters of it were typed."""

    kind: SearchKind
    text: str
    ranges: tuple[tuple[int, int], ...] = ()


class CustomerHit(NamedTuple):
    """One customer of the list under the search field; a tuple, since fifty of them are made at each key typed."""

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
class SearchCustomers(Lookup[list[CustomerHit]]):
    """Customers that match what was typed, best first; one statement in one journey."""

    text: str
    kind: SearchKind = SearchKind.ALL
    limit: int = 50


@dataclass(frozen=True)
class RecentCustomers(Lookup[list[CustomerHit]]):
    """The customers this person opened last; shown while the search field is empty."""

    limit: int = 10


@use_case(SearchCustomers, permission=None)
def search_customers(query: SearchCustomers, work: Work) -> list[CustomerHit]:
    """One statement over every kind of key that fits, and into words when that brings little."""
    asked = understand(query.text, query.kind)
    limit = max(1, min(query.limit, MOST))
    asking = question(asked, limit)
    if asking is None:
        return []
    # In a table of some thousand rows the planner would rather read all of them; by a million it would be wrong to.
    (answer,) = send(work.session, asking.filled(asked.params), scans=False)
    return _hits(map(Found._make, answer), asked)[:limit]


@use_case(RecentCustomers, permission=None)
def recent_customers(query: RecentCustomers, work: Work) -> list[CustomerHit]:
    """Newest first."""
    (answer,) = send(work.session, RECENT.filled({"limit": max(1, min(query.limit, 30))}))
    return [_hit(Found._make(row), (), exact=False) for row in answer]


_PLACE = {name: place for place, name in enumerate(SearchKind.__members__)}
_KINDS = {kind.value: kind for kind in CustomerKind}


def _hits(rows: Iterable[Found], asked: Asked) -> list[CustomerHit]:
    """One hit per customer with all reasons; the best rank decides its place, inactive customers come last in it."""
    first: dict[int, Found] = {}
    reasons: dict[int, dict[tuple[SearchKind, str], Match]] = {}
    exact: set[int] = set()
    # The database may answer in any order; what a hit shows first must not change with its plan.
    for row in sorted(rows, key=lambda row: (row.rank, _PLACE[row.found_by], row.value or "")):
        match = _match(row, asked)
        if first.setdefault(row.id, row) is row:
            reasons[row.id] = {}
        reasons[row.id].setdefault((match.kind, match.text), match)
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
    if kind is SearchKind.MAC:
        value = value.upper()  # as the rest of the program writes it; PostgreSQL's own text is in lower case
    typed = str(asked.params["domain"]) if kind is SearchKind.DOMAIN else asked.typed
    return Match(kind, value, literally_in(value, typed))


def _hit(row: Found, matches: tuple[Match, ...], *, exact: bool) -> CustomerHit:
    return CustomerHit(
        id=row.id,
        code=row.code,
        kind=_KINDS[row.kind],
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
