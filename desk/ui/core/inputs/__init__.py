"""Every kind of field beside plain text; screens take them from here."""

from __future__ import annotations

from desk.ui.core.inputs.codes import CepField, DocumentField, EmailField, IpField, MacField, PhoneField, check_digits
from desk.ui.core.inputs.dates import DateField
from desk.ui.core.inputs.lists import Choice, ComboField
from desk.ui.core.inputs.numbers import IntField, MoneyField, PercentField
from desk.ui.core.passwords import EASY, PasswordField, easy_password

__all__ = [
    "EASY",
    "CepField",
    "Choice",
    "ComboField",
    "DateField",
    "DocumentField",
    "EmailField",
    "IntField",
    "IpField",
    "MacField",
    "MoneyField",
    "PasswordField",
    "PercentField",
    "PhoneField",
    "check_digits",
    "easy_password",
]
