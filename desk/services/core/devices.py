"""Keeps a device that does not answer from holding up what other devices are owed."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass

from desk.integrations.errors import IntegrationError, Reason, Unreachable

_SILENT = (Reason.SILENT, Reason.NO_ROUTE, Reason.CLOSED)
SHORTEST, LONGEST = 5.0, 20.0  # seconds during which a silent device is not asked again
HELD = 1.0  # what refuses at once holds nobody up, and may be asked as often as one likes


@dataclass
class _Silence:
    pause: float
    until: float


class Devices:
    """What this program knows of the devices it visits: which it is at, and which have just been silent.

    Whoever comes to a silent one is told so at once instead of waiting as well; when its time is over, one visitor
    looks whether it answers again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._visited: Counter[int] = Counter()
        self._promised: Counter[int] = Counter()
        self._silent: dict[int, _Silence] = {}

    @contextmanager
    def visit(self, device: int, name: str) -> Iterator[None]:
        """Raises Unreachable without asking, where asking would only be another wait."""
        with self._lock:
            silence = self._silent.get(device)
            if silence is not None and (self._clock() < silence.until or self._visited[device]):
                raise Unreachable(name, "it was silent just now", reason=Reason.SILENT)
            self._visited[device] += 1
        began = self._clock()
        try:
            yield
        except IntegrationError as error:
            if error.reason not in _SILENT:  # it said no, or something strange, but it spoke
                self._answered(device)
            elif self._clock() - began > HELD:
                self._was_silent(device)
            raise
        else:
            self._answered(device)
        finally:
            with self._lock:
                self._visited -= Counter([device])

    @contextmanager
    def on_the_way(self, device: int | None) -> Iterator[None]:
        """Somebody has taken a debt of that device, and goes there when all is read that it takes."""
        one = Counter([] if device is None else [device])
        with self._lock:
            self._promised += one
        try:
            yield
        finally:
            with self._lock:
                self._promised -= one

    def _answered(self, device: int) -> None:
        with self._lock:
            self._silent.pop(device, None)

    def _was_silent(self, device: int) -> None:
        with self._lock:
            known = self._silent.get(device)
            now = self._clock()
            if known is not None and now < known.until:
                return  # several were on their way to it; one silence is enough
            pause = SHORTEST if known is None else min(LONGEST, known.pause * 2)
            self._silent[device] = _Silence(pause, now + pause)

    def avoided(self) -> list[int]:
        """Those at which nothing can be done now: somebody is there or on the way, or they are silent."""
        with self._lock:
            now = self._clock()
            return sorted(
                {
                    *self._visited,
                    *self._promised,
                    *(device for device, known in self._silent.items() if now < known.until),
                }
            )

    def forget(self) -> None:
        """Ask them all again: a person says that something has changed."""
        with self._lock:
            self._silent.clear()


class Lanes:
    """Runs work in a pool, one piece after the other for each device: a mute one holds one thread, not all of them."""

    def __init__(self, pool: Executor) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._waiting: dict[int, deque[Callable[[], None]]] = {}  # a lane exists while its device is being served
        self._closed = False

    def submit(self, device: int | None, work: Callable[[], None]) -> None:
        """Run it as soon as its lane is free; after closing, never."""
        with self._lock:
            if self._closed:
                return
            if device is None:
                self._pool.submit(work)
            elif device in self._waiting:
                self._waiting[device].append(work)
            else:
                self._waiting[device] = deque()
                self._pool.submit(self._run, device, work)

    def close(self) -> None:
        """Start nothing any more."""
        with self._lock:
            self._closed = True

    def _run(self, device: int, work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            with self._lock:
                waiting = self._waiting[device]
                if waiting and not self._closed:
                    self._pool.submit(self._run, device, waiting.popleft())
                else:
                    del self._waiting[device]
