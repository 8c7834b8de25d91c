"""Recent customers over the button on the taskbar: by name where that is wanted, and gone where it is not."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desk.services.customers import OpenedCustomer
from desk.ui.core import taskbar
from desk.ui.core.instance import customer_of
from desk.ui.core.taskbar import Entry
from desk.ui.shell.jump_list import JumpList
from tests.builders import a_customer
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE


class Shown(list[tuple[str, tuple[Entry, ...]]]):
    """Stands where Windows' list would, and keeps what it was given."""

    def __call__(self, category: str, entries: Sequence[Entry], program: str) -> None:
        assert program == sys.executable
        self.append((category, tuple(entries)))


def test_the_customer_opened_last_is_offered_first(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    desk, owner, shown = desk_as("atendente"), QObject(), Shown()
    ana, jose = a_customer(database, "Ana Dias"), a_customer(database, "José Pereira")
    listed = JumpList(desk, True, owner, shown)
    qtbot.waitUntil(lambda: shown == [("Clientes recentes", ())], timeout=PATIENCE)
    for customer in (ana, jose):
        desk.bus.execute(OpenedCustomer(customer_id=customer.id))
    listed.renew()
    qtbot.waitUntil(lambda: len(shown) == 2, timeout=PATIENCE)
    _, entries = shown[-1]
    assert [each.title for each in entries] == ["José Pereira", "Ana Dias"]
    assert [customer_of(each.arguments) for each in entries] == [jose.id, ana.id]


def test_where_a_policy_forbids_it_no_name_is_asked_for(desk_as: DeskAs) -> None:
    desk, owner, shown = desk_as("atendente"), QObject(), Shown()
    JumpList(desk, False, owner, shown)
    assert not desk.background.busy
    assert shown == [("", ())]


def test_where_there_is_no_such_list_the_desk_goes_on() -> None:
    """Wine has no list, and Windows refuses one to who keeps no recent things: both only answer no."""
    shown = taskbar.show("Clientes recentes", [Entry("Ana Dias", "desk://customer/1")], sys.executable)
    assert shown in ((True, False) if sys.platform == "win32" else (False,))
    assert taskbar.clear() in ((True, False) if sys.platform == "win32" else (False,))


if sys.platform == "win32":
    import ctypes

    def test_a_line_carries_its_program_words_and_title(qtbot: QtBot) -> None:
        with taskbar._link(Entry("José Ção", "desk://customer/9"), sys.executable) as link:
            text = ctypes.create_unicode_buffer(300)
            link.call(10, ctypes.byref(text), 300)
            assert text.value == "desk://customer/9"
            link.call(3, ctypes.byref(text), 300, None, 0)
            assert text.value.lower() == sys.executable.lower()
            link.call(6, ctypes.byref(text), 300)  # the title itself cannot be read back under Wine
            assert text.value == "José Ção"
