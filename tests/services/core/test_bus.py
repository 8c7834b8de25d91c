"""One command is one transaction: what is announced, what is refused, and what is known when the answer is lost."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.orm import sessionmaker

from desk.bootstrap import PORTS, SignedIn, sign_in
from desk.models.people import Permission
from desk.services.core import bus as buses
from desk.services.core.bus import Bus
from desk.services.core.changes import CHANNEL
from desk.services.core.errors import DatabaseLost, NotAllowed
from desk.services.plans import OnePlan, PlanRow, SuspendPlan
from tests.builders import a_plan
from tests.postgres import Database, password_of
from tests.services.core.relay import Cut, Relay
from tests.services.core.waiting import until


@pytest.fixture
def relay(database: Database) -> Iterator[Relay]:
    """A wire that can be cut."""
    with Relay(database.cluster.port) as wire:
        yield wire


@pytest.fixture
def far(database: Database, relay: Relay) -> Iterator[SignedIn]:
    """A clerk at the other end of that wire."""
    person = sign_in(database.server()._replace(port=str(relay.port)), "atendente", password_of("atendente"))
    yield person
    person.close()


def order(row: PlanRow) -> SuspendPlan:
    return SuspendPlan(plan_id=row.id, reason="A pedido", version=row.version)


def look(database: Database, plan_id: int) -> PlanRow:
    return database.bus("administrador").execute(OnePlan(plan_id)).value


def test_a_connection_that_was_hung_up_while_idle_is_replaced_unseen(far: SignedIn, database: Database) -> None:
    plan = a_plan(database).id
    before = far.bus.execute(OnePlan(plan)).value
    far.way_in.hang_up(None)
    assert far.bus.execute(OnePlan(plan)).value == before


@pytest.mark.parametrize(("cut", "status"), [(Cut.BEFORE, "HABILITADO"), (Cut.AFTER, "SUSPENSO")])
def test_an_answer_lost_at_the_commit_is_looked_up_and_nothing_repeated(
    database: Database, relay: Relay, far: SignedIn, cut: Cut, status: str
) -> None:
    plan = a_plan(database, logins=1)
    row = far.bus.execute(OnePlan(plan.id)).value
    name = uuid.uuid4()
    relay.cut = cut
    with pytest.raises(DatabaseLost) as lost:
        far.bus.execute(order(row), command_id=name)
    assert lost.value.committed is (cut is Cut.AFTER)
    assert look(database, plan.id).status == status
    kept = database.connect("atendente").execute("SELECT desk.command_done(%s)", (name,)).fetchone()
    assert kept == (cut is Cut.AFTER,)
    times = "SELECT count(*) FROM desk.plan_status_history WHERE plan_id = %s AND to_status = 'SUSPENSO'"
    assert database.admin().execute(times, (plan.id,)).fetchone() == (int(cut is Cut.AFTER),)


@pytest.mark.parametrize("moment", ["begin", "commit"])
def test_a_backend_ended_in_the_middle_leaves_nothing(database: Database, moment: str) -> None:
    plan = a_plan(database, logins=1)
    person = database.signed_in("atendente")
    row = person.bus.execute(OnePlan(plan.id)).value
    killed: list[int] = []

    def kill(connection: Any, *_: Any) -> None:
        driver = connection.connection.driver_connection
        if not killed:
            killed.append(driver.info.backend_pid)
            database.admin().execute("SELECT pg_terminate_backend(%s, 5000)", (killed[0],))

    def kill_at_update(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE desk.customer_plans"):
            kill(connection)

    where, how = ("commit", kill) if moment == "commit" else ("before_cursor_execute", kill_at_update)
    event.listen(person.engine, where, how)
    try:
        with pytest.raises(DatabaseLost) as lost:
            person.bus.execute(order(row))
    finally:
        event.remove(person.engine, where, how)
    assert (len(killed), lost.value.committed) == (1, False)
    assert look(database, plan.id) == row
    assert person.bus.execute(order(row)).value.status == "SUSPENSO"  # the person tries again, by decision


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_a_look_up_waits_for_a_commit_that_is_still_on_its_way(database: Database, end: str) -> None:
    name = uuid.uuid4()
    first = database.connect("atendente", autocommit=False)
    first.execute("SELECT desk.begin_command(%s, 'X', '{}')", (name,))
    second = database.connect("atendente")
    answer: list[Any] = []
    thread = threading.Thread(
        target=lambda: answer.append(second.execute("SELECT desk.command_done(%s)", (name,)).fetchone())
    )
    thread.start()
    waiting = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    until(lambda: database.admin().execute(waiting, (second.info.backend_pid,)).fetchone() == (True,))
    getattr(first, end)()
    thread.join(10)
    assert answer == [(end == "commit",)]
    kept = database.admin().execute("SELECT name FROM desk.commands WHERE id = %s", (name,)).fetchall()
    assert kept == ([("X",)] if end == "commit" else [])


def test_nobody_learns_of_anothers_commands(database: Database) -> None:
    name = uuid.uuid4()
    database.connect("atendente").execute("SELECT desk.begin_command(%s, 'X', '{}')", (name,))
    for role, known in (("atendente", True), ("administrador", False)):
        assert database.connect(role).execute("SELECT desk.command_done(%s)", (name,)).fetchone() == (known,)


def test_without_any_database_it_stays_unknown(
    database: Database, relay: Relay, far: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buses, "LOOK_UP_SECONDS", 0.5)
    row = far.bus.execute(OnePlan(a_plan(database).id)).value

    def down(connection: Any) -> None:
        relay.__exit__(None, None, None)

    event.listen(far.engine, "commit", down)
    with pytest.raises(DatabaseLost) as lost:
        far.bus.execute(order(row))
    assert (lost.value.committed, lost.value.code) == (None, "write_unknown")
    with pytest.raises(DatabaseLost) as unread:
        far.bus.execute(OnePlan(row.id))
    assert unread.value.code == "database_lost"  # a question leaves nothing to doubt


def test_a_full_pool_of_waiting_connections_is_a_lost_database(database: Database) -> None:
    dsn = database.dsn("atendente")
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn), pool_size=1, max_overflow=0, pool_timeout=0.1
    )
    actor = database.signed_in("atendente").actor
    bus = Bus(sessionmaker(engine), actor, PORTS)
    row = bus.execute(OnePlan(a_plan(database).id)).value
    with engine.connect():
        with pytest.raises(DatabaseLost) as lost:
            bus.execute(order(row))
        assert lost.value.committed is False
        with pytest.raises(DatabaseLost):
            bus.execute(OnePlan(row.id))
    assert bus.execute(order(row)).value.status == "SUSPENSO"
    engine.dispose()


def test_what_became_old_is_announced_by_the_commit_and_only_by_it(database: Database) -> None:
    plan = a_plan(database, logins=1)
    ear = database.connect("ninguem")
    ear.execute(f"LISTEN {CHANNEL}")
    row = look(database, plan.id)
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(order(row))
    assert refused.value.permission == Permission.EDIT_PLAN_STATUS.value
    outcome = database.bus("atendente").execute(order(row))
    heard = {name for notice in ear.notifies(timeout=5, stop_after=3) for name in notice.payload.split(",")}
    assert outcome.changed == {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"}
    assert outcome.changed <= heard
    assert list(ear.notifies(timeout=0.1)) == []


def test_a_menu_asks_the_bus_and_the_bus_asks_the_database(database: Database) -> None:
    plan = a_plan(database)
    clerk = database.bus("atendente")
    assert (clerk.may(SuspendPlan), database.bus("ninguem").may(SuspendPlan)) == (True, False)
    database.admin().execute("DELETE FROM desk.person_permissions WHERE role = 'atendente'")
    assert clerk.may(SuspendPlan)  # as known at sign-in
    with pytest.raises(NotAllowed):
        clerk.execute(order(look(database, plan.id)))
