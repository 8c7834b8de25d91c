"""The listener hears other desks, survives the loss of its connection, and notices a server that hangs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from psycopg.conninfo import make_conninfo

from desk.services.core.changes import CHANNEL, Listener
from desk.services.core.line import Line
from tests.postgres import Database
from tests.services.core.relay import Relay
from tests.services.core.waiting import until


@dataclass
class Ear:
    """A listener and all it said."""

    listener: Listener
    changes: list[frozenset[str]] = field(default_factory=list)
    states: list[bool] = field(default_factory=list)

    def heard(self, name: str) -> bool:
        return any(name in names for names in self.changes)


def listening(dsn: str) -> Ear:
    """Started; the caller closes it."""
    ear = Ear(None)  # type: ignore[arg-type]
    ear.listener = Listener(
        lambda: Line.connect(dsn, autocommit=True), lambda names: ear.changes.append(names), ear.states.append
    )
    ear.listener.start()
    until(lambda: ear.states == [True])
    return ear


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reconnect and doubt sooner than a program in use."""
    monkeypatch.setattr(Listener, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(Listener, "HEARTBEAT_SECONDS", 0.3)


@pytest.fixture
def ear(database: Database, quick: None) -> Iterator[Ear]:
    """A clerk's."""
    found = listening(database.dsn("atendente"))
    yield found
    found.listener.close()


def test_it_hears_what_others_changed(database: Database, ear: Ear) -> None:
    database.connect("suporte").execute("SELECT pg_notify(%s, 'plans/7,history/7')", (CHANNEL,))
    until(lambda: ear.changes == [{"plans/7", "history/7"}])


def test_after_a_gap_everything_counts_as_old(database: Database, ear: Ear) -> None:
    mine = "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE usename = 'atendente'"
    for times in (1, 2):
        database.admin().execute(mine)
        until(lambda times=times: ear.changes.count(frozenset({"*"})) == times)  # type: ignore[misc]
        assert ear.states == [True, *[False, True] * times]
    database.connect("suporte").execute("SELECT pg_notify(%s, 'people')", (CHANNEL,))
    until(lambda: ear.heard("people"))


def test_a_server_that_hangs_is_noticed_although_its_connections_stay(database: Database, quick: None) -> None:
    with Relay(database.cluster.port) as relay:
        dsn = make_conninfo(database.dsn("atendente"), port=relay.port, connect_timeout=2)
        ear = listening(dsn)
        relay.freeze()
        until(lambda: ear.states == [True, False])
        relay.thaw()
        until(lambda: ear.states[-1])
        until(lambda: ear.heard("*"))
        ear.listener.close()


def test_closing_does_not_wait_for_a_server_that_hangs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Listener, "HEARTBEAT_SECONDS", 0.0)
    with Relay(database.cluster.port) as relay:
        ear = listening(make_conninfo(database.dsn("atendente"), port=relay.port))
        relay.freeze()
        monkeypatch.setattr(Listener, "HEARTBEAT_SECONDS", 60.0)
        ear.listener.close()
        assert not ear.listener._thread.is_alive()


def test_closing_before_the_first_answer_ends_the_thread(database: Database) -> None:
    for _ in range(5):
        listener = Listener(lambda: Line.connect(database.dsn("atendente"), autocommit=True), lambda names: None)
        listener.start()
        listener.close()
        assert not listener._thread.is_alive()
