"""A router with everything that can drift, and the ways in which tests look at it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.outbox import Progress, Settler
from desk.services.drift import CorrectDrift, Correction, Drift, DriftKind, LookForDrift, RouterDrift
from tests.builders import AccessPoint, Plan, a_catalog_plan, a_plan, a_secret
from tests.postgres import Database
from tests.services.core.net import router_of, settled
from tests.services.test_ip_ranges import as_job

ENFORCED = (
    "interface = 'ether2', sets_address = true, sets_queue = true, sets_arp = true,"
    " allowed_list = 'liberados', blocked_list = 'bloqueados'"
)
CLERK = "suporte"


@dataclass
class Town:
    """A router that keeps secrets itself, two plans with a login each, and an IP; all of it in step at first."""

    database: Database
    router: RouterOsStandIn
    point: AccessPoint
    plan: Plan
    blocked: Plan

    @property
    def router_id(self) -> int:
        """The routing server's number."""
        assert self.point.routing_server_id is not None
        return self.point.routing_server_id

    def look(self, role: str = CLERK) -> RouterDrift:
        """As the window asks."""
        return self.database.bus(role).execute(LookForDrift(router_id=self.router_id)).value

    def ours(self) -> list[tuple[DriftKind, str, str, str]]:
        """What is not as it should be, and is ours: kind, menu, thing and why."""
        return [told(drift) for drift in self.look().drifts if drift.kind is not DriftKind.FOREIGN]

    def correct(self, drifts: Iterable[Drift], role: str = CLERK) -> tuple[Owed, ...]:
        """As the window orders."""
        chosen = tuple(one for drift in drifts if (one := Correction.of(drift)) is not None)
        return self.database.bus(role).execute(CorrectDrift(corrections=chosen)).value

    def settle(self, owed: Iterable[Owed], role: str = CLERK) -> list[Progress]:
        """As the desk does after the commit."""
        news: list[Progress] = []
        sessions = self.database.signed_in(role).sessions
        settler = Settler(sessions, reconcilers(sessions), news.append)
        for debt in owed:
            settler.settle(debt.topic, debt.key)
        return [each for each in news if each.final]

    def foreign(self) -> dict[str, list[dict[str, str]]]:
        """Every line of the router that is not ours, as it stands there."""
        return {
            path: [dict(row) for row in rows if not row.get("comment", "").startswith("desk:")]
            for path, rows in self.router.tables.rows.items()
        }


def told(drift: Drift) -> tuple[DriftKind, str, str, str]:
    """A difference in few words."""
    return drift.kind, drift.menu, drift.thing, drift.why


def a_town(database: Database, router: RouterOsStandIn) -> Town:
    """Everything in step; what a technician put there besides is on the router too."""
    point = router_of(database, router, nas="192.0.2.1", local=True)
    as_job(database, f"UPDATE desk.access_points SET {ENFORCED} WHERE id = {point.id}")
    product = a_catalog_plan(database, radius_profile="50M")
    plan = a_plan(database, access_point=point, catalog_plan=product, logins=["casa"])
    blocked = a_plan(database, access_point=point, catalog_plan=product, logins=["cortado"], status="SUSPENSO")
    for login in (*plan.logins, *blocked.logins):
        a_secret(database, "radius", login.id, "segredo-1", clear=True)
    settled(database)
    router.tables.secret("casa", profile="50M", comment=mark(plan), service="pppoe", password="segredo-1")
    router.tables.secret("cortado", profile="50M", comment=mark(blocked), service="pppoe", disabled="true")
    router.tables.session("casa")
    for name in ("tecnico", "vpn-matriz"):
        router.tables.secret(name, profile="default", comment="do técnico", password="nao-e-nosso")
    router.tables.session("tecnico")
    router.tables.put("/queue/simple", name="fila", target="192.0.2.9/32", max_limit="1/1", disabled="false")
    router.tables.put("/ip/firewall/address-list", list="liberados", address="192.0.2.77", comment="do técnico")
    router.tables.put("/ip/firewall/address-list", list="x", address="192.0.2.78", comment="deskjet da recepção")
    return Town(database, router, point, plan, blocked)


def mark(plan: Plan) -> str:
    """The comment of its login's secret."""
    return f"desk:{plan.logins[0].id}"
