"""A login whose router is another one now: the old one loses its secret, the new one gets it, whoever moved what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.access_points import AccessPoints, SaveAccessPoint
from desk.services.core.bus import Outcome
from desk.services.logins import reconcile as reconciling
from tests.builders import a_plan
from tests.postgres import Database
from tests.services.core.net import Net, a_net, router_of, settled
from tests.services.test_plans import as_job


@pytest.fixture
def old() -> Iterator[RouterOsStandIn]:
    """The router that stands behind the access point at first."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def new() -> Iterator[RouterOsStandIn]:
    """The one that will."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give a silent router half a second, since nothing here depends on how long it is."""
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)


def names(router: RouterOsStandIn) -> list[str]:
    """Logins of which the router holds a line."""
    return sorted(row["name"] for row in router.tables.rows["/ppp/secret"])


def delivered(net: Net) -> None:
    """Everything that is due is settled."""
    settler = net.settler("administrador")
    while settler.settle():
        pass


def at_home(database: Database, router: RouterOsStandIn, logins: int = 3) -> tuple[Net, list[str]]:
    """As many logins on the router, with their lines delivered."""
    net = a_net(database, router, local=True, connected=False)
    more = a_plan(database, access_point=net.point, logins=logins - 1)
    as_job(database, "UPDATE desk.radius_logins SET version = version + 1 WHERE id = %s", net.login.id)
    delivered(net)
    logins_there = sorted([net.login.login, *(login.login for login in more.logins)])
    assert names(router) == logins_there
    return net, logins_there


def move(net: Net, server_id: int | None) -> Outcome[int]:
    """Another router for the access point, as the settings page saves it."""
    bus = net.database.bus("administrador")
    row = next(each for each in bus.execute(AccessPoints()).value if each.id == net.point.id)
    order = SaveAccessPoint(id=row.id, version=row.version, name=row.name, routing_server_id=row.routing_server_id)
    return bus.execute(replace(order, routing_server_id=server_id))


def test_another_router_behind_the_access_point_gets_what_the_old_one_loses(
    database: Database, old: RouterOsStandIn, new: RouterOsStandIn
) -> None:
    net, logins = at_home(database, old)
    gone = a_plan(database, access_point=net.point, logins=1)
    as_job(database, "UPDATE desk.radius_logins SET deleted_at = now() WHERE id = %s", gone.logins[0].id)
    elsewhere = a_plan(database, access_point=router_of(database, new, local=True), logins=1)
    delivered(net)
    server = router_of(database, new, nas="192.0.2.2", local=True).routing_server_id
    outcome = move(net, server)
    assert len(outcome.owed) == len(logins)  # not those that are deleted, nor those of other access points
    delivered(net)
    assert names(old) == []
    assert names(new) == sorted([*logins, elsewhere.logins[0].login])


@pytest.mark.usefixtures("impatient")
def test_two_moves_while_the_first_router_is_mute_leave_nothing_there(
    database: Database, old: RouterOsStandIn, new: RouterOsStandIn
) -> None:
    net, logins = at_home(database, old)
    with RouterOsStandIn() as last:
        old.faults.mute_after_accept = True
        move(net, router_of(database, new, local=True).routing_server_id)
        delivered(net)
        assert names(new) == logins  # the new one does not wait for the old one
        move(net, router_of(database, last, local=True).routing_server_id)
        delivered(net)
        assert (names(old), names(new), names(last)) == (logins, [], logins)
        old.faults.mute_after_accept = False
        database.admin().execute("UPDATE desk.debts SET due_at = now() WHERE done < wanted")
        delivered(net)
        assert (names(old), names(new), names(last)) == ([], [], logins)


def test_without_a_router_the_old_one_loses_them_all_the_same(database: Database, old: RouterOsStandIn) -> None:
    net, _ = at_home(database, old)
    move(net, None)
    delivered(net)
    assert names(old) == []


def test_a_router_that_ends_to_keep_secrets_loses_them_and_gets_them_back(
    database: Database, old: RouterOsStandIn
) -> None:
    net, logins = at_home(database, old)
    keep = "UPDATE desk.routing_servers SET local_secrets = %s WHERE id = %s"
    as_job(database, keep, False, net.point.routing_server_id)
    delivered(net)
    assert names(old) == []
    as_job(database, keep, True, net.point.routing_server_id)
    delivered(net)
    assert names(old) == logins


def test_a_router_out_of_use_is_left_alone_until_it_comes_back(
    database: Database, old: RouterOsStandIn, new: RouterOsStandIn
) -> None:
    net, logins = at_home(database, old)
    use = "UPDATE desk.routing_servers SET active = %s WHERE id = %s"
    as_job(database, use, False, net.point.routing_server_id)
    move(net, router_of(database, new, local=True).routing_server_id)
    delivered(net)
    assert (names(old), names(new)) == (logins, logins)
    as_job(database, use, True, net.point.routing_server_id)
    delivered(net)
    assert (names(old), names(new)) == ([], logins)


def test_once_cleared_the_old_router_is_not_asked_again(
    database: Database, old: RouterOsStandIn, new: RouterOsStandIn
) -> None:
    net, _ = at_home(database, old)
    move(net, router_of(database, new, local=True).routing_server_id)
    delivered(net)
    settled(database)
    before = old.commands()
    net.suspend()
    delivered(net)
    assert old.commands() == before
    assert ("true",) in {(row["disabled"],) for row in new.tables.rows["/ppp/secret"]}
