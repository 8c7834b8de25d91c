"""Access points, and the routing servers behind them."""

from __future__ import annotations

import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import INET
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.base import Base, BigId, Note, Ref, Stamped, Versioned, enum_type
from desk.models.customers import BusinessUnit


class TlsMode(enum.StrEnum):
    """How the router's API is reached."""

    OFF = "sem TLS"
    PINNED = "certificado fixado"
    VERIFY = "certificado verificado"
    ANONYMOUS = "TLS anônimo"


class DisconnectBy(enum.StrEnum):
    """What an access point's router understands first when a connection must end."""

    API = "API do roteador"
    COA = "CoA (RADIUS)"


class RoutingServer(Stamped, Versioned, Base):
    """Servidor de Roteamento: the router whose API Desk calls; its passwords are in the vault."""

    __tablename__ = "routing_servers"
    __table_args__ = (
        UniqueConstraint("name", name="uq_routing_servers_name"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
        CheckConstraint("coa_port BETWEEN 1 AND 65535", name="coa_port"),
        CheckConstraint("tls <> 'certificado fixado' OR length(fingerprint) = 64", name="fingerprint"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int] = mapped_column(server_default=text("8729"))
    tls: Mapped[TlsMode] = mapped_column(enum_type(TlsMode, "tls"))
    fingerprint: Mapped[str] = mapped_column(String(64), server_default=text("''"))
    username: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    # The router keeps /ppp/secret itself; Desk holds those entries in step with the logins.
    local_secrets: Mapped[bool] = mapped_column(server_default=text("false"))
    # Address from which it asks RADIUS; empty: it is no RADIUS client.
    nas_address: Mapped[Any | None] = mapped_column(INET, unique=True)
    # Where it takes Disconnect and CoA requests (RFC 5176), at the address it asks RADIUS from.
    coa_port: Mapped[int] = mapped_column(server_default=text("3799"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    notes: Mapped[Note]

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class AccessPoint(Stamped, Versioned, Base):
    """Ponto de Acesso: where plans connect."""

    __tablename__ = "access_points"
    __table_args__ = (
        UniqueConstraint("name", name="uq_access_points_name"),
        CheckConstraint("customer_limit IS NULL OR customer_limit > 0", name="customer_limit"),
        CheckConstraint("interface <> '' OR NOT (sets_address OR sets_arp)", name="interface"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60))
    business_unit_id: Mapped[Ref | None] = mapped_column(ForeignKey("business_units.id"))
    routing_server_id: Mapped[Ref | None] = mapped_column(ForeignKey("routing_servers.id"), index=True)
    customer_limit: Mapped[int | None]
    disconnect_by: Mapped[DisconnectBy] = mapped_column(
        enum_type(DisconnectBy, "disconnect_by"), server_default=text("'API do roteador'")
    )
    # How customers' IPs are enforced on the router: each way on its own, none of them is fine too.
    interface: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    sets_address: Mapped[bool] = mapped_column(server_default=text("false"))
    sets_queue: Mapped[bool] = mapped_column(server_default=text("false"))
    sets_arp: Mapped[bool] = mapped_column(server_default=text("false"))
    allowed_list: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    blocked_list: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    notes: Mapped[Note]

    business_unit: Mapped[BusinessUnit | None] = relationship(lazy="raise")
    routing_server: Mapped[RoutingServer | None] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class RadiusServer(Stamped, Versioned, Base):
    """Servidor RADIUS: whom a desk asks when it tries a login; the secret of the desks is in the vault."""

    __tablename__ = "radius_servers"
    __table_args__ = (
        UniqueConstraint("name", name="uq_radius_servers_name"),
        CheckConstraint("port BETWEEN 1 AND 65535", name="port"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60))
    host: Mapped[str] = mapped_column(String(253))
    port: Mapped[int] = mapped_column(server_default=text("1812"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}
