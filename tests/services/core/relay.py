"""A wire to the database that can be cut or frozen at the worst moment."""

from __future__ import annotations

import enum
import socket
import threading
from contextlib import suppress
from types import TracebackType

from tests.standins.passage import Passage


class Cut(enum.Enum):
    """When the connection that says COMMIT is cut."""

    BEFORE = "the server never hears it"
    AFTER = "the server carried it out, its answer is lost"


class Relay(Passage):
    """Passes bytes between clients and a PostgreSQL on loopback; use it in a `with`."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.cut: Cut | None = None  # for the next COMMIT only
        self._flows = threading.Event()
        self._flows.set()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flows.set()
        super().__exit__(kind, error, at)

    def freeze(self) -> None:
        """Pass nothing on: connections stay open and nobody answers, as with a server that hangs."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let it flow again."""
        self._flows.set()

    def _take(self, client: socket.socket) -> None:
        server = socket.create_connection(self._behind)
        self._sockets += [client, server]
        self._start(self._upward, client, server)
        self._start(self._downward, client, server)

    def _upward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := client.recv(65536):
                self._flows.wait()
                cut = self.cut if b"COMMIT\0" in data else None
                if cut is None:
                    server.sendall(data)
                    continue
                self.cut = None
                client.shutdown(socket.SHUT_RDWR)
                if cut is Cut.AFTER:
                    server.sendall(data)
                    server.shutdown(socket.SHUT_WR)  # read to the end before it hangs up
        with suppress(OSError):
            server.shutdown(socket.SHUT_WR)

    def _downward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while data := server.recv(65536):
                self._flows.wait()
                client.sendall(data)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
