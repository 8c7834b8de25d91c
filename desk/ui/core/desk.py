"""What every screen may ask for: orders, questions, actions and messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal

from desk.services.core.errors import DomainError
from desk.ui.core.messages import Text, explain, not_possible

if TYPE_CHECKING:
    from desk.services.core.bus import Bus, Command, Outcome, Query
    from desk.ui.core.actions import ActionRegistry
    from desk.ui.core.background import TaskRunner

R = TypeVar("R")


class Settings(Protocol):
    """What is remembered for a person: widths, theme, last tab. QSettings is one."""

    def value(self, key: str, default: Any = None) -> Any:
        """What was kept under a key."""

    def setValue(self, key: str, value: Any) -> None:
        """Keep something under a key."""


class Memory:
    """Settings that last as long as the program, for tests and before anyone has signed in."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def value(self, key: str, default: Any = None) -> Any:
        """What was kept under a key."""
        return self._values.get(key, default)

    def setValue(self, key: str, value: Any) -> None:
        """Keep something under a key."""
        self._values[key] = value


Again = Callable[[Any], None]
# Answers an error by asking the person, then sends another command through `again`; None means that they went back.
Answer = Callable[[DomainError, Any, QObject, Again], None]


@dataclass(frozen=True)
class Act:
    """Something this desk did: the command, its outcome, the good news, and what would take it back."""

    command: Any
    outcome: Any
    said: str
    undo: Any = None


class Desk(QObject):
    """One per signed-in person; screens know the services through it only."""

    changed = Signal(frozenset)  # names of what is now old, such as "plans/42"
    told = Signal(str)  # good news, for the status bar
    failed = Signal(object)  # a Text, for the message box
    busy = Signal(bool)
    executed = Signal(object)  # an Act, for the delivery strip
    progress = Signal(object)  # news of one debt, from whoever settles it
    connected = Signal(bool)  # whether the database is in sight

    def __init__(
        self, bus: Bus, actions: ActionRegistry, background: TaskRunner, settings: Settings | None = None
    ) -> None:
        super().__init__()
        self.bus, self.actions, self.background = bus, actions, background
        self.settings: Settings = settings if settings is not None else Memory()
        self.answers: dict[type[DomainError], Answer] = {}  # errors that are questions; see message_box.install
        background.busy_changed.connect(self.busy)

    def do(
        self,
        command: Command[R],
        *,
        owner: QObject,
        done: Callable[[R], object] | None = None,
        said: Callable[[R], str] | str | None = None,
        failed: Callable[[DomainError], object] | None = None,
        undo: Callable[[R], Command[Any]] | None = None,
        slot: object = None,
    ) -> None:
        """Run a command away from the UI thread and come back with the answer.

        `failed` may answer True for "dealt with"; anything else shows the error's text.
        `undo` makes the command that takes the act back, from its answer.
        """

        def again(other: Command[R] | None, error: DomainError) -> None:
            if other is None:
                if failed is not None:
                    failed(error)  # who waits for the answer must hear that none will come
                return
            self.do(other, owner=owner, done=done, said=said, failed=failed, undo=undo, slot=slot)

        def arrived(outcome: Outcome[R]) -> None:
            if done is not None:
                done(outcome.value)
            text = "" if said is None else said if isinstance(said, str) else said(outcome.value)
            if text:
                self.told.emit(text)
            self.executed.emit(Act(command, outcome, text, undo(outcome.value) if undo is not None else None))
            if outcome.changed:
                self.changed.emit(outcome.changed)

        self.background.run(
            lambda: self.bus.execute(command),
            owner=owner,
            slot=slot,
            done=arrived,
            failed=lambda error: self._refused(error, command, owner, again, failed),
        )

    def ask(
        self,
        query: Query[R],
        *,
        owner: QObject,
        done: Callable[[R], object],
        failed: Callable[[DomainError], object] | None = None,
        slot: object = None,
    ) -> None:
        """Answer a question away from the UI thread; a newer question for the same slot wins."""
        self.background.run(
            lambda: self.bus.execute(query),
            owner=owner,
            slot=slot,
            done=lambda outcome: done(outcome.value),
            failed=lambda error: self._refused(error, query, owner, lambda *_: None, failed),
        )

    def _refused(
        self,
        error: Exception,
        command: object,
        owner: QObject,
        again: Callable[[Any, DomainError], None],
        failed: Callable[[DomainError], object] | None,
    ) -> None:
        if not isinstance(error, DomainError):
            raise error  # a bug: the exception hook shows and reports it
        answer = next((found for kind in type(error).__mro__ if (found := self.answers.get(kind))), None)
        if answer is not None:
            answer(error, command, owner, lambda other: again(other, error))
        elif failed is None or failed(error) is not True:
            self.failed.emit(explain(error))

    def may(self, command: type) -> bool:
        """Whether this person holds what the command needs, as known at sign-in."""
        return bool(self.bus.may(command))

    def needs(self, command: type) -> str:
        """Labels of the permissions of which a command needs one; empty when everybody may."""
        return " ou ".join(f"“{permission}”" for permission in self.bus.needs(command))

    def run_action(self, action_id: str, row: Any = None) -> None:
        """Do what an action says, from anywhere; what is not possible explains itself instead."""
        action = self.actions[action_id]
        obstacle = action.obstacle(self, row)
        if obstacle is None:
            action.run(self, row)
        else:
            self.failed.emit(not_possible(action.text(), obstacle))

    def fail(self, text: Text) -> None:
        """Show a refusal that a screen found by itself."""
        self.failed.emit(text)
