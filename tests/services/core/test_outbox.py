"""Debts outlive their settlers: killed, cut off, overtaken or buggy ones."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.integrations.errors import IntegrationError, Rejected, Unreachable
from desk.services.core.bus import Owed
from desk.services.core.outbox import Deliveries, Lease, Report, Settler
from desk.services.core.topics import Topic
from tests.postgres import Database, password_of
from tests.services.core.net import Net, a_net
from tests.services.core.relay import Cut, Relay
from tests.services.core.waiting import until

# A desk of its own process: suspends the plan, says so, and settles when told to.
_DESK = """
import sys
from desk.bootstrap import reconcilers, sign_in
from desk.services.core.outbox import Settler
from desk.services.plans import OnePlan, SuspendPlan
from desk.settings import Server

port, name, role, password, plan, login = sys.argv[1:]
person = sign_in(Server("127.0.0.1", port, name, sslmode="disable"), role, password)
row = person.bus.execute(OnePlan(int(plan))).value
person.bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido", version=row.version))
print("committed", flush=True)
sys.stdin.readline()
settler = Settler(person.sessions, reconcilers(person.sessions), lambda progress: print("asking", flush=True))
settler.settle("radius_login", login)
print("settled", flush=True)
"""


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@contextlib.contextmanager
def desk_process(net: Net, role: str = "atendente") -> Iterator[subprocess.Popen[str]]:
    """That desk, ended at the latest with the test."""
    server = net.database.server()
    arguments = (server.port, server.database, role, password_of(role), str(net.plan.id), str(net.login.id))
    root = Path(__file__).parents[3]
    with subprocess.Popen(
        [sys.executable, "-c", _DESK, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
    ) as process:
        try:
            assert process.stdout is not None and process.stdout.readline() == "committed\n"
            yield process
        finally:
            process.kill()


def go_on(process: subprocess.Popen[str]) -> str:
    """Let it settle; the next thing it says."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


def let_lease_run_out(net: Net) -> None:
    """As if its sixty seconds were over."""
    net.database.admin().execute("UPDATE desk.debts SET leased_until = now() - interval '1 second'")


def test_a_desk_killed_between_commit_and_settling_leaves_its_debt_to_others(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    with desk_process(net) as desk:
        desk.send_signal(signal.SIGKILL)
        desk.wait(10)
    assert net.delivery() == "pendente"
    assert net.settler("administrador").settle() is True
    assert (net.debt()["open"], net.debt()["settled_by"], net.sessions()) == (False, "administrador", [])


def test_a_desk_killed_while_it_settles_holds_its_debt_until_the_lease_is_over(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    router.faults.mute_after_login = True
    with desk_process(net) as desk:
        assert go_on(desk) == "asking\n"
        desk.send_signal(signal.SIGKILL)
        desk.wait(10)
    router.faults.mute_after_login = False
    debt = net.debt()
    assert (debt["open"], debt["leased_by"]) == (True, "atendente")
    assert net.settler("administrador").settle() is False
    let_lease_run_out(net)
    assert net.settler("administrador").settle() is True
    assert (net.debt()["open"], net.debt()["settled_by"], net.sessions()) == (False, "administrador", [])


def test_who_was_too_slow_says_so_and_changes_nothing(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()

    def overtake() -> None:
        let_lease_run_out(net)
        other = database.connect("administrador")
        key = str(net.login.id)
        lease, wanted = other.execute(
            "SELECT lease, wanted FROM desk.debt_lease('radius_login', %s)", (key,)
        ).fetchone()
        other.execute("SELECT desk.debt_settle('radius_login', %s, %s, %s, '{}')", (key, wanted, lease))

    router.faults.before["/ppp/active/print"] = overtake
    late = net.settle()
    assert late is not None and (late.final, late.settled) == (True, False)
    assert (net.debt()["open"], net.debt()["settled_by"]) == (False, "administrador")


def raising(error: Exception) -> Callable[[Lease, Report], None]:
    """A reconciler that fails so."""

    def reconcile(lease: Lease, report: Report) -> None:
        raise error

    return reconcile


@pytest.mark.parametrize(
    ("error", "code", "parked"),
    [
        (Unreachable("BNG", "silent"), "Unreachable", False),
        (Rejected("BNG", "no"), "Rejected", True),
        (ZeroDivisionError("bug"), "ZeroDivisionError", True),
    ],
)
def test_what_comes_again_by_itself_and_what_waits_for_a_person(
    database: Database, router: RouterOsStandIn, error: Exception, code: str, parked: bool
) -> None:
    net = a_net(database, router)
    net.suspend()
    sessions = database.signed_in("atendente").sessions
    told = net.news
    settler = Settler(sessions, {Topic.RADIUS_LOGIN: raising(error)}, told.append)
    assert settler.settle("radius_login", str(net.login.id)) is True
    debt = net.debt()
    assert (debt["last_error"], debt["due_at"] is None, debt["open"]) == (code, parked, True)
    assert (told[-1].final, told[-1].settled, told[-1].next_due) == (True, False, debt["due_at"])
    assert isinstance(error, IntegrationError) or debt["last_detail"] == "bug"


def test_a_database_lost_while_reading_what_is_wanted_parks_nothing(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    net.suspend()
    sessions = database.signed_in("atendente").sessions
    reconcile = reconcilers(sessions)[Topic.RADIUS_LOGIN]

    def cut_off(lease: Lease, report: Report) -> None:
        with sessions() as session:
            own = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            database.admin().execute("SELECT pg_terminate_backend(%s, 5000)", (own,))
            session.connection().exec_driver_sql("SELECT 1")

    Settler(sessions, {Topic.RADIUS_LOGIN: cut_off}).settle("radius_login", str(net.login.id))
    debt = net.debt()
    assert (debt["open"], debt["due_at"] is not None, debt["last_error"]) == (True, True, "database_lost")
    Settler(sessions, {Topic.RADIUS_LOGIN: reconcile}).settle("radius_login", str(net.login.id))
    assert net.debt()["open"] is False


def test_no_lease_no_settling(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()
    clerk, other = database.connect("atendente"), database.connect("suporte")
    key = str(net.login.id)
    lease, wanted = clerk.execute("SELECT lease, wanted FROM desk.debt_lease('radius_login', %s)", (key,)).fetchone()
    assert other.execute("SELECT * FROM desk.debt_lease('radius_login', %s)", (key,)).fetchall() == []
    for who, stolen in ((other, lease), (clerk, "00000000-0000-4000-8000-000000000000")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
            who.execute("SELECT desk.debt_settle('radius_login', %s, %s, %s, '{}')", (key, wanted, stolen))
        assert refused.value.diag.constraint_name == "debt:lease"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        clerk.execute("UPDATE desk.debts SET done = wanted")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        clerk.execute("SELECT desk.owe('radius_login', '1', 1, 1)")
    assert net.debt()["open"]


def test_leftovers_are_found_without_being_told(
    database: Database, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Deliveries, "IDLE_SECONDS", 0.1)
    net = a_net(database, router)
    desk = Deliveries(net.settler("administrador"))
    desk.start()
    try:
        net.suspend()
        until(lambda: not net.debt()["open"])
        assert net.sessions() == []
    finally:
        desk.close()


def test_deliveries_survive_the_loss_of_the_database(
    database: Database, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Deliveries, "IDLE_SECONDS", 0.1)
    net = a_net(database, router)
    database.signed_in("atendente")
    with Relay(database.cluster.port) as relay:
        person = through(relay, database, "administrador")
        desk = Deliveries(Settler(person.sessions, reconcilers(person.sessions)))
        desk.start()
        try:
            relay.cut = Cut.AFTER
            until(lambda: relay.cut is None)  # its own look for leftovers was cut off
            until(lambda: "deliveries wait for the database" in caplog.text)
            net.suspend()
            until(lambda: not net.debt()["open"])
        finally:
            desk.close()
            person.close()


def through(relay: Relay, database: Database, role: str):  # type: ignore[no-untyped-def]
    """A person whose program reaches the database over the relay."""

    from desk.bootstrap import sign_in

    return sign_in(database.server()._replace(port=str(relay.port)), role, password_of(role))


def test_what_is_asked_after_closing_is_left_to_others(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    desk = Deliveries(net.settler())
    desk.start()
    desk.close()
    desk.deliver([Owed("radius_login", str(net.login.id))])
    assert net.news == []
