"""Entries of a customer or plan, the difference behind one of them, and the deleted items."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text

from desk.models.people import Permission
from desk.services.core.bus import Query, use_case
from desk.services.core.work import Work
from desk.services.customers.rules import mask_document

MOST = 500
# Columns that say nothing to people: counters, search keys, and stamps that the line itself already shows.
_SILENT = frozenset({"id", "version", "name_key", "created_at", "created_by", "last_plan_number"})
# Shown as everywhere else on screen; RevealDocument shows it whole, and leaves a line.
_MASKED = {"customers": frozenset({"document"})}


@dataclass(frozen=True)
class HistoryRow:
    """One line: who did what, when; `action` selects the text and `params` fill it."""

    id: int
    at: dt.datetime
    who: str
    full_name: str
    action: str
    params: dict[str, Any]
    source: str
    xid: int
    plan_id: int | None
    plan: str  # name and reference of the plan it was about, or nothing
    has_difference: bool


@dataclass(frozen=True)
class CustomerHistory(Query[list[HistoryRow]]):
    """The history of a customer or of one plan, newest first; `before` is the last row already shown."""

    customer_id: int
    plan_id: int | None = None
    before: HistoryRow | None = None
    limit: int = 100


# A transaction writes its log within moments of its line; the window lets whole months of the log be left out, and
# keeps a database that was restored elsewhere, where transaction ids begin anew, from showing somebody else's changes.
_NEAR = "BETWEEN {at} - interval '1 day' AND {at} + interval '1 day'"

_ENTRIES = """
SELECT h.id, h.at, h.who, COALESCE(p.full_name, h.who), h.action, h.params, h.source, h.xid, h.plan_id,
       COALESCE(k.name || CASE WHEN c.reference = '' THEN '' ELSE ' – ' || c.reference END, ''),
       EXISTS (SELECT FROM desk.change_log l WHERE l.xid = h.xid AND l.at {near})
  FROM (SELECT * FROM desk.history_entries e
         WHERE e.customer_id = :customer {only} {older} ORDER BY e.at DESC, e.id DESC LIMIT :limit) h
  LEFT JOIN desk.people p ON p.role = h.who
  LEFT JOIN desk.customer_plans c ON c.id = h.plan_id
  LEFT JOIN desk.catalog_plans k ON k.id = c.catalog_plan_id
 ORDER BY h.at DESC, h.id DESC
"""
_OLDER = "AND (e.at, e.id) < (:at, :id)"
_STATEMENTS = {
    (of_plan, older): text(
        _ENTRIES.format(
            near=_NEAR.format(at="h.at"),
            only="AND e.plan_id = :plan" if of_plan else "",
            older=_OLDER if older else "",
        )
    )
    for of_plan in (False, True)
    for older in (False, True)
}


@use_case(CustomerHistory, permission=Permission.CUSTOMERS)
def customer_history(query: CustomerHistory, work: Work) -> list[HistoryRow]:
    """One statement, whatever the length of the history."""
    named: dict[str, object] = {"customer": query.customer_id, "limit": max(1, min(query.limit, MOST))}
    if query.plan_id is not None:
        named["plan"] = query.plan_id
    if query.before is not None:
        named |= {"at": query.before.at, "id": query.before.id}
    rows = work.session.execute(_STATEMENTS[query.plan_id is not None, query.before is not None], named)
    return [HistoryRow(*row) for row in rows]


@dataclass(frozen=True)
class FieldDifference:
    """One column, before and after; None where the row did not exist. Secrets never reach the log."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class RowDifference:
    """What one act did to one row: `operation` is I, U or D."""

    table: str
    key: str
    operation: str
    at: dt.datetime
    fields: tuple[FieldDifference, ...]


@dataclass(frozen=True)
class Difference(Query[list[RowDifference]]):
    """Everything that one act changed; `xid` and `at` are those of its line."""

    xid: int
    at: dt.datetime


_DIFFERENCE = text(
    "SELECT tbl, key, op, at, before, after FROM desk.change_log"
    f" WHERE xid = :xid AND at {_NEAR.format(at='CAST(:at AS timestamptz)')} ORDER BY at, id"
)


@use_case(Difference, permission=Permission.CUSTOMERS)
def difference(query: Difference, work: Work) -> list[RowDifference]:
    """The log rows of the transaction that wrote the line."""
    rows = work.session.execute(_DIFFERENCE, {"xid": query.xid, "at": query.at})
    found = [
        RowDifference(tbl, key or "", op, at, _fields(tbl, before or {}, after or {}))
        for tbl, key, op, at, before, after in rows
    ]
    return [row for row in found if row.fields]


def _fields(table: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[FieldDifference, ...]:
    masked = _MASKED.get(table, frozenset())

    def shown(values: dict[str, Any], name: str) -> Any:
        value = values.get(name)
        return mask_document(value) if name in masked and isinstance(value, str) else value

    names = [name for name in {**before, **after} if name not in _SILENT]
    return tuple(
        FieldDifference(name, shown(before, name), shown(after, name))
        for name in names
        if before.get(name) != after.get(name)
    )


@dataclass(frozen=True)
class DeletedItemRow:
    """Itens Apagados: what was removed, by whom and through what (PL-60)."""

    id: int
    at: dt.datetime
    who: str
    full_name: str
    source: str  # DESK, API or JOB
    kind: str
    value: str
    plan_id: int | None
    plan: str


@dataclass(frozen=True)
class DeletedItems(Query[list[DeletedItemRow]]):
    """What was removed from a customer's plans, newest first; `before` is the last row already shown."""

    customer_id: int
    before: DeletedItemRow | None = None
    limit: int = 100


_DELETED = """
SELECT d.id, d.at, d.who, COALESCE(p.full_name, d.who), d.source, d.kind, d.value, d.plan_id,
       COALESCE(k.name || CASE WHEN c.reference = '' THEN '' ELSE ' – ' || c.reference END, '')
  FROM (SELECT * FROM desk.deleted_items e
         WHERE e.customer_id = :customer {older} ORDER BY e.at DESC, e.id DESC LIMIT :limit) d
  LEFT JOIN desk.people p ON p.role = d.who
  LEFT JOIN desk.customer_plans c ON c.id = d.plan_id
  LEFT JOIN desk.catalog_plans k ON k.id = c.catalog_plan_id
 ORDER BY d.at DESC, d.id DESC
"""
_DELETED_STATEMENTS = {older: text(_DELETED.format(older=_OLDER if older else "")) for older in (False, True)}


@use_case(DeletedItems, permission=Permission.CUSTOMERS)
def deleted_items(query: DeletedItems, work: Work) -> list[DeletedItemRow]:
    """One statement."""
    named: dict[str, object] = {"customer": query.customer_id, "limit": max(1, min(query.limit, MOST))}
    if query.before is not None:
        named |= {"at": query.before.at, "id": query.before.id}
    rows = work.session.execute(_DELETED_STATEMENTS[query.before is not None], named)
    return [DeletedItemRow(*row) for row in rows]
