"""What can be done with a customer, and what comes back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from desk.models.customers import CustomerKind
from desk.services.core.bus import Command


@dataclass(frozen=True, kw_only=True)
class PhoneDraft:
    """A telephone as typed; stored as national digits."""

    number: str
    label: str = ""


@dataclass(frozen=True)
class PhoneRow:
    """A telephone as it is stored: national digits, and what it is for."""

    number: str
    label: str


@dataclass(frozen=True, kw_only=True)
class AddressDraft:
    """An address as typed."""

    zip: str
    street: str
    number: str
    district: str
    city_id: int
    complement: str = ""
    landmark: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordDraft:
    """The fields of the Cadastro tab."""

    kind: CustomerKind
    name: str
    business_unit_id: int
    trade_name: str = ""
    registration: str = ""
    birth_date: dt.date | None = None
    mother_name: str = ""
    father_name: str = ""
    email: str = ""
    notes: str = ""
    identifier_code: str = ""
    default_due_day: int = 10
    phones: tuple[PhoneDraft, ...] = ()


@dataclass(frozen=True)
class CustomerRegistered:
    """A new customer, with the code the clerk says aloud."""

    customer_id: int
    code: int
    name: str


@dataclass(frozen=True, kw_only=True)
class RegisterCustomer(Command[CustomerRegistered]):
    """Novo Cliente: record, document and first address."""

    record: RecordDraft
    document: str
    address: AddressDraft


@dataclass(frozen=True)
class CustomerSaved:
    """The record as it stands now; `version` is what the next save must name."""

    customer_id: int
    version: int
    changed_fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SaveCustomer(Command[CustomerSaved]):
    """Save the Cadastro tab; `document` is left alone when None, since the screen shows it masked.

    `version` covers the record, not the telephones, which are rows of their own: `seen_phones` are those of the
    record as it was shown.
    """

    customer_id: int
    version: int
    record: RecordDraft
    seen_phones: tuple[PhoneRow, ...] | None = None
    document: str | None = None
    active: bool = True


@dataclass(frozen=True)
class AddressSaved:
    """An address as it stands now."""

    address_id: int
    position: int
    version: int


@dataclass(frozen=True, kw_only=True)
class AddAddress(Command[AddressSaved]):
    """Give a customer one more address."""

    customer_id: int
    address: AddressDraft


@dataclass(frozen=True, kw_only=True)
class SaveAddress(Command[AddressSaved]):
    """Correct an address; plans that follow it follow."""

    address_id: int
    version: int
    address: AddressDraft


@dataclass(frozen=True, kw_only=True)
class MoveAddress(Command[AddressSaved]):
    """Exchange an address with the one at `position`: 1 is the installation default, 2 that for billing (PL-31/32)."""

    address_id: int
    version: int
    position: int


@dataclass(frozen=True, kw_only=True)
class RemoveAddress(Command[None]):
    """Remove an address; those after it move up."""

    address_id: int
    version: int


@dataclass(frozen=True, kw_only=True)
class RevealDocument(Command[str]):
    """Show a customer's whole CPF or CNPJ; the look is written to the history."""

    customer_id: int


@dataclass(frozen=True, kw_only=True)
class OpenedCustomer(Command[None]):
    """Remember that this person opened this customer, for the empty search field."""

    customer_id: int
