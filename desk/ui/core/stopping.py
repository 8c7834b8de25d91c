"""Ends the program in order when the terminal (Ctrl+C) or the system (SIGTERM) asks it to."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType, TracebackType
from typing import Self

from PySide6.QtCore import QCoreApplication, QSocketNotifier, QThread

SIGNALS = (signal.SIGINT, signal.SIGTERM)


# Codes to end with, of signals that came while `held`; None: nobody holds them.
_waiting: list[int] | None = None


@contextmanager
def held() -> Iterator[Callable[[], None]]:
    """Signals wait, and what this yields ends the program if one came: to be called between two turns of the events.

    Raised inside a slot or while something is painted, SystemExit would never arrive: Qt's side of the call ends the
    process there and then, and the database that it started goes on.
    """
    global _waiting
    came: list[int] = []
    _waiting = came

    def give_way() -> None:
        if came:
            raise SystemExit(came[0])

    try:
        yield give_way
    finally:
        _waiting = None
        give_way()


class StopSignals:
    """While this context is open such a signal ends the event loop, so that what was begun is closed again."""

    def __enter__(self) -> Self:
        # Python calls its handlers between instructions of its own, and an idle Qt loop has none:
        # the byte that every signal writes here gives it some.
        self._closing = ExitStack()
        self._read, write = _bell(self._closing)
        self._rung = QSocketNotifier(self._read, QSocketNotifier.Type.Read)
        self._rung.activated.connect(self._drain)
        self._descriptor = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._handlers = {number: signal.signal(number, self._asked) for number in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._descriptor)
        self._rung.setEnabled(False)
        self._closing.close()

    def _drain(self) -> None:
        if sys.platform == "win32":
            self._rung.setEnabled(False)  # rung once is enough: the handler has been called
        else:
            os.read(self._read, 1)  # one byte a turn: the notifier comes again while there are more

    def _asked(self, number: int, frame: FrameType | None) -> None:
        del frame
        code = 128 + number
        if _waiting is not None:
            _waiting.append(code)
            return
        if QThread.currentThread().loopLevel() == 0:
            raise SystemExit(code)  # still starting, with nothing of Qt's beneath: nothing but this ends that
        QCoreApplication.exit(code)


def _bell(closing: ExitStack) -> tuple[int, int]:
    """Two joined ends, to read and to write."""
    if sys.platform == "win32":
        import socket  # Windows' loop watches nothing else

        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        closing.callback(ours.close)
        closing.callback(theirs.close)
        return ours.fileno(), theirs.fileno()
    else:
        read, write = os.pipe()
        os.set_blocking(write, False)
        closing.callback(os.close, read)
        closing.callback(os.close, write)
        return read, write
