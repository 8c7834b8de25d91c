"""Refuses a database server that was replaced: after a failover its timeline is lower than one already seen."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import threading
from pathlib import Path
from typing import Any

import psycopg

log = logging.getLogger(__name__)

# The first eight digits of a WAL file's name are the timeline; a promotion raises it by one.
_WHERE = (
    "SELECT (SELECT system_identifier::text FROM pg_control_system()),"
    " ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int8"
)


class OldPrimary(psycopg.OperationalError):
    """The server takes writes, but the installation has moved on to another one."""

    def __init__(self, found: int, newest: int) -> None:
        super().__init__(f"antigo servidor principal: linha do tempo {found}, a instalação já está na {newest}")
        self.found, self.newest = found, newest


class Timelines:
    """The highest timeline seen of each installation, kept in a file so that the next start knows it too."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._newest = self._read()

    def check(self, connection: psycopg.Connection[Any]) -> None:
        """Raise OldPrimary when a newer server was seen before; otherwise remember this one. One statement."""
        with connection.cursor(row_factory=psycopg.rows.tuple_row) as cursor:
            cluster, timeline = cursor.execute(_WHERE).fetchone() or ("", 0)
        with self._lock:
            newest = self._newest.get(cluster, 0)
            if timeline < newest:
                raise OldPrimary(timeline, newest)
            if timeline > newest:
                self._newest[cluster] = timeline
                self._write()

    def _read(self) -> dict[str, int]:
        if self._file is None:
            return {}
        try:
            kept = json.loads(self._file.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): at for name, at in kept.items() if isinstance(at, int)} if isinstance(kept, dict) else {}

    def _write(self) -> None:
        if self._file is None:
            return
        # Another desk of the same person may write too; the file is replaced whole, and a lost note costs nothing
        # but the memory of it.
        fresh = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_text(json.dumps(self._newest), "utf-8")
            fresh.replace(self._file)
        except OSError as error:
            log.warning("the server's timeline was not kept: %s", error.strerror)
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
