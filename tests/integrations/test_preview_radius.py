"""What a preview says of the next answer is what the real FreeRADIUS then says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desk.bootstrap import PORTS
from desk.integrations.radius.port import LoginTried, Method, RadiusAddress
from desk.services.core.bus import Command
from desk.services.plans import EnablePlan, OnePlan, SuspendPlan
from desk.services.previews import Change, Rehearse, Way, When
from desk.services.sessions import EndThrottle, ThrottlePlan
from tests.builders import Login, a_catalog_plan, a_login, a_plan
from tests.postgres import Database
from tests.standins.freeradius import FreeRadius, running

PASSWORD, BOSS = "k2m4p6r8", "administrador"


@pytest.fixture
def server(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS over our views."""
    with running(database) as radius:
        yield radius


def asked(server: FreeRadius) -> LoginTried:
    address = RadiusAddress(host="127.0.0.1", port=server.auth_port, secret=server.secret)
    return PORTS.radius(address).try_login("maria.casa", PASSWORD, Method.CHAP)


def said(database: Database, command: Command[Any]) -> Change:
    """The one line about RADIUS, before the order is given; then it is given."""
    bus = database.bus(BOSS)
    preview = bus.execute(Rehearse(command=command)).value
    (line,) = [each for each in preview.changes if each.way is Way.RADIUS and each.when is When.NOW]
    bus.execute(command)
    return line


def test_step_by_step(database: Database, server: FreeRadius) -> None:
    product = a_catalog_plan(database, radius_profile="FIBRA")
    plan = a_plan(database, catalog_plan=product)
    login: Login = a_login(database, plan_id=plan.id, login="maria.casa", password=PASSWORD)
    assert asked(server).rate_limit == "50000k/100000k"

    def order() -> dict[str, Any]:
        row = database.bus(BOSS).execute(OnePlan(plan.id)).value
        return {"plan_id": row.id, "version": row.version, "reason": "A pedido do cliente"}

    slow = said(database, ThrottlePlan(**order()))
    (move,) = slow.fields
    assert (slow.before, slow.command, slow.thing) == ("Access-Accept", "Access-Accept", login.login)
    assert (move.name, move.before, move.after) == ("Mikrotik-Rate-Limit", "50000k/100000k", "5000k/10000k")
    assert (asked(server).accepted, asked(server).rate_limit) == (True, move.after)
    said(database, EndThrottle(**order()))

    shut = said(database, SuspendPlan(**order()))
    assert (shut.before, shut.command) == ("Access-Accept", "Access-Reject")
    found = asked(server)
    assert (found.accepted, found.message) == (False, {each.name: each.after for each in shut.fields}["Reply-Message"])

    opened = said(database, EnablePlan(**order()))
    told = {each.name: each.after for each in opened.fields}
    found = asked(server)
    assert (opened.before, opened.command, found.accepted) == ("Access-Reject", "Access-Accept", True)
    assert (found.rate_limit, found.profile) == (told["Mikrotik-Rate-Limit"], told["Mikrotik-Group"])
