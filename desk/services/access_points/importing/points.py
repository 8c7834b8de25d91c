"""Access points from lines of a file, with their ranges."""

from __future__ import annotations

import bisect
import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import text as sql_text

from desk.models.access_points import AccessPoint
from desk.models.ips import IpRange
from desk.services.access_points.importing import columns as c
from desk.services.access_points.importing.lines import Change, Names, Step, judged, resolve
from desk.services.access_points.importing.reading import Line
from desk.services.access_points.points import FIELDS, SaveAccessPoint, fill_point, point_violations
from desk.services.access_points.ranges import Network, check_range, parse_network
from desk.services.core.errors import Violation
from desk.services.core.work import Work

MOST_RANGES = 50


@dataclass(frozen=True)
class RangeWanted:
    """One range as a cell says it; no prefix: what is usual, or what it has already."""

    network: str
    gateway: str = ""
    block_prefix: int | None = None


@dataclass(frozen=True)
class RangeStep:
    """A range to make, or to change."""

    id: int | None
    network: str
    gateway: str
    block_prefix: int


def ranges(written: str) -> tuple[RangeWanted, ...]:
    """Ranges, parted by | or a new line: network, then perhaps its gateway, and /30 for what each customer gets."""
    found = []
    for part in re.split(r"[|\n;]+", written):
        words = [word for word in re.split(r"[\s,]+", part.strip()) if word and word.lower() not in ("gw", "gateway")]
        if not words:
            continue
        network = parse_network(words[0])
        if network is None:
            raise c.Bad("cell_network", network=words[0][:60])
        gateway, prefix = "", None
        for word in words[1:]:
            if re.fullmatch(r"/[0-9]{1,3}", word) and prefix is None:
                prefix = int(word[1:])
            elif not gateway and _address(word):
                gateway = word
            else:
                raise c.Bad("cell_range_word", word=word[:60])
        found.append(RangeWanted(str(network), gateway, prefix))
    if len(found) > MOST_RANGES:
        raise c.Bad("cell_ranges", limit=MOST_RANGES)
    return tuple(found)


def _address(word: str) -> bool:
    try:
        ipaddress.ip_address(word)
    except ValueError:
        return False
    return True


COLUMNS = (
    c.ColumnSpec(
        "name", "Nome", c.text(60), ("Ponto de Acesso", "POP"), mandatory=True, example=("POP Centro", "POP Norte")
    ),
    c.ColumnSpec("unit", "Unidade de Negócios", c.text(60), ("Unidade",)),
    c.ColumnSpec("router", "Servidor de Roteamento", c.text(60), ("Servidor", "Roteador")),
    c.ColumnSpec(
        "customer_limit",
        "Limite Cliente",
        c.limit_of_customers,
        ("Limite", "Limite Clientes", "Limite de Clientes"),
        example=("500", "sem limite"),
    ),
    c.ColumnSpec("active", "Ativo", c.yes_no, example=("Sim", "Sim")),
    c.ColumnSpec("disconnect_by", "Encerrar conexões por", c.DISCONNECT, ("Desconexão",), example=("API", "CoA")),
    c.ColumnSpec(
        "ranges",
        "Faixas de IP",
        ranges,
        ("Faixas", "Faixa de IP", "Redes"),
        example=("198.51.100.0/24 198.51.100.1 | 100.64.0.0/22", "203.0.113.0/24 203.0.113.1 /30"),
    ),
    c.ColumnSpec("interface", "Interface", c.text(60), example=("", "ether2")),
    c.ColumnSpec("sets_queue", "Fila", c.yes_no, example=("Não", "Sim")),
    c.ColumnSpec("sets_arp", "ARP", c.yes_no, example=("Não", "Sim")),
    c.ColumnSpec("sets_address", "Endereço", c.yes_no, example=("Não", "Não")),
    c.ColumnSpec("allowed_list", "Lista dos liberados", c.text(60), ("Lista liberados",)),
    c.ColumnSpec("blocked_list", "Lista dos bloqueados", c.text(60), ("Lista bloqueados",)),
    c.ColumnSpec("notes", "Observações", c.note(2000), ("Obs", "Observação")),
)
LABELS = c.labels(COLUMNS) | {"business_unit_id": "Unidade de Negócios", "routing_server_id": "Servidor de Roteamento"}

_UNITS = sql_text("SELECT name, id FROM desk.business_units")
_ROUTERS = sql_text("SELECT name, id FROM desk.routing_servers")
_RANGES = sql_text("""
    SELECT r.id, r.network::text AS network, COALESCE(host(r.gateway), '') AS gateway, r.block_prefix,
           r.access_point_id, a.name AS point, r.position,
           EXISTS (SELECT FROM desk.ip_holdings h WHERE h.ip_id IS NOT NULL AND h.block && r.network) AS used
      FROM desk.ip_ranges r JOIN desk.access_points a ON a.id = r.access_point_id""")
_HELD = sql_text("""
    SELECT host(w.g) AS address, c.name AS customer FROM unnest(CAST(:gateways AS inet[])) AS w (g)
      JOIN desk.ip_holdings h ON h.block >>= w.g JOIN desk.customer_ips i ON i.id = h.ip_id
      JOIN desk.customer_plans p ON p.id = i.plan_id JOIN desk.customers c ON c.id = p.customer_id""")


class Taken:
    """Networks that are in use, which never overlap among themselves; tells who has a part of another one."""

    def __init__(self) -> None:
        self._of: dict[int, list[tuple[int, int, str]]] = {4: [], 6: []}

    def who(self, network: Network) -> str:
        """Whoever has part of it; empty when nobody has."""
        known = self._of[network.version]
        first, last = int(network.network_address), int(network.broadcast_address)
        at = bisect.bisect_right(known, (last, 1 << 200, ""))
        return known[at - 1][2] if at and known[at - 1][1] >= first else ""

    def add(self, network: Network, who: str) -> None:
        """From here on it is taken."""
        entry = (int(network.network_address), int(network.broadcast_address), who)
        bisect.insort(self._of[network.version], entry)


class Points:
    """Plans lines against what is there; the same object is never used for two files."""

    columns, labels, noun = COLUMNS, LABELS, "access_points"

    def __init__(self, work: Work, asked: Sequence[Mapping[str, Any]]) -> None:
        session = work.session
        self._units: dict[str, int] = {row[0]: row[1] for row in session.execute(_UNITS)}
        self._routers: dict[str, int] = {row[0]: row[1] for row in session.execute(_ROUTERS)}
        self._names_of = {
            "business_unit_id": {key: name for name, key in self._units.items()},
            "routing_server_id": {key: name for name, key in self._routers.items()},
        }
        there = session.execute(sql_text(f"SELECT id, version, {', '.join(FIELDS)} FROM desk.access_points"))
        self._there = {row["name"]: row for row in there.mappings()}
        self._names = Names(self._there)
        self._ranges = {row["network"]: row for row in session.execute(_RANGES).mappings()}
        self._taken = Taken()
        for network, row in self._ranges.items():
            self._taken.add(_network(network), row["point"])
        self._file = Taken()
        gateways = sorted({each.gateway for values in asked for each in values.get("ranges", ()) if each.gateway})
        held = session.execute(_HELD, {"gateways": gateways}) if gateways else ()
        self._held: dict[str, str] = {row[0]: row[1] for row in held}

    def step(self, line: Line, values: dict[str, Any], problems: list[c.CellProblem]) -> Step:
        """What would be done with one line."""
        name = values.get("name", "")
        if name and (found := self._names.problem("Nome", name, line.number)):
            problems.append(found)
        values = dict(values)
        for cell, field_, code, known in (
            ("unit", "business_unit_id", "unknown_unit", self._units),
            ("router", "routing_server_id", "unknown_router", self._routers),
        ):
            if cell in values:
                values[field_] = resolve(LABELS[cell], values.pop(cell), code, known, problems)
        wanted = values.pop("ranges", ())
        row = self._there.get(name)
        present = {field_: row[field_] for field_ in FIELDS} if row is not None else {}
        order = SaveAccessPoint(**({"name": name} | present | values | _who(row)))
        if name:
            problems += c.violated(point_violations(order), LABELS, values, problems)
        changes = [
            Change(LABELS[field_], self._shown(field_, present[field_]) if row else "", self._shown(field_, value))
            for field_, value in values.items()
            if field_ != "name" and (row is None or present[field_] != value)
        ]
        more = tuple(self._range_steps(wanted, row, line.number, changes, problems))
        made = judged(line, name, new=row is None, changes=changes, problems=problems)
        return Step(made, replace(order, name=name) if not problems else None, more if not problems else ())

    def _shown(self, field_: str, value: Any) -> object:
        return self._names_of[field_].get(value, "") if field_ in self._names_of else value

    def _range_steps(
        self,
        wanted: Sequence[RangeWanted],
        row: Any,
        line: int,
        changes: list[Change],
        problems: list[c.CellProblem],
    ) -> Iterator[RangeStep]:
        label = LABELS["ranges"]
        for each in wanted:
            network = _network(each.network)
            there = self._ranges.get(each.network)
            own = there if there is not None and row is not None and there["access_point_id"] == row["id"] else None
            usual = (
                own["block_prefix"] if own is not None else max(32 if network.version == 4 else 56, network.prefixlen)
            )
            prefix = each.block_prefix if each.block_prefix is not None else usual
            gateway = each.gateway or (own["gateway"] if own is not None else "")
            found = list(check_range(each.network, prefix, gateway, ()))
            if each.gateway in self._held and (own is None or own["gateway"] != each.gateway):
                facts: dict[str, object] = {"address": each.gateway, "customer": self._held[each.gateway]}
                found.append(Violation("ranges", "reserved_in_use", facts))
            if before := self._file.who(network):
                found.append(Violation("ranges", "range_in_file", {"line": before}))
            else:
                self._file.add(network, str(line))
            if own is None and (other := self._taken.who(network)):
                found.append(Violation("ranges", "range_taken", {"point": other}))
            if own is not None and own["used"] and prefix != own["block_prefix"]:
                found.append(Violation("ranges", "range_used"))
            problems += [c.CellProblem(label, each.network, bad.code, dict(bad.params)) for bad in found]
            before_ = _range_text(own["network"], own["gateway"], own["block_prefix"]) if own is not None else ""
            after = _range_text(each.network, gateway, prefix)
            if before_ != after:
                changes.append(Change(label, before_, after))
                yield RangeStep(own["id"] if own is not None else None, each.network, gateway, prefix)

    def carry_out(self, work: Work, steps: Sequence[Step]) -> None:
        """Write all of it: the points first, since their ranges need their numbers."""
        session = work.session
        known = {
            point.id: point
            for point in session.query(AccessPoint).filter(
                AccessPoint.id.in_([step.order.id for step in steps if step.order.id is not None])
            )
        }
        points = []
        for step in steps:
            point = known.get(step.order.id) or AccessPoint()
            fill_point(point, step.order)
            session.add(point)
            points.append(point)
        session.flush()
        positions: dict[int, int] = {}
        for row in self._ranges.values():
            owner = row["access_point_id"]
            positions[owner] = max(positions.get(owner, -1), row["position"])
        changed = {each.id: each for step in steps for each in step.more if each.id is not None}
        for place in session.query(IpRange).filter(IpRange.id.in_(list(changed))):
            place.gateway, place.block_prefix = changed[place.id].gateway or None, changed[place.id].block_prefix
        for point, step in zip(points, steps, strict=True):
            for new in (each for each in step.more if each.id is None):
                positions[point.id] = positions.get(point.id, -1) + 1
                session.add(
                    IpRange(
                        access_point_id=point.id,
                        network=new.network,
                        gateway=new.gateway or None,
                        block_prefix=new.block_prefix,
                        position=positions[point.id],
                    )
                )
        session.flush()


def _network(written: str) -> Network:
    return ipaddress.ip_network(written)


def _who(row: Any) -> dict[str, Any]:
    return {} if row is None else {"id": row["id"], "version": row["version"]}


def _range_text(network: str, gateway: str, prefix: int) -> str:
    return " ".join(part for part in (network, f"gateway {gateway}" if gateway else "", f"/{prefix}") if part)
