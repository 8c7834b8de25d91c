"""Loads a screen again when something that it shows became old."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DatabaseLost, DomainError
from desk.ui.core.desk import Desk

PAUSE_MS = 150


def told_by_the_band(error: DomainError) -> bool:
    """For `failed` of what loads again by itself: the band over the window says that the database is lost.

    What was read stays readable, it is asked again when the connection is back, and no box comes over what is typed.
    """
    return isinstance(error, DatabaseLost)


class Reload(QTimer):
    """Runs `load` a moment after `desk.changed` names one of `names`, or anything `under` a prefix.

    One act is announced several times, here and by the database's notice; the pause makes one load of them.
    """

    def __init__(
        self,
        desk: Desk,
        owner: QWidget,
        load: Callable[[], object],
        *names: str,
        under: str = "",
        pause: int = PAUSE_MS,
    ) -> None:
        super().__init__(owner)
        # "*": the listener was away, and everything counts as old.
        self._names, self._under = frozenset({"*", *names}), under
        self.setSingleShot(True)
        self.setInterval(pause)
        self.timeout.connect(load)
        desk.changed.connect(self._changed)

    def _changed(self, names: frozenset[str]) -> None:
        if self._names & names or (self._under and any(name.startswith(self._under) for name in names)):
            self.start()
