"""Mudar Plano: Plano novo, Itens, Valores, Resumo; at the right what it will cost (domain 6.1)."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError, StaleRecord, Violation
from desk.services.plans import (
    CHANGE_REASONS,
    ChangeChoices,
    ChangeDraft,
    ChangeStep,
    ChoicesForChange,
    PlanRow,
    TargetPlan,
    next_change_step,
    stuck,
    total_after,
)
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid, NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.inputs import Choice, ComboField, MoneyField
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.wizards import FlowWizard, StepText, WizardPage
from desk.ui.plans.change_money import MODES, MoneyPage, goes, holds, nouns_of
from desk.ui.plans.cost import CostCard

CHANGED = "Plano alterado com sucesso"  # CP-04
NEW_VALUE, DISCOUNT = "Editar Valor de Novo Plano", "Dar Descontos em Planos"
AUTHORISER = "Autorizador de Planos"
# The plan, its items or the product are no longer what the pages show.
_MOVED = ("facts_moved", "not_sold_here", "items_do_not_fit")


class ChangePlanDialog:
    """Loads what the plan may change into, then opens the wizard; named as a dialog because it is opened like one."""

    def __init__(self, desk: Desk, plan: PlanRow, parent: QWidget | None) -> None:
        self._desk, self._plan, self._parent = desk, plan, parent

    def open(self) -> None:
        """Ask for the choices and show the first page when they are there."""
        self._desk.ask(
            ChoicesForChange(self._plan.id),
            owner=self._desk,
            done=lambda choices: ChangePlanWizard(self._desk, choices, self._parent).open(),
            slot="plans.change_catalog",
        )


class TargetPage(WizardPage):
    """Into which plan, for which value, and why."""

    def __init__(self, desk: Desk, draft: ChangeDraft) -> None:
        super().__init__("Plano novo", mandatory_note=True)
        self._draft, self.first = draft, "target"
        self._authorises, self._discounts = holds(desk, AUTHORISER), holds(desk, DISCOUNT)
        self.now = FieldGrid()
        self.body.insertWidget(1, self.now)
        form = self.form
        form.add(YesNoField("same_group", "Pertence ao mesmo grupo de serviço?"))
        self.group = form.add(ComboField("group_id", "Grupo de serviço do plano novo", mandatory=True))
        self.target = form.add(ComboField("target", "Mudar para o Plano", mandatory=True, search=True))
        self.value = form.add(MoneyField("value", "Valor do Novo Plano", mandatory=True))
        if not holds(desk, NEW_VALUE):
            self.value.set_read_only(True, NEW_VALUE)
        reasons = [Choice(reason, reason) for reason in CHANGE_REASONS]
        form.add(ComboField("reason", "Motivo", reasons, mandatory=True))
        form.add(TextField("note", "Observação", limit=500))
        form.bind({"same_group": True, "group_id": draft.choices.group_id})
        form.changed.connect(self._edited)
        self.offer()
        form.settle()

    def offer(self) -> None:
        """What is on sale, as the draft's choices say now; what was chosen stays while it is among it."""
        choices, form = self._draft.choices, self.form
        self.now.show_facts(
            [
                Fact("Plano atual", choices.plan.title, strong=True),
                Fact("Grupo de Serviço", choices.group),
                Fact("Valor atual", format.reais(choices.plan.value)),
            ]
        )
        same = bool(form.draft["same_group"])
        self.group.set_choices([Choice(group.id, group.label) for group in choices.groups])
        if same:
            form.set("group_id", choices.group_id)
        self.group.set_read_only(same)
        offered = [each for each in choices.targets if each.group_id == form.draft["group_id"] and self._free(each)]
        kept = form.draft.get("target")
        self.target.set_choices([Choice(each.id, each.name) for each in offered])
        self.target.set_hint(self._how_many(len(offered)))
        form.draft["target"] = self.target.value()
        if kept is not None and form.draft["target"] is None:
            form.set("value", None)

    def _free(self, target: TargetPlan) -> bool:
        return self._authorises or not target.requires_authorization

    def _how_many(self, count: int) -> str:
        choices = self._draft.choices
        hidden = sum(each.group_id == self.form.draft["group_id"] and not self._free(each) for each in choices.targets)
        words = f"{format.count(count, 'plano', 'planos')} em {choices.unit}"
        return words + (f"; {hidden} só com “{AUTHORISER}”" if hidden else "")

    def _edited(self, name: str) -> None:
        if name == "same_group":
            self.offer()
        if name == "group_id" and not self.form.draft["same_group"]:
            self.offer()
        if name == "target":
            target = self._chosen()
            self.form.set("value", target.price if target else None)

    def _chosen(self) -> TargetPlan | None:
        wanted = self.form.draft.get("target")
        return next((each for each in self._draft.choices.targets if each.id == wanted), None)

    def ready(self) -> bool:
        """BI-20 is told at the field, before anything is sent; the database says it again."""
        found = self.form.check()
        target, value = self._chosen(), self.form.draft["value"]
        if target is not None and value is not None and value < target.price and not self._discounts:
            found.append(Violation("value", "below_catalog", {"price": format.money(target.price)}))
        self.form.show_violations(found)
        self.form.go_to_first()
        return not found

    def store(self) -> None:
        """Take what stands on the page into the draft."""
        typed: dict[str, Any] = self.form.draft
        self._draft.target = self._chosen()
        self._draft.value = typed["value"]
        self._draft.reason, self._draft.note = typed["reason"] or "", typed["note"] or ""


class ItemsPage(WizardPage):
    """What stays with the plan, what does not go with it, and what has no place in the new one (CP-02, CP-03)."""

    def __init__(self, draft: ChangeDraft) -> None:
        super().__init__("Itens")
        self._draft = draft
        self.blocked = NoteBar("", "bad")
        self.dropped = NoteBar("", "warn")
        self.stay = FieldGrid()
        card = Card("Ficam como estão")
        card.body.addWidget(self.stay)
        for at, each in enumerate((self.blocked, self.dropped, card), 1):
            self.body.insertWidget(at, each)

    def enter(self) -> None:
        """Show it for the plan that is chosen now."""
        plan, target = self._draft.choices.plan, self._draft.target
        if target is None:
            return
        without_place = stuck(plan, target)
        names = {(each.kind, each.name) for each in without_place}
        listed = ", ".join(f"{'login' if each.kind == 'login' else 'IP'} {each.name}" for each in without_place)
        room = ""
        if any(each.kind == "login" for each in without_place):
            limit = target.login_limit if target.allows_login else 0
            most = format.count(limit, "login", "logins") if limit else "nenhum login"
            room = f" {target.name} comporta {most}."
        self.blocked.set_text(f"Apague antes, ou escolha outro plano: {listed}.{room}" if without_place else "")
        self.dropped.set_text(_dropped(self._draft.choices))
        logins = [login.login for login in plan.logins if ("login", login.login) not in names]
        ips = [ip.address for ip in plan.ips if ("ip", ip.address) not in names]
        self.stay.show_facts(
            [
                Fact("Número do plano", f"{plan.number:03d}", code=True),
                Fact("Status", plan.status_label),
                Fact("Logins de Radius", ", ".join(logins) or "—", code=bool(logins)),
                Fact("IPs", ", ".join(ips) or "—", code=bool(ips)),
                Fact("Referência do Plano", plan.reference or "—"),
                Fact("Dia Vencimento", str(plan.due_day)),
                Fact("Endereços", "os mesmos"),
            ]
        )

    def ready(self) -> bool:
        """Nothing goes on while an item has no place."""
        return self._draft.target is not None and not stuck(self._draft.choices.plan, self._draft.target)

    def store(self) -> None:
        """Nothing is typed here."""


def _dropped(choices: ChangeChoices) -> str:
    """What does not go with the plan, and what to do about it; empty when everything does."""
    circuits = ", ".join(circuit.name for circuit in choices.plan.circuits)
    told = [f"circuito {circuits}. Cadastre outro depois da mudança"] if circuits else []
    if choices.composition_customized:
        told.append("composição personalizada. Vale a do plano novo; personalize de novo depois, se precisar")
    return f"Não passa para o plano novo: {'; '.join(told)}." if told else ""


class SummaryPage(WizardPage):
    """What will be written and what the network will hear, to be read once more."""

    def __init__(self, desk: Desk, draft: ChangeDraft) -> None:
        super().__init__("Resumo")
        self._draft = draft
        self.facts = FieldGrid()
        self.network = NetworkBox(desk, self)
        self.network.tells_refusals = True
        self.body.insertWidget(1, self.facts)
        self.body.insertWidget(2, self.network)

    def enter(self) -> None:
        """Show the draft as it is now."""
        d, plan = self._draft, self._draft.choices.plan
        if d.target is None or d.value is None:
            return
        speed = format.rates(d.target.down_kbps, d.target.up_kbps) if d.target.down_kbps else "—"
        facts = [
            Fact("Cliente", plan.customer_name, strong=True),
            Fact("Plano atual", plan.title),
            Fact("Plano novo", d.target.name, strong=True),
            Fact("A partir de", f"hoje, {format.day(d.choices.today)}"),
            Fact("Velocidade", speed),
            Fact("Valor do Novo Plano", format.reais(d.value)),
            Fact("Cobrança do período", MODES[d.mode]),
        ]
        if nouns := nouns_of(d.choices.details):
            verb = goes(nouns)
            facts.append(Fact(nouns.capitalize(), verb if d.command().keeps_details else f"não {verb}"))
        self.facts.show_facts([*facts, Fact("Motivo", d.reason)])
        self.network.ask(d.command())

    def store(self) -> None:
        """Nothing is typed here."""


class ChangeCost(CostCard):
    """Quanto vem: the monthly value before and after, live."""

    def show_change(self, draft: ChangeDraft) -> None:
        """Before, after, and what lies between."""
        before = draft.choices.plan.total
        self._show_parts(draft.target.composition if draft.target is not None else ())
        self.composition.setVisible(draft.target is not None and bool(draft.target.composition))
        facts = [Fact("Hoje", format.reais(before), money=True)]
        if draft.target is not None and draft.value is not None:
            keeps = draft.keeps_details and draft.asks_details
            after = total_after(draft.choices, draft.value, keeps_details=keeps)
            moved = f"{'+' if after > before else '−' if after < before else ''} {format.money(abs(after - before))}"
            facts += [
                Fact("Depois", format.reais(after), money=True, strong=True),
                Fact("Diferença", moved.strip(), money=True, line=True),
            ]
        self.facts.show_facts(facts)
        self.note.setText("Por mês.")
        self.from_when.setText(f"Vence todo dia {draft.choices.plan.due_day}.")


class ChangePlanWizard(FlowWizard):
    """Four steps, one command; stays open with everything typed when the command is refused."""

    def __init__(self, desk: Desk, choices: ChangeChoices, parent: QWidget | None) -> None:
        self._desk = desk
        draft = ChangeDraft(choices)
        self._stores: dict[ChangeStep, Any] = {
            ChangeStep.TARGET: TargetPage(desk, draft),
            ChangeStep.ITEMS: ItemsPage(draft),
            ChangeStep.MONEY: MoneyPage(draft),
            ChangeStep.SUMMARY: SummaryPage(desk, draft),
        }
        texts = {
            ChangeStep.TARGET: StepText("Plano novo", "para qual plano"),
            ChangeStep.ITEMS: StepText("Itens", "o que fica"),
            ChangeStep.MONEY: StepText("Valores", "quanto muda"),
            ChangeStep.SUMMARY: StepText("Resumo", "conferir e finalizar"),
        }
        self.cost = ChangeCost()
        super().__init__(
            "Mudar Plano",
            steps=[(step, texts[step], page) for step, page in self._stores.items()],
            next_step=self._following,
            draft=draft,
            whose=choices.plan.whose,
            side=self.cost.column(),
            parent=parent,
        )
        self.draft_changed.connect(lambda _: self._show_cost())
        self.finished_with.connect(self._finish)
        self._show_cost()

    def _following(self, step: ChangeStep, draft: ChangeDraft) -> ChangeStep | None:
        self._stores[step].store()
        return next_change_step(step, draft)

    def _show_cost(self) -> None:
        self._stores[self.step].store()
        self.cost.show_change(self.draft)

    def _finish(self, draft: ChangeDraft) -> None:
        self._desk.do(draft.command(), owner=self, said=CHANGED, done=lambda _: self.done_ok(), failed=self._refused)

    def _refused(self, error: DomainError) -> bool:
        """What was shown is no longer so: look again, and begin at the first page with what was chosen."""
        if isinstance(error, StaleRecord) or error.code in _MOVED:
            question = ChoicesForChange(self.draft.choices.plan.id)
            self._desk.ask(question, owner=self, done=self._anew, failed=lambda _: True)
        return self.failed(error)

    def _anew(self, choices: ChangeChoices) -> None:
        self.draft.choices = choices
        self.go_back_to(ChangeStep.TARGET)
        page = self._stores[ChangeStep.TARGET]
        page.offer()
        self._show_cost()
