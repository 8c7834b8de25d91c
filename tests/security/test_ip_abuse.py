"""Whoever may give addresses cannot shut others out of them, and whoever may not has no other way to one."""

from __future__ import annotations

import pytest

from tests.builders import a_login, a_plan, a_range, an_ip
from tests.security.scene import Scene, constraint

TOKEN = "44444444-4444-4444-8444-44444444444{}"
EVIL = """
CREATE SCHEMA evil;
GRANT USAGE ON SCHEMA evil TO PUBLIC;
CREATE FUNCTION evil.stolen() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'caught as %', current_user; END $$;
CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE plpgsql AS $$
  BEGIN PERFORM evil.stolen(); RETURN now(); END $$;
CREATE FUNCTION evil.family(inet) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.stolen(); RETURN 4; END $$;
CREATE FUNCTION evil.masklen(inet) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.stolen(); RETURN 32; END $$;
CREATE FUNCTION evil.left(text, int) RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM evil.stolen(); RETURN ''; END $$;
CREATE FUNCTION evil.set_masklen(inet, int) RETURNS inet LANGUAGE plpgsql AS $$
  BEGIN PERFORM evil.stolen(); RETURN $1; END $$;
CREATE FUNCTION evil.overlaps(inet, inet) RETURNS bool LANGUAGE plpgsql AS $$
  BEGIN PERFORM evil.stolen(); RETURN false; END $$;
CREATE OPERATOR evil.&& (LEFTARG = inet, RIGHTARG = inet, FUNCTION = evil.overlaps);
"""


def hold(block: str, number: int = 0) -> str:
    return f"SELECT desk.hold_ip('{block}', '{TOKEN.format(number)}')"


def test_nobody_reserves_a_range_as_one_block(scene: Scene) -> None:
    a_range(scene.database, "10.40.0.0/22", gateway="10.40.0.1")
    for block in ("0.0.0.0/0", "10.32.0.0/11", "11.0.0.0/8", "10.40.2.0/23"):
        refused = scene.attack("suporte", hold(block), state=("42501", "23P01"))
        assert constraint(refused) in ("rule:ip_reservations", "ex_ip_holdings_block"), block


def test_nor_in_pieces(scene: Scene) -> None:
    a_range(scene.database, "10.41.0.0/22", gateway="10.41.0.1")
    refused = scene.attack("suporte", hold("10.41.2.0/25", 1), hold("10.41.2.128/25", 2), hold("10.41.3.0/25", 3))
    assert constraint(refused) == "rule:ip_reservations"


def test_a_block_for_one_customer_is_no_abuse(fresh: Scene) -> None:
    a_range(fresh.database, "10.42.0.0/22", gateway="10.42.0.1")
    a_range(fresh.database, "10.43.0.0/22", gateway="10.43.0.1", prefix=30)
    fresh.run("suporte", hold("10.42.0.16/28", 1), hold("10.42.0.32/28", 2), hold("10.43.0.8/30", 3))
    fresh.run("suporte", hold("2001:db8:7::/48", 4))


def test_the_functions_beneath_are_closed(scene: Scene) -> None:
    for statement in (
        "SELECT desk_guard.refresh_gaps(r, r.network) FROM desk.ip_ranges r",
        "SELECT desk_guard.refresh_gaps(ROW(1)::desk.ip_ranges, '10.0.0.0/8')",
        f"SELECT desk_guard.begin_holding('{TOKEN.format(1)}')",
        "SELECT desk_guard.end_holding('10.0.0.0/8')",
        "SELECT desk.ip_patience()",
        "SELECT desk.wanted_rate({login}) FROM desk_vault.radius_clear",
        "SELECT desk.speed_again('plan_speed', '{plan}', gen_random_uuid())",
    ):
        scene.attack("administrador", statement, state=("42501", "42846"))


@pytest.mark.parametrize("address", ["10.44.0.2", "10.44.0.1", "10.44.0.18"])
def test_a_login_takes_nobodys_address_by_its_fixed_ip(fresh: Scene, address: str) -> None:
    """Giving one is Editar IP do Plano; Editar Dados do Plano alone must not come to the same."""
    a_range(fresh.database, "10.44.0.0/24", gateway="10.44.0.1")
    other = a_plan(fresh.database).id
    an_ip(fresh.database, "10.44.0.2/24", plan_id=other)
    an_ip(fresh.database, "10.44.0.18/28", plan_id=other, block="10.44.0.16/28")
    with fresh.holding("ninguem", "edit_plan"):
        for attack in (
            f"UPDATE desk.radius_logins SET fixed_ip = '{address}' WHERE id = {{login}}",
            f"INSERT INTO desk.radius_logins (plan_id, login, fixed_ip) VALUES ({{plan}}, 'ladrao', '{address}')",
        ):
            assert constraint(fresh.attack("ninguem", attack)) == "rule:fixed_ip_held"
    an_ip(fresh.database, "10.44.0.3/24", plan_id=fresh.plan.id)
    fresh.run("administrador", "UPDATE desk.radius_logins SET fixed_ip = '10.44.0.3' WHERE id = {login}")


CALLS = (
    hold("10.45.0.9/32", 1),
    f"SELECT * FROM desk.reserve_ip((SELECT access_point_id FROM desk.ip_ranges LIMIT 1), 4, '{TOKEN.format(2)}')",
    f"SELECT desk.renew_ip('{TOKEN.format(2)}')",
    f"SELECT desk.release_ip('{TOKEN.format(2)}')",
    "SELECT desk.close_sessions({login})",
    "SELECT desk.wanted_rate({login})",
    "SELECT desk.ip_told('10.45.0.0/24', '10.45.0.8/30')",
    "UPDATE desk.radius_logins SET fixed_ip = '10.45.0.77' WHERE id = {login}",
    "UPDATE desk.customer_ips SET description = 'x'",
    "UPDATE desk.customer_plans SET throttled = true WHERE id = {plan}",
    "SELECT desk.ask_reveal('router', {server}, '')",
    "SELECT desk.begin_secret('radius_server', 1) FROM desk.radius_servers",
)


def test_a_poisoned_search_path_is_followed_by_none_of_them(fresh: Scene) -> None:
    fresh.database.admin().execute(EVIL)
    a_range(fresh.database, "10.45.0.0/24", gateway="10.45.0.1")
    an_ip(fresh.database, "10.45.0.5/24", plan_id=fresh.plan.id)
    for call in CALLS:
        fresh.run("administrador", "SET search_path = evil, desk, pg_catalog", call)


def test_a_login_given_for_another_plan_stays_with_it(fresh: Scene) -> None:
    """A session, and with it a router's secret, follows the login that accounting named, not what a clerk writes."""
    other = a_login(fresh.database, plan_id=a_plan(fresh.database).id)
    for statement in (
        f"UPDATE desk.radius_logins SET plan_id = {{plan}} WHERE id = {other.id}",
        "UPDATE desk.radius_sessions SET login_id = {login}",
        "UPDATE desk.radius_sessions SET nas_address = '192.0.2.1'",
        f"UPDATE desk.login_places SET routing_server_id = {{server}} WHERE login_id = {other.id}",
    ):
        fresh.attack("administrador", statement)
