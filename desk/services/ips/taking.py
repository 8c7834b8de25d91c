"""Whose an address is, and what of it a customer gets: shared by the use cases."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

from desk.services.core.errors import Invalid, Violation
from desk.services.ips import rules
from desk.services.ips.errors import IpTaken

_RANGE = text("""
    SELECT r.network::text AS network, r.block_prefix, host(r.gateway) AS gateway, r.access_point_id, a.name
      FROM desk.ip_ranges r JOIN desk.access_points a ON a.id = r.access_point_id
     WHERE r.network >>= CAST(:address AS inet)""")
_HOLDER = text("""
    SELECT h.ip_id, h.range_id, h.held_by, i.plan_id, c.id AS customer_id, c.name AS customer, p.full_name AS person,
           a.name AS point, h.block::text AS block
      FROM desk.ip_holdings h
      LEFT JOIN desk.customer_ips i ON i.id = h.ip_id
      LEFT JOIN desk.customer_plans k ON k.id = i.plan_id
      LEFT JOIN desk.customers c ON c.id = k.customer_id
      LEFT JOIN desk.ip_ranges r ON r.id = h.range_id
      LEFT JOIN desk.access_points a ON a.id = r.access_point_id
      LEFT JOIN desk.people p ON p.role = h.held_by
     WHERE h.block && CAST(:block AS cidr) AND (h.ip_id = CAST(:but AS bigint)) IS NOT TRUE
       AND (h.token = CAST(:token AS uuid)) IS NOT TRUE AND COALESCE(h.expires_at > clock_timestamp(), true)
     ORDER BY h.ip_id NULLS LAST LIMIT 1""")


@dataclass(frozen=True)
class Place:
    """What taking an address means: the block that goes with it, and the range it is of."""

    block: str
    network: str = ""
    gateway: str = ""


def place_of(session: Session, address: str, prefix: int, point: int | None) -> Place:
    """Invalid when a range says otherwise than the clerk."""
    parsed = rules.parse_address(address)
    assert parsed is not None
    row = session.execute(_RANGE, {"address": str(parsed)}).mappings().one_or_none()
    if row is None:
        return Place(rules.block_outside_ranges(parsed, prefix))
    if point is not None and row["access_point_id"] != point:
        raise Invalid([Violation("address", "ip_other_point", {"point": row["name"], "network": row["network"]})])
    block = rules.block_of_range(parsed, row["block_prefix"])
    gateway = row["gateway"] or ""
    if parsed.version == 4 and row["block_prefix"] < 31 and str(parsed) in _ends(block):
        raise Invalid([Violation("address", "ip_end_of_block", {"network": block})])
    return Place(block, row["network"], gateway)


def _ends(block: str) -> tuple[str, str, str]:
    """Network, router's own and broadcast address of a block: none of them is for the customer's equipment."""
    import ipaddress

    network = ipaddress.IPv4Network(block)
    return str(network[0]), str(network[1]), str(network[-1])


def require_free(
    session: Session, address: str, block: str, *, token: uuid.UUID | None = None, but: int | None = None
) -> None:
    """IpTaken, with the name of who has it. The constraint has the last word."""
    holder = session.execute(_HOLDER, {"block": block, "token": token, "but": but}).mappings().one_or_none()
    if holder is None:
        return
    if holder["ip_id"] is not None:
        raise IpTaken(address, holder["customer"], holder["customer_id"])
    if holder["range_id"] is not None:
        raise IpTaken(address, f"a própria faixa de {holder['point']} (gateway, rede ou reservado)")
    raise IpTaken(address, f"um cadastro aberto por {holder['person'] or holder['held_by']}")
