"""The page Valores of Mudar Plano: discounts and surcharges (CP-01), and the running period (domain 7.7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desk.services.plans import (
    ChangeDraft,
    ChangeMode,
    ProrationLine,
    ValueDetailView,
    ValueKind,
    period_at,
    prorate,
    total_after,
)
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid, NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.inputs import Choice, ComboField
from desk.ui.core.labels import Label
from desk.ui.core.wizards import WizardPage

MODES = {
    ChangeMode.PROPORTIONAL: "Proporcional aos dias de cada plano",
    ChangeMode.NEXT_CLOSE: "Valor novo a partir do próximo fechamento",
    ChangeMode.IN_FULL: "Integral de imediato, sem crédito",
}
_NOUNS = {ValueKind.DISCOUNT: "desconto", ValueKind.SURCHARGE: "acréscimo"}


def holds(desk: Desk, permission: str) -> bool:
    """Whether the person at this desk holds a permission, by its label."""
    return any(each.value == permission for each in desk.bus.actor.permissions)


def nouns_of(details: Sequence[ValueDetailView]) -> str:
    """What kinds of value details there are: "desconto", "acréscimo" or "desconto e acréscimo"."""
    return " e ".join(noun for kind, noun in _NOUNS.items() if any(each.kind is kind for each in details))


def goes(nouns: str) -> str:
    """The verb to it."""
    return "passam" if " e " in nouns else "passa"


class MoneyPage(WizardPage):
    """What becomes of discounts and surcharges, and what the running period comes to; nothing is posted."""

    def __init__(self, draft: ChangeDraft) -> None:
        super().__init__("Valores", columns=1)
        self._draft = draft
        self.question = NoteBar("", "info")
        self.body.insertWidget(1, self.question)
        self.keeps = ComboField(
            "keeps",
            "Transferir para o plano novo",
            [Choice(True, "SIM"), Choice(False, "NÃO")],
            mandatory=True,
            width=160,
        )
        self.form.add(self.keeps)
        modes = [Choice(mode, words) for mode, words in MODES.items()]
        self.form.add(ComboField("mode", "Cobrança do período", modes, mandatory=True, width=360))
        self.form.bind({"keeps": None, "mode": draft.mode})
        self.form.changed.connect(lambda _: self._show())
        self.card = Card("Período em curso")
        self.figures = FieldGrid(caption_width=300)
        self.note = Label("", "caption", "text2", wrap=True)
        self.card.body.addWidget(self.figures)
        self.card.body.addWidget(self.note)
        self.body.insertWidget(3, self.card)

    def enter(self) -> None:
        """Ask about what there is now: only where variable 13 says so (CP-01)."""
        draft = self._draft
        kinds = nouns_of(draft.choices.details)
        asks = draft.asks_details
        self.keeps.setVisible(asks)
        self.keeps.mandatory = asks
        if not asks:
            self.form.draft["keeps"] = None
            self.keeps.set_value(None)
        if asks:
            self.question.set_text(f"O plano possui {kinds}. Deseja transferir para o novo plano?")
        else:
            self.question.set_text(f"O plano possui {kinds}, que não {goes(kinds)} para o plano novo." if kinds else "")
        self.first = "keeps" if asks else "mode"
        self._show()

    def _show(self) -> None:
        self.store()
        d, choices = self._draft, self._draft.choices
        if d.value is None:
            return
        keeps = d.keeps_details and d.asks_details
        before, after = choices.plan.total, total_after(choices, d.value, keeps_details=keeps)
        period = period_at(choices.today, last_close=choices.last_close_date, due_day=choices.plan.due_day)
        found = prorate(before, after, period, choices.today, d.mode, starts_on=choices.start_date)
        self.card.title.setText(f"Período de {format.day(period.start)} a {format.day(period.end)}")
        facts = [Fact(_said(line), format.money(line.amount), money=True) for line in found.lines]
        total = Fact("Total do período", format.reais(found.total), money=True, strong=True, line=True)
        self.figures.setVisible(choices.bills)
        self.figures.show_facts([*facts, total])
        self.note.setText(
            "Para informar o cliente: nada é lançado agora. A mudança fica guardada com estes dados."
            if choices.bills
            else f"Em “{choices.plan.status_label}” o plano não é cobrado; a mudança fica guardada para quando for."
        )

    def store(self) -> None:
        """Take what stands on the page into the draft."""
        typed: dict[str, Any] = self.form.draft
        self._draft.keeps_details = bool(typed["keeps"])
        self._draft.mode = typed["mode"]


def _said(line: ProrationLine) -> str:
    which = "Plano novo" if line.new else "Plano atual"
    return f"{which}: {line.days} de {line.of} dias de {format.money(line.monthly)}"
