"""Mudar Plano on the network: what the summary promised is what RADIUS answers, the NAS hears and the router keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.bootstrap import PORTS
from desk.demo.routeros import RouterOsStandIn
from desk.integrations.radius.port import Method, RadiusAddress
from desk.services.core.outbox import DeliveryState
from desk.services.plans import ChangeCatalogPlan, ChoicesForChange, OnePlan
from desk.services.previews import Rehearse, Way, When
from tests.builders import a_catalog_plan, a_login, a_plan
from tests.integrations.test_ip_delivery import Street
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.standins.freeradius import running
from tests.standins.nas import NasStandIn

CLERK, PASSWORD = "atendente", "k2m4p6r8"


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
    said = [(change.when, {move.name: move.after for move in change.fields}) for change in coa]
    assert [(when, told["Mikrotik-Rate-Limit"]) for when, told in said] == [(When.NOW, "90000k/200000k")]
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


def test_the_queue_of_an_ip_follows(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    ip = street.create(street.draft())
    street.settle(ip.ip_id)
    assert "/queue/simple 10.0.0.2/32 50000000/100000000" in street.held()
    into = a_catalog_plan(database, price="149.90", up_kbps=90_000, down_kbps=200_000)
    row = database.bus(CLERK).execute(OnePlan(street.plan.id)).value
    outcome = database.bus(CLERK).execute(
        ChangeCatalogPlan(
            plan_id=row.id,
            version=row.version,
            catalog_plan_id=into.id,
            value=into.price,
            reason="Upgrade a pedido do cliente",
        )
    )
    assert ("customer_ip", str(ip.ip_id)) in {(debt.topic, debt.key) for debt in outcome.owed}
    street.settle(ip.ip_id)
    assert "/queue/simple 10.0.0.2/32 90000000/200000000" in street.held()


def test_freeradius_answers_with_the_new_plan_from_the_commit_on(database: Database) -> None:
    product = a_catalog_plan(database, radius_profile="FIBRA")
    plan = a_plan(database, catalog_plan=product)
    a_login(database, plan_id=plan.id, login="maria.casa", password=PASSWORD)
    into = a_catalog_plan(
        database, price="149.90", radius_profile="FIBRA-200", up_kbps=90_000, down_kbps=200_000, login_limit=1
    )
    with running(database) as radius:

        def asked() -> tuple[bool, str, str]:
            address = RadiusAddress(host="127.0.0.1", port=radius.auth_port, secret=radius.secret)
            found = PORTS.radius(address).try_login("maria.casa", PASSWORD, Method.CHAP)
            return found.accepted, found.rate_limit, found.profile

        assert asked() == (True, "50000k/100000k", "FIBRA")
        row = database.bus(CLERK).execute(OnePlan(plan.id)).value
        change = ChangeCatalogPlan(
            plan_id=row.id, version=row.version, catalog_plan_id=into.id, value=into.price, reason="Promoção"
        )
        preview = database.bus(CLERK).execute(Rehearse(command=change)).value
        (told,) = [each for each in preview.changes if each.way is Way.RADIUS and each.when is When.NOW]
        database.bus(CLERK).execute(change)
        assert asked() == (True, "90000k/200000k", "FIBRA-200")
        moves = {move.name: (move.before, move.after) for move in told.fields}
        assert moves["Mikrotik-Rate-Limit"] == ("50000k/100000k", "90000k/200000k")
