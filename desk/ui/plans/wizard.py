"""Novo Plano/Serviço: Detalhe, Cobrança, Resumo; at the right what it will cost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.core.errors import DomainError, Invalid, Violation
from desk.services.logins import LoginIsFree, check_login, check_password, generate_password
from desk.services.plans import (
    AccessPointFull,
    ChoicesForNewPlan,
    CompositionView,
    NewPlanChoices,
    OfferedPlan,
    PlanDraft,
    PlanSaved,
    Step,
    next_step,
)
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.inputs import Choice, ComboField, DateField, IntField, MoneyField, PasswordField
from desk.ui.core.labels import Label, clear, row
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.wizards import FlowWizard, StepText, WizardPage
from desk.ui.plans.authorising import ask_authoriser

EVERY = Choice(None, "Todos")


class NewPlanDialog:
    """Loads the choices, then opens the wizard; named as a dialog because it is opened like one."""

    def __init__(
        self, desk: Desk, customer_id: int, parent: QWidget | None, *, made: Callable[[int], object] | None = None
    ) -> None:
        self._desk, self._customer_id, self._parent, self._made = desk, customer_id, parent, made

    def open(self) -> None:
        """Ask for the choices and show the first page when they are there."""
        self._desk.ask(
            ChoicesForNewPlan(self._customer_id),
            owner=self._desk,
            done=lambda choices: NewPlanWizard(self._desk, choices, self._parent, made=self._made).open(),
        )


class DetailPage(WizardPage):
    """What is contracted, since when, with which first login."""

    def __init__(self, desk: Desk, choices: NewPlanChoices, draft: PlanDraft) -> None:
        super().__init__("Detalhe", mandatory_note=True)
        self._desk, self._choices, self._draft = desk, choices, draft
        self._taken: set[str] = set()  # logins that the database said no to
        self.first = "offered"
        held = {permission.value for permission in desk.bus.actor.permissions}
        form = self.form
        form.add(DateField("start_date", "Data Início", mandatory=True))
        units = [Choice(unit.id, unit.label) for unit in choices.units]
        form.add(ComboField("unit_id", "Unidade de Negócios", units, mandatory=True))
        groups = [EVERY, *(Choice(group.id, group.label) for group in choices.groups)]
        form.add(ComboField("group_id", "Grupo de Serviço", groups))
        self.plan = form.add(ComboField("offered", "Plano/Serviço", (), mandatory=True, search=True))
        form.add(TextField("reference", "Referência do Plano", limit=60))
        self.value = form.add(MoneyField("value", "Valor", mandatory=True))
        if "Editar Valor de Novo Plano" not in held:
            self.value.set_read_only(True, "Editar Valor de Novo Plano")
        points = [Choice(None, "—"), *(Choice(point.id, point.label) for point in choices.lists.access_points)]
        form.add(ComboField("access_point_id", "Ponto de Acesso", points, search=True))
        sellers = [Choice(None, "—"), *(Choice(*seller) for seller in choices.lists.sellers)]
        form.add(ComboField("seller", "Vendedor", sellers, search=True))
        form.add(YesNoField("trial", "Experimentar antes"))
        form.next_row()
        self.login = form.add(TextField("login", "Login de Radius", code=True, limit=64))
        self.password = form.add(PasswordField("password", "Senha", generate=True, make=generate_password))
        self.login.checks.append(lambda text: _first(check_login(text, forbid_accents=False)))
        self.login.checks.append(lambda text: "login_taken" if text.lower() in self._taken else None)
        self.login.left.connect(self._ask_free)
        self.password.checks.append(lambda text: _first(check_password(text)))
        form.bind({"start_date": draft.start_date, "unit_id": draft.unit_id, "group_id": None})
        form.changed.connect(self._edited)
        self._offer()
        self._adapt(None)

    def ready(self) -> bool:
        """PL-10 has words of its own; everything else is said by the fields."""
        found = [
            Violation(each.field, "login_required") if (each.field, each.code) == ("login", "required") else each
            for each in self.form.check()
        ]
        self.form.show_violations(found)
        self.form.go_to_first()
        return not found

    def _ask_free(self) -> None:
        wanted = self.login.text()
        if wanted and self.login.check() is None:
            slot = ("free", id(self))
            self._desk.ask(LoginIsFree(wanted), owner=self, done=lambda free: self._told(wanted, free), slot=slot)

    def _told(self, wanted: str, free: bool) -> None:
        if free:
            self.login.set_hint("disponível")
        else:
            self.take(wanted)

    def take(self, login: str) -> None:
        """Remember that a login is taken, and say so under the field while it stands there."""
        self._taken.add(login.lower())
        if self.login.text().lower() == login.lower():
            self.form.show_violations([Violation("login", "login_taken")])

    def _edited(self, name: str) -> None:
        draft = self.form.draft
        if name == "login":
            self.login.set_hint("")
        if name in ("unit_id", "group_id"):
            self._offer()
        if name == "offered":
            offered = self._chosen()
            self.form.set("value", offered.price if offered else None)
            self._adapt(offered)
        if name == "login" and draft["login"] and not draft["password"]:
            self.password.generate()
            self.form.draft["password"] = self.password.value()

    def _offer(self) -> None:
        draft = self.form.draft
        plans = [
            plan
            for plan in self._choices.plans
            if (not plan.unit_ids or draft["unit_id"] in plan.unit_ids) and draft["group_id"] in (None, plan.group_id)
        ]
        kept = draft.get("offered")
        self.plan.set_choices([Choice(plan.id, plan.name) for plan in plans])
        self.plan.set_hint(self._how_many(len(plans)))
        if kept in {plan.id for plan in plans}:
            self.form.set("offered", kept)

    def _how_many(self, count: int) -> str:
        draft = self.form.draft
        unit = next((unit.label for unit in self._choices.units if unit.id == draft["unit_id"]), "")
        group = next((group.label for group in self._choices.groups if group.id == draft["group_id"]), "")
        return f"{format.count(count, 'plano', 'planos')} de {unit}{f', grupo {group}' if group else ''}"

    def _chosen(self) -> OfferedPlan | None:
        return next((plan for plan in self._choices.plans if plan.id == self.form.draft.get("offered")), None)

    def _adapt(self, offered: OfferedPlan | None) -> None:
        allows = offered is not None and offered.allows_login
        for field in (self.login, self.password):
            field.setVisible(allows)
        self.login.mandatory = self.password.mandatory = allows and self._choices.login_required
        self.form["trial"].setVisible(offered is not None and offered.trial_days > 0)

    def store(self) -> None:
        """Take what stands on the page into the draft."""
        typed: dict[str, Any] = self.form.draft
        self._draft.offered = self._chosen()
        for name in ("start_date", "unit_id", "value", "access_point_id", "seller"):
            setattr(self._draft, name, typed[name])
        self._draft.reference = typed["reference"] or ""
        self._draft.trial = bool(typed["trial"])
        allows = self._draft.offered is not None and self._draft.offered.allows_login
        self._draft.login = (typed["login"] or "") if allows else ""
        self._draft.password = (typed["password"] or "") if self._draft.login else ""


class BillingPage(WizardPage):
    """How it is paid."""

    def __init__(self, desk: Desk, choices: NewPlanChoices, draft: PlanDraft) -> None:
        super().__init__("Cobrança")
        self._choices, self._draft = choices, draft
        held = {permission.value for permission in desk.bus.actor.permissions}
        methods = [Choice(method.id, method.label) for method in choices.lists.payment_methods]
        self.form.add(ComboField("payment_method_id", "Forma Pagamento", methods, mandatory=True))
        due = self.form.add(IntField("due_day", "Dia Vencimento", mandatory=True, width=64, low=1, high=31))
        if "Editar Vencimento do Plano" not in held:
            due.set_read_only(True, "Editar Vencimento do Plano")
        self.form.add(YesNoField("separate_invoice", "Boleto Separado"))
        self.booklet = self.form.add(YesNoField("booklet", "Emite Carnê"))
        first = methods[0].value if methods else None
        self.form.bind({"payment_method_id": first, "due_day": draft.due_day})
        self.form.changed.connect(lambda _: self._adapt())
        self._adapt()

    def _adapt(self) -> None:
        self.booklet.setVisible(self.form.draft["payment_method_id"] in self._choices.lists.booklet_methods)

    def store(self) -> None:
        """Take what stands on the page into the draft."""
        typed: dict[str, Any] = self.form.draft
        self._draft.payment_method_id = typed["payment_method_id"]
        self._draft.due_day = typed["due_day"]
        self._draft.separate_invoice = bool(typed["separate_invoice"])
        self._draft.booklet = bool(typed["booklet"]) and not self.booklet.isHidden()


class SummaryPage(WizardPage):
    """What will be written, to be read once more."""

    def __init__(self, desk: Desk, choices: NewPlanChoices, draft: PlanDraft) -> None:
        super().__init__("Resumo")
        self._choices, self._draft = choices, draft
        self.facts = FieldGrid()
        self.body.insertWidget(1, self.facts)
        self.network = NetworkBox(desk, self)
        self.body.insertWidget(2, self.network)

    def enter(self) -> None:
        """Show the draft as it is now."""
        d = self._draft
        if d.offered is None:
            return
        lists = self._choices.lists
        method = next((m.label for m in lists.payment_methods if m.id == d.payment_method_id), "—")
        point = next((p.label for p in lists.access_points if p.id == d.access_point_id), "—")
        status = "Aguardando Autorização" if d.offered.requires_authorization else (
            "Experimentando" if d.trial else "Em Instalação"
        )  # fmt: skip
        self.facts.show_facts(
            [
                Fact("Cliente", self._choices.customer_name, strong=True),
                Fact("Plano/Serviço", d.offered.name),
                Fact("Referência do Plano", d.reference or "—"),
                Fact("Data Início", format.day(d.start_date)),
                Fact("Status", status),
                Fact("Ponto de Acesso", point),
                Fact("Login de Radius", d.login or "—", code=True),
                Fact("Forma Pagamento", method),
                Fact("Dia Vencimento", str(d.due_day)),
                Fact("Boleto Separado", format.yes_no(d.separate_invoice)),
                Fact("Valor", format.reais(d.offered.price if d.value is None else d.value), strong=True),
            ]
        )
        self.network.setVisible(bool(d.login))  # without a login the network hears of nothing
        if d.login:
            self.network.ask(d.command())

    def store(self) -> None:
        """Nothing is typed here."""


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


class NewPlanWizard(FlowWizard):
    """Three steps, one command; stays open with everything typed when the command is refused."""

    def __init__(
        self,
        desk: Desk,
        choices: NewPlanChoices,
        parent: QWidget | None,
        *,
        made: Callable[[int], object] | None = None,
    ) -> None:
        self._desk, self._made = desk, made
        draft = PlanDraft(
            customer_id=choices.customer_id,
            unit_id=choices.unit_id,
            start_date=dt.date.today(),
            due_day=choices.due_day,
        )
        self._stores: dict[Step, Any] = {
            Step.DETAIL: DetailPage(desk, choices, draft),
            Step.BILLING: BillingPage(desk, choices, draft),
            Step.SUMMARY: SummaryPage(desk, choices, draft),
        }
        self.cost = CostCard()
        texts = {
            Step.DETAIL: StepText("Detalhe", "o que é contratado"),
            Step.BILLING: StepText("Cobrança", "como é pago"),
            Step.SUMMARY: StepText("Resumo", "conferir e finalizar"),
        }
        super().__init__(
            "Novo Plano/Serviço",
            steps=[(step, texts[step], page) for step, page in self._stores.items()],
            next_step=self._following,
            draft=draft,
            whose=choices.customer_name,
            side=self.cost.column(),
            parent=parent,
        )
        self.draft_changed.connect(lambda _: self._show_cost())
        self.finished_with.connect(self._finish)
        self._show_cost()

    def _following(self, step: Step, draft: PlanDraft) -> Step | None:
        self._stores[step].store()
        return next_step(step, draft)

    def _show_cost(self) -> None:
        self._stores[self.step].store()
        self.cost.show_draft(self.draft)

    def _finish(self, draft: PlanDraft) -> None:
        self._desk.do(
            draft.command(), owner=self, said="Plano acrescentado com sucesso", done=self._saved, failed=self._refused
        )

    def _saved(self, saved: PlanSaved) -> None:
        self.done_ok()
        if self._made is not None:
            self._made(saved.plan_id)

    def _refused(self, error: DomainError) -> bool:
        if isinstance(error, AccessPointFull):
            self.set_busy(False)
            return ask_authoriser(self._desk, error, self, self.go_on)
        if error.code == "login_taken":
            self._stores[Step.DETAIL].take(self.draft.login)
            error = Invalid([Violation("login", "login_taken")])
        return self.failed(error)


def _first(found: Any) -> str | None:
    return next((violation.code for violation in found), None)
