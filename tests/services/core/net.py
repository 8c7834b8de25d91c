"""A plan with a login behind a router: what deliveries are about."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from typing import Any

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Outcome
from desk.services.core.outbox import DeliveryState, Progress, Settler, Step
from desk.services.plans import EnablePlan, OnePlan, StatusChanged, SuspendPlan
from tests.builders import AccessPoint, Login, Plan, a_catalog_plan, a_plan, a_routing_server, a_secret, an_access_point
from tests.postgres import Database

MODEM = "02:00:5E:00:53:01"
PASSWORD = "s3nha-do-roteador"
_numbers = itertools.count(1)


def router_of(
    database: Database,
    router: RouterOsStandIn,
    *,
    nas: str | None = None,
    local: bool = False,
    password: str = PASSWORD,
) -> AccessPoint:
    """An access point behind the stand-in, which answers at `nas` for RADIUS."""
    server = a_routing_server(
        database, f"BNG {next(_numbers)}", port=router.port, nas_address=nas or None, local_secrets=local, active=True
    )
    a_secret(database, "router", server.id, password)
    return an_access_point(database, routing_server=server)


def settled(database: Database) -> None:
    """Nothing is owed: what building the scene owed is taken as done."""
    database.admin().execute("UPDATE desk.debts SET done = wanted, due_at = NULL, attempts = 0, last_error = NULL")


def online(database: Database, login: Login, nas: str, username: str = "") -> None:
    """An open session, as accounting knows it."""
    number = next(_numbers)
    database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, login_id, nas_address, started_at,"
        " calling_station) VALUES (%s, %s, %s, %s, %s, now(), %s)",
        (f"s{number}", f"u{number}", username or login.login, login.id, nas, MODEM),
    )


@dataclass
class Net:
    """One plan, its login, the router it hangs on, and what was told of deliveries."""

    database: Database
    router: RouterOsStandIn
    point: AccessPoint
    plan: Plan
    news: list[Progress] = field(default_factory=list)

    @property
    def login(self) -> Login:
        """The plan's first login."""
        return self.plan.logins[0]

    def settler(self, role: str = "atendente") -> Settler:
        """As this person's desk has it, each with reconcilers of its own."""
        sessions = self.database.signed_in(role).sessions
        return Settler(sessions, reconcilers(sessions), self.news.append)

    def settle(self, role: str = "atendente") -> Progress | None:
        """Settle the login's debt by name, as its own desk does after the commit; the last news of it."""
        took = self.settler(role).settle("radius_login", str(self.login.id))
        return self.news[-1] if took else None

    def suspend(self, role: str = "atendente") -> Outcome[StatusChanged]:
        """Suspender Plano."""
        bus = self.database.bus(role)
        row = bus.execute(OnePlan(self.plan.id)).value
        return bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version))

    def enable(self, role: str = "administrador") -> Outcome[StatusChanged]:
        """Habilitar Plano."""
        bus = self.database.bus(role)
        row = bus.execute(OnePlan(self.plan.id)).value
        return bus.execute(EnablePlan(plan_id=row.id, reason="Pagamento", version=row.version))

    def debt(self, topic: str = "radius_login", key: int | None = None) -> dict[str, Any]:
        """The debt's row, with `open` and the seconds until it is due."""
        cursor = self.database.admin().execute(
            "SELECT *, done < wanted AS open, extract(epoch FROM due_at - clock_timestamp())::float AS seconds"
            " FROM desk.debts WHERE topic = %s AND key = %s",
            (topic, str(self.login.id if key is None else key)),
        )
        row = cursor.fetchone()
        assert row is not None and cursor.description is not None
        return dict(zip([column.name for column in cursor.description], row, strict=True))

    def secrets(self) -> list[tuple[str, str, str]]:
        """The router's own lines: name, disabled, comment."""
        return [
            (row["name"], row["disabled"], row.get("comment", "")) for row in self.router.tables.rows["/ppp/secret"]
        ]

    def sessions(self) -> list[str]:
        """Names that are connected, as the router lists them."""
        return [row["name"] for row in self.router.tables.rows["/ppp/active"]]

    def delivery(self) -> str:
        """What the tree shows beside the login."""
        row = self.database.bus("atendente").execute(OnePlan(self.plan.id)).value
        return str(row.logins[0].delivery)


def a_net(database: Database, router: RouterOsStandIn, *, local: bool = False, connected: bool = True) -> Net:
    """An enabled plan whose login is connected through the router."""
    point = router_of(database, router, nas="192.0.2.1", local=local)
    product = a_catalog_plan(database, radius_profile="50M")
    plan = a_plan(database, access_point=point, catalog_plan=product, logins=[f"casa{next(_numbers)}"])
    net = Net(database, router, point, plan)
    if connected:
        router.tables.session(net.login.login)
        online(database, net.login, "192.0.2.1")
    settled(database)
    return net


def states(progress: Progress | None) -> dict[str, tuple[DeliveryState, str]]:
    """Of each system, what came of it."""
    assert progress is not None
    return {step.system: (step.state, step.detail) for step in progress.steps}


def seconds_from_now(moment: dt.datetime | None) -> float:
    """How far away it is; of None, infinitely."""
    return float("inf") if moment is None else (moment - dt.datetime.now(dt.UTC)).total_seconds()


__all__ = ["MODEM", "PASSWORD", "Net", "Step", "a_net", "online", "router_of", "seconds_from_now", "settled", "states"]
