"""A composition, of a product or of a plan: as many parts as there are, and what is still missing to the price."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
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
        self.amount.checks.append(lambda amount: "amount_negative" if amount < 0 else None)
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
        self.remove = icon_button("x", "Retirar", self.removed.emit)
        line = row(*fields, self.remove)
        line.setStretchFactor(self.description, 1)
        self.setLayout(line)

    @property
    def part(self) -> CompositionDraft:
        """What the line says now."""
        return CompositionDraft(
            self.description.text(), self.service_class.value() or ServiceClass.SCM, self.amount.value() or Decimal(0)
        )


class Composition(QWidget):
    """The parts of one price; Enter goes from field to field, and from the last one on to `confirmed`."""

    changed = Signal()
    confirmed = Signal()

    def __init__(self, parts: Sequence[CompositionDraft]) -> None:
        super().__init__()
        self._saved = tuple(parts)
        self._price = Decimal(0)
        self.lines: list[PartLine] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        self.sum = Label("", "caption", "text2")
        self.more = button("Adicionar Item", self.add, kind="link", icon="plus")
        outer.addLayout(row(self.more, None, self.sum))
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
        line.form.confirmed.connect(lambda: self._after(line))
        self.lines.append(line)
        self._column.addWidget(line)
        if part is None:
            line.description.setFocus()
        self._tell()
        return line

    def _after(self, line: PartLine) -> None:
        """Enter in the last field of a line."""
        at = self.lines.index(line) + 1
        if at == len(self.lines):
            self.confirmed.emit()
            return
        self.lines[at].description.editor.setFocus(Qt.FocusReason.TabFocusReason)
        self.lines[at].description.edit.selectAll()

    def show_parts(self, parts: Sequence[CompositionDraft]) -> None:
        """These parts instead of the present ones, as an edit."""
        for line in tuple(self.lines):
            self.remove(line)
        for part in parts:
            self.add(part)

    def remove(self, line: PartLine) -> None:
        """Take a line out; the focus does not go with it."""
        at = self.lines.index(line)
        focused: QWidget | None = line.window().focusWidget()  # None while nothing has it, whatever Qt's stubs say
        inside = focused is not None and line.isAncestorOf(focused)
        del self.lines[at]
        if inside and self.isVisible():
            following: QWidget = self.lines[min(at, len(self.lines) - 1)].remove if self.lines else self.more
            following.setFocus(Qt.FocusReason.OtherFocusReason)
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
        wrong = [line for line in self.lines if line.form.check()]
        if wrong:
            wrong[0].form.go_to_first()
        self._tell()
        return not wrong and (not self.lines or self.fits)

    @property
    def fits(self) -> bool:
        """Whether the parts add up to the price."""
        return self._total == self._price

    @property
    def _total(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal(0))

    def _tell(self) -> None:
        if not self.lines:
            self.sum.setText("Sem composição: o valor vai inteiro na fatura.")
            set_tone(self.sum, "text2")
        else:
            total, fits = self._total, self.fits
            rest = "" if fits else f" · diferença {format.money(self._price - total)}"
            self.sum.setText(f"soma {format.money(total)} de {format.money(self._price)}{rest}")
            set_tone(self.sum, "ok" if fits else "bad")
        self.changed.emit()
