"""History cannot be changed by those it is about, nor by the owner of the tables."""

from __future__ import annotations

import contextlib
import re

import pytest

from desk.models.guard_rules import GUARDS
from desk.models.guards_ddl import LOGGED_BESIDES
from tests.security.scene import Scene, constraint

HISTORY = ("change_log", "history_entries", "deleted_items", "plan_status_history")


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.{0} OVERRIDING SYSTEM VALUE SELECT * FROM desk.{0}",
        "UPDATE desk.{} SET who = 'ninguem'",
        "UPDATE desk.{} SET at = now() - interval '1 year'",
        "DELETE FROM desk.{}",
        "TRUNCATE desk.{}",
        "DROP TABLE desk.{}",
        "ALTER TABLE desk.{} DISABLE TRIGGER ALL",
        "LOCK TABLE desk.{} IN ACCESS EXCLUSIVE MODE",
        "SELECT FROM desk.{} FOR UPDATE",
    ],
)
def test_history_stays(scene: Scene, table: str, statement: str) -> None:
    assert constraint(scene.attack("administrador", statement.format(table, table))) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM {}",
        "UPDATE {} SET who = 'x'",
        "TRUNCATE {}",
        "INSERT INTO {} SELECT * FROM {}",
        "ALTER TABLE desk.change_log DETACH PARTITION {}",
        "DROP TABLE {}",
    ],
)
def test_no_partition_is_a_way_in(scene: Scene, statement: str) -> None:
    for (partition,) in scene.run(
        "ninguem", "SELECT 'desk.' || relname FROM pg_class WHERE relispartition AND relkind = 'r' ORDER BY 1"
    )[:2]:
        scene.attack("administrador", statement.format(partition, partition))


@pytest.mark.parametrize(
    "table", ["debts", "approvals", "commands", "recent_customers", "people", "person_permissions"]
)
def test_rows_that_only_functions_write(scene: Scene, table: str) -> None:
    for statement in ("INSERT INTO desk.{0} OVERRIDING SYSTEM VALUE SELECT * FROM desk.{0}", "DELETE FROM desk.{0}"):
        assert constraint(scene.attack("administrador", statement.format(table))) == ""


def test_every_change_says_who_signed_in_whatever_was_claimed(fresh: Scene) -> None:
    fresh.run(
        "atendente",
        "SELECT set_config('desk.command', 'forjado', true), set_config('desk.actor', 'administrador', true)",
        "SET LOCAL application_name = 'administrador'",
        "UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan}",
    )
    rows = fresh.database.admin().execute(
        "SELECT who, command, app, op, key, before, after FROM desk.change_log WHERE tbl = 'customer_plans'"
    )
    assert rows.fetchall() == [
        (
            "atendente",
            "forjado",
            "administrador",
            "U",
            str(fresh.plan.id),
            {"due_day": 10, "version": 1},
            {"due_day": 25, "version": 2},
        )
    ]


def test_a_human_line_is_of_who_signed_in(fresh: Scene) -> None:
    fresh.run("atendente", "SELECT desk.record('plan.suspended', 1, 1, '{{\"who\": \"administrador\"}}')")
    assert fresh.database.admin().execute("SELECT who, source FROM desk.history_entries").fetchall() == [
        ("atendente", "DESK")
    ]


def test_a_status_leaves_its_line_with_the_reason(fresh: Scene) -> None:
    fresh.run(
        "atendente",
        "SELECT set_config('desk.reason', 'a pedido', true)",
        "UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = {plan}",
    )
    rows = fresh.database.admin().execute(
        "SELECT from_status, to_status, who, reason FROM desk.plan_status_history WHERE plan_id = %s ORDER BY id DESC",
        (fresh.plan.id,),
    )
    assert rows.fetchone() == ("HABILITADO", "SUSPENSO", "atendente", "a pedido")


def test_the_clerks_time_zone_moves_no_day(fresh: Scene) -> None:
    with fresh.holding("ninguem", "cancel_plan"):
        fresh.run(
            "ninguem",
            "SET LOCAL TimeZone = 'Pacific/Kiritimati'",
            "UPDATE desk.customer_plans SET status = 'CANCELADO' WHERE id = {plan}",
        )
    row = fresh.database.admin().execute(
        "SELECT cancelled_on = (clock_timestamp() AT TIME ZONE 'America/Sao_Paulo')::date FROM desk.customer_plans"
        " WHERE id = %s",
        (fresh.plan.id,),
    )
    assert row.fetchone() == (True,)


def test_a_job_may_not_say_who_it_was(scene: Scene) -> None:
    admin = scene.database.admin()
    with contextlib.suppress(RuntimeError), admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute("INSERT INTO desk.change_log (tbl, op, key) VALUES ('customer_plans', 'U', '1')")
        assert admin.execute("SELECT who FROM desk.change_log WHERE tbl = 'customer_plans'").fetchone() == ("postgres",)
        for column in ("who", "at", "xid"):
            granted = "SELECT has_column_privilege('desk_job', 'desk.change_log', %s, 'INSERT')"
            assert admin.execute(granted, (column,)).fetchone() == (False,)
        raise RuntimeError("nothing of this stays")


def test_every_job_that_writes_a_logged_table_writes_its_own_lines(scene: Scene) -> None:
    """The row triggers leave them out, so a statement without lines of its own would change rows unseen."""
    logged = {guard.table for guard in GUARDS} | set(LOGGED_BESIDES)
    written = re.compile(r"\b(?:UPDATE|INSERT\s+INTO|DELETE\s+FROM)\s+desk\.(\w+)", re.IGNORECASE)
    functions = scene.database.admin().execute(
        "SELECT oid::regprocedure::text, prosrc FROM pg_proc WHERE proowner = 'desk_job'::regrole"
    )
    jobs = {name: written.findall(body) for name, body in functions}
    assert jobs
    for name, tables in jobs.items():
        assert tables.count("change_log") >= len([table for table in tables if table in logged]), name
