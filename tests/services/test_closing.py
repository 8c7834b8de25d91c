"""Fechar Conexão Atual: what is done is proven, what is silent is never called done, and each rung has its turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from desk.demo.routeros import RouterOsStandIn
from desk.services.core.bus import Owed
from desk.services.core.errors import NotAllowed
from desk.services.core.outbox import DeliveryState
from desk.services.plans import OnePlan, SuspendPlan
from desk.services.sessions import ending
from tests.builders import a_catalog_plan, a_secret
from tests.postgres import Database
from tests.services.core.line import SECRET, Line, a_line
from tests.services.test_plans import as_job
from tests.standins.nas import NasStandIn

DONE, UNCHANGED, SILENT, REFUSED = (
    DeliveryState.DONE,
    DeliveryState.UNCHANGED,
    DeliveryState.SILENT,
    DeliveryState.REFUSED,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a silent router is waited for does not matter here."""
    monkeypatch.setattr(ending, "COA_SECONDS", 0.6)
    monkeypatch.setattr(ending, "COA_PROOF_SECONDS", 0.6)
    monkeypatch.setattr(ending, "NAS_SECONDS", 0.6)
    monkeypatch.setattr(ending, "PROOF_SECONDS", 0.6)
    monkeypatch.setattr(ending, "API_SECONDS", 2.0)


@pytest.fixture
def router() -> Iterator[RouterOsStandIn]:
    """The same router's API."""
    with RouterOsStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def nas() -> Iterator[NasStandIn]:
    """The router as a RADIUS peer."""
    with NasStandIn(SECRET) as stand_in:
        yield stand_in


@pytest.fixture
def line(database: Database, router: RouterOsStandIn, nas: NasStandIn) -> Line:
    """Connected through a router that takes Disconnect requests and has an API as well."""
    return a_line(database, router, nas)


def gone_without_a_word(line: Line) -> None:
    """The connection ends on the router, but the accounting stop gets lost."""
    line.nas.on_gone = lambda session_id: line.router.tables.rows["/ppp/active"].clear()


def test_the_accounting_stop_is_the_proof(line: Line) -> None:
    assert line.close() == (Owed("radius_session", str(line.session)),)
    done = line.settle()
    assert done is not None and done.settled
    assert line.outcome() == (DONE, "accounting_stop", "")
    assert line.details() == ["asking_coa", "acked_waiting", "accounting_stop"]
    assert line.nas.told[0][1]["Session-Timeout"] == "1" and line.nas.heard == ["coa"]
    assert line.router.commands() == {}  # nobody had to sign in to the router
    assert line.row()["terminate_cause"] == "Admin-Reset"
    assert not line.owes()
    history = line.database.admin().execute(
        "SELECT action, params->>'login' FROM desk.history_entries WHERE action = 'login.connection_closed'"
    )
    assert history.fetchall() == [("login.connection_closed", "maria.casa")]


@pytest.mark.parametrize(("trouble", "trail"), [("keeps time", "coa_refused"), ("mute once", "coa_silent")])
def test_a_router_that_ends_nothing_by_coa_is_asked_to_disconnect(line: Line, trouble: str, trail: str) -> None:
    """The second rung: CoA → Disconnect → the router's API."""
    line.nas.faults.keeps_time = trouble == "keeps time"
    line.nas.faults.mute_to = {"coa"} if trouble == "mute once" else set()
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "accounting_stop", trail)
    assert [*dict.fromkeys(line.nas.heard)] == ["coa", "disconnect"]
    assert line.details()[:2] == ["asking_coa", "asking_nas"]
    assert line.router.commands() == {}


def test_an_answer_without_proof_climbs_to_the_routers_own_list(line: Line) -> None:
    line.nas.faults.lies = True
    line.close()
    assert line.settle() is not None
    assert line.outcome() == (DONE, "gone_from_list", "acked_unproven")
    assert line.details() == ["asking_coa", "acked_waiting", "asking_nas", "asking", "gone_from_list"]
    assert line.nas.heard == ["coa", "disconnect"]
    assert line.router.tables.rows["/ppp/active"] == []


def test_a_lost_stop_is_proven_by_the_list(line: Line) -> None:
    gone_without_a_word(line)
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "gone_from_list", "coa_unproven")
    row = line.row()
    assert (row["stopped_at"], row["terminate_cause"]) == (row["updated_at"], "Lost-Stop")


@pytest.mark.parametrize("trouble", ["mute", "forged", "wrong secret"])
def test_a_mute_router_is_ended_by_its_api(line: Line, trouble: str) -> None:
    line.nas.faults.mute, line.nas.faults.forged = trouble == "mute", trouble == "forged"
    line.nas.on_gone = lambda session_id: None
    if trouble == "wrong secret":
        a_secret(line.database, "nas", line.server_id, "outro-segredo", clear=True)
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "gone_from_list", "disconnect_silent")


def test_the_answer_was_lost_but_the_stop_arrived(line: Line) -> None:
    line.nas.faults.lose_answers = 99
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "accounting_stop", "coa_silent")
    assert line.router.commands() == {}


def test_silence_everywhere_is_owed_and_asked_again(line: Line) -> None:
    line.nas.faults.mute = True
    line.router.faults.mute_after_accept = True
    line.close()
    failed = line.settle()
    assert failed is not None and not failed.settled and failed.next_due is not None
    assert line.outcome()[:2] == (SILENT, "silent")
    assert line.owes() and line.row()["stopped_at"] is None
    line.nas.faults.mute = False
    assert line.settle() is not None
    assert line.outcome() == (DONE, "accounting_stop", "")


def test_no_api_and_no_proof_is_not_done(line: Line) -> None:
    line.database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    line.nas.faults.lies = True
    line.close()
    failed = line.settle()
    assert failed is not None and not failed.settled and failed.next_due is not None
    assert line.outcome() == (SILENT, "acked_unproven", "acked_unproven")


@pytest.mark.parametrize("cause", [501, 504])
def test_a_refusal_climbs_to_the_api_and_without_one_waits_for_a_person(line: Line, cause: int) -> None:
    line.nas.faults.cause = cause
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "gone_from_list", "disconnect_refused")
    line.router.tables.session("maria.casa", session_id="0x81700001", address="100.64.0.7")
    admin = line.database.admin()
    admin.execute("UPDATE desk.radius_sessions SET stopped_at = NULL, terminate_cause = NULL")  # as if just dialled
    admin.execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    line.close()
    refused = line.settle()
    assert refused is not None and (refused.settled, refused.next_due) == (False, None)
    assert line.outcome()[:2] == (REFUSED, "permission" if cause == 501 else "said_no")


def test_who_was_not_connected_any_more(line: Line) -> None:
    """The stop got lost long ago: both the router and its list say so, and the record is closed at its last report."""
    line.nas.open.clear()
    line.router.tables.rows["/ppp/active"].clear()
    line.close()
    line.settle()
    assert line.outcome() == (UNCHANGED, "not_connected", "nas_knows_none")
    row = line.row()
    assert (row["stopped_at"], row["terminate_cause"]) == (row["updated_at"], "Lost-Stop")
    assert not line.owes()


def test_the_router_knows_none_but_its_list_does(line: Line) -> None:
    line.nas.open.clear()
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "gone_from_list", "nas_knows_none")


def test_the_routers_word_alone_where_there_is_no_api(line: Line) -> None:
    line.database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    line.nas.open.clear()
    line.close()
    line.settle()
    assert line.outcome()[:2] == (UNCHANGED, "nas_knows_none")


def test_taken_by_coa_and_then_unknown_is_over_by_the_routers_word(line: Line) -> None:
    """No stop and no API: that the router does not know any more what it has just ended is all there is."""
    line.database.admin().execute("DELETE FROM desk_vault.secrets WHERE kind = 'router'")
    line.nas.on_gone = lambda session_id: None
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "nas_forgot", "coa_unproven")
    assert line.row()["terminate_cause"] == "Lost-Stop"


def test_it_ended_by_itself_before_anybody_asked(line: Line) -> None:
    line.close()
    line.stop()
    line.settle()
    assert line.outcome()[:2] == (UNCHANGED, "already_ended")
    assert line.nas.heard == []


def test_a_connection_that_came_later_is_left_alone(line: Line) -> None:
    """What was asked for is the end of that connection; the customer's modem may have dialled again meanwhile."""
    line.nas.open.clear()
    line.router.tables.rows["/ppp/active"].clear()
    line.router.tables.session("maria.casa", session_id="0x81700002", address="100.64.0.9")
    line.close()
    line.settle()
    assert line.outcome()[:2] == (UNCHANGED, "not_connected")
    assert len(line.router.tables.rows["/ppp/active"]) == 1


def test_by_api_when_the_access_point_says_so(line: Line) -> None:
    as_job(line.database, "UPDATE desk.access_points SET disconnect_by = 'API do roteador'")
    line.close()
    line.settle()
    assert line.outcome() == (DONE, "gone_from_list", "")
    assert line.nas.heard == []


def test_accounting_knows_of_none_but_the_router_does(line: Line) -> None:
    line.database.admin().execute("DELETE FROM desk.radius_sessions")
    (owed,) = line.close()
    assert owed.key == f"login/{line.login.id}"
    line.settle(key=owed.key)
    assert line.outcome()[:2] == (DONE, "gone_from_list")
    line.close()
    line.settle(key=owed.key)
    assert line.outcome()[:2] == (UNCHANGED, "not_connected")


@pytest.mark.parametrize("way", ["CoA (RADIUS)", "API do roteador"])
def test_suspending_ends_the_connection_by_the_same_ladder(line: Line, way: str) -> None:
    as_job(line.database, "UPDATE desk.access_points SET disconnect_by = %s", way)
    bus = line.database.bus("atendente")
    row = bus.execute(OnePlan(line.plan.id)).value
    bus.execute(SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version))
    done = line.settle(topic="radius_login", key=str(line.login.id))
    assert done is not None and done.settled
    assert line.outcome()[:2] == (DONE, "accounting_stop" if way.startswith("CoA") else "gone_from_list")


def test_who_may_not_act_on_the_network_closes_nothing(line: Line) -> None:
    with pytest.raises(NotAllowed):
        line.close("ninguem")
    assert not line.owes()


CHANGES: dict[str, Callable[[Line], None]] = {
    "mute": lambda line: setattr(line.nas.faults, "mute", True),
    "refused": lambda line: setattr(line.nas.faults, "cause", 401),
    "taken": lambda line: None,
}


@pytest.mark.parametrize("answer", CHANGES)
def test_another_speed_reaches_the_open_connection_without_ending_it(line: Line, answer: str) -> None:
    assert line.row()["rate_limit"] == "50000k/100000k"
    CHANGES[answer](line)
    other = a_catalog_plan(line.database, up_kbps=100_000, down_kbps=200_000)
    as_job(line.database, "UPDATE desk.customer_plans SET catalog_plan_id = %s", other.id)
    told = line.settle(topic="radius_login", key=str(line.login.id))
    assert told is not None
    step = next(step for step in told.steps if step.system == "speed")
    expected = {"mute": (SILENT, "silent"), "refused": (UNCHANGED, "speed_next"), "taken": (DONE, "speed_acked")}
    assert (step.state, step.detail) == expected[answer]
    assert told.settled == (answer != "mute")
    assert line.nas.open and line.router.tables.rows["/ppp/active"] and line.row()["stopped_at"] is None
    taken = answer == "taken"
    assert line.nas.rates == ({"81700001": "100000k/200000k"} if taken else {})
    assert line.row()["rate_limit"] == ("100000k/200000k" if taken else "50000k/100000k")
    heard = list(line.nas.heard)
    as_job(line.database, "UPDATE desk.radius_logins SET version = version + 1")
    if taken:  # told once is enough
        line.settle(topic="radius_login", key=str(line.login.id))
        assert line.nas.heard == heard
