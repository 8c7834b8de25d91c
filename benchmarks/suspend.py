"""Suspending with a mute router against the bare commit, and what a router that was down has missed a minute later."""

from __future__ import annotations

import statistics
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from PySide6.QtCore import QCoreApplication, QEventLoop, QObject

from desk.bootstrap import SignedIn, sign_in
from desk.db.bootstrap import prepare
from desk.db.operators import create_operator
from desk.demo.routeros import RouterOsStandIn
from desk.models.people import Permission
from desk.services.plans import EnablePlan, OnePlan, PreviewStatusChange, StatusCode, SuspendPlan
from desk.ui.core.actions import ActionRegistry
from desk.ui.core.background import TaskRunner
from desk.ui.core.desk import Desk
from tests.builders import Plan, a_plan
from tests.postgres import Cluster, Database, password_of, started
from tests.services.core.net import router_of, settled

ROLE, PATTERN = "medidor", "deliveries"
ROUNDS = 25
OUTAGE = 50
PLANS = 100
BUDGET = 3.0
MINUTE = 60.0


def database_of(cluster: Cluster) -> Database:
    """A database of its own; people belong to the server, so they are made once and copied with their database."""
    with cluster.admin() as admin:
        there = admin.execute("SELECT FROM pg_database WHERE datname = %s", (PATTERN,)).fetchone()
    if there is None:
        prepare(cluster.dsn(), PATTERN, cluster.master_key, company="Banco de medidas", demo=True)
        for role in (ROLE, "administrador"):
            rights = frozenset(one for one in Permission if not one.negative)
            create_operator(cluster.dsn(PATTERN), role, role, password_of(role), rights, must_change=False)
    return Database(cluster, cluster.clone(PATTERN))


@contextmanager
def desk_of(database: Database) -> Iterator[tuple[Desk, SignedIn]]:
    """A desk as the program makes it, without windows."""
    QCoreApplication.instance() or QCoreApplication([])
    person = sign_in(database.server(), ROLE, password_of(ROLE))
    runner = TaskRunner()
    desk = Desk(person.bus, ActionRegistry(), runner)
    person.start(desk.changed.emit, desk.connected.emit, desk.progress.emit)
    desk.executed.connect(lambda act: person.deliveries and person.deliveries.deliver(act.outcome.owed))
    try:
        yield desk, person
    finally:
        runner.close()
        person.close()


def suspend(desk: Desk, plan: Plan) -> float:
    """Milliseconds from the click on the card's button until the desk says "salvo"."""
    loop, owner = QEventLoop(), QObject()
    card = desk.bus.execute(PreviewStatusChange(plan_id=plan.id, target=StatusCode.SUSPENDED)).value
    row = card.plan
    ended: list[float] = []

    def said(_: object) -> None:
        ended.append(time.perf_counter())
        loop.quit()

    began = time.perf_counter()
    command = SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version, facts=card.facts)
    desk.do(command, owner=owner, done=said)
    loop.exec()
    return (ended[0] - began) * 1000


def bare_commit(connection: psycopg.Connection[Any], plan: Plan) -> float:
    """Milliseconds of the bare commit: the same transaction by hand, through the same guards, triggers and log."""
    began = time.perf_counter()
    connection.execute("SELECT desk.begin_command(%s, 'SuspendPlan', '{edit_plan_status}')", (uuid.uuid4(),))
    connection.execute("SELECT set_config('desk.reason', 'A pedido do cliente', true)")
    connection.execute(
        "UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = %s AND version = %s", (plan.id, plan.version)
    )
    connection.execute(
        "SELECT desk.record('plan.suspended', %s, %s, %s)", (plan.customer_id, plan.id, '{"title": "FIBRA"}')
    )
    connection.commit()
    return (time.perf_counter() - began) * 1000


def salvo(cluster: Cluster) -> tuple[float, float]:
    """Medians of both sides taking turns, with a router that takes connections and never says a word."""
    database = database_of(cluster)
    with RouterOsStandIn() as router, desk_of(database) as (desk, _), psycopg.connect(database.dsn(ROLE)) as hand:
        router.faults.mute_after_accept = True
        point = router_of(database, router, nas="192.0.2.1", local=True)
        plans = [a_plan(database, access_point=point, logins=1) for _ in range(2 * (ROUNDS + 3))]
        settled(database)
        ours, floor = [], []
        for turn in range(ROUNDS + 3):
            ours.append(suspend(desk, plans[2 * turn]))
            floor.append(bare_commit(hand, plans[2 * turn + 1]))
        # What was given up while the router is mute stays owed; nothing here waits for it.
        router.faults.mute_after_accept = False
    database.close()
    return statistics.median(ours[3:]), statistics.median(floor[3:])


def differing(router: RouterOsStandIn, plans: list[Plan]) -> int:
    """Plans whose router does not hold what the database says: an enabled line of ours."""
    rows = {row["name"]: row for row in router.tables.rows["/ppp/secret"]}
    return sum(rows.get(plan.logins[0].login, {"disabled": "true"})["disabled"] != "false" for plan in plans)


def outage(cluster: Cluster) -> tuple[int, int, float]:
    """Plans differing when the network comes back, a minute later, and the seconds until there were none."""
    database = database_of(cluster)
    with RouterOsStandIn() as router, desk_of(database) as (desk, person):
        point = router_of(database, router, nas="192.0.2.1", local=True)
        plans = [a_plan(database, access_point=point, status="SUSPENSO", logins=1) for _ in range(PLANS)]
        settled(database)
        router.stop()
        for turn, plan in enumerate(plans):
            if turn == OUTAGE:
                router.start()
                back, missed = time.monotonic(), differing(router, plans[:OUTAGE])
            row = desk.bus.execute(OnePlan(plan.id)).value
            done = desk.bus.execute(EnablePlan(plan_id=row.id, reason="Pagamento", version=row.version))
            assert person.deliveries is not None
            person.deliveries.deliver(done.owed)
        pulse, none_at = threading.Event(), MINUTE
        while time.monotonic() - back < MINUTE:
            if not differing(router, plans):
                none_at = time.monotonic() - back
                break
            pulse.wait(0.1)
        left = differing(router, plans)
    database.close()
    return missed, left, none_at


def durable_salvo() -> tuple[float, float]:
    """The same on a server whose commits wait for the disk, as a company's does."""
    with started(Cluster(durable=True)) as cluster:
        return salvo(cluster)


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """All figures, as rows of the table."""
    ours, floor = salvo(cluster)
    ours_on_disk, floor_on_disk = durable_salvo()
    missed, left, seconds = outage(cluster)
    return [
        (
            f"suspender com roteador mudo, até “salvo” (orçamento {BUDGET:g})",
            f"{ours:.2f} ms",
            f"{floor:.2f} ms",
            f"{ours / floor:.2f}",
        ),
        (
            "o mesmo, com a confirmação em disco (fsync)",
            f"{ours_on_disk:.2f} ms",
            f"{floor_on_disk:.2f} ms",
            f"{ours_on_disk / floor_on_disk:.2f}",
        ),
        (
            f"rede fora em {OUTAGE} de {PLANS} habilitações: planos diferentes um minuto depois (orçamento 0)",
            f"{left}, nenhum já após {seconds:.1f} s" if left == 0 else str(left),
            f"{missed} na volta da rede",
            "",
        ),
    ]
