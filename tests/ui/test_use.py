"""What lines used, on screen: Franquia in Itens do Plano, and the bars of the statement."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import QRectF, Qt
from pytestqt.qtbot import QtBot

from desk.services.plans import OnePlan
from desk.services.sessions import AllowanceUse, StatementBy
from desk.ui.core import format
from desk.ui.core.charts import AXIS, FOOT, BarChart
from desk.ui.core.paint import text_width
from desk.ui.core.theme import font, theme
from desk.ui.sessions.information import LoginInformationDialog
from desk.ui.sessions.statement import USUAL_DAYS
from tests.builders import Plan, a_catalog_plan, a_plan, a_routing_server, an_access_point
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, calm, dialog, shown_plans

GIGA = 1_000_000_000


def used(database: Database, plan: Plan, day: dt.date, down: int, up: int = 0) -> None:
    """What accounting has added up for the plan's first login on a day."""
    statement = "INSERT INTO desk.radius_usage (login_id, day, in_octets, out_octets) VALUES (%s, %s, %s, %s)"
    database.admin().execute(statement, (plan.logins[0].id, day, up, down))


@pytest.mark.parametrize(
    ("gigas", "tone", "said"),
    [
        (70, "text2", "usados 70 GB (70 %), restam 30 GB"),
        (89, "text2", "usados 89 GB (89 %), restam 11 GB"),
        (90, "warn", "usados 90 GB (90 %), restam 10 GB"),
        (140, "warn", "usados 140 GB (140 %), acabou"),
    ],
)
def test_the_allowance_stands_beside_the_items_and_warns_from_ninety_per_cent(
    qtbot: QtBot, database: Database, desk_as: DeskAs, gigas: int, tone: str, said: str
) -> None:
    plan = a_plan(database, catalog_plan=a_catalog_plan(database, allowance_gb=100), logins=1)
    since = database.bus("suporte").execute(AllowanceUse(plan.id)).value
    used(database, plan, since.since, gigas * GIGA)
    page = shown_plans(qtbot, desk_as("suporte"), plan.customer_id)
    shown = page.panel.items.allowance
    qtbot.waitUntil(lambda: "usados" in shown.text(), timeout=PATIENCE)
    period = f"{format.short_day(since.since)} a {format.short_day(since.until)}"
    assert shown.isVisible() and shown.text() == f"Franquia 100 GB: {said} · {period}"
    assert shown.property("tone") == tone


def test_a_plan_without_allowance_says_nothing_of_it(qtbot: QtBot, database: Database, desk_as: DeskAs) -> None:
    plan = a_plan(database, logins=1)
    page = shown_plans(qtbot, desk_as("suporte"), plan.customer_id)
    calm(qtbot, page)
    assert page.panel.items.allowance.text() == ""


def test_the_statement_draws_a_bar_for_each_day_of_the_period(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    plan = a_plan(database, logins=1)
    today = dt.date.today()
    used(database, plan, today - dt.timedelta(days=2), 40 * GIGA, 8 * GIGA)
    used(database, plan, today - dt.timedelta(days=5), 20 * GIGA)
    desk = desk_as("suporte")
    desk.run_action("sessions.information", desk.bus.execute(OnePlan(plan.id)).value.logins[0])
    window = dialog(qtbot, LoginInformationDialog)
    chart = window.statement.chart
    qtbot.waitUntil(lambda: bool(chart._bars), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)
    first = today - dt.timedelta(days=USUAL_DAYS - 1)
    assert [bar.day for bar in chart._bars] == [first + dt.timedelta(days=at) for at in range(USUAL_DAYS)]
    assert {(today - bar.day).days: (bar.down, bar.up) for bar in chart._bars if bar.down or bar.up} == {
        2: (40 * GIGA, 8 * GIGA),
        5: (20 * GIGA, 0),
    }
    assert chart.accessibleDescription() == "30 dias: 60 GB recebidos e 8 GB enviados"
    # And they are to be seen: the fuller day is about twice as high, with its upload in the other colour on top.
    down, up = bar_heights(chart, USUAL_DAYS - 3)
    half, none = bar_heights(chart, USUAL_DAYS - 6)
    assert down > half > 0 and up > 0 == none
    assert abs(down - 2 * half) <= 3
    assert bar_heights(chart, 3) == (0, 0)
    window.reject()


def test_the_statement_names_the_access_point_and_every_column_has_its_room(
    qtbot: QtBot, database: Database, desk_as: DeskAs
) -> None:
    router = a_routing_server(database, "BNG 1", nas_address="192.0.2.1")
    point = an_access_point(database, "POP Jardim Alvorada", routing_server=router)
    plan = a_plan(database, access_point=point, logins=["maria.casa"])
    database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, stopped_at,"
        " updated_at, framed_ip, calling_station, in_octets, out_octets, terminate_cause) SELECT n::text, 'u' || n,"
        " 'maria.casa', '192.0.2.1', now() - n * interval '9 h', now() - n * interval '9 h' + interval '8 h', now(),"
        " '177.100.200.130', '02:00:5E:00:53:0A', 123456789, 98765432100, 'Lost-Carrier'"
        " FROM generate_series(1, 30) n"
    )
    desk = desk_as("suporte")
    desk.run_action("sessions.information", desk.bus.execute(OnePlan(plan.id)).value.logins[0])
    window = dialog(qtbot, LoginInformationDialog)
    table = window.statement._views[StatementBy.TIME]
    qtbot.waitUntil(lambda: table.table.rowCount() == 30 and not desk.background.busy, timeout=PATIENCE)
    model = table.model()
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert heads == ["Início", "Fim", "Duração", "IP", "MAC", "Ponto de Acesso", "Download", "Upload", "Causa"]
    assert model.index(0, 5).data() == "POP Jardim Alvorada"
    assert table.horizontalScrollBar().maximum() == 0
    for at, column in enumerate(table.table.columns):
        sign = 21 if column.icon is not None and column.icon(table.table.rows[0]) else 0
        needed = text_width(font(code=column.code), model.index(0, at).data()) + 16 + sign
        assert column.head == "Ponto de Acesso" or table.columnWidth(at) >= needed, (
            column.head
        )  # a long name has its tip
    window.reject()


def bar_heights(chart: BarChart, at: int) -> tuple[int, int]:
    """How many pixels of a day's middle are of either colour."""
    picture = chart.grab().toImage()
    area = QRectF(AXIS, 6, chart.width() - AXIS - 4, chart.height() - FOOT - 8)
    x = int(chart._slot(area, at).center().x() * picture.devicePixelRatio())
    column = [picture.pixelColor(x, y).rgb() for y in range(picture.height())]
    return column.count(theme().color("s1").rgb()), column.count(theme().color("s2").rgb())
