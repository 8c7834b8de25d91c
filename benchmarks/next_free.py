"""The next free address of a /8 with a million in use, against the same click in a range that is almost empty."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import psycopg

from benchmarks.timing import line, pair
from desk.bootstrap import Server, sign_in
from desk.db.bootstrap import prepare
from desk.db.operators import create_operator
from desk.models.people import Permission
from desk.services.core.bus import Bus
from desk.services.ips import ReleaseIp, ReserveIp
from tests.postgres import Cluster

PERSON, PASSWORD = "medidor", "medidor-senha-1"
# The network of each access point, and the SQL of the n-th address that is in use in it.
RANGES = {
    "quase vazia": ("11.0.0.0/8", "'11.0.0.1'::inet + n", 10),
    "em sequência": ("10.0.0.0/8", "'10.0.0.1'::inet + n", 0),
    # As many free intervals as addresses in use, the dearest case for what keeps them.
    "um sim, um não": ("12.0.0.0/8", "'12.0.0.1'::inet + 2 * n + 1", 0),
}


def run(cluster: Cluster, used: int = 1_000_000) -> list[tuple[str, str, str, str]]:
    """Figures; the click is the whole command with its commit, and the release that follows it."""
    prepare(cluster.dsn(), "addresses", cluster.master_key, company="Banco de medidas", demo=True)
    create_operator(
        cluster.dsn("addresses"), PERSON, "Medidor", PASSWORD, frozenset({Permission.EDIT_PLAN_IP}), must_change=False
    )
    points, seconds = _load(cluster.dsn("addresses"), used)
    with psycopg.connect(cluster.dsn("addresses")) as connection:
        info = connection.info
        server = Server(host=info.host, port=str(info.port), database="addresses", sslmode="disable")
    signed_in = sign_in(server, PERSON, PASSWORD)
    try:
        clicks = {name: _click(signed_in.bus, point) for name, point in points.items()}
        floor = clicks.pop("quase vazia")
        figures = [
            line(f"próximo IP livre, {used:_} em uso em um /8, {name}".replace("_", "."), *pair(click, floor))
            for name, click in clicks.items()
        ]
    finally:
        signed_in.close()
    return [*figures, (f"contar de novo o que é livre, {used} em uso", f"{seconds:.1f} s", "", "")]


def _click(bus: Bus, point: int) -> Callable[[], object]:
    def click() -> None:
        token = uuid.uuid4()
        bus.execute(ReserveIp(access_point_id=point, token=token))
        bus.execute(ReleaseIp(token=token))

    return click


def _load(dsn: str, used: int) -> tuple[dict[str, int], float]:
    """One access point for each range; triggers are off, and the free intervals are counted once at the end.

    Only what is taken counts here, so no plans stand behind the addresses; the constraint is built once they are in.
    """
    points: dict[str, int] = {}
    ranges: list[int] = []
    with psycopg.connect(dsn) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("ALTER TABLE desk.ip_holdings DROP CONSTRAINT ex_ip_holdings_block")
        connection.execute("DROP INDEX desk.uq_ip_holdings_ip_id")
        for name, (network, address, count) in RANGES.items():
            point = _one(connection, "INSERT INTO desk.access_points (name) VALUES (%s) RETURNING id", name)
            place = _one(
                connection,
                "INSERT INTO desk.ip_ranges (access_point_id, network, block_prefix) VALUES (%s, %s, 32) RETURNING id",
                point,
                network,
            )
            points[name] = point
            ranges.append(place)
            connection.execute(
                f"INSERT INTO desk.ip_holdings (block, ip_id) SELECT ({address})::cidr, n + 1"
                f" FROM generate_series(0, {count or used} - 1) n".encode()
            )
        connection.execute(
            "ALTER TABLE desk.ip_holdings ADD CONSTRAINT ex_ip_holdings_block"
            " EXCLUDE USING spgist (block inet_ops WITH &&)"
        )
        connection.execute("SET session_replication_role = origin")
        connection.commit()
        connection.autocommit = True
        connection.execute("ANALYZE desk.ip_holdings")
        begin = time.perf_counter()
        for place in ranges:
            connection.execute("SELECT desk.rebuild_gaps(%s)", (place,))
        seconds = (time.perf_counter() - begin) / 2
        connection.execute("ANALYZE desk.ip_gaps")
    return points, seconds


def _one(connection: psycopg.Connection[tuple[int, ...]], statement: str, *values: object) -> int:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return row[0]
