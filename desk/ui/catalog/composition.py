"""Composição dos Planos: as many parts as there are, and what is still missing to the price."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.catalog import CompositionDraft, ServiceClass
from desk.ui.core import format
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField, MoneyField
from desk.ui.core.labels import Label, button, icon_button, row, set_tone

CLASSES = tuple(Choice(each, each.value) for each in ServiceClass)


class PartLine(QWidget):
    """One part: description, class, value, and the way to take it out."""

    removed = Signal()
    changed = Signal()

    def __init__(self, part: CompositionDraft | None) -> None:
        super().__init__()
        self.form = Form(columns=1)
        self.description = TextField("description", "Descrição", mandatory=True, limit=80)
        self.service_class = ComboField("service_class", "Classe", CLASSES, mandatory=True, width=110)
        self.amount = MoneyField("amount", "Valor", mandatory=True)
        fields = (self.description, self.service_class, self.amount)
        for field in fields:
            self.form.add(field)  # it checks them; where they stand is this line's business
            field.caption.hide()
            field.edited.connect(self.changed)
        self.form.bind(
            {"description": part.description, "service_class": part.service_class, "amount": part.amount}
            if part is not None
            else {"service_class": ServiceClass.SCM}
        )
        line = row(*fields, icon_button("x", "Retirar", self.removed.emit))
        line.setStretchFactor(self.description, 1)
        self.setLayout(line)

    @property
    def part(self) -> CompositionDraft:
        """What the line says now."""
        return CompositionDraft(
            self.description.text(), self.service_class.value() or ServiceClass.SCM, self.amount.value() or Decimal(0)
        )


class Composition(QWidget):
    """The parts of one price."""

    changed = Signal()

    def __init__(self, parts: Sequence[CompositionDraft]) -> None:
        super().__init__()
        self._saved = tuple(parts)
        self._price = Decimal(0)
        self.lines: list[PartLine] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        self.sum = Label("", "caption", "text2")
        outer.addLayout(row(button("Adicionar Item", self.add, kind="link", icon="plus"), None, self.sum))
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        outer.addLayout(self._column)
        for part in parts:
            self.add(part)
        self._tell()

    def add(self, part: CompositionDraft | None = None) -> PartLine:
        """One more line."""
        line = PartLine(part)
        line.removed.connect(lambda: self.remove(line))
        line.changed.connect(self._tell)
        self.lines.append(line)
        self._column.addWidget(line)
        if part is None:
            line.description.setFocus()
        self._tell()
        return line

    def remove(self, line: PartLine) -> None:
        """Take a line out."""
        self.lines.remove(line)
        line.hide()
        line.deleteLater()
        self._tell()

    def set_price(self, price: Decimal | None) -> None:
        """What the parts must add up to."""
        self._price = price or Decimal(0)
        self._tell()

    @property
    def parts(self) -> tuple[CompositionDraft, ...]:
        """All parts, in their order."""
        return tuple(line.part for line in self.lines)

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what was saved."""
        return self.parts != self._saved

    def ready(self) -> bool:
        """Whether each line is whole and the sum is right; shows what is not."""
        whole = [line.form.ready() for line in self.lines]
        fits = not self.lines or self._total == self._price
        self._tell()
        return all(whole) and fits

    @property
    def _total(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))

    def _tell(self) -> None:
        if not self.lines:
            self.sum.setText("Sem composição: o valor vai inteiro na fatura.")
            set_tone(self.sum, "text2")
        else:
            total, fits = self._total, self._total == self._price
            rest = "" if fits else f" · diferença {format.money(self._price - total)}"
            self.sum.setText(f"soma {format.money(total)} de {format.money(self._price)}{rest}")
            set_tone(self.sum, "ok" if fits else "bad")
        self.changed.emit()
