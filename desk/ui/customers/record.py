"""Cadastro: a customer's record to read, its addresses, and the way to correct both."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desk.services.customers import (
    AddressRow,
    CustomerKind,
    CustomerRecord,
    CustomerRecordRow,
    SaveCustomer,
)
from desk.ui.core import format
from desk.ui.core.cards import Card, Fact, FieldGrid
from desk.ui.core.desk import Desk
from desk.ui.core.labels import Chip, Label, button, clear, icon_button, row
from desk.ui.core.reload import Reload, told_by_the_band

TAGS = {1: "PADRÃO-INSTALAÇÃO:", 2: "PADRÃO:"}


class RecordPage(QScrollArea):
    """Cards to read; Editar, F2 or Enter opens the editor."""

    def __init__(self, desk: Desk, customer_id: int) -> None:
        super().__init__()
        self._desk, self.customer_id = desk, customer_id
        self.shown: CustomerRecordRow | None = None
        self.setObjectName("body")
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName("Cadastro do cliente")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page = QWidget()
        page.setObjectName("page")
        self._outer = QVBoxLayout(page)
        self._outer.setContentsMargins(16, 12, 16, 16)
        self._outer.setSpacing(12)
        self.setWidget(page)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        self.person = Card(self.tr("Dados do cliente"))
        self.facts = FieldGrid()
        self.person.body.addWidget(self.facts)
        self.person.body.addStretch(1)
        self.contact = Card(self.tr("Contato e cobrança"))
        self.contact_facts = FieldGrid()
        self.contact.body.addWidget(self.contact_facts)
        self.contact.body.addStretch(1)
        pair.addWidget(self.person, 1)
        pair.addWidget(self.contact, 1)
        self._outer.addLayout(pair)
        self.addresses = Card(self.tr("Endereços"))
        self.new_address = button(self.tr("Adicionar"), self.add_address, kind="link", icon="plus")
        self.addresses.head.addWidget(self.new_address)
        self._address_rows = QVBoxLayout()
        self._address_rows.setSpacing(8)
        self.addresses.body.addLayout(self._address_rows)
        self._outer.addWidget(self.addresses)
        self._outer.addStretch(1)
        self._edit = button(self.tr("Editar"), self.edit, icon="pencil-simple")
        self._refresh = button(self.tr("Atualizar"), self.load, kind="flat", icon="arrow-clockwise")
        if not desk.may(SaveCustomer):
            reason = self.tr("Falta a permissão {}").format(desk.needs(SaveCustomer))
            for widget in (self._edit, self.new_address):
                widget.setEnabled(False)
                widget.setToolTip(reason)
        Reload(desk, self, self.load, f"customer/{customer_id}")
        self.load()

    def commands(self) -> list[QWidget]:
        """Atualizar, Editar."""
        return [self._refresh, self._edit]

    def enter(self) -> None:
        """The first key scrolls; F2 edits."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def load(self) -> None:
        """Ask again."""
        self._desk.ask(
            CustomerRecord(self.customer_id),
            owner=self,
            done=self._show,
            failed=told_by_the_band,
            slot=("record", self.customer_id),
        )

    def _show(self, record: CustomerRecordRow) -> None:
        self.shown = record
        company = record.kind is CustomerKind.COMPANY
        self.facts.show_facts(
            [
                Fact(self.tr("Código"), f"{record.code:06d}", code=True),
                Fact(self.tr("Tipo"), self.tr("Pessoa jurídica") if company else self.tr("Pessoa física")),
                Fact(self.tr("Razão social") if company else self.tr("Nome"), record.name),
                Fact(self.tr("Nome fantasia") if company else self.tr("Apelido"), record.trade_name or "—"),
                Fact("CNPJ" if company else "CPF", record.document),
                Fact(self.tr("Inscrição estadual") if company else "RG", record.registration or "—"),
                *(
                    []
                    if company
                    else [
                        Fact(
                            self.tr("Data de nascimento"), format.day(record.birth_date) if record.birth_date else "—"
                        ),
                        Fact(self.tr("Nome da mãe"), record.mother_name or "—"),
                        Fact(self.tr("Nome do pai"), record.father_name or "—"),
                    ]
                ),
                Fact(self.tr("Situação"), _state(record)),
            ]
        )
        phones = [
            Fact(phone.label or self.tr("Telefone"), format.phone(phone.number), code=True) for phone in record.phones
        ]
        self.contact_facts.show_facts(
            [
                *(phones or [Fact(self.tr("Telefone"), "—")]),
                Fact("E-mail", record.email or "—"),
                Fact(self.tr("Unidade de Negócios"), record.business_unit),
                Fact(self.tr("Dia Vencimento"), str(record.default_due_day)),
                Fact(self.tr("Cód.Identificador"), record.identifier_code or "—", code=True),
                Fact(self.tr("Cadastrado em"), format.day(record.created_at.astimezone().date())),
                *([Fact(self.tr("Observações"), record.notes)] if record.notes else []),
            ]
        )
        self._show_addresses(record)

    def _show_addresses(self, record: CustomerRecordRow) -> None:
        clear(self._address_rows)
        for address in record.addresses:
            self._address_rows.addWidget(self._address(address, record))

    def _address(self, address: AddressRow, record: CustomerRecordRow) -> QWidget:
        holder = QWidget()
        words = QVBoxLayout()
        words.setSpacing(2)
        tag = TAGS.get(address.position, "")
        place = Label(format_address(address), "body", wrap=True).selectable()
        if tag:
            words.addLayout(row(Chip(tag.rstrip(":"), "info" if address.position == 1 else "mute", ""), None))
        words.addWidget(place)
        line = row(spacing=6)
        line.addLayout(words, 1)
        allowed = self._desk.may(SaveCustomer)
        for icon, name, act in (
            ("pencil-simple", self.tr("Editar endereço"), lambda: self.edit_address(address)),
            ("trash", self.tr("Apagar endereço"), lambda: self.remove_address(record, address)),
        ):
            made = icon_button(icon, name, act, small=True)
            made.setEnabled(allowed and (icon != "trash" or len(record.addresses) > 1))
            line.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
        holder.setLayout(line)
        return holder

    def edit(self) -> None:
        """Open the editor of the record."""
        from desk.ui.customers.dialogs import RecordDialog

        if self.shown is not None and self._edit.isEnabled():
            RecordDialog(self._desk, self.shown, self).open()

    def add_address(self) -> None:
        """Open an empty address."""
        from desk.ui.customers.dialogs import AddressDialog

        AddressDialog(self._desk, self.customer_id, None, self).open()

    def edit_address(self, address: AddressRow) -> None:
        """Open one address."""
        from desk.ui.customers.dialogs import AddressDialog

        AddressDialog(self._desk, self.customer_id, address, self).open()

    def remove_address(self, record: CustomerRecordRow, address: AddressRow) -> None:
        """Ask, then remove."""
        from desk.ui.customers.dialogs import remove_address

        remove_address(self._desk, self, record, address)

    def keyPressEvent(self, event: object) -> None:
        from PySide6.QtGui import QKeyEvent

        if isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit()
        elif isinstance(event, QKeyEvent):
            super().keyPressEvent(event)

    @property
    def edit_button(self) -> QPushButton:
        """The button Editar."""
        return self._edit


def _day(day: dt.date | None) -> str:
    return format.day(day) if day is not None else "—"


def _state(record: CustomerRecordRow) -> str:
    if record.active:
        return "Ativo"
    return f"Inativo desde {format.day(record.inactive_since)}" if record.inactive_since else "Inativo"


def format_address(address: AddressRow) -> str:
    """Two lines: street, number, complement; district, city, CEP."""
    first = ", ".join(part for part in (address.street, address.number, address.complement) if part)
    second = f"{address.district} · {address.city} – {address.state} · CEP {format.cep(address.zip)}"
    return f"{first}\n{second}" + (f"\n{address.landmark}" if address.landmark else "")
