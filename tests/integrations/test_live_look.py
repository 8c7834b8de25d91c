"""The live look of a card: as few statements for many logins as for one, and each reason told for what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.errors import DatabaseLost
from desk.services.logins import LookAtNetwork, RouterLook
from desk.services.logins.network import Act
from tests.builders import a_plan, a_routing_server, an_access_point
from tests.postgres import Database
from tests.services.core.net import online, router_of, settled

ROLE = "atendente"


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def looked(database: Database, plan_id: int, role: str = ROLE) -> tuple[RouterLook, ...]:
    return database.bus(role).execute(LookAtNetwork(plan_id=plan_id, allowed=False)).value.routers


def test_it_takes_as_many_statements_with_one_login_as_with_twenty(database: Database, router: RouterOsStandIn) -> None:
    point = router_of(database, router, nas="192.0.2.1", local=True)
    engine = database.signed_in(ROLE).engine
    counts = []
    for logins in (1, 20):
        plan = a_plan(database, access_point=point, logins=logins)
        for login in plan.logins:
            online(database, login, "192.0.2.1")
            router.tables.session(login.login)
        sent: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_: Any, seen: list[str] = sent) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            (found,) = looked(database, plan.id)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        dropped = [each.name for each in found.differences if each.act is Act.DROP_SESSION]
        assert sorted(dropped) == sorted(login.login for login in plan.logins)
        counts.append(len(sent))
    assert counts == [7, 7]  # the permission, 4 to know, 2 for the password of the one router


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
