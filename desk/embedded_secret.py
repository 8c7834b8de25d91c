"""The local database's password: in the system keyring where there is one, else in a file that only its owner reads."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from desk.embedded_programs import Programs
from desk.system_keyring import PATIENCE, SystemKeyring, keep

R = TypeVar("R")

SERVICE = "desk-embedded"


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
        self._ring = SystemKeyring(patience)
        # As root the server belongs to another user and the folder to a test box: no keyring is asked there.
        self._ask_keyring = programs.uid is None

    def get(self) -> str | None:
        """The password, or None when it is lost."""
        with contextlib.suppress(FileNotFoundError):
            return self.file.read_text(encoding="utf-8").strip() or None
        return self._with_keyring(lambda ring: ring.get_password(SERVICE, self._name))

    def set(self, password: str) -> Kept:
        """Keep a new password and say where."""
        if self._with_keyring(lambda ring: keep(ring, SERVICE, self._name, password)):
            self.file.unlink(missing_ok=True)
            return Kept.KEYRING
        self._programs.write_private(self.file, password.encode(), for_server=False)
        return Kept.FILE

    def _with_keyring(self, question: Callable[[Any], R]) -> R | None:
        return self._ring.ask(question) if self._ask_keyring else None
