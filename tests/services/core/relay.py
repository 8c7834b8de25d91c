"""A wire to the database that can be cut or frozen at the worst moment."""

from __future__ import annotations

import enum
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Cut(enum.Enum):
    """When the connection that says COMMIT is cut."""

    BEFORE = "the server never hears it"
    AFTER = "the server carried it out, its answer is lost"


class Relay:
    """Passes bytes between clients and a PostgreSQL on loopback; use it in a `with`."""

    def __init__(self, port: int) -> None:
        self._server = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.cut: Cut | None = None  # for the next COMMIT only
        self._flows = threading.Event()
        self._flows.set()
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flows.set()
        for each in [self._listener, *self._sockets]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)
        for each in self._sockets:
            each.close()

    def freeze(self) -> None:
        """Pass nothing on: connections stay open and nobody answers, as with a server that hangs."""
        self._flows.clear()

    def thaw(self) -> None:
        """Let it flow again."""
        self._flows.set()

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, name="relay", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(self._server)
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
