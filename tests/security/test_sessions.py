"""Connections: who may end one, who gets a router's RADIUS secret and for how long, and that no record disappears."""

from __future__ import annotations

import uuid

import pytest

from tests.security.scene import Scene, constraint

ONLINE = (
    "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at)"
    " VALUES ('1', %s, 'cliente.casa', %s, now())"
)
LEASE = "SELECT lease FROM desk.debt_lease('radius_session', '{}')"


def online(scene: Scene, nas: str = "192.0.2.1", unique: str = "u1") -> int:
    """An open connection of the scene's login; its id."""
    admin = scene.database.admin()
    admin.execute(ONLINE, (unique, nas))
    row = admin.execute("SELECT id FROM desk.radius_sessions WHERE unique_id = %s", (unique,)).fetchone()
    assert row is not None
    return int(row[0])


def ask(session: int, lease: object, server: str = "{server}") -> str:
    return f"SELECT desk.ask_reveal_nas('radius_session', '{session}', '{lease}', {server})"


def test_a_routers_secret_is_for_the_holder_of_a_debt_about_a_connection_there(fresh: Scene) -> None:
    session = online(fresh)
    assert constraint(fresh.attack("administrador", ask(session, uuid.uuid4()))) == "debt:lease"
    fresh.run("suporte", "SELECT desk.close_sessions({login})")
    ((lease,),) = fresh.run("suporte", LEASE.format(session))
    assert constraint(fresh.attack("administrador", ask(session, lease))) == "debt:lease"
    ((ticket,),) = fresh.run("suporte", ask(session, lease))
    assert constraint(fresh.attack("administrador", f"SELECT * FROM desk.reveal('{ticket}')")) == "reveal:ticket"
    ((kind, owner, *_),) = fresh.run("suporte", f"SELECT * FROM desk.reveal('{ticket}')")
    assert (kind, owner) == ("nas", fresh.server.id)
    seen = fresh.database.admin().execute("SELECT who, kind, owner, reason FROM desk_vault.tickets WHERE kind = 'nas'")
    assert seen.fetchall() == [("suporte", "nas", fresh.server.id, "entrega")]


def test_it_is_never_asked_for_freely(scene: Scene) -> None:
    assert constraint(scene.attack("administrador", "SELECT desk.ask_reveal('nas', {server}, '')")) == "reveal:never"
    refused = scene.attack("ninguem", "SELECT desk.ask_reveal_nas('radius_session', '1', gen_random_uuid(), {server})")
    assert constraint(refused).startswith("permission:")


def test_not_that_of_another_router(fresh: Scene) -> None:
    session = online(fresh, nas="192.0.2.99")
    fresh.run("suporte", "SELECT desk.close_sessions({login})")
    ((lease,),) = fresh.run("suporte", LEASE.format(session))
    assert constraint(fresh.attack("suporte", ask(session, lease))) == "reveal:nas"


@pytest.mark.parametrize(
    "key", ["1; DROP TABLE desk.debts", "login/1", "", "999999999999999999999", "-1", "١"], ids=range(6)
)
def test_odd_keys_name_no_connection(scene: Scene, key: str) -> None:
    rows = scene.database.admin().execute("SELECT count(*) FROM desk.sessions_of_debt(%s, %s)", ("radius_session", key))
    assert rows.fetchone() == (0,)


def test_the_lease_of_another_debt_opens_nothing(fresh: Scene) -> None:
    session = online(fresh)
    ((lease, _),) = fresh.run("atendente", "SELECT lease, wanted FROM desk.debt_lease('radius_login', '{login}')")
    assert constraint(fresh.attack("atendente", ask(session, lease))) == "debt:lease"


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("ninguem", "SELECT desk.close_sessions({login})"),
        ("financeiro", "UPDATE desk.radius_sessions SET stopped_at = now()"),
        ("administrador", "UPDATE desk.radius_sessions SET stopped_at = now()"),
        ("administrador", "DELETE FROM desk.radius_sessions"),
        ("administrador", "INSERT INTO desk.radius_usage VALUES ({login}, '2026-01-01', 0, 0)"),
        ("administrador", "SELECT desk.sweep_sessions(now(), 10)"),
        ("administrador", "SELECT * FROM desk.sessions_of_debt('radius_session', '1')"),
        ("administrador", "SELECT desk.need_routers()"),
        ("administrador", "SELECT desk.session_lost('radius_session', '1', gen_random_uuid(), 1)"),
        ("administrador", "SELECT desk.session_rate('radius_session', '1', gen_random_uuid(), 1, '1k/1k')"),
        ("atendente", "INSERT INTO desk.radius_servers (name, host) VALUES ('x', 'x')"),
        ("atendente", "SELECT desk.begin_secret('radius_server', 1)"),
        ("ninguem", "SELECT desk.ask_reveal('radius_server', 1, '')"),
    ],
)
def test_records_of_connections_are_nobodys_to_change(scene: Scene, role: str, statement: str) -> None:
    scene.attack(role, statement)


def test_only_the_connection_of_the_debt_is_closed_as_lost(fresh: Scene) -> None:
    mine = online(fresh)
    fresh.run("suporte", "SELECT desk.close_sessions({login})")
    ((lease,),) = fresh.run("suporte", LEASE.format(mine))
    other = online(fresh, unique="u2")
    lost = "SELECT desk.session_lost('radius_session', '{}', '{}', {})"
    assert constraint(fresh.attack("suporte", lost.format(mine, lease, other))) == "debt:lease"
    fresh.run("suporte", lost.format(mine, lease, mine))
    fresh.run("suporte", lost.format(mine, lease, mine))  # its stop may have come meanwhile: nothing is left to do
    stopped = "SELECT stopped_at FROM desk.radius_sessions WHERE id = %s"
    ended = fresh.database.admin().execute(stopped, (mine,)).fetchone()
    rate = "SELECT desk.session_rate('radius_session', '{}', '{}', {}, '1k/1k')"
    fresh.run("suporte", rate.format(mine, lease, mine))
    assert fresh.database.admin().execute(stopped, (mine,)).fetchone() == ended
    assert constraint(fresh.attack("suporte", rate.format(mine, lease, other))) == "debt:lease"
    rows = fresh.database.admin().execute("SELECT id FROM desk.radius_sessions WHERE stopped_at IS NULL")
    assert rows.fetchall() == [(other,)]


def test_what_is_left_at_one_router_ends_no_record_of_another(fresh: Scene) -> None:
    mine = online(fresh)
    (login,) = (
        fresh.database.admin()
        .execute("SELECT login_id, host(nas_address) FROM desk.radius_sessions WHERE id = %s", (mine,))
        .fetchall()
    )
    far = "'de lá', '192.0.2.201', 'x', '192.0.2.201', true, 'sem TLS'"
    columns = "name, host, username, nas_address, active, tls"
    fresh.run("administrador", f"INSERT INTO desk.routing_servers ({columns}) VALUES ({far})")
    admin = fresh.database.admin()
    (found,) = admin.execute("SELECT id FROM desk.routing_servers WHERE name = 'de lá'").fetchall()
    key = f"{found[0]}/session/{login[0]}"
    fresh.run("administrador", f"SELECT desk.correct_drift(ARRAY[{found[0]}], ARRAY['leftover/session'],"
              f" ARRAY[{login[0]}]::bigint[], ARRAY['x'])")  # fmt: skip
    ((lease,),) = fresh.run("suporte", f"SELECT lease FROM desk.debt_lease('router_leftover', '{key}')")
    lost = f"SELECT desk.session_lost('router_leftover', '{key}', '{lease}', {mine})"
    assert constraint(fresh.attack("suporte", lost)) == "debt:lease"
    admin.execute("UPDATE desk.radius_sessions SET nas_address = '192.0.2.201' WHERE id = %s", (mine,))
    fresh.run("suporte", lost)
    cause = admin.execute("SELECT terminate_cause FROM desk.radius_sessions WHERE id = %s", (mine,)).fetchone()
    assert cause == ("Lost-Stop",)


def test_where_only_the_worker_settles_no_desk_gets_the_secret(fresh: Scene) -> None:
    session = online(fresh)
    fresh.database.admin().execute("UPDATE desk.installation SET settle_by = 'worker'")
    fresh.run("suporte", "SELECT desk.close_sessions({login})")
    assert fresh.run("suporte", LEASE.format(session)) == []
    assert len(fresh.run("desk_worker", LEASE.format(session))) == 1


def test_retention_takes_what_is_older_than_a_year_and_nothing_else(fresh: Scene) -> None:
    admin = fresh.database.admin()
    for name, started, updated, stopped in (
        ("old", "400 days", "399 days", "399 days"),
        ("long", "400 days", "10 days", "10 days"),
        ("open", "400 days", "5 minutes", None),  # a router that was never restarted
        ("never closed", "400 days", "380 days", None),  # its end got lost: what was last heard of it decides
        ("never heard of again", "400 days", None, None),
        ("closed by us", "400 days", "380 days", "380 days"),
        ("beginning unknown", None, "380 days", None),
        ("silent for months", "400 days", "300 days", None),
        ("recent", "300 days", "299 days", "299 days"),
        ("recent and silent", "300 days", None, None),
    ):
        admin.execute(
            "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, updated_at,"
            " stopped_at) VALUES ('1', %s, 'x', '192.0.2.1', now() - %s::interval, now() - %s::interval,"
            " now() - %s::interval)",
            (name, started, updated, stopped),
        )
    fresh.run("desk_worker", "SELECT desk.janitor()")
    rows = admin.execute("SELECT unique_id FROM desk.radius_sessions ORDER BY id").fetchall()
    assert rows == [("long",), ("open",), ("silent for months",), ("recent",), ("recent and silent",)]


@pytest.mark.parametrize(
    ("role", "change", "rule"),
    [
        ("suporte", "throttled = true", "permission:edit_plan_status"),
        ("suporte", "throttled_until = now()", "permission:edit_plan_status"),
        ("suporte", "speed_until = now()", "permission:edit_plan_status"),
        # Nobody's speed comes back whose speed was not reduced.
        ("administrador", "speed_until = now() + interval '1 day'", "step:speed"),
    ],
)
def test_markers_of_speed_need_their_permission(scene: Scene, role: str, change: str, rule: str) -> None:
    refused = scene.attack(role, f"UPDATE desk.customer_plans SET {change} WHERE id = {{plan}}")
    assert constraint(refused) == rule


def test_what_the_catalogue_does_not_offer_is_refused_by_hand_too(fresh: Scene) -> None:
    admin = fresh.database.admin()
    admin.execute("SET ROLE desk_job")
    admin.execute("UPDATE desk.catalog_plans SET allows_speed_restore = false")
    admin.execute("UPDATE desk.customer_plans SET throttled = true WHERE id = %s", (fresh.plan.id,))
    admin.execute("RESET ROLE")
    restore = "UPDATE desk.customer_plans SET speed_until = now() + interval '1 day' WHERE id = {plan}"
    assert constraint(fresh.attack("administrador", restore)) == "step:speed"
