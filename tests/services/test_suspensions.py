"""ST-15 Suspensão Temporária: begun, planned, ended by its date or before, and what it means to the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.bootstrap import reconcilers
from desk.services.core.bus import Outcome
from desk.services.core.errors import DomainError, Invalid, NotAllowed, StaleRecord
from desk.services.core.outbox import Settler
from desk.services.plans import (
    EnablePlan,
    OnePlan,
    PlanRow,
    PreviewStatusChange,
    StatusChanged,
    SuspendPlan,
    SuspendTemporarily,
    SuspensionTerms,
    WithdrawSuspension,
    not_charged,
)
from desk.services.plans.errors import (
    FactsMoved,
    NoSuspensionPlanned,
    PlanNotActive,
    SuspensionNotOffered,
    SuspensionPlanned,
)
from desk.services.previews import SUSPENSION_COMES, Rehearse, When
from tests.builders import Plan, a_plan, insert
from tests.postgres import Database
from tests.services.core.net import settled
from tests.suspended import closer, offer, rows, today

TARGET = "SUSPENSAO_TEMPORARIA"
HISTORY = "SELECT action, who, source FROM desk.history_entries WHERE plan_id = %s ORDER BY id"
STATUSES = "SELECT to_status, who, reason, note FROM desk.plan_status_history WHERE plan_id = %s ORDER BY id"


def one(database: Database, plan: Plan) -> PlanRow:
    return database.bus("ninguem").execute(OnePlan(plan.id)).value


def asked(database: Database, sql: str, plan: Plan) -> list[tuple[object, ...]]:
    return list(database.admin().execute(sql.encode(), (plan.id,)).fetchall())


def order(database: Database, plan: Plan, start: int = 0, days: int = 30, facts: str = "") -> SuspendTemporarily:
    first = today(database) + dt.timedelta(days=start)
    return SuspendTemporarily(
        plan_id=plan.id,
        starts_on=first,
        ends_on=first + dt.timedelta(days=days),
        reason="A pedido do cliente",
        note="vai viajar",
        version=one(database, plan).version,
        facts=facts,
    )


def suspend(database: Database, plan: Plan, start: int = 0, days: int = 30) -> Outcome[StatusChanged]:
    return database.bus("atendente").execute(order(database, plan, start, days))


def settle(database: Database, plan: Plan, role: str = "desk_worker") -> bool:
    """Settle the plan's dated debt as that desk would at its next round; whether there was anything to take."""
    sessions = database.signed_in(role).sessions
    return Settler(sessions, reconcilers(sessions)).settle("plan_suspension", str(plan.id))


def debt(database: Database, plan: Plan) -> tuple[object, ...]:
    """Whether it is open, and in how many whole days it is due."""
    sql = (
        "SELECT done < wanted, (due_at AT TIME ZONE 'America/Sao_Paulo')::date - desk.today() FROM desk.debts"
        " WHERE topic = 'plan_suspension' AND plan_id = %s"
    )
    return asked(database, sql, plan)[0]


@pytest.fixture
def offered(database: Database) -> Database:
    offer(database)
    return database


def test_from_today_the_plan_is_suspended_at_once_and_its_end_is_owed(offered: Database) -> None:
    plan = a_plan(offered, logins=("ana",))
    settled(offered)
    card = offered.bus("atendente").execute(PreviewStatusChange(plan_id=plan.id, target=TARGET)).value
    assert card.suspension is not None
    assert (card.suspension.shortest, card.suspension.longest, card.suspension.per_year) == (30, 120, 1)
    assert (card.access_then, card.bills_now, card.bills_then) == (False, True, False)
    outcome = offered.bus("atendente").execute(order(offered, plan, facts=card.facts))
    assert {owed.topic for owed in outcome.owed} == {"radius_login", "plan_suspension"}
    assert outcome.value.status == TARGET
    row, day = one(offered, plan), today(offered)
    assert (row.status, row.version, row.allowed) == (TARGET, outcome.value.version, False)
    assert (row.suspended_from, row.suspended_last) == (day, day + dt.timedelta(days=29))
    assert [login.allowed for login in row.logins] == [False]
    assert debt(offered, plan) == (True, 30)
    columns = "starts_on, ends_on, reason, note, planned_by, started_at IS NOT NULL, ended_on"
    kept = (day, day + dt.timedelta(days=30), "A pedido do cliente", "vai viajar", "atendente", True, None)
    assert rows(offered, plan.id, columns) == [kept]
    assert asked(offered, HISTORY, plan) == [("plan.suspended_temporarily", "atendente", "DESK")]
    assert asked(offered, STATUSES, plan)[-1] == (TARGET, "atendente", "A pedido do cliente", "vai viajar")


def test_a_day_to_come_only_plans_it(offered: Database) -> None:
    plan = a_plan(offered, logins=("bia",))
    settled(offered)
    outcome = suspend(offered, plan, start=5)
    assert {owed.topic for owed in outcome.owed} == {"plan_suspension"}  # the network hears of nothing yet
    row = one(offered, plan)
    assert (row.status, row.version, row.suspension_planned) == ("HABILITADO", outcome.value.version, True)
    assert row.allowed and row.logins[0].allowed and str(row.logins[0].delivery) == "em dia"
    assert debt(offered, plan) == (True, 5)
    assert settle(offered, plan) is False  # not before its day
    with pytest.raises(SuspensionPlanned):
        suspend(offered, plan, start=60)
    assert [action for action, *_ in asked(offered, HISTORY, plan)] == ["plan.suspension_planned"]


def test_it_begins_and_ends_by_itself_and_says_who_planned_it(offered: Database) -> None:
    plan = a_plan(offered, logins=("caio",))
    suspend(offered, plan, start=5)
    closer(offered, plan.id, 5)
    # RADIUS is right from the moment on, although nobody has moved the status.
    assert one(offered, plan).status == "HABILITADO" and not one(offered, plan).logins[0].allowed
    settled_logins = "UPDATE desk.debts SET done = wanted WHERE topic = 'radius_login'"
    offered.admin().execute(settled_logins)
    assert settle(offered, plan)
    assert one(offered, plan).status == TARGET
    assert one(offered, plan).logins[0].delivery.value == "pendente"  # routers are to hear of it now
    assert debt(offered, plan) == (True, 30)
    assert settle(offered, plan) is False
    closer(offered, plan.id, 30)
    assert one(offered, plan).status == TARGET and one(offered, plan).logins[0].allowed
    offered.admin().execute(settled_logins)
    assert settle(offered, plan)
    row = one(offered, plan)
    assert (row.status, row.suspended_from, row.allowed) == ("HABILITADO", None, True)
    assert row.logins[0].delivery.value == "pendente"
    assert debt(offered, plan)[0] is False
    assert asked(offered, HISTORY, plan) == [
        ("plan.suspension_planned", "atendente", "DESK"),
        ("plan.suspension_started", "desk_worker", "JOB"),
        ("plan.suspension_ended", "desk_worker", "JOB"),
    ]
    who = "SELECT DISTINCT params->>'by' FROM desk.history_entries WHERE source = 'JOB' AND plan_id = %s"
    planner = offered.admin().execute("SELECT full_name FROM desk.people WHERE role = 'atendente'").fetchone()
    assert asked(offered, who, plan) == [planner]
    by_date = [step[1:] for step in asked(offered, STATUSES, plan)][1:]
    assert planner is not None
    note = f"Planejado por {planner[0]}"
    assert by_date == [("desk_worker", "A pedido do cliente", note), ("desk_worker", "Fim da suspensão", note)]
    assert rows(offered, plan.id, "ended_on = ends_on, ended_by, ends_on - starts_on") == [(True, "desk_worker", 30)]
    # Each move of the row is in the log with both its sides, as anybody's would be.
    log = (
        "SELECT before->>'status', after->>'status' FROM desk.change_log WHERE tbl = 'customer_plans'"
        " AND key = %s::text AND after ? 'status' AND op = 'U' ORDER BY id"
    )
    assert asked(offered, log, plan) == [("HABILITADO", TARGET), (TARGET, "HABILITADO")]


def test_a_clerks_desk_that_settles_it_does_not_sign_it(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan)
    closer(offered, plan.id, 30)
    assert settle(offered, plan, role="financeiro")
    assert asked(offered, HISTORY, plan)[-1] == ("plan.suspension_ended", "desk_worker", "JOB")
    assert asked(offered, STATUSES, plan)[-1][:2] == ("HABILITADO", "desk_worker")


def test_where_nobody_was_there_for_all_of_it_the_days_still_count(offered: Database) -> None:
    plan = a_plan(offered, logins=("davi",))
    suspend(offered, plan, start=2, days=30)
    closer(offered, plan.id, 40)
    assert one(offered, plan).logins[0].allowed
    assert settle(offered, plan)
    assert (one(offered, plan).status, one(offered, plan).suspended_from) == ("HABILITADO", None)
    assert rows(offered, plan.id, "COALESCE(ended_on, ends_on) - starts_on, ended_by") == [(30, "desk_worker")]


def test_a_moment_that_was_missed_happens_once_whoever_asks(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan)
    closer(offered, plan.id, 33)
    due = f"SELECT desk.suspension_due({plan.id})"
    with offered.connect("atendente", autocommit=False) as one_, offered.connect("financeiro") as other:
        assert one_.execute(due.encode()).fetchone() == ("ended",)
        one_.commit()
        assert other.execute(due.encode()).fetchone() == ("",)
    assert settle(offered, plan) is False  # nothing is owed any more
    assert [action for action, *_ in asked(offered, HISTORY, plan)].count("plan.suspension_ended") == 1


def test_enabling_ahead_of_time_ends_the_interval_today(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan, days=60)
    closer(offered, plan.id, 12)
    back = EnablePlan(plan_id=plan.id, reason="A pedido do cliente", version=one(offered, plan).version)
    with pytest.raises(NotAllowed) as refused:
        offered.bus("atendente").execute(back)
    assert refused.value.permission == "Habilitar Planos Suspensos"
    offered.bus("financeiro").execute(back)
    assert one(offered, plan).status == "HABILITADO" and debt(offered, plan)[0] is False
    assert rows(offered, plan.id, "ended_on - starts_on, ended_by") == [(12, "financeiro")]
    assert settle(offered, plan) is False


def test_begun_and_ended_on_one_day_leaves_no_day_out_and_another_may_follow(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan)
    offered.bus("financeiro").execute(EnablePlan(plan_id=plan.id, reason="Outro", version=one(offered, plan).version))
    assert rows(offered, plan.id, "ended_on - starts_on") == [(0,)]
    suspend(offered, plan)  # the first was none
    assert one(offered, plan).status == TARGET


def test_what_is_planned_is_taken_back(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan, start=3)
    bus = offered.bus("atendente")
    outcome = bus.execute(WithdrawSuspension(plan_id=plan.id, version=one(offered, plan).version))
    assert outcome.owed == ()
    row = one(offered, plan)
    assert (row.version, row.suspension_planned, debt(offered, plan)[0]) == (outcome.value.version, False, False)
    assert rows(offered, plan.id, "ended_on = starts_on, ended_by") == [(True, "atendente")]
    assert asked(offered, HISTORY, plan)[-1] == ("plan.suspension_withdrawn", "atendente", "DESK")
    with pytest.raises(NoSuspensionPlanned):
        bus.execute(WithdrawSuspension(plan_id=plan.id, version=row.version))
    suspend(offered, plan)
    with pytest.raises(NoSuspensionPlanned):
        bus.execute(WithdrawSuspension(plan_id=plan.id, version=one(offered, plan).version))


def test_taking_it_back_after_its_moment_needs_what_enabling_needs(offered: Database) -> None:
    plan = a_plan(offered, logins=("eva",))
    suspend(offered, plan, start=3)
    closer(offered, plan.id, 4)
    settled(offered)
    late = WithdrawSuspension(plan_id=plan.id, version=one(offered, plan).version)
    with pytest.raises(NotAllowed):
        offered.bus("atendente").execute(late)
    outcome = offered.bus("financeiro").execute(late)
    assert {owed.topic for owed in outcome.owed} == {"radius_login"}  # routers may have heard of it
    assert one(offered, plan).allowed
    assert rows(offered, plan.id, "ended_on - starts_on") == [(1,)]


def test_another_suspension_takes_the_place_of_a_planned_one(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan, start=3)
    offered.bus("atendente").execute(SuspendPlan(plan_id=plan.id, reason="Outro", version=one(offered, plan).version))
    assert (one(offered, plan).suspended_from, debt(offered, plan)[0]) == (None, False)
    actions = [action for action, *_ in asked(offered, HISTORY, plan)]
    assert sorted(actions[1:]) == ["plan.suspended", "plan.suspension_withdrawn"]


@pytest.mark.parametrize(
    ("start", "days", "field", "code"),
    [
        (-1, 31, "starts_on", "suspension_start"),
        (366, 30, "starts_on", "suspension_start"),
        (0, 29, "ends_on", "suspension_short"),
        (0, -5, "ends_on", "suspension_short"),
        (0, 121, "ends_on", "suspension_long"),
    ],
)
def test_the_limits_are_those_of_the_settings(offered: Database, start: int, days: int, field: str, code: str) -> None:
    plan = a_plan(offered)
    with pytest.raises(Invalid) as refused:
        suspend(offered, plan, start, days)
    assert [(each.field, each.code) for each in refused.value.violations] == [(field, code)]
    assert rows(offered, plan.id, "id") == []


def test_other_settings_are_other_limits(database: Database) -> None:
    offer(database, min_days=1, max_days=0, per_year=0)
    plan = a_plan(database)
    suspend(database, plan, days=1)
    closer(database, plan.id, 1)
    assert settle(database, plan)
    suspend(database, plan, days=400)
    assert one(database, plan).status == TARGET


def test_how_often_in_twelve_months(offered: Database) -> None:
    plan = a_plan(offered)
    suspend(offered, plan)
    closer(offered, plan.id, 200)
    assert settle(offered, plan)
    with pytest.raises(Invalid) as refused:
        suspend(offered, plan)
    assert refused.value.violations[0].code == "suspension_often"
    suspend(offered, plan, start=170)  # by then a year is over
    assert one(offered, plan).suspension_planned


@pytest.mark.parametrize(
    ("status", "error"), [("SUSPENSO", PlanNotActive), ("CANCELADO", PlanNotActive), ("EXPERIMENTANDO", PlanNotActive)]
)
def test_only_an_enabled_plan(offered: Database, status: str, error: type[DomainError]) -> None:
    plan = a_plan(offered, status=status)
    with pytest.raises(error):
        suspend(offered, plan)


def test_variable_11_offers_it(database: Database) -> None:
    plan = a_plan(database)
    assert one(database, plan).suspends_temporarily is False
    with pytest.raises(SuspensionNotOffered):
        suspend(database, plan)
    offer(database)
    assert one(database, plan).suspends_temporarily is True
    with pytest.raises(NotAllowed) as refused:
        database.bus("ninguem").execute(order(database, plan))
    assert refused.value.permission == "Editar Status de Planos"
    suspend(database, plan, start=1)
    offer(database, on=False)  # what was agreed on still comes
    closer(database, plan.id, 1)
    assert settle(database, plan)
    assert one(database, plan).status == TARGET


def test_stale_and_moved_cards_are_refused(offered: Database) -> None:
    plan = a_plan(offered, logins=("fabio",))
    bus = offered.bus("atendente")
    with pytest.raises(FactsMoved):
        bus.execute(order(offered, plan, facts="x"))
    old = order(offered, plan)
    suspend(offered, plan, start=9)
    with pytest.raises(StaleRecord) as stale:
        bus.execute(old)
    assert {change.field for change in stale.value.changes} >= {"suspended_from", "suspended_until"}


@pytest.mark.parametrize(("start", "later"), [(0, "plan_suspension"), (4, SUSPENSION_COMES)])
def test_the_rehearsal_says_the_next_moment(offered: Database, start: int, later: str) -> None:
    plan = a_plan(offered, logins=("gil",))
    preview = offered.bus("atendente").execute(Rehearse(command=order(offered, plan, start))).value
    (moment,) = [change for change in preview.changes if change.when is When.LATER]
    assert moment.command == later
    assert moment.at is not None and moment.at > dt.datetime.now(dt.UTC)
    assert rows(offered, plan.id, "id") == []
    answers = [change.command for change in preview.changes if change.when is When.NOW]
    assert answers == ([] if start else ["Access-Reject"])


def test_a_whole_month_is_the_whole_value() -> None:
    assert not_charged(Decimal("99.90"), dt.date(2026, 12, 1), dt.date(2027, 1, 1)) == Decimal("99.90")
    assert not_charged(Decimal("99.90"), dt.date(2026, 11, 16), dt.date(2026, 12, 16)) == Decimal("98.29")


@given(
    st.decimals(0, 9999, places=2),
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    st.integers(1, 200),
    st.integers(1, 200),
)
def test_parts_of_a_suspension_come_to_the_whole(monthly: Decimal, first: dt.date, one_: int, two: int) -> None:
    middle, last = first + dt.timedelta(days=one_), first + dt.timedelta(days=one_ + two)
    parts = not_charged(monthly, first, middle) + not_charged(monthly, middle, last)
    assert abs(parts - not_charged(monthly, first, last)) <= Decimal("0.01")
    assert 0 <= not_charged(monthly, first, middle) <= monthly * (one_ // 28 + 2)


@pytest.mark.parametrize(
    ("first", "earlier", "near"),
    [
        ("2026-11-24", "2025-11-24", False),
        ("2026-11-24", "2025-11-25", True),
        ("2026-11-24", "2027-11-23", True),
        ("2026-11-24", "2027-11-24", False),
        ("2028-02-29", "2027-02-28", False),
        ("2028-02-29", "2027-03-01", True),
    ],
)
def test_twelve_months_reach_both_ways(database: Database, first: str, earlier: str, near: bool) -> None:
    day, other = dt.date.fromisoformat(first), dt.date.fromisoformat(earlier)
    assert bool(SuspensionTerms(day, 1, 0, 1, (other,)).near(day)) is near
    plan = a_plan(database)
    insert(
        *(database, "plan_suspensions"),
        plan_id=plan.id,
        starts_on=other,
        ends_on=other + dt.timedelta(days=9),
        reason="",
        planned_by="atendente",
        planned_at=dt.datetime.now(dt.UTC),
    )
    found = database.admin().execute("SELECT desk.suspensions_near(%s, %s)", (plan.id, day)).fetchone()
    assert found == (int(near),)
