"""Divergências da Rede on screen: from the report to the question, the correction, and the look afterwards."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QMainWindow
from pytestqt.qtbot import QtBot

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import Deliveries, Settler
from desk.services.drift import look as looking
from desk.ui.access_points.servers import RoutingServersPage
from desk.ui.core.desk import Desk
from desk.ui.core.table import ROW_HEIGHT
from desk.ui.drift.confirming import ConfirmDialog, orders
from desk.ui.drift.window import MOST_SHOWN, DriftWindow
from tests.builders import a_routing_server, a_secret
from tests.guards import BLOCKED_MS
from tests.postgres import Database
from tests.services.core.crowded import FIRST, a_crowded_server
from tests.services.core.drifting import Town, a_town
from tests.services.core.net import PASSWORD
from tests.standins.crowded_router import crowded_router
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog
from tests.ui.settings import host

__all__ = ["host"]
SECRET = "/ppp/secret"


@pytest.fixture
def town(database: Database) -> Iterator[Town]:
    """A router with one login that differs, one that is too much and strangers."""
    with RouterOsStandIn() as router:
        town = a_town(database, router)
        router.tables.rows[SECRET][0]["profile"] = "100M"
        router.tables.secret("fantasma", profile="50M", comment="desk:987654")
        yield town


def opened(qtbot: QtBot, desk: Desk) -> DriftWindow:
    """As the palette opens it, with all answers there."""
    desk.run_action("drift.open")
    shown = dialog(qtbot, DriftWindow)
    calm(qtbot, shown)
    return shown


def calm(qtbot: QtBot, shown: DriftWindow) -> None:
    """Every router has answered."""
    qtbot.waitUntil(lambda: bool(shown.found) and idle(shown), timeout=PATIENCE)


def idle(shown: DriftWindow) -> bool:
    """Nothing is under way, and what has come is drawn."""
    return not (shown.run.busy or shown._drawing.isActive())


def rows(shown: DriftWindow) -> list[list[str]]:
    """The table as text, without the boxes."""
    columns = shown.table.table.columns[1:]
    return [[column.text(line) for column in columns] for line in shown.table.table.rows]


def test_the_report_says_what_differs_and_hides_strangers(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs
) -> None:
    shown = opened(qtbot, desk_as("suporte"))
    name = town.look().device
    assert rows(shown) == [
        [name, "difere", "Login no roteador", "casa", "perfil", "50M", "100M"],
        [name, "sobra", "Login no roteador", "fantasma", "", "nada: não existe no cadastro", "50M"],
    ]
    assert shown.said.text() == "1 sobra · 1 difere · 6 alheias"
    shown.others.click()
    assert len(rows(shown)) == 8 and {row[5] for row in rows(shown)[2:]} == {"não é do Desk"}
    assert town.router.writes() == []
    shown.reject()


def test_one_is_marked_confirmed_sent_and_looked_at_again(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs
) -> None:
    desk = desk_as("suporte")
    sessions = town.database.signed_in("suporte").sessions
    with closing(Deliveries(Settler(sessions, reconcilers(sessions), desk.progress.emit))) as deliveries:
        desk.executed.connect(lambda act: deliveries.deliver(act.outcome.owed))
        shown = opened(qtbot, desk)
        assert not shown.some.isEnabled() and shown.all.isEnabled()
        shown.table.setFocus()
        shown.table.selectRow(1)
        qtbot.keyClick(shown.table, Qt.Key.Key_Space)
        assert shown.footer_label.text() == "1 marcada" and shown.some.isEnabled()
        number = next(row for row in town.router.tables.rows[SECRET] if row["name"] == "fantasma")[".id"]
        assert shown.detail.text() == f"Será enviado: {SECRET}/remove =.id={number}"
        before = town.foreign()
        shown.some.click()
        asked = dialog(qtbot, ConfirmDialog)
        assert asked.orders.toPlainText() == f"# {town.look().device}\n{SECRET}/remove =.id={number}  # fantasma"
        assert town.router.writes() == [] and asked.focusWidget() is asked.closing
        assert asked.primary is not None and asked.primary.text().replace("&", "") == "Corrigir 1 divergência"
        asked.primary.click()
        qtbot.waitUntil(lambda: [row[3] for row in rows(shown)] == ["casa"] and idle(shown), timeout=PATIENCE)
        assert town.foreign() == before
        shown.all.click()
        again = dialog(qtbot, ConfirmDialog)
        assert again.primary is not None
        again.primary.click()
        qtbot.waitUntil(lambda: not rows(shown) and idle(shown), timeout=PATIENCE)
        assert shown.empty.isVisible() and shown.empty.headline.text() == "Nenhuma divergência"
        assert not shown.all.isEnabled()
        shown.reject()


def test_a_box_is_ticked_by_the_mouse_too(qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs) -> None:
    shown = opened(qtbot, desk_as("suporte"))
    qtbot.mouseClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, ROW_HEIGHT // 2))
    assert len(shown.table.marks) == 1
    qtbot.mouseClick(shown.table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(12, ROW_HEIGHT // 2))
    assert not shown.table.marks
    shown.reject()


def test_going_back_sends_nothing(qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs) -> None:
    shown = opened(qtbot, desk_as("suporte"))
    shown.all.click()
    asked = dialog(qtbot, ConfirmDialog)
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    owed = town.database.admin().execute("SELECT count(*) FROM desk.debts WHERE done < wanted").fetchone()
    assert owed == (0,) and town.router.writes() == []
    qtbot.keyClick(shown, Qt.Key.Key_Escape)
    qtbot.waitUntil(
        lambda: not any(w.isVisible() for w in QApplication.topLevelWidgets() if isinstance(w, DriftWindow))
    )


def test_mute_routers_are_a_line_each_and_hold_up_nobody(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "CONNECT_SECONDS", 1.0)
    with RouterOsStandIn() as mute:
        mute.faults.mute_after_accept = True
        for number in range(4):
            server = a_routing_server(town.database, f"A mudo {number}", port=mute.port)
            a_secret(town.database, "router", server.id, PASSWORD)
        shown = opened(qtbot, desk_as("suporte"))
        assert [row[1] for row in rows(shown)] == ["sem resposta"] * 4 + ["difere", "sobra"]
        assert rows(shown)[0][6] == "não respondeu" and "4 sem verificar" in shown.said.text()
        shown.reject()


def test_a_report_can_be_stopped(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "CONNECT_SECONDS", 1.0)
    with RouterOsStandIn() as mute:
        mute.faults.mute_after_accept = True
        for number in range(5):
            server = a_routing_server(town.database, f"Z mudo {number}", port=mute.port)
            a_secret(town.database, "router", server.id, PASSWORD)
        desk = desk_as("suporte")
        desk.run_action("drift.open")
        shown = dialog(qtbot, DriftWindow)
        qtbot.waitUntil(lambda: len(shown.found) == 1 and not shown._drawing.isActive(), timeout=PATIENCE)
        assert shown.said.text() == "Verificando: 1 de 6 roteadores"
        shown.cancel.click()
        qtbot.waitUntil(lambda: idle(shown), timeout=PATIENCE)
        assert not shown.run.busy and len(rows(shown)) == 2 and not shown.cancel.isEnabled()
        qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
        assert len(shown.found) == 1
        shown.reject()


def test_f5_looks_again(qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs) -> None:
    shown = opened(qtbot, desk_as("suporte"))
    town.router.tables.rows[SECRET][0]["profile"] = "50M"
    qtbot.keyClick(shown, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: [row[3] for row in rows(shown)] == ["fantasma"] and idle(shown), timeout=PATIENCE)
    shown.reject()


def test_hostile_words_are_text_on_screen_and_in_the_spreadsheet(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = town.router.tables
    tables.secret("=HYPERLINK(0)", profile="50M", comment="desk:700001")
    tables.secret("<b>x</b>\x1b[2J\u202e\n", profile="+1", comment="desk:700002")
    tables.secret("M" * 1_000_000, profile="@SUM(1)", comment="desk:700003")
    shown = opened(qtbot, desk_as("suporte"))
    assert len(rows(shown)) == 5
    for at, line in enumerate(rows(shown)):
        assert all(text.isprintable() and len(text) < 300 for text in line)
        shown.table.selectRow(at)
        assert shown.detail.textFormat() is Qt.TextFormat.PlainText and len(shown.detail.text()) < 400
    shown.all.click()
    asked = dialog(qtbot, ConfirmDialog)
    assert asked.orders.toPlainText().count("\n") == 5
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    place = tmp_path / "rede.csv"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    shown.export.click()
    qtbot.waitUntil(place.exists, timeout=PATIENCE)
    text = place.read_bytes().decode("utf-8-sig")
    assert "'=HYPERLINK(0)" in text and ";'+1;" in text and ";'@SUM(1);" in text
    cells = [cell for line in text.splitlines() for cell in line.split(";")]
    assert not any(cell[:1] in ("=", "+", "@", "-") for cell in cells)
    shown.reject()


def test_without_the_permission_it_is_grey_and_says_why(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs
) -> None:
    desk = desk_as("atendente")
    assert desk.actions["drift.open"].obstacle(desk, None) == "Falta a permissão “Servidores de Roteamento”"


def test_the_page_of_the_routers_leads_to_the_one_that_is_marked(
    qtbot: QtBot, host: QMainWindow, town: Town, desk_as: DeskAs
) -> None:
    a_routing_server(town.database, "A outro")
    desk = desk_as("suporte")
    page = RoutingServersPage(desk)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: len(page.rows) == 2, timeout=PATIENCE)
    page.table.selectRow(next(at for at, row in enumerate(page.rows) if row.id == town.router_id))
    page.drift.click()
    shown = dialog(qtbot, DriftWindow)
    calm(qtbot, shown)
    assert set(shown.found) == {town.router_id}
    shown.reject()


def cost(work: Callable[[], object]) -> float:
    """Milliseconds of this thread's own work: others share the machine, and the least is the truest."""
    times = []
    for _ in range(3):
        began = time.thread_time()
        work()
        times.append((time.thread_time() - began) * 1_000)
    return min(times)


def test_twenty_thousand_differences_are_drawn_and_marked_at_once(
    qtbot: QtBot, host: QMainWindow, database: Database, desk_as: DeskAs
) -> None:
    with crowded_router(10_000, first=FIRST) as port:
        a_crowded_server(database, port, 1)
        shown = opened(qtbot, desk_as("suporte"))
    assert len(rows(shown)) == MOST_SHOWN and "além da lista" in shown.said.text()
    shown.table.setFocus()
    shown.table.selectRow(3)
    qtbot.keyClick(shown.table, Qt.Key.Key_Space)
    assert shown.footer_label.text() == "1 marcada"
    gc.disable()  # as in the program, whose collector waits for its turn
    try:
        lines = shown._correctable()
        took = [cost(shown._show), cost(lambda: shown.table.mark(lines[:1])), cost(lambda: orders(lines))]
    finally:
        gc.enable()
    assert max(took) < BLOCKED_MS, took
    shown.all.click()
    asked = dialog(qtbot, ConfirmDialog)
    assert asked.orders.toPlainText().endswith("ordens")
    qtbot.keyClick(asked, Qt.Key.Key_Escape)
    shown.reject()
