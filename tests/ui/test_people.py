"""Usuários and the own password, from the click to the role in the database."""

from __future__ import annotations

import psycopg
import pytest
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desk.services.permissions import CreatePerson, People
from desk.ui.core.message_box import MessageBox
from desk.ui.permissions.page import FirstPasswordDialog, PersonDialog
from desk.ui.shell.password import PasswordDialog
from tests.postgres import Database, password_of
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE, dialog, gone
from tests.ui.settings import calm, cells, editor, host, listed, one, press, save, window

__all__ = ["host"]


def test_a_new_person_gets_a_first_password_that_works(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "people")
    person = editor(qtbot, desk, listed(shown), PersonDialog)
    person.form.set("role", "Maria Silva")
    person.form.set("full_name", "Maria Silva")
    save(qtbot, desk, person)
    assert "letras minúsculas" in person.form["role"].problem
    person.form.set("role", "maria.silva")
    person.tree.set_chosen("customers", True)
    save(qtbot, desk, person)
    first = dialog(qtbot, FirstPasswordDialog)
    assert first.shown.text() == first.password
    with database.connect("maria.silva", password=first.password) as connection:
        assert connection.execute("SELECT desk.holds('customers'), desk.holds('add_plan')").fetchone() == (True, False)
    first.reject()
    shown.reject()


def test_a_person_of_the_domain_is_made_without_a_password(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "people")
    person = editor(qtbot, desk, listed(shown), PersonDialog)
    person.form.set("role", "dora")
    person.form.set("full_name", "Dora do Domínio")
    person.form.set("domain", True)
    save(qtbot, desk, person)
    gone(qtbot, PersonDialog)
    assert not [each for each in shown.findChildren(FirstPasswordDialog) if each.isVisible()]
    kept = database.admin().execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'dora'").fetchone()
    assert kept == (None,)
    shown.reject()


def test_permissions_are_given_and_taken_in_the_tree(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "people")
    page = listed(shown)
    person = editor(qtbot, desk, page, PersonDialog, cells(page).index("Bruno Atendente"))
    assert not person.is_dirty()
    assert person.tree.item("add_plan").text(0) == "Adicionar Plano"
    assert person.tree.item("no_combo_edit").text(0).startswith("Não Editar Combo Plano Habilitado — impede")
    person.tree.set_chosen("add_plan", False)
    person.tree.set_chosen("cancel_plan", True)
    assert person.is_dirty()
    person.tree.search.setText("permissao inexistente")
    assert person.tree.item("add_plan").isHidden()
    save(qtbot, desk, person)
    gone(qtbot, PersonDialog)
    held = next(row for row in database.bus("administrador").execute(People()).value if row.role == "atendente")
    assert "cancel_plan" in held.permissions
    assert "add_plan" not in held.permissions
    shown.reject()


def test_the_last_administrator_is_told_why_not(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "people")
    page = listed(shown)
    person = editor(qtbot, desk, page, PersonDialog, cells(page).index("Ana Administradora"))
    person.tree.set_chosen("users", False)
    save(qtbot, desk, person)
    box = dialog(qtbot, MessageBox)
    assert "“Usuários”" in box.text.why
    box.reject()
    press(qtbot, person, "Inativar")
    press(qtbot, dialog(qtbot, MessageBox), "Inativar Usuário")
    calm(qtbot, desk)
    qtbot.waitUntil(lambda: "inativa a si mesmo" in dialog(qtbot, MessageBox).text.why, timeout=PATIENCE)
    dialog(qtbot, MessageBox).reject()
    person.tree.set_chosen("users", True)
    person.reject()
    assert one(database, "SELECT active FROM desk.people WHERE role = 'administrador'") == (True,)
    shown.reject()


def test_inactivating_and_resetting_passwords(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    database.bus("administrador").execute(CreatePerson(role="caio", full_name="Caio", password="primeira-senha-1"))
    desk = desk_as("administrador")
    shown = window(qtbot, host, desk, "people")
    page = listed(shown)
    person = editor(qtbot, desk, page, PersonDialog, cells(page).index("Caio"))
    press(qtbot, person, "Redefinir Senha")
    press(qtbot, dialog(qtbot, MessageBox), "Redefinir Senha")
    first = dialog(qtbot, FirstPasswordDialog)
    database.connect("caio", password=first.password)
    first.reject()
    press(qtbot, person, "Inativar")
    press(qtbot, dialog(qtbot, MessageBox), "Inativar Usuário")
    gone(qtbot, PersonDialog)
    with pytest.raises(psycopg.OperationalError):
        database.connect("caio", password=first.password)
    model = page.table.table
    qtbot.waitUntil(lambda: any(row.role == "caio" and not row.active for row in model.rows), timeout=PATIENCE)
    calm(qtbot, desk)
    again = editor(qtbot, desk, page, PersonDialog, cells(page).index("Caio"))
    press(qtbot, again, "Reativar")
    gone(qtbot, PersonDialog)
    database.connect("caio", password=first.password)
    shown.reject()


def test_the_own_password(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database) -> None:
    desk = desk_as("suporte")
    shown = PasswordDialog(desk, host)
    shown.open()
    for name, text in (("old", "errada"), ("password", "cavalo-verde-42"), ("again", "cavalo-verde-43")):
        shown.form.set(name, text)
    press(qtbot, shown, "Trocar Senha")
    assert shown.form["again"].problem == "As duas senhas não são iguais"
    shown.form.set("again", "cavalo-verde-42")
    press(qtbot, shown, "Trocar Senha")
    calm(qtbot, desk)
    assert shown.form["old"].problem == "A senha atual não confere"
    shown.form.set("old", password_of("suporte"))
    press(qtbot, shown, "Trocar Senha")
    gone(qtbot, PasswordDialog)
    database.connect("suporte", password="cavalo-verde-42")
