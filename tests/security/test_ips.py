"""Addresses from psql: nobody takes, frees or moves one around the program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.builders import a_plan, a_range, an_ip
from tests.postgres import Cluster, Database
from tests.security.conftest import build
from tests.security.scene import Scene, constraint

MINE = "11111111-1111-4111-8111-111111111111"
INSERT = "INSERT INTO desk.customer_ips (plan_id, address, block) VALUES ({plan}, '10.0.0.9/24', '10.0.0.9/32')"


@dataclass
class Place:
    """The scene with a range, an IP in it, and a reservation of somebody else."""

    scene: Scene
    ip: int
    range: int

    def sql(self, statement: str) -> str:
        """With the ids of the place; the scene's own stay for the scene."""
        return statement.replace("{ip}", str(self.ip)).replace("{range}", str(self.range))

    def attack(self, role: str, *statements: str, state: str = "42501"):  # type: ignore[no-untyped-def]
        """As the scene does it."""
        return self.scene.attack(role, *map(self.sql, statements), state=state)


def furnish(scene: Scene) -> Place:
    """One range, one IP."""
    place = a_range(scene.database, "10.0.0.0/24", gateway="10.0.0.1")
    ip = an_ip(scene.database, "10.0.0.2/24", plan_id=scene.plan.id, mac="AA:BB:CC:00:11:22")
    token = "22222222-2222-4222-8222-222222222222"
    scene.run("administrador", f"SELECT * FROM desk.hold_ip('10.0.0.3/32', '{token}')")
    return Place(scene, ip.id, place.id)


@pytest.fixture(scope="module")
def place(cluster: Cluster, template: str) -> Iterator[Place]:
    """For attacks, which must change nothing."""
    database = Database(cluster, cluster.clone(template))
    try:
        yield furnish(build(database))
    finally:
        database.close()
        cluster.drop(database.name)
        cluster.restore_roles()


IP, POINTS = "Editar IP do Plano", "Pontos de Acesso"


@pytest.mark.parametrize(
    ("statement", "label"),
    [
        (INSERT, IP),
        ("UPDATE desk.customer_ips SET address = '10.0.0.7/24', block = '10.0.0.7/32' WHERE id = {ip}", IP),
        ("UPDATE desk.customer_ips SET down_kbps = 1, up_kbps = 1 WHERE id = {ip}", IP),
        ("UPDATE desk.customer_ips SET options = '{{nat}}' WHERE id = {ip}", IP),
        ("UPDATE desk.customer_ips SET deleted_at = now() WHERE id = {ip}", IP),
        ("INSERT INTO desk.customer_ip_macs (ip_id, mac) VALUES ({ip}, 'AA:BB:CC:00:11:23')", IP),
        ("UPDATE desk.customer_ip_macs SET equipment = 'x' WHERE ip_id = {ip}", IP),
        ("SELECT desk.delete_customer_ip_macs((SELECT id FROM desk.customer_ip_macs WHERE ip_id = {ip}))", IP),
        (f"SELECT * FROM desk.reserve_ip(1, 4, '{MINE}')", IP),
        (f"SELECT desk.hold_ip('10.0.0.77/32', '{MINE}')", IP),
        (f"SELECT desk.renew_ip('{MINE}')", IP),
        ("INSERT INTO desk.ip_ranges (access_point_id, network, block_prefix) VALUES (1, '10.1.0.0/24', 32)", POINTS),
        ("UPDATE desk.ip_ranges SET reserved = '{{10.0.0.8/32}}' WHERE id = {range}", POINTS),
        ("UPDATE desk.ip_ranges SET active = false WHERE id = {range}", POINTS),
        ("SELECT desk.delete_ip_ranges({range})", POINTS),
        ("UPDATE desk.ip_options SET active = false WHERE code = 'nat'", POINTS),
        ("UPDATE desk.access_points SET sets_queue = true", POINTS),
        ("SELECT * FROM desk.begin_secret('wpa2', {ip})", IP),
    ],
)
def test_without_the_permission(place: Place, statement: str, label: str) -> None:
    refused = place.attack("ninguem", statement)
    assert f'"{label}"' in (refused.diag.message_primary or "")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.ip_holdings (block, ip_id) VALUES ('10.0.0.9/32', {ip})",
        "DELETE FROM desk.ip_holdings",
        "UPDATE desk.ip_holdings SET expires_at = now() + interval '1 year'",
        "UPDATE desk.ip_gaps SET first = 0",
        "INSERT INTO desk.ip_gaps (range_id, first, last) VALUES ({range}, 0, 9)",
        "UPDATE desk.customer_ips SET plan_id = {suspended} WHERE id = {ip}",
        "UPDATE desk.customer_ip_macs SET mac = 'AA:BB:CC:00:11:29'",
        "DELETE FROM desk.customer_ips",
        "SELECT desk.rebuild_gaps({range})",
        "SELECT desk.owe('customer_ip', '{ip}', NULL, NULL)",
        "TRUNCATE desk.ip_ranges CASCADE",
    ],
)
def test_what_nobody_may(place: Place, statement: str) -> None:
    place.attack("administrador", statement)


def test_the_login_that_brings_it_is_one_of_the_plan(place: Place) -> None:
    stranger = place.scene.login.id
    refused = place.attack(
        "suporte",
        "INSERT INTO desk.customer_ips (plan_id, address, block, login_id)"
        f" VALUES ({{suspended}}, '10.0.0.9/24', '10.0.0.9/32', {stranger})",
    )
    assert constraint(refused) == "rule:ip_login"


def test_a_range_in_use_stays_where_it_is(place: Place) -> None:
    for statement in (
        "SELECT desk.delete_ip_ranges({range})",
        "UPDATE desk.ip_ranges SET network = '10.9.0.0/24', gateway = NULL WHERE id = {range}",
        "UPDATE desk.ip_ranges SET block_prefix = 30 WHERE id = {range}",
    ):
        assert constraint(place.attack("suporte", statement)) == "rule:ip_range_in_use"


def test_a_reservation_is_its_owners(place: Place) -> None:
    token = "22222222-2222-4222-8222-222222222222"
    assert place.scene.run("suporte", f"SELECT desk.release_ip('{token}'), desk.renew_ip('{token}')") == [
        (False, False)
    ]
    taken = place.attack("suporte", f"SELECT desk.hold_ip('10.0.0.3/32', '{MINE}')", state="23P01")
    assert constraint(taken) == "ex_ip_holdings_block"
    # Claiming somebody else's reservation opens nothing.
    stolen = place.attack(
        "suporte",
        f"SELECT set_config('desk.ip_token', '{token}', true)",
        "INSERT INTO desk.customer_ips (plan_id, address, block) VALUES ({plan}, '10.0.0.3/24', '10.0.0.3/32')",
        state="23P01",
    )
    assert constraint(stolen) == "ex_ip_holdings_block"


def test_one_person_cannot_hold_a_range(place: Place) -> None:
    holds = [
        f"SELECT * FROM desk.hold_ip('10.0.0.{number}/32', '33333333-3333-4333-8333-3333333333{number}')"
        for number in range(20, 29)
    ]
    assert constraint(place.attack("suporte", *holds)) == "rule:ip_reservations"


def test_who_deleted_it_and_when_is_not_for_him_to_say(fresh: Scene) -> None:
    place = furnish(fresh)
    claimed = "UPDATE desk.customer_ips SET deleted_at = '2001-01-01', deleted_by = 'financeiro' WHERE id = {ip}"
    fresh.run("suporte", place.sql(claimed))
    admin = fresh.database.admin()
    row = admin.execute("SELECT deleted_by, deleted_at > now() - interval '1 minute' FROM desk.customer_ips").fetchone()
    assert row == ("suporte", True)
    assert admin.execute("SELECT count(*) FROM desk.ip_holdings WHERE ip_id IS NOT NULL").fetchone() == (0,)
    remembered = admin.execute(
        "SELECT kind, value, who, plan_id, snapshot -> 'macs' FROM desk.deleted_items WHERE kind = 'customer_ip'"
    ).fetchall()
    assert remembered == [("customer_ip", "10.0.0.2/24", "suporte", fresh.plan.id, ["AA:BB:CC:00:11:22"])]
    told = admin.execute("SELECT action, who FROM desk.history_entries WHERE action = 'ip.deleted'").fetchall()
    assert told == [("ip.deleted", "suporte")]
    again = fresh.attack("suporte", place.sql("UPDATE desk.customer_ips SET description = 'x' WHERE id = {ip}"))
    assert constraint(again) == "rule:deleted"
    late = fresh.attack(
        "suporte", place.sql("INSERT INTO desk.customer_ip_macs (ip_id, mac) VALUES ({ip}, 'AA:BB:CC:00:11:23')")
    )
    assert constraint(late) == "rule:deleted"


def test_a_saved_ip_ends_its_reservation_and_is_owed(fresh: Scene) -> None:
    furnish(fresh)
    other = a_plan(fresh.database).id
    fresh.run(
        "suporte",
        f"SELECT * FROM desk.hold_ip('10.0.0.50/32', '{MINE}')",
    )
    fresh.run(
        "suporte",
        f"SELECT set_config('desk.ip_token', '{MINE}', true)",
        f"INSERT INTO desk.customer_ips (plan_id, address, block) VALUES ({other}, '10.0.0.50/24', '10.0.0.50/32')",
    )
    admin = fresh.database.admin()
    held = admin.execute("SELECT ip_id IS NOT NULL, token IS NULL FROM desk.ip_holdings WHERE block = '10.0.0.50/32'")
    assert held.fetchall() == [(True, True)]
    owed = admin.execute("SELECT plan_id FROM desk.debts WHERE topic = 'customer_ip' AND plan_id = %s", (other,))
    assert owed.fetchall() == [(other,)]
