"""Keyrings in memory, in place of the one of whoever runs the tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

UseRing = Callable[[KeyringBackend], None]


class Ring(KeyringBackend):
    """A keyring which may lose what it is given, be locked, or keep its caller waiting."""

    priority = 1.0

    def __init__(self, keeps: bool = True, opened: threading.Event | None = None) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self._keeps = keeps
        self._opened = opened

    def get_password(self, service: str, username: str) -> str | None:
        if self._opened:
            self._opened.wait()
        if self.locked:
            raise KeyringLocked("nobody unlocked it")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.locked:
            raise KeyringLocked("nobody unlocked it")
        if self._keeps:
            self.kept[(service, username)] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not there")


# Only stores that the program knows are given a password.
Ring.__module__ = "keyring.backends.SecretService"


class AltRing(Ring):
    """Pretends to be the store that writes plain text."""


AltRing.__module__ = "keyrings.alt.file"


class OtherRing(Ring):
    """A store that nobody has heard of."""


@pytest.fixture
def use_ring() -> Iterator[UseRing]:
    """Puts a keyring in the place of the system's, until the test is over."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)
    for thread in threading.enumerate():
        if thread.name == "desk-keyring":
            thread.join(5)
