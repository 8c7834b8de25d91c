"""Small dialogs of the plan's window: one discount or surcharge, one address."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtWidgets import QWidget

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
from desk.ui.core.address import add_address, address_values, offer_cities
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField
from desk.ui.core.inputs import Choice, ComboField, DateField, IntField, MoneyField, PercentField
from desk.ui.core.labels import Label
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.plans.panel_parts import ADDRESS_LABELS

KINDS = (Choice(ValueKind.DISCOUNT, "Desconto"), Choice(ValueKind.SURCHARGE, "Acréscimo"))


class ValueDetailDialog(SaveDialog):
    """Desconto or Acréscimo: an amount or a percentage, filling one clears the other (BI-11)."""

    def __init__(self, desk: Desk, plan: PlanRow, detail: ValueDetailView | None, parent: QWidget) -> None:
        super().__init__(desk, "Desconto / Acréscimo", parent, size=Size.SMALL)
        self._plan, self._detail = plan, detail
        self.form.add(ComboField("kind", "Tipo", KINDS, mandatory=True), span=2)
        self.form.add(TextField("description", "Descrição", limit=80), span=2)
        self.amount = self.form.add(MoneyField("amount", "Valor"))
        self.percent = self.form.add(PercentField("percent", "Porcentagem"))
        self.form.add(DateField("starts_on", "A partir de", mandatory=True))
        self.form.add(IntField("months", "Meses", width=72, hint="vazio = permanente"))
        self.command = self._order
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
            self.begin({"kind": allowed[0].value, "starts_on": dt.date.today()}, plan.title)
        else:
            self.begin({name: getattr(detail, name) for name in self.form.fields}, plan.title)

    def _only(self, typed: MoneyField | PercentField, other: str) -> None:
        if typed.value() is not None:
            self.form.set(other, None)

    def ready(self) -> bool:
        """BI-10 is said here, before anything is sent; the service says it again."""
        if not super().ready():
            return False
        draft = self.draft
        found = check_value_detail(
            ticked=True, amount=draft["amount"], percent=draft["percent"], months=draft["months"]
        )
        return not self.refused_by(list(found))

    def _order(self, draft: dict[str, Any]) -> SaveValueDetail:
        return SaveValueDetail(
            plan_id=self._plan.id,
            id=self._detail.id if self._detail else None,
            kind=draft["kind"],
            description=text_of(draft["description"]),
            amount=draft["amount"],
            percent=draft["percent"],
            starts_on=draft["starts_on"],
            months=draft["months"],
        )


class PlanAddressDialog(SaveDialog):
    """An address of the plan's own: breaks the link to the customer's for this kind only (PL-33)."""

    def __init__(self, desk: Desk, plan: PlanRow, address: AddressView, parent: QWidget) -> None:
        super().__init__(desk, ADDRESS_LABELS[address.kind], parent)
        self._plan, self._address = plan, address
        if address.follows:
            text = "Só este plano passa a usar o endereço digitado aqui; o cadastro do cliente não muda."
            self.body.insertWidget(0, Label(text, "caption", "text2", wrap=True))
        add_address(self.form)
        self.command = lambda draft: SetPlanAddress(plan_id=plan.id, kind=address.kind, **address_values(draft))
        self.begin({name: getattr(address, name) for name in self.form.fields if name != "city_id"}, plan.title)
        desk.ask(ChoicesForPlan(), owner=self, done=self._offer)

    def _offer(self, choices: PlanChoices) -> None:
        offer_cities(self.form, [Choice(each.id, each.label) for each in choices.cities], self._address.city_id)
        self.settle()
