"""Steps of a plan's status: few statements, since a click waits for them, and nothing lost between look and write."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import event

from desk.services.core.bus import Command
from desk.services.core.errors import StaleRecord
from desk.services.plans import (
    PROVISIONAL,
    EnablePlan,
    EnableProvisionally,
    OnePlan,
    PreviewStatusChange,
    StatusChanged,
    SuspendPlan,
)
from desk.services.plans.errors import FactsMoved
from tests.builders import Plan, a_plan, insert
from tests.postgres import Database

ROLE = "administrador"


def order(database: Database, plan: Plan, target: str) -> Command[StatusChanged]:
    """The command as the card's button sends it."""
    card = database.bus(ROLE).execute(PreviewStatusChange(plan_id=plan.id, target=target)).value
    same: dict[str, Any] = {"plan_id": plan.id, "reason": "Outro", "version": card.plan.version, "facts": card.facts}
    if target == PROVISIONAL:
        return EnableProvisionally(**same, until=card.today)
    return SuspendPlan(**same) if target == "SUSPENSO" else EnablePlan(**same)


@pytest.mark.parametrize(
    ("status", "target", "most"),
    [("HABILITADO", "SUSPENSO", 5), ("SUSPENSO", "HABILITADO", 5), ("SUSPENSO_DEBITO", PROVISIONAL, 7)],
)
def test_a_step_takes_as_many_statements_with_one_login_as_with_twenty(
    database: Database, status: str, target: str, most: int
) -> None:
    counts = []
    for logins in (1, 20):
        plan = a_plan(database, status=status, logins=logins)
        for number in range(logins):
            line = {"kind": "acrescimo", "amount": 1 + number, "starts_on": dt.date(2026, 1, 1)}
            insert(database, "plan_value_details", plan_id=plan.id, **line)
        command, sent = order(database, plan, target), list[str]()

        def note(connection: Any, cursor: Any, statement: str, *_: Any, seen: list[str] = sent) -> None:
            seen.append(statement)

        engine = database.signed_in(ROLE).engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            database.bus(ROLE).execute(command)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert counts == [most, most]


@pytest.mark.parametrize(("status", "target"), [("HABILITADO", "SUSPENSO"), ("SUSPENSO_DEBITO", PROVISIONAL)])
def test_the_step_is_refused_when_the_monthly_value_moved_since_the_card(
    database: Database, status: str, target: str
) -> None:
    plan = a_plan(database, status=status, logins=2)
    command = order(database, plan, target)
    insert(database, "plan_value_details", plan_id=plan.id, kind="acrescimo", amount=5, starts_on=dt.date(2026, 1, 1))
    with pytest.raises(FactsMoved):
        database.bus(ROLE).execute(command)


def test_a_change_between_look_and_write_is_stale_and_nothing_is_written(database: Database) -> None:
    plan = a_plan(database, logins=1)
    engine, faster = database.signed_in(ROLE).engine, database.connect(ROLE)

    def overtake(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("UPDATE desk.customer_plans"):
            faster.execute("UPDATE desk.customer_plans SET reference = 'Loja' WHERE id = %s", (plan.id,))

    command = order(database, plan, "SUSPENSO")
    event.listen(engine, "before_cursor_execute", overtake)
    try:
        with pytest.raises(StaleRecord) as stale:
            database.bus(ROLE).execute(command)
    finally:
        event.remove(engine, "before_cursor_execute", overtake)
    assert ("reference", "Loja") in {(change.field, change.after) for change in stale.value.changes}
    row = database.bus(ROLE).execute(OnePlan(plan.id)).value
    assert (row.status, row.reference) == ("HABILITADO", "Loja")
    lines = database.admin().execute("SELECT FROM desk.history_entries WHERE plan_id = %s", (plan.id,)).fetchall()
    assert lines == []


def test_lines_of_a_command_keep_their_order(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO", logins=1)
    database.bus(ROLE).execute(order(database, plan, "HABILITADO"))
    database.bus(ROLE).execute(order(database, plan, "SUSPENSO"))
    lines = database.admin().execute(
        "SELECT action, params->>'reason', who FROM desk.history_entries WHERE plan_id = %s ORDER BY id", (plan.id,)
    )
    assert lines.fetchall() == [("plan.enabled", "Outro", ROLE), ("plan.suspended", "Outro", ROLE)]
