"""Dados de Tráfego: asked of the router while somebody watches, through its absence and return."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.errors import NotAllowed
from desk.services.sessions import TrafficFeed, WatchTraffic, traffic
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.waiting import until
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn


@pytest.fixture
def line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A login online at a router whose counters move."""
    monkeypatch.setattr(traffic, "LOOK_SECONDS", 1.0)
    monkeypatch.setattr(traffic, "LONGEST_PAUSE", 0.2)
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas:
        made = a_line(database, router, nas)
        router.tables.interface("maria.casa", rx_byte="3100", tx_byte="41200")
        router.tables.flow = lambda name: (9_000_000, 82_000_000)
        yield made


@pytest.fixture
def feed(line: Line) -> Iterator[TrafficFeed]:
    """Somebody watches."""
    made = line.database.bus("suporte").execute(WatchTraffic(line.login.id)).value
    yield made
    made.close()


def test_it_names_the_flow_from_the_customers_side(line: Line, feed: TrafficFeed) -> None:
    look = feed.look()
    assert (look.connected, look.problem, look.interface) == (True, "", "<pppoe-maria.casa>")
    assert (look.download_bps, look.upload_bps) == (82_000_000, 9_000_000)
    assert (look.downloaded, look.uploaded, look.uptime_seconds) == (41_200, 3_100, 3723)
    assert (look.identity, look.address) == ("BNG-1", "100.64.0.7")
    assert (feed.information.router, feed.information.down_kbps) == ("BNG 1", 100_000)


def test_one_visit_serves_all_looks_and_closing_ends_it(line: Line, feed: TrafficFeed) -> None:
    for _ in range(5):
        assert feed.look().connected
    assert line.router.commands()["/system/identity/print"] == 1
    assert line.router.commands()["/interface/monitor-traffic"] == 5
    feed.close()
    feed.close()
    asked = len(line.router.received)
    assert feed.look().problem == "no_router"
    assert len(line.router.received) == asked


def test_it_survives_the_router_going_away_and_coming_back(line: Line, feed: TrafficFeed) -> None:
    assert feed.look().connected
    line.router.stop()
    assert feed.look().problem in ("closed", "no_route", "silent")
    assert feed.look().problem == "away"  # not hammered
    line.router.start()
    until(lambda: feed.look().connected)
    assert feed.look().problem == ""


def test_a_mute_router_holds_nobody_longer_than_its_deadline(line: Line, feed: TrafficFeed) -> None:
    line.router.faults.mute_after_login = True
    assert feed.look().problem == "silent"
    line.router.faults.mute_after_login = False
    until(lambda: feed.look().connected)


def test_who_is_not_connected(line: Line, feed: TrafficFeed) -> None:
    line.router.tables.rows["/ppp/active"].clear()
    look = feed.look()
    assert (look.connected, look.problem, look.download_bps) == (False, "", None)
    line.router.tables.session("maria.casa", service="l2tp")
    look = feed.look()  # connected, but its interface is not listed
    assert (look.connected, look.interface, look.download_bps) == (True, "<l2tp-maria.casa>", None)


def test_where_the_connection_is_counts_before_where_the_plan_is(line: Line) -> None:
    as_job(line.database, "UPDATE desk.access_points SET routing_server_id = NULL")
    feed = line.database.bus("suporte").execute(WatchTraffic(line.login.id)).value
    assert feed.information.router == "BNG 1"
    line.database.admin().execute("DELETE FROM desk.radius_sessions")
    feed = line.database.bus("suporte").execute(WatchTraffic(line.login.id)).value
    assert (feed.information.router_id, feed.look().problem) == (None, "no_router")


def test_without_credentials_or_permission(line: Line, feed: TrafficFeed) -> None:
    line.database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    assert feed.look().problem == "no_credentials"
    with pytest.raises(NotAllowed):
        line.database.bus("ninguem").execute(WatchTraffic(line.login.id))
