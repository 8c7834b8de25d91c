"""Looks at one router after another, a few at a time: a mute one holds up nobody else, and all of it can be stopped."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desk.services.core.errors import DomainError, NotFound
from desk.services.drift import LookForDrift, RouterDrift, RouterToLookAt
from desk.ui.core.desk import Desk

AT_ONCE = 3  # of six threads for questions: the rest of the program goes on


class DriftRun(QObject):
    """One report of some routers or of all; answers come one by one."""

    answered = Signal(object)  # a RouterDrift
    ended = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: list[RouterToLookAt] = []
        self._running: dict[int, threading.Event] = {}
        self.total = self.done = 0

    @property
    def busy(self) -> bool:
        """Whether routers are still to answer."""
        return bool(self._waiting or self._running)

    def start(self, routers: Iterable[RouterToLookAt]) -> None:
        """Begin; whatever ran before is no longer wanted."""
        self.stop()
        self._waiting = list(routers)
        self.total, self.done = len(self._waiting), 0
        if not self._waiting:
            self.ended.emit()
        for _ in range(AT_ONCE):
            self._next()

    def stop(self) -> None:
        """Ask no more routers, and leave those that are talking."""
        for event in self._running.values():
            event.set()
        self._waiting, self._running = [], {}

    def _next(self) -> None:
        if not self._waiting or len(self._running) >= AT_ONCE:
            return
        router, stop = self._waiting.pop(0), threading.Event()
        self._running[router.id] = stop
        self._desk.ask(
            LookForDrift(router_id=router.id, stop=stop),
            owner=self,
            done=partial(self._arrived, router, stop),
            failed=partial(self._failed, router, stop),
        )

    def _failed(self, router: RouterToLookAt, stop: threading.Event, error: DomainError) -> bool:
        problem = "gone" if isinstance(error, NotFound) else "database"
        self._arrived(router, stop, RouterDrift(router.id, router.name, dt.datetime.now(dt.UTC), problem))
        return isinstance(error, NotFound)  # a lost database has a text, and a banner

    def _arrived(self, router: RouterToLookAt, stop: threading.Event, found: RouterDrift) -> None:
        if self._running.get(router.id) is not stop:
            return  # of a run that was stopped
        del self._running[router.id]
        self.done += 1
        self.answered.emit(found)
        self._next()
        if not self.busy:
            self.ended.emit()
