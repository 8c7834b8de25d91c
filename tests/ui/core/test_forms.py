"""Forms hold a draft, tell what is wrong beside the field, and never save by surprise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desk.services.core.errors import Invalid, NotAllowed, Violation
from desk.ui.core import waiting
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import (
    EASY,
    CepField,
    Choice,
    ComboField,
    DateField,
    DocumentField,
    EmailField,
    IntField,
    IpField,
    MacField,
    MoneyField,
    PasswordField,
    PercentField,
    PhoneField,
    easy_password,
)
from desk.ui.core.labels import button


def _bring_up(qtbot: QtBot, window: QWidget) -> None:
    """Show a window and have it take the keys."""
    window.show()
    window.activateWindow()
    # Windows hands keys over a moment after Qt calls the window active.
    qtbot.waitUntil(lambda: window.isActiveWindow() and QGuiApplication.focusWindow() is window.windowHandle())


def money_form(qtbot: QtBot) -> Form:
    """A form of two fields."""
    form = Form()
    form.add(TextField("name", "Nome", mandatory=True))
    form.add(MoneyField("price", "Valor", mandatory=True))
    qtbot.addWidget(form)
    return form


def fields() -> list[tuple[TextField, str, Any, str]]:
    """Field, text that is right, its value, and text that is wrong."""
    return [
        (MoneyField("x", "X"), "1.129,9", Decimal("1129.90"), "doze"),
        (PercentField("x", "X"), "2,5", Decimal("2.5"), "muito"),
        (IntField("x", "X", unit="kbps"), "500.000 kbps", 500_000, "1,5"),
        (DateField("x", "X"), "5/7/26", date(2026, 7, 5), "31/02/2026"),
        (DocumentField("x", "X"), "529.982.247-25", "52998224725", "529.982.247-26"),
        (DocumentField("x", "X"), "12.abc.345/01de-35", "12ABC34501DE35", "12.abc.345/01de-36"),
        (PhoneField("x", "X"), "(44) 99871-2043", "(44) 99871-2043", "9987"),
        (CepField("x", "X"), "87013-000", "87013000", "8701"),
        (MacField("x", "X"), "3c84.6a1f.09b2", "3C:84:6A:1F:09:B2", "3C:84:6A:1F:09:G2"),
        (IpField("x", "X"), "2001:db8::1", "2001:db8::1", "10.0.0.256"),
        (EmailField("x", "X"), "maria@serranet.com.br", "maria@serranet.com.br", "maria@"),
    ]


def test_each_kind_of_field_understands_and_refuses(qtbot: QtBot) -> None:
    for field, right, value, wrong in fields():
        qtbot.addWidget(field)
        kind = type(field).__name__
        field.edit.setText(right)
        assert field.check() is None, kind
        assert field.value() == value, kind
        field.edit.setText(wrong)
        assert field.check() is not None, kind
        field.edit.setText("")
        assert field.check() is None, kind  # not mandatory


def test_the_draft_follows_what_is_typed(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    form.bind({"name": "Casa", "price": Decimal("129.90")})
    assert not form.dirty and form["price"].editor.property("text") == "129,90"
    edit = form["price"].editor
    edit.setProperty("text", "")
    qtbot.keyClicks(edit, "99,9")
    assert form.draft["price"] == Decimal("99.90")
    assert form.dirty and form.differences() == {"price": Decimal("99.90")}


def test_errors_stand_beside_their_fields_and_go_when_right(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    _bring_up(qtbot, form)
    assert not form.ready()
    assert [field.name for field in form.problems()] == ["name", "price"]
    assert form["name"].problem == "Preencha este campo"
    assert form["name"].editor.hasFocus() and form["name"].editor.property("invalid") is True
    qtbot.keyClicks(form["name"].editor, "C")
    assert form["name"].problem == "" and form["name"].editor.property("invalid") is False


def test_a_field_is_checked_when_left_not_at_each_key(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    _bring_up(qtbot, form)
    form["price"].editor.setFocus()
    qtbot.keyClicks(form["price"].editor, "doze")
    assert form["price"].problem == ""
    form["name"].editor.setFocus()
    assert form["price"].problem == "Valor em reais inválido"
    form["price"].editor.setFocus()
    assert form["name"].problem == ""  # empty and mandatory is told when saving


def test_what_the_service_finds_is_shown_here_and_other_refusals_are_not(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    assert form.refused(Invalid([Violation("name", "taken")])) is True
    assert form["name"].problem == "Já cadastrado"
    assert form.refused(Invalid([Violation("elsewhere", "taken")])) is False
    assert form.refused(NotAllowed("x")) is False


def test_enter_advances_and_at_the_end_only_tells(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    _bring_up(qtbot, form)
    form["name"].editor.setFocus()
    qtbot.keyClick(form["name"].editor, Qt.Key.Key_Return)
    assert form["price"].editor.hasFocus()
    with qtbot.waitSignal(form.confirmed):
        qtbot.keyClick(form["price"].editor, Qt.Key.Key_Return)


def test_enter_passes_by_what_is_greyed(qtbot: QtBot) -> None:
    form = Form()
    for name in ("first", "grey", "last"):
        form.add(TextField(name, name))
    form["grey"].editor.setEnabled(False)
    qtbot.addWidget(form)
    _bring_up(qtbot, form)
    form["first"].editor.setFocus()
    qtbot.keyClick(form["first"].editor, Qt.Key.Key_Return)
    assert form.focusWidget() is form["last"].editor


def test_a_locked_field_names_the_permission_and_is_not_checked(qtbot: QtBot) -> None:
    form = money_form(qtbot)
    form["price"].set_read_only(True, "Editar Valor de Novo Plano")
    assert form["price"].editor.accessibleDescription() == "Só com “Editar Valor de Novo Plano”"
    assert form["price"].check() is None


def test_a_searched_list_takes_only_its_own_entries(qtbot: QtBot) -> None:
    field = ComboField("plan", "Plano", [Choice(1, "FIBRA 500"), Choice(2, "FIBRA 800")], search=True, mandatory=True)
    qtbot.addWidget(field)
    assert field.check() == "required"
    field.set_value(2)
    assert field.value() == 2 and field.check() is None
    field.set_choices([Choice(2, "FIBRA 800"), Choice(3, "FIBRA 900")])
    assert field.value() == 2  # kept, though it moved
    field.combo.setEditText("FIBRA 950")
    assert field.check() == "not_in_list"


def test_other_kinds_hold_their_values(qtbot: QtBot) -> None:
    form = Form()
    qtbot.addWidget(form)
    form.add(YesNoField("nat", "NAT"))
    form.add(NoteField("note", "Observação"))
    form.bind({"nat": True, "note": "duas\nlinhas"})
    assert form.draft == {"nat": True, "note": "duas\nlinhas"} and not form.dirty


def test_a_password_is_made_without_look_alikes(qtbot: QtBot) -> None:
    field = PasswordField("password", "Senha", generate=True)
    qtbot.addWidget(field)
    assert field.edit.echoMode() == field.edit.EchoMode.Password
    field.generate()
    assert len(field.text()) == 8 and set(field.text()) <= set(EASY)
    assert field.edit.echoMode() == field.edit.EchoMode.Normal
    assert not set("0O1lI") & set("".join(easy_password() for _ in range(50)))


def dialog_of(qtbot: QtBot) -> tuple[FormDialog, Form]:
    """A dialog that holds the form."""
    dialog, form = FormDialog("Editar"), money_form(qtbot)
    dialog.body.addWidget(form)
    dialog.hold(form, whose="FIBRA – Casa")
    dialog.set_primary(button("Salvar", kind="primary"))
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(dialog)
    _bring_up(qtbot, dialog)
    return dialog, form


def test_the_footer_says_whose_it_is_or_what_is_wrong(qtbot: QtBot) -> None:
    dialog, form = dialog_of(qtbot)
    assert dialog.footer_label.text() == "FIBRA – Casa"
    form.check()
    assert dialog.footer_label.text() == "2 campos para corrigir: Nome…"
    form["name"].set_value("x")
    form.check()
    assert dialog.footer_label.text() == "1 campo para corrigir: Valor"


def test_esc_closes_at_once_only_if_nothing_was_typed(qtbot: QtBot) -> None:
    dialog, form = dialog_of(qtbot)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isHidden()
    dialog, form = dialog_of(qtbot)
    form.set("name", "x")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    asked = dialog.findChild(type(dialog).__mro__[1])
    assert asked is not None and asked.isVisible()
    asked.primary.click()  # "Fechar sem salvar"
    assert dialog.isHidden()


def test_a_busy_dialog_keeps_the_buttons_width_and_stays(qtbot: QtBot) -> None:
    dialog, _ = dialog_of(qtbot)
    assert dialog.primary is not None
    width = dialog.primary.width()
    dialog.set_busy(True)
    assert dialog.primary.width() == width and not dialog.primary.isEnabled()
    dialog.reject()
    assert dialog.isVisible()
    dialog.set_busy(False)
    assert dialog.primary.isEnabled()
    dialog.reject()


def test_a_long_wait_is_said_and_can_be_left_by_keys(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """After five seconds: what it waits for, and a way to close; the answer finds the dialog as it was sent."""
    assert waiting.LONG_MS == 5_000
    monkeypatch.setattr(waiting, "LONG_MS", 30)
    dialog, form = dialog_of(qtbot)
    form["name"].set_value("Maria")
    height = dialog.height()
    dialog.set_busy(True)
    wait = dialog.long_wait
    assert wait is not None and not wait.isVisible()
    qtbot.waitUntil(wait.isVisible)
    qtbot.waitUntil(lambda: dialog.height() > height)
    assert wait.label.text() == "Esperando o banco de dados…"
    for _ in range(6):
        if wait.stop.hasFocus():
            break
        qtbot.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Tab)
    assert wait.stop.hasFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.keyClick(wait.stop, Qt.Key.Key_Return)
    assert "Histórico" in wait.label.text() and dialog.primary is not None and not dialog.primary.isEnabled()
    dialog.set_busy(False)  # the answer came after all: a refusal, say
    assert not wait.isVisible() and dialog.primary.isEnabled() and form["name"].value() == "Maria"
    dialog.set_busy(True)
    qtbot.waitUntil(wait.stop.isVisible)
    wait.stop.click()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)  # nothing is asked about what was sent
    assert dialog.isHidden()


def test_ctrl_enter_presses_the_primary_button(qtbot: QtBot) -> None:
    dialog, _ = dialog_of(qtbot)
    with qtbot.waitSignal(dialog.confirmed):
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    dialog.reject()


def test_the_first_key_goes_into_the_first_field_that_may_be_edited(qtbot: QtBot) -> None:
    dialog, form = dialog_of(qtbot)
    assert dialog.focusWidget() is form["name"].editor
    dialog.hide()
    other, second = FormDialog("Editar"), money_form(qtbot)
    other.body.addWidget(second)
    other.hold(second)
    second["name"].set_read_only(True)
    qtbot.addWidget(other)
    _bring_up(qtbot, other)
    assert other.focusWidget() is second["price"].editor
    other.hide()
