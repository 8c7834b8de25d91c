"""`desk worker` as IT runs it: a process of its own that outlives desks, kills and restarts of the database."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.plans import OnePlan, SuspendTemporarily
from tests.builders import a_login, an_ip
from tests.postgres import Database, password_of
from tests.services.core.net import Net, a_net, online, settled
from tests.services.core.waiting import until
from tests.services.test_ip_ranges import as_job
from tests.suspended import closer, offer, today

ROOT = Path(__file__).parents[1]
ROLE = "desk_worker"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


class Worker:
    """One worker process and what it logged."""

    def __init__(self, database: Database, password: str) -> None:
        server = database.server()
        where = {"HOST": server.host, "PORT": server.port, "DATABASE": server.database, "SSLMODE": "disable"}
        settings = {f"DESK_{name}": value for name, value in where.items()} | {"DESK_WORKER_PASSWORD": password}
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115  closed by close()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "desk", "worker"],
            cwd=ROOT,
            env=os.environ | settings,
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )

    def said(self) -> str:
        """All that it logged so far."""
        self._log.seek(0)
        return self._log.read()

    def working(self) -> None:
        """Return once it has signed in."""
        until(lambda: "trabalhando como desk_worker" in self.said() or self.process.poll() is not None, 30, self.said)
        assert self.process.poll() is None, self.said()

    def close(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait(10)
        self._log.close()


@contextlib.contextmanager
def working(database: Database, password: str = "") -> Iterator[Worker]:
    """A worker that is ended at the latest with the block."""
    worker = Worker(database, password or password_of(ROLE))
    try:
        yield worker
    finally:
        worker.close()


def delivered(net: Net, by: str = ROLE) -> None:
    """Wait until nothing is owed for the plan, and see who did it."""
    until(lambda: not net.debt()["open"], 30, net.debt)
    assert (net.debt()["settled_by"], net.sessions()) == (by, [])


def restart(database: Database) -> None:
    """The server, and the connection that the test itself looks through."""
    database.admin().close()
    database.cluster.restart()


def connected_again(net: Net) -> None:
    """The customer is enabled and back online, and nothing is owed."""
    net.enable()
    net.router.tables.session(net.login.login)
    online(net.database, net.login, "192.0.2.1")  # what ended the first connection closed its record
    settled(net.database)


def test_it_settles_what_a_desk_left_and_ends_cleanly(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()  # and its desk is gone
    with working(database) as worker:
        worker.working()
        delivered(net)
        until(lambda: f"radius_login {net.login.id}: feito" in worker.said())
        connected_again(net)
        net.suspend()  # heard by notice, while it runs
        delivered(net)
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(20) == 0, worker.said()
        assert "Traceback" not in worker.said()
        assert password_of(ROLE) not in worker.said()


def test_killed_with_a_debt_in_its_hands_the_next_one_takes_it(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    router.faults.mute_after_login = True
    net.suspend()
    with working(database) as worker:
        worker.working()
        until(lambda: net.debt()["leased_by"] == ROLE, 30, worker.said)
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(10)
    assert net.debt()["open"] and net.sessions() == [net.login.login]
    router.faults.mute_after_login = False
    database.admin().execute("UPDATE desk.debts SET leased_until = now() - interval '1 second'")
    with working(database):
        delivered(net)


def test_it_survives_a_restart_of_the_database(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    with working(database) as worker:
        worker.working()
        for role in ("atendente", "administrador"):  # desks whose connections the restart will end
            database.signed_in(role)
        restart(database)
        net.suspend()
        delivered(net)
        assert worker.process.poll() is None
        worker.process.send_signal(signal.SIGTERM)
        assert worker.process.wait(20) == 0, worker.said()
        assert "Traceback" not in worker.said()


def test_two_workers_do_each_thing_once(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    logins = [net.login, *(a_login(database, plan_id=net.plan.id) for _ in range(7))]
    for login in logins[1:]:
        router.tables.session(login.login)
        online(database, login, "192.0.2.1")
    settled(database)
    with working(database) as one, working(database) as two:
        one.working()
        two.working()
        net.suspend()
        until(lambda: router.tables.rows["/ppp/active"] == [], 30)
        left = "SELECT count(*) FROM desk.debts WHERE done < wanted"
        until(lambda: database.admin().execute(left).fetchone() == (0,), 30)
        assert router.commands()["/ppp/active/remove"] == len(logins)
        done = [line for worker in (one, two) for line in worker.said().splitlines() if ": feito" in line]
        assert len(done) == len(logins)


def test_where_desks_may_not_settle_it_does_so_alone(database: Database, router: RouterOsStandIn) -> None:
    database.admin().execute("UPDATE desk.installation SET settle_by = 'worker'")
    net = a_net(database, router)
    with working(database) as worker:
        worker.working()
        net.suspend()
        assert net.settle("atendente") is None
        delivered(net)


def test_a_wrong_password_ends_it_with_a_code_and_a_line(database: Database) -> None:
    with working(database, "errada") as worker:
        assert worker.process.wait(30) == 2
        assert "wrong_password" in worker.said() and "errada" not in worker.said().replace("wrong_password", "")


def test_a_server_that_is_not_there_yet_is_waited_for(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    net.suspend()
    with working(database) as worker:
        restart(database)  # perhaps while it signs in: either way it must end up working
        worker.working()
        delivered(net)


BY_DATE = "SELECT action, who, source FROM desk.history_entries WHERE plan_id = %s AND source = 'JOB' ORDER BY id"
STARTED, ENDED = (("plan.suspension_started", ROLE, "JOB"), ("plan.suspension_ended", ROLE, "JOB"))


def planned(net: Net) -> None:
    """A clerk plans thirty days from tomorrow on, and goes home."""
    offer(net.database)
    bus = net.database.bus("atendente")
    row = bus.execute(OnePlan(net.plan.id)).value
    first = today(net.database) + dt.timedelta(days=1)
    days = {"starts_on": first, "ends_on": first + dt.timedelta(days=30)}
    bus.execute(SuspendTemporarily(plan_id=row.id, reason="Outro", version=row.version, **days))


def by_date(net: Net) -> list[tuple[object, ...]]:
    """What the calendar did to the plan."""
    return list(net.database.admin().execute(BY_DATE, (net.plan.id,)).fetchall())


def status(net: Net) -> str:
    """The plan's status as it is stored."""
    row = net.database.admin().execute("SELECT status FROM desk.customer_plans WHERE id = %s", (net.plan.id,))
    return str((row.fetchone() or ("",))[0])


def nothing_due(net: Net) -> bool:
    """Whether no debt is open whose moment has come."""
    due = "SELECT count(*) FROM desk.debts WHERE done < wanted AND due_at <= clock_timestamp()"
    return net.database.admin().execute(due).fetchone() == (0,)


def test_the_days_of_a_suspension_come_without_any_desk_and_once_with_two_workers(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    planned(net)
    with working(database) as one, working(database) as two:
        one.working()
        two.working()
        assert status(net) == "HABILITADO" and net.sessions() == [net.login.login]
        closer(database, net.plan.id, 1)
        until(lambda: by_date(net), 30, one.said)
        until(lambda: net.sessions() == [] and nothing_due(net), 30, one.said)
        assert (status(net), by_date(net)) == ("SUSPENSAO_TEMPORARIA", [STARTED])
        closer(database, net.plan.id, 30)
        until(lambda: len(by_date(net)) > 1 and nothing_due(net), 30, two.said)
        assert (status(net), by_date(net)) == ("HABILITADO", [STARTED, ENDED])
        done = [line for worker in (one, two) for line in worker.said().splitlines() if "plan_suspension" in line]
        assert len([line for line in done if ": feito" in line]) == 2, done
        assert not any("Traceback" in worker.said() for worker in (one, two))


def test_a_restored_speed_ends_on_the_router_without_any_desk(database: Database, router: RouterOsStandIn) -> None:
    net = a_net(database, router)
    as_job(database, "UPDATE desk.access_points SET sets_queue = true")
    an_ip(database, "10.0.0.2", plan_id=net.plan.id, access_point_id=net.point.id, options=["bandwidth"])
    marker = (
        "UPDATE desk.customer_plans SET throttled = true, speed_until = clock_timestamp() + interval '{}' WHERE id = {}"
    )

    def queues() -> list[str]:
        return [row["max-limit"] for row in router.tables.rows["/queue/simple"]]

    as_job(database, marker.format("1 day", net.plan.id))
    with working(database) as worker:
        until(lambda: nothing_due(net) and queues(), 30, worker.said)
        assert queues() == ["50000000/100000000"]
        as_job(database, marker.format("3 seconds", net.plan.id))
        assert queues() == ["50000000/100000000"]  # its moment has not come
        until(lambda: queues() == ["5000000/10000000"], 30, worker.said)
        over = "SELECT speed_until <= clock_timestamp() FROM desk.customer_plans WHERE id = %s"
        assert database.admin().execute(over, (net.plan.id,)).fetchone() == (True,)
        until(lambda: nothing_due(net), 30, worker.said)
        assert "Traceback" not in worker.said()


def test_killed_in_the_middle_of_the_end_of_a_suspension_it_still_ends_once(
    database: Database, router: RouterOsStandIn
) -> None:
    net = a_net(database, router)
    planned(net)
    closer(database, net.plan.id, 1)
    with working(database):
        until(lambda: by_date(net) and nothing_due(net), 30)
    closer(database, net.plan.id, 30)
    lock = database.connect("administrador", autocommit=False)
    lock.execute("SELECT FROM desk.customer_plans WHERE id = %s FOR UPDATE", (net.plan.id,))
    with working(database) as worker:
        held = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s AND wait_event_type = 'Lock'"
        until(lambda: database.admin().execute(held, (ROLE,)).fetchone() == (1,), 30, worker.said)
        worker.process.send_signal(signal.SIGKILL)
        worker.process.wait(10)
    lock.rollback()
    lock.close()
    busy = "SELECT count(*) FROM pg_stat_activity WHERE usename = %s"
    until(lambda: database.admin().execute(busy, (ROLE,)).fetchone() == (0,), 30)
    assert status(net) == "SUSPENSAO_TEMPORARIA" and net.debt("plan_suspension", net.plan.id)["open"]
    database.admin().execute("UPDATE desk.debts SET leased_until = now() - interval '1 second'")
    with working(database) as worker:
        until(lambda: status(net) == "HABILITADO", 30, worker.said)
        until(lambda: nothing_due(net), 30, worker.said)
    assert by_date(net) == [STARTED, ENDED]
