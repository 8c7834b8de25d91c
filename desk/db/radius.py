"""What FreeRADIUS needs in the clear, made anew from the vault: no copy of the database carries it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from cryptography.exceptions import InvalidTag
from psycopg.rows import tuple_row
from sqlalchemy import Connection, text

from desk.db.connections import require_superuser, transaction
from desk.db.errors import MasterKeyAbsent, MasterKeyOther
from desk.db.installed import master_key_path
from desk.db.master_key import key_readable
from desk.db.revisions import compatible
from desk.models.sealing import unseal

BATCH: Final = 2000


@dataclass(frozen=True)
class _Clear:
    """One table of cleartext: its column of the owner, and which owners still count."""

    table: str
    column: str
    alive: str


KINDS: Final = {
    "radius": _Clear("radius_clear", "login_id", "desk.radius_logins o WHERE o.deleted_at IS NULL AND o.id"),
    "nas": _Clear("nas_clear", "routing_server_id", "desk.routing_servers o WHERE o.id"),
}


@dataclass
class Rebuilt:
    """How many secrets of each kind were opened, and which did not open."""

    opened: dict[str, int] = field(default_factory=dict)
    closed: list[tuple[str, int]] = field(default_factory=list)


def rebuild_radius(dsn: str) -> Rebuilt:
    """Open each RADIUS password and NAS secret with its own key and put it where FreeRADIUS looks; all or nothing."""
    done = Rebuilt()
    with transaction(dsn) as connection:
        require_superuser(connection)
        compatible(connection)
        path = master_key_path(connection)
        if path is None or not key_readable(connection, path):
            raise MasterKeyAbsent(path=path or "?")
        # A password changed meanwhile would be followed by its older cleartext.
        connection.execute(text("LOCK TABLE desk_vault.secrets IN SHARE ROW EXCLUSIVE MODE"))
        driver: Any = connection.connection.driver_connection
        # After a restore the server knows no figures yet, and would plan for empty tables.
        connection.execute(text("ANALYZE desk_vault.secrets, desk.radius_logins, desk.routing_servers"))
        for kind, clear in KINDS.items():
            _rebuild(driver, kind, clear, done)
        if done.closed and not any(done.opened.values()):
            raise MasterKeyOther(path=path)
    return done


def unseen(connection: Connection) -> int:
    """How many living secrets FreeRADIUS does not see; after a restore all of them, otherwise none."""
    counts = (
        f"(SELECT count(*) FROM desk_vault.secrets s WHERE s.kind = '{kind}'"
        f" AND EXISTS (SELECT FROM {clear.alive} = s.owner)"
        f" AND NOT EXISTS (SELECT FROM desk_vault.{clear.table} c WHERE c.{clear.column} = s.owner))"
        for kind, clear in KINDS.items()
    )
    found: int = connection.execute(text(f"SELECT {' + '.join(counts)}")).scalar_one()
    return found


def _rebuild(driver: psycopg.Connection[Any], kind: str, clear: _Clear, done: Rebuilt) -> None:
    done.opened[kind] = 0
    with driver.cursor(f"rebuild_{kind}", row_factory=tuple_row) as secrets:
        secrets.itersize = BATCH
        secrets.execute(
            "SELECT s.owner, s.version, s.ciphertext, desk_vault.data_key(s.kind, s.owner, s.version)"
            f" FROM desk_vault.secrets s WHERE s.kind = '{kind}' AND s.ciphertext IS NOT NULL"
            f" AND EXISTS (SELECT FROM {clear.alive} = s.owner) ORDER BY s.owner".encode()
        )
        while batch := secrets.fetchmany(BATCH):
            opened: dict[int, str] = {}
            for owner, version, ciphertext, key in batch:
                try:
                    opened[owner] = unseal(bytes(key), kind, owner, version, bytes(ciphertext))
                except InvalidTag:
                    done.closed.append((kind, owner))
            _store(driver, clear, opened)
            done.opened[kind] += len(opened)
    # Two statements: with OR between them the server would look each row up instead of joining.
    driver.execute(f"ANALYZE desk_vault.{clear.table}".encode())
    for gone in (
        f"NOT EXISTS (SELECT FROM {clear.alive} = c.{clear.column})",
        f"NOT EXISTS (SELECT FROM desk_vault.secrets s WHERE s.kind = '{kind}' AND s.owner = c.{clear.column})",
    ):
        driver.execute(f"DELETE FROM desk_vault.{clear.table} c WHERE {gone}".encode())


def _store(driver: psycopg.Connection[Any], clear: _Clear, opened: dict[int, str]) -> None:
    driver.execute(
        f"INSERT INTO desk_vault.{clear.table} AS c ({clear.column}, cleartext)"
        " SELECT * FROM unnest(%s::bigint[], %s::text[]) ON CONFLICT "
        f"({clear.column}) DO UPDATE SET cleartext = excluded.cleartext"
        " WHERE c.cleartext <> excluded.cleartext".encode(),
        (list(opened), list(opened.values())),
    )
