"""An IP from the click to the router's own lists: as its access point enforces it, and nothing that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import Faults, RouterOsStandIn
from desk.services.core.outbox import DeliveryState, Progress, Settler
from desk.services.ips import (
    CreateIp,
    DeleteIp,
    EditIp,
    IpDraft,
    IpSaved,
    MacEntry,
)
from desk.services.logins import reconcile as reconciling
from desk.services.plans import OnePlan, SuspendPlan
from tests.builders import AccessPoint, Plan, a_plan
from tests.postgres import Database
from tests.services.core.net import router_of, settled, states
from tests.services.test_ip_ranges import as_job

DONE, UNCHANGED, SILENT, REFUSED = (
    DeliveryState.DONE,
    DeliveryState.UNCHANGED,
    DeliveryState.SILENT,
    DeliveryState.REFUSED,
)
MENUS = (
    "/ip/address",
    "/ipv6/address",
    "/ip/arp",
    "/queue/simple",
    "/ip/firewall/address-list",
    "/ipv6/firewall/address-list",
)
ALL = "interface = 'ether2', sets_address = true, sets_queue = true, sets_arp = true"
LISTS = "allowed_list = 'liberados', blocked_list = 'bloqueados'"
CLERK = "suporte"


class Street:
    """A plan at an access point that enforces everything, and its router."""

    def __init__(self, database: Database, router: RouterOsStandIn, enforcement: str = f"{ALL}, {LISTS}") -> None:
        self.database, self.router = database, router
        self.point: AccessPoint = router_of(database, router)
        self.enforce(enforcement)
        self.plan: Plan = a_plan(database, access_point=self.point)
        router.tables.put("/ip/firewall/address-list", list="liberados", address="192.0.2.77", comment="do técnico")
        settled(database)

    def enforce(self, how: str) -> None:
        """Change how the access point enforces addresses."""
        as_job(self.database, f"UPDATE desk.access_points SET {how} WHERE id = {self.point.id}")

    def draft(self, address: str = "10.0.0.2", prefix: int = 24, **more: Any) -> IpDraft:
        """A draft at this access point, with the switches that are usually on."""
        usual: dict[str, Any] = {
            "options": ("firewall", "bandwidth", "bind_mac"),
            "macs": (MacEntry("00005E005301"),),
            "access_point_id": self.point.id,
        }
        return IpDraft(address=address, prefix=prefix, **usual | more)

    def create(self, draft: IpDraft) -> IpSaved:
        """As the clerk does it."""
        return self.database.bus(CLERK).execute(CreateIp(plan_id=self.plan.id, draft=draft)).value

    def settle(self, ip_id: int) -> Progress:
        """Settle the IP's debt as its own desk does."""
        news: list[Progress] = []
        sessions = self.database.signed_in(CLERK).sessions
        assert Settler(sessions, reconcilers(sessions), news.append).settle("customer_ip", str(ip_id))
        return news[-1]

    def held(self) -> list[str]:
        """The router's lines that are ours, in one line of text each."""
        shown = []
        for menu in MENUS:
            for row in self.router.tables.rows[menu]:
                if row.get("comment", "").startswith("desk:ip:"):
                    values = [row.get(name, "") for name in ("list", "address", "target", "mac-address", "max-limit")]
                    off = " off" if row["disabled"] == "true" else ""
                    shown.append(f"{menu} {' '.join(value for value in values if value)}{off}")
        return shown


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """A router on loopback."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


OPEN = [
    "/ip/arp 10.0.0.2 00:00:5E:00:53:01",
    "/queue/simple 10.0.0.2/32 50000000/100000000",
    "/ip/firewall/address-list liberados 10.0.0.2",
    "/ip/firewall/address-list desk-firewall 10.0.0.2",
]
SHUT = [
    "/ip/arp 10.0.0.2 00:00:5E:00:53:01 off",
    "/queue/simple 10.0.0.2/32 50000000/100000000",
    "/ip/firewall/address-list bloqueados 10.0.0.2",
]


def test_new_suspended_edited_deleted(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    made = street.create(street.draft())
    done = street.settle(made.ip_id)
    assert done.settled and states(done) == {"radius": (DONE, "ip_not_in_radius"), "router": (DONE, "ip_open")}
    assert street.held() == OPEN

    bus = database.bus("atendente")
    row = bus.execute(OnePlan(street.plan.id)).value
    bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version))
    assert states(street.settle(made.ip_id))["router"] == (DONE, "ip_blocked")
    assert street.held() == SHUT

    as_job(database, "UPDATE desk.customer_plans SET status = 'HABILITADO' WHERE id = %s", street.plan.id)
    assert states(street.settle(made.ip_id))["router"] == (DONE, "ip_open")
    assert sorted(street.held()) == sorted(OPEN)

    clerk = database.bus(CLERK)
    order = EditIp(
        ip_id=made.ip_id, version=made.version, draft=street.draft("10.0.0.6", 30, down_kbps=9_000, up_kbps=8_000)
    )
    saved = clerk.execute(order).value
    street.settle(made.ip_id)
    assert sorted(street.held()) == [
        "/ip/address 10.0.0.5/30",
        "/ip/arp 10.0.0.6 00:00:5E:00:53:01",
        "/ip/firewall/address-list desk-firewall 10.0.0.4/30",
        "/ip/firewall/address-list liberados 10.0.0.4/30",
        "/queue/simple 10.0.0.4/30 8000000/9000000",
    ]
    clerk.execute(DeleteIp(ip_id=saved.ip_id, version=saved.version))
    gone = street.settle(made.ip_id)
    assert states(gone) == {"radius": (DONE, "ip_freed"), "router": (DONE, "ip_removed")}
    assert street.held() == []
    assert [row["comment"] for row in router.tables.rows["/ip/firewall/address-list"]] == ["do técnico"]


def test_twice_sends_nothing_and_lost_lines_come_back(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    made = street.create(street.draft())
    street.settle(made.ip_id)
    router.forget()
    as_job(database, "UPDATE desk.customer_ips SET version = version + 1 WHERE id = %s", made.ip_id)
    assert states(street.settle(made.ip_id))["router"] == (UNCHANGED, "ip_right")
    assert router.writes() == []
    router.tables.rows["/queue/simple"].clear()
    as_job(database, "UPDATE desk.customer_ips SET version = version + 1 WHERE id = %s", made.ip_id)
    assert states(street.settle(made.ip_id))["router"] == (DONE, "ip_open")
    assert sorted(street.held()) == sorted(OPEN)


def test_a_foreign_line_stays_and_is_said(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    router.tables.put("/ip/firewall/address-list", list="liberados", address="10.0.0.2", comment="do técnico")
    made = street.create(street.draft())
    refused = street.settle(made.ip_id)
    assert not refused.settled and states(refused)["router"] == (REFUSED, "not_ours")
    assert [row["comment"] for row in router.tables.rows["/ip/firewall/address-list"]] == ["do técnico", "do técnico"]


def test_another_way_of_enforcing_and_another_router(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    made = street.create(street.draft())
    street.settle(made.ip_id)
    street.enforce("sets_arp = false, sets_queue = false, allowed_list = ''")
    street.settle(made.ip_id)
    assert street.held() == ["/ip/firewall/address-list desk-firewall 10.0.0.2"]
    with RouterOsStandIn() as second:
        other = router_of(database, second)
        settled(database)
        clerk = database.connect(CLERK)
        clerk.execute(
            "UPDATE desk.access_points SET routing_server_id = %s WHERE id = %s",
            (other.routing_server_id, street.point.id),
        )
        street.settle(made.ip_id)
        assert street.held() == []
        street.router = second
        assert street.held() == ["/ip/firewall/address-list desk-firewall 10.0.0.2"]


def test_a_silent_router_is_tried_again(
    database: Database, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)
    street = Street(database, router)
    made = street.create(street.draft())
    router.faults = Faults(mute_after_accept=True)
    waiting = street.settle(made.ip_id)
    assert states(waiting)["router"] == (SILENT, "silent") and waiting.next_due is not None
    router.faults = Faults()
    assert states(street.settle(made.ip_id))["router"] == (DONE, "ip_open")


def test_prefixes_go_to_the_lists_of_ipv6(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    made = street.create(street.draft("2001:db8::", 56))
    street.settle(made.ip_id)
    assert street.held() == [
        "/ipv6/address 2001:db8::1/56",
        "/queue/simple 2001:db8::/56 50000000/100000000",
        "/ipv6/firewall/address-list liberados 2001:db8::/56",
        "/ipv6/firewall/address-list desk-firewall 2001:db8::/56",
    ]


def test_when_provisional_time_is_over_the_addresses_close(database: Database, router: RouterOsStandIn) -> None:
    street = Street(database, router)
    made = street.create(street.draft())
    street.settle(made.ip_id)
    as_job(database, "UPDATE desk.customer_plans SET status = 'SUSPENSO_DEBITO' WHERE id = %s", street.plan.id)
    as_job(
        database,
        "UPDATE desk.customer_plans SET provisional_until = now() + interval '1 day' WHERE id = %s",
        street.plan.id,
    )
    street.settle(made.ip_id)
    assert sorted(street.held()) == sorted(OPEN)
    settled(database)
    as_job(
        database,
        "UPDATE desk.customer_plans SET provisional_until = now() - interval '1 second' WHERE id = %s",
        street.plan.id,
    )
    database.admin().execute("UPDATE desk.debts SET done = wanted WHERE topic <> 'plan_provisional'")
    sessions = database.signed_in(CLERK).sessions
    assert Settler(sessions, reconcilers(sessions)).settle("plan_provisional", str(street.plan.id))
    assert street.held() == SHUT


def queues(street: Street) -> list[str]:
    """The speeds that the router gives, as upload/download."""
    return [row["max-limit"] for row in street.router.tables.rows["/queue/simple"]]


def marker(street: Street, **moments: str) -> None:
    """The plan is throttled, with these ends of it in SQL."""
    told = ", ".join(f"{name} = {value}" for name, value in moments.items())
    as_job(street.database, f"UPDATE desk.customer_plans SET throttled = true, {told} WHERE id = {street.plan.id}")


def moment_comes(street: Street, name: str) -> Progress:
    """The end of a marker is past, and its debt alone is settled."""
    as_job(street.database, f"UPDATE desk.customer_plans SET {name} = clock_timestamp() - interval '1 s'")
    settled(street.database)
    street.database.admin().execute(
        "UPDATE desk.debts SET done = wanted - 1, due_at = clock_timestamp(), attempts = 1 WHERE topic = 'plan_speed'"
    )
    news: list[Progress] = []
    sessions = street.database.signed_in(CLERK).sessions
    assert Settler(sessions, reconcilers(sessions), news.append).settle("plan_speed", str(street.plan.id))
    return news[-1]


def test_the_queue_follows_the_markers_of_speed_and_their_end(database: Database, router: RouterOsStandIn) -> None:
    """6.13: what a session would be given by RADIUS, an address without one is given by its queue."""
    street = Street(database, router)
    made = street.create(street.draft())
    later = "now() + interval '2 days'"
    for moments, speed in (
        ({}, "5000000/10000000"),
        ({"speed_until": later}, "50000000/100000000"),
        ({"speed_until": "NULL"}, "5000000/10000000"),
        ({"throttled_until": later}, "5000000/10000000"),
    ):
        marker(street, **{"throttled_until": "NULL", **moments})
        street.settle(made.ip_id)
        assert queues(street) == [speed], moments
    assert moment_comes(street, "throttled_until").settled
    assert queues(street) == ["50000000/100000000"]


def test_a_router_that_is_silent_at_the_end_of_a_marker_is_not_put_off_to_the_next_one(
    database: Database, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "DEADLINE", 0.5)
    street = Street(database, router)
    made = street.create(street.draft())
    marker(street, throttled_until="now() + interval '20 days'", speed_until="now() + interval '1 day'")
    street.settle(made.ip_id)
    assert queues(street) == ["50000000/100000000"]
    router.faults = Faults(mute_after_accept=True)
    waiting = moment_comes(street, "speed_until")
    assert not waiting.settled
    due = "SELECT due_at < now() + interval '1 minute', wanted - done FROM desk.debts WHERE topic = 'plan_speed'"
    assert database.admin().execute(due).fetchone() == (True, 1)
    router.faults = Faults()
    sessions = database.signed_in(CLERK).sessions
    assert Settler(sessions, reconcilers(sessions)).settle("plan_speed", str(street.plan.id))
    assert queues(street) == ["5000000/10000000"]
    left = "SELECT due_at > now() + interval '18 days', wanted - done FROM desk.debts WHERE topic = 'plan_speed'"
    assert database.admin().execute(left).fetchone() == (True, 1)
