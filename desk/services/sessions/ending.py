"""Acts on one open connection and proves it: CoA, then Disconnect where the access point says so, then the API.

An answer is a claim. What counts is the accounting stop, or the router's own list without the connection (design D5).
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from desk.integrations.errors import IntegrationError, Reason, Refused, Rejected, Unreachable
from desk.integrations.radius.port import Nas, RadiusAddress, Verdict
from desk.services.core.devices import Devices
from desk.services.core.errors import Busy, DatabaseLost, DomainError
from desk.services.core.outbox import DeliveryState, Lease, Report, Step, raise_worst
from desk.services.core.ports import Ports
from desk.services.core.secrets import reveal, reveal_nas
from desk.services.logins.reconcile import address_of, router_at
from desk.services.sessions.connections import OpenConnection, open_connection, to_retune, unseen

# Together with one visit to the router's API these stay well under the 60 seconds of a lease.
COA_SECONDS = 2.0
COA_PROOF_SECONDS = 3.0
NAS_SECONDS = 5.0
PROOF_SECONDS = 5.0
API_SECONDS = 8.0
LOOK_PAUSE = 0.2

_STOPPED = text("SELECT stopped_at IS NOT NULL FROM desk.radius_sessions WHERE id = :id")
_LOGINS_OF_PLAN = text("SELECT id FROM desk.radius_logins WHERE plan_id = :plan AND deleted_at IS NULL ORDER BY id")


class OpenConnections:
    """Ends connections and changes their speed for whoever holds the debt about them."""

    def __init__(self, sessions: sessionmaker[Session], ports: Ports, devices: Devices) -> None:
        self._sessions, self._ports, self._devices = sessions, ports, devices

    def __call__(self, lease: Lease, report: Report) -> None:
        """Settle one debt of topic `radius_session`."""
        if lease.key.startswith("login/"):
            self._end_unseen(int(lease.key.removeprefix("login/")), report)
        else:
            self.end(int(lease.key), lease, report)

    def end(self, session_id: int, lease: Lease, report: Report) -> None:
        """End one connection; raises what stood in the way."""
        known = self._read(session_id)
        if known is not None:
            _Ending(self, known, lease, report).run()

    def speed_over(self, lease: Lease, report: Report) -> None:
        """A marker of speed is over, and the open connections of the plan hear of it."""
        with self._sessions() as session:
            logins = list(session.scalars(_LOGINS_OF_PLAN, {"plan": int(lease.key)}))
        problems: list[IntegrationError] = []
        for login_id in logins:
            try:
                self.retune(login_id, lease, report)
            except IntegrationError as error:  # nor the next login for this one
                problems.append(error)
        raise_worst(problems)

    def retune(self, login_id: int, lease: Lease, report: Report) -> None:
        """Tell the routers another speed; a connection is never dropped for it, unasked."""
        with self._sessions() as session:
            found = to_retune(session, [login_id])
        for _, session_id, rate in found:
            known = self._read(session_id)
            if known is not None and not known.stopped:
                self._retune(known, rate, lease, report)

    def _retune(self, known: OpenConnection, rate: str, lease: Lease, report: Report) -> None:
        def told(state: DeliveryState, detail: str) -> None:
            report(_step(known, state, detail, {"rate": rate, "before": known.rate}, system="speed"))

        nas = self.nas_of(known, lease) if known.by_coa else None
        if nas is None:
            told(DeliveryState.UNCHANGED, "speed_next")
            return
        told(DeliveryState.RUNNING, "speed_asking")
        try:
            verdict = nas(NAS_SECONDS).change_rate(known.named, rate)
        except Rejected:
            told(DeliveryState.UNCHANGED, "speed_next")
            return
        except IntegrationError as error:
            told(DeliveryState.SILENT, error.reason.value)
            raise
        if verdict is Verdict.NOT_THERE:
            told(DeliveryState.UNCHANGED, "not_connected")
            return
        self._write("session_rate", lease, known.id, rate=rate)
        told(DeliveryState.DONE, "speed_acked")

    def _end_unseen(self, login_id: int, report: Report) -> None:
        """Accounting knows of no connection; the router's own list has the last word."""
        with self._sessions() as session:
            known = unseen(session, login_id)
        if known is None:
            return
        if known.router_id is None:
            report(_step(known, DeliveryState.UNCHANGED, "not_connected"))
            return
        report(_step(known, DeliveryState.RUNNING, "asking"))
        try:
            dropped = self.drop_by_api(known, self.password_of(known))
        except IntegrationError as error:
            report(_failed(known, error))
            raise
        if dropped:
            report(_step(known, DeliveryState.DONE, "gone_from_list"))
        else:
            report(_step(known, DeliveryState.UNCHANGED, "not_connected"))

    def _read(self, session_id: int) -> OpenConnection | None:
        with self._sessions() as session:
            return open_connection(session, session_id)

    def nas_of(self, known: OpenConnection, lease: Lease) -> Callable[[float], Nas] | None:
        """The router as a RADIUS peer, by the seconds that a question may take: one look at its secret serves them all.

        None where it is none of ours, or shares no secret with us.
        """
        if known.nas_id is None:
            return None
        secret = reveal_nas(self._sessions, lease.topic, lease.key, lease.lease, known.nas_id)
        if secret is None:
            return None
        address = RadiusAddress(host=known.nas, port=known.coa_port or 0, secret=secret.text)
        return lambda seconds: self._ports.nas(replace(address, deadline=seconds))

    def password_of(self, known: OpenConnection) -> str:
        """The way into the router's API; Refused when there is none."""
        try:
            return reveal(self._sessions, "router", known.router_id or 0, "entrega").text
        except (DatabaseLost, Busy):  # says nothing about the router
            raise
        except DomainError as error:
            raise Refused(known.router, "the router's credentials cannot be read") from error

    def drop_by_api(self, known: OpenConnection, password: str) -> int:
        """How many connections the router's own list has lost by this."""
        with self._sessions() as session:
            address = address_of(router_at(session, known.router_id or 0), password)
        router = self._ports.router(address)
        with self._devices.visit(known.router_id or 0, known.router), router.open(deadline=API_SECONDS) as api:
            return api.drop_session(known.username, session_id=known.session_id, address=known.ip)

    def stopped(self, known: OpenConnection, seconds: float) -> bool:
        """Whether accounting reports the end of the connection within so many seconds."""
        deadline, pause = time.monotonic() + seconds, threading.Event()
        while True:
            with self._sessions() as session:
                if session.execute(_STOPPED, {"id": known.id}).scalar_one_or_none() is not False:
                    return True
            if time.monotonic() + LOOK_PAUSE > deadline:
                return False
            pause.wait(LOOK_PAUSE)

    def gone(self, session_ids: Sequence[int], lease: Lease) -> None:
        """Their router no longer lists them: in the records they ended with the last thing that was heard of them.

        An accounting stop that comes later puts each of them right, so nothing waits for it here.
        """
        for session_id in session_ids:
            self._write("session_lost", lease, session_id)

    def _write(self, function: str, lease: Lease, session_id: int, **more: str) -> None:
        values = {"topic": lease.topic, "key": lease.key, "lease": lease.lease, "id": session_id} | more
        named = ", ".join(f":{name}" for name in values)
        with self._sessions.begin() as session:
            session.execute(text(f"SELECT desk.{function}({named})"), values)


class _Ending:
    """One climb of the ladder: each rung is tried once, and only what is proven is called done."""

    def __init__(self, connections: OpenConnections, known: OpenConnection, lease: Lease, report: Report) -> None:
        self._with, self._known, self._lease, self._report = connections, known, lease, report
        self._trail = ""  # what became of the rung before
        self._problem: IntegrationError | None = None
        self._asked = False
        self._may_be_over = False  # an earlier rung was taken, or nobody knows whether it was
        self._denied = False  # the router says that it knows no such connection

    def run(self) -> None:
        """Climb until it is proven; raises the problem that may still solve itself, or else the last one."""
        if self._known.stopped:
            self._tell(DeliveryState.UNCHANGED, "already_ended")
            return
        nas = self._with.nas_of(self._known, self._lease) if self._known.by_coa else None
        if nas is not None and (self._by_coa(nas(COA_SECONDS)) or self._by_disconnect(nas(NAS_SECONDS))):
            return
        if self._known.by_coa and nas is None:
            self._trail = "no_nas_secret"
            if self._known.router_id is not None:
                self._problem = Refused(self._known.router, "no RADIUS secret is stored")
        if self._by_api():
            return
        if self._problem is None:
            if self._denied:
                self._with.gone([self._known.id], self._lease)
                over = self._may_be_over
                state = DeliveryState.DONE if over else DeliveryState.UNCHANGED
                self._tell(state, "nas_forgot" if over else "nas_knows_none")
                return
            self._tell(DeliveryState.REFUSED, "no_router")
            raise Rejected("", "no routing server is known for the open session")
        self._report(_failed(self._known, self._problem, self._trail))
        raise self._problem

    def _by_coa(self, nas: Nas) -> bool:
        """The first rung; whatever comes of it but the proof, the next one asks in other words."""
        self._tell(DeliveryState.RUNNING, "asking_coa")
        try:
            verdict = nas.time_out(self._known.named)
        except Unreachable:
            self._trail, self._may_be_over = "coa_silent", True
            return self._stopped_meanwhile(0.0)
        except IntegrationError:
            self._trail = "coa_refused"  # a router that sets no time by CoA says so at once
            return False
        if verdict is Verdict.NOT_THERE:
            return False
        self._may_be_over = True
        self._tell(DeliveryState.RUNNING, "acked_waiting")
        if self._stopped_meanwhile(COA_PROOF_SECONDS):
            return True
        self._trail = "coa_unproven"
        return False

    def _by_disconnect(self, nas: Nas) -> bool:
        self._tell(DeliveryState.RUNNING, "asking_nas")
        self._asked = True
        try:
            verdict = nas.disconnect(self._known.named)
        except Unreachable as error:
            self._trail, self._problem, self._may_be_over = "disconnect_silent", error, True
            return self._stopped_meanwhile(0.0)  # the answer may be lost, and the connection gone
        except IntegrationError as error:
            self._trail, self._problem = "disconnect_refused", error
            return False
        if verdict is Verdict.NOT_THERE:
            self._denied = True
            self._trail = self._trail if self._may_be_over else "nas_knows_none"
            return False
        self._may_be_over = True
        self._tell(DeliveryState.RUNNING, "acked_waiting")
        if self._stopped_meanwhile(PROOF_SECONDS):
            return True
        self._trail = "acked_unproven"
        self._problem = Unreachable(self._known.router, "accepted, but nothing proves it", reason=Reason.STILL_THERE)
        return False

    def _stopped_meanwhile(self, seconds: float) -> bool:
        if not self._with.stopped(self._known, seconds):
            return False
        self._tell(DeliveryState.DONE, "accounting_stop")
        return True

    def _by_api(self) -> bool:
        if self._known.router_id is None:
            return False
        try:
            password = self._with.password_of(self._known)
        except Refused as error:
            if not self._asked:
                self._problem = error
                self._tell(DeliveryState.REFUSED, "no_credentials")
                raise
            return False  # where RADIUS is the way in, the API is a rung that may be missing
        self._tell(DeliveryState.RUNNING, "asking")
        try:
            dropped = self._with.drop_by_api(self._known, password)
        except IntegrationError as error:
            if self._stopped_meanwhile(0.0):
                return True
            # What may still solve itself must not wait for a person because of what may not.
            if not self._denied and (self._problem is None or not self._problem.retry):
                self._problem = error
            return False
        if dropped or self._may_be_over:
            self._tell(DeliveryState.DONE, "gone_from_list")
        else:
            self._tell(DeliveryState.UNCHANGED, "not_connected")
        self._with.gone([self._known.id], self._lease)
        return True

    def _tell(self, state: DeliveryState, detail: str) -> None:
        self._report(_step(self._known, state, detail, {"trail": self._trail} if self._trail else {}))


def _failed(known: OpenConnection, error: IntegrationError, trail: str = "") -> Step:
    state = DeliveryState.SILENT if isinstance(error, Unreachable) else DeliveryState.REFUSED
    detail = "no_nas_secret" if trail == "no_nas_secret" else error.reason.value
    if trail == "acked_unproven" and error.reason is Reason.STILL_THERE:
        detail = "acked_unproven"
    return _step(known, state, detail, {"trail": trail} if trail else {})


def _step(
    known: OpenConnection,
    state: DeliveryState,
    detail: str,
    params: dict[str, Any] | None = None,
    system: str = "session",
) -> Step:
    at = dt.datetime.now(dt.UTC).isoformat()
    return Step(system, known.thing, known.router, state, detail, at, params or {})
