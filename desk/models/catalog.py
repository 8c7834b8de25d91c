"""The catalogue: what can be sold, and what each thing permits."""

from __future__ import annotations

import enum
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.base import Base, BigId, Money, Ref, Stamped, Versioned, enum_type
from desk.models.customers import BusinessUnit


class PlanGroup(enum.StrEnum):
    """Where a plan stands in the tree: Planos Ativos, Inativos, Cancelados (ST-01)."""

    ACTIVE = "ativo"
    INACTIVE = "inativo"
    CANCELLED = "cancelado"


class StatusCode(enum.StrEnum):
    """Fixed codes of the statuses that the program itself knows (domain 4.3)."""

    ENABLED = "HABILITADO"
    INSTALLING = "EM_INSTALACAO"
    TRIAL = "EXPERIMENTANDO"
    AWAITING = "AGUARDANDO_AUTORIZACAO"
    SUSPENDED = "SUSPENSO"
    SUSPENDED_DEBT = "SUSPENSO_DEBITO"
    SUSPENDED_TEMPORARILY = "SUSPENSAO_TEMPORARIA"
    CANCELLED = "CANCELADO"


class PlanKind(enum.StrEnum):
    """What a catalogue plan mainly is; chooses icon and detail area."""

    INTERNET = "internet"
    TV = "tv"
    VOICE = "voz"
    HOSTING = "hospedagem"


class ServiceClass(enum.StrEnum):
    """Regulatory class of a composition item."""

    SCM = "SCM"
    STFC = "STFC"
    SEAC = "SeAC"
    SVA = "SVA"
    OTHER = "outro"


class ServiceGroup(Base):
    """Grupo de Serviço."""

    __tablename__ = "service_groups"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60), unique=True)


class PlanStatus(Versioned, Base):
    """Status Planos: what a plan may be, whether it is billed, and whether it gives access."""

    __tablename__ = "plan_statuses"
    __table_args__ = (UniqueConstraint("description", name="uq_plan_statuses_description"),)

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    description: Mapped[str] = mapped_column(String(60))
    group: Mapped[PlanGroup] = mapped_column(enum_type(PlanGroup, "plan_group"))
    bills: Mapped[bool]
    grants_access: Mapped[bool] = mapped_column(server_default=text("false"))
    next_code: Mapped[str | None] = mapped_column(ForeignKey("plan_statuses.code"))
    system: Mapped[bool] = mapped_column(server_default=text("false"))
    position: Mapped[int] = mapped_column(server_default=text("100"))

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class PaymentMethod(Base):
    """Forma Pagamento."""

    __tablename__ = "payment_methods"
    __table_args__ = (CheckConstraint("speed_gap_days BETWEEN 0 AND 365", name="speed_gap_days"),)

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    prints_booklet: Mapped[bool] = mapped_column(server_default=text("false"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    speed_gap_days: Mapped[int | None]  # between two provisional speeds; empty: what the variable says


class CatalogPlan(Stamped, Versioned, Base):
    """Planos e Serviços: one product, its price and its capability flags (domain 6.15)."""

    __tablename__ = "catalog_plans"
    __table_args__ = (
        UniqueConstraint("name", name="uq_catalog_plans_name"),
        CheckConstraint("price >= 0", name="price"),
        CheckConstraint("login_limit BETWEEN 0 AND 99", name="login_limit"),
        CheckConstraint("down_kbps >= 0 AND up_kbps >= 0", name="speed"),
        CheckConstraint("allowance_gb IS NULL OR allowance_gb > 0", name="allowance"),
        CheckConstraint("trial_days >= 0", name="trial_days"),
    )

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[PlanKind] = mapped_column(enum_type(PlanKind, "kind"))
    service_group_id: Mapped[Ref] = mapped_column(ForeignKey("service_groups.id"))
    price: Mapped[Money]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    requires_authorization: Mapped[bool] = mapped_column(server_default=text("false"))
    allows_circuit: Mapped[bool] = mapped_column(server_default=text("false"))
    allows_tv: Mapped[bool] = mapped_column(server_default=text("false"))
    prints_booklet: Mapped[bool] = mapped_column(server_default=text("false"))
    bills_when_debt_suspended: Mapped[bool] = mapped_column(server_default=text("false"))
    trial_days: Mapped[int] = mapped_column(server_default=text("0"))
    allows_login: Mapped[bool] = mapped_column(server_default=text("false"))
    login_limit: Mapped[int] = mapped_column(server_default=text("0"))
    allows_ip: Mapped[bool] = mapped_column(server_default=text("true"))
    radius_profile: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    down_kbps: Mapped[int] = mapped_column(server_default=text("0"))
    up_kbps: Mapped[int] = mapped_column(server_default=text("0"))
    simultaneous_use: Mapped[int] = mapped_column(server_default=text("1"))
    allowance_gb: Mapped[int | None]
    allows_speed_restore: Mapped[bool] = mapped_column(server_default=text("true"))
    installation_fee: Mapped[Decimal] = mapped_column(server_default=text("0"))

    service_group: Mapped[ServiceGroup] = relationship(lazy="raise")
    units: Mapped[list[BusinessUnit]] = relationship(secondary="desk.catalog_plan_units", lazy="raise")
    composition: Mapped[list[CatalogCompositionItem]] = relationship(
        lazy="raise", order_by="CatalogCompositionItem.position", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class CatalogPlanUnit(Base):
    """Which business units sell a catalogue plan."""

    __tablename__ = "catalog_plan_units"

    catalog_plan_id: Mapped[Ref] = mapped_column(ForeignKey("catalog_plans.id", ondelete="CASCADE"), primary_key=True)
    business_unit_id: Mapped[Ref] = mapped_column(ForeignKey("business_units.id"), primary_key=True, index=True)


class CatalogCompositionItem(Base):
    """Composição dos Planos: one part that the price is split into."""

    __tablename__ = "catalog_composition_items"
    __table_args__ = (
        UniqueConstraint("catalog_plan_id", "position", name="uq_catalog_composition_items_position"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[BigId]
    catalog_plan_id: Mapped[Ref] = mapped_column(ForeignKey("catalog_plans.id", ondelete="CASCADE"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(80))
    service_class: Mapped[ServiceClass] = mapped_column(enum_type(ServiceClass, "service_class"))
    amount: Mapped[Money]
