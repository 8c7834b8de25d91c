"""Every test of the screens runs dressed and guarded; `desk_as` seats a person before the real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from desk.services.core.changes import Listener
from desk.services.core.ports import Ports
from desk.ui.core import message_box
from desk.ui.core.background import TaskRunner
from desk.ui.core.desk import Desk
from desk.ui.shell.shell import Shell
from tests.postgres import Database

DeskAs = Callable[..., Desk]
ShellAs = Callable[..., Shell]


@pytest.fixture(autouse=True)
def guarded(dressed: object, nothing_left: None, no_log_warnings: None) -> None:
    """What the guards in tests/guards.py ask of a test, for all of them."""


@dataclass
class Seats:
    """Everybody who sits at a desk in one test; `desk_as("atendente")` seats one more."""

    database: Database
    runners: list[TaskRunner] = field(default_factory=list)
    listeners: list[Listener] = field(default_factory=list)

    def __call__(self, role: str, *, ports: Ports | None = None, listen: bool = False) -> Desk:
        """A desk with every action of the program; with `listen` it hears what other desks change."""
        from desk.ui.shell.registry import all_actions

        runner = TaskRunner()
        self.runners.append(runner)
        desk = Desk(self.database.bus(role, ports), all_actions(), runner)
        message_box.install(desk)
        if listen:
            listener = Listener(lambda: self.database.connect(role), desk.changed.emit)
            listener.start()
            self.listeners.append(listener)
        return desk

    def close(self) -> None:
        """Listeners first, so that nothing arrives at a desk whose pool is gone."""
        for listener in self.listeners:
            listener.close()
        for runner in self.runners:
            runner.close()


@pytest.fixture
def desk_as(guarded: None, database: Database) -> Iterator[Seats]:
    """Seats persons: `desk_as(role)` is a Desk over the real bus; windows still open in the end are closed."""
    seats = Seats(database)
    try:
        yield seats
    finally:
        seats.close()
        close_windows()


@pytest.fixture
def shell_as(desk_as: Seats, qtbot: QtBot) -> Iterator[ShellAs]:
    """`shell_as(role)` is the whole program as it stands after signing in, its window active."""
    opened: list[Shell] = []

    def seat(role: str, **more: object) -> Shell:
        desk = desk_as(role, **more)  # type: ignore[arg-type]
        shell = Shell(desk, "servidor", lambda debts: None, lambda: None)  # type: ignore[arg-type, return-value]
        opened.append(shell)
        shell.window.show()
        shell.window.activateWindow()
        # Windows calls a window active before it has the keys.
        qtbot.waitUntil(lambda: QApplication.activeWindow() is shell.window and QApplication.focusWidget() is not None)
        qtbot.waitUntil(lambda: not desk.background.busy)
        return shell

    yield seat
    for shell in opened:
        shell.search.close_popup()
        shell.window.close()


def close_windows() -> None:
    """A test shows pages without a window around them; what it opened goes with it."""
    # What other threads said before they ended finds the windows that it is for.
    QApplication.processEvents()
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QWidget | QMainWindow):
            each.hide()
            each.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
