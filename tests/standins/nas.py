"""A router that takes Disconnect and CoA requests (RFC 5176), with the faults that real ones have."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from pyrad import packet

from desk.integrations.radius.client import dictionary

FRESH_SECONDS = 300


@dataclass
class NasFaults:
    """What is wrong with it at the moment."""

    mute: bool = False
    mute_to: set[str] = field(default_factory=set)  # "coa" or "disconnect": hears it and never answers
    lose_answers: int = 0  # does what is asked, but so many of its answers get lost
    cause: int = 0  # says no, with this Error-Cause
    lies: bool = False  # says yes and does nothing
    forged: bool = False  # answers with another secret
    wrong_id: bool = False  # answers a question that was not asked
    replays: bytes = b""  # an answer to somebody's earlier question comes first, under the number of this one
    keeps_time: bool = False  # sets no Session-Timeout by CoA, and says so (401, Unsupported-Attribute)
    unsigned: bool = False  # answers without Message-Authenticator, as RFC 5176 allows


@dataclass
class NasStandIn:
    """Listens at a free port of loopback; `open` are its connections by Acct-Session-Id."""

    secret: str
    open: dict[str, str] = field(default_factory=dict)
    faults: NasFaults = field(default_factory=NasFaults)
    on_gone: Callable[[str], object] = lambda session_id: None
    rates: dict[str, str] = field(default_factory=dict)
    heard: list[str] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    told: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # every attribute but the clock's
    answered: list[bytes] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="nas-stand-in")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wake.send(b".")
        self._thread.join()
        for each in (self._socket, self._wake, self._woken):
            each.close()

    def _serve(self) -> None:
        while True:
            ready, _, _ = select.select([self._socket, self._woken], [], [])
            if self._woken in ready:
                return
            data, sender = self._socket.recvfrom(4096)
            answer = self._answer(data)
            if answer is not None:
                if self.faults.replays:
                    old = self.faults.replays
                    self._socket.sendto(old[:1] + data[1:2] + old[2:], sender)
                self.answered.append(answer)
                self._socket.sendto(answer, sender)

    def _answer(self, data: bytes) -> bytes | None:
        request = packet.CoAPacket(packet=data, secret=self.secret.encode(), dict=dictionary())
        known = {packet.DisconnectRequest: "disconnect", packet.CoARequest: "coa"}.get(request.code, "?")
        if not request.VerifyCoARequest():
            self.dropped.append("authenticator")
            return None
        # As a careful router does: unsigned, or recorded by somebody a while ago, is not even answered.
        if not (request.message_authenticator and request.verify_message_authenticator()):
            self.dropped.append("message authenticator")
            return None
        if abs(time.time() - request["Event-Timestamp"][0]) > FRESH_SECONDS:
            self.dropped.append("stale")
            return None
        self.heard.append(known)
        unsaid = {"Event-Timestamp", "Message-Authenticator"}
        self.told.append((known, {name: str(request[name][0]) for name in request.keys() if name not in unsaid}))  # noqa: SIM118
        if self.faults.mute or known in self.faults.mute_to:
            return None
        reply = request.CreateReply()
        reply.code = self._code(request, reply, known)
        if self.faults.lose_answers:
            self.faults.lose_answers -= 1
            return None
        if self.faults.forged:
            reply.secret = b"another secret"
        if self.faults.wrong_id:
            reply.id = (request.id + 1) % 256
        if not self.faults.unsigned:
            reply.add_message_authenticator()
        return bytes(reply.ReplyPacket())

    def _code(self, request: packet.CoAPacket, reply: packet.CoAPacket, known: str) -> int:
        yes, no = (
            (packet.DisconnectACK, packet.DisconnectNAK) if known == "disconnect" else (packet.CoAACK, packet.CoANAK)
        )
        if self.faults.cause:
            reply["Error-Cause"] = self.faults.cause
            return int(no)
        session_id = request["Acct-Session-Id"][0]
        if self.open.get(session_id) != request["User-Name"][0]:
            reply["Error-Cause"] = 503
            return int(no)
        if known == "coa" and "Session-Timeout" not in request:
            self.rates[session_id] = request["Mikrotik-Rate-Limit"][0]
        elif known == "coa" and self.faults.keeps_time:
            reply["Error-Cause"] = 401
            return int(no)
        elif not self.faults.lies:
            del self.open[session_id]
            self.on_gone(session_id)
        return int(yes)
