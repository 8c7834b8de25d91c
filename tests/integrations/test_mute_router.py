"""A mute router with many debts holds nobody up: others settle at once, and it is not asked twenty times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.devices import Devices
from desk.services.core.outbox import Deliveries, Progress, Settler
from desk.services.logins import reconcile as reconciling
from desk.services.plans import OnePlan, SuspendPlan
from tests.builders import AccessPoint, Plan, a_plan
from tests.postgres import Database
from tests.services.core.net import router_of, settled
from tests.services.core.waiting import until

MANY = 20
WAIT = 4.0  # what one visit to the mute router costs; the live one answers in hundredths


@pytest.fixture(autouse=True)
def deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorter than in the program, and still much longer than an answer takes."""
    monkeypatch.setattr(reconciling, "DEADLINE", WAIT)


@pytest.fixture
def mute() -> Iterator[RouterOsStandIn]:
    """It takes connections and never says a word."""
    with RouterOsStandIn() as stand_in:
        stand_in.faults.mute_after_accept = True
        yield stand_in


@pytest.fixture
def live() -> Iterator[RouterOsStandIn]:
    """It answers."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


def suspended(database: Database, plan: Plan) -> tuple[Owed, ...]:
    """What suspending the plan leaves behind."""
    bus = database.bus("administrador")
    version = bus.execute(OnePlan(plan.id)).value.version
    return bus.execute(SuspendPlan(plan_id=plan.id, reason="Outro", version=version)).owed


def owed_of(database: Database, mute: RouterOsStandIn, live: RouterOsStandIn) -> tuple[list[Owed], list[Owed]]:
    """Twenty debts of the mute router, then two of the live one."""
    points: list[AccessPoint] = [router_of(database, router, local=True) for router in (mute, live)]
    plans = [a_plan(database, access_point=points[0], logins=1) for _ in range(MANY)]
    plans += [a_plan(database, access_point=points[1], logins=1) for _ in range(2)]
    settled(database)
    debts = [debt for plan in plans for debt in suspended(database, plan)]
    assert [debt.device for debt in debts] == [points[0].routing_server_id] * MANY + [points[1].routing_server_id] * 2
    return debts[:MANY], debts[MANY:]


def settling(database: Database, news: list[Progress], role: str = "administrador") -> Deliveries:
    """As one person's program has it."""
    sessions, devices = database.signed_in(role).sessions, Devices()
    return Deliveries(Settler(sessions, reconcilers(sessions, devices), news.append, devices))


def ended(news: list[Progress]) -> list[str]:
    """Keys of the debts whose attempt is over, in that order."""
    return [progress.key for progress in news if progress.final]


def open_debts(database: Database) -> int:
    row = database.admin().execute("SELECT count(*) FROM desk.debts WHERE done < wanted").fetchone()
    assert row is not None
    return int(row[0])


def test_own_debts_of_a_live_router_pass_those_of_a_mute_one(
    database: Database, mute: RouterOsStandIn, live: RouterOsStandIn
) -> None:
    silent, others = owed_of(database, mute, live)
    news: list[Progress] = []
    with closing(settling(database, news)) as desk:
        desk.deliver([*silent, *others])
        until(lambda: len(ended(news)) >= 2)
        assert set(ended(news)[:2]) == {debt.key for debt in others}
        until(lambda: len(ended(news)) == MANY + 2, WAIT * 3)
        assert mute.connections == 1  # one waited, and the rest were told
        reasons = {step.detail for progress in news if progress.final for step in progress.steps}
        assert "silent" in reasons and open_debts(database) == MANY
        mute.faults.mute_after_accept = False
        desk.deliver_again(silent)  # a person presses "Tentar agora"
        until(lambda: open_debts(database) == 0)


def test_leftovers_of_a_live_router_pass_those_of_a_mute_one(
    database: Database, mute: RouterOsStandIn, live: RouterOsStandIn
) -> None:
    _, others = owed_of(database, mute, live)
    news: list[Progress] = []
    with closing(settling(database, news)) as desk:
        desk.start()
        until(lambda: len(ended(news)) >= 2)
        assert set(ended(news)[:2]) == {debt.key for debt in others}
        until(lambda: len(ended(news)) == 3, WAIT * 3)
        assert (mute.connections, open_debts(database)) == (1, MANY)
        mute.faults.mute_after_accept = False
        until(lambda: open_debts(database) == 0, 30)  # found out by itself


def test_a_silent_device_is_asked_again_by_one_visitor_after_a_growing_pause() -> None:
    now = [0.0]
    devices = Devices(lambda: now[0])

    def visit() -> str:
        try:
            with devices.visit(7, "BNG"):
                now[0] += 8
                raise reconciling.Unreachable("BNG", "no answer")
        except reconciling.Unreachable as error:
            return error.detail

    told = "it was silent just now"
    assert (visit(), visit(), devices.avoided()) == ("no answer", told, [7])
    now[0] = 8 + 5
    assert devices.avoided() == []
    assert (visit(), visit()) == ("no answer", told)
    now[0] = 21 + 9.9
    assert visit() == told
    now[0] = 21 + 10
    with devices.visit(7, "BNG"):
        assert visit() == told  # somebody is looking whether it is back
    assert (visit(), devices.avoided()) == ("no answer", [7])
    devices.forget()
    assert visit() == "no answer"


def test_a_device_that_refuses_at_once_may_be_asked_again_at_once() -> None:
    devices = Devices(lambda: 0.0)
    for _ in range(2):
        with pytest.raises(reconciling.Unreachable) as refused, devices.visit(7, "BNG"):
            raise reconciling.Unreachable("BNG", "connection refused")
        assert refused.value.detail == "connection refused"
    assert devices.avoided() == []


def test_a_device_that_says_no_is_not_silent() -> None:
    devices = Devices()
    for _ in range(2):
        with pytest.raises(reconciling.Refused), devices.visit(7, "BNG"):
            assert devices.avoided() == [7]  # somebody is there
            raise reconciling.Refused("BNG", "wrong password")
    assert devices.avoided() == []
