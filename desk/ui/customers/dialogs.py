"""Editors of a customer: record, telephones, address, and Novo Cliente."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.customers import (
    AddAddress,
    AddressDraft,
    AddressRow,
    CustomerChoices,
    CustomerFormChoices,
    CustomerKind,
    CustomerRecordRow,
    PhoneDraft,
    RecordDraft,
    RegisterCustomer,
    RemoveAddress,
    SaveAddress,
    SaveCustomer,
)
from desk.ui.core.address import add_address, address_values, offer_cities
from desk.ui.core.desk import Desk
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.forms import Form
from desk.ui.core.inputs import Choice, ComboField, DateField, DocumentField, EmailField, IntField, PhoneField
from desk.ui.core.labels import Label
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SaveDialog

PHONES = 3
KINDS = (Choice(CustomerKind.PERSON, "Pessoa física"), Choice(CustomerKind.COMPANY, "Pessoa jurídica"))


def add_record(form: Form, *, document: bool) -> None:
    """The fields of the record; the document only where it is typed anew."""
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


def offer_units(form: Form, choices: CustomerFormChoices, present: int | None) -> None:
    """Fill the list of business units, and choose one."""
    units = form.fields["business_unit_id"]
    if isinstance(units, ComboField):
        units.set_choices([Choice(unit.id, unit.name) for unit in choices.units])
    if present is not None:
        form.set("business_unit_id", present)


def cities_of(choices: CustomerFormChoices) -> list[Choice]:
    """The cities, as an address form lists them."""
    return [Choice(city.id, f"{city.name} – {city.state}") for city in choices.cities]


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


class RecordDialog(SaveDialog):
    """Correct the record; keeps what was typed when somebody else was quicker."""

    def __init__(self, desk: Desk, record: CustomerRecordRow, parent: QWidget) -> None:
        super().__init__(desk, "Cadastro do Cliente", parent)
        self._record = record
        add_record(self.form, document=False)
        self.form.add(YesNoField("active", "Cliente ativo"))
        self.form.add(NoteField("notes", "Observações"), span=2)
        self.command = self._order
        self._begin()
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _begin(self) -> None:
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
        self.begin(draft, r.name)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer_units(self.form, choices, self._record.business_unit_id)
        self.settle()

    def _order(self, draft: dict[str, Any]) -> SaveCustomer:
        return SaveCustomer(
            customer_id=self._record.id,
            version=self._record.version,
            record=record_of(draft),
            seen_phones=self._record.phones,
            active=bool(draft["active"]),
        )


class AddressDialog(SaveDialog):
    """One address, new or corrected."""

    def __init__(self, desk: Desk, customer_id: int, address: AddressRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Endereço" if address is None else "Endereço", parent)
        self._customer_id, self._address = customer_id, address
        add_address(self.form)
        if address is not None and address.position <= 2:
            kind = "instalação" if address.position == 1 else "cobrança e documentos fiscais"
            note = f"Os planos que seguem o endereço padrão de {kind} mudam junto."
            self.body.insertWidget(0, Label(note, "caption", "text2", wrap=True))
        self.command = self._order
        self.begin({name: getattr(address, name) for name in self.form.fields} if address is not None else {})
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer_cities(self.form, cities_of(choices), self._address.city_id if self._address is not None else None)
        self.settle()

    def _order(self, draft: dict[str, Any]) -> AddAddress | SaveAddress:
        address = AddressDraft(**address_values(draft))
        if self._address is None:
            return AddAddress(customer_id=self._customer_id, address=address)
        return SaveAddress(address_id=self._address.id, version=self._address.version, address=address)


def remove_address(desk: Desk, owner: QWidget, customer: CustomerRecordRow, address: AddressRow) -> None:
    """Ask first, naming whose it is: plans that follow it will follow the next one."""
    place = ", ".join(part for part in (address.street, address.number) if part)
    ask(
        Text(
            what=f"Apagar o endereço {place} de {customer.name}?",
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


class NewCustomerDialog(SaveDialog):
    """Novo Cliente: record, document, first address; opens the customer when it is saved."""

    def __init__(self, desk: Desk, parent: QWidget | None) -> None:
        super().__init__(desk, "Novo Cliente", parent)
        add_record(self.form, document=True)
        self.body.insertWidget(0, Label("Campos em negrito são obrigatórios.", "caption", "text2"))
        self.address = add_address(self.section("Endereço de instalação"))
        self.command = self._order
        self.said = lambda done: f"Cliente {done.code:06d} cadastrado"
        self.saved = lambda done: desk.run_action("customers.open", done)
        self.begin({"kind": CustomerKind.PERSON, "default_due_day": 10})
        desk.ask(CustomerChoices(), owner=self, done=self._offer)

    def _offer(self, choices: CustomerFormChoices) -> None:
        offer_units(self.form, choices, choices.units[0].id if choices.units else None)
        offer_cities(self.address, cities_of(choices))
        self.settle()
        self.form["document"].editor.setFocus()

    def _order(self, draft: dict[str, Any]) -> RegisterCustomer:
        address = {name: draft.pop(name) for name in self.address.fields}
        return RegisterCustomer(
            record=record_of(draft),
            document=draft["document"] or "",
            address=AddressDraft(**address_values(address)),
        )
