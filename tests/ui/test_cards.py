"""Whatever asks before it acts on a plan, login or IP names that plan and its customer: every action, one by one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from desk.services.core.bus import Query
from desk.services.customers import AddAddress, AddressDraft
from desk.services.plans import IpItem, LoginItem, OnePlan, PlanRow, SuspendTemporarily
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog
from desk.ui.customers.record import RecordPage
from desk.ui.shell.registry import all_actions
from tests.builders import a_catalog_plan, a_customer, a_plan, an_ip, company_day, insert
from tests.postgres import Database
from tests.suspended import offer
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE

CUSTOMER = "Josefina Aparecida Queiroz"
PRODUCT = "FIBRA TESTE 500"
ACTIONS = [
    action
    for menu in ("plan", "radius_login", "ip")
    for action in all_actions().of(menu)
    if action.command is not None and not issubclass(action.command, Query)
]


@pytest.fixture
def plans(database: Database) -> list[int]:
    """Plans of one customer, of which each action finds one that it is possible with."""
    customer = a_customer(database, CUSTOMER)
    product = a_catalog_plan(database, PRODUCT, allows_ip=True)
    now = dt.datetime.now(dt.UTC)

    def plan(**columns: Any) -> int:
        return a_plan(database, customer=customer, catalog_plan=product, **columns).id

    found = [
        plan(logins=1),
        plan(status="SUSPENSO", logins=1),
        plan(status="SUSPENSO_DEBITO", throttled=True),
        plan(throttled=True),
        plan(throttled=True, speed_until=now + dt.timedelta(days=2)),
        plan(),
        plan(),
    ]
    insert(database, "plan_statuses", "code", code="FERIAS", description="Férias", group="inativo", bills=False)
    an_ip(database, "177.10.20.30/32", plan_id=found[0])
    today = company_day()
    version = database.bus("administrador").execute(OnePlan(found[5])).value.version
    offer(database)
    days = {"starts_on": today + dt.timedelta(days=9), "ends_on": today + dt.timedelta(days=69)}
    database.bus("administrador").execute(SuspendTemporarily(plan_id=found[5], reason="Outro", version=version, **days))
    return found


@pytest.fixture
def host(qtbot: QtBot) -> Iterator[QMainWindow]:
    """The window over which they open."""
    main = QMainWindow()
    qtbot.addWidget(main)
    main.show()
    main.activateWindow()
    yield main


def rows(action: Action, plan: PlanRow) -> tuple[PlanRow | LoginItem | IpItem, ...]:
    return {"plan": (plan,), "radius_login": plan.logins, "ip": plan.ips}[action.menu]


def possible(desk: Desk, action: Action, plans: list[int]) -> Any:
    """Something that the action can be done with now."""
    for plan_id in plans:
        plan = desk.bus.execute(OnePlan(plan_id)).value
        for row in rows(action, plan):
            if action.shown(row) and action.obstacle(desk, row) is None:
                return row
    raise LookupError(f"{action.id} is possible with nothing here")


def said(shown: QDialog) -> str:
    """Everything that can be read in it."""
    texts = [label.text() for label in shown.findChildren(QLabel) if label.isVisible()]
    return re.sub("<[^>]*>", "", "\n".join([shown.windowTitle(), *texts]))


def opened() -> DeskDialog | None:
    found = [each for each in QApplication.topLevelWidgets() if isinstance(each, DeskDialog) and each.isVisible()]
    return found[0] if found else None


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_it_names_the_plan_and_the_customer_before_anything_happens(
    qtbot: QtBot, database: Database, desk_as: DeskAs, host: QMainWindow, plans: list[int], action: Action
) -> None:
    desk = desk_as("administrador")
    row = possible(desk, action, plans)
    before = database.admin().execute("SELECT count(*) FROM desk.change_log").fetchone()
    desk.run_action(action.id, row)
    qtbot.waitUntil(lambda: opened() is not None, timeout=PATIENCE)
    shown = opened()
    assert shown is not None
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    assert PRODUCT in said(shown) and CUSTOMER in said(shown), said(shown)
    assert shown.primary is not None and shown.primary.text() not in ("OK", "Sim")
    assert database.admin().execute("SELECT count(*) FROM desk.change_log").fetchone() == before
    shown.is_dirty = lambda: False
    shown.reject()
    qtbot.waitUntil(lambda: opened() is None and not desk.background.busy, timeout=PATIENCE)


def test_every_act_on_the_tree_is_among_them() -> None:
    assert {"plans.suspend", "plans.enable", "plans.delete", "logins.delete", "ips.delete", "sessions.close"} <= {
        action.id for action in ACTIONS
    }


def test_deleting_an_address_names_it_and_the_customer(
    qtbot: QtBot, database: Database, desk_as: DeskAs, host: QMainWindow
) -> None:
    customer = a_customer(database, CUSTOMER)
    desk = desk_as("administrador")
    street, number = "Rua das Acácias", "77"
    place = AddressDraft(zip="87013060", street=street, number=number, district="Zona 01", city_id=customer.city_id)
    desk.bus.execute(AddAddress(customer_id=customer.id, address=place))
    page = RecordPage(desk, customer.id)
    host.setCentralWidget(page)
    qtbot.waitUntil(lambda: page.shown is not None and len(page.shown.addresses) == 2, timeout=PATIENCE)
    bins = [each for each in page.findChildren(QToolButton) if each.accessibleName() == "Apagar endereço"]
    qtbot.mouseClick(bins[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: opened() is not None, timeout=PATIENCE)
    shown = opened()
    assert shown is not None and shown.primary is not None
    for part in (street, number, CUSTOMER):
        assert part in said(shown), said(shown)
    assert shown.primary.text().replace("&", "") == "Apagar Endereço"
    count = "SELECT count(*) FROM desk.addresses WHERE street = %s"
    assert database.admin().execute(count, (street,)).fetchone() == (1,)
    qtbot.mouseClick(shown.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.shown is not None and len(page.shown.addresses) == 1, timeout=PATIENCE)
    assert database.admin().execute(count, (street,)).fetchone() == (0,)
