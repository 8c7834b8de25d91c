"""Holds every order that owes the network something to a preview: in the maps below, and while any test gives one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from desk.services.core.bus import Bus, Outcome

# Which screen shows, before it is given, what the network will hear of an order.
PREVIEWED = {
    "AddPlan": "plans/wizard.py",
    "ChangeCatalogPlan": "plans/change_wizard.py",
    "ChangePassword": "logins/dialogs.py",
    "ChangeStatus": "plans/card.py",
    "CloseConnection": "sessions/closing.py",
    "CorrectDrift": "drift/confirming.py",
    "CreateIp": "ips/dialog.py",
    "CreateLogin": "logins/dialogs.py",
    "DeleteAccessPoint": "access_points/points.py",
    "DeleteIp": "ips/dialog.py",
    "DeleteLogin": "logins/dialogs.py",
    "EditIp": "ips/dialog.py",
    "EditLogin": "logins/dialogs.py",
    "EnablePlan": "plans/card.py",
    "EnableProvisionally": "plans/card.py",
    "EndThrottle": "sessions/speed.py",
    "ImportAccessPoints": "access_points/importing.py",
    "ImportRoutingServers": "access_points/importing.py",
    "RestoreSpeed": "sessions/speed.py",
    "SaveAccessPoint": "access_points/points.py",
    "SaveCatalogPlan": "catalog/plans.py",
    "SaveIpOption": "access_points/options.py",
    "SavePlan": "plans/window.py",
    "SaveRoutingServer": "access_points/servers.py",
    "SetVariable": "variables/page.py",
    "SuspendPlan": "plans/card.py",
    "SuspendTemporarily": "plans/card.py",
    "ThrottlePlan": "sessions/speed.py",
    "WithdrawSuspension": "plans/suspension.py",
}
# Orders after which something is owed and that say nothing before, each with its reason.
EXEMPT = {
    "RetryDebts": "sends again what was shown when it was ordered, and what Entregas lists line by line",
}


@pytest.fixture(autouse=True, scope="session")
def no_order_reaches_the_network_unannounced() -> Iterator[None]:
    """Whatever test gives it: an order that leaves a debt is one of the above."""
    execute = Bus.execute

    def watched(bus: Bus, command: Any, **more: Any) -> Outcome[Any]:
        outcome = execute(bus, command, **more)
        name = type(command).__name__
        if outcome.owed and type(command).__module__.startswith("desk."):
            assert name in PREVIEWED or name in EXEMPT, f"{name} owes {outcome.owed[0]} and no screen says so before"
        return outcome

    Bus.execute = watched  # type: ignore[method-assign]
    yield
    Bus.execute = execute  # type: ignore[method-assign]
