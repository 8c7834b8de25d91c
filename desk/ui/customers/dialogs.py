"""Editors of a customer: record, telephones, address, and Novo Cliente."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError, StaleRecord
from desk.services.customers import (
    AddAddress,
    AddressDraft,
    AddressRow,
    CustomerChoices,
    CustomerFormChoices,
    CustomerKind,
    CustomerRecordRow,
    CustomerRegistered,
    PhoneDraft,
    RecordDraft,
    RegisterCustomer,
    RemoveAddress,
    SaveAddress,
    SaveCustomer,
)
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import CepField, Choice, ComboField, DateField, DocumentField, EmailField, IntField, PhoneField
from desk.ui.core.labels import Label, button
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SAVED

PHONES = 3
KINDS = (Choice(CustomerKind.PERSON, "Pessoa física"), Choice(CustomerKind.COMPANY, "Pessoa jurídica"))


def record_form(*, document: bool) -> Form:
    """The fields of the record; the document only where it is typed anew."""
    form = Form(columns=2)
    form.add(ComboField("kind", "Tipo", KINDS, mandatory=True))
    if document:
        form.add(DocumentField("document", "CPF/CNPJ", mandatory=True))
    else:
        form.next_row()
    form.add(TextField("name", "Nome / Razão social", mandatory=True), span=2)
    form.add(TextField("trade_name", "Apelido / Nome fantasia"))
    form.add(TextField("registration", "RG / Inscrição estadual"))
    form.add(DateField("birth_date", "Data de nascimento"))
    form.add(EmailField("email", "E-mail"))
    form.add(TextField("mother_name", "Nome da mãe"))
    form.add(TextField("father_name", "Nome do pai"))
    for place in range(PHONES):
        form.add(PhoneField(f"phones.{place}.number", f"Telefone {place + 1}"))
        form.add(TextField(f"phones.{place}.label", "Descrição do telefone"))
    form.add(ComboField("business_unit_id", "Unidade de Negócios", (), mandatory=True, search=True))
    form.add(IntField("default_due_day", "Dia Vencimento", mandatory=True, width=64))
    form.add(TextField("identifier_code", "Cód.Identificador", code=True))
    return form


def offer(form: Form, choices: CustomerFormChoices) -> None:
    """Fill the combos with what the database offers."""
    units = form.fields.get("business_unit_id")
    if isinstance(units, ComboField):
        units.set_choices([Choice(unit.id, unit.name) for unit in choices.units])
    cities = form.fields.get("city_id")
    if isinstance(cities, ComboField):
        cities.set_choices([Choice(city.id, f"{city.name} – {city.state}") for city in choices.cities])


def address_form() -> Form:
    """The fields of an address."""
    form = Form(columns=2)
    form.add(CepField("zip", "CEP", mandatory=True))
    form.add(ComboField("city_id", "Cidade", (), mandatory=True, search=True))
    form.add(TextField("street", "Logradouro", mandatory=True), span=2)
    form.add(TextField("number", "Número", mandatory=True))
    form.add(TextField("complement", "Complemento"))
    form.add(TextField("district", "Bairro", mandatory=True))
    form.add(TextField("landmark", "Ponto de referência"))
    return form


def record_of(draft: dict[str, Any]) -> RecordDraft:
    """The draft of a record form, as the service wants it."""
    plain = {name: value for name, value in draft.items() if not name.startswith("phones.")}
    for name in ("document", "active"):
        plain.pop(name, None)
    phones = tuple(
        PhoneDraft(number=draft[f"phones.{place}.number"], label=draft[f"phones.{place}.label"] or "")
        for place in range(PHONES)
        if draft[f"phones.{place}.number"]
    )
    filled: dict[str, Any] = {
        name: "" if value is None and name != "birth_date" else value for name, value in plain.items()
    }
    return RecordDraft(**filled, phones=phones)


def address_of(draft: dict[str, Any]) -> AddressDraft:
    """The draft of an address form, as the service wants it."""
    filled: dict[str, Any] = {name: "" if value is None else value for name, value in draft.items()}
    return AddressDraft(**filled)


class RecordDialog(FormDialog):
    """Correct the record; keeps what was typed when somebody else was quicker."""

    def __init__(self, desk: Desk, record: CustomerRecordRow, parent: QWidget) -> None:
        super().__init__("Cadastro do Cliente", size=Size.FORM, parent=parent)
        self._desk, self._record, self._version = desk, record, record.version
        self.form = record_form(document=False)
        self.form.add(YesNoField("active", "Cliente ativo"))
        self.form.add(NoteField("notes", "Observações"), span=2)
        self.body.addWidget(self.form)
        self.hold(self.form, whose=record.name)
        self.save_button = self.set_primary(button("Salvar", self.save, kind="primary"))
        self._bind()
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _bind(self) -> None:
        r = self._record
        draft: dict[str, Any] = {
            name: getattr(r, name)
            for name in (
                *("kind", "name", "trade_name", "registration", "birth_date", "email", "mother_name", "father_name"),
                *("default_due_day", "identifier_code", "active", "notes"),
            )
        }
        for place in range(PHONES):
            phone = r.phones[place] if place < len(r.phones) else None
            draft[f"phones.{place}.number"] = phone.number if phone else ""
            draft[f"phones.{place}.label"] = phone.label if phone else ""
        self.form.bind(draft)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer(self.form, choices)
        self.form.set("business_unit_id", self._record.business_unit_id)
        self.form.settle()

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if not self.form.ready():
            return
        self.set_busy(True)
        self._desk.do(
            SaveCustomer(
                customer_id=self._record.id,
                version=self._version,
                record=record_of(self.form.draft),
                seen_phones=self._record.phones,
                active=bool(self.form.draft["active"]),
            ),
            owner=self,
            said=SAVED,
            done=lambda _: self.accept(),
            failed=self._refused,
        )

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if isinstance(error, StaleRecord) and error.changes:
            who = error.changes[-1].who
            changed = "\n".join(f"{change.field}: {change.before} → {change.after}" for change in error.changes)
            self._version = self._version + len({change.at for change in error.changes})
            ask(
                Text(
                    what="Outra pessoa salvou este cadastro enquanto ele estava aberto",
                    why=f"{who} alterou:\n{changed}",
                    do="Salvar mesmo assim mantém o que você digitou; Cancelar deixa a janela aberta para conferir.",
                ),
                "Salvar o meu",
                self.save,
                parent=self,
            )
            return True
        return self.form.refused(error)


class AddressDialog(FormDialog):
    """One address, new or corrected."""

    def __init__(self, desk: Desk, customer_id: int, address: AddressRow | None, parent: QWidget) -> None:
        super().__init__("Novo Endereço" if address is None else "Endereço", size=Size.FORM, parent=parent)
        self._desk, self._customer_id, self._address = desk, customer_id, address
        self.form = address_form()
        if address is not None and address.position <= 2:
            kind = "instalação" if address.position == 1 else "cobrança e documentos fiscais"
            note = f"Os planos que seguem o endereço padrão de {kind} mudam junto."
            self.body.addWidget(Label(note, "caption", "text2", wrap=True))
        self.body.addWidget(self.form)
        self.hold(self.form)
        self.save_button = self.set_primary(button("Salvar", self.save, kind="primary"))
        if address is not None:
            self.form.bind({name: getattr(address, name) for name in self.form.fields})
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer(self.form, choices)
        if self._address is not None:
            self.form.set("city_id", self._address.city_id)
        self.form.settle()

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if not self.form.ready():
            return
        self.set_busy(True)
        draft = address_of(self.form.draft)
        order = (
            AddAddress(customer_id=self._customer_id, address=draft)
            if self._address is None
            else SaveAddress(address_id=self._address.id, version=self._address.version, address=draft)
        )
        self._desk.do(order, owner=self, said=SAVED, done=lambda _: self.accept(), failed=self._refused)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return self.form.refused(error)


def remove_address(desk: Desk, owner: QWidget, address: AddressRow) -> None:
    """Ask first: plans that follow it will follow the next one."""
    ask(
        Text(
            what=f"Apagar o endereço {address.street}, {address.number}?",
            why="Planos que seguem este endereço passam a seguir o seguinte da lista.",
            do="",
        ),
        "Apagar Endereço",
        lambda: desk.do(
            RemoveAddress(address_id=address.id, version=address.version), owner=owner, said="Endereço apagado"
        ),
        danger=True,
        parent=owner,
    )


class NewCustomerDialog(FormDialog):
    """Novo Cliente: record, document, first address; opens the customer when it is saved."""

    def __init__(self, desk: Desk, parent: QWidget | None) -> None:
        super().__init__("Novo Cliente", size=Size.FORM, parent=parent)
        self._desk = desk
        self.form = record_form(document=True)
        self.address = address_form()
        self.body.addWidget(Label("Campos em negrito são obrigatórios.", "caption", "text2"))
        self.body.addWidget(self.form)
        self.body.addWidget(Label("Endereço de instalação", "section"))
        self.body.addWidget(self.address)
        self.form.bind({"kind": CustomerKind.PERSON, "default_due_day": 10})
        self.hold(self.form, self.address)
        self.save_button = self.set_primary(button("Salvar", self.save, kind="primary"))
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer(self.form, choices)
        offer(self.address, choices)
        if choices.units:
            self.form.set("business_unit_id", choices.units[0].id)
        self.form.settle()
        self.address.settle()
        self.form["name"].setFocus()

    def save(self) -> None:
        """Check both parts, send, open the new customer."""
        if not self.form.ready() or not self.address.ready():
            return
        self.set_busy(True)
        self._desk.do(
            RegisterCustomer(
                record=record_of(self.form.draft),
                document=self.form.draft["document"] or "",
                address=address_of(self.address.draft),
            ),
            owner=self,
            said=lambda done: f"Cliente {done.code:06d} cadastrado",
            done=self._registered,
            failed=self._refused,
        )

    def _registered(self, done: CustomerRegistered) -> None:
        self.accept()
        self._desk.run_action("customers.open", done)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return self.form.refused(error) or self.address.refused(error)
