"""A login that is online through a router with both ways in, RADIUS and API: what closing a connection is about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from desk.bootstrap import reconcilers
from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.outbox import DeliveryState, Progress, Settler
from desk.services.sessions import CloseConnection
from tests.builders import (
    Login,
    Plan,
    RoutingServer,
    a_catalog_plan,
    a_plan,
    a_routing_server,
    a_secret,
    an_access_point,
)
from tests.postgres import Database
from tests.services.core.net import PASSWORD, settled
from tests.standins.nas import NasStandIn

SECRET = "segredo-do-nas"


@dataclass
class Line:
    """A login that is online, and everything that may end its connection."""

    database: Database
    router: RouterOsStandIn
    nas: NasStandIn
    plan: Plan
    server_id: int
    session: int
    news: list[Progress] = field(default_factory=list)

    @property
    def login(self) -> Login:
        """The plan's login."""
        return self.plan.logins[0]

    def close(self, role: str = "suporte") -> tuple[Owed, ...]:
        """Fechar Conexão Atual."""
        return self.database.bus(role).execute(CloseConnection(login_id=self.login.id)).owed

    def settle(self, role: str = "suporte", key: str = "", topic: str = "radius_session") -> Progress | None:
        """Settle one debt, as a desk does after the commit; the last news of it."""
        sessions = self.database.signed_in(role).sessions
        settler = Settler(sessions, reconcilers(sessions), self.news.append)
        took = settler.settle(topic, key or str(self.session))
        return self.news[-1] if took else None

    def outcome(self) -> tuple[DeliveryState, str, str]:
        """Of the connection: its state, what came of it, and what of the rung before."""
        step = next(step for step in self.news[-1].steps if step.system == "session")
        return step.state, step.detail, step.params.get("trail", "")

    def details(self) -> list[str]:
        """Everything that was told of the connection, in its order."""
        told = [step.detail for progress in self.news for step in progress.steps if step.system == "session"]
        return list(dict.fromkeys(told))

    def row(self) -> dict[str, Any]:
        """The connection's row."""
        cursor = self.database.admin().execute("SELECT * FROM desk.radius_sessions WHERE id = %s", (self.session,))
        assert cursor.description is not None
        return dict(zip([column.name for column in cursor.description], cursor.fetchone() or (), strict=True))

    def stop(self, session_id: str = "") -> None:
        """Accounting reports the end."""
        with self.database.connect("radius") as radius:
            radius.execute(
                "UPDATE radius_api.radacct SET acctstoptime = now(), acctterminatecause = 'Admin-Reset'"
                " WHERE acctsessionid = %s",
                (session_id or "81700001",),
            )

    def owes(self) -> bool:
        """Whether anything is owed."""
        row = self.database.admin().execute("SELECT bool_or(done < wanted) FROM desk.debts").fetchone()
        return bool(row and row[0])


def a_way(database: Database, router: RouterOsStandIn, coa_port: int) -> tuple[RoutingServer, Plan]:
    """A router with both ways in, and a plan with one login behind it, at a point that ends connections by RADIUS."""
    server = a_routing_server(database, "BNG 1", port=router.port, nas_address="127.0.0.1", coa_port=coa_port)
    a_secret(database, "router", server.id, PASSWORD)
    a_secret(database, "nas", server.id, SECRET, clear=True)
    point = an_access_point(database, routing_server=server, disconnect_by="CoA (RADIUS)")
    return server, a_plan(database, access_point=point, catalog_plan=a_catalog_plan(database), logins=["maria.casa"])


def a_line(database: Database, router: RouterOsStandIn, nas: NasStandIn) -> Line:
    """Connected for two hours, at an access point that ends connections by RADIUS."""
    server, plan = a_way(database, router, nas.port)
    row = database.admin().execute(
        "INSERT INTO desk.radius_sessions (session_id, unique_id, username, nas_address, started_at, updated_at,"
        " framed_ip, calling_station) VALUES ('81700001', 'u1', 'maria.casa', '127.0.0.1', now() - interval '2 h',"
        " now() - interval '3 min', '100.64.0.7', '02:00:5E:00:53:01') RETURNING id"
    )
    (session,) = row.fetchone() or (0,)
    nas.open["81700001"] = "maria.casa"
    router.tables.session("maria.casa", session_id="0x81700001", address="100.64.0.7")
    settled(database)
    found = Line(database, router, nas, plan, server.id, session)
    nas.on_gone = found.stop
    return found
