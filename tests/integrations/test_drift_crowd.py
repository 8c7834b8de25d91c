"""One router with ten thousand of everything: a fixed number of statements, and memory of the differences alone."""

from __future__ import annotations

import tracemalloc
from typing import Any

from sqlalchemy import Engine, event

from desk.services.drift import CorrectDrift, Correction, DriftKind, LookForDrift, RouterDrift
from desk.services.drift.findings import MOST_FOREIGN, MOST_OURS
from tests.postgres import Database
from tests.services.core.crowded import FIRST, a_crowded_server
from tests.services.test_ip_ranges import as_job
from tests.standins.crowded_router import crowded_router

CLERK = "suporte"
MANY = 10_000
MEGA = 1 << 20
SOME = 3_000  # counting memory makes everything five times as slow
MOST = 8 * MEGA  # what should be at the router: 3,000 logins and 3,000 IPs; 10,000 take some 16
SLACK = MEGA


def counted(engine: Engine, look: Any) -> tuple[RouterDrift, int]:
    """The report, and how many statements it took."""
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
    return look(), len(sent)


def looked_at(database: Database, server_id: int) -> tuple[RouterDrift, int]:
    """As a window asks, on connections that were used before."""
    person = database.signed_in(CLERK)

    def look() -> RouterDrift:
        return person.bus.execute(LookForDrift(router_id=server_id)).value

    look()
    return counted(person.engine, look)


def peak(database: Database, server_id: int) -> tuple[RouterDrift, int]:
    """The most that Python held at once for it."""
    bus = database.bus(CLERK)
    tracemalloc.start()
    try:
        seen = bus.execute(LookForDrift(router_id=server_id)).value
        return seen, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_ten_thousand_take_as_many_statements_as_ten(cluster: Any, template: str) -> None:
    numbers = []
    for count in (10, MANY):
        database = Database(cluster, cluster.clone(template))
        try:
            with crowded_router(count, first=FIRST, wrong=10) as port:
                server = a_crowded_server(database, port, count)
                seen, statements = looked_at(database, server.id)
        finally:
            database.close()
            cluster.drop(database.name)
        assert seen.problem == "" and seen.counts == {DriftKind.DIFFERS: 2 * -(-count // 10)}
        assert seen.compared == 4 * count
        numbers.append(statements)
    assert numbers[0] == numbers[1] <= 10


def test_memory_is_that_of_what_should_be_there(database: Database) -> None:
    with crowded_router(SOME, first=FIRST, wrong=1000) as port:
        server = a_crowded_server(database, port, SOME)
        seen, held = peak(database, server.id)
        assert seen.problem == "" and seen.counts == {DriftKind.DIFFERS: 6}
    with crowded_router(SOME, first=FIRST, wrong=1000, foreign=15_000) as port:
        as_job(database, f"UPDATE desk.routing_servers SET port = {port}")
        seen, more = peak(database, server.id)
        assert seen.problem == "" and seen.counts[DriftKind.FOREIGN] == 15_000 and seen.unlisted == 14_500
    assert held < MOST and more < held + SLACK, f"{held / MEGA:.1f} MB, with strangers {more / MEGA:.1f} MB"


def test_what_is_beyond_counting_is_counted_and_the_rest_owed_in_one_statement(database: Database) -> None:
    with crowded_router(MANY, first=FIRST) as port:
        server = a_crowded_server(database, port, 1)
        person = database.signed_in(CLERK)
        seen = person.bus.execute(LookForDrift(router_id=server.id)).value
        assert seen.counts[DriftKind.EXTRA] == 3 * (MANY - 1)
        assert seen.unlisted == sum(seen.counts.values()) - MOST_OURS - MOST_FOREIGN
        chosen = tuple(one for drift in seen.drifts if (one := Correction.of(drift)) is not None)
        sent: list[str] = []
        event.listen(person.engine, "before_cursor_execute", lambda *told: sent.append(told[2]))
        owed = person.bus.execute(CorrectDrift(corrections=chosen)).value
    assert len(chosen) == MOST_OURS and len(owed) == 2 * (MANY - 1)  # a secret each, and what is left of its IP
    assert len(sent) == 3  # begin, owe, end
