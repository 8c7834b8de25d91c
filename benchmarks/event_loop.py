"""The longest time the UI thread is away from its events: router mute, database stopped, against an idle desk."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer

from benchmarks.suspend import database_of, desk_of
from desk.demo.routeros import RouterOsStandIn
from desk.services.plans import CustomerPlanTree, OnePlan, SuspendPlan
from desk.ui.core.desk import Desk
from tests.builders import Plan, a_plan
from tests.postgres import Cluster
from tests.services.core.net import router_of, settled

TICK_MS = 5
BUDGET_MS = 50.0
ROUNDS = 20
STOPPED_SECONDS = 4.0


def longest_gap(begin: Callable[[], None], over: Callable[[], bool], seconds: float) -> float:
    """Milliseconds of the longest gap between two ticks while `begin` and what follows from it run."""
    loop, timer, gaps = QEventLoop(), QTimer(), [0.0]
    deadline, last = time.perf_counter() + seconds, [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append((now - last[0]) * 1000)
        last[0] = now
        if over() or now > deadline:
            loop.quit()

    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.setInterval(TICK_MS)
    timer.timeout.connect(tick)
    timer.start()
    QTimer.singleShot(0, begin)
    last[0] = time.perf_counter()
    loop.exec()
    timer.stop()
    return max(gaps)


class Clerk(QObject):
    """Suspends one plan after the other as soon as the last is saved, and reloads the tree after each."""

    def __init__(self, desk: Desk, plans: list[Plan]) -> None:
        super().__init__()
        self._desk, self._left = desk, list(plans)
        self.done = 0

    def go_on(self) -> None:
        """The next plan."""
        if self._left:
            plan = self._left.pop()
            self._desk.ask(OnePlan(plan.id), owner=self, done=self._suspend)

    def _suspend(self, row: object) -> None:
        command = SuspendPlan(plan_id=row.id, reason="A pedido", version=row.version)  # type: ignore[attr-defined]
        self._desk.do(command, owner=self, done=self._saved, failed=lambda error: True)

    def _saved(self, done: object) -> None:
        self.done += 1
        customer = done.customer_id  # type: ignore[attr-defined]
        self._desk.ask(CustomerPlanTree(customer), owner=self, done=lambda tree: self.go_on())


def run(cluster: Cluster) -> list[tuple[str, str, str, str]]:
    """One row for each trouble; the floor is the same desk with nothing to do."""
    database = database_of(cluster)
    with RouterOsStandIn() as router, desk_of(database) as (desk, _):
        router.faults.mute_after_accept = True
        point = router_of(database, router, nas="192.0.2.1", local=True)
        plans = [a_plan(database, access_point=point, logins=1) for _ in range(2 * ROUNDS)]
        settled(database)
        idle = longest_gap(lambda: None, lambda: False, 3.0)
        clerk = Clerk(desk, plans[:ROUNDS])
        mute = longest_gap(clerk.go_on, lambda: clerk.done == ROUNDS, 30.0)
        assert clerk.done == ROUNDS, f"only {clerk.done} plans were suspended"
        other = Clerk(desk, plans[ROUNDS:])
        cluster.pause()
        try:
            stopped = longest_gap(other.go_on, lambda: False, STOPPED_SECONDS)
            assert other.done == 0
        finally:
            cluster.resume()
        back = longest_gap(lambda: None, lambda: other.done == ROUNDS, 30.0)
        assert other.done == ROUNDS, f"only {other.done} plans were suspended after the server came back"
        router.faults.mute_after_accept = False
    database.close()
    return [
        (f"laço de eventos: {name} (orçamento {BUDGET_MS:g} ms)", f"{gap:.1f} ms", f"{idle:.1f} ms", "")
        for name, gap in (
            (f"{ROUNDS} suspensões com roteador mudo", mute),
            (f"banco parado por SIGSTOP durante {STOPPED_SECONDS:g} s", stopped),
            ("o banco volta e tudo é entregue", back),
        )
    ]
