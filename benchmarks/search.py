"""Search by every kind of key against the SQL that somebody who knows the tables would write by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from benchmarks.clerk import Connection, clerk_of
from benchmarks.timing import line, pair
from desk.services.customers import SearchCustomers, SearchKind
from tests.postgres import Cluster

K = SearchKind
LAST = "\U0010ffff"
# What the list shows of each customer that was found; `hit` names them, best first.
SHOWN = """
SELECT hit.place, c.id, hit.value, c.code, c.kind, c.name, c.trade_name, c.document, c.active, c.inactive_since,
       c.name_key,
       (SELECT t.name || '/' || t.state FROM desk.addresses a JOIN desk.cities t ON t.id = a.city_id
         WHERE a.customer_id = c.id ORDER BY a.position LIMIT 1),
       (SELECT count(*) FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status
         WHERE p.customer_id = c.id AND s."group" <> 'cancelado'),
       EXISTS (SELECT FROM desk.customer_plans p JOIN desk.radius_logins l ON l.plan_id = p.id
                 JOIN desk.radius_sessions o ON o.login_id = l.id AND o.stopped_at IS NULL
                WHERE p.customer_id = c.id AND l.deleted_at IS NULL)
  FROM hit JOIN desk.customers c ON c.id = hit.customer_id ORDER BY hit.place, c.name_key
"""
_WORDS = "array_to_tsvector(string_to_array(name_key, ' '))"
_LOGIN = "FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id WHERE l.deleted_at IS NULL AND"
_SESSION = (
    "FROM desk.radius_sessions o JOIN desk.radius_logins l ON l.id = o.login_id AND l.deleted_at IS NULL"
    " JOIN desk.customer_plans p ON p.id = l.plan_id WHERE o.stopped_at IS NULL AND"
)
_IP = (
    "JOIN desk.customer_ips i ON i.id = held.ip_id AND i.deleted_at IS NULL"
    " JOIN desk.customer_plans p ON p.id = i.plan_id WHERE"
)
_PLACE = {
    "name": "NULL::text, id FROM desk.customers WHERE name_key >= %(key)s AND name_key < %(end)s ORDER BY name_key",
    "words": f"NULL::text, id FROM desk.customers WHERE {_WORDS} @@ %(words)s::tsquery",
    "words_begun": f"NULL::text, id FROM desk.customers WHERE {_WORDS} @@ %(words_begun)s::tsquery",
    "part": "NULL::text, id FROM desk.customers WHERE name_key LIKE %(like)s",
    "code": "code::text, id FROM desk.customers WHERE code = %(number)s",
    "codes": (
        'code::text, id FROM desk.customers WHERE code::text COLLATE "C" >= %(key)s'
        ' AND code::text COLLATE "C" < %(end)s'
    ),
    "document": (
        'document::text, id FROM desk.customers WHERE document COLLATE "C" >= %(digits)s'
        ' AND document COLLATE "C" < %(digits_end)s'
    ),
    "phone": (
        'number::text, customer_id FROM desk.customer_phones WHERE number COLLATE "C" >= %(digits)s'
        ' AND number COLLATE "C" < %(digits_end)s'
    ),
    "phone_end": (
        'number::text, customer_id FROM desk.customer_phones WHERE reverse(number) COLLATE "C" >= %(back)s'
        ' AND reverse(number) COLLATE "C" < %(back_end)s'
    ),
    "login": (
        f'l.login::text, p.customer_id {_LOGIN} lower(l.login) COLLATE "C" >= %(key)s'
        ' AND lower(l.login) COLLATE "C" < %(end)s'
    ),
    "login_part": f"l.login::text, p.customer_id {_LOGIN} lower(l.login) LIKE %(like)s",
    "email": (
        "email::text, id FROM desk.customers WHERE email <> '' AND lower(email) COLLATE \"C\" >= %(key)s"
        ' AND lower(email) COLLATE "C" < %(end)s'
    ),
    "email_part": "email::text, id FROM desk.customers WHERE split_part(lower(email), '@', 1) LIKE %(like)s",
    "host": (
        "email::text, id FROM desk.customers WHERE email <> ''"
        " AND split_part(lower(email), '@', 2) COLLATE \"C\" >= %(host)s"
        " AND split_part(lower(email), '@', 2) COLLATE \"C\" < %(host_end)s"
    ),
    "mac": f"l.mac_lock::text, p.customer_id {_LOGIN} l.mac_lock = %(key)s::macaddr",
    "mac_seen": f"o.mac::text, p.customer_id {_SESSION} o.mac = %(key)s::macaddr",
    "mac_of_ip": f"held.mac::text, p.customer_id FROM desk.customer_ip_macs held {_IP} held.mac = %(key)s::macaddr",
    "ip_held": f"host(held.block), p.customer_id FROM desk.ip_holdings held {_IP} held.block && %(key)s::inet",
    "ip": f"host(l.fixed_ip), p.customer_id {_LOGIN} l.fixed_ip = %(key)s::inet",
    "ip_seen": f"host(o.framed_ip), p.customer_id {_SESSION} o.framed_ip = %(key)s::inet",
    "circuit": (
        "i.name::text, p.customer_id FROM desk.circuits i JOIN desk.customer_plans p ON p.id = i.plan_id"
        ' WHERE lower(i.name) COLLATE "C" >= %(key)s AND lower(i.name) COLLATE "C" < %(end)s'
    ),
    "login_whole": f'l.login::text, p.customer_id {_LOGIN} lower(l.login) COLLATE "C" = %(key)s',
    "email_whole": "email::text, id FROM desk.customers WHERE email <> '' AND lower(email) COLLATE \"C\" = %(key)s",
    "circuit_whole": (
        "i.name::text, p.customer_id FROM desk.circuits i JOIN desk.customer_plans p ON p.id = i.plan_id"
        ' WHERE lower(i.name) COLLATE "C" = %(key)s'
    ),
}
NAMES = ("name", "words", "words_begun")
WHOLE = ("login_whole", "email_whole", "circuit_whole")
TEXT = (*WHOLE, *NAMES, "login", "circuit", "email", "host")
PARTS = ("part", "login_part", "email_part")  # looked into when the others bring little
DIGITS = ("login_whole", "code", "document", "phone", "codes", "phone_end", "login")


@dataclass(frozen=True)
class Case:
    """A key, with what is searched in; `typed` may be a question for one that exists."""

    what: str
    typed: str
    kind: SearchKind
    places: tuple[str, ...]
    within: tuple[str, ...] = ()


EMAIL = "SELECT email FROM desk.customers WHERE email <> '' ORDER BY id OFFSET 500 LIMIT 1"
HOST = EMAIL.replace("SELECT email", "SELECT '@' || split_part(email, '@', 2)")
LOGIN = "SELECT login FROM desk.radius_logins ORDER BY id OFFSET 500 LIMIT 1"
CIRCUIT = "SELECT name FROM desk.circuits ORDER BY id OFFSET 50 LIMIT 1"
CODE = "SELECT code::text FROM desk.customers ORDER BY id OFFSET 900 LIMIT 1"
DOCUMENT = "SELECT document FROM desk.customers ORDER BY id OFFSET 500 LIMIT 1"
PHONE = "SELECT number FROM desk.customer_phones ORDER BY id OFFSET 500 LIMIT 1"
NAME = "SELECT name FROM desk.customers ORDER BY id OFFSET 777 LIMIT 1"
MAC = "SELECT mac::text FROM desk.radius_sessions WHERE stopped_at IS NULL AND mac IS NOT NULL ORDER BY id LIMIT 1"
IP = MAC.replace("mac::text", "host(framed_ip)").replace("mac IS", "framed_ip IS")
CASES = (
    Case("nome, palavra frequente", "silva", K.NAME, NAMES, ("part",)),
    Case("nome com acentos", "joão araújo", K.NAME, NAMES, ("part",)),
    Case("nome inteiro", NAME, K.NAME, NAMES, ("part",)),
    Case("pedaço do nome", "arvalh", K.NAME, NAMES, ("part",)),
    Case("CPF/CNPJ", DOCUMENT, K.DOCUMENT, ("document",)),
    Case("código", CODE, K.CODE, ("code", "codes")),
    Case("login", LOGIN, K.LOGIN, ("login",), ("login_part",)),
    Case("e-mail", EMAIL, K.EMAIL, ("email",)),
    Case("domínio", HOST, K.DOMAIN, ("host",)),
    Case("telefone", PHONE, K.PHONE, ("phone", "phone_end")),
    Case("MAC", MAC, K.MAC, ("mac", "mac_seen", "mac_of_ip")),
    Case("IP", IP, K.IP, ("ip", "ip_seen", "ip_held")),
    Case("circuito", CIRCUIT, K.CIRCUIT, ("circuit",)),
    Case("nome e sobrenome", "maria silva", K.ALL, TEXT, PARTS),
    Case("nome inteiro", NAME, K.ALL, TEXT, PARTS),
    Case("login", LOGIN, K.ALL, TEXT, PARTS),
    Case("e-mail", EMAIL, K.ALL, ("login_whole", "email_whole", "login", "email")),
    Case("CPF/CNPJ", DOCUMENT, K.ALL, DIGITS),
    Case("telefone", PHONE, K.ALL, DIGITS),
    Case("código", CODE, K.ALL, DIGITS),
    Case("circuito", CIRCUIT, K.ALL, TEXT, PARTS),
    Case("nada encontrado", "zzqxkw", K.ALL, TEXT, PARTS),
)
PLAIN = str.maketrans("áàâãéêíóôõúüç", "aaaaeeiooouuc")


def _asked(places: tuple[str, ...], first: int = 0) -> str:
    branches = (f"(SELECT {first + at} AS place, {_PLACE[name]} LIMIT 50)" for at, name in enumerate(places))
    return f"SELECT * FROM ({' UNION ALL '.join(branches)}) every LIMIT 50"


def by_hand(case: Case) -> bytes:
    """One statement: each place in turn, until fifty are there; an index has to be used, as the program must.

    It answers what the program's does, which cannot know beforehand what was typed: also why each customer was found,
    and what the key is but a piece of, unless somebody has the whole of it or enough were found.
    """
    columns = "(place, value, customer_id) AS MATERIALIZED"
    if not case.within:
        return f"WITH hit {columns} ({_asked(case.places)}){SHOWN}".encode()
    few = "(SELECT count(*) < 10 AND count(*) FILTER (WHERE lower(value) = %(key)s) = 0 FROM begun)"
    within = f"SELECT * FROM ({_asked(case.within, len(case.places))}) w WHERE {few}"
    begun = f"begun {columns} ({_asked(case.places)})"
    return f"WITH {begun}, hit {columns} (SELECT * FROM begun UNION ALL {within}){SHOWN}".encode()


def values(case: Case, typed: str) -> dict[str, Any]:
    """Every form of what was typed that a statement may name."""
    key = typed.lower().translate(PLAIN) if case.kind in (K.NAME, K.ALL) else typed.lower()
    digits = "".join(filter(str.isalnum, typed)).upper()
    words = [word for word in key.split() if word not in ("da", "de", "do", "das", "dos", "e")]
    host = key.rpartition("@")[2]
    return {
        "key": key,
        "end": key + LAST,
        "words": " & ".join(f"'{word}'" for word in words),
        "words_begun": " & ".join(f"'{word}'" for word in words) + ":*",
        "like": f"%{key}%",
        "number": int(digits) if digits.isdigit() and len(digits) < 10 else -1,
        "digits": digits,
        "digits_end": digits + LAST,
        "back": digits[::-1],
        "back_end": digits[::-1] + LAST,
        "host": host,
        "host_end": host + LAST,
    }


def scanned(connection: Connection, sql: bytes, params: dict[str, Any]) -> list[str]:
    """Tables of customers that a plan reads from end to end."""
    plan = [str(row[0]) for row in connection.execute(b"EXPLAIN " + sql, params)]
    return [row.strip() for row in plan if "Seq Scan" in row and "cities" not in row and "plan_statuses" not in row]


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """Each key, first in its own kind, then in all kinds; the customers that both sides find are compared."""
    figures = []
    with clerk_of(cluster, "large") as (person, connection):
        connection.autocommit = True
        # What makes hand-written SQL quickest here, said once for the connection; the program says it with each search.
        for setting in ("enable_seqscan = off", "plan_cache_mode = force_generic_plan", "jit = off"):
            connection.execute(f"SET {setting}".encode())
        for case in CASES:
            if case.typed.startswith("SELECT"):
                with cluster.admin("large") as admin:
                    row = admin.execute(case.typed.encode()).fetchone()
                assert row is not None
                typed = str(row[0])
            else:
                typed = case.typed
            sql, params = by_hand(case), values(case, typed)
            query = SearchCustomers(typed, case.kind)
            found = {hit.id for hit in person.bus.execute(query).value}
            hand = {row[1] for row in connection.execute(sql, params)}
            assert found == hand or min(len(found), len(hand)) >= 40, (case, typed, len(found), len(hand))
            assert not scanned(connection, sql, params), (case, scanned(connection, sql, params))

            def floor(sql: bytes = sql, params: dict[str, Any] = params) -> None:
                connection.execute(sql, params).fetchall()

            ours, least = pair(lambda query=query: person.bus.execute(query), floor, rounds=100)  # type: ignore[misc]
            where = "em tudo" if case.kind is K.ALL else "na sua espécie"
            figures.append(line(f"pesquisa: {case.what} {where} ({len(found)} clientes)", ours, least))
    return figures
