"""Variable 9, and everything else that hangs on an access point: what goes with it, what stands in the way."""

from __future__ import annotations

import pytest

from desk.services.access_points import (
    AccessPointHasIps,
    AccessPointInUse,
    AccessPointUses,
    DeleteAccessPoint,
)
from desk.services.core.errors import NotAllowed
from tests.builders import a_customer, a_plan, a_range, an_access_point, an_ip
from tests.postgres import Database
from tests.services.test_plans import as_job, set_variable


def kinds(database: Database, point: int) -> list[tuple[str, str]]:
    return [(use.kind, use.customer) for use in database.bus("suporte").execute(AccessPointUses(point)).value]


def test_everything_in_the_way_is_listed_with_whose_it_is(database: Database) -> None:
    point = an_access_point(database, "POP Norte")
    ana, bia = a_customer(database, "Ana"), a_customer(database, "Bia")
    plan = a_plan(database, customer=bia, access_point=point)
    a_plan(database, customer=ana, access_point=point, status="CANCELADO")
    a_range(database, "198.51.100.0/24", access_point=point)
    an_ip(database, "198.51.100.7", plan_id=plan.id, access_point_id=point.id)
    listed = [("live", "Bia"), ("cancelled", "Ana"), ("ip", "Bia"), ("range", "")]
    assert kinds(database, point.id) == listed
    set_variable(database, "delete_access_point_of_cancelled", "S")
    assert kinds(database, point.id) == [each for each in listed if each[0] != "cancelled"]
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(AccessPointUses(point.id))


def test_an_ip_that_was_deleted_is_in_the_way_until_its_router_let_go(database: Database) -> None:
    point = an_access_point(database, "POP Norte")
    ip = an_ip(database, "198.51.100.7", access_point_id=point.id)
    order = DeleteAccessPoint(id=point.id, version=1)
    bus = database.bus("suporte")
    with pytest.raises(AccessPointHasIps):
        bus.execute(order)
    as_job(database, "UPDATE desk.customer_ips SET deleted_at = now() WHERE id = %s", ip.id)
    assert [kind for kind, _ in kinds(database, point.id)] == ["owed"]
    with pytest.raises(AccessPointHasIps):
        bus.execute(order)
    as_job(database, "UPDATE desk.debts SET done = wanted")
    assert kinds(database, point.id) == []
    bus.execute(order)
    admin = database.admin()
    assert admin.execute("SELECT access_point_id FROM desk.customer_ips").fetchall() == [(None,)]
    log = "SELECT who, before ->> 'access_point_id' FROM desk.change_log WHERE tbl = 'customer_ips' AND op = 'U'"
    assert admin.execute(log).fetchall() == [("suporte", str(point.id))]


def test_only_live_plans_are_in_the_way_with_the_variable_and_all_without(database: Database) -> None:
    point = an_access_point(database, "POP Norte")
    a_plan(database, access_point=point, status="CANCELADO")
    order = DeleteAccessPoint(id=point.id, version=1)
    with pytest.raises(AccessPointInUse) as refused:
        database.bus("suporte").execute(order)
    assert (refused.value.params["live"], refused.value.params["cancelled"]) == (0, 1)
    set_variable(database, "delete_access_point_of_cancelled", "S")
    database.bus("suporte").execute(order)
