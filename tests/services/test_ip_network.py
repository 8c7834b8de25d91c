"""plan(wanted, found) of an IP: its differences, applied, leave none, and strangers stay as they are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.integrations.routeros.port import LineMenu, RouterLine
from desk.services.ips.network import Act, Enforcement, WantedIp, plan, shown

ALL = Enforcement("ether2", True, True, True, "liberados", "bloqueados")
HOUSE = WantedIp(
    id=7,
    exists=True,
    allowed=True,
    address="10.0.0.2",
    block="10.0.0.2/32",
    enforcement=ALL,
    macs=("AA:BB:CC:00:11:22", "AA:BB:CC:00:11:23"),
    down_kbps=500_000,
    up_kbps=250_000,
    lists=("desk-firewall",),
)
BLOCK = replace(HOUSE, address="10.0.0.6", block="10.0.0.4/30", macs=())


def texts(wanted: WantedIp) -> list[str]:
    return [f"{line.menu} {shown(line)}" for line in wanted.lines]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (
            HOUSE,
            [
                "/ip/arp 10.0.0.2 ether2 AA:BB:CC:00:11:22",
                "/queue/simple 10.0.0.2/32 250000000/500000000",
                "/ip/firewall/address-list liberados 10.0.0.2",
                "/ip/firewall/address-list desk-firewall 10.0.0.2",
            ],
        ),
        (
            replace(HOUSE, allowed=False),
            [
                "/ip/arp 10.0.0.2 ether2 AA:BB:CC:00:11:22 (desligado)",
                "/queue/simple 10.0.0.2/32 250000000/500000000",
                "/ip/firewall/address-list bloqueados 10.0.0.2",
            ],
        ),
        (
            BLOCK,
            [
                "/ip/address 10.0.0.5/30 ether2",
                "/queue/simple 10.0.0.4/30 250000000/500000000",
                "/ip/firewall/address-list liberados 10.0.0.4/30",
                "/ip/firewall/address-list desk-firewall 10.0.0.4/30",
            ],
        ),
        (
            replace(BLOCK, allowed=False, enforcement=Enforcement("ether2", sets_address=True)),
            ["/ip/address 10.0.0.5/30 ether2 (desligado)"],
        ),
        (
            replace(HOUSE, address="2001:db8::", block="2001:db8::/56"),
            [
                "/ipv6/address 2001:db8::1/56 ether2",
                "/queue/simple 2001:db8::/56 250000000/500000000",
                "/ipv6/firewall/address-list liberados 2001:db8::/56",
                "/ipv6/firewall/address-list desk-firewall 2001:db8::/56",
            ],
        ),
        (
            replace(HOUSE, by_radius=True),
            ["/ip/firewall/address-list liberados 10.0.0.2", "/ip/firewall/address-list desk-firewall 10.0.0.2"],
        ),
        (replace(HOUSE, limits_speed=False, binds_mac=False, lists=(), enforcement=replace(ALL, allowed_list="")), []),
        (replace(HOUSE, exists=False), []),
        (replace(HOUSE, at_home=False), []),
        (replace(HOUSE, enforcement=Enforcement(), lists=()), []),
    ],
)
def test_what_a_router_should_hold(wanted: WantedIp, expected: list[str]) -> None:
    assert texts(wanted) == expected


def put(lines: list[RouterLine], wanted: WantedIp) -> list[RouterLine]:
    """The router after the differences were sent."""
    held = list(lines)
    for difference in plan(wanted, held):
        if difference.before is not None:
            held.remove(difference.before)
        if difference.after is not None:
            held.append(replace(difference.after, id=f"*{len(held)}"))
    return held


wanteds = st.builds(
    replace,
    st.sampled_from([HOUSE, BLOCK, replace(HOUSE, address="2001:db8::", block="2001:db8::/56")]),
    exists=st.booleans(),
    allowed=st.booleans(),
    by_radius=st.booleans(),
    at_home=st.booleans(),
    limits_speed=st.booleans(),
    down_kbps=st.sampled_from([0, 100]),
    lists=st.sampled_from([(), ("a",), ("a", "b"), ("liberados",)]),
    enforcement=st.builds(
        Enforcement,
        st.sampled_from(["ether1", "ether2"]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
        st.sampled_from(["", "liberados"]),
        st.sampled_from(["", "bloqueados"]),
    ),
)


@given(first=wanteds, second=wanteds)
def test_from_any_state_to_any_other(first: WantedIp, second: WantedIp) -> None:
    stranger = RouterLine(menu=LineMenu.LIST, fields={"list": "liberados", "address": "10.0.0.2"}, comment="do técnico")
    other = RouterLine(menu=LineMenu.QUEUE, fields={"name": "x"}, comment="desk:ip:8", id="*99")
    held = put(put([stranger, other], first), second)
    assert plan(second, held) == ()
    assert stranger in held and other in held
    assert len(held) == 2 + len(second.lines)


def test_a_line_that_was_there_twice_goes_once() -> None:
    wanted = replace(HOUSE, enforcement=Enforcement("", sets_queue=True), lists=())
    (once,) = wanted.lines
    found = [replace(once, id="*1"), replace(once, id="*2")]
    assert [(difference.act, difference.menu) for difference in plan(wanted, found)] == [(Act.DROP, LineMenu.QUEUE)]
