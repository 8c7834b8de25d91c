"""The local database's password: in the system keyring where there is one, else in a file that only its owner reads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from desk.embedded_programs import Programs

R = TypeVar("R")

SERVICE = "desk-embedded"
PATIENCE = 5.0  # a locked keyring may show a dialog and wait for its answer


class Kept(Enum):
    """Where the password now is."""

    KEYRING = "keyring"
    FILE = "file"


class StoredPassword:
    """One password, named after the folder of its database."""

    def __init__(self, folder: Path, programs: Programs, patience: float = PATIENCE) -> None:
        self.file = folder / "secret"
        self._name = str(folder)
        self._programs = programs
        self._patience = patience
        # As root the server belongs to another user and the folder to a test box: no keyring is asked there.
        self._ask_keyring = programs.uid is None

    def get(self) -> str | None:
        """The password, or None when it is lost."""
        with contextlib.suppress(FileNotFoundError):
            return self.file.read_text(encoding="utf-8").strip() or None
        return self._with_keyring(lambda ring: ring.get_password(SERVICE, self._name))

    def set(self, password: str) -> Kept:
        """Keep a new password and say where."""

        def keep(ring: Any) -> bool:
            ring.set_password(SERVICE, self._name, password)
            return bool(ring.get_password(SERVICE, self._name) == password)  # some accept and lose it

        if self._with_keyring(keep):
            self.file.unlink(missing_ok=True)
            return Kept.KEYRING
        self._programs.write_private(self.file, password.encode(), for_server=False)
        return Kept.FILE

    def _with_keyring(self, ask: Callable[[Any], R]) -> R | None:
        """Ask the keyring within the time limit; no keyring, an error and no answer are all None."""
        if not self._ask_keyring:
            return None
        answers: list[R] = []

        def work() -> None:
            import keyring  # slow to load, and wanted only here
            from keyring.errors import KeyringError

            with contextlib.suppress(KeyringError, OSError, RuntimeError, ValueError):
                ring = keyring.get_keyring()
                if _trusted(ring):
                    answers.append(ask(ring))

        thread = threading.Thread(target=work, name="desk-keyring", daemon=True)
        thread.start()
        thread.join(self._patience)
        return answers[0] if answers else None


def _trusted(ring: Any) -> bool:
    """Whether this is a real store of the system: keyrings.alt writes plain text, far from the data."""
    parts = list(getattr(ring, "backends", None) or [ring])
    modules = [type(part).__module__ for part in parts]
    return not any(name.startswith(("keyrings.", "keyring.backends.fail", "keyring.backends.null")) for name in modules)
