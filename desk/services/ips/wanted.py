"""Reads what the routers should hold of an IP: for delivery, preview and drift alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from desk.models.access import allowed, slow
from desk.models.daemon_views import THROTTLE_FLOOR_KBPS, THROTTLE_PERCENT, THROTTLE_VARIABLE
from desk.models.ips import IpEffect
from desk.services.ips.network import Enforcement, WantedIp

_ENFORCEMENT = "a.interface, a.sets_address, a.sets_queue, a.sets_arp, a.allowed_list, a.blocked_list"
_STATE = f"""
    SELECT i.id, i.deleted_at IS NULL AS exists, host(i.address) AS address, i.block::text AS block,
           {allowed()} AS granted,
           l.id IS NOT NULL AS by_radius, {slow()} AS slow, l.login, p.customer_id,
           COALESCE(i.down_kbps, c.down_kbps) AS down_kbps, COALESCE(i.up_kbps, c.up_kbps) AS up_kbps,
           ARRAY(SELECT upper(m.mac::text) FROM desk.customer_ip_macs m WHERE m.ip_id = i.id ORDER BY m.id) AS macs,
           ARRAY(SELECT ARRAY[o.effect, o.address_list] FROM desk.ip_options o
                  WHERE o.code = ANY (i.options) AND o.active ORDER BY o.position, o.code) AS options,
           (SELECT v.value::int FROM desk.variables v WHERE v.code = '{THROTTLE_VARIABLE}') AS percent,
           CASE WHEN r.active THEN r.id END AS router_id, {_ENFORCEMENT}"""
_TABLES = """
      FROM desk.customer_ips i
      JOIN desk.customer_plans p ON p.id = i.plan_id
      JOIN desk.plan_statuses s ON s.code = p.status
      JOIN desk.catalog_plans c ON c.id = p.catalog_plan_id
      LEFT JOIN desk.radius_logins l ON l.id = i.login_id AND l.deleted_at IS NULL
      LEFT JOIN desk.access_points a ON a.id = i.access_point_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id"""
_WANTED = text(f"""{_STATE},
           EXISTS (SELECT FROM desk.debts d WHERE d.topic = 'customer_ip' AND d.key = i.id::text
                     AND d.proof @> '{{"steps": [{{"system": "router"}}]}}') AS was_there,
           ARRAY(SELECT DISTINCT b.id FROM desk.change_log g
                   JOIN desk.access_points x ON x.id = (g.before->>'access_point_id')::bigint
                   JOIN desk.routing_servers b ON b.id = x.routing_server_id
                  WHERE g.tbl = 'customer_ips' AND g.key = i.id::text AND g.before ? 'access_point_id'
                    AND g.op = 'U' AND b.active AND b.id IS DISTINCT FROM r.id
                 UNION
                 SELECT b.id FROM desk.change_log g
                   JOIN desk.routing_servers b ON b.id = (g.before->>'routing_server_id')::bigint
                  WHERE g.tbl = 'access_points' AND g.key = i.access_point_id::text
                    AND g.before ? 'routing_server_id' AND g.op = 'U' AND g.at > i.created_at
                    AND b.active AND b.id IS DISTINCT FROM r.id) AS left_behind {_TABLES}
     WHERE i.id = :id""")
_AT_ROUTER = text(f"""{_STATE},
           EXISTS (SELECT FROM desk.debts d WHERE d.topic = 'customer_ip' AND d.key = i.id::text
                     AND d.done < d.wanted) AS owed {_TABLES}
     WHERE r.id = :router AND r.active AND i.deleted_at IS NULL""")
_POINT = text(f"""
    SELECT CASE WHEN r.active THEN r.id END AS router_id, {_ENFORCEMENT}
      FROM desk.access_points a LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id WHERE a.id = :id""")


@dataclass(frozen=True)
class KnownIp:
    """An IP as the database knows it: wanted state, its router, and those it left."""

    wanted: WantedIp
    router_id: int | None
    login: str = ""
    was_there: bool = False
    left_behind: tuple[int, ...] = ()

    @property
    def routers(self) -> tuple[int, ...]:
        """Routers to visit. One that holds nothing of it, and never did, need not be asked."""
        own = (self.router_id,) if self.router_id is not None and (self.wanted.lines or self.was_there) else ()
        return (*own, *self.left_behind)

    def at(self, router_id: int) -> WantedIp:
        """What should be on one router: on one that it left, nothing."""
        return replace(self.wanted, at_home=router_id == self.router_id)


def wanted_ip(session: Session, ip_id: int) -> KnownIp | None:
    """What should be of an IP, in one statement; None when there never was one."""
    row = session.execute(_WANTED, {"id": ip_id}).mappings().one_or_none()
    if row is None:
        return None
    return KnownIp(_wanted(row), row["router_id"], row["login"] or "", row["was_there"], tuple(row["left_behind"]))


@dataclass(frozen=True)
class IpAtRouter:
    """An IP that belongs at one router: what should be there, whose it is, and whether that is still owed."""

    wanted: WantedIp
    customer_id: int
    owed: bool


def wanted_ips_at(session: Session, router_id: int) -> Iterator[IpAtRouter]:
    """All that should be at a router, in one statement whatever their number."""
    points: dict[Enforcement, Enforcement] = {}  # a handful, each shared by thousands
    for row in session.execute(_AT_ROUTER, {"router": router_id}).mappings().yield_per(1000):
        wanted = _wanted(row)
        shared = points.setdefault(wanted.enforcement, wanted.enforcement)
        yield IpAtRouter(replace(wanted, enforcement=shared), row["customer_id"], row["owed"])


def _wanted(row: RowMapping) -> WantedIp:
    effects = [(IpEffect(effect), name) for effect, name in row["options"]]
    on = {effect for effect, _ in effects}
    share = row["percent"] if row["percent"] is not None else THROTTLE_PERCENT
    return WantedIp(
        id=row["id"],
        exists=row["exists"],
        allowed=row["granted"] and IpEffect.BLOCK not in on,
        address=row["address"],
        block=row["block"],
        enforcement=enforcement_of(row),
        by_radius=row["by_radius"],
        macs=tuple(row["macs"]),
        down_kbps=speed(row["down_kbps"], throttled=row["slow"], percent=share),
        up_kbps=speed(row["up_kbps"], throttled=row["slow"], percent=share),
        limits_speed=IpEffect.BANDWIDTH in on or row["slow"],
        binds_mac=IpEffect.BIND_MAC in on,
        lists=tuple(name for effect, name in effects if effect is IpEffect.LIST),
    )


def enforcement_at(session: Session, point_id: int | None) -> tuple[int | None, Enforcement]:
    """The router of an access point, and what it does with addresses."""
    row = session.execute(_POINT, {"id": point_id}).mappings().one_or_none()
    return (None, Enforcement()) if row is None else (row["router_id"], enforcement_of(row))


def enforcement_of(row: RowMapping) -> Enforcement:
    """The columns of an access point, or what is none, as one thing."""
    return Enforcement(
        interface=row["interface"] or "",
        sets_address=bool(row["sets_address"]),
        sets_queue=bool(row["sets_queue"]),
        sets_arp=bool(row["sets_arp"]),
        allowed_list=row["allowed_list"] or "",
        blocked_list=row["blocked_list"] or "",
    )


def speed(kbps: int, *, throttled: bool, percent: int = THROTTLE_PERCENT) -> int:
    """What RADIUS would give of it too: a throttled plan keeps a share, and never less than a page needs."""
    if not throttled:
        return kbps
    if kbps == 0:
        return THROTTLE_FLOOR_KBPS
    return min(kbps, max(THROTTLE_FLOOR_KBPS, kbps * percent // 100))
