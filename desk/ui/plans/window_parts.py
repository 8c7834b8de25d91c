"""Small dialogs of the plan's window: one discount or surcharge, one address."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.plans import (
    AddressView,
    ChoicesForPlan,
    PlanChoices,
    PlanRow,
    SaveValueDetail,
    SetPlanAddress,
    ValueDetailView,
    ValueKind,
    check_value_detail,
)
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import CepField, Choice, ComboField, DateField, IntField, MoneyField, PercentField
from desk.ui.core.labels import Label, button
from desk.ui.core.saving import SAVED
from desk.ui.plans.panel_parts import ADDRESS_LABELS

KINDS = (Choice(ValueKind.DISCOUNT, "Desconto"), Choice(ValueKind.SURCHARGE, "Acréscimo"))


class ValueDetailDialog(FormDialog):
    """Desconto or Acréscimo: an amount or a percentage, filling one clears the other (BI-11)."""

    def __init__(self, desk: Desk, plan: PlanRow, detail: ValueDetailView | None, parent: QWidget) -> None:
        super().__init__("Desconto / Acréscimo", size=Size.SMALL, parent=parent)
        self._desk, self._plan, self._detail = desk, plan, detail
        self.form = Form(columns=2)
        self.form.add(ComboField("kind", "Tipo", KINDS, mandatory=True), span=2)
        self.form.add(TextField("description", "Descrição", limit=80), span=2)
        self.amount = self.form.add(MoneyField("amount", "Valor"))
        self.percent = self.form.add(PercentField("percent", "Porcentagem"))
        self.form.add(DateField("starts_on", "A partir de", mandatory=True))
        self.form.add(IntField("months", "Meses", width=72, hint="vazio = permanente"))
        self.body.addWidget(self.form)
        self.hold(self.form, whose=plan.title)
        self.set_primary(button("Salvar", self.save, kind="primary"))
        self.amount.edited.connect(lambda: self._only(self.amount, "percent"))
        self.percent.edited.connect(lambda: self._only(self.percent, "amount"))
        held = {permission.value for permission in desk.bus.actor.permissions}
        needed = {ValueKind.DISCOUNT: "Dar Descontos em Planos", ValueKind.SURCHARGE: "Editar Dados do Plano"}
        allowed = [choice for choice in KINDS if needed[choice.value] in held]
        kind = self.form["kind"]
        for choice in KINDS:
            if choice not in allowed and isinstance(kind, ComboField):
                kind.set_choices(allowed)
                kind.set_hint(f"{choice.label}: só com “{needed[choice.value]}”")
        if detail is None:
            self.form.bind({"kind": allowed[0].value, "starts_on": dt.date.today()})
        else:
            names = ("kind", "description", "amount", "percent", "starts_on", "months")
            self.form.bind({name: getattr(detail, name) for name in names})

    def _only(self, typed: MoneyField | PercentField, other: str) -> None:
        if typed.value() is not None:
            self.form.set(other, None)

    def save(self) -> None:
        """BI-10 is said here, before anything is sent; the service says it again."""
        draft: dict[str, Any] = self.form.draft
        amount: Decimal | None = draft["amount"]
        percent: Decimal | None = draft["percent"]
        found = list(check_value_detail(ticked=True, amount=amount, percent=percent, months=draft["months"]))
        if not self.form.ready():
            return
        if found:
            self.form.show_violations(found)
            return
        self.set_busy(True)
        self._desk.do(
            SaveValueDetail(
                plan_id=self._plan.id,
                id=self._detail.id if self._detail else None,
                kind=draft["kind"],
                description=draft["description"] or "",
                amount=amount,
                percent=percent,
                starts_on=draft["starts_on"],
                months=draft["months"],
            ),
            owner=self,
            said=SAVED,
            done=lambda _: self.accept(),
            failed=self._refused,
        )

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return self.form.refused(error)


class PlanAddressDialog(FormDialog):
    """An address of the plan's own: breaks the link to the customer's for this kind only (PL-33)."""

    def __init__(self, desk: Desk, plan: PlanRow, address: AddressView, parent: QWidget) -> None:
        super().__init__(ADDRESS_LABELS[address.kind], size=Size.FORM, parent=parent)
        self._desk, self._plan, self._address = desk, plan, address
        if address.follows:
            text = "Só este plano passa a usar o endereço digitado aqui; o cadastro do cliente não muda."
            self.body.addWidget(Label(text, "caption", "text2", wrap=True))
        self.form = Form(columns=2)
        self.form.add(CepField("zip", "CEP", mandatory=True))
        self.form.add(ComboField("city_id", "Cidade", (), mandatory=True, search=True))
        self.form.add(TextField("street", "Logradouro", mandatory=True, limit=120), span=2)
        self.form.add(TextField("number", "Número", mandatory=True, limit=20))
        self.form.add(TextField("complement", "Complemento", limit=60))
        self.form.add(TextField("district", "Bairro", mandatory=True, limit=80))
        self.form.add(TextField("landmark", "Ponto de referência", limit=120))
        self.body.addWidget(self.form)
        self.form.bind({name: getattr(address, name) for name in self.form.fields if name != "city_id"})
        self.hold(self.form, whose=plan.title)
        self.set_primary(button("Salvar", self.save, kind="primary"))
        desk.ask(ChoicesForPlan(), owner=self, done=self._offer)

    def _offer(self, choices: PlanChoices) -> None:
        city = self.form["city_id"]
        if isinstance(city, ComboField):
            city.set_choices([Choice(each.id, each.label) for each in choices.cities])
        self.form.set("city_id", self._address.city_id)
        self.form.settle()

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if not self.form.ready():
            return
        self.set_busy(True)
        filled: dict[str, Any] = {name: "" if value is None else value for name, value in self.form.draft.items()}
        order = SetPlanAddress(plan_id=self._plan.id, kind=self._address.kind, **filled)
        self._desk.do(order, owner=self, said=SAVED, done=lambda _: self.accept(), failed=self._refused)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return self.form.refused(error)
