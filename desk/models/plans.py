"""Customer plans: what a customer has contracted, one row per contracted instance."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    FetchedValue,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.access_points import AccessPoint
from desk.models.base import Base, BigId, Money, Ref, Stamped, Versioned, enum_type
from desk.models.catalog import CatalogPlan, PaymentMethod, PlanStatus, ServiceClass
from desk.models.customers import BusinessUnit, City, Customer


class AddressKind(enum.StrEnum):
    """The three addresses of a plan (PL-30)."""

    INSTALLATION = "instalacao"
    BILLING = "cobranca"
    FISCAL = "fiscal"


class ValueKind(enum.StrEnum):
    """Desconto or Acréscimo."""

    DISCOUNT = "desconto"
    SURCHARGE = "acrescimo"


class ChangeMode(enum.StrEnum):
    """How a change of plan counts in the running billing period (domain 7.7)."""

    PROPORTIONAL = "PROPORCIONAL"
    NEXT_CLOSE = "PROXIMO_FECHAMENTO"
    IN_FULL = "IMEDIATO_INTEGRAL"


class CustomerPlan(Stamped, Versioned, Base):
    """One contracted plan of one customer."""

    __tablename__ = "customer_plans"
    __table_args__ = (
        UniqueConstraint("customer_id", "number", name="uq_customer_plans_number"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day"),
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("number BETWEEN 1 AND 999", name="number"),
        CheckConstraint("(status = 'CANCELADO') = (cancelled_on IS NOT NULL)", name="cancelled_on"),
        CheckConstraint(
            "(suspended_from IS NULL) = (suspended_until IS NULL) AND (suspended_until > suspended_from) IS NOT FALSE",
            name="suspended",
        ),
        # A plan entered by mistake does not keep its code from the one that is entered right.
        Index(
            "uq_customer_plans_identifier_code",
            "identifier_code",
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_customer_plans_catalog_plan_id", "catalog_plan_id"),
        Index("ix_customer_plans_access_point_id", "access_point_id"),
        Index(
            "ix_customer_plans_provisional_until",
            "provisional_until",
            postgresql_where=text("provisional_until IS NOT NULL"),
        ),
    )

    id: Mapped[BigId]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[int] = mapped_column(server_default=text("0"))
    catalog_plan_id: Mapped[Ref] = mapped_column(ForeignKey("catalog_plans.id"))
    status: Mapped[str] = mapped_column(String(32), ForeignKey("plan_statuses.code"), index=True)
    reference: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    start_date: Mapped[dt.date]
    first_activation_date: Mapped[dt.date | None]
    value: Mapped[Money]
    installation_fee: Mapped[Decimal] = mapped_column(server_default=text("0"))
    payment_method_id: Mapped[Ref] = mapped_column(ForeignKey("payment_methods.id"))
    due_day: Mapped[int]
    last_close_date: Mapped[dt.date | None]
    separate_invoice: Mapped[bool] = mapped_column(server_default=text("false"))
    booklet: Mapped[bool] = mapped_column(server_default=text("false"))
    identifier_code: Mapped[str | None] = mapped_column(String(25))
    access_point_id: Mapped[Ref | None] = mapped_column(ForeignKey("access_points.id"))
    business_unit_id: Mapped[Ref] = mapped_column(ForeignKey("business_units.id"))
    seller: Mapped[str | None] = mapped_column(String(63), ForeignKey("people.role"))
    # Markers with an expiry, not statuses (domain 4.3).
    provisional_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    provisional_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    # Of the one PlanSuspension that is not over, planned ones too: its days as moments, for whoever asks often.
    suspended_from: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    suspended_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    throttled: Mapped[bool] = mapped_column(server_default=text("false"))
    throttled_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    # Restabelecer Velocidade Provisória (domain 6.13): until then the plan has its whole speed again.
    speed_until: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    speed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    composition_customized: Mapped[bool] = mapped_column(server_default=text("false"))
    cancelled_on: Mapped[dt.date | None]
    cancel_reason: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    # Apagar Plano (PL-41): entered by mistake. The row stays for its number, its history and what was deleted from it.
    deleted_at: Mapped[dt.datetime | None]
    deleted_by: Mapped[str | None] = mapped_column(String(63))

    customer: Mapped[Customer] = relationship(lazy="raise")
    catalog_plan: Mapped[CatalogPlan] = relationship(lazy="raise")
    plan_status: Mapped[PlanStatus] = relationship(lazy="raise")
    payment_method: Mapped[PaymentMethod] = relationship(lazy="raise")
    access_point: Mapped[AccessPoint | None] = relationship(lazy="raise")
    business_unit: Mapped[BusinessUnit] = relationship(lazy="raise")
    addresses: Mapped[list[PlanAddress]] = relationship(lazy="raise", passive_deletes=True)
    value_details: Mapped[list[PlanValueDetail]] = relationship(
        lazy="raise", order_by="PlanValueDetail.id", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class PlanAddress(Base):
    """An address of the plan's own; where there is no row, the plan follows the customer (PL-31…PL-34)."""

    __tablename__ = "plan_addresses"
    __table_args__ = (
        UniqueConstraint("plan_id", "kind", name="uq_plan_addresses_kind"),
        CheckConstraint("zip ~ '^[0-9]{8}$' COLLATE \"C\"", name="zip_shape"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    kind: Mapped[AddressKind] = mapped_column(enum_type(AddressKind, "address_kind"))
    zip: Mapped[str] = mapped_column(String(8))
    street: Mapped[str] = mapped_column(String(120))
    number: Mapped[str] = mapped_column(String(20))
    complement: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    district: Mapped[str] = mapped_column(String(80))
    city_id: Mapped[Ref] = mapped_column(ForeignKey("cities.id"))
    landmark: Mapped[str] = mapped_column(String(120), server_default=text("''"))

    city: Mapped[City] = relationship(lazy="raise")


class PlanValueDetail(Base):
    """One discount or surcharge of a plan: an amount or a percentage, never both (BI-11, BI-13)."""

    __tablename__ = "plan_value_details"
    __table_args__ = (
        CheckConstraint("(amount IS NULL) <> (percent IS NULL)", name="amount_or_percent"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("percent > 0 AND percent <= 100", name="percent"),
        CheckConstraint("months IS NULL OR months > 0", name="months"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"), index=True)
    kind: Mapped[ValueKind] = mapped_column(enum_type(ValueKind, "value_kind"))
    description: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    amount: Mapped[Decimal | None]
    percent: Mapped[Decimal | None]
    starts_on: Mapped[dt.date]
    months: Mapped[int | None]


class PlanCompositionItem(Base):
    """Personalizar Composição: one part of a plan's own composition; there are none while it is the catalogue's.

    That all of them add up to the plan's value is checked by the database at the commit (domain 7.5).
    """

    __tablename__ = "plan_composition_items"
    __table_args__ = (
        UniqueConstraint("plan_id", "position", name="uq_plan_composition_items_position"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("btrim(description) <> ''", name="description"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    position: Mapped[int]
    description: Mapped[str] = mapped_column(String(80))
    service_class: Mapped[ServiceClass] = mapped_column(enum_type(ServiceClass, "service_class"))
    amount: Mapped[Money]


class PlanStatusHistory(Base):
    """Every status a plan went through; written by a trigger, by nobody else."""

    __tablename__ = "plan_status_history"
    __table_args__ = (Index("ix_plan_status_history_plan_id_at", "plan_id", "at"),)

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    from_status: Mapped[str | None] = mapped_column(String(32))
    to_status: Mapped[str] = mapped_column(String(32))
    marker: Mapped[str] = mapped_column(String(40), server_default=text("''"))
    at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))
    who: Mapped[str] = mapped_column(String(63), server_default=text("session_user"))
    reason: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    note: Mapped[str] = mapped_column(String(500), server_default=text("''"))


class PlanSuspension(Base):
    """Suspensão Temporária (ST-15): the days from `starts_on` until before `ends_on`, as the customer wished.

    `ended_on` is the first day on which it no longer counted: `ends_on` itself, earlier when the plan was enabled ahead
    of time, `starts_on` when it never came to it. Until then it is empty. The days in between were truly suspended, and
    are what billing leaves out (domain 7.9).
    """

    __tablename__ = "plan_suspensions"
    __table_args__ = (
        CheckConstraint("starts_on < ends_on", name="days"),
        CheckConstraint("ended_on BETWEEN starts_on AND ends_on", name="ended_on"),
        CheckConstraint("(ended_on IS NULL) = (ended_at IS NULL)", name="ended_at"),
        ExcludeConstraint(
            ("plan_id", "="),
            (text("daterange(starts_on, COALESCE(ended_on, ends_on))"), "&&"),
            using="gist",
            name="ex_plan_suspensions_days",
        ),
        Index("uq_plan_suspensions_open", "plan_id", unique=True, postgresql_where=text("ended_on IS NULL")),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    reason: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), server_default=text("''"))
    planned_by: Mapped[str] = mapped_column(String(63))
    planned_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    ended_on: Mapped[dt.date | None]
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(63))


class PlanChange(Base):
    """One Mudar Plano (CP-06): writing the row *is* the change, a trigger makes the plan follow.

    Operators name the new catalogue plan and its value, the mode and the reason; everything that billing will reckon
    from (7.7) is read off the plan by the database, as it was at that moment.
    """

    __tablename__ = "plan_changes"
    __table_args__ = (
        CheckConstraint("new_value >= 0", name="new_value"),
        CheckConstraint("old_catalog_plan_id <> new_catalog_plan_id", name="another"),
        Index("ix_plan_changes_plan_id_at", "plan_id", "at"),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    new_catalog_plan_id: Mapped[Ref] = mapped_column(ForeignKey("catalog_plans.id"), index=True)
    new_value: Mapped[Money]
    mode: Mapped[ChangeMode] = mapped_column(enum_type(ChangeMode, "change_mode"))
    keeps_details: Mapped[bool] = mapped_column(server_default=text("false"))  # CP-01: SIM
    reason: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(String(500), server_default=text("''"))
    # Filled by the database.
    old_catalog_plan_id: Mapped[Ref] = mapped_column(
        ForeignKey("catalog_plans.id"), server_default=FetchedValue(), index=True
    )
    old_value: Mapped[Money] = mapped_column(server_default=FetchedValue())
    changed_on: Mapped[dt.date] = mapped_column(server_default=FetchedValue())
    start_date: Mapped[dt.date] = mapped_column(server_default=FetchedValue())
    last_close_date: Mapped[dt.date | None] = mapped_column(server_default=FetchedValue())
    due_day: Mapped[int] = mapped_column(server_default=FetchedValue())
    status: Mapped[str] = mapped_column(String(32), server_default=FetchedValue())
    details: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=FetchedValue())  # Desconto, Acréscimo
    at: Mapped[dt.datetime] = mapped_column(server_default=FetchedValue())
    who: Mapped[str] = mapped_column(String(63), server_default=FetchedValue())
    xid: Mapped[int] = mapped_column(BigInteger, server_default=FetchedValue())


class Approval(Base):
    """That an authoriser approved one step of one plan as it was shown to him; used once, within minutes."""

    __tablename__ = "approvals"

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"), index=True)
    step: Mapped[str] = mapped_column(String(32))
    facts: Mapped[str] = mapped_column(String(64))
    by: Mapped[str] = mapped_column(String(63))
    at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(63))


class PlaceApproval(Base):
    """That an authoriser let one plan onto an access point that was full (PL-12); used once, within minutes."""

    __tablename__ = "place_approvals"

    id: Mapped[BigId]
    access_point_id: Mapped[Ref] = mapped_column(ForeignKey("access_points.id", ondelete="CASCADE"), index=True)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), index=True)
    # Empty: a plan that is yet to be made.
    plan_id: Mapped[Ref | None] = mapped_column(ForeignKey("customer_plans.id", ondelete="CASCADE"))
    catalog_plan_id: Mapped[Ref]
    customer_limit: Mapped[int]
    linked: Mapped[int]
    by: Mapped[str] = mapped_column(String(63))
    at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    used_by: Mapped[str | None] = mapped_column(String(63))
    used_for: Mapped[Ref | None]


class Circuit(Base):
    """The named access circuit of a plan."""

    __tablename__ = "circuits"
    __table_args__ = (
        UniqueConstraint("name", name="uq_circuits_name"),
        Index("ix_circuits_name_text", text('lower(name) COLLATE "C"')),
    )

    id: Mapped[BigId]
    plan_id: Mapped[Ref] = mapped_column(ForeignKey("customer_plans.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
