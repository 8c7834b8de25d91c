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


_POINTS = text("""
    SELECT a.id, a.name, a.business_unit_id, COALESCE(u.name, '') AS unit, a.routing_server_id,
           COALESCE(r.name, '') AS router, a.customer_limit, a.disconnect_by,
           (SELECT count(*) FROM desk.customer_plans p WHERE p.access_point_id = a.id AND p.status <> 'CANCELADO')
             AS used, a.active, a.notes, a.version, a.interface, a.sets_address, a.sets_queue, a.sets_arp,
           a.allowed_list, a.blocked_list,
           (SELECT count(*) FROM desk.ip_ranges g WHERE g.access_point_id = a.id) AS ranges
      FROM desk.access_points a
      LEFT JOIN desk.business_units u ON u.id = a.business_unit_id
      LEFT JOIN desk.routing_servers r ON r.id = a.routing_server_id
     ORDER BY a.active DESC, a.name""")

_KEEPS_IPS = text("""
    SELECT EXISTS (SELECT FROM desk.ip_ranges WHERE access_point_id = :id)
        OR EXISTS (SELECT FROM desk.customer_ips WHERE access_point_id = :id)""")


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
    live, cancelled = work.session.execute(
        text(
            "SELECT count(*) FILTER (WHERE status <> 'CANCELADO'), count(*) FILTER (WHERE status = 'CANCELADO')"
            " FROM desk.customer_plans WHERE access_point_id = :id"
        ),
        {"id": cmd.id},
    ).one()
    if live or (cancelled and not work.switched_on(Variable.DELETE_ACCESS_POINT_OF_CANCELLED)):
        raise AccessPointInUse(name=point.name, live=live, cancelled=cancelled)
    if work.session.execute(_KEEPS_IPS, {"id": cmd.id}).scalar_one():
        raise AccessPointHasIps(name=point.name)
    work.session.execute(text("SELECT desk.delete_access_points(:id)"), {"id": cmd.id})
    work.touch("access_points")
