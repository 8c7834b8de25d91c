"""Approvals: by somebody else, for this plan as it was shown, once, within minutes."""

from __future__ import annotations

import pytest

from tests.security.scene import Scene, constraint

ENABLE = "UPDATE desk.customer_plans SET status = 'HABILITADO'{} WHERE id = {{awaiting}}"
APPROVE = "SELECT desk.approve({awaiting}, 'HABILITADO', desk.plan_facts({awaiting}))"


def test_approving_needs_the_permission(scene: Scene) -> None:
    assert constraint(scene.attack("atendente", APPROVE)) == "permission:plan_authoriser"
    wrong = "SELECT desk.approve({awaiting}, 'HABILITADO', 'x')"
    assert constraint(scene.attack("administrador", wrong)) == "approval:facts"


def test_an_approval_is_used_once_by_somebody_else(fresh: Scene) -> None:
    fresh.run("administrador", APPROVE)
    assert constraint(fresh.attack("administrador", ENABLE.format(""))) == "approval:missing"
    fresh.run("atendente", ENABLE.format(""))
    row = fresh.database.admin().execute("SELECT by, used_by FROM desk.approvals").fetchone()
    assert row == ("administrador", "atendente")
    with fresh.database.admin().transaction():
        fresh.database.admin().execute("SET LOCAL ROLE desk_job")
        fresh.database.admin().execute(
            "UPDATE desk.customer_plans SET status = 'AGUARDANDO_AUTORIZACAO' WHERE id = %s", (fresh.awaiting.id,)
        )
    assert constraint(fresh.attack("atendente", ENABLE.format(""))) == "approval:missing"


@pytest.mark.parametrize("moved", [", value = value + 1", ", due_day = 11"])
def test_the_facts_may_not_move_within_the_step(fresh: Scene, moved: str) -> None:
    fresh.run("administrador", APPROVE)
    assert constraint(fresh.attack("atendente", ENABLE.format(moved))) == "approval:missing"


@pytest.mark.parametrize(
    "lost",
    [
        "DELETE FROM desk.person_permissions WHERE role = 'administrador' AND permission = 'plan_authoriser'",
        "UPDATE desk.people SET active = false WHERE role = 'administrador'",
    ],
)
def test_who_lost_the_right_meanwhile_has_approved_nothing(fresh: Scene, lost: str) -> None:
    fresh.run("administrador", APPROVE)
    fresh.database.admin().execute(lost.encode())
    assert constraint(fresh.attack("atendente", ENABLE.format(""))) == "approval:missing"


def test_an_old_approval_is_none(fresh: Scene) -> None:
    fresh.run("administrador", APPROVE)
    fresh.database.admin().execute("UPDATE desk.approvals SET at = at - interval '6 minutes'")
    assert constraint(fresh.attack("atendente", ENABLE.format(""))) == "approval:missing"
