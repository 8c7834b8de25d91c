"""Customers: people and companies, their telephones and addresses."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from desk.models.base import Base, BigId, Line, Note, Ref, RoleName, Stamped, Versioned, enum_type


class CustomerKind(enum.StrEnum):
    """Pessoa física or pessoa jurídica."""

    PERSON = "PF"
    COMPANY = "PJ"


class City(Base):
    """A city, with the three letters that circuit names begin with."""

    __tablename__ = "cities"
    __table_args__ = (UniqueConstraint("name", "state", name="uq_cities_name_state"),)

    id: Mapped[BigId]
    name: Mapped[Line]
    state: Mapped[str] = mapped_column(String(2))
    ibge: Mapped[str | None] = mapped_column(String(7), unique=True)
    abbreviation: Mapped[str] = mapped_column(String(3), server_default=text("''"))


class BusinessUnit(Base):
    """Unidade de Negócios: usually a city; each sells its own set of catalogue plans."""

    __tablename__ = "business_units"

    id: Mapped[BigId]
    name: Mapped[str] = mapped_column(String(60), unique=True)
    city_id: Mapped[Ref | None] = mapped_column(ForeignKey("cities.id"))

    city: Mapped[City | None] = relationship(lazy="raise")


class Customer(Stamped, Versioned, Base):
    """One customer; `code` is what the clerk says aloud, six digits."""

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint("document ~ '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$' COLLATE \"C\"", name="document_shape"),
        CheckConstraint("default_due_day BETWEEN 1 AND 31", name="default_due_day"),
        CheckConstraint("length(btrim(name)) > 0", name="name_filled"),
        UniqueConstraint("document", name="uq_customers_document"),
        UniqueConstraint("code", name="uq_customers_code"),
        Index("ix_customers_code_text", text('(code::text) COLLATE "C"')),
        Index("ix_customers_name_key", "name_key"),
        Index(
            "ix_customers_name_words",
            text("array_to_tsvector(string_to_array(name_key, ' '))"),
            postgresql_using="gin",
        ),
        Index("ix_customers_name_part", text("name_key desk.gin_trgm_ops"), postgresql_using="gin"),
        Index("ix_customers_document_text", text('document COLLATE "C"')),
        Index("ix_customers_email_text", text('lower(email) COLLATE "C"'), postgresql_where=text("email <> ''")),
        Index(
            "ix_customers_email_host",
            text("split_part(lower(email), '@', 2) COLLATE \"C\""),
            postgresql_where=text("email <> ''"),
        ),
        # Not partial: the condition would fit the two indexes above as well, walked to their end.
        Index(
            "ix_customers_email_part",
            text("split_part(lower(email), '@', 1) desk.gin_trgm_ops"),
            postgresql_using="gin",
        ),
    )

    id: Mapped[BigId]
    code: Mapped[int] = mapped_column(Integer, Identity(always=True))
    kind: Mapped[CustomerKind] = mapped_column(enum_type(CustomerKind, "kind"))
    name: Mapped[Line]
    trade_name: Mapped[str] = mapped_column(String(120), server_default=text("''"))
    document: Mapped[str] = mapped_column(String(14))
    registration: Mapped[str] = mapped_column(String(30), server_default=text("''"))
    birth_date: Mapped[dt.date | None]
    mother_name: Mapped[str] = mapped_column(String(120), server_default=text("''"))
    father_name: Mapped[str] = mapped_column(String(120), server_default=text("''"))
    email: Mapped[str] = mapped_column(String(254), server_default=text("''"))
    notes: Mapped[Note]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    inactive_since: Mapped[dt.date | None]
    identifier_code: Mapped[str | None] = mapped_column(String(25), unique=True)
    default_due_day: Mapped[int] = mapped_column(server_default=text("10"))
    business_unit_id: Mapped[Ref] = mapped_column(ForeignKey("business_units.id"))
    # PL-13: the number of a plan is never reused, so the counter lives here and only grows.
    last_plan_number: Mapped[int] = mapped_column(server_default=text("0"))
    name_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("desk.fold(name || ' ' || trade_name)", persisted=True)
    )

    business_unit: Mapped[BusinessUnit] = relationship(lazy="raise")
    phones: Mapped[list[CustomerPhone]] = relationship(
        lazy="raise", order_by="CustomerPhone.position", passive_deletes=True
    )
    addresses: Mapped[list[Address]] = relationship(lazy="raise", order_by="Address.position", passive_deletes=True)

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False, "eager_defaults": False}


class NameWord(Base):
    """One word that stands, or once stood, in a customer's name: what a typing error is compared with.

    A trigger adds words. None is taken away: whether somebody still has it, the search asks before it proposes it.
    """

    __tablename__ = "name_words"
    __table_args__ = (Index("ix_name_words_word_part", text("word desk.gin_trgm_ops"), postgresql_using="gin"),)

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)


class CustomerPhone(Base):
    """One telephone of a customer, national digits only."""

    __tablename__ = "customer_phones"
    __table_args__ = (
        CheckConstraint("number ~ '^[0-9]{8,13}$' COLLATE \"C\"", name="number_shape"),
        UniqueConstraint("customer_id", "position", name="uq_customer_phones_position"),
        Index("ix_customer_phones_number", text('number COLLATE "C"')),
        Index("ix_customer_phones_reverse", text('reverse(number) COLLATE "C"')),
    )

    id: Mapped[BigId]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(13))
    label: Mapped[str] = mapped_column(String(40), server_default=text("''"))


class Address(Versioned, Base):
    """One address of a customer: the first is the installation default (PL-31), the second the billing one (PL-32)."""

    __tablename__ = "addresses"
    __table_args__ = (
        UniqueConstraint("customer_id", "position", name="uq_addresses_position"),
        CheckConstraint("zip ~ '^[0-9]{8}$' COLLATE \"C\"", name="zip_shape"),
        CheckConstraint("position BETWEEN 1 AND 20", name="position"),
    )

    id: Mapped[BigId]
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    position: Mapped[int]
    zip: Mapped[str] = mapped_column(String(8))
    street: Mapped[Line]
    number: Mapped[str] = mapped_column(String(20))
    complement: Mapped[str] = mapped_column(String(60), server_default=text("''"))
    district: Mapped[str] = mapped_column(String(80))
    city_id: Mapped[Ref] = mapped_column(ForeignKey("cities.id"))
    landmark: Mapped[str] = mapped_column(String(120), server_default=text("''"))

    city: Mapped[City] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": Versioned.version, "version_id_generator": False}


class RecentCustomer(Base):
    """Which customers a person opened last; shown while the search field is empty."""

    __tablename__ = "recent_customers"
    __table_args__ = (Index("ix_recent_customers_role_at", "role", "opened_at"),)

    role: Mapped[RoleName] = mapped_column(primary_key=True)
    customer_id: Mapped[Ref] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True)
    opened_at: Mapped[dt.datetime] = mapped_column(server_default=text("clock_timestamp()"))
