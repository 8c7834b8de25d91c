"""Fields for amounts, percentages and whole numbers."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from desk.ui.core import format
from desk.ui.core.fields import TextField


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
