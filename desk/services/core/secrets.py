"""Writes and reveals secrets: the program encrypts, the database hands out one key at a time (design D3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from desk.models.sealing import seal, unseal
from desk.services.core.database_errors import translate


@dataclass(frozen=True)
class Revealed:
    """One secret in the clear. Show it, do not keep it."""

    kind: str
    owner: int
    text: str

    def __repr__(self) -> str:
        return f"Revealed({self.kind}, {self.owner}, …)"  # never the secret: this may reach a log


def store_secret(session: Session, kind: str, owner: int, secret: str, *, clear: bool = False) -> None:
    """Encrypt `secret` as the newest version; `clear` also gives it to the daemon that cannot decrypt."""
    version, key = session.execute(
        text("SELECT version, data_key FROM desk.begin_secret(:kind, :owner)"), {"kind": kind, "owner": owner}
    ).one()
    session.execute(
        text("SELECT desk.store_secret(:version, :blob, :clear)"),
        {
            "version": version,
            "blob": seal(bytes(key), kind, owner, version, secret),
            "clear": secret if clear else None,
        },
    )


def reveal(sessions: sessionmaker[Session], kind: str, owner: int, reason: str) -> Revealed:
    """Ask, commit, then look: the key comes only for a request that nobody can roll back."""
    with own_transaction(sessions) as session:
        ticket = session.execute(
            text("SELECT desk.ask_reveal(:kind, :owner, :reason)"), {"kind": kind, "owner": owner, "reason": reason}
        ).scalar_one()
    with own_transaction(sessions) as session:
        row = session.execute(text("SELECT * FROM desk.reveal(:ticket)"), {"ticket": ticket}).mappings().one()
    return _opened(row)


def reveal_for_debt(sessions: sessionmaker[Session], topic: str, key: str, lease: object) -> Revealed | None:
    """The login's password for the one who holds the lease of its debt; None when none is stored."""
    with own_transaction(sessions) as session:
        ticket = session.execute(
            text("SELECT desk.ask_reveal_for_debt(:topic, :key, :lease)"), {"topic": topic, "key": key, "lease": lease}
        ).scalar_one()
    if ticket is None:
        return None
    with own_transaction(sessions) as session:
        row = session.execute(text("SELECT * FROM desk.reveal(:ticket)"), {"ticket": ticket}).mappings().one()
    return _opened(row)


def reveal_nas(sessions: sessionmaker[Session], topic: str, key: str, lease: object, server_id: int) -> Revealed | None:
    """The secret that signs requests to a router, for the holder of the debt's lease; None when none is stored."""
    with own_transaction(sessions) as session:
        ticket = session.execute(
            text("SELECT desk.ask_reveal_nas(:topic, :key, :lease, :server)"),
            {"topic": topic, "key": key, "lease": lease, "server": server_id},
        ).scalar_one()
    if ticket is None:
        return None
    with own_transaction(sessions) as session:
        row = session.execute(text("SELECT * FROM desk.reveal(:ticket)"), {"ticket": ticket}).mappings().one()
    return _opened(row)


@contextmanager
def own_transaction(sessions: sessionmaker[Session]) -> Iterator[Session]:
    """Refusals leave it as the types that every caller knows, also outside of the bus."""
    try:
        with sessions.begin() as session:
            yield session
    except DBAPIError as error:
        found = translate(error)
        if found is None:
            raise
        raise found from error


def _opened(row: Any) -> Revealed:
    kind, owner, version = row["kind"], row["owner"], row["version"]
    return Revealed(kind, owner, unseal(bytes(row["data_key"]), kind, owner, version, bytes(row["ciphertext"])))
