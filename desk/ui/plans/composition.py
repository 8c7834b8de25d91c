"""Composição do Plano: what the value is made of, and Personalizar Composição (domain 5.8)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from desk.services.catalog import CompositionDraft
from desk.services.core.errors import DomainError, StaleRecord
from desk.services.plans import (
    CompositionView,
    CustomizeComposition,
    FollowCatalogComposition,
    PlanDetails,
    PlanRow,
    PlanWindow,
    first_parts,
)
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid, NoteBar
from desk.ui.core.composition import Composition
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Chip, Label, button, link
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SAVED, SaveDialog
from desk.ui.plans.conflict import ConflictDialog, rebase
from desk.ui.plans.field_names import shown

ACTION = "plans.composition"
DIFFERS = "A soma da composição difere do valor do plano"
BACK = "Voltar à Composição do Catálogo"


def drafts(parts: Iterable[CompositionView]) -> tuple[CompositionDraft, ...]:
    """Parts to be edited."""
    return tuple(CompositionDraft(part.description, part.service_class, part.amount) for part in parts)


def views(parts: Iterable[CompositionDraft]) -> tuple[CompositionView, ...]:
    """Parts as the plan has them."""
    return tuple(CompositionView(part.description.strip(), part.service_class, part.amount) for part in parts)


def own_parts(details: PlanDetails) -> tuple[CompositionView, ...]:
    """The plan's own parts; none while it follows the catalogue."""
    return details.composition if details.composition_customized else ()


class CompositionCard(Card):
    """Composição do Plano in the plan's window: the parts to read, and the way to make them its own."""

    def __init__(self, desk: Desk, compose: Any) -> None:
        super().__init__("Composição do Plano")
        self._desk = desk
        self.chip = Chip("personalizada", "violet")
        self.head.insertWidget(1, self.chip)
        self.compose = link("Personalizar Composição", compose, icon="pencil-simple")
        self.compose.setObjectName(f"window:{ACTION}")
        self.head.addWidget(self.compose)
        self.facts = FieldGrid()
        self.body.addWidget(self.facts)

    def show_composition(self, details: PlanDetails) -> None:
        """Whose parts they are, and each with its class and amount."""
        self.chip.setVisible(details.composition_customized)
        self.facts.show_facts(
            [
                Fact(part.description, format.money(part.amount), note=part.service_class, money=True)
                for part in details.composition
            ]
            or [Fact("Sem composição", "o valor vai inteiro na fatura")]
        )
        obstacle = self._desk.actions[ACTION].obstacle(self._desk, details.row)
        self.compose.setEnabled(obstacle is None)
        self.compose.setToolTip(obstacle or "")
        self.compose.setAccessibleDescription(obstacle or "")


class CompositionDialog(SaveDialog):
    """Edits the parts of one plan; what was typed stays when another desk was quicker, and the clerk chooses."""

    @classmethod
    def ask(cls, desk: Desk, plan: PlanRow, parent: QWidget | None) -> None:
        """Load the plan, then open the dialog."""
        desk.ask(
            PlanWindow(plan.id),
            owner=desk,
            done=lambda details: cls(desk, details, parent).open(),
            slot="plans.composition",
        )

    def __init__(self, desk: Desk, details: PlanDetails, parent: QWidget | None) -> None:
        super().__init__(desk, "Personalizar Composição", parent)
        self._details = details
        self.body.removeWidget(self.form)
        self.form.hide()
        self.body.addWidget(Label(details.row.title, "section", wrap=True))
        self.whose = Label("", "caption", "text2", wrap=True)
        self.body.addWidget(self.whose)
        self.note = NoteBar("", "info")
        self.body.addWidget(self.note)
        self.composition = Composition(drafts(self._begin_with()))
        self.composition.changed.connect(self._edited)
        self.composition.confirmed.connect(self._to_button)
        self.body.addWidget(self.composition)
        self.begin({}, f"{details.row.title} · {details.row.customer_name}")
        self.is_dirty = lambda: self.composition.dirty
        self.command = lambda _: self._order()
        self.back = self.add_button(button(BACK, self._ask_back, icon="arrow-counter-clockwise"))
        self._show()

    def _begin_with(self) -> tuple[CompositionView, ...]:
        d = self._details
        return own_parts(d) or first_parts(d.catalog_composition, d.row.kind, d.row.name, d.row.value)

    def _show(self) -> None:
        """What stands around the parts."""
        d = self._details
        self.composition.set_price(d.row.value)
        self.back.setVisible(d.composition_customized)
        self.whose.setText(
            "A composição deste plano é personalizada: o que muda no catálogo não chega a ela."
            if d.composition_customized
            else "A composição é a do catálogo. Depois de salvar, o que mudar no catálogo não chega mais a este plano."
        )
        catalog = sum((part.amount for part in d.catalog_composition), Decimal(0))
        spread = not d.composition_customized and d.catalog_composition and catalog != d.row.value
        self.note.set_text(
            f"No catálogo a composição soma {format.money(catalog)}; os itens abaixo estão na proporção do valor do"
            f" plano, {format.money(d.row.value)}."
            if spread
            else ""
        )

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        if self.composition.lines:
            first = self.composition.lines[0].description
            first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            first.edit.selectAll()

    def _edited(self) -> None:
        """What was said about the sum is taken back once it fits; told again when saving."""
        self.set_footer(self._whose)
        QTimer.singleShot(0, self, self.fit)

    def ready(self) -> bool:
        """Each part whole, and the sum the plan's value (domain 7.5)."""
        if not self.composition.lines:
            self.set_footer("Informe pelo menos um item", tone="bad", icon="warning-circle-fill")
            self.composition.more.setFocus(Qt.FocusReason.OtherFocusReason)
            return False
        if not self.composition.ready():
            if not self.composition.fits:
                self.set_footer(DIFFERS, tone="bad", icon="warning-circle-fill")
            if all(not line.form.problems() for line in self.composition.lines):
                amount = self.composition.lines[-1].amount
                amount.editor.setFocus(Qt.FocusReason.OtherFocusReason)
                amount.edit.selectAll()
            return False
        return True

    def _order(self) -> CustomizeComposition:
        d = self._details
        return CustomizeComposition(
            plan_id=d.row.id,
            version=d.row.version,
            value=d.row.value,
            seen=own_parts(d),
            parts=self.composition.parts,
        )

    def _ask_back(self) -> None:
        d = self._details
        parts = words(d.catalog_composition)
        why = f"No catálogo: {parts}." if parts else "O catálogo não tem composição: o valor vai inteiro na fatura."

        def go() -> None:
            order = FollowCatalogComposition(plan_id=d.row.id, version=d.row.version, seen=own_parts(d))
            self.set_busy(True)
            self.desk.do(order, owner=self, said=SAVED, done=self._done, failed=self._refused)

        ask(
            Text(
                what=f"Voltar à composição do catálogo em {d.row.title}, de {d.row.customer_name}?",
                why=why,
                do="Os itens personalizados deste plano são retirados; o valor do plano não muda.",
            ),
            BACK,
            go,
            icon="arrow-counter-clockwise",
            parent=self,
        )

    def told_here(self, error: DomainError) -> bool:
        """Whoever was quicker is named, and the clerk decides whose composition stands."""
        if not isinstance(error, StaleRecord):
            return False
        question = PlanWindow(self._details.row.id)
        self.desk.ask(question, owner=self, done=partial(self._choose, error), failed=lambda _: False)
        return True

    def _choose(self, error: StaleRecord, theirs: PlanDetails) -> None:
        now = {"composition": own_parts(theirs), "value": theirs.row.value}
        before = {"composition": own_parts(self._details), "value": self._details.row.value}
        rebased = rebase(before, {**before, "composition": views(self.composition.parts)}, now)

        def go_on(values: dict[str, Any]) -> None:
            self._details = theirs
            if values["composition"] == now["composition"]:
                self._done(None)  # theirs stands as it is
                return
            self.composition.show_parts(drafts(values["composition"]))
            self._show()
            self.save()

        ConflictDialog(theirs.row.title, error.changes, rebased, now, say, go_on, self, brief=brief).open()


def words(parts: Iterable[CompositionView]) -> str:
    """Parts in one line."""
    return " + ".join(f"{part.description} {format.money(part.amount)}" for part in parts)


def say(name: str, value: Any) -> str:
    """A value of the conflict, at length."""
    if name == "composition":
        return words(value) or "a do catálogo"
    return format.money(Decimal(str(value))) if name == "value" else shown(value)


def brief(name: str, value: Any) -> str:
    """The same where there is little room."""
    if name != "composition":
        return say(name, value)
    return format.count(len(value), "item", "itens") if value else "a do catálogo"
