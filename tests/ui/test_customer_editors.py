"""Novo Cliente, Cadastro do Cliente and Endereço: from what is typed to the row, and two desks at one record."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.services.customers import CustomerRecord, CustomerRecordRow
from desk.services.plans import PlanWindow
from desk.ui.core.desk import Desk
from desk.ui.core.inputs import ComboField
from desk.ui.core.message_box import MessageBox
from desk.ui.core.saving import SaveDialog
from desk.ui.customers.dialogs import AddressDialog, NewCustomerDialog, RecordDialog
from desk.ui.plans.window_parts import PlanAddressDialog
from tests.builders import a_cpf, a_customer, a_plan
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone, listen


def record(database: Database, customer_id: int) -> CustomerRecordRow:
    return database.bus("administrador").execute(CustomerRecord(customer_id)).value


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    """The window over which the editors open."""
    shown = QWidget()
    qtbot.addWidget(shown)
    shown.show()
    return shown


def ready(qtbot: QtBot, desk: Desk) -> None:
    """The lists have come."""
    qtbot.waitUntil(lambda: not desk.background.busy, timeout=PATIENCE)


ADDRESS = {"zip": "87013-060", "street": "Avenida Brasil", "number": "3127", "district": "Zona 01"}


def choose_city(editor: SaveDialog, number: int = 0) -> None:
    form = next(form for form in editor.forms if "city_id" in form.fields)
    city = form["city_id"]
    assert isinstance(city, ComboField)
    form.set("city_id", city.choices[number].value)


def test_a_new_customer_is_told_and_opened(
    qtbot: QtBot, database: Database, desk_as: DeskAs, host: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_customer(database)  # brings a unit and a city
    desk = desk_as("administrador")
    opened: list[Any] = []
    monkeypatch.setattr(desk, "run_action", lambda name, row: opened.append((name, row.code)))
    told = listen(desk.told)
    editor = NewCustomerDialog(desk, host)
    editor.open()
    ready(qtbot, desk)
    assert editor.focusWidget() is editor.form["document"].editor
    assert not editor.is_dirty()  # what the program filled in is no work of the clerk's
    editor.form.set("document", a_cpf())
    editor.form.set("name", "Rita Lemos")
    editor.save()
    assert [field.name for field in editor.address.problems()] == ["zip", "city_id", "street", "number", "district"]
    for name, value in ADDRESS.items():
        editor.address.set(name, value)
    choose_city(editor)
    editor.save()
    gone(qtbot, NewCustomerDialog)
    assert len(opened) == 1 and opened[0][0] == "customers.open"
    assert told == [f"Cliente {opened[0][1]:06d} cadastrado"]


def test_two_desks_at_one_record_compare_by_name_and_caption(
    qtbot: QtBot, database: Database, desk_as: DeskAs, host: QWidget
) -> None:
    customer = a_customer(database)
    desk, other = desk_as("atendente"), desk_as("administrador")
    mine, theirs = (RecordDialog(each, record(database, customer.id), host) for each in (desk, other))
    for editor in (mine, theirs):
        editor.open()
    ready(qtbot, desk)
    ready(qtbot, other)
    theirs.form.set("trade_name", "Mariazinha")
    theirs.save()
    qtbot.waitUntil(lambda: record(database, customer.id).trade_name == "Mariazinha", timeout=PATIENCE)
    ready(qtbot, other)
    mine.form.set("name", "Maria da Silva Souza")
    mine.save()
    box = dialog(qtbot, MessageBox)
    assert box.text.why == "Ana Administradora alterou:\nApelido / Nome fantasia: vazio → Mariazinha"
    assert box.primary is not None
    box.primary.click()
    gone(qtbot, RecordDialog)
    assert record(database, customer.id).name == "Maria da Silva Souza"


def shapes(editor: SaveDialog) -> list[tuple[str, str, bool]]:
    return [(field.name, field.caption.text(), field.mandatory) for field in editor.form.fields.values()]


def address_editors(database: Database, desk: Desk, host: QWidget) -> list[Callable[[], SaveDialog]]:
    plan = a_plan(database)
    details = database.bus("administrador").execute(PlanWindow(plan.id)).value
    address = record(database, plan.customer_id).addresses[0]
    return [
        lambda: AddressDialog(desk, plan.customer_id, None, host),
        lambda: AddressDialog(desk, plan.customer_id, address, host),
        lambda: PlanAddressDialog(desk, details.row, details.addresses[0], host),
    ]


def test_an_address_is_asked_for_in_the_same_way_everywhere(
    qtbot: QtBot, database: Database, desk_as: DeskAs, host: QWidget
) -> None:
    desk = desk_as("administrador")
    seen = []
    for build in address_editors(database, desk, host):
        editor = build()
        editor.open()
        ready(qtbot, desk)
        seen.append(shapes(editor))
        assert not editor.is_dirty()
        editor.reject()
    assert seen[0] == seen[1] == seen[2]


def test_an_address_is_added_and_corrected(qtbot: QtBot, database: Database, desk_as: DeskAs, host: QWidget) -> None:
    customer = a_customer(database)
    desk = desk_as("administrador")
    editor = AddressDialog(desk, customer.id, None, host)
    editor.open()
    ready(qtbot, desk)
    for name, value in ADDRESS.items():
        editor.form.set(name, value)
    choose_city(editor)
    editor.save()
    gone(qtbot, AddressDialog)
    made = record(database, customer.id).addresses[1]
    assert (made.zip, made.street) == ("87013060", "Avenida Brasil")
    editor = AddressDialog(desk, customer.id, made, host)
    editor.open()
    ready(qtbot, desk)
    editor.form.set("number", "3129")
    editor.save()
    gone(qtbot, AddressDialog)
    now = record(database, customer.id).addresses[1]
    assert now == dataclasses.replace(made, number="3129", version=now.version)
