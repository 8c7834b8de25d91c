"""Passwords of those who sign in, in the system's keyring: one for each server, database and person.

The settings hold whose there are, so that all can be removed when IT forbids it; never what they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from desk.no_secrets import never_write
from desk.server import Server
from desk.system_keyring import SystemKeyring, forget, keep

R = TypeVar("R")

SERVICE = "Desk"
WHOSE = "kept"


class _Remembered(Protocol):
    def value(self, key: str, default: Any = None) -> Any:
        """What was kept under a key."""

    def setValue(self, key: str, value: Any) -> None:
        """Keep something under a key."""


class KeptPasswords(QObject):
    """Nothing here waits: each answer comes by the event loop, and late ones count as none."""

    _arrived = Signal(object)

    def __init__(self, remembered: _Remembered, parent: QObject, ring: SystemKeyring | None = None) -> None:
        super().__init__(parent)
        self.remembered = remembered
        self._ring = ring or SystemKeyring()
        self._arrived.connect(lambda deliver: deliver(), Qt.ConnectionType.QueuedConnection)

    def knows(self, server: Server, role: str) -> bool:
        """Whether something is kept for this person there."""
        return _entry(server, role) in self._whose()

    def look(self, done: Callable[[bool], object]) -> None:
        """Is there a keyring of the system at all, and is it answering?"""
        self._ask(lambda ring: ring.get_password(SERVICE, "?") is None, lambda found: done(bool(found)))

    def get(self, server: Server, role: str, done: Callable[[str | None], object]) -> None:
        """The password that is kept for this person."""

        def found(password: str | None) -> None:
            never_write(password)
            done(password)

        self._ask(lambda ring: ring.get_password(_service(server), role), found)

    def keep(self, server: Server, role: str, password: str, done: Callable[[bool], object]) -> None:
        """Keep a password, in place of an older one; `done` hears whether it is there."""
        self._note(_entry(server, role), True)  # before it is there: whatever happens, it is known to be looked for
        self._ask(lambda ring: keep(ring, _service(server), role, password), lambda kept: done(bool(kept)))

    def forget(self, server: Server, role: str) -> None:
        """Remove what is kept for this person, if anything is."""
        if self.knows(server, role):
            self._remove(_entry(server, role))

    def forget_all(self) -> None:
        """Remove everything this program has kept for anybody of this computer's account."""
        for entry in self._whose():
            self._remove(entry)

    def _remove(self, entry: str) -> None:
        role, _, place = entry.rpartition("@")

        def gone(removed: bool | None) -> None:
            if removed:  # else it is tried again at the next occasion
                self._note(entry, False)

        self._ask(lambda ring: forget(ring, f"{SERVICE} {place}", role), gone, late=True)

    def _ask(self, question: Callable[[Any], R], done: Callable[[R | None], object], *, late: bool = False) -> None:
        asked = time.monotonic()

        def answered(found: R | None) -> None:
            patient = late or time.monotonic() - asked <= self._ring.patience
            # In the keyring's thread, which may outlive the window and the program.
            if shiboken6.isValid(self):
                self._arrived.emit(partial(done, found if patient else None))

        self._ring.begin(question, answered)

    def _whose(self) -> list[str]:
        return [each for each in str(self.remembered.value(WHOSE, "") or "").split("\n") if each]

    def _note(self, entry: str, kept: bool) -> None:
        others = [each for each in self._whose() if each != entry]
        self.remembered.setValue(WHOSE, "\n".join([*others, entry] if kept else others))


def _place(server: Server) -> str:
    return f"{server.host.lower()}:{server.port}/{server.database}"


def _service(server: Server) -> str:
    return f"{SERVICE} {_place(server)}"


def _entry(server: Server, role: str) -> str:
    return f"{role}@{_place(server)}"
