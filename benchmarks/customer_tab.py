"""Opening a Planos tab against the same statements, compiled once and sent by psycopg directly."""

from __future__ import annotations

import psycopg
from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from benchmarks.timing import line, pair
from desk.bootstrap import PORTS
from desk.services import register_all
from desk.services.core.bus import Bus
from desk.services.core.work import Actor
from desk.services.plans import CustomerPlanTree
from tests.postgres import Cluster


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """The floor sends the very SQL the query sent, with its parameters, and fetches all rows."""
    register_all()
    dsn = cluster.dsn("large")
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
    bus = Bus(sessionmaker(engine), Actor("postgres", "", frozenset()), PORTS)
    figures = []
    with psycopg.connect(dsn) as connection:
        counts = connection.execute(
            "SELECT customer_id, count(*) FROM desk.customer_plans GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1"
        ).fetchall()
        for customer_id, plans in [(1, None), *counts]:
            sent: list[tuple[str, object]] = []

            def note(conn, cursor, statement, parameters, context, many, sent=sent):  # type: ignore[no-untyped-def]
                sent.append((statement, parameters))

            event.listen(engine, "before_cursor_execute", note)
            bus.execute(CustomerPlanTree(customer_id))
            event.remove(engine, "before_cursor_execute", note)

            def floor(sent=sent) -> None:  # type: ignore[no-untyped-def]
                for statement, parameters in sent:
                    connection.execute(statement, parameters).fetchall()
                connection.commit()  # a rollback would make psycopg forget its prepared statements

            ours, hand = pair(lambda who=customer_id: bus.execute(CustomerPlanTree(who)), floor)  # type: ignore[misc]
            name = f"abrir a aba Planos, {plans or 'poucos'} planos, {len(sent)} comandos"
            figures.append(line(name, ours, hand))
    engine.dispose()
    return figures
