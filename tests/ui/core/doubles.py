"""A bus that answers from a table, so that behaviour of the UI core is tested without a database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from desk.ui.core.actions import Action, ActionRegistry
from desk.ui.core.background import TaskRunner
from desk.ui.core.desk import Desk


@dataclass(frozen=True)
class Reply:
    """Stands for an Outcome."""

    value: object
    changed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Suspend:
    """A command."""

    plan_id: int = 1
    confirmed: bool = False


@dataclass
class SmallBus:
    """Answers every command with `answer`; knows which kinds this person may send."""

    answer: Callable[[Any], Reply] = lambda command: Reply(command)
    forbidden: dict[type, tuple[str, ...]] = field(default_factory=dict)
    threads: list[int] = field(default_factory=list)

    def execute(self, command: Any) -> Reply:
        """Run in the pool, as the real one is."""
        self.threads.append(threading.get_ident())
        return self.answer(command)

    def may(self, command: type) -> bool:
        """Whether the person holds the permission."""
        return command not in self.forbidden

    def needs(self, command: type) -> tuple[str, ...]:
        """The permissions of which one is needed."""
        return self.forbidden.get(command, ())


@contextmanager
def small_desk(bus: SmallBus | None = None, actions: tuple[Action, ...] = ()) -> Iterator[Desk]:
    """A desk over a small bus, closed in the end."""
    runner = TaskRunner()
    try:
        yield Desk(bus or SmallBus(), ActionRegistry(actions), runner)  # type: ignore[arg-type]
    finally:
        runner.close()
