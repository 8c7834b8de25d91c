"""Debts: SQL by hand owes too, and only the holder of a lease settles."""

from __future__ import annotations

import uuid

import pytest

from tests.security.scene import Scene, constraint

LEASE = "SELECT lease, wanted FROM desk.debt_lease('radius_login', '{login}')"


def owed(scene: Scene, topic: str) -> list[tuple[str, bool]]:
    """Keys of a topic, and whether they are open."""
    rows = scene.database.admin().execute("SELECT key, done < wanted FROM desk.debts WHERE topic = %s", (topic,))
    return [(key, is_open) for key, is_open in rows]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = {plan}",
        "UPDATE desk.radius_logins SET mac_lock = '00:00:5e:00:53:01' WHERE id = {login}",
        "UPDATE desk.customer_plans SET status = 'CANCELADO' WHERE id = {plan}",
        "UPDATE desk.radius_logins SET deleted_at = now() WHERE id = {login}",
    ],
)
def test_a_change_by_hand_owes_the_network(fresh: Scene, change: str) -> None:
    fresh.database.admin().execute("UPDATE desk.debts SET done = wanted")
    fresh.run("administrador", change)
    assert owed(fresh, "radius_login") == [(str(fresh.login.id), True)]


def test_what_does_not_concern_the_network_owes_nothing(fresh: Scene) -> None:
    fresh.database.admin().execute("UPDATE desk.debts SET done = wanted")
    fresh.run("administrador", "UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan}")
    assert owed(fresh, "radius_login") == [(str(fresh.login.id), False)]


def test_a_provisional_access_owes_its_end(fresh: Scene) -> None:
    until = "UPDATE desk.customer_plans SET provisional_until = now() + interval '2 days' WHERE id = {suspended}"
    fresh.run("financeiro", until)
    assert owed(fresh, "plan_provisional") == [(str(fresh.suspended.id), True)]
    due = fresh.database.admin().execute("SELECT due_at > now() FROM desk.debts WHERE topic = 'plan_provisional'")
    assert due.fetchone() == (True,)
    fresh.run("financeiro", "UPDATE desk.customer_plans SET status = 'HABILITADO' WHERE id = {suspended}")
    assert owed(fresh, "plan_provisional") == [(str(fresh.suspended.id), False)]
    row = fresh.database.admin().execute(
        "SELECT provisional_until FROM desk.customer_plans WHERE id = %s", (fresh.suspended.id,)
    )
    assert row.fetchone() == (None,)


def test_only_the_holder_settles_and_no_further_than_was_wanted(fresh: Scene) -> None:
    lease, wanted = fresh.run("atendente", LEASE)[0]
    assert fresh.run("suporte", LEASE) == []
    settle = "SELECT desk.debt_settle('radius_login', '{{login}}', {}, '{}', '{{{{}}}}')"
    assert constraint(fresh.attack("suporte", settle.format(wanted, lease))) == "debt:lease"
    assert constraint(fresh.attack("atendente", settle.format(wanted, uuid.uuid4()))) == "debt:lease"
    assert constraint(fresh.attack("atendente", settle.format(wanted + 1, lease))) == "debt:lease"
    fresh.run("atendente", settle.format(wanted, lease))
    assert owed(fresh, "radius_login") == [(str(fresh.login.id), False)]
    assert constraint(fresh.attack("atendente", settle.format(wanted, lease))) == "debt:lease"
    row = fresh.database.admin().execute("SELECT settled_by FROM desk.debts WHERE topic = 'radius_login'").fetchone()
    assert row == ("atendente",)


def test_a_change_during_delivery_is_not_lost(fresh: Scene) -> None:
    lease, wanted = fresh.run("atendente", LEASE)[0]
    fresh.run("atendente", "UPDATE desk.customer_plans SET status = 'SUSPENSO' WHERE id = {plan}")
    fresh.run("atendente", f"SELECT desk.debt_settle('radius_login', '{{login}}', {wanted}, '{lease}', '{{{{}}}}')")
    assert owed(fresh, "radius_login") == [(str(fresh.login.id), True)]
    assert len(fresh.run("suporte", LEASE)) == 1


def test_an_expired_lease_is_anybodys(fresh: Scene) -> None:
    lease, _ = fresh.run("atendente", LEASE)[0]
    fresh.database.admin().execute("UPDATE desk.debts SET leased_until = now() - interval '1 second'")
    fail = f"SELECT desk.debt_fail('radius_login', '{{login}}', '{lease}', 'x', 'y', true)"
    assert constraint(fresh.attack("atendente", fail)) == "debt:lease"
    assert len(fresh.run("suporte", LEASE)) == 1


def test_a_failure_comes_back_later_or_waits_for_a_person(fresh: Scene) -> None:
    lease, _ = fresh.run("atendente", LEASE)[0]
    fail = "SELECT desk.debt_fail('radius_login', '{{login}}', '{}', 'silent', 'sem resposta', {}) > now()"
    assert fresh.run("atendente", fail.format(lease, "true")) == [(True,)]
    lease, _ = fresh.run("atendente", LEASE)[0]
    assert fresh.run("atendente", fail.format(lease, "false")) == [(None,)]
    assert fresh.run("atendente", "SELECT count(*) FROM desk.debt_lease()") == [(0,)]
    fresh.run("atendente", "SELECT desk.debt_retry('radius_login', '{login}')")
    assert fresh.run("atendente", "SELECT key FROM desk.debt_lease()") == [(str(fresh.login.id),)]


def test_settling_can_be_the_workers_alone(fresh: Scene) -> None:
    fresh.database.admin().execute("UPDATE desk.installation SET settle_by = 'worker'")
    fresh.database.admin().execute("ALTER ROLE desk_worker PASSWORD 'desk_worker-senha-1'")
    assert fresh.run("administrador", LEASE) == []
    assert len(fresh.run("desk_worker", LEASE)) == 1
