"""The way to the drift of the network."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QApplication

from desk.services.drift import LookForDrift
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.drift import texts as _texts
from desk.ui.drift.window import DriftWindow

__all__ = ["ACTIONS"]
_ = _texts  # importing it is what registers the texts


def _open(desk: Desk, row: Any) -> None:
    """Of one router where a row of it is given, else of the whole network."""
    only = getattr(row, "id", None)
    DriftWindow(desk, only if isinstance(only, int) else None, QApplication.activeWindow()).open()


ACTIONS = [
    Action(
        id="drift.open",
        label="Divergências da Rede",
        menu="program",
        group=1,
        icon="arrows-left-right",
        command=LookForDrift,
        palette="program",
        run=_open,
    ),
]
