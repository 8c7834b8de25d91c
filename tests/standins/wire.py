"""The line between Desk and a router, with what happens to real ones: slow, lossy, cut, or dead without a word."""

from __future__ import annotations

import enum
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from tests.standins.passage import Passage

_RESET = struct.pack("ii", 1, 0)  # a close that tells the other side at once


class End(enum.Enum):
    """What becomes of the connection on which a fault happens."""

    RESET = "both sides are told at once, as when a router restarts"
    HALF_OPEN = "nobody is told: no FIN, no RST, and nothing passes any more"


@dataclass(frozen=True)
class Trip:
    """A fault that waits for a sentence: those bytes reach the router wholly, partly, or not at all."""

    needle: bytes
    end: End
    share: float = 1.0  # how much of what holds the needle still gets through; the answer never does
    then: Callable[[], object] = lambda: None


class Wire(Passage):
    """Passes bytes between clients and a router on loopback; use it in a `with`."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.trip: Trip | None = None
        self.delay = 0.0  # each way, for each piece
        self.tripped = 0
        self._lock = threading.Lock()
        self._dead: set[socket.socket] = set()  # halves of connections on which nothing passes any more
        self._vanished = False

    def vanish(self) -> None:
        """The router is gone without a word: what is open stays open, what is new is taken, and nothing passes."""
        with self._lock:
            self._vanished = True
            self._dead |= set(self._sockets)

    def mend(self) -> None:
        """New connections pass again; the old ones stay dead, as after a router's restart."""
        self._vanished, self.trip, self.delay = False, None, 0.0

    def _take(self, client: socket.socket) -> None:
        try:
            router = socket.create_connection(self._behind)
        except OSError:
            self._reset(client)
            return
        with self._lock:
            self._sockets += [client, router]
            if self._vanished:
                self._dead |= {client, router}
        self._start(self._pass, client, router, True)
        self._start(self._pass, router, client, False)

    def _pass(self, source: socket.socket, target: socket.socket, upward: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if self.delay and self._over.wait(self.delay):
                    return
                trip = self.trip if upward else None
                if trip is not None and trip.needle in data:
                    self._happen(trip, data, source, target)
                    return
                if source not in self._dead:
                    target.sendall(data)
        if source not in self._dead:
            with suppress(OSError):
                target.shutdown(socket.SHUT_WR)

    def _happen(self, trip: Trip, data: bytes, client: socket.socket, router: socket.socket) -> None:
        self.trip = None
        with self._lock:
            self._dead |= {client, router}  # from here on no answer gets through
        part = data[: round(len(data) * trip.share)]
        if part:
            router.sendall(part)
        if trip.share >= 1.0:
            # The router has to have carried it out before it forgets who asked.
            router.settimeout(2)
            with suppress(OSError):
                router.shutdown(socket.SHUT_WR)
        trip.then()
        self.tripped += 1
        if trip.end is End.RESET:
            self._reset(client)

    def _reset(self, client: socket.socket) -> None:
        with suppress(OSError):
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            client.shutdown(socket.SHUT_RDWR)
        client.close()
