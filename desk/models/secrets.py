"""The vault's tables: ciphertext, who asked to see it, and what RADIUS must know in the clear (design D3)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, Index, LargeBinary, String, text
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import VAULT, Base, Ref


class SecretKind(Base):
    """A kind of secret: who may see it, who may write it, how often an hour, how long a request lives."""

    __tablename__ = "secret_kinds"
    __table_args__ = ({"schema": VAULT},)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    see: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    create: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    change: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    per_hour: Mapped[int]
    ticket_seconds: Mapped[int]


class Secret(Base):
    """The newest version of one secret, encrypted by the program with a key derived for that version alone."""

    __tablename__ = "secrets"
    __table_args__ = ({"schema": VAULT},)

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    owner: Mapped[Ref] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    ciphertext: Mapped[bytes | None] = mapped_column(LargeBinary)
    written_by: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    written_at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))


class PendingSecret(Base):
    """A version that somebody began to write; binds the key that was handed out to that person."""

    __tablename__ = "pending"
    __table_args__ = ({"schema": VAULT},)

    version: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[Ref]
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Ticket(Base):
    """A committed request to see one secret; without it no key is handed out."""

    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_who_kind_at", "who", "kind", "at"), {"schema": VAULT})

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True, server_default=text("gen_random_uuid()"))
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[Ref]
    reason: Mapped[str] = mapped_column(String(200))
    who: Mapped[str] = mapped_column(String(63))
    at: Mapped[dt.datetime]
    xid: Mapped[int] = mapped_column(BigInteger)
    # Asked by the holder of a debt's lease, to settle it, not to look at it.
    lease: Mapped[uuid.UUID | None] = mapped_column(UUID)


class RadiusClear(Base):
    """What FreeRADIUS needs for CHAP and MS-CHAP: no operator may read it, and backups leave it out."""

    __tablename__ = "radius_clear"
    __table_args__ = ({"schema": VAULT},)

    login_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cleartext: Mapped[str] = mapped_column(String(128))


class NasClear(Base):
    """The shared secret of a NAS, for FreeRADIUS alone."""

    __tablename__ = "nas_clear"
    __table_args__ = ({"schema": VAULT},)

    routing_server_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    cleartext: Mapped[str] = mapped_column(String(128))
