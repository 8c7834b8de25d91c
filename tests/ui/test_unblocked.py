"""Suspending in the whole program while a router is mute or the database is stopped: the screen never waits."""

from __future__ import annotations

import gc
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desk import bootstrap
from desk.bootstrap import sign_in
from desk.desktop import Session
from desk.services.core import bus
from desk.services.core.changes import Listener
from desk.ui.core import waiting
from desk.ui.core.background import TaskRunner
from desk.ui.core.change_card import ChangeCard
from desk.ui.core.message_box import MessageBox
from desk.ui.plans.page import PlansPage
from desk.ui.shell.status_bar import StatusBar
from tests.builders import Plan, a_plan, a_routing_server, a_secret, an_access_point
from tests.guards import Watchdog
from tests.postgres import Database, password_of
from tests.ui.conftest import close_windows
from tests.ui.screens import PATIENCE, dialog, gone, node

CTRL = Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a desk waits for a silent server before it says so, in tenths of seconds."""
    monkeypatch.setattr(Listener, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(Listener, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(bus, "LOOK_UP_SECONDS", 0.3)
    patient = bootstrap.conninfo_of
    monkeypatch.setattr(bootstrap, "conninfo_of", lambda *who: make_conninfo(patient(*who), connect_timeout=2))


@pytest.fixture
def session(database: Database, tmp_path: Path, qtbot: QtBot, guarded: None) -> Iterator[Session]:
    """The program from sign-in to main window: it listens, settles what it owes, and shows what becomes of it."""
    with ExitStack() as closing:
        closing.callback(close_windows)
        runner = TaskRunner()
        kept = QSettings(str(tmp_path / "desk.ini"), QSettings.Format.IniFormat)
        made = Session(sign_in(database.server(), "atendente", password_of("atendente")), runner, kept)
        closing.callback(made.close)
        closing.callback(runner.close)  # before the connections that its threads use are given back
        closing.callback(made.shell.window.close)
        # A connection given up half-way hangs on its error until it is collected; the server waits a minute for it.
        closing.callback(gc.collect)
        made.shell.window.show()
        made.shell.window.activateWindow()
        qtbot.waitUntil(lambda: made.shell.window.isActiveWindow() and not runner.busy)
        yield made


def opened(qtbot: QtBot, session: Session, plan: Plan) -> tuple[PlansPage, ChangeCard]:
    """The card of a suspension, as a clerk gets to it: the customer, the plan, its menu."""
    session.shell.open_customer(plan.customer_id)

    def there() -> PlansPage | None:
        shown = session.shell.window.current
        page = shown.stack.currentWidget() if shown is not None else None
        return page if isinstance(page, PlansPage) and page.shown is not None else None

    qtbot.waitUntil(lambda: there() is not None and not session.desk.background.busy, timeout=PATIENCE)
    page = there()
    assert page is not None
    session.desk.run_action("plans.suspend", page.plan_of(node(page, ("plan", plan.id))))
    card = dialog(qtbot, ChangeCard)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is card.reason.editor)
    return page, card


def typed_into(qtbot: QtBot, session: Session, plan: Plan) -> tuple[PlansPage, ChangeCard]:
    """The same card with a remark that must not get lost, and nothing asked any more."""
    page, card = opened(qtbot, session, plan)
    qtbot.waitUntil(lambda: not session.desk.background.busy)
    card.remark.edit.setFocus()
    QTest.keyClicks(card.remark.edit, "pediu por telefone")
    return page, card


@contextmanager
def stopped(database: Database) -> Iterator[None]:
    """Every process of the server is stopped: connections stay open, and nothing answers."""
    database.cluster.pause()
    try:
        yield
    finally:
        database.cluster.resume()


def turns(qtbot: QtBot, count: int) -> None:
    """Let the event loop come round so often, one hundredth of a second each."""
    left = iter(range(count))
    qtbot.waitUntil(lambda: next(left, None) is None)


def suspensions(database: Database, plan: Plan) -> list[tuple[str, str]]:
    """What the plan's history keeps of them: who and which remark."""
    rows = database.admin().execute(
        "SELECT who, note FROM desk.plan_status_history WHERE plan_id = %s AND to_status = 'SUSPENSO'", (plan.id,)
    )
    return [(str(who), str(note)) for who, note in rows]


def sentence(session: Session) -> str:
    """What the status bar says of the database."""
    return session.shell.window.findChildren(StatusBar)[0].database.text()


@pytest.fixture
def mute() -> Iterator[socket.socket]:
    """Something that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def test_a_mute_router_holds_up_nobody(qtbot: QtBot, database: Database, mute: socket.socket, session: Session) -> None:
    router = a_routing_server(database, "RT-MUDO", port=mute.getsockname()[1], local_secrets=True)
    a_secret(database, "router", router.id, "segredo")
    plan = a_plan(database, logins=1, access_point=an_access_point(database, routing_server=router))
    page, card = opened(qtbot, session, plan)
    shown = session.shell.window.current
    assert shown is not None
    strip = shown.strip

    def waiting() -> bool:
        steps = strip.delivery.steps if strip.isVisible() and strip.delivery is not None else ()
        return any(step.name == "MikroTik" and step.state in ("delivering", "pending") for step in steps)

    with Watchdog() as dog:
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)  # while the card itself still asks the router
        gone(qtbot, ChangeCard)
        qtbot.waitUntil(waiting)
        qtbot.waitUntil(lambda: node(page, ("plan", plan.id)).second[0].text == "Suspenso")
        for key in (Qt.Key.Key_Down, Qt.Key.Key_Up):  # one works on while it is waited for
            QTest.keyClick(page.tree, key, NONE)
        QApplication.processEvents()
        dog.pause()
    dog.check()
    assert [part.text for part in node(page, ("plan", plan.id)).right] in (["pendente"], ["sem resposta"])
    assert suspensions(database, plan) == [("atendente", "")]
    mute.close()  # the desk hears of it, and does not sit out its deadline


def test_a_database_that_stops_for_a_moment_keeps_what_was_typed_and_does_it_once(
    qtbot: QtBot, database: Database, session: Session
) -> None:
    plan = a_plan(database, logins=1)
    page, card = typed_into(qtbot, session, plan)
    with stopped(database), Watchdog() as dog:
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: card.busy)
        turns(qtbot, 50)
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)  # nobody sends it twice by being impatient
        QTest.keyClick(card, Qt.Key.Key_Escape, NONE)
        assert card.isVisible() and card.busy
        assert card.remark.text() == "pediu por telefone"
        dog.pause()
    dog.check()
    gone(qtbot, ChangeCard)
    qtbot.waitUntil(lambda: node(page, ("plan", plan.id)).second[0].text == "Suspenso")
    assert suspensions(database, plan) == [("atendente", "pediu por telefone")]


@pytest.mark.logs_warnings
def test_a_database_that_stays_silent_is_told_and_what_was_typed_waits_for_it(
    qtbot: QtBot, database: Database, impatient: None, session: Session
) -> None:
    plan = a_plan(database, logins=1)
    page, card = typed_into(qtbot, session, plan)
    with stopped(database), Watchdog() as dog:
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)
        qtbot.waitUntil(lambda: card.busy)
        box = dialog(qtbot, MessageBox)
        dog.pause()
        assert box.text.code in ("write_unknown", "write_not_done"), box.text
        assert "salv" in box.text.what and box.text.do
        assert not session.shell.window.lost.isHidden() and sentence(session).startswith("Sem conexão com")
        assert card.isVisible() and not card.busy and card.remark.text() == "pediu por telefone"
    dog.check()
    QTest.keyClick(box, Qt.Key.Key_Escape, NONE)
    gone(qtbot, MessageBox)
    qtbot.waitUntil(session.shell.window.lost.isHidden)
    card.activateWindow()  # offscreen nobody hands a window the keys when the one over it has gone
    qtbot.waitUntil(card.isActiveWindow)
    QTest.keyClick(card, Qt.Key.Key_Return, CTRL)
    gone(qtbot, ChangeCard)
    qtbot.waitUntil(lambda: node(page, ("plan", plan.id)).second[0].text == "Suspenso")
    assert suspensions(database, plan) == [("atendente", "pediu por telefone")]


def test_whoever_waits_no_longer_gets_the_screen_back_and_it_is_done_once(
    qtbot: QtBot, database: Database, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`Parar de esperar` closes nothing by itself and takes nothing back."""
    monkeypatch.setattr(waiting, "LONG_MS", 300)
    plan = a_plan(database, logins=1)
    page, card = typed_into(qtbot, session, plan)
    with stopped(database):
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)
        wait = card.long_wait
        assert wait is not None
        qtbot.waitUntil(wait.isVisible)
        wait.stop.setFocus()
        QTest.keyClick(wait.stop, Qt.Key.Key_Return, NONE)
        assert card.isVisible() and "Histórico" in wait.label.text()
        QTest.keyClick(card, Qt.Key.Key_Return, CTRL)  # it is on its way and not sent again
        QTest.keyClick(card, Qt.Key.Key_Escape, NONE)
        gone(qtbot, ChangeCard)
    qtbot.waitUntil(lambda: node(page, ("plan", plan.id)).second[0].text == "Suspenso")
    assert suspensions(database, plan) == [("atendente", "pediu por telefone")]
