"""Search by every kind of key against the same SQL sent by psycopg directly."""

from __future__ import annotations

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from benchmarks.timing import line, pair
from desk.bootstrap import PORTS
from desk.services import register_all
from desk.services.core.bus import Bus
from desk.services.core.work import Actor
from desk.services.customers import SearchCustomers
from tests.postgres import Cluster

KEYS = {
    "nome, uma palavra frequente": "silva",
    "nome e sobrenome": "maria silva",
    "nome inteiro": "SELECT name FROM desk.customers ORDER BY id OFFSET 777 LIMIT 1",
    "pedaço do nome": "arvalh",
    "CPF/CNPJ": "SELECT document FROM desk.customers ORDER BY id OFFSET 500 LIMIT 1",
    "código": "SELECT code::text FROM desk.customers ORDER BY id OFFSET 900 LIMIT 1",
    "login": "SELECT login FROM desk.radius_logins ORDER BY id OFFSET 500 LIMIT 1",
    "e-mail": "SELECT email FROM desk.customers WHERE email <> '' ORDER BY id OFFSET 500 LIMIT 1",
    "telefone": "SELECT number FROM desk.customer_phones ORDER BY id OFFSET 500 LIMIT 1",
    "MAC": "SELECT mac::text FROM desk.radius_sessions WHERE stopped_at IS NULL AND mac IS NOT NULL LIMIT 1",
    "IP": "SELECT host(framed_ip) FROM desk.radius_sessions WHERE stopped_at IS NULL AND framed_ip IS NOT NULL LIMIT 1",
    "circuito": "SELECT name FROM desk.circuits LIMIT 1",
    "nada encontrado": "zzqxkw",
}


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """The floor sends what the query sent and fetches the same rows."""
    register_all()
    dsn = cluster.dsn("large")
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    bus = Bus(sessionmaker(engine), Actor("postgres", "", frozenset()), PORTS)
    figures = []
    with psycopg.connect(dsn) as connection:
        for name, key in KEYS.items():
            row = connection.execute(key).fetchone() if key.startswith("SELECT") else (key,)  # type: ignore[arg-type]
            if row is None:
                continue
            typed = str(row[0])
            sent: list[tuple[str, object]] = []

            def note(conn, cursor, statement, parameters, context, many, sent=sent):  # type: ignore[no-untyped-def]
                sent.append((statement, parameters))

            event.listen(engine, "before_cursor_execute", note)
            hits = bus.execute(SearchCustomers(typed)).value
            event.remove(engine, "before_cursor_execute", note)

            def floor(sent=sent) -> None:  # type: ignore[no-untyped-def]
                for statement, parameters in sent:
                    cursor = connection.execute(statement, parameters)
                    if cursor.description:
                        cursor.fetchall()
                connection.commit()  # a rollback would make psycopg forget its prepared statements

            ours, hand = pair(lambda what=typed: bus.execute(SearchCustomers(what)), floor)  # type: ignore[misc]
            figures.append(line(f"pesquisa: {name} ({len(hits)} clientes)", ours, hand))
    engine.dispose()
    return figures
