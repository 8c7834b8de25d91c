"""Work away from the UI thread: whose answer counts, and what becomes of it when the program ends."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desk.ui.core.background import TaskRunner


def test_after_the_end_nothing_is_begun_and_nobody_is_bothered() -> None:
    runner, owner = TaskRunner(), QObject()
    ran: list[object] = []
    runner.close()
    runner.run(lambda: ran.append("work"), owner=owner, done=ran.append, failed=ran.append)
    assert ran == [] and not runner.busy
