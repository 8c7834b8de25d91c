"""One router with 10,000 of everything: the whole report against merely fetching what it compares."""

from __future__ import annotations

import tracemalloc

import librouteros
import psycopg

from benchmarks import suspend
from benchmarks.suspend import ROLE
from benchmarks.timing import pair
from desk.services.drift import DriftKind, LookForDrift, RouterDrift
from tests.postgres import Cluster
from tests.services.core.crowded import FIRST, a_crowded_server
from tests.services.core.net import PASSWORD
from tests.standins.crowded_router import crowded_router

Figures = list[tuple[str, str, str, str]]
MANY, WRONG = 10_000, 100
ROUNDS = 5
# The same lines and fields, asked by the library itself.
_PRINTS = {
    "/ppp/secret/print": ".id,name,profile,disabled,service,remote-address,comment",
    "/ppp/active/print": ".id,name,address,caller-id,uptime,session-id",
    "/ip/address/print": ".id,comment,disabled,address,interface",
    "/queue/simple/print": ".id,comment,disabled,name,target,max-limit",
    "/ip/arp/print": ".id,comment,disabled,address,interface,mac-address",
    "/ip/firewall/address-list/print": ".id,comment,disabled,list,address",
    "/ipv6/firewall/address-list/print": ".id,comment,disabled,list,address",
}
_LOGINS = """
SELECT l.id, l.login, s.grants_access, c.radius_profile, host(l.fixed_ip)
  FROM desk.radius_logins l JOIN desk.customer_plans p ON p.id = l.plan_id
  JOIN desk.plan_statuses s ON s.code = p.status JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
  JOIN desk.access_points a ON a.id = p.access_point_id
 WHERE a.routing_server_id = %s AND l.deleted_at IS NULL"""
_IPS = """
SELECT i.id, host(i.address), i.block::text, s.grants_access, i.options, c.down_kbps, c.up_kbps, a.interface,
       a.allowed_list,       ARRAY(SELECT upper(m.mac::text) FROM desk.customer_ip_macs m WHERE m.ip_id = i.id)
  FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id JOIN desk.plan_statuses s ON s.code = p.status
  JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id JOIN desk.access_points a ON a.id = i.access_point_id
 WHERE a.routing_server_id = %s AND i.deleted_at IS NULL"""


def run(cluster: Cluster) -> Figures:
    """Time of both in turns; then the memory of each, alone."""
    database = suspend.database_of(cluster)
    with crowded_router(MANY, first=FIRST, wrong=WRONG) as port, psycopg.connect(database.dsn(ROLE)) as hand:
        server = a_crowded_server(database, port, MANY)

        def ours() -> RouterDrift:
            return database.bus(ROLE).execute(LookForDrift(router_id=server.id)).value

        def floor() -> int:
            return _fetch(hand, port, server.id)

        seen = ours()
        assert seen.problem == "" and seen.counts == {DriftKind.DIFFERS: 2 * MANY // WRONG}, seen.problem
        assert floor() == 6 * MANY
        times = pair(ours, floor, ROUNDS, warm=1)
        memory = _peak(ours), _peak(floor)
    database.close()
    what = f"divergências de um roteador, {MANY} logins e {MANY} IPs, {2 * MANY // WRONG} diferenças"
    return [
        (what, f"{times[0]:.0f} ms", f"{times[1]:.0f} ms", f"{times[0] / times[1]:.2f}"),
        (f"{what}; pico de memória", *(f"{each / 1e6:.1f} MB" for each in memory), f"{memory[0] / memory[1]:.2f}"),
    ]


def _fetch(hand: psycopg.Connection[object], port: int, server_id: int) -> int:
    """The lines by the library, the rows by hand; nothing is compared."""
    api = librouteros.connect("127.0.0.1", "desk", PASSWORD, port=port, timeout=30)
    try:
        lines = [list(api.rawCmd(command, f"=.proplist={fields}")) for command, fields in _PRINTS.items()]
    finally:
        api.close()
    rows = [hand.execute(question, (server_id,)).fetchall() for question in (_LOGINS, _IPS)]
    hand.commit()
    return sum(map(len, lines)) + sum(map(len, rows))


def _peak(call: object) -> int:
    """Bytes that Python held at once; slower by far, so it is not timed."""
    assert callable(call)
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
