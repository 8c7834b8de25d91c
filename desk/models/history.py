"""History: the human lines, the deleted items, and the change log under both."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from desk.models.base import Base, BigId, Ref


class HistoryEntry(Base):
    """One line for people: who did what; joined with the change log by `xid`."""

    __tablename__ = "history_entries"
    __table_args__ = (
        Index("ix_history_entries_customer_id_at", "customer_id", "at"),
        Index("ix_history_entries_plan_id_at", "plan_id", "at"),
    )

    id: Mapped[BigId]
    at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    xid: Mapped[int] = mapped_column(BigInteger)
    customer_id: Mapped[Ref | None]
    plan_id: Mapped[Ref | None]
    action: Mapped[str] = mapped_column(String(60))
    params: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    source: Mapped[str] = mapped_column(String(10), server_default=text("'DESK'"))


class DeletedItem(Base):
    """Itens Apagados: what was removed from plans, by whom and through what (PL-60)."""

    __tablename__ = "deleted_items"
    __table_args__ = (Index("ix_deleted_items_customer_id_at", "customer_id", "at"),)

    id: Mapped[BigId]
    at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    source: Mapped[str] = mapped_column(String(10), server_default=text("'DESK'"))
    kind: Mapped[str] = mapped_column(String(30))
    value: Mapped[str] = mapped_column(String(254))
    customer_id: Mapped[Ref | None]
    plan_id: Mapped[Ref | None]
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class ChangeLog(Base):
    """Every row that changed, before and after, by the role that signed in (design D6); append only.

    Partitioned by month; the migration makes the parent, the wall makes the partitions.
    """

    __tablename__ = "change_log"
    __table_args__ = (
        Index("ix_change_log_tbl_key", "tbl", "key"),
        Index("ix_change_log_xid", "xid"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, server_default=text("0"))
    at: Mapped[dt.datetime] = mapped_column(primary_key=True, server_default=text("clock_timestamp()"))
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    xid: Mapped[int] = mapped_column(BigInteger)
    command: Mapped[str | None] = mapped_column(String(64))
    app: Mapped[str | None] = mapped_column(String(64))
    tbl: Mapped[str] = mapped_column(String(63))
    op: Mapped[str] = mapped_column(String(1))
    key: Mapped[str | None] = mapped_column(String(120))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
