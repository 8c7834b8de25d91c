"""Secrets of the demo, written as the vault itself would have them: openable, and known to FreeRADIUS."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import Connection

from desk.demo.bulk import copy_rows
from desk.demo.dataset import Dataset

NONCE = 12


def sealed(master: bytes, kind: str, owner: int, version: int, clear: str, nonce: bytes) -> bytes:
    """One secret encrypted under the key of exactly that version."""
    cipher, name = _cipher(master, kind, owner, version)
    return nonce + cipher.encrypt(nonce, clear.encode(), name)


def opened(master: bytes, kind: str, owner: int, version: int, blob: bytes) -> str:
    """The reverse of `sealed`."""
    cipher, name = _cipher(master, kind, owner, version)
    return cipher.decrypt(blob[:NONCE], blob[NONCE:], name).decode()


def _cipher(master: bytes, kind: str, owner: int, version: int) -> tuple[AESGCM, bytes]:
    name = f"{kind}|{owner}|{version}".encode()
    return AESGCM(hmac.digest(master, b"desk-secret|" + name, hashlib.sha256)), name


def fill(connection: Connection, data: Dataset) -> None:
    """Store every password of the dataset; needs a superuser, who may ask for the master key."""
    found = connection.execute("SELECT desk_vault.master()").fetchone()
    if found is None:
        raise LookupError("desk_vault.master")
    wanted = [
        *(("radius", owner, clear) for owner, clear in data.passwords.items()),
        *(("router", owner, secrets[0]) for owner, secrets in data.router_secrets.items()),
        *(("nas", owner, secrets[1]) for owner, secrets in data.router_secrets.items()),
    ]
    copy_rows(connection, "secrets", list(_rows(bytes(found[0]), wanted)), "desk_vault")
    copy_rows(
        connection,
        "radius_clear",
        [{"login_id": owner, "cleartext": clear} for owner, clear in data.passwords.items()],
        "desk_vault",
    )
    copy_rows(
        connection,
        "nas_clear",
        [{"routing_server_id": owner, "cleartext": both[1]} for owner, both in data.router_secrets.items()],
        "desk_vault",
    )
    connection.execute("SELECT setval('desk_vault.secret_version', %s)", (len(wanted),))


def _rows(master: bytes, wanted: Iterable[tuple[str, int, str]]) -> Iterable[dict[str, Any]]:
    nonces = random.SystemRandom()
    for version, (kind, owner, clear) in enumerate(wanted, 1):
        yield {
            "kind": kind,
            "owner": owner,
            "version": version,
            "ciphertext": sealed(master, kind, owner, version, clear, nonces.randbytes(NONCE)),
            "written_by": "administrador",
        }
