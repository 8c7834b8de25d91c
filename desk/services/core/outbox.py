"""Settles what commands owe the outside world. Safe on several machines at once (design D5)."""

from __future__ import annotations

import datetime as dt
import enum
import json
import logging
import random
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, Protocol

import psycopg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Unreachable
from desk.services.core.bus import Owed, as_domain_error
from desk.services.core.devices import Devices, Lanes
from desk.services.core.errors import Busy, DatabaseLost
from desk.services.core.topics import Topic

log = logging.getLogger(__name__)

# Debts that wait because a device was silent, by the steps that were written down of them.
_WAITING_FOR = text(
    "SELECT topic, key FROM desk.debts WHERE done < wanted AND due_at > clock_timestamp() AND last_error = :silent"
    " AND proof @> CAST(:steps AS jsonb) ORDER BY topic, key LIMIT 500"
)


class DeliveryState(enum.StrEnum):
    """What is known of one step of a delivery."""

    RUNNING = "running"
    DONE = "done"
    UNCHANGED = "unchanged"
    SILENT = "silent"
    REFUSED = "refused"
    WAITING = "waiting"


@dataclass(frozen=True)
class Step:
    """One step of a delivery as the clerk sees it: which system, which thing, what came of it, and the proof."""

    system: str  # "radius" | "session" | "router"
    thing: str  # login, address
    device: str
    state: DeliveryState
    detail: str = ""  # code of the text, such as "access_blocked", "gone_from_list"
    at: str = ""  # ISO, when it was seen
    params: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Lease:
    """A debt that this program may settle until the lease runs out."""

    topic: str
    key: str
    wanted: int
    lease: uuid.UUID
    attempts: int
    customer_id: int | None
    plan_id: int | None
    device: int | None = None  # the router behind its access point


@dataclass(frozen=True)
class Progress:
    """News about one debt: the steps known so far; `final` when this attempt is over."""

    topic: str
    key: str
    customer_id: int | None
    plan_id: int | None
    steps: tuple[Step, ...]
    final: bool
    settled: bool = False
    next_due: dt.datetime | None = None


Report = Callable[[Step], None]


class Reconciler(Protocol):
    """Reads the present wanted state of one key and makes the world agree; reports each step as it happens."""

    def __call__(self, lease: Lease, report: Report) -> None: ...


class Settler:
    """Leases debts, reconciles them with no transaction open, and writes down what came of it."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        reconcilers: Mapping[Topic, Reconciler],
        on_progress: Callable[[Progress], None] = lambda progress: None,
        devices: Devices | None = None,
    ) -> None:
        self._sessions, self._reconcilers, self._tell = sessions, reconcilers, on_progress
        self.devices = devices or Devices()
        self._taking = threading.Lock()

    def settle(self, topic: str | None = None, key: str | None = None) -> bool:
        """Take one debt (that one, or the next that is due) and try to pay it. False when there is none."""
        with ExitStack() as way:
            # One at a time, so that the next one knows where this one goes.
            with self._taking if topic is None else nullcontext():
                lease = self._take(topic, key)
                if lease is None:
                    return False
                way.enter_context(self.devices.on_the_way(lease.device))
            self._pay(lease)
        return True

    def _pay(self, lease: Lease) -> None:
        """Reconcile what was leased, tell how it goes, and write down what came of it."""
        steps: dict[tuple[str, str, str], Step] = {}

        def tell(*, final: bool, settled: bool = False, next_due: dt.datetime | None = None) -> None:
            about = (lease.topic, lease.key, lease.customer_id, lease.plan_id)
            self._tell(Progress(*about, tuple(steps.values()), final=final, settled=settled, next_due=next_due))

        def report(step: Step) -> None:
            steps[step.system, step.thing, step.device] = step
            tell(final=False)

        error: Exception | None = None
        try:
            self._reconcilers[Topic(lease.topic)](lease, report)
        except (IntegrationError, DatabaseLost, Busy) as failure:
            error = failure
        except (DBAPIError, PoolTimeout) as failure:
            error = as_domain_error(failure) or failure
        except Exception as bug:  # a bug stops this debt, not the worker
            log.exception("reconciling %s %s", lease.topic, lease.key)
            error = bug
        try:
            due = self._write_down(lease, tuple(steps.values()), error)
        except (DBAPIError, PoolTimeout) as lost:
            tell(final=True)  # still owed: whoever takes it next compares first
            if not _lease_is_over(lost):
                raise
            log.info("%s %s was taken over by another desk", lease.topic, lease.key)
            return
        tell(final=True, settled=error is None, next_due=due)
        self._answers_again({step.device for step in steps.values() if step.device and step.state in _ANSWERED})

    def _take(self, topic: str | None, key: str | None) -> Lease | None:
        with self._sessions.begin() as session:
            row = session.execute(
                text(
                    "SELECT topic, key, wanted, lease, attempts, customer_id, plan_id, device"
                    " FROM desk.debt_lease(:topic, :key, :avoid)"
                ),
                # A debt asked for by name is tried whatever is known: its own screen waits for an answer.
                {"topic": topic, "key": key, "avoid": self.devices.avoided() if topic is None else []},
            ).first()
        return None if row is None else Lease(*row)

    def _write_down(self, lease: Lease, steps: tuple[Step, ...], error: Exception | None) -> dt.datetime | None:
        proof = json.dumps({"steps": [asdict(step) for step in steps]}, default=str)
        ids = {"topic": lease.topic, "key": lease.key, "lease": lease.lease}
        with self._sessions.begin() as session:
            if error is None:
                session.execute(
                    text("SELECT desk.debt_settle(:topic, :key, :upto, :lease, CAST(:proof AS jsonb))"),
                    ids | {"upto": lease.wanted, "proof": proof},
                )
                return None
            due: dt.datetime | None = session.execute(
                text("SELECT desk.debt_fail(:topic, :key, :lease, :code, :detail, :retry, CAST(:proof AS jsonb))"),
                ids
                | {
                    "code": getattr(error, "code", type(error).__name__)[:40],
                    "detail": str(error)[:300],
                    "retry": isinstance(error, (Unreachable, DatabaseLost, Busy)),
                    "proof": proof,
                },
            ).scalar_one()
            return due

    def _answers_again(self, devices: Iterable[str]) -> None:
        """Make due what waits for a device that was silent and has answered now, whatever its delay had grown to."""
        silent = [{"steps": [{"device": device, "state": DeliveryState.SILENT}]} for device in sorted(devices)]
        for steps in silent:
            with self._sessions.begin() as session:
                known = {"silent": Unreachable.__name__, "steps": json.dumps(steps)}
                for topic, key in session.execute(_WAITING_FOR, known).all():
                    session.execute(text("SELECT desk.debt_retry(:topic, :key)"), {"topic": topic, "key": key})


_ANSWERED = (DeliveryState.DONE, DeliveryState.UNCHANGED)


def _lease_is_over(error: Exception) -> bool:
    cause = error.orig if isinstance(error, DBAPIError) else None
    return isinstance(cause, psycopg.errors.InsufficientPrivilege) and cause.diag.constraint_name == "debt:lease"


class Deliveries:
    """Settles this desk's own debts at once, and afterwards whatever others left behind."""

    IDLE_SECONDS = 5.0
    # A notice comes to everybody; the desk that made the change shows its delivery, so it has the first go.
    GRACE_SECONDS = 2.0

    def __init__(self, settler: Settler, workers: int = 4) -> None:
        self._settler = settler
        self.grace = self.GRACE_SECONDS
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="desk-settle")
        self._lanes = Lanes(self._pool)
        self._closing = threading.Event()
        # Two, so that one at a mute router leaves the other for the rest; each is woken by itself.
        self._wakes = [threading.Event() for _ in range(2)]
        self._threads = [
            threading.Thread(target=self._loop, args=(wake,), name=f"desk-leftovers-{at}", daemon=True)
            for at, wake in enumerate(self._wakes, 1)
        ]

    def start(self) -> None:
        """Begin looking after leftovers in the background."""
        for thread in self._threads:
            thread.start()

    def deliver(self, owed: Iterable[Owed]) -> None:
        """Settle these now, without waiting for them."""
        for debt in owed:
            self._lanes.submit(debt.device, partial(self._one, debt))

    def deliver_again(self, owed: Iterable[Owed]) -> None:
        """The same because a person asks: devices that were silent are asked again."""
        self._settler.devices.forget()
        self.deliver(owed)

    def look(self) -> None:
        """Look for leftovers after the time of grace instead of at the next round."""
        for wake in self._wakes:
            wake.set()

    def close(self) -> None:
        """Finish the attempt under way and stop; what is left stays a debt for others."""
        self._closing.set()
        self.look()
        self._lanes.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def _one(self, debt: Owed) -> None:
        try:
            self._settler.settle(debt.topic, debt.key)
        except (DBAPIError, PoolTimeout) as error:
            _waits(error)

    def _loop(self, wake: threading.Event) -> None:
        while not self._closing.is_set():
            try:
                while not self._closing.is_set() and self._settler.settle():
                    pass
            except (DBAPIError, PoolTimeout) as error:
                _waits(error)
            if wake.wait(self.IDLE_SECONDS * random.uniform(0.75, 1.25)):
                self._closing.wait(self.grace * random.uniform(1, 2))
            wake.clear()


def _waits(error: Exception) -> None:
    if as_domain_error(error) is not None:
        log.warning("deliveries wait for the database: %s", type(error).__name__)
    else:  # a bug of ours: nobody waits for this thread's answer, so the log must have it
        log.error("settling failed", exc_info=error)
