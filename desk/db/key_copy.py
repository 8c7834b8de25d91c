"""A copy of the master key that only its passphrase opens, to be kept apart from the copies of the database."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.errors import (
    BackupExists,
    KeyCopyUnreadable,
    KeyOnTheNetwork,
    MasterKeyAbsent,
    MasterKeyExists,
    PassphraseShort,
    PassphraseWrong,
)
from desk.db.installed import master_key_path
from desk.db.master_key import KEY_BYTES, key_readable, write_master_key

SHORTEST_PASSPHRASE: Final = 16
FORMAT: Final = "desk master key 1"
# 128 MB and some tenths of a second for each guess.
SCRYPT: Final = {"n": 1 << 17, "r": 8, "p": 1}
_ID: Final = b"desk-key-id"


def key_id(key: bytes) -> str:
    """A name for the key that tells two keys apart and opens nothing."""
    return hmac.digest(key, _ID, "sha256").hex()[:12]


def key_id_on_server(connection: Connection) -> str:
    """The name of the key that this database uses; the key stays on the server."""
    query = "SELECT left(encode(desk_vault.hmac(desk_vault.master(), :name), 'hex'), 12)"
    return str(connection.execute(text(query), {"name": _ID}).scalar_one())


def back_up_key(dsn: str, target: Path, passphrase: str) -> str:
    """Write the key of this database, wrapped; answers its name."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PassphraseShort(shortest=SHORTEST_PASSPHRASE)
    if target.exists():
        raise BackupExists(path=target)
    with transaction(dsn) as connection:
        require_superuser(connection)
        _only_here_or_in_tls(connection)
        path = master_key_path(connection)
        if path is None or not key_readable(connection, path):
            raise MasterKeyAbsent(path=path or "?")
        key = bytes(connection.execute(text("SELECT desk_vault.master()")).scalar_one())
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(wrap(key, passphrase))
        file.flush()
        os.fsync(file.fileno())
    unwrap(target.read_bytes(), passphrase, target)  # a copy that does not open is none
    return key_id(key)


def bring_key_back(source: Path, target: Path, passphrase: str) -> str:
    """Put the key where the server reads it; an existing key is never overwritten. Answers its name."""
    key = unwrap(source.read_bytes(), passphrase, source)
    if not write_master_key(target, key):
        raise MasterKeyExists(path=target)
    return key_id(key)


def wrap(key: bytes, passphrase: str) -> bytes:
    """The key as a text file that can be printed and typed off."""
    salt, nonce = os.urandom(16), os.urandom(12)
    named = {"format": FORMAT, "key": key_id(key), **SCRYPT}
    sealed = AESGCM(_stretched(passphrase, salt, SCRYPT)).encrypt(nonce, key, _bound(named))
    parts = {name: base64.b64encode(part).decode() for name, part in _named(salt, nonce, sealed).items()}
    return json.dumps(named | parts, indent=1).encode() + b"\n"


def unwrap(blob: bytes, passphrase: str, path: Path) -> bytes:
    """The reverse of `wrap`."""
    try:
        found = json.loads(blob)
        salt, nonce, sealed = (base64.b64decode(found[name], validate=True) for name in ("salt", "nonce", "wrapped"))
        cost = {name: int(found[name]) for name in SCRYPT}
        named = {"format": str(found["format"]), "key": str(found["key"]), **cost}
    except (ValueError, KeyError, TypeError) as error:
        raise KeyCopyUnreadable(path=path) from error
    if named["format"] != FORMAT or cost != SCRYPT:
        raise KeyCopyUnreadable(path=path)
    try:
        key = AESGCM(_stretched(passphrase, salt, cost)).decrypt(nonce, sealed, _bound(named))
    except InvalidTag as error:
        raise PassphraseWrong(path=path) from error
    if len(key) != KEY_BYTES:
        raise KeyCopyUnreadable(path=path)
    return key


def _named(salt: bytes, nonce: bytes, sealed: bytes) -> dict[str, bytes]:
    return {"salt": salt, "nonce": nonce, "wrapped": sealed}


def _stretched(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    room = 256 * cost["n"] * cost["r"]
    return hashlib.scrypt(passphrase.encode(), salt=salt, dklen=32, maxmem=room, **cost)


def _bound(named: dict[str, object]) -> bytes:
    return json.dumps(named, sort_keys=True).encode()


def _only_here_or_in_tls(connection: Connection) -> None:
    """The key never crosses a network in the clear."""
    safe = connection.scalar(
        text(
            "SELECT s.ssl OR COALESCE(host(inet_server_addr()) IN ('127.0.0.1', '::1'), true)"
            " FROM pg_stat_ssl s WHERE s.pid = pg_backend_pid()"
        )
    )
    if not safe:
        raise KeyOnTheNetwork()
