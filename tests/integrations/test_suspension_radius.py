"""The real FreeRADIUS at both moments of a temporary suspension (ST-15), with nobody there to move anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from desk.models.catalog import StatusCode
from desk.services.plans import OnePlan
from tests.builders import a_login, a_plan
from tests.postgres import Database
from tests.standins.freeradius import FreeRadius, chap, mschap2, pap, running

PASSWORD = "s3nha do cliente"


@pytest.fixture
def radius_server(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS as shipped, over the test's database."""
    with running(database) as server:
        yield server


def change(database: Database, plan_id: int, **values: object) -> None:
    """Update the plan as a job would."""
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        assign = ", ".join(f"{name} = %s" for name in values)
        admin.execute(f"UPDATE desk.customer_plans SET {assign} WHERE id = %s".encode(), [*values.values(), plan_id])


@pytest.mark.parametrize("status", [StatusCode.ENABLED, StatusCode.SUSPENDED_TEMPORARILY])
def test_a_dated_suspension_counts_by_the_clock_alone(
    database: Database, radius_server: FreeRadius, status: StatusCode
) -> None:
    """Whether somebody has moved the status or not: refused from the first moment on, accepted from the last."""
    plan = a_plan(database)
    a_login(database, login="joao", password=PASSWORD, plan_id=plan.id)
    now, day = dt.datetime.now(dt.UTC), dt.timedelta(days=1)

    def dated(since: dt.timedelta, until: dt.timedelta) -> None:
        change(database, plan.id, suspended_from=now + since, suspended_until=now + until)

    dated(day / 12, 30 * day)  # in two hours
    answer = radius_server.ask(pap("joao", PASSWORD))
    assert answer.accepted and 7000 < int(answer.attributes["Session-Timeout"]) <= 7200
    dated(-day / 86400, 30 * day)
    change(database, plan.id, status=status)
    for method in (pap, chap, mschap2):
        answer = radius_server.ask(method("joao", PASSWORD))
        assert answer.rejected and answer.message == "Acesso bloqueado: Suspensão Temporária"
    dated(-30 * day, -day / 86400)
    answer = radius_server.ask(pap("joao", PASSWORD))
    assert answer.accepted and "Session-Timeout" not in answer.attributes
    assert database.bus("ninguem").execute(OnePlan(plan.id)).value.status == status  # nobody was there
