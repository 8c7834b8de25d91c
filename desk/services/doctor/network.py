"""From a name to a server whose certificate can be trusted; every step has its time limit."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import socket
import ssl
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.x509.oid import NameOID

from desk.server import Server
from desk.services.doctor.report import Code, Finding, Verdict, bad, good, warning
from desk.system_roots import SYSTEM, lend_system_roots

NAME_SECONDS: Final = 5.0
CONNECT_SECONDS: Final = 5.0
SOON_DAYS: Final = 30
# What a client of PostgreSQL says before TLS; the server answers with one letter.
SSL_REQUEST: Final = struct.pack("!ii", 8, 80877103)

_EXPIRED, _EARLY = 10, 9
_OTHER_NAME = (62, 64)


class NameUnknown(Exception):
    """DNS has no such name."""


class NameSilent(Exception):
    """DNS did not answer in time."""


@dataclass(frozen=True)
class Place:
    """One server of those that the settings name."""

    host: str
    port: int


def places(server: Server) -> list[Place]:
    """The servers that the settings name, each with its port."""
    return [Place(one.host, int(one.port)) for one in server.each()]


def look_at(server: Server) -> list[Finding]:
    """Name, port and certificate of each server; where one is fit, the others are no reason not to work."""
    found = [list(_one(place, server)) for place in places(server)]
    if not found:
        return [bad(Code.NO_SERVER)]
    fit = [all(finding.verdict is not Verdict.BAD for finding in one) for one in found]
    lenient = any(fit)
    return [_softened(finding) if lenient else finding for one in found for finding in one]


def reachable(server: Server) -> bool:
    """Whether the settings name a server on the network at all, and not a socket of this machine."""
    return not any(place.host.startswith("/") for place in places(server))


def resolve(host: str, seconds: float = NAME_SECONDS) -> list[str]:
    """Addresses of a name. The system's own call knows no time limit, so a thread of its own waits for it."""
    answers: list[list[str] | OSError] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
            answers.append(list(dict.fromkeys(str(row[4][0]) for row in rows)))
        except OSError as error:
            answers.append(error)

    thread = threading.Thread(target=ask, name="resolve", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        raise NameSilent(host)
    answer = answers[0]
    if isinstance(answer, OSError):
        raise NameUnknown(host) from answer
    return answer


def reach(addresses: list[str], port: int, seconds: float = CONNECT_SECONDS) -> socket.socket:
    """A connection to the first address that takes it; the time is for all of them together."""
    deadline = time.monotonic() + seconds
    problem: OSError = TimeoutError()
    for address in addresses:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((address, port), timeout=left)
        except OSError as error:
            problem = error
    raise problem


def _softened(finding: Finding) -> Finding:
    if finding.verdict is not Verdict.BAD:
        return finding
    return Finding(Verdict.WARNING, finding.code, finding.params)


def _one(place: Place, server: Server) -> Iterator[Finding]:
    facts: dict[str, object] = {"host": place.host, "port": place.port}
    try:
        addresses = resolve(place.host)
    except NameUnknown:
        yield bad(Code.NAME_UNKNOWN, **facts)
        return
    except NameSilent:
        yield bad(Code.NAME_SILENT, seconds=int(NAME_SECONDS), **facts)
        return
    yield good(Code.NAME_FOUND, addresses=", ".join(addresses), **facts)
    began = time.monotonic()
    try:
        connection = reach(addresses, place.port)
    except ConnectionRefusedError:
        yield bad(Code.PORT_REFUSED, **facts)
        return
    except TimeoutError:
        yield bad(Code.PORT_SILENT, seconds=int(CONNECT_SECONDS), **facts)
        return
    except OSError as error:
        yield bad(Code.PORT_UNREACHABLE, detail=error.strerror or str(error), **facts)
        return
    with closing(connection):
        yield good(Code.PORT_OPEN, milliseconds=round((time.monotonic() - began) * 1000), **facts)
        yield _tls(connection, addresses, server, facts)


def _tls(connection: socket.socket, addresses: list[str], server: Server, facts: dict[str, object]) -> Finding:
    if server.sslmode in ("disable", "allow", "prefer"):
        return good(Code.TLS_LOCAL, **facts) if _loopback(addresses) else warning(Code.TLS_OFF, **facts)
    try:
        answer = _asked(connection)
        if answer != b"S":
            return bad(Code.TLS_NOT_OFFERED if answer == b"N" else Code.NOT_POSTGRES, **facts)
        certificate = _shown(connection, str(facts["host"]))
        if server.sslmode == "require" and not server.sslrootcert:
            return warning(Code.TLS_UNVERIFIED, **facts)
        return _verified(addresses, certificate, server, facts)
    except TimeoutError:
        return bad(Code.PORT_SILENT, seconds=int(CONNECT_SECONDS), **facts)
    except OSError as error:
        return bad(Code.TLS_BROKEN, detail=str(error), **facts)


def _asked(connection: socket.socket) -> bytes:
    connection.settimeout(CONNECT_SECONDS)
    connection.sendall(SSL_REQUEST)
    return connection.recv(1)


def _shown(connection: socket.socket, host: str) -> x509.Certificate:
    """The certificate, believed or not: what is wrong with it can only be said after reading it."""
    anything = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    anything.check_hostname = False
    anything.verify_mode = ssl.CERT_NONE
    with anything.wrap_socket(connection, server_hostname=host) as tls:
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True) or b"")


def _verified(addresses: list[str], certificate: x509.Certificate, server: Server, facts: dict[str, object]) -> Finding:
    """The same server once more, as strictly as libpq will be."""
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    strict.check_hostname = server.sslmode == "verify-full"
    root = _root_of(server)
    if root is None:
        lend_system_roots()  # what libpq will go by
    try:
        strict.load_default_certs() if root is None else strict.load_verify_locations(root)
    except OSError:
        return bad(Code.TLS_ROOT_MISSING, path=str(root), **facts)
    facts = {
        **facts,
        "since": f"{certificate.not_valid_before_utc:%d/%m/%Y}",
        "until": f"{certificate.not_valid_after_utc:%d/%m/%Y}",
        "names": _names(certificate),
        "issuer": _name(certificate.issuer),
    }
    connection = reach(addresses, int(str(facts["port"])))
    with closing(connection):
        if _asked(connection) != b"S":
            return bad(Code.TLS_NOT_OFFERED, **facts)
        try:
            strict.wrap_socket(connection, server_hostname=str(facts["host"])).close()
        except ssl.SSLCertVerificationError as error:
            return bad(_fault(error.verify_code), **facts)
    days = (certificate.not_valid_after_utc - dt.datetime.now(dt.UTC)).days
    return warning(Code.TLS_SOON, days=days, **facts) if days < SOON_DAYS else good(Code.TLS_GOOD, days=days, **facts)


def _fault(code: int) -> Code:
    if code in _OTHER_NAME:
        return Code.TLS_OTHER_NAME
    return {_EXPIRED: Code.TLS_EXPIRED, _EARLY: Code.TLS_EARLY}.get(code, Code.TLS_UNKNOWN_ROOT)


def _root_of(server: Server) -> Path | None:
    """Where libpq looks for the company's root; None for the system's own store."""
    if server.sslrootcert == SYSTEM:
        return None
    if server.sslrootcert:
        return Path(server.sslrootcert)
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", ""), "postgresql", "root.crt")
    return Path.home() / ".postgresql" / "root.crt"


def _names(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return _name(certificate.subject)
    found = [str(name) for name in names.get_values_for_type(x509.DNSName)]
    return ", ".join([*found, *(str(one) for one in names.get_values_for_type(x509.IPAddress))])


def _name(subject: x509.Name) -> str:
    found = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else subject.rfc4514_string()


def _loopback(addresses: list[str]) -> bool:
    return all(ipaddress.ip_address(address.partition("%")[0]).is_loopback for address in addresses)
