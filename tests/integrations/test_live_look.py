"""The live look of a preview: each reason why a router was not asked is told for what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.errors import DatabaseLost
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.previews import DeviceLook, Rehearse
from tests.builders import a_plan, a_routing_server, an_access_point
from tests.postgres import Database
from tests.services.core.net import router_of, settled

ROLE = "atendente"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def looked(database: Database, plan_id: int, role: str = ROLE) -> tuple[DeviceLook, ...]:
    bus = database.bus(role)
    row = bus.execute(OnePlan(plan_id)).value
    return bus.execute(
        Rehearse(command=SuspendPlan(plan_id=plan_id, reason="prévia", version=row.version))
    ).value.devices


def test_a_password_that_is_missing_one_that_is_not_given_and_a_lost_database_are_three_things(
    database: Database, router: RouterOsStandIn
) -> None:
    nameless = an_access_point(database, routing_server=a_routing_server(database, local_secrets=True))
    plan = a_plan(database, access_point=nameless, logins=1)
    assert [look.problem for look in looked(database, plan.id)] == ["no_credentials"]

    plan = a_plan(database, access_point=router_of(database, router, local=True), logins=1)
    settled(database)
    assert [(look.answers, look.problem) for look in looked(database, plan.id)] == [(True, "")]
    limit = "UPDATE desk_vault.secret_kinds SET per_hour = %s WHERE kind = 'router'"
    database.admin().execute(limit, (0,))
    assert [look.problem for look in looked(database, plan.id)] == ["reveal_refused"]
    database.admin().execute(limit, (100_000,))

    engine = database.signed_in(ROLE).engine

    def kill(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "ask_reveal" in statement:
            pid = connection.connection.driver_connection.info.backend_pid
            database.admin().execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    event.listen(engine, "before_cursor_execute", kill)
    try:
        with pytest.raises(DatabaseLost):
            looked(database, plan.id)
    finally:
        event.remove(engine, "before_cursor_execute", kill)
    assert looked(database, plan.id)[0].answers
