"""The window Plano/Serviço: Detalhe, Informação de Cobrança, Descontos e Acréscimos, Endereços."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError, StaleRecord
from desk.services.plans import (
    AccessPointFull,
    AddressView,
    CatalogPriceMoved,
    ChangeChoices,
    ChoicesForChange,
    ChoicesForPlan,
    DeletePlan,
    FollowDefaultAddress,
    PlanChoices,
    PlanDetails,
    PlanRow,
    PlanSaved,
    PlanWindow,
    RemoveValueDetail,
    SavePlan,
    SaveValueDetail,
    SetPlanAddress,
    ValueDetailView,
    ValueKind,
)
from desk.ui.core import format
from desk.ui.core.cards import Card
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField, DateField, IntField
from desk.ui.core.labels import Label, button, clear, icon_button, link, row
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.saving import SAVED, SaveDialog
from desk.ui.plans.authorising import ask_authoriser
from desk.ui.plans.composition import CompositionCard, CompositionDialog
from desk.ui.plans.conflict import ConflictDialog, rebase
from desk.ui.plans.deleting import SAID, question
from desk.ui.plans.field_names import shown
from desk.ui.plans.panel_parts import ADDRESS_LABELS, address_tag, address_text
from desk.ui.plans.swapping import CatalogSwap, may_swap
from desk.ui.plans.window_parts import PlanAddressDialog, ValueDetailDialog

REACHING = ("access_point_id", "catalog_plan_id")
UNSAVED = Text("Há alterações que não foram salvas.", do="Salve, ou feche esta janela sem salvar; depois mude o plano.")


class PlanDialog(SaveDialog):
    """Edits one plan; keeps what was typed when another desk was quicker, and lets the clerk choose."""

    @classmethod
    def ask(cls, desk: Desk, plan: PlanRow, parent: QWidget | None) -> None:
        """Load the plan and what its lists offer, then open its window."""

        def loaded(details: PlanDetails) -> None:
            desk.ask(ChoicesForPlan(), owner=desk, done=partial(listed, details))

        def listed(details: PlanDetails, choices: PlanChoices) -> None:
            if not may_swap(desk, details.row):
                cls(desk, details, choices, parent).open()
                return
            question = ChoicesForChange(plan.id)
            desk.ask(question, owner=desk, done=lambda swap: cls(desk, details, choices, parent, swap).open())

        desk.ask(PlanWindow(plan.id), owner=desk, done=loaded, slot="plans.open")

    def __init__(
        self,
        desk: Desk,
        details: PlanDetails,
        choices: PlanChoices,
        parent: QWidget | None,
        swap: ChangeChoices | None = None,
    ) -> None:
        # PL-20: "Cancelar" would cancel the plan, so this window's own button is Fechar.
        super().__init__(desk, "Plano/Serviço", parent, closing="Fechar")
        self._desk, self._details, self._version = desk, details, details.row.version
        self._choices = choices
        self._labels: dict[str, dict[Any, str]] = {}
        self.body.removeWidget(self.form)
        self.body.setSpacing(14)
        title = f"{details.row.title} · Plano nº {details.row.number:03d} · {details.row.status_label}"
        head = QVBoxLayout()
        head.setSpacing(2)
        head.addWidget(Label(title, "section", wrap=True))
        head.addWidget(Label(origin_text(details), "caption", "text2", wrap=True))
        self.body.addLayout(head)
        self.body.addWidget(Label("Detalhe", "section"))
        self.body.addWidget(self.form)
        self.swap = self._detail_fields(self.form, swap)
        self.body.addWidget(self.swap.note)
        self.network = NetworkBox(desk, self)
        self.network.hide()  # until access point or catalogue plan are others: nothing else here reaches the network
        self.body.addWidget(self.network)
        self.billing = self.section("Informação de Cobrança", line=False)
        self._billing_fields(self.billing)
        self.composition = CompositionCard(desk, self._compose)
        self.body.addWidget(self.composition)
        self.values = Card("Descontos e Acréscimos")
        self._value_lines = QVBoxLayout()
        self.values.body.addLayout(self._value_lines)
        self.add_value = link("Adicionar", self._new_value, icon="plus")
        self.values.head.addWidget(self.add_value)
        self.body.addWidget(self.values)
        self.addresses = Card("Endereços")
        self._address_lines = QVBoxLayout()
        self._address_lines.setSpacing(8)
        self.addresses.body.addLayout(self._address_lines)
        self.body.addWidget(self.addresses)
        self.command = self._order
        self.change = self.add_button(button("&Mudar Plano", self._change_catalog, icon="swap"))
        self.change.setObjectName("window:plans.change_catalog")
        self._offer(details)
        self.begin(values_of(details), details.row.whose)
        self._permissions()
        self._booklet_rule()
        self.billing["payment_method_id"].edited.connect(self._booklet_rule)
        self.form.changed.connect(lambda name: self._look() if name in REACHING else None)
        self.delete_button = self.offer_delete(
            lambda: DeletePlan(plan_id=self._details.row.id, version=self._version), *question(details.row), SAID
        )
        self._show_rest(details)
        desk.changed.connect(self._changed)

    def _detail_fields(self, form: Form, choices: ChangeChoices | None) -> CatalogSwap:
        form.add(TextField("reference", "Referência do Plano", limit=60), span=2)
        swap = CatalogSwap(self._desk, form, choices)
        form.add(DateField("start_date", "Data Início", mandatory=True))
        form.add(ComboField("access_point_id", "Ponto de Acesso", (), search=True))
        form.add(ComboField("seller", "Vendedor", (), search=True))
        return swap

    def _billing_fields(self, form: Form) -> None:
        form.add(ComboField("payment_method_id", "Forma Pagamento", (), mandatory=True))
        form.add(IntField("due_day", "Dia Vencimento", mandatory=True, width=64, low=1, high=31))
        form.add(DateField("last_close_date", "Data Último Fechamento"))
        form.add(TextField("identifier_code", "Cód.Identificador", code=True, limit=25))
        form.add(YesNoField("separate_invoice", "Boleto Separado"))
        form.add(YesNoField("booklet", "Emite Carnê"))

    def _look(self) -> None:
        """What the router that is left, and the one that comes, would be told, and of another speed."""
        self.swap.tell(self._details)
        moved = any(self.draft[name] != getattr(self._details, name) for name in REACHING)
        self.network.setVisible(moved)
        if moved:
            self.network.ask_soon(self._order(self.draft))
        else:
            self.network.blank("")

    def _offer(self, d: PlanDetails) -> None:
        """Fill the lists; what is inactive by now, but still this plan's, stays among them."""
        lists = self._choices
        offered: dict[str, dict[Any, str]] = {
            "access_point_id": {None: "—"} | {point.id: point.label for point in lists.access_points},
            "seller": {None: "—"} | dict(lists.sellers),
            "payment_method_id": {method.id: method.label for method in lists.payment_methods},
            "catalog_plan_id": dict(self.swap.labels(d)),
        }
        offered["access_point_id"].setdefault(d.access_point_id, d.access_point)
        offered["seller"].setdefault(d.seller, d.seller_name)
        offered["payment_method_id"].setdefault(d.payment_method_id, d.payment_method)
        self._labels = offered
        for name, labels in offered.items():
            field = (self.form if name in self.form.fields else self.billing)[name]
            if isinstance(field, ComboField):
                field.set_choices([Choice(value, label) for value, label in labels.items()])

    def _booklet_rule(self) -> None:
        """Emite Carnê only where the method is a booklet."""
        possible = self.billing["payment_method_id"].value() in self._choices.booklet_methods
        field = self.billing["booklet"]
        if not self._locked:  # who may not edit the plan is told that instead
            field.set_read_only(not possible)
            field.set_hint("" if possible else "Só com forma de pagamento em carnê")

    def _holds(self, permission: str) -> bool:
        return any(each.value == permission for each in self._desk.bus.actor.permissions)

    def _permissions(self) -> None:
        self._locked = not self._holds("Editar Dados do Plano")
        needs = {
            "due_day": "Editar Vencimento do Plano",
            "last_close_date": "Alterar Data de Último Fechamento",
        }
        self.swap.lock(self._desk, self._details.row)
        for form in (self.form, self.billing):
            for name, field in form.fields.items():
                if field is self.swap.field:
                    continue
                needed = needs.get(name, "Editar Dados do Plano")
                if not self._holds(needed):
                    field.set_read_only(True, needed)
        if not self._desk.may(SavePlan):
            _grey(self.save_button, self._missing(SavePlan))
        if obstacle := self._desk.actions["plans.change_catalog"].obstacle(self._desk, self._details.row):
            _grey(self.change, obstacle)  # PL-22
        if not self._desk.may(SaveValueDetail):
            _grey(self.add_value, self._missing(SaveValueDetail))

    def _change_catalog(self) -> None:
        """Mudar Plano takes this window's place: what is typed here would be of the plan as it was."""
        if self.is_dirty():
            self._desk.fail(UNSAVED)
            return

        def opened() -> None:
            self._desk.run_action("plans.change_catalog", self._details.row)

        self.finished.connect(lambda _: QTimer.singleShot(0, self._desk, opened))
        self.reject()

    def _missing(self, command: type) -> str:
        return self.tr("Falta a permissão {}").format(self._desk.needs(command))

    def _show_rest(self, details: PlanDetails) -> None:
        obstacle = self._desk.actions["plans.delete"].obstacle(self._desk, details.row)  # PL-21
        self.delete_button.setEnabled(obstacle is None)
        self.delete_button.setToolTip(obstacle or "")
        self.delete_button.setAccessibleDescription(obstacle or "")
        self.composition.show_composition(details)
        clear(self._value_lines)
        for detail in details.details:
            self._value_lines.addWidget(self._value_line(detail))
        if not details.details:
            self._value_lines.addWidget(Label("Nenhum.", "body", "text2"))
        total = f"Valor do plano {format.money(details.row.value)} · total por mês {format.reais(details.row.total)}"
        self._value_lines.addWidget(Label(total, "strong"))
        clear(self._address_lines)
        for address in details.addresses:
            self._address_lines.addWidget(self._address_line(address))

    def _value_line(self, detail: ValueDetailView) -> QWidget:
        kind = "Desconto" if detail.kind is ValueKind.DISCOUNT else "Acréscimo"
        size = (
            format.money(detail.amount) if detail.amount is not None else format.percent(detail.percent or Decimal(0))
        )
        months = f"por {detail.months} meses" if detail.months else "permanente"
        text = " · ".join((detail.description or kind, size, f"desde {format.day(detail.starts_on)}", months))
        holder = QWidget()
        edit = icon_button("pencil-simple", f"Editar {kind}", partial(self._edit_value, detail), small=True)
        remove = icon_button("trash", f"Apagar {kind}", partial(self._remove_value, detail), small=True)
        needed = "Dar Descontos em Planos" if detail.kind is ValueKind.DISCOUNT else "Editar Dados do Plano"
        if not self._holds(needed):
            for pressed in (edit, remove):
                _grey(pressed, f"Falta a permissão “{needed}”")
        holder.setLayout(row(Label(text), None, edit, remove))
        return holder

    def _address_line(self, address: AddressView) -> QWidget:
        holder = QWidget()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(row(Label(ADDRESS_LABELS[address.kind], "caption", "text2"), address_tag(address), None))
        words.addWidget(Label(address_text(address).replace("\n", ", "), "body", wrap=True))
        line = row(spacing=6)
        line.addLayout(words, 1)
        acts: list[QAbstractButton] = []
        if not address.follows:
            acts.append(link("Voltar ao padrão", partial(self._follow, address)))
        edit = partial(self._edit_address, address)
        acts.append(icon_button("pencil-simple", "Editar endereço", edit, small=True))
        for pressed in acts:
            line.addWidget(pressed)
            if not self._desk.may(SetPlanAddress):
                _grey(pressed, self._missing(SetPlanAddress))
        holder.setLayout(line)
        return holder

    def _compose(self) -> None:
        """Personalizar Composição over this window, which stays current through it."""
        row = self._details.row

        def opened(details: PlanDetails) -> None:
            dialog = CompositionDialog(self._desk, details, self)
            dialog.saved = partial(self._composed, details.row.version)
            dialog.open()

        self._desk.ask(PlanWindow(row.id), owner=self, done=opened, slot="plans.composition")

    def _composed(self, before: int, saved: PlanSaved | None) -> None:
        """One's own composition does not make one's own window stale; what others saved before it still does."""
        if saved is not None and self._version == before and saved.version <= before + 1:
            self._version = saved.version

    def _new_value(self) -> None:
        ValueDetailDialog(self._desk, self._details.row, None, self).open()

    def _edit_value(self, detail: ValueDetailView) -> None:
        ValueDetailDialog(self._desk, self._details.row, detail, self).open()

    def _remove_value(self, detail: ValueDetailView) -> None:
        order = RemoveValueDetail(plan_id=self._details.row.id, id=detail.id)
        self._desk.do(order, owner=self, said=SAVED)

    def _edit_address(self, address: AddressView) -> None:
        PlanAddressDialog(self._desk, self._details.row, address, self).open()

    def _follow(self, address: AddressView) -> None:
        order = FollowDefaultAddress(plan_id=self._details.row.id, kind=address.kind)
        self._desk.do(order, owner=self, said=SAVED)

    def _changed(self, names: frozenset[str]) -> None:
        if "*" in names or f"plans/{self._details.row.customer_id}" in names:
            self._desk.ask(PlanWindow(self._details.row.id), owner=self, done=self._reloaded, failed=lambda _: True)

    def _reloaded(self, details: PlanDetails) -> None:
        """Values and addresses are shown anew; what is typed in the forms stays as it is."""
        self._show_rest(details)

    def _order(self, draft: dict[str, Any]) -> SavePlan:
        return SavePlan(
            plan_id=self._details.row.id,
            version=self._version,
            reference=draft["reference"] or "",
            start_date=draft["start_date"],
            access_point_id=draft["access_point_id"],
            seller=draft["seller"],
            payment_method_id=draft["payment_method_id"],
            due_day=draft["due_day"],
            last_close_date=draft["last_close_date"],
            separate_invoice=bool(draft["separate_invoice"]),
            booklet=bool(draft["booklet"]),
            identifier_code=draft["identifier_code"] or "",
            catalog_plan_id=draft["catalog_plan_id"],
            catalog_price=self.swap.price(self._details),
        )

    def told_here(self, error: DomainError) -> bool:
        """A full access point asks for another person's word; who changed what is decided field by field."""
        if isinstance(error, AccessPointFull):
            return ask_authoriser(self._desk, error, self, self.save)
        if isinstance(error, CatalogPriceMoved):
            question = ChoicesForChange(self._details.row.id)
            self._desk.ask(question, owner=self, done=self._other_catalog, failed=lambda _: True)
            return False  # and its text is shown
        if not isinstance(error, StaleRecord):
            return False
        self._desk.ask(
            PlanWindow(self._details.row.id), owner=self, done=partial(self._choose, error), failed=lambda _: False
        )
        return True

    def _other_catalog(self, choices: ChangeChoices) -> None:
        self.swap.take(choices)
        self._look()

    def _choose(self, error: StaleRecord, theirs: PlanDetails) -> None:
        """Somebody else was quicker: say who changed what, and let the clerk decide field by field."""
        other = values_of(theirs)
        rebased = rebase(values_of(self._details), self.draft, other)

        def save_with(values: dict[str, Any]) -> None:
            self._details, self._version = theirs, theirs.row.version
            self._offer(theirs)
            for form in (self.form, self.billing):
                form.bind({name: value for name, value in other.items() if name in form.fields})
                for name in form.fields:
                    if values[name] != other[name]:
                        form.set(name, values[name])
            self._show_rest(theirs)
            self.save()

        ConflictDialog(theirs.row.title, error.changes, rebased, other, self._say, save_with, self).open()

    def _say(self, name: str, value: Any) -> str:
        """A field's value in the words of this window."""
        return self._labels[name].get(value, "—") if name in self._labels else shown(value)


def values_of(details: PlanDetails) -> dict[str, Any]:
    """What the window edits, by the names of its fields."""
    d = details
    return {
        "reference": d.row.reference,
        "catalog_plan_id": d.catalog_plan_id,
        "start_date": d.start_date,
        "access_point_id": d.access_point_id,
        "seller": d.seller,
        "payment_method_id": d.payment_method_id,
        "due_day": d.row.due_day,
        "last_close_date": d.last_close_date,
        "identifier_code": d.identifier_code,
        "separate_invoice": d.separate_invoice,
        "booklet": d.booklet,
    }


def origin_text(d: PlanDetails) -> str:
    """What nobody edits: first activation, who made it, when and why it was cancelled."""
    parts = [f"Primeira ativação {format.day(d.first_activation_date)}" if d.first_activation_date else "Nunca ativado"]
    parts.append(f"criado por {d.created_by} em {format.day(d.created_at.astimezone().date())}")
    if d.cancelled_on is not None:
        parts.append(f"cancelado em {format.day(d.cancelled_on)}: {d.cancel_reason or 'sem motivo'}")
    return " · ".join(parts)


def _grey(pressed: QAbstractButton, reason: str) -> None:
    pressed.setEnabled(False)
    pressed.setToolTip(reason)
