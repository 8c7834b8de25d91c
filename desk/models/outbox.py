"""What the outside world is still owed, and which commands were carried out."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import Base, Ref


class Debt(Base):
    """One thing that an outside system must be brought in line with (design D5).

    `wanted` counts the changes, `done` is the last one applied; a desk or the worker holds it while `leased_until`.
    `due_at` empty: parked until a person or a new change asks again.
    """

    __tablename__ = "debts"
    __table_args__ = (
        Index("ix_debts_due_at", "due_at", postgresql_where=text("done < wanted")),
        Index("ix_debts_customer_id", "customer_id", postgresql_where=text("done < wanted")),
        Index("ix_debts_xid", text("(xid::text)")),
    )

    topic: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    wanted: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    done: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    due_at: Mapped[dt.datetime | None] = mapped_column(server_default=text("clock_timestamp()"))
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    leased_until: Mapped[dt.datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(63))
    lease: Mapped[uuid.UUID | None] = mapped_column(UUID)
    last_error: Mapped[str | None] = mapped_column(String(40))
    last_detail: Mapped[str | None] = mapped_column(String(300))
    proof: Mapped[Any | None] = mapped_column(JSONB)
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(63))
    changed_at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))
    customer_id: Mapped[Ref | None]
    plan_id: Mapped[Ref | None]
    xid: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))


class CommandRecord(Base):
    """A command that was committed; looked up when the connection died before the answer came."""

    __tablename__ = "commands"
    __table_args__ = (Index("ix_commands_at", "at"),)

    id: Mapped[uuid.UUID] = mapped_column(UUID, primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))


class Installation(Base):
    """One row about this database: company, time zone, who settles, which wall it carries."""

    __tablename__ = "installation"

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    company: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    zone: Mapped[str] = mapped_column(String(40), server_default=text("'America/Sao_Paulo'"))
    settle_by: Mapped[str] = mapped_column(String(10), server_default=text("'desk'"))
    wall: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
