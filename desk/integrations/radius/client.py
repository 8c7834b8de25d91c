"""The adapter: pyrad's asynchronous client behind one deadline, with every failure turned into one of ours.

Its blocking client needs select.poll, which Windows does not have.
"""

from __future__ import annotations

import asyncio
import io
import logging
import secrets
import time
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from desk.integrations.errors import Reason, Rejected, Unreachable, printable
from desk.integrations.radius.port import LAST_SECOND, Connection, LoginTried, Method, RadiusAddress, Verdict, named

if TYPE_CHECKING:
    from pyrad.client_async import ClientAsync
    from pyrad.dictionary import Dictionary
    from pyrad.packet import Packet

# UDP loses packets: each question is sent this often within its deadline.
SENDS = 3
NOT_THERE = 503  # Session-Context-Not-Found
FIELD_LIMIT = 253

# The whole dictionary of FreeRADIUS does not load in pyrad, and these are all that we send or read.
_DICTIONARY = """
ATTRIBUTE User-Name 1 string
ATTRIBUTE User-Password 2 string
ATTRIBUTE CHAP-Password 3 octets
ATTRIBUTE NAS-IP-Address 4 ipaddr
ATTRIBUTE NAS-Port 5 integer
ATTRIBUTE Service-Type 6 integer
ATTRIBUTE Framed-Protocol 7 integer
ATTRIBUTE Framed-IP-Address 8 ipaddr
ATTRIBUTE Reply-Message 18 string
ATTRIBUTE Class 25 octets
ATTRIBUTE Session-Timeout 27 integer
ATTRIBUTE Called-Station-Id 30 string
ATTRIBUTE Calling-Station-Id 31 string
ATTRIBUTE NAS-Identifier 32 string
ATTRIBUTE Proxy-State 33 octets
ATTRIBUTE Acct-Session-Id 44 string
ATTRIBUTE Event-Timestamp 55 date
ATTRIBUTE CHAP-Challenge 60 octets
ATTRIBUTE Message-Authenticator 80 octets
ATTRIBUTE Acct-Interim-Interval 85 integer
ATTRIBUTE Error-Cause 101 integer
VENDOR Mikrotik 14988
BEGIN-VENDOR Mikrotik
ATTRIBUTE Mikrotik-Group 3 string
ATTRIBUTE Mikrotik-Rate-Limit 8 string
ATTRIBUTE Mikrotik-Address-List 19 string
END-VENDOR Mikrotik
"""
_CAUSES = {
    401: "unsupported attribute",
    402: "missing attribute",
    403: "NAS identification mismatch",
    404: "invalid request",
    405: "unsupported service",
    406: "unsupported extension",
    407: "invalid attribute value",
    501: "administratively prohibited",
    502: "request not routable",
    503: "session context not found",
    504: "session context not removable",
    505: "other proxy processing error",
    506: "resources unavailable",
    507: "request initiated",
}
_PROHIBITED = {501}


@cache
def dictionary() -> Dictionary:
    """Our attributes, read once."""
    from pyrad.dictionary import Dictionary

    return Dictionary(io.StringIO(_DICTIONARY))


class RadiusNas:
    """One router, spoken to at its port for dynamic authorization."""

    def __init__(self, address: RadiusAddress) -> None:
        self._address = address

    def time_out(self, connection: Connection) -> Verdict:
        """Send a CoA-Request with the last second of the connection (RFC 5176, 3.6)."""
        from pyrad import packet

        return self._ask(packet.CoARequest, named(connection) | LAST_SECOND, packet.CoAACK)

    def disconnect(self, connection: Connection) -> Verdict:
        """Send a Disconnect-Request."""
        from pyrad import packet

        return self._ask(packet.DisconnectRequest, named(connection), packet.DisconnectACK)

    def change_rate(self, connection: Connection, rate: str) -> Verdict:
        """Send a CoA-Request with the speed as a RouterOS device writes it."""
        from pyrad import packet

        return self._ask(packet.CoARequest, named(connection, rate), packet.CoAACK)

    def _ask(self, code: int, told: dict[str, str], yes: int) -> Verdict:
        # A router that checks the time refuses what somebody recorded and sends again (RFC 5176, 6.3).
        attributes: dict[str, Any] = {**told, "Event-Timestamp": int(time.time())}

        def question(client: ClientAsync) -> Packet:
            made = client.CreateCoAPacket(code=code, message_authenticator=True)
            for name, value in attributes.items():
                made[name] = int(value) if name in LAST_SECOND else value
            return made

        reply = _answer(self._address, question, coa=True)
        if reply.code == yes:
            return Verdict.DONE
        cause = _number(reply, "Error-Cause")
        if cause == NOT_THERE:
            return Verdict.NOT_THERE
        said = _CAUSES.get(cause or 0, f"error cause {cause}" if cause else "no reason given")
        reason = Reason.PERMISSION if cause in _PROHIBITED else Reason.SAID_NO
        raise Rejected(self._address.host, said, reason=reason)


class RadiusAuth:
    """One server, asked as a router would."""

    def __init__(self, address: RadiusAddress) -> None:
        self._address = address

    def try_login(self, login: str, password: str, method: Method, station: str = "") -> LoginTried:
        """Send an Access-Request; both answers are answers, only silence is not."""
        from pyrad import packet

        def question(client: ClientAsync) -> Packet:
            made = client.CreateAuthPacket()
            made["User-Name"] = login
            if method is Method.PAP:
                made["User-Password"] = made.PwCrypt(password)
            else:
                made["CHAP-Challenge"], made["CHAP-Password"] = _chap(password)
            made["NAS-Identifier"] = "Desk"
            made["Service-Type"], made["Framed-Protocol"] = 2, 1  # Framed, PPP: what a PPPoE router asks for
            if station:
                made["Calling-Station-Id"] = station
            return made

        reply = _answer(self._address, question, coa=False)
        return LoginTried(
            accepted=reply.code == packet.AccessAccept,
            message=_text(reply, "Reply-Message"),
            rate_limit=_text(reply, "Mikrotik-Rate-Limit"),
            profile=_text(reply, "Mikrotik-Group"),
            address=_text(reply, "Framed-IP-Address"),
            session_seconds=_number(reply, "Session-Timeout"),
        )


def _chap(password: str) -> tuple[bytes, bytes]:
    """A challenge of our own and the response to it (RFC 1994)."""
    import hashlib

    challenge, number = secrets.token_bytes(16), secrets.token_bytes(1)
    response = hashlib.md5(number + password.encode() + challenge, usedforsecurity=False).digest()
    return challenge, number + response


def _answer(address: RadiusAddress, question: Callable[[ClientAsync], Packet], *, coa: bool) -> Packet:
    """The verified reply; Unreachable when none came in time, whoever's fault that is.

    A wrong secret looks like silence: the other side drops what it cannot verify, and so do we.
    """
    try:
        return asyncio.run(_converse(address, question, coa=coa))
    except TimeoutError:
        raise Unreachable(address.host, f"no answer within {address.deadline:g} s") from None
    except ConnectionRefusedError:
        raise Unreachable(address.host, f"nothing listens at port {address.port}", reason=Reason.NO_ROUTE) from None
    except OSError as error:
        raise Unreachable(address.host, printable(error), reason=Reason.NO_ROUTE) from None
    except (ValueError, TypeError, UnicodeError):
        raise Rejected(address.host, "text that cannot be sent", reason=Reason.BAD_REQUEST) from None


async def _converse(address: RadiusAddress, question: Callable[[ClientAsync], Packet], *, coa: bool) -> Packet:
    from pyrad.client_async import ClientAsync

    client = ClientAsync(
        server=address.host,
        auth_port=address.port,
        coa_port=address.port,
        secret=address.secret.encode(),
        dict=dictionary(),
        timeout=address.deadline / SENDS,
        retries=SENDS - 1,
        logger_name=_quiet(),
        enforce_ma=not coa,
    )
    try:
        async with asyncio.timeout(address.deadline):
            await client.initialize_transports(enable_auth=not coa, enable_coa=coa)
            protocol = client.protocol_coa if coa else client.protocol_auth
            waiting = client.SendPacket(question(client))

            def refused(error: OSError) -> None:
                if not waiting.done():
                    waiting.set_exception(error)

            # Told by the other machine at once, instead of waited for.
            protocol.error_received = refused
            return await waiting
    finally:
        await client.deinitialize_transports()


@cache
def _quiet() -> str:
    """pyrad logs replies it cannot verify with all their bytes; nothing of that belongs into a log."""
    name = "desk.integrations.radius.pyrad"
    logging.getLogger(name).disabled = True
    return name


def _text(reply: Packet, name: str) -> str:
    found = reply.get(name) or [""]
    return printable(found[0], FIELD_LIMIT)


def _number(reply: Packet, name: str) -> int | None:
    found = reply.get(name) or [None]
    return found[0] if isinstance(found[0], int) else None
