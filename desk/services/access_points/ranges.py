"""Faixas de IP of an access point: list, save, delete; and the switches of the tab Opções."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import text

from desk.models.access_points import AccessPoint
from desk.models.ips import IpEffect, IpOption, IpRange
from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work

MOST_RESERVED = 200
MOST_BITS = 32  # units are counted, and more than that is a slip of the keys
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class IpRangeRow:
    """One range with its use, counted in what one customer gets of it."""

    id: int
    access_point_id: int
    network: str
    gateway: str
    block_prefix: int
    reserved: tuple[str, ...]
    description: str
    position: int
    active: bool
    version: int
    units: int
    free: int

    @property
    def version_of_ip(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.network else 4


@dataclass(frozen=True)
class IpRanges(Query[list[IpRangeRow]]):
    """The ranges of an access point in the order in which they are used; one statement."""

    access_point_id: int


@dataclass(frozen=True, kw_only=True)
class SaveIpRange(Command[int]):
    """New (no id) or changed range. Network and block size stay once customers have IPs of it."""

    id: int | None = None
    version: int = 0
    access_point_id: int
    network: str
    block_prefix: int
    gateway: str = ""
    reserved: tuple[str, ...] = ()
    description: str = ""
    position: int = 0
    active: bool = True


@dataclass(frozen=True, kw_only=True)
class DeleteIpRange(Command[None]):
    """Remove a range of which no customer has an IP."""

    id: int
    version: int


@dataclass(frozen=True)
class IpOptionRow:
    """One switch as its editor shows it."""

    code: str
    label: str
    hint: str
    effect: IpEffect
    address_list: str
    default_on: bool
    position: int
    active: bool
    used: int


@dataclass(frozen=True)
class IpOptions(Query[list[IpOptionRow]]):
    """All switches with the number of IPs that have them on; one statement."""


@dataclass(frozen=True, kw_only=True)
class SaveIpOption(Command[str]):
    """New or changed switch; the code is written once."""

    code: str
    new: bool = False
    label: str
    hint: str = ""
    effect: IpEffect
    address_list: str = ""
    default_on: bool = False
    position: int = 100
    active: bool = True


# Free units are those of the gaps: what is in use is never counted row by row.
_RANGES = text("""
    SELECT r.id, r.access_point_id, r.network::text AS network, COALESCE(host(r.gateway), '') AS gateway,
           r.block_prefix, ARRAY(SELECT b::text FROM unnest(r.reserved) b) AS reserved, r.description, r.position,
           r.active, r.version, 2 ^ (r.block_prefix - masklen(r.network)) AS units,
           COALESCE((SELECT sum(g.last - g.first + 1) FROM desk.ip_gaps g WHERE g.range_id = r.id), 0) AS free
      FROM desk.ip_ranges r WHERE r.access_point_id = :point ORDER BY r.position, r.id""")
_OPTIONS = text("""
    SELECT o.code, o.label, o.hint, o.effect, o.address_list, o.default_on, o.position, o.active,
           count(i.id) AS used
      FROM desk.ip_options o LEFT JOIN desk.customer_ips i ON o.code = ANY (i.options) AND i.deleted_at IS NULL
     GROUP BY o.code ORDER BY o.position, o.label""")


_IN_USE = text("""
    SELECT host(i.address) AS address, c.name AS customer
      FROM desk.ip_holdings h JOIN desk.customer_ips i ON i.id = h.ip_id
      JOIN desk.customer_plans p ON p.id = i.plan_id JOIN desk.customers c ON c.id = p.customer_id
     WHERE h.block && CAST(:block AS cidr) LIMIT 1""")


def parse_network(written: str) -> Network | None:
    """A network without host bits, or None."""
    try:
        return ipaddress.ip_network(written.strip())
    except ValueError:
        return None


def check_range(
    network: str, block_prefix: int | None, gateway: str, reserved: tuple[str, ...] | list[str]
) -> Iterator[Violation]:
    """Everything about a range that can be told without the database; the dialog asks it too."""
    parsed = parse_network(network)
    if parsed is None:
        yield Violation("network", "required" if not network.strip() else "network_shape")
        return
    longest = parsed.max_prefixlen
    if block_prefix is None:
        yield Violation("block_prefix", "required")
    elif not parsed.prefixlen <= block_prefix <= longest or block_prefix - parsed.prefixlen > MOST_BITS:
        yield Violation("block_prefix", "block_prefix_range")
    if gateway.strip():
        try:
            inside = ipaddress.ip_address(gateway.strip()) in parsed
        except ValueError:
            inside = False
        if not inside:
            yield Violation("gateway", "gateway_outside")
    if len(reserved) > MOST_RESERVED:
        yield Violation("reserved", "too_many_reserved", {"limit": MOST_RESERVED})
    for each in reserved:
        kept = parse_network(each)
        if kept is None or kept.version != parsed.version or not kept.subnet_of(parsed):  # type: ignore[arg-type]
            yield Violation("reserved", "reserved_outside", {"address": each})
            return


@use_case(IpRanges, permission=None)
def ip_ranges(query: IpRanges, work: Work) -> list[IpRangeRow]:
    """What the access point's dialog lists."""
    return [
        IpRangeRow(**{**row, "reserved": tuple(row["reserved"]), "units": int(row["units"]), "free": int(row["free"])})
        for row in work.session.execute(_RANGES, {"point": query.access_point_id}).mappings()
    ]


@use_case(SaveIpRange, permission=Permission.ACCESS_POINTS)
def save_ip_range(cmd: SaveIpRange, work: Work) -> int:
    """Save; overlaps, and what customers have already, are the database's own refusals."""
    if found := list(check_range(cmd.network, cmd.block_prefix, cmd.gateway, cmd.reserved)):
        raise Invalid(found)
    if work.session.get(AccessPoint, cmd.access_point_id) is None:
        raise NotFound("access_point", cmd.access_point_id)
    place = IpRange(access_point_id=cmd.access_point_id) if cmd.id is None else work.session.get(IpRange, cmd.id)
    if place is None:
        raise NotFound("ip_range", cmd.id)
    if cmd.id is not None and place.version != cmd.version:
        raise StaleRecord(work.changes_since("ip_ranges", cmd.id, cmd.version))
    for field, kept in (*(("reserved", each) for each in cmd.reserved), ("gateway", cmd.gateway.strip())):
        _require_unused(work, field, kept)
    network = str(parse_network(cmd.network))
    if str(place.network) != network:
        place.network = network
    place.gateway = cmd.gateway.strip() or None
    reserved = [str(parse_network(each)) for each in cmd.reserved]
    if [str(each) for each in place.reserved or ()] != reserved:
        place.reserved = reserved
    for name in ("block_prefix", "description", "position", "active"):
        setattr(place, name, getattr(cmd, name))
    work.session.add(place)
    work.session.flush()
    work.touch("access_points")
    return place.id


def _require_unused(work: Work, field: str, block: str) -> None:
    """What a customer has cannot be kept back for the range itself."""
    if block:
        holder = work.session.execute(_IN_USE, {"block": block}).mappings().first()
        if holder is not None:
            raise Invalid([Violation(field, "reserved_in_use", dict(holder))])


@use_case(DeleteIpRange, permission=Permission.ACCESS_POINTS)
def delete_ip_range(cmd: DeleteIpRange, work: Work) -> None:
    """Refused by the guard while customers have IPs of it."""
    place = work.session.get(IpRange, cmd.id)
    if place is None:
        raise NotFound("ip_range", cmd.id)
    if place.version != cmd.version:
        raise StaleRecord(work.changes_since("ip_ranges", cmd.id, cmd.version))
    work.session.execute(text("SELECT desk.delete_ip_ranges(:id)"), {"id": cmd.id})
    work.touch("access_points")


@use_case(IpOptions, permission=None)
def ip_options(query: IpOptions, work: Work) -> list[IpOptionRow]:
    """What the page of switches lists."""
    return [
        IpOptionRow(**{**row, "effect": IpEffect(row["effect"])}) for row in work.session.execute(_OPTIONS).mappings()
    ]


@use_case(SaveIpOption, permission=Permission.ACCESS_POINTS)
def save_ip_option(cmd: SaveIpOption, work: Work) -> str:
    """Save; every IP that has the switch on is owed to its router again."""
    found: list[Violation] = []
    if not cmd.label.strip():
        found.append(Violation("label", "required"))
    if not cmd.code or not (cmd.code[0].isalpha() and cmd.code.replace("_", "").isalnum() and cmd.code.isascii()):
        found.append(Violation("code", "option_code"))
    if cmd.effect is IpEffect.LIST and not cmd.address_list.strip():
        found.append(Violation("address_list", "required"))
    if found:
        raise Invalid(found)
    code = cmd.code.lower()
    option = IpOption(code=code) if cmd.new else work.session.get(IpOption, code)
    if option is None:
        raise NotFound("ip_option", cmd.code)
    for name in ("label", "hint", "effect", "default_on", "position", "active"):
        setattr(option, name, getattr(cmd, name))
    option.address_list = cmd.address_list.strip() if cmd.effect is IpEffect.LIST else ""
    work.session.add(option)
    work.session.flush()
    work.touch("access_points")
    return code
