"""Addresses: the ranges of an access point, what of them is taken, and the IPs of customer plans (domain 5.15, 6.9)."""

from __future__ import annotations

import datetime as dt
import enum
import uuid
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, CIDR, INET, MACADDR, UUID, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.base import Base, BigId, Ref, Stamped, Versioned, enum_type
from desk.models.plans import CustomerPlan


class Encryption(enum.StrEnum):
    """How the customer's radio is encrypted; WPA2 has a code, made at once (IP-02)."""

    NONE = "Nenhuma"
    WEP = "WEP"
    WPA = "WPA"
    WPA2 = "WPA2"


class IpEffect(enum.StrEnum):
    """What a switch of the tab Opções does on the network."""

    BLOCK = "bloqueia o acesso"
    BANDWIDTH = "limita a velocidade"
    BIND_MAC = "amarra MAC ao IP"
    LIST = "entra na lista de endereços"


class IpRange(Stamped, Versioned, Base):
    """Faixa de IP of an access point: what it gives away, in units of `block_prefix` bits."""

    __tablename__ = "ip_ranges"
    __table_args__ = (
        ExcludeConstraint(("network", "&&"), using="spgist", ops={"network": "inet_ops"}, name="ex_ip_ranges_network"),
        CheckConstraint("gateway IS NULL OR gateway <<= network", name="gateway"),
        # Units are counted; more than four thousand million in one range is a slip of the keys.
        CheckConstraint(
            "block_prefix BETWEEN masklen(network) AND CASE family(network) WHEN 4 THEN 32 ELSE 128 END"
            " AND block_prefix - masklen(network) <= 32",
            name="block_prefix",
        ),
        CheckConstraint("cardinality(reserved) <= 200", name="reserved"),
    )

    id: Mapped[BigId]
    access_point_id: Mapped[Ref] = mapped_column(ForeignKey("access_points.id"), index=True)
    network: Mapped[Any] = mapped_column(CIDR)
    gateway: Mapped[Any | None] = mapped_column(INET)
    # 32 or 128: single addresses; less: each customer gets a block, such as a /30 or a prefix of IPv6.
    block_prefix: Mapped[int]
    reserved: Mapped[list[Any]] = mapped_column(ARRAY(CIDR), server_default=text("'{}'"))
    description: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    position: Mapped[int] = mapped_column(server_default=text("0"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class IpOption(Base):
    """One switch of the tab Opções; IT may add its own."""

    __tablename__ = "ip_options"
    __table_args__ = (
        UniqueConstraint("label", name="uq_ip_options_label"),
        CheckConstraint("code ~ '^[a-z][a-z0-9_]{0,19}$' COLLATE \"C\"", name="code"),
        CheckConstraint("effect <> 'entra na lista de endereços' OR address_list <> ''", name="address_list"),
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    label: Mapped[str] = mapped_column(String(40))
    hint: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    effect: Mapped[IpEffect] = mapped_column(enum_type(IpEffect, "effect"))
    address_list: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    default_on: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(server_default=text("100"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class CustomerIp(Stamped, Versioned, Base):
    """Nº de IP do Cliente: an address or prefix that a plan holds.

    `address` is what the customer's equipment is told, with its mask; `block` is what nobody else may have.
    """

    __tablename__ = "customer_ips"
    __table_args__ = (
        Index("ix_customer_ips_address", "address", postgresql_where=text("deleted_at IS NULL")),
        Index("ix_customer_ips_access_point_id", "access_point_id", postgresql_where=text("deleted_at IS NULL")),
        # RADIUS can give a session one address only.
        Index(
            "uq_customer_ips_login_id",
            "login_id",
            unique=True,
            postgresql_where=text("deleted_at IS NULL AND family(block) = 4 AND masklen(block) = 32"),
        ),
        Index("ix_customer_ips_login_id", "login_id", postgresql_where=text("deleted_at IS NULL")),
        CheckConstraint(
            "family(address) = family(block)"
            " AND set_masklen(address, CASE family(address) WHEN 4 THEN 32 ELSE 128 END) <<= block",
            name="block",
        ),
        CheckConstraint("masklen(block) >= CASE family(block) WHEN 4 THEN 16 ELSE 32 END", name="block_size"),
        CheckConstraint("(down_kbps IS NULL) = (up_kbps IS NULL)", name="speed_pair"),
        CheckConstraint("down_kbps BETWEEN 0 AND 100000000 AND up_kbps BETWEEN 0 AND 100000000", name="speed"),
        CheckConstraint("cardinality(options) <= 40", name="options"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id"), index=True)
    # The login whose session brings it, by RADIUS; empty: it is set on the router itself.
    login_id: Mapped[Ref | None] = mapped_column(ForeignKey("radius_logins.id"))
    access_point_id: Mapped[Ref | None] = mapped_column(ForeignKey("access_points.id"))
    address: Mapped[Any] = mapped_column(INET)
    block: Mapped[Any] = mapped_column(CIDR)
    description: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    encryption: Mapped[Encryption] = mapped_column(
        enum_type(Encryption, "encryption"), server_default=text("'Nenhuma'")
    )
    # Empty: the speed of the catalogue plan.
    down_kbps: Mapped[int | None]
    up_kbps: Mapped[int | None]
    options: Mapped[list[str]] = mapped_column(ARRAY(String(20)), server_default=text("'{}'"))
    deleted_at: Mapped[dt.datetime | None]
    deleted_by: Mapped[str | None] = mapped_column(String(63))

    plan: Mapped[CustomerPlan] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class CustomerIpMac(Base):
    """A MAC that may use the IP, and the equipment it belongs to."""

    __tablename__ = "customer_ip_macs"
    __table_args__ = (
        UniqueConstraint("ip_id", "mac", name="uq_customer_ip_macs_mac"),
        Index("ix_customer_ip_macs_mac", "mac"),
    )

    id: Mapped[BigId]
    ip_id: Mapped[Ref] = mapped_column(ForeignKey("customer_ips.id", ondelete="CASCADE"))
    mac: Mapped[Any] = mapped_column(MACADDR)
    equipment: Mapped[str] = mapped_column(String(60), server_default=text("''"))


class IpHolding(Base):
    """What is taken, of every kind in one table, so that one constraint keeps all of it apart.

    A customer's IP, a reservation while a dialog is open, or what a range keeps for itself. Only triggers write it.
    """

    __tablename__ = "ip_holdings"
    __table_args__ = (
        # A trie: single addresses are asked for eight times, and indexed a dozen times, faster than by GiST.
        ExcludeConstraint(("block", "&&"), using="spgist", ops={"block": "inet_ops"}, name="ex_ip_holdings_block"),
        CheckConstraint("num_nonnulls(ip_id, range_id, token) = 1", name="holder"),
        CheckConstraint("(token IS NULL) = (expires_at IS NULL)", name="expiry"),
        Index("ix_ip_holdings_expires_at", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
        Index("ix_ip_holdings_range_id", "range_id", postgresql_where=text("range_id IS NOT NULL")),
        Index("uq_ip_holdings_token", "token", unique=True, postgresql_where=text("token IS NOT NULL")),
        Index("uq_ip_holdings_ip_id", "ip_id", unique=True, postgresql_where=text("ip_id IS NOT NULL")),
    )

    id: Mapped[BigId]
    block: Mapped[Any] = mapped_column(CIDR)
    ip_id: Mapped[Ref | None] = mapped_column(ForeignKey("customer_ips.id", ondelete="CASCADE"))
    range_id: Mapped[Ref | None] = mapped_column(ForeignKey("ip_ranges.id", ondelete="CASCADE"))
    token: Mapped[uuid.UUID | None] = mapped_column(UUID)
    held_by: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    expires_at: Mapped[dt.datetime | None]


class IpAssignment(Base):
    """From when to when a block was whose: an address set on a router leaves no record of a connection.

    Only triggers write it, and only desk.who_used, which keeps a trace of who asked, reads it.
    """

    __tablename__ = "ip_assignments"
    __table_args__ = (
        Index("ix_ip_assignments_block", "block", postgresql_using="spgist", postgresql_ops={"block": "inet_ops"}),
        CheckConstraint("ended_at >= started_at", name="period"),
        {"info": {"closed": True}},
    )

    id: Mapped[BigId]
    customer_ip_id: Mapped[Ref | None] = mapped_column(ForeignKey("customer_ips.id", ondelete="SET NULL"), index=True)
    # Of that time: an IP stays with its plan when the plan goes to another customer.
    plan_id: Mapped[Ref | None] = mapped_column(ForeignKey("customer_plans.id", ondelete="SET NULL"), index=True)
    customer_id: Mapped[Ref | None] = mapped_column(ForeignKey("customers.id", ondelete="SET NULL"), index=True)
    block: Mapped[Any] = mapped_column(CIDR)
    started_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None] = mapped_column(index=True)


class IpGap(Base):
    """Free units of a range, from first to last: the next free one is found without looking at those in use."""

    __tablename__ = "ip_gaps"
    __table_args__ = (CheckConstraint("0 <= first AND first <= last", name="order"),)

    range_id: Mapped[Ref] = mapped_column(ForeignKey("ip_ranges.id", ondelete="CASCADE"), primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger)
