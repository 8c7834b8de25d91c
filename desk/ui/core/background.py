"""Runs work away from the UI thread and brings the answer back to it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

T = TypeVar("T")
WORKERS = 6


class TaskRunner(QObject):
    """One per application: `work` runs in a pool, `done` and `failed` run in the UI thread."""

    busy_changed = Signal(bool)
    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None, workers: int = WORKERS) -> None:
        super().__init__(parent)
        self._workers = workers
        self._latest: dict[object, Future[Any]] = {}
        self._running = 0
        self._closed = False
        self._arrived.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        from concurrent.futures import ThreadPoolExecutor  # a window is shown before anything runs

        return ThreadPoolExecutor(self._workers, thread_name_prefix="desk")

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return self._running > 0

    def run(
        self,
        work: Callable[[], T],
        *,
        owner: QObject,
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
        slot: object = None,
    ) -> None:
        """Start work; `slot` names a place that only the latest answer may fill. After `close` nothing is begun."""
        if self._closed:
            return  # a notice that was on its way when the program ended still reaches the screens
        future = self._pool.submit(work)
        if slot is not None:
            self._latest[slot] = future
        self._running += 1
        if self._running == 1:
            self.busy_changed.emit(True)
        finish = partial(self._finish, future, owner, done, failed, slot)
        # This runs in the pool's thread: it may only emit, and the queue carries it home.
        future.add_done_callback(lambda _: self._post(finish))

    def _post(self, finish: Callable[[], None]) -> None:
        if not self._closed:
            self._arrived.emit(finish)

    def _deliver(self, finish: Callable[[], None]) -> None:
        finish()

    def _finish(
        self,
        future: Future[T],
        owner: QObject,
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
        slot: object,
    ) -> None:
        self._running -= 1
        if self._running == 0:
            self.busy_changed.emit(False)
        latest = slot is None or self._latest.get(slot) is future
        if slot is not None and latest:
            del self._latest[slot]
        if future.cancelled() or not latest or not shiboken6.isValid(owner):
            return  # the window was closed, or a newer question was asked
        error = future.exception()
        if error is None:
            done(future.result())
        elif isinstance(error, Exception):
            failed(error)

    def close(self) -> None:
        """Wait for what runs, forget what waits; nothing is delivered any more."""
        self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)
