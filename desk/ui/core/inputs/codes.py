"""Fields for what has a shape of its own: phone, CPF and CNPJ, CEP, MAC, IP, e-mail."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from desk.ui.core import format
from desk.ui.core.fields import TextField


class PhoneField(TextField):
    """A phone number with area code."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "") -> None:
        super().__init__(
            name, caption, mandatory=mandatory, hint=hint, width=140, code=False, placeholder="(00) 00000-0000"
        )

    def malformed(self) -> str | None:
        if not self.text():
            return None
        import phonenumbers  # here, as in format.phone

        try:
            good = phonenumbers.is_possible_number(phonenumbers.parse(self.text(), "BR"))
        except phonenumbers.NumberParseException:
            good = False
        return None if good and len(re.sub(r"\D", "", self.text())) >= 10 else "bad_phone"

    def shown(self, value: Any) -> str:
        return format.phone(str(value))


class DocumentField(TextField):
    """A CPF or a CNPJ, also of the new kind with letters; the value has no punctuation."""

    def __init__(
        self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", kind: str = "CPF/CNPJ"
    ) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=170, code=True)
        self.kind = kind

    def malformed(self) -> str | None:
        bare = self.value()
        if not bare:
            return None
        shape = {"CPF": r"\d{11}", "CNPJ": r"[0-9A-Z]{12}\d{2}", "CPF/CNPJ": r"\d{11}|[0-9A-Z]{12}\d{2}"}[self.kind]
        code = {"CPF": "bad_cpf", "CNPJ": "bad_cnpj", "CPF/CNPJ": "bad_document"}[self.kind]
        return None if re.fullmatch(shape, bare) and check_digits(bare) else code

    def value(self) -> str:
        return re.sub(r"[^0-9A-Za-z]", "", self.text()).upper()

    def shown(self, value: Any) -> str:
        return format.document(str(value))


def check_digits(bare: str) -> bool:
    """Whether the last two digits of a CPF or CNPJ fit the others."""
    # Here for the eye only; the services decide with validate-docbr, which the screen may not wait for at each key.
    from validate_docbr import CNPJ, CPF

    return bool((CPF() if len(bare) == 11 else CNPJ()).validate(bare))


class CepField(TextField):
    """A postal code; the value has no dash."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "") -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=96, placeholder="00000-000")

    def malformed(self) -> str | None:
        return "bad_cep" if self.text() and not re.fullmatch(r"\d{5}-?\d{3}", self.text()) else None

    def value(self) -> str:
        return self.text().replace("-", "")

    def shown(self, value: Any) -> str:
        return format.cep(str(value))


class MacField(TextField):
    """A MAC address, with or without separators."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", width: int = 160) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, code=True)

    def malformed(self) -> str | None:
        bare = re.sub(r"[:.\-]", "", self.text())
        return "bad_mac" if self.text() and not re.fullmatch(r"[0-9A-Fa-f]{12}", bare) else None

    def value(self) -> str:
        return format.mac(self.text()) if self.text() and self.malformed() is None else self.text()

    def shown(self, value: Any) -> str:
        return format.mac(str(value))


class IpField(TextField):
    """An IPv4 or IPv6 address."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", width: int = 160) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, code=True)

    def malformed(self) -> str | None:
        if not self.text():
            return None
        try:
            ipaddress.ip_address(self.text())
        except ValueError:
            return "bad_ip"
        return None


class EmailField(TextField):
    """An e-mail address, checked by shape only."""

    def malformed(self) -> str | None:
        return "bad_email" if self.text() and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.text()) else None
