"""A desk whose process is killed after its commit: the debt is in the database, and whoever comes next settles it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import Deliveries, Settler
from tests.postgres import Database, password_of
from tests.services.core.net import Net, a_net
from tests.services.core.waiting import until

ROOT = Path(__file__).parents[2]
# What a desk does when "Suspender" is pressed: it commits, says so, and then visits the router.
DESK = """
import os, sys
from desk.bootstrap import reconcilers, sign_in
from desk.services.core.outbox import Settler
from desk.services.plans import OnePlan, SuspendPlan
from desk.settings import Server
host, port, name, plan, visits = sys.argv[1:]
person = sign_in(Server(host, port, name, sslmode="disable"), "atendente", os.environ["DESK_TEST_PASSWORD"])
row = person.bus.execute(OnePlan(int(plan))).value
done = person.bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version))
print("committed", len(done.owed), flush=True)
if visits == "visits":
    for debt in done.owed:
        Settler(person.sessions, reconcilers(person.sessions)).settle(debt.topic, debt.key)
    print("settled", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@contextmanager
def a_desk(net: Net, visits: str) -> Iterator[subprocess.Popen[str]]:
    """A process that has suspended the plan, and is killed with the block at the latest."""
    server = net.database.server()
    process = subprocess.Popen(
        [sys.executable, "-c", DESK, server.host, server.port, server.database, str(net.plan.id), visits],
        cwd=ROOT,
        env=os.environ | {"DESK_TEST_PASSWORD": password_of("atendente")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        assert process.stdout.readline() == "committed 1\n"
        yield process
    finally:
        process.kill()
        process.wait(10)
        process.stdin.close()
        process.stdout.close()


def status(net: Net) -> str:
    row = net.database.admin().execute("SELECT status FROM desk.customer_plans WHERE id = %s", (net.plan.id,))
    return str((row.fetchone() or ("",))[0])


def another_desk_settles(net: Net) -> None:
    """A desk that was there all the time finds what is left, by itself."""
    sessions = net.database.signed_in("suporte").sessions
    with closing(Deliveries(Settler(sessions, reconcilers(sessions)))) as desk:
        desk.start()
        until(lambda: not net.debt()["open"], 30, net.debt)
    assert net.debt()["settled_by"] == "suporte"


def test_killed_between_commit_and_settling_nothing_is_lost(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    with a_desk(net, "waits") as desk:
        desk.send_signal(signal.SIGKILL)
        assert desk.wait(10) == -signal.SIGKILL
    assert status(net) == "SUSPENSO" and net.debt()["open"]
    assert router.commands() == {} and net.sessions() == [net.login.login]  # its router never heard of it
    another_desk_settles(net)
    assert net.sessions() == [] and router.commands()["/ppp/active/remove"] == 1


def test_killed_after_the_router_obeyed_and_before_that_was_written_down_it_is_not_done_twice(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    ended: list[int] = []
    running: Future[subprocess.Popen[str]] = Future()

    def kill() -> None:
        """The command has come, and is obeyed; nobody is there any more to hear of it."""
        desk = running.result(10)
        desk.send_signal(signal.SIGKILL)
        ended.append(desk.wait(10))

    router.faults.before["/ppp/active/remove"] = kill
    with a_desk(net, "visits") as desk:
        running.set_result(desk)
        until(lambda: ended, 30, router.commands)
    assert ended == [-signal.SIGKILL]
    until(lambda: net.sessions() == [])
    owed = net.debt()
    assert (status(net), owed["open"], owed["leased_by"]) == ("SUSPENSO", True, "atendente")
    database.admin().execute("UPDATE desk.debts SET leased_until = now() - interval '1 second'")  # its time is over
    another_desk_settles(net)
    assert router.commands()["/ppp/active/remove"] == 1
