"""Mudar Plano on the network: what the summary promised is what RADIUS answers, the NAS hears and the router keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import DeliveryState
from desk.services.plans import ChangeCatalogPlan, ChoicesForChange
from desk.services.previews import Rehearse, Way, When
from tests.builders import a_catalog_plan, an_ip
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn

CLERK = "atendente"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """The router's API."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def nas() -> Iterator[NasStandIn]:
    """The same router as a RADIUS peer."""
    with NasStandIn(SECRET) as stand_in:
        yield stand_in


@pytest.fixture
def line(database: Database, router: RouterOsStandIn, nas: NasStandIn) -> Line:
    """A customer who is online at 100/50 Mbps."""
    return a_line(database, router, nas)


def order(line: Line, **columns: object) -> ChangeCatalogPlan:
    into = a_catalog_plan(line.database, price="149.90", **({"up_kbps": 90_000, "down_kbps": 200_000} | columns))
    shown = line.database.bus(CLERK).execute(ChoicesForChange(line.plan.id)).value
    target = next(each for each in shown.targets if each.id == into.id)
    return ChangeCatalogPlan(
        plan_id=line.plan.id,
        version=shown.plan.version,
        catalog_plan_id=target.id,
        value=target.price,
        reason="Upgrade a pedido do cliente",
        facts=shown.facts,
        catalog_version=target.version,
    )


def test_the_new_speed_reaches_the_open_connection_as_the_summary_said(line: Line) -> None:
    told = order(line)
    preview = line.database.bus(CLERK).execute(Rehearse(command=told)).value
    coa = [change for change in preview.changes if change.way is Way.COA]
    assert [(change.when, dict((move.name, move.after) for move in change.fields)) for change in coa] == [
        (When.NOW, {"Mikrotik-Rate-Limit": "90000k/200000k"})
    ]
    # Looking has changed nothing, neither here nor there.
    assert line.nas.heard == []
    assert line.database.admin().execute("SELECT count(*) FROM desk.plan_changes").fetchone() == (0,)
    outcome = line.database.bus(CLERK).execute(told)
    assert [(debt.topic, debt.key) for debt in outcome.owed] == [("radius_login", str(line.login.id))]
    done = line.settle(topic="radius_login", key=str(line.login.id))
    assert done is not None and done.settled
    speed = next(step for step in done.steps if step.system == "speed")
    assert (speed.state, speed.detail) == (DeliveryState.DONE, "speed_acked")
    assert line.nas.rates == {"81700001": "90000k/200000k"}
    assert line.nas.open, "nobody is dropped for a speed"
    assert line.row()["stopped_at"] is None
    answers = line.database.admin().execute(
        "SELECT value FROM desk.radius_answer(%s) WHERE attribute = 'Mikrotik-Rate-Limit'", (line.login.id,)
    )
    assert answers.fetchall() == [("90000k/200000k",)]


def test_the_same_speed_under_another_name_tells_the_connection_nothing(line: Line) -> None:
    line.database.bus(CLERK).execute(order(line, up_kbps=50_000, down_kbps=100_000))
    done = line.settle(topic="radius_login", key=str(line.login.id))
    assert done is not None and done.settled
    assert (line.nas.heard, line.nas.rates) == ([], {})


def test_a_mute_nas_leaves_it_owed_and_the_plan_changed(line: Line) -> None:
    line.nas.faults.mute = True
    line.database.bus(CLERK).execute(order(line))
    done = line.settle(topic="radius_login", key=str(line.login.id))
    assert done is not None and not done.settled
    owed = line.database.admin().execute(
        "SELECT done < wanted FROM desk.debts WHERE topic = 'radius_login' AND key = %s", (str(line.login.id),)
    )
    assert owed.fetchone() == (True,)


def test_the_queue_of_an_ip_is_owed_too(line: Line) -> None:
    as_job(line.database, "UPDATE desk.access_points SET sets_queue = true, sets_address = true")
    point = line.database.admin().execute("SELECT access_point_id FROM desk.customer_plans").fetchone()
    assert point is not None
    ip = an_ip(line.database, "10.0.0.2/32", plan_id=line.plan.id, access_point_id=point[0], options=["bandwidth"])
    line.settle(topic="customer_ip", key=str(ip.id))
    outcome = line.database.bus(CLERK).execute(order(line))
    assert ("customer_ip", str(ip.id)) in {(debt.topic, debt.key) for debt in outcome.owed}
    line.settle(topic="customer_ip", key=str(ip.id))
    (queue,) = line.router.tables.rows["/queue/simple"].values() if isinstance(
        line.router.tables.rows["/queue/simple"], dict
    ) else line.router.tables.rows["/queue/simple"]
    assert "90000000/200000000" in str(queue) or "90M/200M" in str(queue) or "90000k/200000k" in str(queue)
