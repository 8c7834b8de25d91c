"""What a router should hold of one customer IP, and the differences to what it holds. Pure (design D5)."""

from __future__ import annotations

import enum
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desk.integrations.routeros.port import LineMenu, RouterLine, ip_mark, line_fields, stale_line
from desk.services.core.sentences import FieldMove, moves


@dataclass(frozen=True)
class Enforcement:
    """How an access point has its router enforce addresses; each way on its own."""

    interface: str = ""
    sets_address: bool = False
    sets_queue: bool = False
    sets_arp: bool = False
    allowed_list: str = ""
    blocked_list: str = ""


@dataclass(frozen=True)
class WantedIp:
    """The present wanted state of a customer IP, as the database says."""

    id: int
    exists: bool  # not deleted
    allowed: bool
    address: str  # what the customer's equipment is told, without its mask
    block: str  # what nobody else may have
    enforcement: Enforcement
    by_radius: bool = False  # a login's session brings it: address, queue and ARP are then the router's own doing
    macs: tuple[str, ...] = ()
    down_kbps: int = 0
    up_kbps: int = 0
    limits_speed: bool = True
    binds_mac: bool = True
    lists: tuple[str, ...] = ()  # of the switches that are on
    at_home: bool = True  # this is the router of its access point, not one that it left

    @property
    def mark(self) -> str:
        """Comment of every line of ours."""
        return ip_mark(self.id)

    @property
    def lines(self) -> tuple[RouterLine, ...]:
        """Everything the router should hold of it."""
        return tuple(self._lines()) if self.exists and self.at_home else ()

    def _lines(self) -> Iterator[RouterLine]:
        how, block = self.enforcement, ipaddress.ip_network(self.block)
        single = block.prefixlen == block.max_prefixlen
        if not self.by_radius and block.version == 4:
            if how.sets_address and not single:
                own = block[0] if block.prefixlen == 31 else block[1]
                fields = {"address": f"{own}/{block.prefixlen}", "interface": how.interface}
                yield self._line(LineMenu.ADDRESS, fields, disabled=not self.allowed)
            if how.sets_arp and self.binds_mac and self.macs:
                # RouterOS keeps one MAC for each address of an interface and refuses a second line for it: the first
                # MAC is bound, further ones are for the searches and for the radio.
                fields = {"address": self.address, "interface": how.interface, "mac-address": self.macs[0]}
                yield self._line(LineMenu.ARP, fields, disabled=not self.allowed)
        if not self.by_radius and block.version == 6 and how.sets_address and not single:
            # The router's own address in the customer's prefix, by which it also announces a /64 there.
            fields = {"address": f"{block[1]}/{block.prefixlen}", "interface": how.interface}
            yield self._line(LineMenu.ADDRESS6, fields, disabled=not self.allowed)
        if not self.by_radius and how.sets_queue and self.limits_speed and (self.up_kbps or self.down_kbps):
            # The router's own side: what it receives is the customer's upload, and comes first.
            speed = f"{self.up_kbps * 1000}/{self.down_kbps * 1000}"
            yield self._line(LineMenu.QUEUE, {"name": f"desk-ip-{self.id}", "target": str(block), "max-limit": speed})
        menu = LineMenu.LIST if block.version == 4 else LineMenu.LIST6
        # RouterOS writes a single IPv4 address without its mask.
        listed = str(block[0]) if single and block.version == 4 else str(block)
        access = how.allowed_list if self.allowed else how.blocked_list
        for name in dict.fromkeys((access, *(self.lists if self.allowed else ()))):
            if name:
                yield self._line(menu, {"list": name, "address": listed})

    def _line(self, menu: LineMenu, fields: dict[str, str], *, disabled: bool = False) -> RouterLine:
        return RouterLine(menu=menu, fields=fields, comment=self.mark, disabled=disabled)


class Act(enum.StrEnum):
    """What a difference asks for."""

    ADD = "add"
    CHANGE = "change"
    DROP = "drop"


_VERBS = {Act.ADD: "add", Act.CHANGE: "set", Act.DROP: "remove"}


@dataclass(frozen=True)
class Difference:
    """One thing to do on the router: preview, delivery, retry and drift report all speak of these."""

    act: Act
    menu: LineMenu
    before: RouterLine | None
    after: RouterLine | None

    @property
    def command(self) -> str:
        """The router's own word for it."""
        return f"{self.menu}/{_VERBS[self.act]}"

    @property
    def fields(self) -> tuple[FieldMove, ...]:
        """What the router is told, field by field."""
        if self.after is None:
            return moves(self.before.fields if self.before is not None else {}, {})
        if self.before is None:
            return moves({}, line_fields(self.after))
        stale, has = stale_line(self.before, self.after), line_fields(self.before)
        return moves({name: has.get(name, "") for name in stale}, stale)

    @property
    def was(self) -> str:
        """The line as it is, in one line of text."""
        return shown(self.before)

    @property
    def will(self) -> str:
        """The line as it should be."""
        return shown(self.after)


def plan(wanted: WantedIp, found: Sequence[RouterLine]) -> tuple[Difference, ...]:
    """The differences in a safe order: what blocks or opens comes before what is no longer needed goes."""
    ours = [line for line in found if line.comment == wanted.mark]
    differences: list[Difference] = []
    kept: list[RouterLine] = []
    for target in wanted.lines:
        there = next((line for line in ours if _place(line) == _place(target) and line not in kept), None)
        if there is None:
            differences.append(Difference(Act.ADD, target.menu, None, target))
            continue
        kept.append(there)
        if dict(there.fields) != dict(target.fields) or there.disabled != target.disabled:
            differences.append(Difference(Act.CHANGE, target.menu, there, target))
    differences += [Difference(Act.DROP, line.menu, line, None) for line in ours if line not in kept]
    return tuple(differences)


def _place(line: RouterLine) -> tuple[LineMenu, str]:
    """What tells lines of one IP apart: the menu, and in the list menus the list."""
    return line.menu, line.fields.get("list", "")


def shown(line: RouterLine | None) -> str:
    """A line as a technician would read it."""
    if line is None:
        return ""
    values = " ".join(value for name, value in line.fields.items() if name != "name")
    return f"{values} (desligado)" if line.disabled else values
