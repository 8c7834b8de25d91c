"""The keyring of the system this person uses, asked away from whoever waits: a locked one may never answer."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

R = TypeVar("R")

PATIENCE = 5.0  # a locked keyring may show a dialog and wait for its answer
# Others write plain text (keyrings.alt), keep nothing, or send what they are given to another computer.
KNOWN: Final = frozenset(
    f"keyring.backends.{name}" for name in ("Windows", "SecretService", "libsecret", "kwallet", "macOS")
)


class SystemKeyring:
    """Answers one question after the other in a thread of its own, which ends when nobody asks any more."""

    def __init__(self, patience: float = PATIENCE) -> None:
        """`patience` in seconds: how long `ask` waits, and how long an answer is of use."""
        self.patience = patience
        self._lock = threading.Lock()
        self._waiting: deque[Callable[[], None]] = deque()
        self._at_work = False

    def begin(self, question: Callable[[Any], R], answer: Callable[[R | None], object]) -> None:
        """Ask, and hear of it in the keyring's thread; no keyring and an error are both None."""

        def job() -> None:
            answer(_asked(question))

        with self._lock:
            self._waiting.append(job)
            if self._at_work:
                return
            self._at_work = True
        threading.Thread(target=self._work, name="desk-keyring", daemon=True).start()

    def ask(self, question: Callable[[Any], R]) -> R | None:
        """Ask and wait, no longer than the patience; no answer is None too."""
        answers: list[R | None] = []
        there = threading.Event()

        def answered(found: R | None) -> None:
            answers.append(found)
            there.set()

        self.begin(question, answered)
        there.wait(self.patience)
        return answers[0] if answers else None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._at_work = False
                    return
                job = self._waiting.popleft()
            job()


def keep(ring: Any, service: str, name: str, password: str) -> bool:
    """Store a password and read it back, since some keyrings accept one and lose it."""
    ring.set_password(service, name, password)
    return bool(ring.get_password(service, name) == password)


def forget(ring: Any, service: str, name: str) -> bool:
    """Remove a password; true once there is none, whoever removed it."""
    if ring.get_password(service, name) is not None:
        ring.delete_password(service, name)
    return ring.get_password(service, name) is None


def _asked(question: Callable[[Any], R]) -> R | None:
    import keyring  # slow to load, and wanted only here
    from keyring.errors import KeyringError

    with contextlib.suppress(KeyringError, OSError, RuntimeError, ValueError):
        ring = keyring.get_keyring()
        if _trusted(ring):
            return question(ring)
    return None


def _trusted(ring: Any) -> bool:
    """Whether this is a real store of the system; of a chain, whether each link is."""
    parts = list(getattr(ring, "backends", None) or [ring])
    return all(type(part).__module__ in KNOWN for part in parts)
