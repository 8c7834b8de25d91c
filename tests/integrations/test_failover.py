"""Primary and standby: the primary dies while a clerk works, the standby takes over, the old one comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from desk.bootstrap import SignedIn, sign_in
from desk.db.bootstrap import prepare
from desk.services.core.errors import DatabaseLost, DomainError, OldServer
from desk.services.core.timeline import OldPrimary, Timelines
from desk.services.ips import CreateIp, IpDraft
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.sessions import CloseConnection
from desk.settings import Server
from tests.builders import Plan, a_login, a_plan
from tests.people import let_in
from tests.postgres import TEMPLATE, Cluster, Database, password_of, started
from tests.standins.freeradius import chap, pap, running
from tests.standins.standby import PRIMARY, SYNCHRONOUS, Standby

PATIENCE_SECONDS = 40.0
PASSWORD = "s3nha do cliente"


def eventually(check: Callable[[], bool], what: str) -> None:
    """Ask until it is so; each asking goes to a server or waits a moment for one."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, threading.Event()
    while not check():
        assert time.monotonic() < deadline, what
        pause.wait(0.05)


@dataclass(frozen=True)
class Pair:
    """A database on a primary, followed by a synchronous standby, and the address that names both."""

    primary: Cluster
    standby: Standby
    database: Database

    @property
    def server(self) -> Server:
        ports = f"{self.primary.port},{self.standby.port}"
        return Server("127.0.0.1,127.0.0.1", ports, TEMPLATE, sslmode="disable")


@pytest.fixture
def pair() -> Iterator[Pair]:
    with started(Cluster(*PRIMARY, *SYNCHRONOUS)) as primary:
        prepare(primary.dsn(), TEMPLATE, primary.master_key, company="Provedor Exemplo", demo=False)
        let_in(primary.dsn(TEMPLATE), ("atendente", "administrador"))
        with started(Standby(primary)) as standby, closing(Database(primary, TEMPLATE)) as database:
            yield Pair(primary, standby, database)


@pytest.fixture
def seat(pair: Pair, tmp_path: Path) -> Iterator[Callable[..., SignedIn]]:
    """Signs a clerk in at a desk that remembers, as the program on a workstation does."""
    people: list[SignedIn] = []

    def sit(role: str = "atendente") -> SignedIn:
        person = sign_in(pair.server, role, password_of(role), Timelines(tmp_path / "servers.json"))
        people.append(person)
        return person

    yield sit
    for person in people:
        person.close()


def suspend(person: SignedIn, plan: Plan) -> None:
    row = person.bus.execute(OnePlan(plan.id)).value
    person.bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido", version=row.version))


def statuses(database: psycopg.Connection[tuple[object, ...]]) -> dict[int, str]:
    return dict(database.execute("SELECT id, status FROM desk.customer_plans").fetchall())  # type: ignore[arg-type]


def add_ip(person: SignedIn, plan: Plan) -> None:
    draft = IpDraft(address=f"10.60.{plan.id // 200}.{plan.id % 200 + 1}", prefix=32)
    person.bus.execute(CreateIp(plan_id=plan.id, draft=draft))


def close(person: SignedIn, plan: Plan) -> None:
    person.bus.execute(CloseConnection(login_id=plan.logins[0].id))


ORDERS: dict[str, Callable[[SignedIn, Plan], None]] = {"ip": add_ip, "close": close, "suspend": suspend}
Given = tuple[str, int]  # what was ordered, and of which plan


def online(database: Database, plan: Plan) -> None:
    """Its login has a connection that can be closed."""
    database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at)"
        " VALUES ('1', %s, %s, '192.0.2.1', now())",
        (f"u{plan.id}", plan.logins[0].login),
    )


def carried_out(admin: psycopg.Connection[Any]) -> dict[Given, int]:
    """How often each order was carried out, as the rows tell."""
    found: dict[Given, int] = {}
    for order, sql in (
        ("suspend", "SELECT plan_id, count(*) FROM desk.plan_status_history WHERE to_status = 'SUSPENSO' GROUP BY 1"),
        ("ip", "SELECT plan_id, count(*) FROM desk.customer_ips WHERE deleted_at IS NULL GROUP BY 1"),
        ("close", "SELECT plan_id, sum(wanted) FROM desk.debts WHERE topic = 'radius_session' GROUP BY 1"),
    ):
        found |= {(order, plan_id): int(times) for plan_id, times in admin.execute(sql.encode())}
    return found


@pytest.mark.logs_warnings
def test_nothing_committed_is_lost_and_nothing_is_done_twice(pair: Pair, seat: Callable[..., SignedIn]) -> None:
    """A clerk adds IPs, closes connections and suspends plans, one after the other, while the primary dies."""
    plans = [a_plan(pair.database, logins=1) for _ in range(60)]
    for plan in plans:
        online(pair.database, plan)
    person = seat("administrador")
    told: list[bool] = []
    heard: set[str] = set()
    person.start(heard.update, told.append, lambda progress: None)
    kept: set[Given] = set()
    undone: set[Given] = set()
    unknown: set[Given] = set()
    under_way, promoted = threading.Event(), threading.Event()

    def work() -> None:
        """Give one order after the other, and believe what the program says of each."""
        for plan in plans:
            for name, order in ORDERS.items():
                try:
                    order(person, plan)
                except DatabaseLost as lost:
                    {True: kept, False: undone, None: unknown}[lost.committed].add((name, plan.id))
                    promoted.wait(PATIENCE_SECONDS)
                else:
                    kept.add((name, plan.id))
                if len(kept) == 45:
                    under_way.set()

    clerk = threading.Thread(target=work)
    clerk.start()
    assert under_way.wait(PATIENCE_SECONDS)
    pair.primary.kill()
    eventually(lambda: told[-1:] == [False], "the screen was not told that the database is gone")
    pair.standby.promote()
    promoted.set()
    clerk.join(PATIENCE_SECONDS)
    assert not clerk.is_alive()

    with pair.standby.admin(TEMPLATE) as admin:
        found = carried_out(admin)
        statuses_now = statuses(admin)
    assert kept - found.keys() == set()
    assert undone & found.keys() == set()
    assert {plan for name, plan in kept if name == "suspend" and statuses_now[plan] != "SUSPENSO"} == set()
    # At most the command in flight, and the one whose connection was dead already; the rest went on by itself.
    assert len(undone) + len(unknown) <= 2
    assert len(kept) >= len(ORDERS) * len(plans) - 2
    assert {given for given, times in found.items() if times > 1} == set()
    for name in ORDERS:  # each kind was given before the primary died and after it
        assert sum(given == name for given, _ in kept) >= len(plans) - 2
    eventually(lambda: told[-1:] == [True], "the screen was not told that the database is back")
    eventually(lambda: "*" in heard, "what was shown does not count as old")

    # Other desks are heard again.
    heard.clear()
    with pair.standby.admin(TEMPLATE) as admin:
        admin.execute("SELECT pg_notify('desk_changed', 'plans/1')")
    eventually(lambda: "plans/1" in heard, "the listener does not hear the new primary")


@pytest.mark.logs_warnings
def test_old_primary_that_comes_back_is_refused(pair: Pair, seat: Callable[[], SignedIn]) -> None:
    plans = [a_plan(pair.database) for _ in range(3)]
    person = seat()
    suspend(person, plans[0])
    pair.primary.kill()
    pair.standby.promote()
    pair.primary.start_again()  # by mistake: it stands first in everybody's address, and takes writes
    person.engine.dispose()
    suspend(person, plans[2])
    with pair.standby.admin(TEMPLATE) as new, pair.primary.admin(TEMPLATE) as old:
        assert statuses(new)[plans[2].id] == "SUSPENSO"
        assert statuses(old)[plans[2].id] != "SUSPENSO"

    suspend(seat(), plans[1])
    assert statuses_of(pair)[plans[1].id] == "SUSPENSO"  # a program started later remembers it too

    pair.standby.kill()
    with pytest.raises(OldServer):
        seat()
    with pytest.raises(DomainError):
        person.bus.execute(OnePlan(plans[0].id))


def statuses_of(pair: Pair) -> dict[int, str]:
    with pair.standby.admin(TEMPLATE) as admin:
        return statuses(admin)


@pytest.mark.logs_warnings
def test_hung_primary_is_let_go_of(pair: Pair, seat: Callable[[], SignedIn]) -> None:
    """Its processes are stopped, so its connections stay open and nothing answers: no timeout of libpq helps."""
    plan = a_plan(pair.database)
    person = seat()
    told: list[bool] = []
    person.start(lambda names: None, told.append, lambda progress: None)
    suspended = threading.Event()

    def work() -> None:
        for _ in range(10):
            try:
                suspend(person, plan)
            except DomainError:
                if suspended.wait(0.5):
                    return
            else:
                suspended.set()
                return

    eventually(lambda: told == [True], "the listener did not connect")
    pair.primary.pause()
    clerk = threading.Thread(target=work)
    try:
        clerk.start()
        pair.standby.promote()
        assert suspended.wait(2 * PATIENCE_SECONDS)
    finally:
        suspended.set()
        pair.primary.resume()
        clerk.join(PATIENCE_SECONDS)
    assert statuses_of(pair)[plan.id] == "SUSPENSO"
    eventually(lambda: told[-1] is True, "the listener did not come back")


def test_radius_answers_while_no_primary_lives(pair: Pair) -> None:
    database = pair.database
    a_login(database, login="joao", password=PASSWORD)
    hosts = pair.server
    both = make_conninfo(database.dsn("radius"), host=hosts.host, port=hosts.port, connect_timeout=3)
    any_, writing = (make_conninfo(both, target_session_attrs=which) for which in ("any", "read-write"))
    with running(database, db=any_, db_acct=writing) as server:
        assert server.ask(pap("joao", PASSWORD)).accepted
        pair.primary.kill()
        # The pool finds its connections dead with the first request, and a router asks again.
        eventually(lambda: server.ask(chap("joao", PASSWORD)).accepted, "no login from the standby")
        assert server.ask(pap("joao", "errada")).rejected
        report = {"User-Name": '"joao"', "Acct-Status-Type": "Start", "Acct-Session-Id": '"1"'}
        assert server.account(report, silent=True).code == ""  # nothing can be written: the router will repeat it
        pair.standby.promote()
        eventually(lambda: server.account(report).code == "Accounting-Response", "accounting did not come back")
        assert server.account(report | {"Acct-Status-Type": "Stop"}).code == "Accounting-Response"
        assert server.ask(pap("joao", PASSWORD)).accepted
    with pair.standby.admin(TEMPLATE) as admin:
        assert admin.execute("SELECT count(*) FROM desk.radius_sessions").fetchone() == (1,)


def test_memory_of_timelines(cluster: Cluster, tmp_path: Path) -> None:
    file = tmp_path / "deep" / "servers.json"
    with cluster.admin() as connection:
        Timelines(file).check(connection)
        kept = Timelines(file)
        kept.check(connection)
        file.write_text(file.read_text().replace(": 1", ": 7"))
        with pytest.raises(OldPrimary) as refused:
            Timelines(file).check(connection)
        assert (refused.value.found, refused.value.newest) == (1, 7)
        file.write_text("not json")
        Timelines(file).check(connection)  # a broken note is no reason to keep a clerk from working
