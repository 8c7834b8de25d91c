"""A reduced speed from the plan's menu: given back for some days, given back for good, and told as such."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from desk.services.plans import PlanRow
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.plans.page import PlansPage
from desk.ui.sessions.speed import SpeedDialog
from tests.builders import Plan, a_catalog_plan, a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import (
    PATIENCE,
    as_job,
    calm,
    choose,
    dialog,
    entry,
    gone,
    listen,
    right_click,
    row_of,
    shown_plans,
)

PROVISIONALLY, FOR_GOOD = "Restabelecer Velocidade Provisória", "Restabelecer Velocidade"


@pytest.fixture
def slow(database: Database) -> Plan:
    """A plan whose speed is reduced until somebody ends it, of a product that lets it be given back."""
    product = a_catalog_plan(database, allows_speed_restore=True)
    plan = a_plan(database, catalog_plan=product, logins=1, throttled=True)
    as_job(database, "UPDATE desk.debts SET done = wanted")
    return plan


def offered(qtbot: QtBot, page: PlansPage, plan: Plan) -> dict[str, QAction]:
    """What the plan's menu holds, by the words on it; the menu is closed again."""
    menu = right_click(qtbot, page, ("plan", plan.id))
    found = {each.text().replace("&", "").partition("\t")[0]: each for each in menu.actions()}
    menu.close()
    return found


def pick(qtbot: QtBot, page: PlansPage, plan: Plan, action: str, label: str) -> None:
    """Click an entry that says exactly this."""
    menu = right_click(qtbot, page, ("plan", plan.id))
    chosen = entry(menu, action)
    assert chosen.text().replace("&", "").partition("\t")[0] == label and chosen.isEnabled()
    choose(menu, action)


def speed(row: PlanRow) -> tuple[bool, bool]:
    """Whether it is reduced, and whether it has its speed back for some days."""
    return row.throttled, row.speed_until is not None


def test_the_speed_is_given_back_for_some_days_from_the_menu(
    qtbot: QtBot, database: Database, desk_as: DeskAs, slow: Plan
) -> None:
    desk = desk_as("atendente")
    page, told = shown_plans(qtbot, desk, slow.customer_id), listen(desk.told)
    assert "Reduzir Velocidade" not in offered(qtbot, page, slow)
    pick(qtbot, page, slow, "sessions.restore_speed", PROVISIONALLY)
    box = dialog(qtbot, SpeedDialog)
    assert box.windowTitle() == PROVISIONALLY
    qtbot.waitUntil(lambda: box.draft["until"] is not None, timeout=PATIENCE)  # the days of the variable
    box.form.set("reason", "Promessa de pagamento")
    box.save()
    gone(qtbot, SpeedDialog)
    assert told == ["Velocidade restabelecida provisoriamente"]
    assert speed(row_of(database, slow.id)) == (True, True)
    calm(qtbot, page)
    again = offered(qtbot, page, slow)[PROVISIONALLY]
    assert not again.isEnabled()  # in sight, with its reason
    assert "já está restabelecida" in again.toolTip() + again.text()


def test_the_reduction_ends_from_the_menu(qtbot: QtBot, database: Database, desk_as: DeskAs, slow: Plan) -> None:
    desk = desk_as("atendente")
    page, told = shown_plans(qtbot, desk, slow.customer_id), listen(desk.told)
    pick(qtbot, page, slow, "sessions.end_throttle", FOR_GOOD)
    box = dialog(qtbot, NetworkQuestion)
    assert box.text.what.startswith("Restabelecer a velocidade de ")
    assert speed(row_of(database, slow.id)) == (True, False)  # nothing before the answer
    assert box.primary is not None and box.primary.text().replace("&", "") == "Restabelecer a Velocidade"
    box.primary.click()
    gone(qtbot, NetworkQuestion)
    assert told == ["Velocidade restabelecida"]
    assert speed(row_of(database, slow.id)) == (False, False)
    calm(qtbot, page)
    left = offered(qtbot, page, slow)
    assert "Reduzir Velocidade" in left and not {PROVISIONALLY, FOR_GOOD} & left.keys()
