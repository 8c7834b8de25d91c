"""A certificate authority of the tests' own, as a company's IT has one."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A certificate with its key, both as PEM."""

    certificate: bytes
    key: bytes


class Authority:
    """Signs certificates of servers; its own is what workstations trust."""

    def __init__(self, name: str = "Autoridade do Provedor") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        builder = _builder(self._name, self._name, self._key.public_key(), 3650)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self._certificate = builder.sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """What goes to the workstations."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def written(self, folder: Path, name: str = "raiz.crt") -> Path:
        """The same as a file."""
        path = folder / name
        path.write_bytes(self.pem)
        return path

    def issue(self, *names: str, days: int = 365, early: int = 0) -> Issued:
        """A server's certificate for these names; negative `days` makes one that has run out, `early` one to come."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(_named(names[0]), self._name, key.public_key(), days, early)
        builder = builder.add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Issued(
            certificate.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int, early: int = 0
) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    first = now - (30 * DAY if days < 0 else DAY) + early * 2 * DAY
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(now + days * DAY)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
