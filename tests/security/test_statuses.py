"""Statuses that the provider made: their rows decide who may give them, and they are no way around anything."""

from __future__ import annotations

import contextlib
import threading

import psycopg
import pytest

from tests.builders import a_plan, insert
from tests.security.scene import Scene, constraint
from tests.services.core.waiting import until

CHANGE = "UPDATE desk.customer_plans SET status = '{status}' WHERE id = {{{which}}}"
MADE = (
    ("EM_VIAGEM", "inativo", False),
    ("SUSPENSO_FRAUDE", "inativo", False),
    ("SO_WHATSAPP", "inativo", True),
    ("CORTESIA", "ativo", True),
    ("SEM_VISITA", "ativo", False),
    ("PERDIDO", "cancelado", False),
    ("PERDIDO_COM_ACESSO", "cancelado", True),
)


@pytest.fixture(scope="module", autouse=True)
def statuses(scene: Scene) -> None:
    """What a settings page may have made."""
    make(scene)


@pytest.fixture
def own(fresh: Scene) -> Scene:
    """A scene that may be changed, with the same statuses."""
    make(fresh)
    return fresh


def make(scene: Scene) -> None:
    for code, group, access in MADE:
        values = {"code": code, "description": code.title(), "group": group, "bills": False, "grants_access": access}
        insert(scene.database, "plan_statuses", "code", **values)


def change(status: str, which: str = "plan") -> str:
    return CHANGE.format(status=status, which=which)


@pytest.mark.parametrize("status", [code for code, group, _ in MADE if group != "cancelado"])
def test_it_is_given_by_who_edits_statuses_and_by_nobody_else(own: Scene, status: str) -> None:
    assert constraint(own.attack("suporte", change(status))) == "permission:edit_plan_status"
    with own.holding("ninguem", "edit_plan", "plan_statuses", "enable_suspended"):
        assert constraint(own.attack("ninguem", change(status))) == "permission:edit_plan_status"
    with own.holding("ninguem", "edit_plan_status"):
        own.run("ninguem", change(status))
    row = own.database.admin().execute("SELECT status FROM desk.customer_plans WHERE id = %s", (own.plan.id,))
    assert row.fetchone() == (status,)
    owed = own.database.admin().execute(
        "SELECT FROM desk.debts WHERE topic = 'radius_login' AND key = %s AND done < wanted", (str(own.login.id),)
    )
    assert len(owed.fetchall()) == 1


@pytest.mark.parametrize("status", ["SO_WHATSAPP", "CORTESIA", "SEM_VISITA"])
def test_a_suspended_plan_does_not_come_back_without_the_second_permission(scene: Scene, status: str) -> None:
    with scene.holding("ninguem", "edit_plan_status"):
        refused = scene.attack("ninguem", change(status, "suspended"))
    assert constraint(refused) == "permission:enable_suspended"
    assert refused.diag.message_primary == 'Falta a permissão "Habilitar Planos Suspensos"'


def test_two_steps_are_no_way_around_the_second_permission(own: Scene) -> None:
    with own.holding("ninguem", "edit_plan_status"):
        own.run("ninguem", change("SUSPENSO_FRAUDE", "suspended"))
        for status in ("HABILITADO", "CORTESIA", "SO_WHATSAPP", "SEM_VISITA"):
            assert constraint(own.attack("ninguem", change(status, "suspended"))) == "permission:enable_suspended"
        # Within one transaction, and as one of two statements, it is the same.
        both = (change("EM_VIAGEM", "suspended"), change("CORTESIA", "suspended"))
        assert constraint(own.attack("ninguem", *both)) == "permission:enable_suspended"
    with own.holding("ninguem", "edit_plan_status", "enable_suspended"):
        own.run("ninguem", change("HABILITADO", "suspended"))


@pytest.mark.parametrize("status", ["PERDIDO", "PERDIDO_COM_ACESSO"])
@pytest.mark.parametrize("which", ["plan", "suspended", "awaiting", "cancelled"])
def test_no_status_of_ones_own_cancels_a_plan(scene: Scene, which: str, status: str) -> None:
    assert constraint(scene.attack("administrador", change(status, which))) == "step:unknown"


@pytest.mark.parametrize("status", [code for code, *_ in MADE])
@pytest.mark.parametrize("which", ["awaiting", "cancelled"])
def test_no_status_leads_around_an_authorisation_or_out_of_a_cancellation(
    scene: Scene, which: str, status: str
) -> None:
    assert constraint(scene.attack("administrador", change(status, which))) == "step:unknown"


@pytest.mark.parametrize(
    "status",
    [
        "AGUARDANDO_AUTORIZACAO",
        "EM_INSTALACAO",
        "EXPERIMENTANDO",
        "SUSPENSO_DEBITO",
        "SUSPENSAO_TEMPORARIA",
        "SUSPENSO",
    ],
)
def test_from_one_of_them_only_to_another_or_to_enabled(own: Scene, status: str) -> None:
    own.run("administrador", change("SUSPENSO_FRAUDE"))
    assert constraint(own.attack("administrador", change(status))) == "step:unknown"


def test_no_plan_begins_in_one(scene: Scene) -> None:
    refused = scene.attack(
        "administrador",
        "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value, payment_method_id,"
        " due_day, business_unit_id) SELECT customer_id, catalog_plan_id, 'CORTESIA', start_date, value,"
        " payment_method_id, due_day, business_unit_id FROM desk.customer_plans WHERE id = {plan}",
    )
    assert constraint(refused) == "step:unknown"


def test_a_cancellation_from_one_needs_its_own_permission(own: Scene) -> None:
    own.run("administrador", change("CORTESIA"))
    with own.holding("ninguem", "edit_plan_status", "enable_suspended"):
        assert constraint(own.attack("ninguem", change("CANCELADO"))) == "permission:cancel_plan"


@pytest.mark.parametrize("columns", ["grants_access = true", "\"group\" = 'ativo'", "\"group\" = 'cancelado'"])
def test_settings_do_not_open_or_close_the_network_of_plans(own: Scene, columns: str) -> None:
    edit = f"UPDATE desk.plan_statuses SET {columns} WHERE code = 'EM_VIAGEM'"
    own.run("administrador", change("EM_VIAGEM"))
    assert constraint(own.attack("administrador", edit)) == "rule:status_held"
    assert constraint(own.attack("suporte", edit)) == "permission:plan_statuses"
    own.run("administrador", change("HABILITADO"))
    own.run("administrador", edit)


def test_a_plan_entering_and_the_settings_take_turns(own: Scene) -> None:
    """Whoever comes second sees what the first one committed, so no plan slips into a status that turns."""
    edit = "UPDATE desk.plan_statuses SET grants_access = true WHERE code = 'EM_VIAGEM'"
    waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    with (
        contextlib.closing(own.database.connect("administrador", autocommit=False)) as first,
        contextlib.closing(own.database.connect("administrador")) as second,
    ):
        first.execute(own.sql(change("EM_VIAGEM")).encode())
        refused: list[str] = []

        def settings() -> None:
            try:
                second.execute(edit.encode())
            except psycopg.Error as error:
                refused.append(constraint(error))

        thread = threading.Thread(target=settings)
        thread.start()
        until(lambda: own.database.admin().execute(waits, (second.info.backend_pid,)).fetchone() == (True,))
        first.commit()
        thread.join(10)
        assert refused == ["rule:status_held"]


def test_the_settings_first_then_a_plan_judged_by_what_they_made_of_it(own: Scene) -> None:
    suspended = a_plan(own.database, status="SUSPENSO")
    edit = "UPDATE desk.plan_statuses SET grants_access = true WHERE code = 'EM_VIAGEM'"
    waits = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
    with (
        own.holding("ninguem", "edit_plan_status"),
        contextlib.closing(own.database.connect("administrador", autocommit=False)) as first,
        contextlib.closing(own.database.connect("ninguem")) as second,
    ):
        first.execute(edit.encode())
        refused: list[str] = []

        def enter() -> None:
            try:
                second.execute("UPDATE desk.customer_plans SET status = 'EM_VIAGEM' WHERE id = %s", (suspended.id,))
            except psycopg.Error as error:
                refused.append(constraint(error))

        thread = threading.Thread(target=enter)
        thread.start()
        until(lambda: own.database.admin().execute(waits, (second.info.backend_pid,)).fetchone() == (True,))
        first.commit()
        thread.join(10)
        assert refused == ["permission:enable_suspended"]
