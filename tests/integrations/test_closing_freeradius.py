"""Fechar Conexão Atual with nothing of ours in between.

Accounting comes from radclient through the real FreeRADIUS, and another real FreeRADIUS is the router that is asked;
only the router's API is the stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.outbox import DeliveryState
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.sessions import ThrottlePlan, ending
from tests.builders import a_secret
from tests.postgres import Database, password_of
from tests.services.core.line import SECRET, Line, a_way
from tests.services.core.net import settled
from tests.services.test_plans import as_job
from tests.standins.coa_server import CoaServer
from tests.standins.freeradius import FreeRadius
from tests.standins.nas import NasStandIn

DONE, UNCHANGED = DeliveryState.DONE, DeliveryState.UNCHANGED
SESSION = "81700001"
COUNTERS = {
    "Acct-Session-Time": "7200",
    "Acct-Input-Octets": "5000000",
    "Acct-Output-Octets": "90000000",
    "Acct-Terminate-Cause": "Admin-Reset",
}


def report(kind: str, **more: str) -> dict[str, str]:
    """What the router reports of its one connection."""
    return {
        "User-Name": '"maria.casa"',
        "Acct-Status-Type": kind,
        "Acct-Session-Id": f'"{SESSION}"',
        "NAS-IP-Address": "127.0.0.1",
        "Framed-IP-Address": "100.64.0.7",
        "Calling-Station-Id": '"02:00:5E:00:53:01"',
    } | {name.replace("_", "-"): value for name, value in more.items()}


@dataclass
class Wire:
    """A login that is online through the real thing."""

    line: Line
    radius: FreeRadius
    nas: CoaServer

    def reports_its_end(self) -> None:
        """From now on the router tells accounting of each end, as it should."""
        lines = report("Stop") | COUNTERS
        self.nas.stop.write_text("".join(f"{name} = {value}\n" for name, value in lines.items()))

    def late_stop(self) -> None:
        """The report of the end arrives after all, sent once more by the router."""
        assert self.radius.account(report("Stop") | COUNTERS).code == "Accounting-Response"

    def ended(self) -> tuple[str, int, int, int]:
        row = self.line.row()
        return row["terminate_cause"], row["session_seconds"], row["in_octets"], row["out_octets"]


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """The same router's API."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def wire(database: Database, router: RouterOsStandIn, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """Online since the router's own report of it."""
    monkeypatch.setattr(ending, "COA_SECONDS", 1.0)
    monkeypatch.setattr(ending, "NAS_SECONDS", 1.0)
    database.admin().execute(f"ALTER ROLE radius PASSWORD '{password_of('radius')}'")
    with (
        FreeRadius(database.dsn("radius")) as radius,
        CoaServer(SECRET, "maria.casa", accounting=radius.acct_port) as nas,
    ):
        radius.secret = SECRET
        server, plan = a_way(database, router, nas.port)
        assert radius.account(report("Start")).code == "Accounting-Response"
        row = database.admin().execute("SELECT id FROM desk.radius_sessions WHERE stopped_at IS NULL").fetchone()
        assert row is not None
        router.tables.session("maria.casa", session_id=f"0x{SESSION}", address="100.64.0.7")
        settled(database)
        yield Wire(Line(database, router, NasStandIn(SECRET), plan, server.id, row[0]), radius, nas)


def test_the_stop_that_the_router_sends_is_the_proof(wire: Wire) -> None:
    wire.reports_its_end()
    wire.line.close()
    wire.line.settle()
    assert wire.line.outcome() == (DONE, "accounting_stop", "coa_refused")
    assert wire.ended() == ("Admin-Reset", 7200, 5_000_000, 90_000_000)
    assert wire.line.router.commands() == {}
    said = wire.nas.written()
    assert "Received Disconnect-Request" in said and "Message-Authenticator = 0x" in said
    assert re.search(rf'Acct-Session-Id = "{SESSION}"', said)


@pytest.mark.parametrize("takes_time", [True, False])
def test_coa_is_asked_first_and_disconnect_where_it_ends_nothing(wire: Wire, takes_time: bool) -> None:
    """The ladder against the real thing: a router that sets the time by CoA needs no second word."""
    line = wire.line
    with CoaServer(SECRET, "maria.casa", accounting=wire.radius.acct_port, takes_time=takes_time) as nas:
        as_job(line.database, "UPDATE desk.routing_servers SET coa_port = %s", nas.port)
        settled(line.database)
        nas.stop.write_text("".join(f"{name} = {value}\n" for name, value in (report("Stop") | COUNTERS).items()))
        line.close()
        line.settle()
        assert line.outcome() == (DONE, "accounting_stop", "" if takes_time else "coa_refused")
        said = nas.written()
        assert ("Received Disconnect-Request" in said) == (not takes_time)
        assert "Session-Timeout = 1" in said and said.count("Message-Authenticator = 0x") >= 1
        assert ("Sent CoA-NAK" in said) == (not takes_time)
    assert line.router.commands() == {} and line.row()["stopped_at"] is not None


def test_another_speed_by_coa_and_then_the_end(wire: Wire) -> None:
    """Both requests of RFC 5176 on one connection: the first leaves it up, the second ends it."""
    wire.reports_its_end()
    bus = wire.line.database.bus("atendente")
    row = bus.execute(OnePlan(wire.line.plan.id)).value
    bus.execute(ThrottlePlan(plan_id=row.id, version=row.version, reason="A pedido"))
    wire.line.settle(topic="radius_login", key=str(wire.line.login.id))
    (speed,) = [step for step in wire.line.news[-1].steps if step.system == "speed"]
    assert (speed.state, speed.detail) == (DONE, "speed_acked")
    assert (wire.line.row()["rate_limit"], wire.line.row()["stopped_at"]) == ("5000k/10000k", None)
    assert 'Mikrotik-Rate-Limit = "5000k/10000k"' in wire.nas.written()

    row = bus.execute(OnePlan(wire.line.plan.id)).value
    bus.execute(SuspendPlan(plan_id=row.id, version=row.version, reason="A pedido"))
    wire.line.settle(topic="radius_login", key=str(wire.line.login.id))
    assert wire.line.outcome()[:2] == (DONE, "accounting_stop")
    said = wire.nas.written()
    assert said.index("Received CoA-Request") < said.index("Received Disconnect-Request")


def test_an_ack_without_a_stop_climbs_to_the_api_and_the_late_stop_puts_the_record_right(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "PROOF_SECONDS", 0.6)
    wire.line.close()
    wire.line.settle()
    assert wire.line.outcome() == (DONE, "gone_from_list", "acked_unproven")
    closed = wire.line.row()
    assert (closed["terminate_cause"], closed["stopped_at"]) == ("Lost-Stop", closed["updated_at"])
    assert "Received Disconnect-Request" in wire.nas.written()

    wire.late_stop()
    wire.late_stop()  # a router repeats what it has no answer to
    row = wire.line.row()
    assert wire.ended() == ("Admin-Reset", 7200, 5_000_000, 90_000_000)
    assert row["stopped_at"] > closed["stopped_at"] and row["updated_at"] == row["stopped_at"]
    assert (row["started_at"], row["login_id"]) == (closed["started_at"], wire.line.login.id)
    used = wire.line.database.admin().execute("SELECT in_octets, out_octets FROM desk.radius_usage").fetchall()
    assert used == [(5_000_000, 90_000_000)]


def test_a_start_or_an_interim_that_comes_late_opens_nothing_again(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ending, "PROOF_SECONDS", 0.6)
    wire.line.close()
    wire.line.settle()
    before = wire.line.row()
    for kind in ("Start", "Interim-Update"):
        wire.radius.account(report(kind, Acct_Session_Time="60", Acct_Input_Octets="1"))
    assert wire.line.row() == before


@pytest.mark.parametrize(
    ("trouble", "trail"), [("knows none", "nas_knows_none"), ("wrong secret", "disconnect_silent")]
)
def test_no_and_silence_climb_to_the_api(wire: Wire, trouble: str, trail: str) -> None:
    if trouble == "knows none":
        wire.line.database.admin().execute("UPDATE desk.radius_sessions SET username = 'outro.nome'")
        wire.line.router.tables.rows["/ppp/active"].clear()
        wire.line.router.tables.session("outro.nome", session_id=f"0x{SESSION}", address="100.64.0.7")
    else:
        a_secret(wire.line.database, "nas", wire.line.server_id, "outro-segredo", clear=True)
    wire.line.close()
    wire.line.settle()
    assert wire.line.outcome() == (DONE, "gone_from_list", trail)
    assert wire.line.row()["terminate_cause"] == "Lost-Stop"
    said = wire.nas.written()
    assert ("Sent Disconnect-NAK" in said) == (trouble == "knows none")
    assert ("Shared secret is incorrect" in said) == (trouble == "wrong secret")


def test_suspending_through_the_api_closes_the_record_and_a_late_stop_corrects_it(wire: Wire) -> None:
    """The delivery of a plan's step ends connections as Fechar Conexão Atual does, up to the record."""
    as_job(wire.line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'")
    bus = wire.line.database.bus("atendente")
    row = bus.execute(OnePlan(wire.line.plan.id)).value
    bus.execute(SuspendPlan(plan_id=row.id, version=row.version, reason="A pedido"))
    done = wire.line.settle(topic="radius_login", key=str(wire.line.login.id))
    assert done is not None and done.settled
    assert wire.line.outcome()[:2] == (DONE, "gone_from_list")
    assert wire.line.row()["terminate_cause"] == "Lost-Stop"
    wire.late_stop()
    assert wire.ended() == ("Admin-Reset", 7200, 5_000_000, 90_000_000)
