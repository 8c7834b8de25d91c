"""The customers opened last, offered by name over the button on the taskbar, unless a policy says otherwise."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from desk.services.customers import CustomerHit, RecentCustomers
from desk.ui.core import taskbar
from desk.ui.core.desk import Desk
from desk.ui.core.taskbar import Entry

MOST = 10

Show = Callable[[str, Sequence[Entry], str], object]


class JumpList(QObject):
    """Follows what the person opens; a line starts the program with a link, which the open desk takes over."""

    def __init__(self, desk: Desk, wanted: bool, parent: QObject, show: Show = taskbar.show) -> None:
        super().__init__(parent)
        self._desk, self._wanted, self._show = desk, wanted, show
        self.renew()

    def renew(self) -> None:
        """Ask who was opened last; where no names may leave the program, take away what an earlier one left."""
        if self._wanted:
            self._desk.ask(RecentCustomers(), owner=self, done=self._found, failed=lambda _: True, slot="jump list")
        else:
            self._show("", (), sys.executable)

    def _found(self, hits: Sequence[CustomerHit]) -> None:
        lines = [Entry(each.name, f"desk://customer/{each.id}") for each in hits[:MOST]]
        self._show(self.tr("Clientes recentes"), lines, sys.executable)
