"""Ranges on the access point, the way its router enforces IPs, and the switches of the tab Opções."""

from __future__ import annotations

import uuid

import pytest

from desk.services.access_points import (
    AccessPoints,
    DeleteAccessPoint,
    DeleteIpRange,
    IpEffect,
    IpOptions,
    IpRangeInUse,
    IpRangeOverlaps,
    IpRanges,
    SaveAccessPoint,
    SaveIpOption,
    SaveIpRange,
)
from desk.services.access_points.errors import AccessPointHasIps
from desk.services.core.errors import AlreadyExists, Invalid, NotAllowed, StaleRecord
from desk.services.ips import ReserveIp
from tests.builders import a_customer, a_plan, an_access_point, an_ip
from tests.postgres import Database

CLERK = "suporte"


def place(point: int, network: str = "10.0.0.0/24", prefix: int = 32, **more: object) -> SaveIpRange:
    return SaveIpRange(access_point_id=point, network=network, block_prefix=prefix, **more)  # type: ignore[arg-type]


def test_a_range_is_made_changed_and_listed_with_what_is_free(database: Database) -> None:
    point = an_access_point(database).id
    bus = database.bus(CLERK)
    kept = ("10.0.0.16/28", "10.0.0.2")
    outcome = bus.execute(place(point, gateway="10.0.0.1", reserved=kept, description="POP"))
    assert outcome.changed == {"access_points"}
    (row,) = bus.execute(IpRanges(point)).value
    assert (row.network, row.gateway, row.reserved) == ("10.0.0.0/24", "10.0.0.1", ("10.0.0.16/28", "10.0.0.2/32"))
    assert (row.units, row.free) == (256, 256 - 2 - 1 - 1 - 16)
    changed = place(point, gateway="10.0.0.254", reserved=(), id=row.id, version=row.version)
    bus.execute(changed)
    with pytest.raises(StaleRecord):
        bus.execute(changed)
    (row,) = bus.execute(IpRanges(point)).value
    assert (row.gateway, row.free) == ("10.0.0.254", 253)
    assert [point.ranges for point in bus.execute(AccessPoints()).value] == [1]
    bus.execute(DeleteIpRange(id=row.id, version=row.version))
    assert bus.execute(IpRanges(point)).value == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"network": "10.0.0.1/24"}, ("network", "network_shape")),
        ({"network": ""}, ("network", "required")),
        ({"prefix": 23}, ("block_prefix", "block_prefix_range")),
        ({"network": "2001:db8::/32", "prefix": 128}, ("block_prefix", "block_prefix_range")),
        ({"gateway": "10.0.1.1"}, ("gateway", "gateway_outside")),
        ({"gateway": "x"}, ("gateway", "gateway_outside")),
        ({"reserved": ("10.0.1.0/28",)}, ("reserved", "reserved_outside")),
        ({"reserved": ("2001:db8::1",)}, ("reserved", "reserved_outside")),
    ],
)
def test_ranges_that_cannot_be(database: Database, more: dict[str, object], expected: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus(CLERK).execute(place(an_access_point(database).id, **more))  # type: ignore[arg-type]
    assert [(found.field, found.code) for found in refused.value.violations] == [expected]


def test_overlaps_and_what_is_in_use(database: Database) -> None:
    point, other = an_access_point(database), an_access_point(database)
    bus = database.bus(CLERK)
    bus.execute(place(point.id))
    with pytest.raises(IpRangeOverlaps):
        bus.execute(place(other.id, "10.0.0.128/25"))
    owner = a_plan(database, customer=a_customer(database, "Maria Nogueira"))
    an_ip(database, "10.0.0.9/24", plan_id=owner.id)
    (row,) = bus.execute(IpRanges(point.id)).value
    with pytest.raises(IpRangeInUse):
        bus.execute(DeleteIpRange(id=row.id, version=row.version))
    with pytest.raises(IpRangeInUse):
        bus.execute(place(point.id, "10.9.0.0/24", id=row.id, version=row.version))
    for more in ({"reserved": ("10.0.0.8/29",)}, {"gateway": "10.0.0.9"}):
        with pytest.raises(Invalid) as refused:
            bus.execute(place(point.id, id=row.id, version=row.version, **more))  # type: ignore[arg-type]
        (found,) = refused.value.violations
        assert (found.code, found.params["customer"]) == ("reserved_in_use", "Maria Nogueira")
    with pytest.raises(AccessPointHasIps):
        bus.execute(DeleteAccessPoint(id=point.id, version=1))
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(place(other.id, "10.5.0.0/24"))


def test_the_order_says_which_range_is_used_first(database: Database) -> None:
    point = an_access_point(database).id
    bus = database.bus(CLERK)
    bus.execute(place(point, "10.0.0.0/30", position=2))
    bus.execute(place(point, "10.1.0.0/31", position=1))
    bus.execute(place(point, "10.2.0.0/24", position=0, active=False))
    got = [bus.execute(ReserveIp(access_point_id=point, token=uuid.uuid4())).value.address for _ in range(4)]
    assert got == ["10.1.0.0", "10.1.0.1", "10.0.0.1", "10.0.0.2"]


def test_how_a_router_enforces_ips(database: Database) -> None:
    bus = database.bus(CLERK)
    for more, field in (
        ({"sets_arp": True}, "interface"),
        ({"allowed_list": "x", "blocked_list": "x"}, "blocked_list"),
    ):
        with pytest.raises(Invalid) as refused:
            bus.execute(SaveAccessPoint(name="POP", **more))  # type: ignore[arg-type]
        assert [found.field for found in refused.value.violations] == [field]
    bus.execute(SaveAccessPoint(name="POP", interface=" ether2 ", sets_arp=True, sets_queue=True, allowed_list="ok"))
    (row,) = bus.execute(AccessPoints()).value
    assert (row.interface, row.sets_arp, row.sets_queue, row.sets_address, row.allowed_list) == (
        *("ether2", True, True, False),
        "ok",
    )


def test_switches_are_added_and_changed(database: Database) -> None:
    bus = database.bus(CLERK)
    order = SaveIpOption(code="porta_25", new=True, label="Porta 25", effect=IpEffect.LIST, address_list="smtp")
    bus.execute(order)
    with pytest.raises(AlreadyExists):
        bus.execute(order)
    an_ip(database, "10.0.0.2/24", options=["porta_25", "nat"])
    bus.execute(SaveIpOption(code="porta_25", label="Porta 25", effect=IpEffect.BLOCK, active=False))
    row = next(each for each in bus.execute(IpOptions()).value if each.code == "porta_25")
    assert (row.effect, row.address_list, row.active, row.used) == (IpEffect.BLOCK, "", False, 1)
    for wrong in ({"label": " "}, {"code": "1x"}, {"address_list": ""}):
        values: dict[str, object] = {"code": "x", "label": "X", "effect": IpEffect.LIST, "address_list": "y"}
        with pytest.raises(Invalid):
            bus.execute(SaveIpOption(new=True, **(values | wrong)))  # type: ignore[arg-type]
