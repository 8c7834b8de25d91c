"""“O cliente está sem internet” → “resolvido”, by one clerk at one desk, against the real FreeRADIUS and a router."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.services.sessions import SaveRadiusServer
from desk.ui.customers.search import SearchField
from desk.ui.logins.dialogs import PasswordChangeDialog
from desk.ui.plans.page import PlansPage
from desk.ui.sessions.information import LoginInformationDialog
from desk.ui.sessions.traffic import TrafficDialog
from desk.ui.sessions.trying import TryLoginDialog
from desk.ui.shell.shell import Shell
from tests.builders import a_catalog_plan, a_customer, a_login, a_plan, a_secret, an_access_point
from tests.postgres import Database
from tests.services.core.net import PASSWORD, settled
from tests.standins.freeradius import FreeRadius, pap, running
from tests.ui.conftest import ShellAs
from tests.ui.screens import PATIENCE, as_job, calm, choose, dialog, gone, node, right_click

LOGIN, STORED, TYPED = "maria.casa", "k2m4p6r8", "casa2024"
MODEM = "02:00:5E:00:53:01"


@pytest.fixture
def radius(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS as shipped, which the desks may ask too."""
    with running(database) as server:
        database.bus("administrador").execute(
            SaveRadiusServer(name="RADIUS 1", host="127.0.0.1", port=server.auth_port, secret=server.secret)
        )
        yield server


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """The router that the customer dials through."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


class Modem:
    """The customer's equipment, with the password that somebody typed into it."""

    def __init__(self, radius: FreeRadius, router: RouterOsStandIn) -> None:
        self._radius, self._router = radius, router

    def dials(self) -> bool:
        """Whether it got in; then the router reports the connection and lists it."""
        station = {"NAS_IP_Address": "127.0.0.1", "Calling_Station_Id": f'"{MODEM}"'}
        if not self._radius.ask(pap(LOGIN, TYPED, **station)).accepted:
            return False
        start = {
            "User-Name": f'"{LOGIN}"',
            "Acct-Status-Type": "Start",
            "Acct-Session-Id": '"81700001"',
            "NAS-IP-Address": "127.0.0.1",
            "Framed-IP-Address": "100.64.0.7",
            "Calling-Station-Id": f'"{MODEM}"',
        }
        assert self._radius.account(start).code == "Accounting-Response"
        self._router.tables.session(LOGIN, session_id="0x81700001", address="100.64.0.7")
        self._router.tables.interface(LOGIN, rx_byte="3100000000", tx_byte="41200000000")
        self._router.tables.flow = lambda name: (9_000_000, 82_000_000)
        return True


def tried(qtbot: QtBot, page: PlansPage, login: object, password: str = "") -> str:
    """Testar autenticação from the login's menu; what the window says."""
    choose(right_click(qtbot, page, login), "sessions.try")
    window = dialog(qtbot, TryLoginDialog)
    if password:
        window.form.set("password", password)
    assert window.primary is not None
    QTest.mouseClick(window.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(window.answer.isVisible, timeout=PATIENCE)
    said = f"{window.answer.label.text()} {window.detail.text()}"
    window.reject()
    gone(qtbot, TryLoginDialog)
    return said


def opened(qtbot: QtBot, shell: Shell, typed: str) -> PlansPage:
    """The customer, found by what the clerk types, with the plans in sight."""
    (field,) = shell.window.findChildren(SearchField)
    field.focus()
    QTest.keyClicks(field.edit, typed)
    qtbot.waitUntil(lambda: field.popup.hits.rowCount() == 1, timeout=PATIENCE)
    QTest.keyClick(field.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(shell.window.findChildren(PlansPage)), timeout=PATIENCE)
    (page,) = shell.window.findChildren(PlansPage)
    qtbot.waitUntil(lambda: page.shown is not None, timeout=PATIENCE)
    calm(qtbot, page)
    return page


def words(page: PlansPage, key: object) -> str:
    """What the tree says of a node."""
    return node(page, key).spoken


def test_from_no_internet_to_solved(
    qtbot: QtBot, database: Database, radius: FreeRadius, router: RouterOsStandIn, shell_as: ShellAs
) -> None:
    customer = a_customer(database, "Maria Aparecida Nogueira")
    point = an_access_point(database)
    plan = a_plan(
        database, customer_id=customer.id, access_point=point, catalog_plan=a_catalog_plan(database, allows_login=True)
    )
    a_login(database, plan_id=plan.id, login=LOGIN, password=STORED)
    # The router that RADIUS knows at 127.0.0.1 is the one with the API.
    server = database.admin().execute("SELECT id FROM desk.routing_servers WHERE nas_address = '127.0.0.1'").fetchone()
    assert server is not None
    as_job(database, "UPDATE desk.routing_servers SET port = %s WHERE id = %s", router.port, server[0])
    as_job(database, "UPDATE desk.access_points SET routing_server_id = %s", server[0])
    a_secret(database, "router", server[0], PASSWORD)
    settled(database)
    modem = Modem(radius, router)
    assert not modem.dials()  # “o cliente está sem internet”

    shell = shell_as("suporte", listen=True)
    page = opened(qtbot, shell, "nogueira")
    key = next(each.key for each in page.tree.nodes.root.walk() if each.text == LOGIN)
    assert "offline" in words(page, key)

    said = tried(qtbot, page, key, TYPED)  # with what the customer says is in the equipment
    assert "Recusado: senha errada" in said and "RADIUS 1" in said
    assert "Aceito" in tried(qtbot, page, key, STORED)  # so neither plan nor server is to blame

    choose(right_click(qtbot, page, key), "logins.password")
    change = dialog(qtbot, PasswordChangeDialog)
    change.form.set("password", TYPED)
    qtbot.waitUntil(lambda: any("senha nova" in line for line in change.network.said), timeout=PATIENCE)
    change.save()
    gone(qtbot, PasswordChangeDialog)
    assert "Aceito" in (said := tried(qtbot, page, key, TYPED)) and "Velocidade" in said

    assert modem.dials()
    page.load()
    qtbot.waitUntil(lambda: "online" in words(page, key), timeout=PATIENCE)

    choose(right_click(qtbot, page, key), "sessions.information")
    window = dialog(qtbot, LoginInformationDialog)
    qtbot.waitUntil(lambda: not shell.desk.background.busy and bool(window.statement.totals.text()), timeout=PATIENCE)
    assert "Connected" in window.status.text and "100.64.0.7" in window.values["IP"].text()
    window.reject()

    choose(right_click(qtbot, page, key), "sessions.traffic")
    traffic = dialog(qtbot, TrafficDialog)
    qtbot.waitUntil(lambda: traffic.state.text == "ao vivo", timeout=PATIENCE)
    assert [label.text() for label in traffic.values.values()][:2] == ["82 Mbps", "9 Mbps"]
    traffic.reject()
    qtbot.waitUntil(lambda: not shell.desk.background.busy, timeout=PATIENCE)

    lines = database.admin().execute(
        "SELECT action, who FROM desk.history_entries WHERE customer_id = %s AND action LIKE 'login.%%' ORDER BY id",
        (customer.id,),
    )
    assert ("login.password_changed", "suporte") in lines.fetchall()
