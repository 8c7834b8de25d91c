"""Steps of a plan's status: few statements, since a click waits for them, and nothing lost between look and write."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from desk.services.catalog import SaveStatus, Statuses
from desk.services.catalog.errors import StatusHeld
from desk.services.core.bus import Command
from desk.services.core.errors import NotAllowed, NotFound, StaleRecord
from desk.services.plans import (
    PROVISIONAL,
    ChangeStatus,
    EnablePlan,
    EnableProvisionally,
    OnePlan,
    PlanGroup,
    PreviewStatusChange,
    StatusChanged,
    StatusesToGive,
    SuspendPlan,
)
from desk.services.plans.errors import FactsMoved, PlanAwaitsAuthorisation, PlanCancelled, StatusNotGiven
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


def a_status(database: Database, code: str, group: str = "inativo", **more: Any) -> str:
    """A status as the settings page makes it."""
    values = {"code": code, "description": code.title(), "group": group, "bills": False} | more
    return str(insert(database, "plan_statuses", "code", **values))


def test_a_status_of_the_providers_own_blocks_and_lets_go_like_a_suspension(database: Database) -> None:
    status = a_status(database, "EM_VIAGEM")
    plan = a_plan(database, logins=2)
    bus = database.bus("atendente")
    card = bus.execute(PreviewStatusChange(plan_id=plan.id, target=status)).value
    assert (card.target_label, card.access_then, card.bills_then) == ("Em_Viagem", False, False)
    assert {line.after for line in card.network} == {"blocked"}
    outcome = bus.execute(
        ChangeStatus(plan_id=plan.id, status=status, reason="Outro", version=card.plan.version, facts=card.facts)
    )
    assert len(outcome.owed) == 2
    row = bus.execute(OnePlan(plan.id)).value
    assert (row.status, row.status_label, row.group, row.version) == (
        status,
        "Em_Viagem",
        PlanGroup.INACTIVE,
        outcome.value.version,
    )
    assert [login.allowed for login in row.logins] == [False, False]
    line = database.admin().execute(
        "SELECT action, params->>'before', params->>'after' FROM desk.history_entries WHERE plan_id = %s", (plan.id,)
    )
    assert line.fetchone() == ("plan.status_changed", "Serviço Habilitado", "Em_Viagem")
    back = EnablePlan(plan_id=plan.id, reason="Outro", version=row.version)
    with pytest.raises(NotAllowed) as refused:
        bus.execute(back)
    assert refused.value.permission == "Habilitar Planos Suspensos"
    assert database.bus("financeiro").execute(back).value.status == "HABILITADO"


@pytest.mark.parametrize(
    ("status", "target", "error"),
    [
        ("CANCELADO", "EM_VIAGEM", PlanCancelled),
        ("AGUARDANDO_AUTORIZACAO", "EM_VIAGEM", PlanAwaitsAuthorisation),
        ("HABILITADO", "SUSPENSO", StatusNotGiven),
        ("HABILITADO", "PERDIDO", StatusNotGiven),
        ("EM_VIAGEM", "EM_VIAGEM", StatusNotGiven),
        ("HABILITADO", "NUNCA_HOUVE", NotFound),
    ],
)
def test_a_status_that_is_not_given(database: Database, status: str, target: str, error: type[Exception]) -> None:
    a_status(database, "EM_VIAGEM")
    a_status(database, "PERDIDO", "cancelado")
    plan = a_plan(database, status=status)
    version = database.bus(ROLE).execute(OnePlan(plan.id)).value.version
    with pytest.raises(error):
        database.bus(ROLE).execute(ChangeStatus(plan_id=plan.id, status=target, reason="Outro", version=version))


def test_only_the_providers_own_statuses_are_offered(database: Database) -> None:
    a_status(database, "EM_VIAGEM")
    a_status(database, "CORTESIA", "ativo", grants_access=True)
    a_status(database, "PERDIDO", "cancelado")
    offered = database.bus("ninguem").execute(StatusesToGive()).value
    assert [status.code for status in offered] == ["CORTESIA", "EM_VIAGEM"]


def test_settings_keep_group_and_access_of_a_status_in_use(database: Database) -> None:
    a_status(database, "EM_VIAGEM")
    plan = a_plan(database, status="EM_VIAGEM")
    bus = database.bus(ROLE)
    row = next(each for each in bus.execute(Statuses()).value if each.code == "EM_VIAGEM")
    save = SaveStatus(
        code=row.code,
        version=row.version,
        description="Viajando",
        group=PlanGroup.INACTIVE,
        bills=True,
        grants_access=True,
    )
    with pytest.raises(StatusHeld):
        bus.execute(save)
    bus.execute(replace(save, grants_access=False))
    version = bus.execute(OnePlan(plan.id)).value.version
    bus.execute(EnablePlan(plan_id=plan.id, reason="Outro", version=version))
    bus.execute(replace(save, version=row.version + 1))
