"""Fails a test that leaves threads, timers, windows or warnings behind, or that blocks the event loop."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

BLOCKED_MS = 50
PATIENCE_MS = 30_000
_TICK_MS = 5
# Threads of libraries that live as long as the process does.
_LASTING_THREADS = ("MainThread", "pytest", "execnet")


def pytest_configure(config: pytest.Config) -> None:
    """Know the marker of tests that provoke a warning on purpose."""
    config.addinivalue_line("markers", "logs_warnings: the test provokes warnings in the log on purpose")


def _threads() -> dict[int, str]:
    return {
        thread.ident or 0: thread.name
        for thread in threading.enumerate()
        if not thread.name.startswith(_LASTING_THREADS) and not isinstance(thread, threading._DummyThread)
    }


def _windows() -> list[QObject]:
    app = QApplication.instance()
    return [each for each in app.topLevelWidgets() if each.isVisible()] if isinstance(app, QApplication) else []


def _running_timers() -> list[str]:
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return []
    found = []
    for top in [app, *app.topLevelWidgets()]:
        for timer in top.findChildren(QTimer):
            if timer.isActive() and not timer.isSingleShot():
                found.append(f"{type(timer.parent()).__name__} ({timer.interval()} ms)")
    return found


def _settle() -> None:
    """Let what was asked to go away do so, before judging what stayed."""
    app = QApplication.instance()
    if isinstance(app, QApplication):
        app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        app.processEvents()


class _Warnings(logging.Handler):
    """Collects log records of warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] == "desk":
            self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture
def no_log_warnings(request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning of ours in the log fails the test, unless it is marked `logs_warnings`."""
    handler = _Warnings()
    root = logging.getLogger()
    root.addHandler(handler)
    yield
    root.removeHandler(handler)
    if handler.lines and request.node.get_closest_marker("logs_warnings") is None:
        pytest.fail("log warnings:\n" + "\n".join(handler.lines), pytrace=False)


@pytest.fixture
def nothing_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Threads, visible windows and running timers that a test started must be gone when it ends."""
    threads, windows, timers = _threads(), {id(each) for each in _windows()}, _running_timers()
    yield
    _settle()
    deadline = time.monotonic() + 2.0
    stray: dict[int, str] = {}
    while time.monotonic() < deadline:
        stray = {ident: name for ident, name in _threads().items() if ident not in threads}
        if not stray:
            break
        for thread in threading.enumerate():
            if thread.ident in stray:
                thread.join(0.05)  # waits for the thread itself; a thread that ends in time is no leak
    left = [f"thread {name}" for name in stray.values()]
    left += [f"window {type(each).__name__} {each.objectName()}" for each in _windows() if id(each) not in windows]
    left += [f"timer of {name}" for name in _running_timers() if name not in timers]
    if left:
        pytest.fail("left behind: " + ", ".join(left), pytrace=False)


class Waits:
    """How long threads have stood in the queue for a processor: a busy machine's doing, and not our program's."""

    def __init__(self) -> None:
        # Other systems keep no such book.
        self._kept = sys.platform == "linux"
        self._books: dict[str, int] = {}  # thread: file
        self._own = str(threading.get_native_id())

    def _read(self, thread: str) -> tuple[float, float]:
        try:
            if thread not in self._books:
                self._books[thread] = os.open(f"/proc/self/task/{thread}/schedstat", os.O_RDONLY)
            ran, waited, _ = os.pread(self._books[thread], 100, 0).split()
        except OSError:  # the thread has ended
            return 0.0, 0.0
        return int(ran) / 1_000_000, int(waited) / 1_000_000

    def ms(self) -> float:
        """Milliseconds that this thread has waited since it began."""
        return self._read(self._own)[1] if self._kept else 0.0

    def ran_ms(self) -> float:
        """Milliseconds that this thread has had a processor."""
        return self._read(self._own)[0] if self._kept else 0.0

    def others(self, but: int | None = None) -> dict[str, float]:
        """What each other thread of this process has waited, in milliseconds."""
        if not self._kept:
            return {}
        return {one: self._read(one)[1] for one in os.listdir("/proc/self/task") if one not in (self._own, str(but))}

    def close(self) -> None:
        """Close the books."""
        for book in self._books.values():
            os.close(book)
        self._books.clear()


class Watchdog:
    """Measures, from another thread, how long the event loop goes without a tick, and where it stood."""

    def __init__(self, limit_ms: float = BLOCKED_MS, waits: Waits | None = None) -> None:
        self.limit_ms = limit_ms
        self.worst_ms = 0.0
        self.where = ""
        self._ui = threading.get_ident()
        self._waits = waits or Waits()
        self._last, self._waited = time.perf_counter(), self._waits.ms()
        self._ran, self._others = 0.0, dict[str, float]()
        self._ticking = False
        self._stop = threading.Event()
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    def _tick(self) -> None:
        now, waited = time.perf_counter(), self._waits.ms()
        ran, others = self._waits.ran_ms(), self._waits.others(self._thread.native_id)
        if self._ticking:
            late = (now - self._last) * 1_000 - (waited - self._waited)
            # Where this thread stood still, Python may have been locked by another one that got no processor: on two
            # busy cores that made 76 ms of 26. Who that was nobody knows; the one that queued longest stands for it.
            still = max(0.0, late - (ran - self._ran))
            queued = max((ms - self._others.get(one, ms) for one, ms in others.items()), default=0.0)
            self.worst_ms = max(self.worst_ms, late - min(still, queued))
        if self.worst_ms <= self.limit_ms:
            self.where = ""  # seen late, but only for want of a processor
        self._last, self._waited, self._ticking = now, waited, True
        self._ran, self._others = ran, others

    def _watch(self) -> None:
        while not self._stop.wait(self.limit_ms / 4 / 1_000):
            late = (time.perf_counter() - self._last) * 1_000
            if self._ticking and late > self.limit_ms and not self.where:
                frame: Any = sys._current_frames().get(self._ui)
                self.where = "".join(traceback.format_stack(frame)[-6:]) if frame is not None else ""

    def __enter__(self) -> Watchdog:
        self._ticking = False
        self._timer.start()
        self._thread.start()
        return self

    def pause(self) -> None:
        """Stop counting while the test itself works between two turns of the event loop."""
        self._ticking = False

    def __exit__(self, *_: object) -> None:
        self._timer.stop()
        self._stop.set()
        self._thread.join()
        self._waits.close()

    def check(self) -> None:
        """Fail if the loop was blocked longer than allowed."""
        if self.worst_ms > self.limit_ms:
            pytest.fail(f"event loop blocked for {self.worst_ms:.0f} ms\n{self.where}", pytrace=False)


@pytest.fixture
def watchdog(qapp: QApplication) -> Iterator[Watchdog]:
    """For tests that say so: the event loop must come round every 50 ms from here to the test's end."""
    with Watchdog() as dog:
        yield dog
    dog.check()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Before and after the test itself pytest reports, and the event loop has no turn."""
    dog = getattr(item, "funcargs", {}).get("watchdog")
    if isinstance(dog, Watchdog):
        dog.pause()
    try:
        return (yield)
    finally:
        if isinstance(dog, Watchdog):
            dog.pause()


class PatientBot(QtBot):
    """Waits for what must happen longer than pytest-qt's five seconds: a busy machine is late, not wrong."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **how: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's, with more patience."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def dressed_application(qapp: QApplication) -> Iterator[Any]:
    """The application with this program's fonts, theme and style, once for all tests of a worker."""
    from desk.ui.core.app import make_application

    made = make_application(collect=False)
    yield made
    made.close()


@pytest.fixture
def dressed(dressed_application: Any) -> Any:
    """The dressed application, in light colours whatever the test before chose."""
    from desk.ui.core.theme import Scheme

    dressed_application.theme.set_scheme(Scheme.LIGHT)
    return dressed_application
