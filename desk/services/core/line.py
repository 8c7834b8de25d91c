"""A connection whose wait another thread can end: a server that hangs keeps connections open, and libpq waits on."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

_T = TypeVar("_T")
_INTERVAL = 0.1


class Line(psycopg.Connection[tuple[object, ...]]):
    """psycopg looks up from waiting ten times a second; a connection that was hung up then stops to wait.

    Shutting the socket down from outside would wake Linux only: Winsock's select() sleeps on.
    """

    hung_up = False

    def hang_up(self) -> None:
        """End the wait of whichever thread uses the connection, with OperationalError; nobody can use it again."""
        self.hung_up = True

    def wait(self, gen: PQGen[_T], interval: float = _INTERVAL, timeout: float | None = None) -> _T:
        """As psycopg's own, until the connection is hung up."""
        return super().wait(self._while_it_hopes(gen), min(interval, _INTERVAL), timeout)

    def _while_it_hopes(self, gen: PQGen[_T]) -> Generator[Any, Any, _T]:
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if self.hung_up:
                    self.close()  # by the thread that uses it; a pool then knows it for lost
                    raise psycopg.OperationalError("the server does not answer; the wait for it was ended")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _T = end.value
            return result
