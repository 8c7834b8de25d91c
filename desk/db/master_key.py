"""The master key: a file on the database server that opens every stored secret; lost with it, all are lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

KEY_BYTES: Final = 32


def create_master_key(path: Path) -> bool:
    """Write a new random key; False if there is one, which stays."""
    return write_master_key(path, os.urandom(KEY_BYTES))


def write_master_key(path: Path, key: bytes) -> bool:
    """Write this key so that only the server's user can read it; False if there is one, which stays."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Root writes it, the server reads it: it belongs to whoever the folder was made for.
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
    return True


def key_readable(connection: Connection, path: str) -> bool:
    """Whether the server, as its own user, reads a key of the right length there; the key itself stays there."""
    query = "SELECT octet_length(pg_read_binary_file(:path, 0, :most, true))"
    try:
        with connection.begin_nested():
            found: int | None = connection.scalar(text(query), {"path": path, "most": KEY_BYTES + 1})
    except DBAPIError as error:
        if isinstance(error.orig, psycopg.errors.InsufficientPrivilege):
            return False
        raise
    return found == KEY_BYTES
