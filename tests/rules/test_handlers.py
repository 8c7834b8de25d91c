"""Every command has one handler, every topic a reconciler, and every permission asked opens what is written."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy.orm import sessionmaker

from desk import services
from desk.bootstrap import reconcilers
from desk.models import guards
from desk.models.people import Permission
from desk.services.core.bus import HANDLERS, Command
from desk.services.core.topics import Topic

services.register_all()

# What each command writes: the table and the columns that its own permission must open, or insert, or delete.
WRITES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "RegisterCustomer": (
        ("customers", "name", "insert"),
        ("customer_phones", "number", "insert"),
        ("addresses", "street", "insert"),
    ),
    "SaveCustomer": (
        ("customers", "name", "update"),
        ("customers", "document", "update"),
        ("customers", "active", "update"),
        ("customer_phones", "number", "update"),
        ("customer_phones", "", "delete"),
    ),
    "AddAddress": (("addresses", "street", "insert"),),
    "SaveAddress": (("addresses", "street", "update"),),
    "MoveAddress": (("addresses", "position", "update"),),
    "RemoveAddress": (("addresses", "", "delete"), ("addresses", "position", "update")),
    "CreateLogin": (("radius_logins", "login", "insert"),),
    "EditLogin": (("radius_logins", "login", "update"), ("radius_logins", "fixed_ip", "update")),
    "DeleteLogin": (("radius_logins", "deleted_at", "update"),),
    "SaveAccessPoint": (("access_points", "name", "insert"), ("access_points", "sets_queue", "update")),
    "SaveIpRange": (("ip_ranges", "network", "insert"), ("ip_ranges", "reserved", "update")),
    "DeleteIpRange": (("ip_ranges", "", "delete"),),
    "SaveIpOption": (("ip_options", "code", "insert"), ("ip_options", "label", "update")),
    "CreateIp": (("customer_ips", "address", "insert"), ("customer_ip_macs", "mac", "insert")),
    "EditIp": (
        ("customer_ips", "address", "update"),
        ("customer_ips", "login_id", "update"),
        ("customer_ip_macs", "equipment", "update"),
        ("customer_ip_macs", "", "delete"),
    ),
    "DeleteIp": (("customer_ips", "deleted_at", "update"),),
    "AddPlan": (("customer_plans", "catalog_plan_id", "insert"),),
    "ChangeCatalogPlan": (("plan_changes", "new_catalog_plan_id", "insert"),),
    "CustomizeComposition": (
        ("plan_composition_items", "amount", "insert"),
        ("plan_composition_items", "amount", "update"),
        ("plan_composition_items", "", "delete"),
        ("customer_plans", "composition_customized", "update"),
    ),
    "FollowCatalogComposition": (("customer_plans", "composition_customized", "update"),),
    "SetPlanAddress": (("plan_addresses", "street", "insert"), ("plan_addresses", "street", "update")),
    "ThrottlePlan": (("customer_plans", "throttled", "update"), ("customer_plans", "throttled_until", "update")),
    "EndThrottle": (("customer_plans", "throttled", "update"),),
    "RestoreSpeed": (("customer_plans", "speed_until", "update"), ("customer_plans", "speed_at", "update")),
    "SaveRadiusServer": (("radius_servers", "host", "insert"), ("radius_servers", "host", "update")),
    "DeleteRadiusServer": (("radius_servers", "", "delete"),),
    "FollowDefaultAddress": (("plan_addresses", "", "delete"),),
}


def commands(base: type[Command[Any]] = Command) -> list[type[Command[Any]]]:
    """Every command and query there is; one that others are made from is none, unless it were handled, which shows."""
    found: list[type[Command[Any]]] = []
    for kind in base.__subclasses__():
        found += [*([] if kind.__subclasses__() else [kind]), *commands(kind)]
    return [kind for kind in found if kind.__module__.startswith("desk.")]


@pytest.mark.parametrize("command", commands(), ids=lambda command: command.__name__)
def test_every_command_has_its_handler_and_is_frozen(command: type[Command[Any]]) -> None:
    assert command in HANDLERS
    assert command.__doc__
    assert dataclasses.is_dataclass(command)
    assert command.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_nothing_is_handled_that_is_no_command() -> None:
    assert set(HANDLERS) == set(commands())


def test_two_handlers_for_one_command_are_refused() -> None:
    from desk.services.core.bus import use_case

    known = next(iter(HANDLERS))
    with pytest.raises(TypeError, match="two handlers"):
        use_case(known, permission=None)(lambda command, work: None)


def test_every_topic_has_a_reconciler() -> None:
    assert set(reconcilers(sessionmaker())) == set(Topic)


@pytest.mark.parametrize("name", WRITES)
def test_the_permission_of_a_command_opens_what_it_writes(name: str) -> None:
    (use_case,) = [use_case for command, use_case in HANDLERS.items() if command.__name__ == name]
    for table, column, operation in WRITES[name]:
        needs = guards.needs_for(table, column, operation)
        assert needs is not None, f"nobody may {operation} {table}.{column}"
        for permission in use_case.any_of:
            assert guards.satisfies({permission}, needs), f"{permission.value} does not open {table}.{column}"


def test_what_a_command_asks_is_a_permission_that_people_can_be_given() -> None:
    for command, use_case in HANDLERS.items():
        assert all(isinstance(permission, Permission) for permission in use_case.any_of), command
        assert not any(permission.negative for permission in use_case.any_of), command
