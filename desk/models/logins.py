"""Radius logins and the sessions the RADIUS server reports for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import INET, MACADDR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.base import Base, BigId, Ref, Stamped, Versioned
from desk.models.plans import CustomerPlan


class RadiusLogin(Stamped, Versioned, Base):
    """Login de Radius: what the customer's router dials with; its password is in the vault."""

    __tablename__ = "radius_logins"
    __table_args__ = (
        # Unique among those that live, whatever the case of letters (domain 5.14.1).
        Index("uq_radius_logins_login", text("lower(login)"), unique=True, postgresql_where=text("deleted_at IS NULL")),
        Index("ix_radius_logins_login_text", text('lower(login) COLLATE "C"')),
        Index("ix_radius_logins_login_part", text("lower(login) desk.gin_trgm_ops"), postgresql_using="gin"),
        Index("ix_radius_logins_fixed_ip", "fixed_ip", postgresql_where=text("fixed_ip IS NOT NULL")),
        Index("ix_radius_logins_mac_lock", "mac_lock", postgresql_where=text("mac_lock IS NOT NULL")),
        CheckConstraint("login !~ '[[:space:][:cntrl:]]'", name="login_spaces"),
        CheckConstraint("length(login) BETWEEN 1 AND 64", name="login_length"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id"), index=True)
    login: Mapped[str] = mapped_column(String(64))
    fixed_ip: Mapped[Any | None] = mapped_column(INET)
    mac_lock: Mapped[Any | None] = mapped_column(MACADDR)
    deleted_at: Mapped[dt.datetime | None]
    deleted_by: Mapped[str | None] = mapped_column(String(63))

    plan: Mapped[CustomerPlan] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class LoginPlace(Base):
    """A router that may hold a secret of the login, from the moment it shall until it is proven to hold none."""

    __tablename__ = "login_places"

    login_id: Mapped[Ref] = mapped_column(ForeignKey("radius_logins.id", ondelete="CASCADE"), primary_key=True)
    routing_server_id: Mapped[Ref] = mapped_column(
        ForeignKey("routing_servers.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def _where_set(column: str) -> Index:
    """An index over one kind of IPv6 assignment, which most sessions do not have."""
    where = text(f"{column} IS NOT NULL")
    return Index(
        f"ix_radius_sessions_{column}",
        *(column, "started_at"),
        postgresql_where=where,
        postgresql_include=["stopped_at", "id"],
    )


class RadiusSession(Base):
    """One connection, as the RADIUS server's accounting tells it (`radius_api.radacct` is a view over this)."""

    __tablename__ = "radius_sessions"
    __table_args__ = (
        Index("uq_radius_sessions_unique_id", "unique_id", unique=True),
        Index("ix_radius_sessions_open", "username", postgresql_where=text("stopped_at IS NULL")),
        Index("ix_radius_sessions_open_login", "login_id", postgresql_where=text("stopped_at IS NULL")),
        # A page of a login's statement ends where the next begins, so the id that breaks ties is part of the order. Its
        # end is in it to find, without reading the rows, what began before a period and reaches into it.
        Index(
            "ix_radius_sessions_login_id_started_at_id",
            *("login_id", "started_at", "id"),
            postgresql_include=["stopped_at"],
        ),
        Index("ix_radius_sessions_open_ip", "framed_ip", postgresql_where=text("stopped_at IS NULL")),
        # "Quem usava este IP": from the moment asked for backwards, whether the session is open or not.
        # Their ends are in these indexes too: most of what had an address before is passed over without being read.
        Index("ix_radius_sessions_framed_ip", "framed_ip", "started_at", postgresql_include=["stopped_at", "id"]),
        _where_set("framed_ipv6"),
        _where_set("framed_ipv6_prefix"),
        _where_set("delegated_ipv6_prefix"),
        # Rows lie on disk about as they began: 128 pages an entry find the oldest without reading the rest.
        Index("ix_radius_sessions_started_at", "started_at", postgresql_using="brin"),
        Index("ix_radius_sessions_open_mac", "mac", postgresql_where=text("stopped_at IS NULL")),
        Index("ix_radius_sessions_open_nas", "nas_address", "started_at", postgresql_where=text("stopped_at IS NULL")),
    )

    id: Mapped[BigId]
    session_id: Mapped[str] = mapped_column(Text)
    unique_id: Mapped[str] = mapped_column(Text)
    username: Mapped[str | None] = mapped_column(Text)
    login_id: Mapped[Ref | None]
    realm: Mapped[str | None] = mapped_column(Text)
    nas_address: Mapped[Any] = mapped_column(INET)
    nas_port_id: Mapped[str | None] = mapped_column(Text)
    nas_port_type: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[dt.datetime | None]
    updated_at: Mapped[dt.datetime | None]
    stopped_at: Mapped[dt.datetime | None]
    update_seconds: Mapped[int | None] = mapped_column(BigInteger)
    session_seconds: Mapped[int | None] = mapped_column(BigInteger)
    authentic: Mapped[str | None] = mapped_column(Text)
    connect_info_start: Mapped[str | None] = mapped_column(Text)
    connect_info_stop: Mapped[str | None] = mapped_column(Text)
    in_octets: Mapped[int | None] = mapped_column(BigInteger)
    out_octets: Mapped[int | None] = mapped_column(BigInteger)
    called_station: Mapped[str | None] = mapped_column(Text)
    calling_station: Mapped[str | None] = mapped_column(Text)
    terminate_cause: Mapped[str | None] = mapped_column(Text)
    service_type: Mapped[str | None] = mapped_column(Text)
    framed_protocol: Mapped[str | None] = mapped_column(Text)
    framed_ip: Mapped[Any | None] = mapped_column(INET)
    framed_ipv6: Mapped[Any | None] = mapped_column(INET)
    framed_ipv6_prefix: Mapped[Any | None] = mapped_column(INET)
    framed_interface_id: Mapped[str | None] = mapped_column(Text)
    delegated_ipv6_prefix: Mapped[Any | None] = mapped_column(INET)
    acct_class: Mapped[str | None] = mapped_column(Text)
    # Filled from calling_station by the trigger that finds login_id; null when the NAS sent no MAC.
    mac: Mapped[Any | None] = mapped_column(MACADDR)
    # The speed the router was told, by the answer to the login or by a CoA since; null when nobody knows.
    rate_limit: Mapped[str | None] = mapped_column(Text)


class RadiusUsage(Base):
    """What a login used on one day of the company, added up as the routers report it."""

    __tablename__ = "radius_usage"
    __table_args__ = (Index("ix_radius_usage_day", "day", postgresql_using="brin"),)

    login_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    in_octets: Mapped[int] = mapped_column(BigInteger)
    out_octets: Mapped[int] = mapped_column(BigInteger)
