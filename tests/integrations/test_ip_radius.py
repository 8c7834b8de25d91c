"""IPs that a login's session brings, asked of the real FreeRADIUS: saved decides the next connection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.services.ips import CreateIp, DeleteIp, EditIp, IpDraft
from tests.builders import a_login, a_plan
from tests.postgres import Database
from tests.standins.freeradius import FreeRadius, chap, pap, running

PASSWORD = "s3nha do cliente"


@pytest.fixture
def radius_server(database: Database) -> Iterator[FreeRadius]:
    """FreeRADIUS as shipped, over the test's database."""
    with running(database) as server:
        yield server


def test_address_route_prefix_and_speed(database: Database, radius_server: FreeRadius) -> None:
    plan = a_plan(database)
    login = a_login(database, login="joao", plan_id=plan.id, password=PASSWORD)
    other = a_login(database, login="outro", plan_id=plan.id, password=PASSWORD)
    bus = database.bus("suporte")

    def give(address: str, prefix: int, login_id: int | None = login.id, **more: object) -> tuple[int, int]:
        draft = IpDraft(address=address, prefix=prefix, login_id=login_id, **more)  # type: ignore[arg-type]
        made = bus.execute(CreateIp(plan_id=plan.id, draft=draft)).value
        return made.ip_id, made.version

    plain = radius_server.ask(pap("joao", PASSWORD))
    assert (plain.all("Framed-IP-Address"), plain.all("Framed-Route")) == ([], [])
    single, version = give("100.64.0.7", 24)
    give("177.10.20.2", 30)
    give("177.10.20.6", 30)
    give("2001:db8:0:100::", 56)
    give("2001:db8:0:200::", 56)
    give("177.10.30.9", 24, None)  # the router's own
    for method in (pap, chap):
        answer = radius_server.ask(method("joao", PASSWORD))
        assert answer.accepted
        assert answer.all("Framed-IP-Address") == ["100.64.0.7"]
        assert answer.all("Framed-Route") == ["177.10.20.0/30 0.0.0.0 1", "177.10.20.4/30 0.0.0.0 1"]
        assert answer.all("Delegated-IPv6-Prefix") == ["2001:db8:0:100::/56", "2001:db8:0:200::/56"]
        assert answer.all("Mikrotik-Rate-Limit") == ["50000k/100000k"]
    assert radius_server.ask(pap("outro", PASSWORD)).all("Framed-Route") == []
    assert other.id != login.id

    draft = IpDraft(address="100.64.0.8", prefix=24, login_id=login.id, down_kbps=9_000, up_kbps=8_000)
    saved = bus.execute(EditIp(ip_id=single, version=version, draft=draft)).value
    answer = radius_server.ask(pap("joao", PASSWORD))
    assert answer.all("Framed-IP-Address") == ["100.64.0.8"]
    assert answer.all("Mikrotik-Rate-Limit") == ["8000k/9000k"]

    blocked = IpDraft(address="100.64.0.8", prefix=24, login_id=login.id, options=("block",))
    saved = bus.execute(EditIp(ip_id=single, version=saved.version, draft=blocked)).value
    assert radius_server.ask(pap("joao", PASSWORD)).all("Framed-IP-Address") == []
    bus.execute(DeleteIp(ip_id=single, version=saved.version))
    assert radius_server.ask(pap("joao", PASSWORD)).all("Framed-IP-Address") == []

    database.admin().execute("SET ROLE desk_job")
    database.admin().execute("UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = %s", (plan.id,))
    database.admin().execute("RESET ROLE")
    refused = radius_server.ask(pap("joao", PASSWORD))
    assert refused.rejected and refused.all("Framed-Route") == [] and refused.all("Delegated-IPv6-Prefix") == []
