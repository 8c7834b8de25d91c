"""Speed reduced and restored, each with its end; and what a plan used of its allowance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.demo.routeros import RouterOsStandIn
from desk.services.catalog import Lists, SaveListRow, SmallList
from desk.services.core.errors import Invalid, NotAllowed
from desk.services.ips import CreateIp, DeleteIp, EditIp, IpDraft
from desk.services.plans import OnePlan, PlanRow, SuspendPlan
from desk.services.sessions import (
    AllowanceUse,
    ChoicesForSpeed,
    EndThrottle,
    PlanNotThrottled,
    PlanNotToThrottle,
    RestoreSpeed,
    SpeedNotOffered,
    SpeedTooSoon,
    ThrottlePlan,
    ending,
)
from desk.services.sessions.allowance import period_of
from desk.services.variables import SetVariable, Variables
from tests.builders import a_catalog_plan, a_plan, an_ip
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.core.net import settled
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn

SLOW, WHOLE = "5000k/10000k", "50000k/100000k"


@pytest.fixture
def line(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A plan of 100/50 Mbps that is online."""
    monkeypatch.setattr(ending, "NAS_SECONDS", 0.6)
    with RouterOsStandIn() as router, NasStandIn(SECRET) as nas:
        yield a_line(database, router, nas)


def row(line: Line) -> PlanRow:
    return line.database.bus("atendente").execute(OnePlan(line.plan.id)).value


def throttle(line: Line, until: dt.date | None = None) -> None:
    order = ThrottlePlan(plan_id=line.plan.id, version=row(line).version, reason="Atraso no pagamento", until=until)
    line.database.bus("atendente").execute(order)


def restore(line: Line, until: dt.date, *, confirmed: bool = False) -> None:
    order = RestoreSpeed(
        plan_id=line.plan.id, version=row(line).version, reason="Promessa", until=until, confirmed=confirmed
    )
    line.database.bus("atendente").execute(order)


def told(line: Line) -> str:
    """The speed that RADIUS gives now."""
    found = line.database.admin().execute("SELECT desk.wanted_rate(%s)", (line.login.id,)).fetchone()
    assert found is not None
    return str(found[0])


def today(line: Line) -> dt.date:
    return line.database.bus("atendente").execute(ChoicesForSpeed(line.plan.id)).value.today


def settle(line: Line) -> str:
    """Deliver the login's debt; the speed the router holds for the open connection afterwards."""
    line.settle(role="atendente", topic="radius_login", key=str(line.login.id))
    return line.nas.rates.get("81700001", "")


def passes(line: Line, column: str) -> None:
    """The moment of a marker is over, and its debt is due."""
    as_job(line.database, f"UPDATE desk.customer_plans SET {column} = clock_timestamp() - interval '1 s'")
    line.database.admin().execute(
        "UPDATE desk.debts SET due_at = clock_timestamp(), done = wanted - 1, attempts = 1 WHERE topic = 'plan_speed'"
    )


def test_reduced_restored_for_a_while_and_reduced_again_by_itself(line: Line) -> None:
    throttle(line)
    assert (row(line).throttled, told(line), settle(line)) == (True, SLOW, SLOW)
    restore(line, today(line) + dt.timedelta(days=2))
    assert (told(line), settle(line)) == (WHOLE, WHOLE)
    assert row(line).throttled and row(line).speed_until is not None
    due = line.database.admin().execute(
        "SELECT due_at > now() + interval '1 day' FROM desk.debts WHERE topic = 'plan_speed'"
    )
    assert due.fetchone() == (True,)
    assert line.settle(role="atendente", topic="plan_speed", key=str(line.plan.id)) is None  # not before its hour
    passes(line, "speed_until")
    assert line.settle(role="atendente", topic="plan_speed", key=str(line.plan.id)) is not None
    assert (told(line), line.nas.rates["81700001"], row(line).speed_until) == (SLOW, SLOW, None)
    assert line.nas.open  # nobody was dropped for it
    actions = line.database.admin().execute("SELECT action FROM desk.history_entries ORDER BY id").fetchall()
    assert actions == [("plan.throttled",), ("plan.speed_restored",)]


def test_a_reduction_may_end_by_itself(line: Line) -> None:
    throttle(line, until=today(line) + dt.timedelta(days=5))
    assert settle(line) == SLOW
    passes(line, "throttled_until")
    line.settle(role="atendente", topic="plan_speed", key=str(line.plan.id))
    assert (told(line), line.nas.rates["81700001"], row(line).throttled) == (WHOLE, WHOLE, False)


def test_of_two_moments_the_later_is_still_owed(line: Line) -> None:
    throttle(line, until=today(line) + dt.timedelta(days=20))
    restore(line, today(line) + dt.timedelta(days=1))
    passes(line, "speed_until")
    line.settle(role="atendente", topic="plan_speed", key=str(line.plan.id))
    owed = line.database.admin().execute(
        "SELECT done < wanted, due_at > now() + interval '18 days' FROM desk.debts WHERE topic = 'plan_speed'"
    )
    assert owed.fetchone() == (True, True)


def test_ended_by_a_person_and_by_a_change_of_status(line: Line) -> None:
    throttle(line)
    bus = line.database.bus("atendente")
    bus.execute(EndThrottle(plan_id=line.plan.id, version=row(line).version))
    assert (row(line).throttled, told(line)) == (False, WHOLE)
    throttle(line)
    bus.execute(SuspendPlan(plan_id=line.plan.id, version=row(line).version, reason="A pedido do cliente"))
    assert not row(line).throttled


def test_another_speed_in_the_catalogue_reaches_open_connections(line: Line) -> None:
    change = "UPDATE desk.catalog_plans SET up_kbps = 70000"
    as_job(line.database, change)
    assert settle(line) == "70000k/100000k"
    assert line.nas.open and line.row()["rate_limit"] == "70000k/100000k"
    assert not line.owes()
    as_job(line.database, "UPDATE desk.catalog_plans SET price = price + 1")
    assert not line.owes()
    as_job(line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'")
    as_job(line.database, "UPDATE desk.catalog_plans SET up_kbps = 60000")
    assert not line.owes()  # such a router tells nobody: the next login gets it


def share(line: Line, percent: str) -> None:
    """Another share of its speed for every throttled plan."""
    bus = line.database.bus("administrador")
    (variable,) = [each for each in bus.execute(Variables()).value if each.code == "throttle_percent"]
    bus.execute(SetVariable(code=variable.code, value=percent, version=variable.version))


def owed(line: Line) -> list[tuple[str, str]]:
    rows = line.database.admin().execute(
        "SELECT topic, key FROM desk.debts WHERE done < wanted ORDER BY 1, length(key), 2"
    )
    return [(topic, key) for topic, key in rows]


def test_another_share_for_throttled_plans_reaches_open_connections(line: Line) -> None:
    share(line, "15")
    assert owed(line) == []  # nobody is throttled
    throttle(line)
    assert settle(line) == "7500k/15000k"
    share(line, "20")
    assert owed(line) == [("radius_login", str(line.login.id))]
    assert (settle(line), line.row()["rate_limit"], line.row()["stopped_at"]) == (
        "10000k/20000k",
        "10000k/20000k",
        None,
    )
    assert owed(line) == []
    as_job(line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'")
    share(line, "30")
    assert owed(line) == []  # such a router tells nobody: the next login gets it
    as_job(line.database, "UPDATE desk.variables SET value = '9' WHERE code = 'speed_days'")
    assert owed(line) == []


def test_all_throttled_plans_are_owed_at_once_with_the_addresses_that_routers_slow_down(line: Line) -> None:
    """One line of settings, one statement: of those who are throttled, who is online, and what has a queue."""
    database = line.database
    copied = (
        "UPDATE desk.customer_plans p SET access_point_id = l.access_point_id, throttled = %s"
        " FROM desk.customer_plans l WHERE l.id = %s AND p.id = %s"
    )
    found: dict[tuple[bool, bool], tuple[int, int]] = {}
    for slow in (True, False):
        for online in (True, False):
            plan = a_plan(database, logins=1)
            as_job(database, copied, slow, line.plan.id, plan.id)
            found[slow, online] = plan.logins[0].id, an_ip(database, f"177.10.20.{plan.id % 250}", plan_id=plan.id).id
            if online:
                database.admin().execute(
                    "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at)"
                    " VALUES ('1', %s, %s, '127.0.0.1', now())",
                    (f"many-{plan.id}", plan.logins[0].login),
                )
    settled(database)
    share(line, "20")
    ips = sorted(ip for (slow, _), (_, ip) in found.items() if slow)
    assert owed(line) == [*(("customer_ip", str(ip)) for ip in ips), ("radius_login", str(found[True, True][0]))]


def test_an_ips_own_speed_reaches_the_open_connection_of_its_login(line: Line) -> None:
    """5.15 Velocidade: above the catalogue's, for the session that brings the address."""
    bus = line.database.bus("suporte")

    def of(down: int | None, up: int | None) -> IpDraft:
        return IpDraft(address="100.64.0.7", prefix=32, login_id=line.login.id, down_kbps=down, up_kbps=up)

    made = bus.execute(CreateIp(plan_id=line.plan.id, draft=of(None, None))).value
    settle(line)
    assert line.nas.heard == []  # the same speed: nothing to tell
    saved = bus.execute(EditIp(ip_id=made.ip_id, version=made.version, draft=of(9_000, 8_000))).value
    assert ("radius_login", str(line.login.id)) in owed(line)
    assert (settle(line), line.row()["rate_limit"]) == ("8000k/9000k", "8000k/9000k")
    throttle(line)
    assert settle(line) == "800k/900k"  # the share is of its own speed
    line.database.bus("atendente").execute(EndThrottle(plan_id=line.plan.id, version=row(line).version))
    saved = bus.execute(EditIp(ip_id=made.ip_id, version=saved.version, draft=of(None, None))).value
    assert settle(line) == WHOLE
    assert line.nas.heard == ["coa", "coa", "coa"]
    saved = bus.execute(EditIp(ip_id=made.ip_id, version=saved.version, draft=of(6_000, 5_000))).value
    assert settle(line) == "5000k/6000k"
    bus.execute(DeleteIp(ip_id=made.ip_id, version=saved.version))
    assert settle(line) == WHOLE  # with the address goes its speed
    assert line.nas.open and line.row()["stopped_at"] is None


def test_what_is_refused(line: Line) -> None:
    with pytest.raises(PlanNotThrottled):
        restore(line, today(line))
    throttle(line)
    with pytest.raises(PlanNotToThrottle):
        throttle(line)
    for days in (-1, 4):
        with pytest.raises(Invalid):
            restore(line, today(line) + dt.timedelta(days=days))
    restore(line, today(line))
    with pytest.raises(SpeedTooSoon):
        restore(line, today(line))
    restore(line, today(line), confirmed=True)
    as_job(line.database, "UPDATE desk.catalog_plans SET allows_speed_restore = false")
    with pytest.raises(SpeedNotOffered):
        restore(line, today(line), confirmed=True)
    with pytest.raises(NotAllowed):
        line.database.bus("suporte").execute(EndThrottle(plan_id=line.plan.id, version=row(line).version))


def test_a_way_of_paying_has_days_of_its_own(line: Line) -> None:
    """6.13: how soon again depends on how the customer pays; where nothing is said, the variable counts."""
    throttle(line)
    restore(line, today(line))
    with pytest.raises(SpeedTooSoon) as refused:
        restore(line, today(line))
    assert refused.value.params["days"] == 30
    methods = line.database.bus("administrador")
    (method,) = methods.execute(Lists(SmallList.METHODS)).value
    order = SaveListRow(which=SmallList.METHODS, id=method.id, name=method.name, speed_gap_days=7)
    methods.execute(order)
    with pytest.raises(SpeedTooSoon) as refused:
        restore(line, today(line))
    assert refused.value.params["days"] == 7
    methods.execute(replace(order, speed_gap_days=0))
    restore(line, today(line))


@given(st.dates(dt.date(2020, 1, 1), dt.date(2032, 12, 31)), st.integers(1, 31))
def test_periods_cover_every_day_once(day: dt.date, due_day: int) -> None:
    since, until = period_of(day, due_day)
    assert since <= day <= until
    assert 27 <= (until - since).days <= 30
    assert period_of(since, due_day) == period_of(until, due_day) == (since, until)
    assert period_of(until + dt.timedelta(days=1), due_day)[0] == until + dt.timedelta(days=1)
    assert since.day == due_day or (since + dt.timedelta(days=1)).day == 1


def test_use_against_the_allowance(database: Database) -> None:
    product = a_catalog_plan(database, allowance_gb=100)
    plan = a_plan(database, catalog_plan=product, logins=2, due_day=10)
    bus = database.bus("ninguem")
    empty = bus.execute(AllowanceUse(plan.id)).value
    assert (empty.used, empty.left, empty.percent) == (0, 100_000_000_000, 0)
    for login, day, octets in (
        (plan.logins[0], empty.since, 30),
        (plan.logins[1], empty.until, 40),
        (plan.logins[0], empty.since - dt.timedelta(days=1), 500),
        (plan.logins[0], empty.until + dt.timedelta(days=1), 500),
    ):
        database.admin().execute(
            "INSERT INTO desk.radius_usage VALUES (%s, %s, 0, %s)", (login.id, day, octets * 1_000_000_000)
        )
    found = bus.execute(AllowanceUse(plan.id)).value
    assert (found.used, found.left, found.percent) == (70_000_000_000, 30_000_000_000, 70)
    database.admin().execute("UPDATE desk.radius_usage SET out_octets = out_octets * 2")
    over = bus.execute(AllowanceUse(plan.id)).value
    assert (over.left, over.percent) == (0, 140)
