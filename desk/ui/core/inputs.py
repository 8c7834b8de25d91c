"""Fields for the kinds of value that Brazilian forms are made of."""

from __future__ import annotations

import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCalendarWidget, QComboBox, QFrame, QLineEdit, QToolButton, QVBoxLayout

from desk.ui.core import format, icons
from desk.ui.core.fields import Field, TextField
from desk.ui.core.labels import icon_button

# Letters and digits that nobody confuses on the phone.
EASY = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


class MoneyField(TextField):
    """An amount in reais, with comma."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", width: int = 112) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, right=True)

    def malformed(self) -> str | None:
        return "bad_money" if self.text() and format.parse_number(self.text()) is None else None

    def value(self) -> Decimal | None:
        found = format.parse_number(self.text())
        return None if found is None else found.quantize(Decimal("0.01"))

    def shown(self, value: Any) -> str:
        return format.money(Decimal(value))


class PercentField(TextField):
    """A percentage, with comma."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "") -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=72, right=True)

    def malformed(self) -> str | None:
        return "bad_number" if self.text() and format.parse_number(self.text()) is None else None

    def value(self) -> Decimal | None:
        return format.parse_number(self.text())

    def shown(self, value: Any) -> str:
        return format.percent(Decimal(value))


class IntField(TextField):
    """A whole number."""

    def __init__(
        self,
        name: str,
        caption: str,
        *,
        mandatory: bool = False,
        hint: str = "",
        width: int = 96,
        low: int = 0,
        high: int | None = None,
        unit: str = "",
    ) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, right=True)
        self._low, self._high, self._unit = low, high, unit

    def _number(self) -> int | None:
        plain = self.text().removesuffix(self._unit).strip().replace(".", "")
        return int(plain) if re.fullmatch(r"-?\d+", plain) else None

    def malformed(self) -> str | None:
        if not self.text():
            return None
        number = self._number()
        if number is None:
            return "bad_number"
        if number < self._low:
            self.params = {"limit": self._low}
            return "too_small"
        if self._high is not None and number > self._high:
            self.params = {"limit": self._high}
            return "too_big"
        return None

    def value(self) -> int | None:
        return self._number()

    def shown(self, value: Any) -> str:
        return f"{format.number(int(value))} {self._unit}".strip()


class DateField(TextField):
    """A day: typed as dd/mm/aaaa, or picked from a calendar."""

    def __init__(self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", width: int = 128) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, placeholder="dd/mm/aaaa")
        self._pick = self.edit.addAction(
            icons.icon("calendar-blank", "text2"), QLineEdit.ActionPosition.TrailingPosition
        )
        self._pick.setToolTip("Escolher no calendário (Alt+↓)")
        self._pick.triggered.connect(self._open)
        self._calendar: QFrame | None = None

    def malformed(self) -> str | None:
        return "bad_date" if self.text() and format.parse_day(self.text()) is None else None

    def value(self) -> date | None:
        return format.parse_day(self.text())

    def shown(self, value: Any) -> str:
        return format.day(value)

    def _lock(self, read_only: bool) -> None:
        super()._lock(read_only)
        self._pick.setEnabled(not read_only)

    def _open(self) -> None:
        flyout = QFrame(self, Qt.WindowType.Popup)
        flyout.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        flyout.setObjectName("flyout")
        calendar = QCalendarWidget()
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setLocale(format.LOCALE)
        now = self.value()
        if now is not None:
            calendar.setSelectedDate(QDate(now.year, now.month, now.day))
        layout = QVBoxLayout(flyout)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(calendar)

        def chosen(day: QDate) -> None:
            self.set_value(date(day.year(), day.month(), day.day()))
            flyout.close()
            self.edited.emit()

        calendar.activated.connect(chosen)
        calendar.clicked.connect(chosen)
        flyout.move(self.edit.mapToGlobal(QPoint(0, self.edit.height() + 2)))
        flyout.show()
        calendar.setFocus()


@dataclass(frozen=True)
class Choice:
    """One entry of a list: what is stored and what is read."""

    value: Any
    label: str


def _searchable() -> QComboBox:
    from superqt import QSearchableComboBox  # here, since importing superqt takes a while

    return QSearchableComboBox()


class ComboField(Field):
    """A choice from a list; long lists are searched by typing any part of the label."""

    def __init__(
        self,
        name: str,
        caption: str,
        choices: Iterable[Choice] = (),
        *,
        mandatory: bool = False,
        search: bool = False,
        hint: str = "",
        width: int = 0,
        placeholder: str = "",
    ) -> None:
        self.combo = _searchable() if search else QComboBox()
        self._search = search
        self.combo.setPlaceholderText(placeholder)
        self.combo.setMaxVisibleItems(12)
        self.combo.setMinimumContentsLength(8)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        super().__init__(name, caption, self.combo, mandatory=mandatory, hint=hint, width=width)
        inner = self.combo.lineEdit()
        if inner is not None:
            inner.setTextMargins(2, 0, 0, 0)
            inner.setPlaceholderText(placeholder)
            inner.editingFinished.connect(self._settle)
        self._choices: list[Choice] = []
        self._filling = False
        self.combo.currentIndexChanged.connect(self._chosen)
        self.set_choices(choices)

    def set_choices(self, choices: Iterable[Choice]) -> None:
        """Offer other entries, keeping the present one if it is among them."""
        kept = self.value()
        self._choices = list(choices)
        self._filling = True
        self.combo.clear()
        for choice in self._choices:
            self.combo.addItem(choice.label)
        self._filling = False
        self.set_value(kept)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is offered."""
        return tuple(self._choices)

    def _chosen(self) -> None:
        if not self._filling:
            self.edited.emit()

    def _settle(self) -> None:
        # A text that is no entry would look chosen without being so.
        at = self.combo.findText(self.combo.currentText(), Qt.MatchFlag.MatchFixedString)
        if at >= 0 and at != self.combo.currentIndex():
            self.combo.setCurrentIndex(at)
        elif at < 0 and not self.combo.currentText():
            self.combo.setCurrentIndex(-1)

    def malformed(self) -> str | None:
        text = self.combo.currentText()
        known = not text or self.combo.findText(text, Qt.MatchFlag.MatchFixedString) >= 0
        return None if known else "not_in_list"

    def value(self) -> Any:
        at = self.combo.currentIndex()
        return self._choices[at].value if 0 <= at < len(self._choices) else None

    def set_value(self, value: Any) -> None:
        at = next((at for at, choice in enumerate(self._choices) if choice.value == value), -1)
        self._filling = True
        self.combo.setCurrentIndex(at)
        if at < 0 and self._search:
            self.combo.clearEditText()
        self._filling = False


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


class PasswordField(TextField):
    """A password: hidden, with an eye, a generator and a copy button where wanted."""

    def __init__(
        self,
        name: str,
        caption: str,
        *,
        mandatory: bool = False,
        hint: str = "",
        width: int = 0,
        generate: bool = False,
        copy: bool = False,
        make: Callable[[], str] | None = None,
    ) -> None:
        super().__init__(name, caption, mandatory=mandatory, hint=hint, width=width, code=True)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._make = make or easy_password
        self._eye = self.edit.addAction(icons.icon("eye", "text2"), QLineEdit.ActionPosition.TrailingPosition)
        self._eye.setToolTip("Mostrar a senha")
        self._eye.triggered.connect(lambda: self.show_text(self.edit.echoMode() == QLineEdit.EchoMode.Password))
        self.extra: list[QToolButton] = []
        if copy:
            self._extra("copy", "Copiar", lambda: QGuiApplication.clipboard().setText(self.edit.text()))
        if generate:
            self._extra("arrows-clockwise", "Gerar senha", self.generate)

    def _extra(self, icon: str, name: str, act: Callable[[], object]) -> None:
        made = icon_button(icon, name, act)
        self.line.addWidget(made)
        self.extra.append(made)

    def show_text(self, shown: bool) -> None:
        """Open or close the eye."""
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._eye.setIcon(icons.icon("eye-slash" if shown else "eye", "text2"))
        self._eye.setToolTip("Esconder a senha" if shown else "Mostrar a senha")

    def generate(self) -> None:
        """Fill in a new password and show it, since somebody will read it out."""
        self.edit.setText(self._make())
        self.show_text(True)
        self.edited.emit()

    def text(self) -> str:
        return self.edit.text()  # blanks belong to a password


def easy_password(length: int = 8) -> str:
    """A random password without look-alikes (RA-10)."""
    while True:
        made = "".join(secrets.choice(EASY) for _ in range(length))
        if any(letter.isdigit() for letter in made) and any(letter.isalpha() for letter in made):
            return made
