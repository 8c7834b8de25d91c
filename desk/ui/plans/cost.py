"""Quanto vem: what stands beside the pages of both plan wizards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.plans import CompositionView, PlanDraft
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid
from desk.ui.core.labels import Label, clear, row


class CostCard(Card):
    """Quanto vem: the monthly value, live."""

    def __init__(self) -> None:
        super().__init__("Quanto vem")
        self.facts = FieldGrid(caption_width=120)
        self.note, self.from_when = Label("", "caption", "text2"), Label("", "caption", "text2")
        for each in (self.facts, self.note, self.from_when):
            self.body.addWidget(each)
        self.composition = Card("Composição do Plano")

    def column(self) -> QWidget:
        """What stands beside a wizard's pages: this card above the one of its parts."""
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self)
        column.addWidget(self.composition)
        return side

    def show_draft(self, draft: PlanDraft) -> None:
        """The plan's value and when it counts."""
        parts = draft.offered.composition if draft.offered is not None else ()
        self._show_parts(parts)
        self.composition.setVisible(bool(parts))
        self.from_when.setVisible(draft.offered is not None)
        if draft.offered is None:
            self.facts.show_facts([])
            self.note.setText("Escolha o plano para ver o valor.")
            return
        value = draft.value if draft.value is not None else draft.offered.price
        facts = [Fact("Mensalidade", format.reais(value), money=True, strong=True)]
        if value != draft.offered.price:
            facts.insert(0, Fact("No catálogo", format.money(draft.offered.price), money=True))
        self.facts.show_facts(facts)
        self.note.setText(f"Vence todo dia {draft.due_day}.")
        self.from_when.setText("Cobrado a partir da habilitação.")

    def _show_parts(self, parts: Sequence[CompositionView]) -> None:
        body = self.composition.body
        clear(body)
        for part in parts:
            holder = QWidget()
            name = Label(part.description, "body", "text2", wrap=True)
            line = row(name, Label(format.money(part.amount)))
            line.setStretchFactor(name, 1)
            line.setContentsMargins(0, 0, 0, 0)
            holder.setLayout(line)
            body.addWidget(holder)
