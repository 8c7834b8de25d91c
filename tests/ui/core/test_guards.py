"""The guards notice what they are there for."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.guards import Waits, Watchdog

ROOT = Path(__file__).resolve().parents[3]

LEAKS = {
    "thread": "import threading\n    threading.Thread(target=threading.Event().wait, daemon=True).start()",
    "window": "from PySide6.QtWidgets import QWidget\n    global kept\n    kept = QWidget()\n    kept.show()",
    "timer": "from PySide6.QtCore import QTimer\n    QTimer(qapp).start(1000)",
    "log warnings": "import logging\n    logging.getLogger('desk.x').warning('oops')",
}


def test_the_watchdog_sees_a_blocked_loop(qtbot: QtBot) -> None:
    waited = threading.Event()
    with Watchdog() as dog:
        QTimer.singleShot(20, lambda: waited.wait(0.12))
        qtbot.waitUntil(lambda: dog.worst_ms > 0 and dog.where != "")
        qtbot.waitUntil(lambda: dog.worst_ms >= 100)
    with pytest.raises(pytest.fail.Exception, match="blocked"):
        dog.check()


class Queued(Waits):
    """The book of a thread that never gets a processor."""

    def ms(self) -> float:
        return time.perf_counter() * 1_000


def test_the_watchdog_does_not_blame_the_loop_for_a_busy_machine(qtbot: QtBot) -> None:
    waited = threading.Event()
    turns: list[None] = []
    with Watchdog(waits=Queued()) as dog:
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: turns.append(None))
        timer.start()
        QTimer.singleShot(20, lambda: waited.wait(0.12))
        qtbot.waitUntil(lambda: len(turns) > 20)
        timer.stop()
    dog.check()


class Locked(Waits):
    """The book of a process of which another thread is kept from a processor all the time."""

    def others(self, but: int | None = None) -> dict[str, float]:
        return {"1": time.perf_counter() * 1_000}


def test_nor_for_another_thread_that_the_machine_keeps_from_giving_python_back(qtbot: QtBot) -> None:
    waited = threading.Event()
    turns: list[None] = []
    with Watchdog(waits=Locked()) as dog:
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: turns.append(None))
        timer.start()
        QTimer.singleShot(20, lambda: waited.wait(0.12))
        qtbot.waitUntil(lambda: len(turns) > 20)
        timer.stop()
    dog.check()


def test_but_what_the_loop_itself_works_is_counted_whoever_else_waits(qtbot: QtBot) -> None:
    def work() -> None:
        until = time.thread_time() + 0.12
        while time.thread_time() < until:
            pass

    with Watchdog(waits=Locked()) as dog:
        QTimer.singleShot(20, work)
        qtbot.waitUntil(lambda: dog.worst_ms >= 100)
    with pytest.raises(pytest.fail.Exception, match="blocked"):
        dog.check()


def test_the_watchdog_is_content_with_a_free_loop(qtbot: QtBot) -> None:
    turns: list[None] = []
    with Watchdog(limit_ms=400) as dog:
        timer = QTimer(interval=5)
        timer.timeout.connect(lambda: turns.append(None))
        timer.start()
        qtbot.waitUntil(lambda: len(turns) > 10)
        timer.stop()
    dog.check()


@pytest.mark.parametrize("what", LEAKS)
def test_what_a_test_leaves_behind_fails_it(tmp_path: Path, what: str) -> None:
    leak = tmp_path / "test_leak.py"
    leak.write_text(f"def test_it(qapp, nothing_left, no_log_warnings):\n    {LEAKS[what]}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "tests.guards", "-p", "no:cacheprovider", str(leak)]
    ran = subprocess.run(
        [*command, "--rootdir", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "1 passed, 1 error" in ran.stdout
    assert what in ran.stdout


def test_a_window_that_a_test_closed_is_no_leak(qapp: QApplication) -> None:
    window = QWidget()
    window.show()
    window.close()
