"""Slow, lossy, half-open and restarting routers: nothing is lost, nothing doubled, and what is owed says why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import DeliveryState, Progress, Settler
from desk.services.ips import CreateIp, IpDraft, MacEntry
from desk.services.logins import reconcile as reconciling
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.sessions import CloseConnection, WatchTraffic, ending, traffic
from tests.builders import a_secret
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.net import settled
from tests.services.core.waiting import until
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn
from tests.standins.wire import End, Trip, Wire

CLERK, PATIENCE = "administrador", 0.6


@dataclass
class Street:
    """A customer online behind a wire that tests may break; the router keeps secrets and enforces addresses."""

    line: Line
    wire: Wire
    ip_id: int = 0

    @property
    def router(self) -> RouterOsStandIn:
        return self.line.router

    def settle(self, topic: str, key: str) -> Progress:
        """One try, as a desk does; the last news of it."""
        sessions = self.line.database.signed_in(CLERK).sessions
        assert Settler(sessions, reconcilers(sessions), self.line.news.append).settle(topic, key)
        return self.line.news[-1]

    def reboot(self) -> None:
        """Secrets and lines of ours are kept; who was connected is not."""
        self.router.tables.rows["/ppp/active"].clear()

    def held(self) -> list[str]:
        """Everything on the router that is ours, or is online."""
        rows = self.router.tables.rows
        return [
            f"{menu} {row.get('name', row.get('address', ''))} {row.get('disabled', '')}"
            for menu in ("/ppp/secret", "/ppp/active", "/ip/arp", "/queue/simple", "/ip/firewall/address-list")
            for row in rows[menu]
        ]


@pytest.fixture
def street(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Street]:
    """Everything settled, and nobody waits long for a router."""
    monkeypatch.setattr(reconciling, "DEADLINE", PATIENCE)
    monkeypatch.setattr(ending, "API_SECONDS", PATIENCE)
    monkeypatch.setattr(traffic, "LOOK_SECONDS", PATIENCE)
    monkeypatch.setattr(traffic, "LONGEST_PAUSE", 0.2)
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas, Wire(router.port) as wire:
        line = a_line(database, router, nas)
        as_job(database, "UPDATE desk.routing_servers SET local_secrets = true, port = %s", wire.port)
        as_job(
            database,
            "UPDATE desk.access_points SET disconnect_by = 'API do roteador', interface = 'ether2', sets_queue = true,"
            " sets_arp = true, allowed_list = 'liberados', blocked_list = 'bloqueados'",
        )
        a_secret(database, "radius", line.login.id, "k2m4p6r8", clear=True)
        router.tables.interface("maria.casa", rx_byte="3100", tx_byte="41200")
        found = Street(line, wire)
        sessions = database.signed_in(CLERK).sessions
        while Settler(sessions, reconcilers(sessions), line.news.append).settle():
            pass
        settled(database)
        router.forget()
        yield found


Debt = tuple[str, str]


def suspend(street: Street) -> Debt:
    bus = street.line.database.bus(CLERK)
    row = bus.execute(OnePlan(street.line.plan.id)).value
    bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version))
    return "radius_login", str(street.line.login.id)


def new_ip(street: Street) -> Debt:
    (point,) = street.line.database.admin().execute("SELECT access_point_id FROM desk.customer_plans").fetchone() or (
        0,
    )
    draft = IpDraft(address="10.0.0.2", prefix=24, access_point_id=point, macs=(MacEntry("00005E005301"),),
                    options=("bandwidth", "bind_mac"))  # fmt: skip
    made = street.line.database.bus(CLERK).execute(CreateIp(plan_id=street.line.plan.id, draft=draft)).value
    return "customer_ip", str(made.ip_id)


def close(street: Street) -> Debt:
    street.line.database.bus(CLERK).execute(CloseConnection(login_id=street.line.login.id))
    return "radius_session", str(street.line.session)


SUSPENDED = ["/ppp/secret maria.casa true"]
ONLINE = ["/ppp/secret maria.casa false", "/ppp/active maria.casa "]
WITH_IP = [
    *ONLINE,
    "/ip/arp 10.0.0.2 false",
    "/queue/simple desk-ip-1 false",
    "/ip/firewall/address-list 10.0.0.2 false",
]
# What is ordered, the sentence on which the wire breaks, and what the router holds in the end.
ACTS: dict[str, tuple[Callable[[Street], Debt], bytes, list[str]]] = {
    "login": (suspend, b"/ppp/secret/set", SUSPENDED),
    "login, its connection": (suspend, b"/ppp/active/remove", SUSPENDED),
    "IP": (new_ip, b"/queue/simple/add", WITH_IP),
    "closing": (close, b"/ppp/active/remove", ["/ppp/secret maria.casa false"]),
}
FAULTS: dict[str, Callable[[Street, bytes], Trip | None]] = {
    "slow": lambda street, needle: None,
    "vanished before": lambda street, needle: None,
    "half-open, never heard": lambda street, needle: Trip(needle, End.HALF_OPEN, share=0.0),
    "half-open, half a sentence": lambda street, needle: Trip(needle, End.HALF_OPEN, share=0.5),
    "half-open, the answer is lost": lambda street, needle: Trip(needle, End.HALF_OPEN),
    "restarts, never heard": lambda street, needle: Trip(needle, End.RESET, share=0.0, then=street.reboot),
    "restarts in mid-sentence": lambda street, needle: Trip(needle, End.RESET, share=0.5, then=street.reboot),
    "restarts, it was written": lambda street, needle: Trip(needle, End.RESET, then=street.reboot),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("act", ACTS)
def test_owed_with_its_reason_then_settled_with_proof_and_nothing_twice(
    street: Street, act: str, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, needle, wanted = ACTS[act]
    street.wire.trip = FAULTS[fault](street, needle)
    if fault == "slow":  # 60 ms there and back, and the patience of the program itself
        street.wire.delay = 0.03
        monkeypatch.setattr(reconciling, "DEADLINE", 8.0)
        monkeypatch.setattr(ending, "API_SECONDS", 8.0)
    if fault == "vanished before":
        street.wire.vanish()
    before = street.router.connections
    began = time.monotonic()
    topic, key = order(street)
    assert time.monotonic() - began < 1.0
    assert street.router.connections == before  # saving has spoken to nobody

    began = time.monotonic()
    first = street.settle(topic, key)
    assert time.monotonic() - began < (8.0 if fault == "slow" else PATIENCE + 2.5)
    if fault == "slow":
        assert first.settled
        street.wire.mend()
    else:
        assert not first.settled and first.next_due is not None
        state = next(step for step in reversed(first.steps) if step.system in ("session", "router"))
        assert state.state is DeliveryState.SILENT
        assert state.detail in ("silent", "closed", "no_route")
        row = street.line.database.admin().execute(
            "SELECT done < wanted, last_error, last_detail IS NOT NULL FROM desk.debts WHERE topic = %s AND key = %s",
            (topic, key),
        )
        assert row.fetchone() == (True, "Unreachable", True)
        street.wire.mend()
        again = street.settle(topic, key)
        assert again.settled and again.steps
    if fault.startswith("restarts"):
        wanted = [each for each in wanted if not each.startswith("/ppp/active")]
    assert street.held() == wanted

    street.router.forget()
    as_job(street.line.database, "UPDATE desk.radius_logins SET version = version + 1")
    as_job(street.line.database, "UPDATE desk.customer_ips SET version = version + 1")
    for again_topic, again_key in (("radius_login", str(street.line.login.id)), ("customer_ip", "1")):
        if again_topic == "radius_login" or topic == "customer_ip":
            assert street.settle(again_topic, again_key).settled
    assert street.router.writes() == []


def test_a_router_that_forgot_everything_is_filled_again(street: Street) -> None:
    """A restart with an older configuration: what is compared is what the router holds, not what it was once told."""
    new_ip(street)
    street.settle("customer_ip", "1")
    for menu in ("/ppp/secret", "/ppp/active", "/ip/arp", "/queue/simple", "/ip/firewall/address-list"):
        street.router.tables.rows[menu].clear()
    as_job(street.line.database, "UPDATE desk.radius_logins SET version = version + 1")
    as_job(street.line.database, "UPDATE desk.customer_ips SET version = version + 1")
    assert street.settle("radius_login", str(street.line.login.id)).settled
    assert street.settle("customer_ip", "1").settled
    assert street.held() == [each for each in WITH_IP if not each.startswith("/ppp/active")]


@pytest.mark.parametrize("fault", ["half-open", "restart", "in mid-answer"])
def test_live_traffic_through_a_router_that_dies_without_a_word(street: Street, fault: str) -> None:
    feed = street.line.database.bus(CLERK).execute(WatchTraffic(street.line.login.id)).value
    try:
        assert feed.look().connected
        if fault == "half-open":
            street.wire.vanish()
        else:
            end = End.RESET if fault == "restart" else End.HALF_OPEN
            street.wire.trip = Trip(b"/ppp/active/print", end, share=0.0 if fault == "restart" else 1.0)
        began = time.monotonic()
        assert feed.look().problem in ("silent", "closed")
        assert time.monotonic() - began < PATIENCE + 1.5
        assert feed.look().problem == "away"  # not hammered meanwhile
        street.wire.mend()
        until(lambda: feed.look().connected)
        assert feed.look().problem == ""
    finally:
        feed.close()
