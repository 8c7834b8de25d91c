"""Listens to what other desks changed. A notice is a hint anyone can send; screens believe only rows (design D2)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

import psycopg

from desk.services.core.line import Line

log = logging.getLogger(__name__)

CHANNEL = "desk_changed"
_LONGEST = 8000


class Listener:
    """One connection that LISTENs, in a thread of its own; reconnects by itself and says when it lost sight.

    `on_change` gets the names that became old, `on_state` True or False as the connection comes and goes.
    After a gap everything counts as old, since the notices of the gap are gone: `on_change({"*"})`.
    `on_silence` is called when waiting for a server has become senseless: with the connection to the server that
    answers after a gap, since another one may have taken over, or with None when none does.
    """

    RETRY_SECONDS = 2.0
    HEARTBEAT_SECONDS = 5.0

    def __init__(
        self,
        connect: Callable[[], Line],
        on_change: Callable[[frozenset[str]], None],
        on_state: Callable[[bool], None] = lambda connected: None,
        on_silence: Callable[[Line | None], None] = lambda alive: None,
    ) -> None:
        self._connect, self._on_change, self._on_state, self._on_silence = connect, on_change, on_state, on_silence
        self._closing = threading.Event()
        self._connection: Line | None = None
        self._thread = threading.Thread(target=self._run, name="desk-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """Stop; returns when the connection is closed."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join(1.0)
            if (connection := self._connection) is not None and self._thread.is_alive():
                connection.hang_up()
            self._thread.join()

    def _run(self) -> None:
        gap = False
        while not self._closing.is_set():
            try:
                with self._connect() as connection:
                    self._connection = connection
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._on_state(True)
                    if gap:
                        self._on_silence(connection)
                        self._on_change(frozenset({"*"}))
                        gap = False
                    self._follow(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError, OSError) as error:
                if self._closing.is_set():
                    return
                log.warning("listener lost the database: %s", type(error).__name__)
                if gap:  # the second failure in a row: not one connection that broke, but the server
                    self._on_silence(None)
                gap = True
                self._on_state(False)
                self._closing.wait(self.RETRY_SECONDS)
            finally:
                self._connection = None

    def _follow(self, connection: Line) -> None:
        heard = time.monotonic()
        while not self._closing.is_set():
            names: set[str] = set()
            # A short timeout is how closing is noticed; the server sends at once whatever we wait for.
            for notice in connection.notifies(timeout=0.5, stop_after=50):
                names.update(name for name in notice.payload[:_LONGEST].split(",") if name)
            if names:
                heard = time.monotonic()
                self._on_change(frozenset(names))
            elif time.monotonic() - heard >= self.HEARTBEAT_SECONDS:
                self._heartbeat(connection)
                heard = time.monotonic()

    def _heartbeat(self, connection: Line) -> None:
        """Ask for a sign of life. A server that hangs keeps its connections open, and no timeout of libpq sees it."""
        alarm = threading.Timer(self.HEARTBEAT_SECONDS, connection.hang_up)
        alarm.daemon = True
        alarm.start()
        try:
            connection.execute("SELECT 1")
        finally:
            alarm.cancel()
