"""ST-15 by plain SQL: the one way in asks for everything, and nothing leads around the days."""

from __future__ import annotations

import threading

import psycopg
import pytest

from tests.security.scene import Scene, constraint
from tests.services.core.waiting import until
from tests.suspended import closer, offer, rows

SUSPEND = (
    "SELECT desk.suspend_temporarily(p.id, p.version, desk.today() + {}, desk.today() + {}, 'Outro', '')"
    " FROM desk.customer_plans p WHERE p.id = {{{}}}"
)
WITHDRAW = "SELECT desk.withdraw_suspension(p.id, p.version) FROM desk.customer_plans p WHERE p.id = {plan}"
STATUS = "UPDATE desk.customer_plans SET status = '{}' WHERE id = {{plan}}"
TARGET = "SUSPENSAO_TEMPORARIA"


def suspend(start: int = 0, end: int = 30, which: str = "plan") -> str:
    return SUSPEND.format(start, end, which)


def status(scene: Scene) -> object:
    row = scene.database.admin().execute("SELECT status FROM desk.customer_plans WHERE id = %s", (scene.plan.id,))
    return (row.fetchone() or (None,))[0]


@pytest.fixture
def offered(fresh: Scene) -> Scene:
    offer(fresh.database)
    return fresh


def test_variable_11_and_the_permission(fresh: Scene) -> None:
    assert constraint(fresh.attack("administrador", suspend())) == "step:temporary_suspension"
    offer(fresh.database)
    assert constraint(fresh.attack("ninguem", suspend())) == "permission:edit_plan_status"
    with fresh.holding("ninguem", "enable_suspended", "edit_plan", "cancel_plan"):
        assert constraint(fresh.attack("ninguem", suspend())) == "permission:edit_plan_status"
    with fresh.holding("ninguem", "edit_plan_status"):
        fresh.run("ninguem", suspend())
    assert status(fresh) == TARGET


@pytest.mark.parametrize("role", ["atendente", "administrador"])
def test_the_status_is_not_entered_without_its_days(offered: Scene, role: str) -> None:
    assert constraint(offered.attack(role, STATUS.format(TARGET))) == "step:suspension_days"
    offered.run(role, suspend(3, 40))  # nor before them
    assert constraint(offered.attack(role, STATUS.format(TARGET))) == "step:suspension_days"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE desk.customer_plans SET suspended_from = now(), suspended_until = now() + interval '9 days'"
        " WHERE id = {plan}",
        "UPDATE desk.customer_plans SET suspended_until = NULL, suspended_from = NULL WHERE id = {suspended}",
        "INSERT INTO desk.plan_suspensions (plan_id, starts_on, ends_on, reason, planned_by, planned_at)"
        " VALUES ({plan}, desk.today(), desk.today() + 30, '', 'atendente', now())",
        "UPDATE desk.plan_suspensions SET ended_on = starts_on, ended_at = now()",
        "DELETE FROM desk.plan_suspensions",
        "SELECT desk.record_by_date('plan.suspension_ended', {customer}, {plan}, '{{}}')",
        "SELECT desk.suspensions_near({plan}, desk.today())",
        "SELECT desk.midnight(desk.today())",
        "SELECT desk_guard.suspension_moved()",
        "SELECT desk_guard.suspension_debt()",
    ],
)
def test_days_and_moments_are_written_by_the_database_alone(offered: Scene, change: str) -> None:
    offered.run("atendente", suspend())
    offered.attack("administrador", change)


@pytest.mark.parametrize(
    ("start", "end", "rule"),
    [
        (-1, 40, "suspension:days"),
        (366, 400, "suspension:days"),
        (0, 29, "suspension:days"),
        (0, 121, "suspension:days"),
        (10, 5, "suspension:days"),
        (0, 0, "suspension:days"),
    ],
)
def test_days_that_may_not_be(offered: Scene, start: int, end: int, rule: str) -> None:
    assert constraint(offered.attack("administrador", suspend(start, end))) == rule


def test_even_without_limits_the_days_are_days(offered: Scene) -> None:
    offer(offered.database, min_days=0, max_days=0, per_year=0)
    assert constraint(offered.attack("administrador", suspend(5, 5))) == "suspension:days"
    unknown = "SELECT desk.suspend_temporarily({plan}, 1, NULL, desk.today() + 9, 'Outro', '')"
    assert constraint(offered.attack("administrador", unknown)) == "suspension:days"
    endless = "SELECT desk.suspend_temporarily({plan}, 1, desk.today(), 'infinity', 'Outro', '')"
    offered.attack("administrador", endless, state=("42501", "22008"))


def test_only_an_enabled_plan_once_and_so_often_a_year(offered: Scene) -> None:
    for which in ("suspended", "cancelled", "awaiting"):
        assert constraint(offered.attack("administrador", suspend(which=which))) == "step:unknown"
    offered.run("atendente", suspend(5, 40))
    assert constraint(offered.attack("administrador", suspend(60, 100))) == "suspension:planned"
    closer(offered.database, offered.plan.id, 45)
    offered.run("atendente", "SELECT desk.suspension_due({plan})")
    assert constraint(offered.attack("administrador", suspend())) == "suspension:often"


def test_in_a_snapshot_nobody_writes(offered: Scene) -> None:
    isolated = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
    for act in (suspend(), WITHDRAW, "SELECT desk.suspension_due({plan})"):
        assert constraint(offered.attack("administrador", isolated, act)) == "isolation"


def test_its_moment_cannot_be_called_for(offered: Scene) -> None:
    """Anybody may ask for what the clock has come to; before its time nothing happens, whoever asks."""
    offered.run("atendente", suspend(2, 40))
    before = offered.state()
    for role in ("ninguem", "atendente", "administrador"):
        assert offered.run(role, "SELECT desk.suspension_due({plan})") == [("",)]
    assert offered.run("ninguem", "SELECT desk.suspension_due({suspended})") == [("",)]
    assert offered.run("ninguem", "SELECT desk.suspension_due(-1)") == [("",)]
    assert offered.state() == before


def test_taking_back_and_enabling_ask_for_their_permissions(offered: Scene) -> None:
    offered.run("atendente", suspend(3, 40))
    assert constraint(offered.attack("ninguem", WITHDRAW)) == "permission:edit_plan_status"
    closer(offered.database, offered.plan.id, 3)  # from now on it gives access back
    assert constraint(offered.attack("atendente", WITHDRAW)) == "permission:enable_suspended"
    assert offered.run("atendente", "SELECT desk.suspension_due({plan})") == [("started",)]
    assert constraint(offered.attack("administrador", WITHDRAW)) == "suspension:none"
    assert constraint(offered.attack("atendente", STATUS.format("HABILITADO"))) == "permission:enable_suspended"
    offered.run("financeiro", STATUS.format("HABILITADO"))
    assert rows(offered.database, offered.plan.id, "ended_on - starts_on, ended_by") == [(0, "financeiro")]


@pytest.mark.parametrize("start", [0, 4])
def test_cancelling_by_hand_closes_it(offered: Scene, start: int) -> None:
    offered.run("atendente", suspend(start, start + 30))
    with offered.holding("ninguem", "cancel_plan"):
        offered.run("ninguem", STATUS.format("CANCELADO"))
    kept = rows(offered.database, offered.plan.id, "ended_on = starts_on, ended_by")
    assert kept == [(True, "ninguem")]
    markers = offered.database.admin().execute(
        "SELECT suspended_from, suspended_until FROM desk.customer_plans WHERE id = %s", (offered.plan.id,)
    )
    assert markers.fetchone() == (None, None)
    debt = offered.database.admin().execute("SELECT done < wanted FROM desk.debts WHERE topic = 'plan_suspension'")
    assert debt.fetchone() == (False,)


def test_a_deleted_plan_comes_to_no_moment(offered: Scene) -> None:
    offered.run("atendente", suspend(3, 40))
    admin = offered.database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute("DELETE FROM desk.radius_logins WHERE plan_id = %s", (offered.plan.id,))
    closer(offered.database, offered.plan.id, 4)
    offered.run("administrador", "UPDATE desk.customer_plans SET deleted_at = now() WHERE id = {plan}")
    assert admin.execute("SELECT desk.suspension_due(%s)", (offered.plan.id,)).fetchone() == ("",)
    assert rows(offered.database, offered.plan.id, "started_at") == [(None,)]


def test_no_two_of_a_plan_overlap_whoever_writes(offered: Scene) -> None:
    admin = offered.database.admin()
    made = (
        "INSERT INTO desk.plan_suspensions (plan_id, starts_on, ends_on, reason, planned_by, planned_at, ended_on,"
        " ended_at) VALUES (%s, '2026-01-01', '2026-02-01', '', 'x', now(), %s, now())"
    )
    admin.execute(made, (offered.plan.id, "2026-01-20"))
    with pytest.raises(psycopg.errors.ExclusionViolation):
        admin.execute(made, (offered.plan.id, "2026-01-15"))
    admin.execute(made, (offered.plan.id, "2026-01-01"))  # one that never came to it takes no day


def test_two_desks_at_once_plan_one(offered: Scene) -> None:
    first = offered.database.connect("atendente", autocommit=False)
    first.execute(offered.sql(suspend(5, 40)).encode())
    found: list[object] = []

    def second() -> None:
        with offered.database.connect("administrador") as connection:
            found.append(connection.execute(offered.sql(suspend(7, 50)).encode()).fetchone())

    other = threading.Thread(target=second)
    other.start()
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'administrador'"
    until(lambda: offered.database.admin().execute(waits).fetchone() == (1,), 20)
    first.commit()
    other.join(20)
    first.close()
    assert found == [(None,)]  # the plan it saw is no longer that plan
    assert len(rows(offered.database, offered.plan.id, "id")) == 1


def test_no_plan_is_born_in_it(offered: Scene) -> None:
    born = (
        "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value, payment_method_id,"
        " due_day, business_unit_id{}) SELECT customer_id, catalog_plan_id, '{}', start_date, value,"
        " payment_method_id, due_day, business_unit_id{} FROM desk.customer_plans WHERE id = {{plan}}"
    )
    assert constraint(offered.attack("administrador", born.format("", TARGET, ""))) == "step:unknown"
    dated = born.format(", suspended_from, suspended_until", "EM_INSTALACAO", ", now(), now() + interval '9 days'")
    assert constraint(offered.attack("administrador", dated)) == "rule:insert"
