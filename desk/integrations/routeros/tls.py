"""Reaching a router: TCP and TLS within one deadline, and proof that it is the router we mean."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import socket
import ssl
import threading
import time
from typing import Any

from desk.integrations.errors import Reason, Refused, Unreachable
from desk.integrations.routeros.port import TLS_PORT, USUAL_DEADLINE, RouterAddress, TlsMode

# Security level 0 because OpenSSL counts every exchange without a certificate as insecure, which it is.
ANONYMOUS_CIPHERS = "ADH:AECDH:@SECLEVEL=0"


class Deadline:
    """A moment after which nothing may be waited for, however often a slow peer shows signs of life."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds still allowed; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        return left

    def renew(self, seconds: float) -> None:
        """Begin anew, for the next question of a visit that goes on."""
        self._end = time.monotonic() + seconds


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Open a TCP connection, looking the name up and trying all its addresses before the deadline."""
    found = _addresses(host, port, deadline)
    failure = OSError("the name has no address")
    for position, (family, kind, protocol, _, address) in enumerate(found):
        connection = socket.socket(family, kind, protocol)
        try:
            # A silent first address must leave time for the second.
            connection.settimeout(deadline.left() / (len(found) - position))
            connection.connect(address)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def secure(connection: socket.socket, address: RouterAddress, deadline: Deadline) -> socket.socket:
    """Wrap the connection as the address says; nothing secret was sent before this returns."""
    if address.tls is TlsMode.OFF:
        return connection
    pin = _pin(address) if address.tls is TlsMode.PINNED else ""
    connection.settimeout(deadline.left())
    try:
        # The handshake counts its timeout as a whole, unlike a series of reads.
        wrapped = _context(address).wrap_socket(connection, server_hostname=address.host)
    except ssl.SSLEOFError as error:
        raise Unreachable(address.host, "closed during the TLS handshake", reason=Reason.CLOSED) from error
    except ssl.SSLCertVerificationError as error:
        raise Refused(address.host, f"certificate: {error.verify_message}", reason=Reason.CERTIFICATE) from error
    except ssl.SSLError as error:
        told = error.reason or "failed"
        raise Refused(address.host, f"TLS handshake: {told}", reason=Reason.CERTIFICATE) from error
    except ValueError as error:
        raise Refused(address.host, "authority or name unfit for TLS", reason=Reason.CERTIFICATE) from error
    if pin:
        shown = _fingerprint(wrapped)
        if not hmac.compare_digest(shown, pin):
            wrapped.close()
            raise Refused(address.host, f"certificate is not the pinned one: {shown}", reason=Reason.CERTIFICATE)
    return wrapped


def read_fingerprint(host: str, port: int = TLS_PORT, *, deadline: float = USUAL_DEADLINE) -> str:
    """SHA-256 of the certificate a router shows, for a person to compare and pin; sends no credentials."""
    limit = Deadline(deadline)
    try:
        with dial(host, port, limit) as connection:
            connection.settimeout(limit.left())
            with _unverified().wrap_socket(connection) as wrapped:
                return _fingerprint(wrapped)
    except OSError as error:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
            raise Refused(host, "no certificate to be had there", reason=Reason.CERTIFICATE) from error
        raise unreachable(host, error) from error


def check_tls(connection: socket.socket, address: RouterAddress, *, deadline: float = USUAL_DEADLINE) -> None:
    """Shake hands over an open connection exactly as a visit would, and hang up; nothing secret is sent."""
    try:
        secure(connection, address, Deadline(deadline)).close()
    except OSError as error:
        raise unreachable(address.host, error) from error


def unreachable(host: str, error: OSError) -> Unreachable:
    """Say in our words how the network failed."""
    if isinstance(error, TimeoutError):
        return Unreachable(host, "no answer in time", reason=Reason.SILENT)
    if isinstance(error, ConnectionResetError | BrokenPipeError | ssl.SSLEOFError):
        return Unreachable(host, "connection broke off", reason=Reason.CLOSED)
    return Unreachable(host, error.strerror or "network error", reason=Reason.NO_ROUTE)


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return _looked_up(host, port, deadline)
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


def _looked_up(host: str, port: int, deadline: Deadline) -> list[Any]:
    # The system's resolver knows no timeout and can take half a minute; it is left behind in its own thread.
    answer: list[Any] = []
    failure: list[OSError] = []

    def ask() -> None:
        try:
            answer.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except OSError as error:
            failure.append(error)
        except UnicodeError:
            failure.append(OSError(0, "not a host name"))

    thread = threading.Thread(target=ask, name=f"lookup-{host[:40]}", daemon=True)
    thread.start()
    thread.join(deadline.left())
    if thread.is_alive():
        raise TimeoutError("name lookup took too long")
    if failure:
        raise failure[0]
    return answer


def _context(address: RouterAddress) -> ssl.SSLContext:
    if address.tls is TlsMode.VERIFY:
        if not (address.authority or "").isascii():
            raise ValueError("a certificate in PEM is ASCII")
        return ssl.create_default_context(cadata=address.authority)
    context = _unverified()
    if address.tls is TlsMode.ANONYMOUS:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ANONYMOUS_CIPHERS)
    return context


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _fingerprint(wrapped: ssl.SSLSocket) -> str:
    certificate = wrapped.getpeercert(binary_form=True)
    return hashlib.sha256(certificate).hexdigest() if certificate else ""


def _pin(address: RouterAddress) -> str:
    pin = re.sub(r"[\s:]", "", address.fingerprint).lower().removeprefix("sha256")
    if not re.fullmatch(r"[0-9a-f]{64}", pin):
        raise Refused(address.host, "no certificate is pinned for this router", reason=Reason.CERTIFICATE)
    return pin
