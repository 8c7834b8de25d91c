"""Our client against a router that answers, refuses, loses answers or says nothing; and against FreeRADIUS as one."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from desk.integrations.errors import IntegrationError, Reason, Rejected, Unreachable
from desk.integrations.radius.client import RadiusNas
from desk.integrations.radius.port import Connection, RadiusAddress, Verdict
from tests.standins.coa_server import CoaServer
from tests.standins.nas import NasStandIn

SECRET = "segredo-do-nas"
HOME = Connection(username="maria.casa", session_id="81700001", address="100.64.0.7")


@pytest.fixture
def nas() -> Iterator[NasStandIn]:
    """A router with one connection."""
    with NasStandIn(SECRET, {HOME.session_id: HOME.username}) as stand_in:
        yield stand_in


def asked(nas: NasStandIn, *, secret: str = SECRET, deadline: float = 5.0) -> RadiusNas:
    return RadiusNas(RadiusAddress(host="127.0.0.1", port=nas.port, secret=secret, deadline=deadline))


def refusal(nas: NasStandIn, **how: object) -> IntegrationError:
    with pytest.raises(IntegrationError) as caught:
        asked(nas, **how).disconnect(HOME)  # type: ignore[arg-type]
    assert SECRET not in str(caught.value) and SECRET not in repr(caught.value)
    return caught.value


def test_it_ends_the_connection_and_a_second_time_it_is_not_there(nas: NasStandIn) -> None:
    assert asked(nas).disconnect(HOME) is Verdict.DONE
    assert nas.open == {}
    assert asked(nas).disconnect(HOME) is Verdict.NOT_THERE
    assert (nas.heard, nas.dropped) == (["disconnect", "disconnect"], [])


def test_the_speed_changes_while_the_connection_stays(nas: NasStandIn) -> None:
    assert asked(nas).change_rate(HOME, "50000k/100000k") is Verdict.DONE
    assert nas.rates == {HOME.session_id: "50000k/100000k"}
    assert nas.open == {HOME.session_id: HOME.username}
    stranger = Connection(username="outra", session_id="81700009")
    assert asked(nas).change_rate(stranger, "1k/1k") is Verdict.NOT_THERE


def test_a_lost_answer_is_asked_for_again(nas: NasStandIn) -> None:
    nas.faults.lose_answers = 1
    # The first request did it, so the repeat finds nothing: both mean that it is gone.
    assert asked(nas, deadline=1.5).disconnect(HOME) is Verdict.NOT_THERE
    assert nas.heard == ["disconnect", "disconnect"]


@pytest.mark.parametrize("trouble", ["mute", "wrong secret", "forged answer"])
def test_silence_is_never_done(nas: NasStandIn, trouble: str) -> None:
    nas.faults.mute, nas.faults.forged = trouble == "mute", trouble == "forged answer"
    began = time.monotonic()
    error = refusal(nas, deadline=0.6, secret="outro" if trouble == "wrong secret" else SECRET)
    assert isinstance(error, Unreachable) and error.reason is Reason.SILENT
    assert time.monotonic() - began < 2
    assert bool(nas.dropped) == (trouble == "wrong secret")


def test_an_answer_under_another_number_is_no_answer(nas: NasStandIn) -> None:
    nas.faults.wrong_id = True
    error = refusal(nas, deadline=0.6)
    assert isinstance(error, Unreachable) and error.reason is Reason.SILENT


def test_a_late_answer_to_another_question_is_not_taken_for_this_one(nas: NasStandIn) -> None:
    """A NAK that somebody recorded, under the right number, before the true ACK: its authenticator does not fit."""
    stranger = Connection(username="outra", session_id="81700009")
    assert asked(nas).disconnect(stranger) is Verdict.NOT_THERE
    nas.faults.replays = nas.answered[-1]
    assert asked(nas).disconnect(HOME) is Verdict.DONE
    assert nas.open == {}


def test_and_an_ack_that_somebody_recorded_proves_nothing(nas: NasStandIn) -> None:
    assert asked(nas).change_rate(HOME, "1k/1k") is Verdict.DONE
    nas.faults.replays, nas.faults.forged = nas.answered[-1], True  # no true answer comes after it
    error = refusal(nas, deadline=0.6)
    assert isinstance(error, Unreachable) and error.reason is Reason.SILENT


def test_a_router_that_does_not_sign_its_answer_is_believed_by_its_authenticator(nas: NasStandIn) -> None:
    nas.faults.unsigned = True
    assert asked(nas).disconnect(HOME) is Verdict.DONE


def test_a_closed_port_is_told_at_once(nas: NasStandIn) -> None:
    nas.__exit__(None, None, None)
    began = time.monotonic()
    error = refusal(nas, deadline=5.0)
    assert isinstance(error, Unreachable) and error.reason is Reason.NO_ROUTE
    assert time.monotonic() - began < 2
    nas.__enter__()


@pytest.mark.parametrize(
    ("cause", "reason"),
    [(501, Reason.PERMISSION), (403, Reason.SAID_NO), (504, Reason.SAID_NO), (999, Reason.SAID_NO)],
)
def test_a_refusal_names_its_cause(nas: NasStandIn, cause: int, reason: Reason) -> None:
    nas.faults.cause = cause
    error = refusal(nas)
    assert isinstance(error, Rejected) and error.reason is reason and error.detail
    assert nas.open == {HOME.session_id: HOME.username}


def test_what_cannot_be_sent_is_refused_before_it_is_sent(nas: NasStandIn) -> None:
    with pytest.raises(Rejected) as caught:
        asked(nas).disconnect(Connection(username="x" * 300, session_id="1"))
    assert caught.value.reason is Reason.BAD_REQUEST
    assert nas.heard == []


def test_both_routers_say_the_same_of_the_same_question(nas: NasStandIn) -> None:
    """Our stand-in and the real FreeRADIUS: yes, session context not found, and silence for another secret."""
    stranger = Connection(username="outra", session_id="81700009")
    with CoaServer(SECRET, HOME.username) as server:
        for port in (nas.port, server.port):
            there = RadiusNas(RadiusAddress(host="127.0.0.1", port=port, secret=SECRET))
            verdicts = [there.change_rate(HOME, "1k/1k"), there.disconnect(stranger), there.disconnect(HOME)]
            assert verdicts == [Verdict.DONE, Verdict.NOT_THERE, Verdict.DONE]
            with pytest.raises(Unreachable):
                RadiusNas(RadiusAddress(host="127.0.0.1", port=port, secret="outro", deadline=0.6)).disconnect(HOME)


def test_freeradius_as_the_router() -> None:
    with CoaServer(SECRET, HOME.username) as server:
        address = RadiusAddress(host="127.0.0.1", port=server.port, secret=SECRET)
        there = RadiusNas(address)
        assert there.disconnect(HOME) is Verdict.DONE
        assert there.change_rate(HOME, "50000k/100000k") is Verdict.DONE
        stranger = Connection(username="outra", session_id="81700009")
        assert there.disconnect(stranger) is Verdict.NOT_THERE
        with pytest.raises(Unreachable):
            RadiusNas(RadiusAddress(host="127.0.0.1", port=server.port, secret="outro", deadline=0.6)).disconnect(HOME)
    assert "Message-Authenticator = 0x" in server.said
    assert "Event-Timestamp" in server.said
    assert 'Mikrotik-Rate-Limit = "50000k/100000k"' in server.said
