"""The statements of the search: one branch per key, each on one index and in a form no plan can turn into a scan.

A branch repeats the expression of its index, taken from the declaration in desk/models, since the query must use the
index's own collation to be served by it. Prefixes are ranges: under a generic plan LIKE would scan.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from desk.models.base import metadata
from desk.services.core.prepared import Statement, numbered
from desk.services.customers.search_input import Asked, SearchKind

K = SearchKind
_MOST_SHAPES = 500
ENOUGH = 10  # customers found that make the look into the middle of words unnecessary
_PARAMETER = re.compile(r"(?<![:\w]):(\w+)")


class Question:
    """A statement as the server takes it, and the parameters it names; written with `:name`."""

    def __init__(self, written: str) -> None:
        self.sql, self.names = numbered(written, _PARAMETER)

    def filled(self, params: Mapping[str, Any]) -> Statement:
        """The statement with the values of its own parameters."""
        return self.sql, [params[name] for name in self.names]


_PLACES = {str(index.name): index for table in metadata.tables.values() for index in table.indexes}


def indexed(name: str) -> str:
    """The expression of a declared index as a condition must write it."""
    (expression,) = _PLACES[name].expressions
    written = getattr(expression, "text", None) or getattr(expression, "name", None)
    return str(written).removesuffix(" desk.gin_trgm_ops")


def only_where(name: str) -> str:
    """The condition of a partial index, to be repeated."""
    where = _PLACES[name].dialect_options["postgresql"]["where"]
    return "true" if where is None else str(where)


@dataclass(frozen=True)
class Branch:
    """One way to find customers: the rows of one index, with the rank of the hit and what it was found by."""

    name: str
    sql: str


def _branch(
    name: str, rank: str, kind: SearchKind, value: str, source: str, where: str, order: str, top: int, more: str = ""
) -> Branch:
    # Logins that were deleted stay. Said beside the key it would also fit a partial index, walked to its end.
    living = " WHERE deleted_at IS NULL" if source == "radius_logins" else ""
    inner = f"SELECT {value} AS value, {_KEYS[source]}{more} FROM desk.{source} WHERE {where}"
    if order:
        inner += f" ORDER BY {order} LIMIT {top}"
    else:
        # Planned for all its rows: for the first few only, the planner may walk another index to its end instead.
        inner = f"WITH every AS MATERIALIZED ({inner}) SELECT * FROM every{living} LIMIT {top}"
    return Branch(
        name,
        f"SELECT {rank} AS rank, '{kind.name}' AS kind, b.value, {_CUSTOMER[source]} FROM ({inner}) b{_JOINS[source]}",
    )


_KEYS = {
    "customers": "id",
    "customer_phones": "customer_id",
    "radius_logins": "plan_id, deleted_at",
    "radius_sessions": "login_id",
    "circuits": "plan_id",
    "ip_holdings": "ip_id",
    "customer_ip_macs": "ip_id",
}
# Row by row: as a plain join the planner may read all IPs to throw most of them away.
_IP = (
    " JOIN LATERAL (SELECT x.plan_id, x.deleted_at FROM desk.customer_ips x WHERE x.id = b.ip_id OFFSET 0) i"
    " ON i.deleted_at IS NULL JOIN desk.customer_plans p ON p.id = i.plan_id"
)
_PLAN = " JOIN desk.customer_plans p ON p.id = b.plan_id"
_JOINS = {
    "customers": "",
    "customer_phones": "",
    "radius_logins": _PLAN,
    "circuits": _PLAN,
    "ip_holdings": _IP,
    "customer_ip_macs": _IP,
    "radius_sessions": " JOIN desk.radius_logins l ON l.id = b.login_id JOIN desk.customer_plans p ON p.id = l.plan_id",
}
_CUSTOMER = {
    "customers": "b.id AS customer_id",
    "customer_phones": "b.customer_id",
    "radius_logins": "p.customer_id",
    "circuits": "p.customer_id",
    "ip_holdings": "p.customer_id",
    "customer_ip_macs": "p.customer_id",
    "radius_sessions": "p.customer_id",
}


def _within(index: str, name: str) -> str:
    expression = indexed(index)
    return f"{only_where(index)} AND {expression} >= :{name} AND {expression} < :{name}_end"


def _equal(index: str, name: str) -> str:
    return f"{only_where(index)} AND {indexed(index)} = :{name}"


def branches(asked: Asked, limit: int) -> list[Branch]:
    """What is asked for, best rank first; later branches do not run once `limit` rows are there."""
    return [*_exact(asked), *_numbers(asked, limit), *_names(asked, limit), *_begun(asked, limit)]


def _exact(asked: Asked) -> list[Branch]:
    found: list[Branch] = []
    # Alone, the range that begins with a key brings the whole of it first; beside others it must not be crowded out.
    for kind, name, value, source, index in _TEXTS if len(asked.kinds) > 1 else ():
        if kind in asked.kinds and kind is not K.DOMAIN:
            found.append(_branch(name, "0", kind, value, source, _equal(index, name), "", 20))
    if K.IP in asked.kinds:
        found += _typed("ip", K.IP, "inet", "fixed_ip", "framed_ip", exact=asked.exact_address)
        # Whoever has the block that an address is in, and not only the one who was told that very address.
        low, high = "CAST(:ip_low AS inet)", "CAST(:ip_high AS inet)"
        held = f"block && {low}" if asked.exact_address else f"block >= {low} AND block <= {high}"
        rank = "0" if asked.exact_address else "1"
        found.append(_branch("ip_held", rank, K.IP, "host(block)", "ip_holdings", held, "", 50))
    if K.MAC in asked.kinds:
        found += _typed("mac", K.MAC, "macaddr", "mac_lock", "mac", exact=asked.exact_mac)
        low, high = "CAST(:mac_low AS macaddr)", "CAST(:mac_high AS macaddr)"
        same = f"mac = {low}" if asked.exact_mac else f"mac >= {low} AND mac <= {high}"
        order = "" if asked.exact_mac else "mac"
        rank = "0" if asked.exact_mac else "1"
        found.append(_branch("mac_of_ip", rank, K.MAC, "mac::text", "customer_ip_macs", same, order, 50))
    return found


def _typed(name: str, kind: SearchKind, type_: str, fixed: str, seen: str, *, exact: bool) -> list[Branch]:
    """IP and MAC: what was written down for a login, and what open sessions really use."""

    def condition(column: str) -> str:
        low, high = f"CAST(:{name}_low AS {type_})", f"CAST(:{name}_high AS {type_})"
        return f"{column} = {low}" if exact else f"{column} >= {low} AND {column} <= {high}"

    def shown(column: str) -> str:
        return f"host({column})" if type_ == "inet" else f"{column}::text"

    rank = "0" if exact else "1"
    living = "" if exact else " AND deleted_at IS NULL"
    locked = f"{fixed} IS NOT NULL AND {condition(fixed)}{living}"
    in_use = f"stopped_at IS NULL AND {condition(seen)}"
    return [
        _branch(f"{name}_fixed", rank, kind, shown(fixed), "radius_logins", locked, "" if exact else fixed, 50),
        _branch(f"{name}_session", rank, kind, shown(seen), "radius_sessions", in_use, "" if exact else seen, 50),
    ]


def _names(asked: Asked, limit: int) -> list[Branch]:
    if K.NAME not in asked.kinds:
        return []
    words = indexed("ix_customers_name_words")
    key = indexed("ix_customers_name_key")
    begun = f"({key} >= :name AND {key} < :name_end)"
    whole = f"{words} @@ CAST(:words AS tsquery)"
    return [
        _branch("name_begun", "1", K.NAME, "NULL::text", "customers", begun, key, limit),
        _branch("name_words", "2", K.NAME, "NULL::text", "customers", f"{whole} AND NOT {begun}", "", limit),
        _branch(
            "name_words_begun",
            "3",
            K.NAME,
            "NULL::text",
            "customers",
            f"{words} @@ CAST(:words_begun AS tsquery) AND NOT {whole} AND NOT {begun}",
            "",
            limit,
        ),
    ]


_NUMBERS = (
    (K.CODE, "code", "code::text", "customers", "ix_customers_code_text"),
    (K.DOCUMENT, "document", "document::text", "customers", "ix_customers_document_text"),
    (K.PHONE, "phone", "number::text", "customer_phones", "ix_customer_phones_number"),
)
_TEXTS = (
    (K.LOGIN, "login", "login::text", "radius_logins", "ix_radius_logins_login_text"),
    (K.EMAIL, "email", "email::text", "customers", "ix_customers_email_text"),
    (K.CIRCUIT, "circuit", "name::text", "circuits", "ix_circuits_name_text"),
    (K.DOMAIN, "domain", "email::text", "customers", "ix_customers_email_host"),
)


def _numbers(asked: Asked, limit: int) -> list[Branch]:
    """One range for each, in its order: who has the whole number comes first in it."""
    some = limit if len(asked.kinds) == 1 else min(20, limit)
    return [
        _range(1, kind, name, value, source, index, some)
        for kind, name, value, source, index in _NUMBERS
        if kind in asked.kinds
    ]


def _begun(asked: Asked, limit: int) -> list[Branch]:
    some = limit if len(asked.kinds) == 1 else min(20, limit)
    found = [
        _range(3, kind, name, value, source, index, some)
        for kind, name, value, source, index in _TEXTS
        if kind in asked.kinds
    ]
    if asked.suffix and K.PHONE in asked.kinds:
        index = "ix_customer_phones_reverse"
        where = _within(index, "phone_back")
        value, source = "number::text", "customer_phones"
        found.append(_branch("phone_back_begun", "4", K.PHONE, value, source, where, indexed(index), some))
    return found


def _range(rank: int, kind: SearchKind, name: str, value: str, source: str, index: str, top: int) -> Branch:
    """What begins with the key, the whole of it with rank 0; a domain is never the whole of an address."""
    where = _within(index, name) + (" AND deleted_at IS NULL" if source == "radius_logins" else "")
    ranked = f"{rank}" if kind is K.DOMAIN else f"CASE WHEN b.whole THEN 0 ELSE {rank} END"
    whole = "" if kind is K.DOMAIN else f", {indexed(index)} = :{name} AS whole"
    return _branch(f"{name}_begun", ranked, kind, value, source, where, indexed(index), top, whole)


def parts(asked: Asked, limit: int) -> list[Branch]:
    """The middle of a word: looked into only when the others brought little."""
    found: list[Branch] = []
    if not asked.substring:
        return found
    if K.NAME in asked.kinds:
        where = f"{indexed('ix_customers_name_part')} LIKE :name_part"
        found.append(_branch("name_part", "5", K.NAME, "NULL::text", "customers", where, "", limit))
    if K.LOGIN in asked.kinds:
        where = f"{indexed('ix_radius_logins_login_part')} LIKE :login_part"
        found.append(_branch("login_part", "5", K.LOGIN, "login::text", "radius_logins", where, "", limit))
    if K.EMAIL in asked.kinds:
        where = f"{indexed('ix_customers_email_part')} LIKE :login_part"
        found.append(_branch("email_part", "5", K.EMAIL, "email::text", "customers", where, "", limit))
    return found


class Found(NamedTuple):
    """One row of an answer; a customer found by several keys has several."""

    rank: int
    found_by: str
    value: str | None
    id: int
    name_key: str
    code: int
    kind: str
    name: str
    trade_name: str
    document: str
    active: bool
    inactive_since: dt.date | None
    city: str | None
    state: str | None
    plans: int
    online: bool


# What a hit shows beside its name; asked once per hit, each by an index.
DETAILS = """
SELECT f.rank, f.kind AS found_by, f.value, c.id, c.name_key, c.code, c.kind, c.name, c.trade_name, c.document,
       c.active, c.inactive_since, home.city, home.state,
       (SELECT count(*) FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status
         WHERE p.customer_id = c.id AND s."group" <> 'cancelado' AND p.deleted_at IS NULL) AS plans,
       EXISTS (SELECT FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id AND l.deleted_at IS NULL
                 JOIN desk.radius_sessions o ON o.login_id = l.id AND o.stopped_at IS NULL
                WHERE p.customer_id = c.id) AS online
  FROM found f JOIN desk.customers c ON c.id = f.customer_id
  LEFT JOIN LATERAL (SELECT t.name AS city, t.state FROM desk.addresses a JOIN desk.cities t ON t.id = a.city_id
                      WHERE a.customer_id = c.id ORDER BY a.position LIMIT 1) home ON true
"""


def statement(first: Sequence[Branch], within: Sequence[Branch], limit: int) -> Question:
    """The branches joined into one statement with the details of each hit.

    The look into words waits for what the others found: one condition before it, which is asked once. Whoever typed all
    of a login or a number wants that one, not those that contain it.
    """
    found = f"begun AS MATERIALIZED ({_joined(first, limit)})"
    if within:
        found += (
            ", few (few) AS MATERIALIZED (SELECT count(DISTINCT customer_id) < "
            f"{ENOUGH} AND count(*) FILTER (WHERE rank = 0) = 0 FROM begun)"
            f", found AS MATERIALIZED (SELECT * FROM begun UNION ALL"
            f" SELECT * FROM ({_joined(within, limit)}) w WHERE (SELECT few FROM few))"
        )
        return Question(f"WITH {found}{DETAILS}")
    return Question(f"WITH {found.replace('begun', 'found', 1)}{DETAILS}")


def _joined(chosen: Sequence[Branch], limit: int) -> str:
    union = " UNION ALL ".join(f"({branch.sql})" for branch in chosen)
    return f"SELECT * FROM ({union}) u LIMIT {int(limit)}"


# By shape of the question: putting the text together costs as much as some of the answers.
_questions: dict[tuple[object, ...], Question | None] = {}


def question(asked: Asked, limit: int) -> Question | None:
    """The one statement that finds all; None where there is nothing to ask."""
    shape = (asked.kinds, asked.exact_address, asked.exact_mac, asked.suffix, asked.substring, limit)
    if shape in _questions:
        return _questions[shape]
    first = branches(asked, limit)
    found = statement(first, parts(asked, limit), limit) if first else None
    if len(_questions) < _MOST_SHAPES:
        _questions[shape] = found
    return found


RECENT = Question(
    "WITH found AS MATERIALIZED (SELECT 0 AS rank, '' AS kind, NULL::text AS value, customer_id, opened_at"
    " FROM desk.recent_customers WHERE role = session_user ORDER BY opened_at DESC LIMIT :limit)"
    f"{DETAILS} ORDER BY f.opened_at DESC"
)
