"""What a customer's record must satisfy; the form and the use case ask the same functions."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from desk.models.customers import CustomerKind
from desk.models.variables import Variable
from desk.services.core.errors import Violation

CPF_LENGTH = 11
CNPJ_LENGTH = 14
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
# Variables that make a field of the record mandatory (domain 3.2), and that field.
MANDATORY: dict[Variable, str] = {
    Variable.MOBILE_REQUIRED: "mobile",
    Variable.PHONE_REQUIRED: "phones",
    Variable.EMAIL_REQUIRED: "email",
    Variable.BIRTH_DATE_REQUIRED: "birth_date",
    Variable.MOTHER_REQUIRED: "mother_name",
    Variable.FATHER_REQUIRED: "father_name",
}
_ONLY_OF_PEOPLE = frozenset({"birth_date", "mother_name", "father_name"})


class PhoneLike(Protocol):
    """A telephone as a form holds it."""

    @property
    def number(self) -> str: ...


class AddressLike(Protocol):
    """An address as a form holds it."""

    @property
    def zip(self) -> str: ...
    @property
    def street(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def district(self) -> str: ...
    @property
    def city_id(self) -> int: ...


class RecordLike(Protocol):
    """The fields of a customer's record, as a form or a command holds them."""

    @property
    def kind(self) -> CustomerKind: ...
    @property
    def name(self) -> str: ...
    @property
    def birth_date(self) -> dt.date | None: ...
    @property
    def mother_name(self) -> str: ...
    @property
    def father_name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def default_due_day(self) -> int: ...
    @property
    def phones(self) -> Sequence[PhoneLike]: ...


def bare_document(document: str) -> str:
    """CPF or CNPJ without its mask, letters in capitals."""
    return re.sub(r"[.\-/\s]", "", document).upper()


def bare_zip(code: str) -> str:
    """The eight digits of a CEP."""
    return re.sub(r"[.\-\s]", "", code)


def mask_document(document: str) -> str:
    """Enough of a CPF or CNPJ to compare with what somebody says, not enough to use."""
    if len(document) == CPF_LENGTH:
        return f"***.{document[3:6]}.{document[6:9]}-**"
    if len(document) == CNPJ_LENGTH:
        return f"{document[:2]}.***.***/{document[8:12]}-**"
    return "*" * len(document)


def national_digits(number: str) -> str | None:
    """The national digits of a Brazilian telephone as they are stored; None when it is none."""
    import phonenumbers  # its tables take long to load, and most commands need none

    try:
        found = phonenumbers.parse(number, "BR")
    except phonenumbers.NumberParseException:
        return None
    if found.country_code != 55 or not phonenumbers.is_valid_number(found):
        return None
    return phonenumbers.national_significant_number(found)


def is_mobile(number: str) -> bool:
    """Whether stored digits are those of a mobile: area code, then nine digits that begin with 9."""
    return re.fullmatch(r"[1-9]{2}9\d{8}", number) is not None


def check_document(kind: CustomerKind, document: str, *, check_digits: bool) -> Iterator[Violation]:
    """Shape always; check digits unless the person may skip them ("Não Validar CPF/CNPJ")."""
    bare = bare_document(document)
    if not bare:
        yield Violation("document", "document_empty")
    elif kind is CustomerKind.PERSON:
        if not re.fullmatch(r"[0-9]{11}", bare):
            yield Violation("document", "cpf_shape")
        elif check_digits and not _valid(kind, bare):
            yield Violation("document", "cpf_invalid")
    elif not re.fullmatch(r"[0-9A-Z]{12}[0-9]{2}", bare):
        yield Violation("document", "cnpj_shape")
    elif check_digits and not _valid(kind, bare):
        yield Violation("document", "cnpj_invalid")


def _valid(kind: CustomerKind, bare: str) -> bool:
    from validate_docbr import CNPJ, CPF

    return bool((CPF() if kind is CustomerKind.PERSON else CNPJ()).validate(bare))


def check_record(record: RecordLike, mandatory: frozenset[str], *, today: dt.date) -> Iterator[Violation]:
    """Everything about a record but its document; `mandatory` names the fields that variables ask for."""
    if not record.name.strip():
        yield Violation("name", "name_empty")
    if record.email and not (_EMAIL.fullmatch(record.email) and len(record.email) <= 254):
        yield Violation("email", "email_shape")
    if record.birth_date is not None and record.birth_date > today:
        yield Violation("birth_date", "birth_date_future")
    if not 1 <= record.default_due_day <= 31:
        yield Violation("default_due_day", "due_day_range")
    digits = [national_digits(phone.number) for phone in record.phones]
    for place, found in enumerate(digits):
        if found is None:
            yield Violation(f"phones.{place}.number", "phone_invalid")
        elif found in digits[:place]:
            yield Violation(f"phones.{place}.number", "phone_repeated")
    for field in sorted(mandatory):
        if field in _ONLY_OF_PEOPLE and record.kind is CustomerKind.COMPANY:
            continue
        if field == "mobile":
            if not any(found and is_mobile(found) for found in digits):
                yield Violation("phones", "mobile_required")
        elif not getattr(record, field):
            yield Violation(field, f"{field}_required")


def check_address(address: AddressLike, prefix: str = "") -> Iterator[Violation]:
    """CEP of eight digits, and the parts without which nobody finds the house."""
    if not re.fullmatch(r"[0-9]{8}", bare_zip(address.zip)):
        yield Violation(f"{prefix}zip", "zip_shape")
    for field in ("street", "number", "district"):
        if not getattr(address, field).strip():
            yield Violation(f"{prefix}{field}", f"{field}_empty")
    if not address.city_id:
        yield Violation(f"{prefix}city_id", "city_empty")
