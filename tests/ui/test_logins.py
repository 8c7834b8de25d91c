"""RADIUS logins by keys alone: made, renamed, deleted; what is owed of each, and what the Histórico keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.services.history import CustomerHistory
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.history.words import line_of
from desk.ui.logins.dialogs import LoginDialog
from desk.ui.plans.page import PlansPage
from tests.postgres import Database
from tests.services.core.net import Net, a_net
from tests.ui.conftest import DeskAs
from tests.ui.screens import calm, dialog, gone, listen, node, popup, selected, shown_plans

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ROLE = "administrador"


@pytest.fixture
def net(database: Database) -> Iterator[Net]:
    """A plan behind a router that keeps logins of its own."""
    with RouterOsStandIn() as router:
        yield a_net(database, router, local=True, connected=False)


@pytest.fixture
def page(qtbot: QtBot, net: Net, desk_as: DeskAs) -> PlansPage:
    """The area Planos of that customer in a window, with the bar on the plan and the focus in the tree."""
    shown = shown_plans(qtbot, desk_as(ROLE), net.plan.customer_id, window=True)
    at(qtbot, shown.tree)
    assert selected(shown) == ("plan", net.plan.id)
    return shown


def key(which: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, for whoever has the focus."""
    QTest.keyClick(focus(), which, modifier)


def typed(text: str) -> None:
    """Letters over what is chosen in the field that has the focus."""
    QTest.keyClicks(focus(), text)


def focus() -> QWidget:
    at = QApplication.focusWidget()
    assert at is not None, "no next key would go anywhere"
    return at


def at(qtbot: QtBot, widget: QWidget) -> None:
    """Until the next key goes there."""
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)


def back(qtbot: QtBot, page: PlansPage) -> None:
    """The dialog has gone: the next key goes on in the tree. Offscreen nobody but the test hands windows the keys."""
    page.window().activateWindow()
    at(qtbot, page.tree)


def badges(page: PlansPage, login: int, plan: int) -> tuple[list[str], list[str]]:
    """What stands at the right end of the login's row and of its plan's."""
    return tuple([part.text for part in node(page, of).right] for of in (("login", login), ("plan", plan)))  # type: ignore[return-value]


def told(net: Net) -> list[str]:
    """What the Histórico says, newest first."""
    rows = net.database.bus("administrador").execute(CustomerHistory(net.plan.customer_id)).value
    return [f"{row.full_name}: {line_of(row)}" for row in rows]


def delivered(qtbot: QtBot, net: Net, page: PlansPage, login: int) -> None:
    """What this desk owes is settled, and its tree hears of it as it would from the listener."""
    progress = net.settler(ROLE).settle("radius_login", str(login))
    assert progress
    page._desk.changed.emit(frozenset({f"debts/{net.plan.customer_id}"}))
    qtbot.waitUntil(page._soon.isActive)
    calm(qtbot, page)


def id_of(net: Net, name: str) -> int:
    row = net.database.admin().execute("SELECT id FROM desk.radius_logins WHERE login = %s", (name,)).fetchone()
    assert row is not None, name
    return int(row[0])


def test_one_is_made(qtbot: QtBot, net: Net, page: PlansPage) -> None:
    news = listen(page._desk.told)
    key(Qt.Key.Key_L, CTRL)
    box = dialog(qtbot, LoginDialog)
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box._pause.isActive()))
    at(qtbot, box.name.edit)  # a name is proposed, ready to be typed over
    assert box.name.text()
    typed("sitio.novo")
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box._pause.isActive()))
    key(Qt.Key.Key_Return)
    at(qtbot, box.password.edit)
    password = box.password.value()
    assert len(password) >= 6  # made by itself
    key(Qt.Key.Key_Return, CTRL)
    gone(qtbot, LoginDialog)
    calm(qtbot, page)
    made = id_of(net, "sitio.novo")
    assert badges(page, made, net.plan.id) == (["offline", "pendente"], ["pendente"])
    assert "sitio.novo" not in [name for name, _, _ in net.secrets()]
    delivered(qtbot, net, page, made)
    assert badges(page, made, net.plan.id) == (["offline"], [])
    assert ("sitio.novo", "false", f"desk:{made}") in net.secrets()
    assert len(news) == 1
    assert "sitio.novo" in told(net)[0] and password not in "".join(told(net))
    back(qtbot, page)


def test_one_is_renamed(qtbot: QtBot, net: Net, page: PlansPage) -> None:
    login = net.login
    key(Qt.Key.Key_Down)
    assert selected(page) == ("login", login.id)
    key(Qt.Key.Key_F2)
    box = dialog(qtbot, LoginDialog)
    qtbot.waitUntil(lambda: not page._desk.background.busy)
    at(qtbot, box.name.edit)
    key(Qt.Key.Key_A, CTRL)
    typed("casa.nova")
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box._pause.isActive()))
    key(Qt.Key.Key_Return, CTRL)
    gone(qtbot, LoginDialog)
    calm(qtbot, page)
    assert node(page, ("login", login.id)).text == "casa.nova"
    assert selected(page) == ("login", login.id)
    assert badges(page, login.id, net.plan.id) == (["offline", "pendente"], ["pendente"])
    delivered(qtbot, net, page, login.id)
    assert badges(page, login.id, net.plan.id) == (["offline"], [])
    assert "casa.nova" in told(net)[0]


def test_a_name_that_is_taken_is_said_at_its_field_while_one_types(qtbot: QtBot, net: Net, page: PlansPage) -> None:
    key(Qt.Key.Key_L, CTRL)
    box = dialog(qtbot, LoginDialog)
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box._pause.isActive()))
    typed(net.login.login)
    qtbot.waitUntil(lambda: box.name.problem == "Login já cadastrado")
    typed("2")
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box._pause.isActive()))
    assert box.name.problem == ""
    box.is_dirty = lambda: False
    key(Qt.Key.Key_Escape)
    gone(qtbot, LoginDialog)


def test_one_is_deleted(qtbot: QtBot, net: Net, page: PlansPage) -> None:
    login = net.login
    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_Delete)
    question = dialog(qtbot, NetworkQuestion)
    assert question.text.what == f"Apagar o login {login.login}?"
    at(qtbot, question.closing)  # Enter at once deletes nothing
    calm(qtbot, page)
    key(Qt.Key.Key_Return)
    gone(qtbot, NetworkQuestion)
    assert page.tree.nodes.find(("login", login.id)) is not None
    back(qtbot, page)
    key(Qt.Key.Key_Delete)
    question = dialog(qtbot, NetworkQuestion)
    calm(qtbot, page)
    assert question.primary is not None
    letter = re.search("&(.)", question.primary.text())
    assert letter is not None
    key(Qt.Key(ord(letter[1].upper())), ALT)
    gone(qtbot, NetworkQuestion)
    calm(qtbot, page)
    assert page.tree.nodes.find(("login", login.id)) is None
    assert selected(page) == ("plan", net.plan.id)
    assert login.login in told(net)[0]
    assert net.debt(key=login.id)["open"]
    delivered(qtbot, net, page, login.id)
    assert not net.debt(key=login.id)["open"]
    assert login.login not in [name for name, _, _ in net.secrets()]


def test_the_menu_has_its_letter_for_a_new_password(qtbot: QtBot, net: Net, page: PlansPage) -> None:
    from desk.ui.logins.dialogs import PasswordChangeDialog

    key(Qt.Key.Key_Down)
    key(Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    menu = popup(qtbot)
    entry = next(each for each in menu.actions() if each.objectName() == "logins.generate")
    letter = re.search("&(.)", entry.text())
    assert letter is not None
    QTest.keyClick(menu, Qt.Key(ord(letter[1].upper())))
    box = dialog(qtbot, PasswordChangeDialog)
    assert len(box.password.value()) >= 6
    qtbot.waitUntil(lambda: not (page._desk.background.busy or box.network.soon.isActive()))
    key(Qt.Key.Key_Return, CTRL)
    gone(qtbot, PasswordChangeDialog)
    calm(qtbot, page)
    assert badges(page, net.login.id, net.plan.id)[0][-1] == "pendente"
    delivered(qtbot, net, page, net.login.id)
    assert badges(page, net.login.id, net.plan.id) == (["offline"], [])
