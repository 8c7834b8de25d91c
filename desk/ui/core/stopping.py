"""Ends the program in order when the terminal (Ctrl+C) or the system (SIGTERM) asks it to."""

from __future__ import annotations

import contextlib
import signal
import socket
from types import FrameType, TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QSocketNotifier, QThread

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """While this context is open such a signal ends the event loop, so that what was begun is closed again."""

    def __enter__(self) -> Self:
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        # Python calls its handlers between instructions of its own, and an idle Qt loop has none:
        # the byte that every signal writes here gives it some.
        self._woken = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read)
        self._woken.activated.connect(self._drain)
        self._descriptor = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, self._asked) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor)
        self._woken.setEnabled(False)
        self._read.close()
        self._write.close()

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            self._read.recv(64)

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del frame
        code = 128 + number
        if QThread.currentThread().loopLevel() == 0:
            raise SystemExit(code)  # still starting, or drawing the tour: nothing but this ends that
        QCoreApplication.exit(code)
