"""Free and taken: the intervals say what the holdings say, and nobody gets what another has."""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_plan, a_range, an_access_point, an_ip, insert
from tests.postgres import Cluster, Database

RESERVE = "SELECT host(told), masklen(told), block::text, host(gateway) FROM desk.reserve_ip(%s, %s, %s, %s)"


def reserve(
    database: Database, point: int, family: int = 4, token: uuid.UUID | None = None, beyond: str | None = None
) -> tuple[object, ...] | None:
    """What a clerk's click on the icon brings."""
    with contextlib.closing(database.connect("suporte")) as clerk:
        row: tuple[object, ...] | None = clerk.execute(
            RESERVE, (point, family, token or uuid.uuid4(), beyond)
        ).fetchone()
    return row


def free(database: Database, range_id: int) -> list[tuple[int, int]]:
    """The intervals of free units."""
    rows = database.admin().execute("SELECT first, last FROM desk.ip_gaps WHERE range_id = %s ORDER BY 1", (range_id,))
    return [(first, last) for first, last in rows]


def as_job(database: Database, statement: str, *values: object) -> None:
    """Do it as a loader would."""
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(statement.encode(), values)


def test_the_lowest_free_address_with_the_mask_of_the_network(database: Database) -> None:
    place = a_range(database, "10.1.0.0/24", gateway="10.1.0.1", reserved=["10.1.0.2/32", "10.1.0.8/29"])
    point = place.access_point_id
    assert reserve(database, point) == ("10.1.0.3", 24, "10.1.0.3/32", "10.1.0.1")
    assert reserve(database, point) == ("10.1.0.4", 24, "10.1.0.4/32", "10.1.0.1")
    assert free(database, place.id) == [(5, 7), (16, 254)]
    an_ip(database, "10.1.0.6/24")
    assert free(database, place.id) == [(5, 5), (7, 7), (16, 254)]


def test_blocks_bring_the_address_after_the_routers(database: Database) -> None:
    place = a_range(database, "10.2.0.0/24", prefix=30, reserved=["10.2.0.5/32"])
    assert reserve(database, place.access_point_id) == ("10.2.0.2", 30, "10.2.0.0/30", "10.2.0.1")
    assert reserve(database, place.access_point_id) == ("10.2.0.10", 30, "10.2.0.8/30", "10.2.0.9")


def test_prefixes_of_ipv6(database: Database) -> None:
    point = an_access_point(database)
    a_range(database, "2001:db8::/40", prefix=56, access_point=point)
    a_range(database, "10.3.0.0/30", access_point=point)
    first = reserve(database, point.id, 6)
    assert first == ("2001:db8::", 56, "2001:db8::/56", None)
    second = reserve(database, point.id, 6)
    assert second == ("2001:db8:0:100::", 56, "2001:db8:0:100::/56", None)
    assert reserve(database, point.id, 4) == ("10.3.0.1", 30, "10.3.0.1/32", None)


@pytest.mark.parametrize(
    ("network", "prefix"), [("10.0.0.0/8", 32), ("10.0.0.0/16", 30), ("2001:db8::/32", 64), ("2001:db8::/96", 128)]
)
def test_units_and_blocks_are_each_others_reverse(database: Database, network: str, prefix: int) -> None:
    whole = ipaddress.ip_network(network)
    size = 1 << (whole.max_prefixlen - prefix)
    units = whole.num_addresses // size
    for unit in (0, 1, 2, units // 3, units - 2, units - 1):
        row = database.admin().execute(
            "SELECT b::text, desk.ip_unit(%s, %s, b) FROM desk.ip_block(%s, %s, %s) b",
            (network, prefix, network, prefix, unit),
        )
        block, again = row.fetchone() or ("", -1)
        assert ipaddress.ip_network(block) == ipaddress.ip_network((int(whole[0]) + unit * size, prefix))
        assert again == unit


def test_another_click_goes_on_and_starts_over(database: Database) -> None:
    point = a_range(database, "10.4.0.0/29", gateway="10.4.0.1").access_point_id
    token = uuid.uuid4()
    seen = []
    beyond = None
    for _ in range(6):
        found = reserve(database, point, token=token, beyond=beyond)
        assert found is not None
        beyond = str(found[0])
        seen.append(beyond)
    assert seen == ["10.4.0.2", "10.4.0.3", "10.4.0.4", "10.4.0.5", "10.4.0.6", "10.4.0.2"]
    held = database.admin().execute("SELECT count(*) FROM desk.ip_holdings WHERE token IS NOT NULL").fetchone()
    assert held == (1,)


def test_none_left(database: Database) -> None:
    place = a_range(database, "10.5.0.0/30", gateway="10.5.0.1")
    ip = an_ip(database, "10.5.0.2/30")
    assert reserve(database, place.access_point_id) is None
    as_job(database, "UPDATE desk.customer_ips SET deleted_at = now() WHERE id = %s", ip.id)
    assert reserve(database, place.access_point_id) == ("10.5.0.2", 30, "10.5.0.2/32", "10.5.0.1")


def test_32_at_the_same_instant_get_32_different_ones(database: Database) -> None:
    place = a_range(database, "10.6.0.0/24", gateway="10.6.0.1")
    admin = database.admin()
    admin.execute("ALTER ROLE suporte CONNECTION LIMIT 40")
    # 32 clicks of one person would be refused as too many reservations; 32 saves are not.
    plans = [a_plan(database).id for _ in range(32)]
    connections = [database.connect("suporte", autocommit=False) for _ in plans]
    start = threading.Barrier(32)  # nobody asks before all of them may

    def save(connection: psycopg.Connection[tuple[object, ...]], plan: int) -> str:
        token = uuid.uuid4()
        start.wait(30)
        row = connection.execute(RESERVE, (place.access_point_id, 4, token, None)).fetchone()
        assert row is not None
        connection.execute("SELECT set_config('desk.ip_token', %s, true)", (str(token),))
        connection.execute(
            "INSERT INTO desk.customer_ips (plan_id, address, block) VALUES (%s, %s, %s)", (plan, row[0], row[2])
        )
        connection.commit()
        return str(row[0])

    with ThreadPoolExecutor(32) as pool:
        got = list(pool.map(save, connections, plans))
    for connection in connections:
        connection.close()
    assert sorted(got, key=ipaddress.ip_address) == [f"10.6.0.{number}" for number in range(2, 34)]
    assert free(database, place.id) == [(34, 254)]


def test_a_reservation_ends_with_its_dialog_or_with_its_time(database: Database) -> None:
    point = a_range(database, "10.7.0.0/30", gateway="10.7.0.1").access_point_id
    token = uuid.uuid4()
    only = ("10.7.0.2", 30, "10.7.0.2/32", "10.7.0.1")
    assert reserve(database, point, token=token) == only
    assert reserve(database, point) is None
    clerk = database.connect("suporte")
    assert clerk.execute("SELECT desk.renew_ip(%s)", (token,)).fetchone() == (True,)
    assert clerk.execute("SELECT desk.release_ip(%s)", (token,)).fetchone() == (True,)
    assert clerk.execute("SELECT desk.renew_ip(%s)", (token,)).fetchone() == (False,)
    assert reserve(database, point, token=token) == only
    database.admin().execute("UPDATE desk.ip_holdings SET expires_at = now() WHERE token = %s", (token,))
    assert reserve(database, point) == only
    database.admin().execute("UPDATE desk.ip_holdings SET expires_at = now() WHERE token IS NOT NULL")
    an_ip(database, "10.7.0.2/30")


def test_ranges_may_not_overlap_nor_take_what_a_customer_has(database: Database) -> None:
    an_ip(database, "10.8.1.7/24")
    place = a_range(database, "10.8.0.0/23", gateway="10.8.0.1")
    assert free(database, place.id) == [(2, 262), (264, 510)]
    with pytest.raises(psycopg.errors.ExclusionViolation) as overlap:
        a_range(database, "10.8.1.0/24")
    assert overlap.value.diag.constraint_name == "ex_ip_ranges_network"
    with pytest.raises(psycopg.errors.ExclusionViolation) as taken:
        as_job(database, "UPDATE desk.ip_ranges SET reserved = '{10.8.1.0/28}' WHERE id = %s", place.id)
    assert taken.value.diag.constraint_name == "ex_ip_holdings_block"
    with pytest.raises(psycopg.errors.ExclusionViolation):
        an_ip(database, "10.8.1.6/30", block="10.8.1.4/30")
    with pytest.raises(psycopg.errors.ExclusionViolation):
        an_ip(database, "10.8.0.1/23")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="fora da faixa"):
        as_job(database, "UPDATE desk.ip_ranges SET reserved = '{10.9.0.0/28}' WHERE id = %s", place.id)


@pytest.fixture(scope="module")
def playground(cluster: Cluster, template: str) -> Iterator[Database]:
    """One database for all examples of the property."""
    database = Database(cluster, cluster.clone(template))
    yield database
    database.close()
    cluster.drop(database.name)


steps = st.lists(st.tuples(st.integers(0, 63), st.sampled_from([32, 32, 31, 30, 28])), min_size=1, max_size=25)


@settings(max_examples=40, deadline=None)
@given(prefix=st.sampled_from([32, 30]), moves=steps)
def test_free_intervals_are_what_no_holding_touches(
    playground: Database, prefix: int, moves: list[tuple[int, int]]
) -> None:
    admin = playground.admin()
    admin.execute("DELETE FROM desk.ip_holdings")
    as_job(playground, "DELETE FROM desk.ip_ranges")
    place = a_range(playground, "10.9.0.0/26", prefix=prefix)
    for offset, bits in moves:
        block = str(ipaddress.ip_network((int(ipaddress.ip_address("10.9.0.0")) + offset, bits), strict=False))
        gone = admin.execute(
            "DELETE FROM desk.ip_holdings WHERE token IS NOT NULL AND block && %s RETURNING 1", (block,)
        )
        if (
            not gone.fetchall()
            and not admin.execute("SELECT FROM desk.ip_holdings WHERE block && %s", (block,)).fetchall()
        ):
            insert(playground, "ip_holdings", block=block, token=uuid.uuid4(), expires_at="2099-01-01")
    held = [ipaddress.ip_network(row[0]) for row in admin.execute("SELECT block::text FROM desk.ip_holdings")]
    units = list(ipaddress.ip_network("10.9.0.0/26").subnets(new_prefix=prefix))
    expected = [number for number, unit in enumerate(units) if not any(unit.overlaps(other) for other in held)]
    found = free(playground, place.id)
    assert [unit for first, last in found for unit in range(first, last + 1)] == expected
    assert all(first > last + 1 for (_, last), (first, _) in itertools.pairwise(found)), "merged"
