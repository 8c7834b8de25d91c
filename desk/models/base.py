"""Declarative base: schema, constraint names, column types that every table shares."""

from __future__ import annotations

import datetime as dt
import enum
from decimal import Decimal
from typing import Annotated

from sqlalchemy import BigInteger, DateTime, Enum, FetchedValue, Identity, MetaData, Numeric, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "desk"
VAULT = "desk_vault"

# Every constraint has a name, since the text of an error is found by it (services/*/errors.py).
metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

BigId = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]
Ref = Annotated[int, mapped_column(BigInteger)]
Money = Annotated[Decimal, mapped_column(Numeric(12, 2))]
Moment = Annotated[dt.datetime, mapped_column(DateTime(timezone=True))]
Line = Annotated[str, mapped_column(String(120))]
Note = Annotated[str, mapped_column(String(2000), server_default=text("''"))]
RoleName = Annotated[str, mapped_column(String(63))]


def enum_type(kind: type[enum.StrEnum], name: str) -> Enum:
    """A text column that only holds the members of `kind`, read back as members.

    A plain String would give text back, and `is` would silently be false.
    """
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        validate_strings=True,
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """Base of all mapped classes."""

    metadata = metadata
    type_annotation_map = {
        str: String(120),
        Decimal: Numeric(12, 2),
        dt.datetime: DateTime(timezone=True),
    }


class Versioned:
    """A row that two people may edit: saving over an unseen change is refused.

    A trigger counts, so that nobody needs the right to write it: mappers say `"version_id_generator": False`.
    """

    version: Mapped[int] = mapped_column(server_default=text("1"), server_onupdate=FetchedValue(), nullable=False)


class Stamped:
    """When and by whom a row was made; the database fills both, nobody may write them."""

    created_at: Mapped[dt.datetime] = mapped_column(
        DateTime(timezone=True), server_default=text("clock_timestamp()"), nullable=False
    )
    created_by: Mapped[str] = mapped_column(String(63), server_default=text("session_user"), nullable=False)
