"""Connections on screen: what is asked, what is told, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import Deliveries, Settler
from desk.services.plans import LoginItem, OnePlan
from desk.services.sessions import FileKind, Why, ending
from desk.ui.core import printing
from desk.ui.core.desk import Desk
from desk.ui.core.message_box import MessageBox
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.core.strip import Delivery
from desk.ui.logins.dialogs import PasswordChangeDialog
from desk.ui.sessions import trying
from desk.ui.sessions.information import HIDDEN, LoginInformationDialog
from desk.ui.sessions.statement import StatementCard
from desk.ui.sessions.traffic import TrafficDialog
from desk.ui.sessions.trying import TryLoginDialog
from desk.ui.sessions.who_used import WhoUsedDialog
from desk.ui.shell.deliveries import DeliveryFollower
from tests.builders import a_login, a_secret, an_ip
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.standins.nas import NasStandIn
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone, listen, popup


@pytest.fixture
def line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A login online through a router that takes Disconnect requests."""
    monkeypatch.setattr(ending, "COA_SECONDS", 0.6)
    monkeypatch.setattr(ending, "COA_PROOF_SECONDS", 0.6)
    monkeypatch.setattr(ending, "NAS_SECONDS", 0.6)
    monkeypatch.setattr(ending, "PROOF_SECONDS", 0.6)
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas:
        yield a_line(database, router, nas)


class Followed:
    """The strip's news of one customer, each time it moved."""

    def __init__(self, line: Line, desk: Desk) -> None:
        sessions = line.database.signed_in("suporte").sessions
        self.customer = line.plan.customer_id
        self.news: list[Delivery] = []
        self.deliveries = Deliveries(Settler(sessions, reconcilers(sessions), desk.progress.emit))
        self._follower = DeliveryFollower(desk)
        self._follower.moved.connect(self._moved)
        desk.executed.connect(lambda act: self.deliveries.deliver(act.outcome.owed))

    def _moved(self, customer: int) -> None:
        delivery = self._follower.of(customer)
        if customer == self.customer and delivery is not None:
            self.news.append(delivery)

    def said(self) -> list[str]:
        """What stood beside Conexão, in its order."""
        steps = [step for delivery in self.news for step in delivery.steps if step.name == "Conexão"]
        return list(dict.fromkeys(step.said for step in steps))


def login_of(line: Line, desk: Desk) -> LoginItem:
    """The login as the tree has it."""
    return desk.bus.execute(OnePlan(line.plan.id)).value.logins[0]


def close(qtbot: QtBot, line: Line, desk: Desk) -> NetworkQuestion:
    """Choose the entry and answer the question, once it has said what it would do."""
    desk.run_action("sessions.close", login_of(line, desk))
    box = dialog(qtbot, NetworkQuestion)
    qtbot.waitUntil(lambda: len(box.network.said) == 3, timeout=PATIENCE)
    session = "login maria.casa · sessão 81700001 · IP 100.64.0.7"
    assert box.network.said[0].endswith(f"CoA-Request: {session} · prazo da conexão 1 s")
    assert box.network.said[1].endswith(f"Disconnect-Request: se nada provar o fim: {session}")
    assert box.network.said[2].endswith("Conexão: se nada provar o fim: encerra a conexão de maria.casa")
    assert box.primary is not None
    box.primary.click()
    return box


def test_closing_is_told_step_by_step_with_its_proof(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    followed = Followed(line, desk)
    try:
        box = close(qtbot, line, desk)
        assert box.text.what == "Fechar a conexão atual de maria.casa?"
        assert "100.64.0.7" in box.text.why
        qtbot.waitUntil(
            lambda: bool(followed.news) and followed.news[-1].finished and len(followed.said()) > 1, timeout=PATIENCE
        )
    finally:
        followed.deliveries.close()
    assert followed.said() == ["Encerrando…", "Encerrada"]
    last = followed.news[-1]
    assert last.act == "Fechar Conexão Atual de maria.casa"
    step = next(step for step in last.steps if step.name == "Conexão")
    assert step.proof == "a contabilização do RADIUS registrou o fim da sessão"
    assert step.thing.startswith("100.64.0.7 · BNG")


def test_silence_is_told_as_silence_and_what_was_tried(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    line.nas.faults.mute = True
    line.router.faults.close_on_accept = True
    desk = desk_as("suporte")
    followed = Followed(line, desk)
    try:
        close(qtbot, line, desk)
        qtbot.waitUntil(lambda: bool(followed.news) and followed.news[-1].failed, timeout=PATIENCE)
        qtbot.waitUntil(lambda: "nova tentativa" in followed.news[-1].steps[-1].reason, timeout=PATIENCE)
    finally:
        followed.deliveries.close()
    step = followed.news[-1].steps[-1]
    assert step.said == "Sem resposta"
    assert step.proof.startswith("pedido por RADIUS sem resposta; nova tentativa em")
    assert not followed.news[-1].finished


def shown(qtbot: QtBot, line: Line, desk: Desk) -> LoginInformationDialog:
    """The window, with everything in it."""
    desk.run_action("sessions.information", login_of(line, desk))
    window = dialog(qtbot, LoginInformationDialog)
    qtbot.waitUntil(lambda: not desk.background.busy and bool(window.statement.totals.text()), timeout=PATIENCE)
    return window


def past(line: Line, count: int) -> None:
    """So many connections that are over, newest an hour before the open one."""
    line.database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, stopped_at,"
        " updated_at, calling_station, in_octets, out_octets, terminate_cause) SELECT n::text, 'p' || n, 'maria.casa',"
        " '127.0.0.1', now() - n * interval '1 h' - interval '3 h', now() - n * interval '1 h' - interval '150 min',"
        " now() - n * interval '1 h' - interval '150 min', '02:00:5E:00:53:02', 1000000, 9000000, 'Lost-Carrier'"
        " FROM generate_series(1, %s) n",
        (count,),
    )


def test_the_window_shows_properties_statement_and_totals(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    past(line, 130)
    desk = desk_as("suporte")
    window = shown(qtbot, line, desk)
    assert window.status.text == "Connected"
    said = {caption: label.text() for caption, label in window.values.items()}
    assert (said["Last-Mac-Connected"], said["IP"], said["Senha"]) == ("02:00:5E:00:53:01", "100.64.0.7", HIDDEN)
    assert (said["Perfil"], said["Servidor"]) == ("100 / 50 Mbps", "BNG 1")
    statement = window.statement
    assert statement.totals.text().startswith("100 de 131 conexões")
    assert statement.traffic.text() == "1,2 GB recebidos · 130 MB enviados"
    table = next(iter(statement._views.values())).table
    assert table.rowCount() == 100
    statement.load_more()
    qtbot.waitUntil(lambda: table.rowCount() == 131, timeout=PATIENCE)
    assert statement.totals.text().startswith("131 conexões")
    assert not statement.more.isVisible()
    for at, rows in ((1, 2), (2, 6)):
        statement.by.choose(at)
        statement._view()
        view = list(statement._views.values())[at]
        assert view.isVisible() and view.table.rowCount() in (rows, rows + 1)


def test_properties_alone(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    """Propriedades (5.5): the part of the same window that says what the login is, and nothing to wait for."""
    desk = desk_as("suporte")
    login = login_of(line, desk)
    entry = next(each for each in desk.actions if each.label == "Propriedades" and each.menu == "radius_login")
    assert entry.obstacle(desk, login) is None
    desk.run_action(entry.id, login)
    window = dialog(qtbot, LoginInformationDialog)
    qtbot.waitUntil(lambda: window.values["Servidor"].text() == "BNG 1", timeout=PATIENCE)
    assert window.windowTitle() == "Propriedades Login"
    assert window.status.text == "Connected"
    said = {caption: label.text() for caption, label in window.values.items()}
    assert (said["Last-Mac-Connected"], said["IP"], said["Senha"]) == ("02:00:5E:00:53:01", "100.64.0.7", HIDDEN)
    assert window.findChildren(StatementCard) == []
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_a_period_that_is_none_is_said_where_it_is_typed(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    window = shown(qtbot, line, desk_as("suporte"))
    statement = window.statement
    statement.since.set_value(dt.date.today() + dt.timedelta(days=2))
    statement.since.edit.editingFinished.emit()
    qtbot.waitUntil(statement.wrong.isVisible, timeout=PATIENCE)
    assert statement.wrong.text() == "O fim do período vem antes do início"
    statement.since.set_value(dt.date.today())
    statement.since.edit.editingFinished.emit()
    qtbot.waitUntil(lambda: not statement.wrong.isVisible(), timeout=PATIENCE)


def test_the_password_is_shown_for_a_moment_and_the_look_is_recorded(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    a_secret(line.database, "radius", line.login.id, "k2m4p6r8", clear=True)
    window = shown(qtbot, line, desk_as("suporte"))
    window.eye.click()
    qtbot.waitUntil(lambda: window.values["Senha"].text() == "k2m4p6r8", timeout=PATIENCE)
    seen = line.database.admin().execute("SELECT who FROM desk.history_entries WHERE action = 'login.password_seen'")
    assert seen.fetchall() == [("suporte",)]
    window._hide.timeout.emit()
    assert window.values["Senha"].text() == HIDDEN
    window.reject()
    other = shown(qtbot, line, desk_as("atendente"))
    assert not other.eye.isEnabled()
    assert "Ver Senha Login Radius" in other.eye.toolTip()


@pytest.mark.parametrize("kind", [FileKind.CSV, FileKind.PDF])
def test_export_asks_where_and_writes(
    qtbot: QtBot, line: Line, desk_as: DeskAs, kind: FileKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / f"extrato.{kind}"
    opened: list[str] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(place), ""))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    desk = desk_as("suporte")
    window, told = shown(qtbot, line, desk), listen(desk.told)
    window.statement.export(kind)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert told == [f"Gravado em {place}"]
    assert place.read_bytes().startswith(b"%PDF" if kind is FileKind.PDF else b"\xef\xbb\xbf")
    assert [Path(each) for each in opened] == ([place] if kind is FileKind.PDF else [])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "nada" / "x.csv"), ""))
    window.statement.export(kind)
    box = dialog(qtbot, MessageBox)
    assert box.text.what == "O arquivo não foi gravado."
    box.reject()


def on_paper(monkeypatch: pytest.MonkeyPatch, place: Path) -> None:
    """The person chooses a printer, here one that prints into a file."""

    def accept(dialog: QDialog) -> None:
        assert isinstance(dialog, QPrintDialog)
        dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        dialog.printer().setOutputFileName(str(place))
        dialog.done(QDialog.DialogCode.Accepted)

    monkeypatch.setattr(QDialog, "open", accept)


def test_the_statement_goes_to_a_printer(
    qtbot: QtBot, line: Line, desk_as: DeskAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, place = desk_as("suporte"), tmp_path / "folha.pdf"
    window, told = shown(qtbot, line, desk), listen(desk.told)
    on_paper(monkeypatch, place)
    window.statement.export(FileKind.PAGE)
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    assert told[0].startswith("Enviado à impressora: conexoes-maria.casa-")
    sheet = PdfReader(place).pages[0]
    assert sheet.mediabox.width > sheet.mediabox.height  # the table of connections is wide
    words = " ".join(sheet.extract_text().split())
    for expected in ("Extrato de conexões", "Maria da Silva", "maria.casa", "Provedor Exemplo", "Início"):
        assert expected in words


def test_the_answer_about_an_address_goes_to_a_printer(
    qtbot: QtBot, line: Line, desk_as: DeskAs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = desk_as("suporte")
    told = listen(desk.told)
    desk.run_action("sessions.who_used")
    window = dialog(qtbot, WhoUsedDialog)
    window.form.set("address", "100.64.0.7")
    window.search()
    qtbot.waitUntil(window.print.isEnabled, timeout=PATIENCE)
    on_paper(monkeypatch, tmp_path / "resposta.pdf")
    window.print.click()
    qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
    words = " ".join(PdfReader(tmp_path / "resposta.pdf").pages[0].extract_text().split())
    assert "Uso do IP 100.64.0.7" in words and "Maria da Silva" in words and "Lei 12.965/2014" in words
    window.reject()


def test_where_there_is_no_printer_it_is_told(
    qtbot: QtBot, line: Line, desk_as: DeskAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = shown(qtbot, line, desk_as("suporte"))
    monkeypatch.setattr(printing, "ready", lambda: False)
    window.statement.export(FileKind.PAGE)
    box = dialog(qtbot, MessageBox)
    assert (box.text.what, box.text.why) == ("Nada foi impresso.", "Este computador não tem impressora.")
    box.reject()


def test_after_another_password_the_open_connection_is_asked_about(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    desk.run_action("logins.generate", login_of(line, desk))
    change = dialog(qtbot, PasswordChangeDialog)
    told = ["RADIUS · maria.casa: senha nova ••••••••"]
    qtbot.waitUntil(lambda: change.network.said == told, timeout=PATIENCE)
    change.save()
    gone(qtbot, PasswordChangeDialog)
    box = dialog(qtbot, NetworkQuestion)
    assert box.text.what == "Fechar a conexão atual de maria.casa?"
    box.reject()


def test_traffic_is_live_stops_when_closed_and_survives_the_router(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    line.router.tables.interface("maria.casa", rx_byte="3100000000", tx_byte="41200000000")
    line.router.tables.flow = lambda name: (9_000_000, 82_000_000)
    desk = desk_as("suporte")
    desk.run_action("sessions.traffic", login_of(line, desk))
    window = dialog(qtbot, TrafficDialog)
    assert window._timer.interval() == 1000  # once a second; here oftener, so that nobody waits
    window._timer.setInterval(30)
    qtbot.waitUntil(lambda: window.state.text == "ao vivo" and len(window.chart.flows) > 2, timeout=PATIENCE)
    assert [label.text() for label in window.values.values()] == ["82 Mbps", "9 Mbps", "41,2 GB / 3,1 GB", "01:02:03"]
    assert {name: label.text() for name, label in window.server.values.items()}["Interface"] == "<pppoe-maria.casa>"
    line.router.stop()
    qtbot.waitUntil(lambda: window.state.text == "sem resposta", timeout=PATIENCE)
    assert window.chart.flows[-1].down is None
    line.router.start()
    qtbot.waitUntil(lambda: window.state.text == "ao vivo", timeout=PATIENCE)
    window.toggle()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    asked = len(window.chart.flows)
    window.look()
    assert (window.state.text, len(window.chart.flows)) == ("pausado", asked)
    feed = window._feed
    assert feed is not None
    window.toggle()
    window.reject()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    received = len(line.router.received)
    assert feed.look().problem == "no_router"  # closed for good: nobody asks the router any more
    assert len(line.router.received) == received


def test_of_several_logins_the_person_says_which(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    a_login(line.database, plan_id=line.plan.id, login="ana.sala")
    desk = desk_as("suporte")
    plan = desk.bus.execute(OnePlan(line.plan.id)).value
    desk.run_action("sessions.plan_traffic", plan)
    menu = popup(qtbot)
    assert [entry.text() for entry in menu.actions()] == ["maria.casa – online", "ana.sala – offline"]
    menu.actions()[1].trigger()
    menu.close()
    window = dialog(qtbot, TrafficDialog)
    assert window._login.login == "ana.sala"
    window.reject()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)


@pytest.mark.parametrize("by_hand", [True, False])
def test_the_password_is_changed_from_where_the_traffic_is_seen(
    qtbot: QtBot, line: Line, desk_as: DeskAs, by_hand: bool
) -> None:
    desk = desk_as("suporte")
    desk.run_action("sessions.traffic", login_of(line, desk))
    window = dialog(qtbot, TrafficDialog)
    pressed = {each.text().replace("&", ""): each for each in window.findChildren(QPushButton)}
    change = pressed["Alterar Senha de Autenticação"]
    change.click()
    asked = dialog(qtbot, PasswordChangeDialog)
    if by_hand:
        asked.form.set("password", "nova7senha")
    else:
        asked.generate()
    typed = asked.form["password"].value()
    asked.save()
    gone(qtbot, PasswordChangeDialog)
    dialog(qtbot, NetworkQuestion).reject()  # RA-11
    stored = "SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = %s"
    assert line.database.admin().execute(stored, (line.login.id,)).fetchone() == (typed,)
    window.reject()
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)


def test_trying_a_login_without_a_server_says_what_to_do(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    desk.run_action("sessions.try", login_of(line, desk))
    window = dialog(qtbot, TryLoginDialog)
    window.form.set("password", "k2m4p6r8")
    window.ask()
    qtbot.waitUntil(window.answer.isVisible, timeout=PATIENCE)
    assert "Nenhum servidor RADIUS cadastrado" in window.answer.label.text()


def test_every_answer_to_a_try_has_its_words() -> None:
    assert set(trying._WORDS) == set(Why)
    assert len({headline for _, headline, _ in trying._WORDS.values()}) == len(Why)


def test_who_used_an_address_and_the_way_to_the_customer(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    shell = QWidget()
    opened: list[int] = []
    shell.open_customer = opened.append  # type: ignore[attr-defined]
    qtbot.addWidget(shell)
    desk.setProperty("shell", shell)
    desk.run_action("sessions.who_used")
    window = dialog(qtbot, WhoUsedDialog)
    window.form.set("address", "100.64.0.7")
    window.search()
    qtbot.waitUntil(lambda: window.table.table.rowCount() == 1, timeout=PATIENCE)
    assert window.said.text().endswith("estava com Maria da Silva.")
    assert window.print.isEnabled() and window.pdf.isEnabled()
    window.form.set("day", dt.date.today() + dt.timedelta(days=2))
    window.search()
    qtbot.waitUntil(lambda: bool(window.form["time"].problem), timeout=PATIENCE)
    assert window.form["time"].problem == "Este momento ainda não chegou"
    window.table.opened.emit(window.table.table.rows[0])
    assert opened == [line.plan.customer_id]


def test_a_fixed_address_is_said_to_be_assigned(qtbot: QtBot, line: Line, desk_as: DeskAs) -> None:
    since = dt.datetime.now(dt.UTC) - dt.timedelta(hours=1)
    an_ip(line.database, "177.10.20.6/30", plan_id=line.plan.id, block="177.10.20.4/30", created_at=since)
    desk = desk_as("suporte")
    desk.run_action("sessions.who_used")
    window = dialog(qtbot, WhoUsedDialog)
    window.form.set("address", "177.10.20.7")
    window.search()
    qtbot.waitUntil(lambda: window.table.table.rowCount() == 1, timeout=PATIENCE)
    assert window.said.text().endswith("estava com Maria da Silva.")
    model = window.table.table
    shown = [model.index(0, column).data() for column in range(6)]
    assert shown[0] == "Maria da Silva" and shown[4:] == ["em vigor", "atribuído"]
