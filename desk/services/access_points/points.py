"""Access points: list, save, delete by variable 9."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from desk.models.access_points import AccessPoint, DisconnectBy
from desk.models.people import Permission
from desk.models.variables import Variable
from desk.services.access_points.errors import AccessPointHasIps, AccessPointInUse
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work

MOST_CUSTOMERS = 1_000_000
MOST_USES = 500  # a list longer than this is not read
FIELDS = (
    *("name", "business_unit_id", "routing_server_id", "customer_limit", "disconnect_by", "active", "notes"),
    *("interface", "sets_address", "sets_queue", "sets_arp", "allowed_list", "blocked_list"),
)
_TRIMMED = ("name", "interface", "allowed_list", "blocked_list")


@dataclass(frozen=True)
class AccessPointRow:
    """One access point with its use."""

    id: int
    name: str
    business_unit_id: int | None
    unit: str
    routing_server_id: int | None
    router: str
    customer_limit: int | None
    disconnect_by: DisconnectBy
    used: int
    active: bool
    notes: str
    version: int
    interface: str
    sets_address: bool
    sets_queue: bool
    sets_arp: bool
    allowed_list: str
    blocked_list: str
    ranges: int


@dataclass(frozen=True)
class AccessPoints(Query[list[AccessPointRow]]):
    """All access points; one statement."""


@dataclass(frozen=True, kw_only=True)
class SaveAccessPoint(Command[int]):
    """New (no id) or changed access point."""

    id: int | None = None
    version: int = 0
    name: str
    business_unit_id: int | None = None
    routing_server_id: int | None = None
    customer_limit: int | None = None
    disconnect_by: DisconnectBy = DisconnectBy.API
    active: bool = True
    notes: str = ""
    interface: str = ""
    sets_address: bool = False
    sets_queue: bool = False
    sets_arp: bool = False
    allowed_list: str = ""
    blocked_list: str = ""


@dataclass(frozen=True, kw_only=True)
class DeleteAccessPoint(Command[None]):
    """Remove an access point that no plan, or by variable 9 only cancelled plans, use."""

    id: int
    version: int


@dataclass(frozen=True)
class PointUse:
    """One thing that hangs on an access point: a plan, an IP, a range."""

    kind: str  # live, cancelled, ip, owed (deleted, and still on the router), range
    customer_id: int | None
    plan_id: int | None
    customer: str
    what: str
    state: str


@dataclass(frozen=True)
class AccessPointUses(Query[list[PointUse]]):
    """What must go, or move, before an access point can be deleted."""

    access_point_id: int


_POINTS = text("""
    SELECT a.id, a.name, a.business_unit_id, COALESCE(u.name, '') AS unit, a.routing_server_id,
           COALESCE(r.name, '') AS router, a.customer_limit, a.disconnect_by,
           (SELECT count(*) FROM desk.customer_plans p WHERE p.access_point_id = a.id AND p.status <> 'CANCELADO'
             AND p.deleted_at IS NULL) AS used,
           a.active, a.notes, a.version, a.interface, a.sets_address, a.sets_queue, a.sets_arp, a.allowed_list,
           a.blocked_list, (SELECT count(*) FROM desk.ip_ranges g WHERE g.access_point_id = a.id) AS ranges
      FROM desk.access_points a
      LEFT JOIN desk.business_units u ON u.id = a.business_unit_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id
     ORDER BY a.active DESC, a.name""")

_PLANS = text(
    "SELECT count(*) FILTER (WHERE status <> 'CANCELADO'), count(*) FILTER (WHERE status = 'CANCELADO')"
    " FROM desk.customer_plans WHERE access_point_id = :id AND deleted_at IS NULL"
)
# A deleted IP is in the way only until its router has let go of it.
_USES = text("""
    SELECT u.* FROM (
      SELECT 1 AS part, CASE WHEN p.status = 'CANCELADO' THEN 'cancelled' ELSE 'live' END AS kind, p.customer_id,
             p.id AS plan_id, c.name AS customer, k.name || CASE WHEN p.reference = '' THEN '' ELSE ' – ' || p.reference
             END AS what, s.description AS state
        FROM desk.customer_plans p JOIN desk.customers c ON c.id = p.customer_id
        JOIN desk.catalog_plans k ON k.id = p.catalog_plan_id JOIN desk.plan_statuses s ON s.code = p.status
       WHERE p.access_point_id = :id AND p.deleted_at IS NULL AND (p.status <> 'CANCELADO' OR NOT :cancelled_may_go)
      UNION ALL
      SELECT 2, CASE WHEN i.deleted_at IS NULL THEN 'ip' ELSE 'owed' END, p.customer_id, p.id, c.name,
             host(i.address), i.description
        FROM desk.customer_ips i JOIN desk.customer_plans p ON p.id = i.plan_id
        JOIN desk.customers c ON c.id = p.customer_id
       WHERE i.access_point_id = :id AND (i.deleted_at IS NULL OR EXISTS (SELECT FROM desk.debts d
         WHERE d.topic = 'customer_ip' AND d.key = i.id::text AND d.done < d.wanted))
      UNION ALL
      SELECT 3, 'range', NULL, NULL, '', g.network::text, g.description FROM desk.ip_ranges g
       WHERE g.access_point_id = :id) u
     ORDER BY u.part, u.kind DESC, u.customer, u.what LIMIT :most""")


@use_case(AccessPoints, permission=None)
def access_points(query: AccessPoints, work: Work) -> list[AccessPointRow]:
    """What the page lists."""
    return [
        AccessPointRow(**(dict(row) | {"disconnect_by": DisconnectBy(row["disconnect_by"])}))
        for row in work.session.execute(_POINTS).mappings()
    ]


def point_violations(cmd: SaveAccessPoint) -> list[Violation]:
    """Everything about an access point that can be told without the database."""
    found: list[Violation] = []
    if not cmd.name.strip():
        found.append(Violation("name", "required"))
    if cmd.customer_limit is not None and not 1 <= cmd.customer_limit <= MOST_CUSTOMERS:
        found.append(Violation("customer_limit", "customer_limit_range"))
    if (cmd.sets_address or cmd.sets_arp) and not cmd.interface.strip():
        found.append(Violation("interface", "interface_needed"))
    if cmd.allowed_list.strip() and cmd.allowed_list.strip() == cmd.blocked_list.strip():
        found.append(Violation("blocked_list", "lists_differ"))
    return found


def fill_point(point: AccessPoint, cmd: SaveAccessPoint) -> None:
    """Give the row what the order says."""
    for name in FIELDS:
        value = getattr(cmd, name)
        setattr(point, name, value.strip() if name in _TRIMMED else value)


@use_case(SaveAccessPoint, permission=Permission.ACCESS_POINTS)
def save_access_point(cmd: SaveAccessPoint, work: Work) -> int:
    """Save; a limit below the present use is allowed, since it only stops new links."""
    if found := point_violations(cmd):
        raise Invalid(found)
    point = AccessPoint() if cmd.id is None else work.session.get(AccessPoint, cmd.id)
    if point is None:
        raise NotFound("access_point", cmd.id)
    if cmd.id is not None and point.version != cmd.version:
        raise StaleRecord(work.changes_since("access_points", cmd.id, cmd.version))
    fill_point(point, cmd)
    work.session.add(point)
    work.session.flush()
    work.touch("access_points")
    return point.id


@use_case(DeleteAccessPoint, permission=Permission.ACCESS_POINTS)
def delete_access_point(cmd: DeleteAccessPoint, work: Work) -> None:
    """Refused while plans use it; with variable 9 the database takes it off cancelled plans and tells their history."""
    point = work.session.get(AccessPoint, cmd.id)
    if point is None:
        raise NotFound("access_point", cmd.id)
    if point.version != cmd.version:
        raise StaleRecord(work.changes_since("access_points", cmd.id, cmd.version))
    uses = _uses(work, cmd.id)
    plans = sum(use.kind in ("live", "cancelled") for use in uses)
    if plans:
        live, cancelled = work.session.execute(_PLANS, {"id": cmd.id}).one()
        raise AccessPointInUse(name=point.name, live=live, cancelled=cancelled)
    if uses:
        raise AccessPointHasIps(name=point.name)
    work.session.execute(text("SELECT desk.delete_access_points(:id)"), {"id": cmd.id})
    work.touch("access_points")


@use_case(AccessPointUses, permission=Permission.ACCESS_POINTS)
def access_point_uses(query: AccessPointUses, work: Work) -> list[PointUse]:
    """What stands in the way of deleting it, the first some hundred of it."""
    return _uses(work, query.access_point_id)


def _uses(work: Work, point_id: int) -> list[PointUse]:
    may_go = work.switched_on(Variable.DELETE_ACCESS_POINT_OF_CANCELLED)
    rows = work.session.execute(_USES, {"id": point_id, "cancelled_may_go": may_go, "most": MOST_USES}).mappings()
    return [PointUse(**{name: value for name, value in row.items() if name != "part"}) for row in rows]
