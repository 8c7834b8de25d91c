"""Diagnóstico on screen: from the menu and from a refused sign-in, over the real examination."""

from __future__ import annotations

from functools import partial

import psycopg
import pytest
from PySide6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from desk.bootstrap import conninfo_of, sign_in
from desk.services.doctor import Code, Report, Verdict
from desk.services.doctor.examine import examine
from desk.ui.core.background import TaskRunner
from desk.ui.core.labels import Label
from desk.ui.shell.doctor_window import DoctorDialog
from desk.ui.shell.sign_in import Credentials, SignInWindow
from tests.builders import a_routing_server
from tests.postgres import Database, password_of
from tests.ui.conftest import DeskAs
from tests.ui.screens import PATIENCE
from tests.ui.settings import host

__all__ = ["host"]


def examined(database: Database, role: str) -> Report:
    server = database.server()
    return examine(server, partial(psycopg.connect, conninfo_of(server, role, password_of(role))), role)


def test_what_is_wrong_is_said_with_what_to_do(
    qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database
) -> None:
    a_routing_server(database, "RB Centro", host="roteador.invalid")
    desk = desk_as("atendente")
    shown = DoctorDialog(desk.background, partial(examined, database, "atendente"), host)
    shown.open()
    qtbot.waitUntil(lambda: shown.report is not None, timeout=PATIENCE)
    texts = [label.text() for label in shown.findChildren(Label)]
    assert "O Desk funciona; veja o que pede atenção." in texts
    assert "Roteador RB Centro" in texts
    assert "Corrija-o em Servidores de Roteamento." in texts
    shown.copy.click()
    assert "atenção  Roteador RB Centro" in QApplication.clipboard().text()
    database.admin().execute("SET ROLE desk_job")
    database.admin().execute("UPDATE desk.routing_servers SET active = false")
    first = shown.report
    shown.again.click()
    qtbot.waitUntil(lambda: shown.report is not first, timeout=PATIENCE)
    assert shown.report is not None and shown.report.verdict is Verdict.GOOD
    shown.reject()


def test_a_refused_sign_in_offers_it(qtbot: QtBot, database: Database) -> None:
    server = database.server()._replace(port="1")
    runner = TaskRunner()

    def enter(typed: Credentials) -> object:
        return sign_in(server, typed.role, typed.password)

    window = SignInWindow(runner, enter, company="Provedor", server=server.label, verified=False)
    qtbot.addWidget(window)
    window.show()
    assert window.doctor.isHidden()
    window.role.edit.setText("atendente")
    window.password.edit.setText("qualquer-senha-1")
    window.submit()
    qtbot.waitUntil(lambda: window.doctor.isVisible(), timeout=PATIENCE)
    with qtbot.waitSignal(window.doctor_wanted):
        window.doctor.click()
    shown = DoctorDialog(runner, partial(examine, server), window)
    shown.open()
    qtbot.waitUntil(lambda: shown.report is not None, timeout=PATIENCE)
    assert shown.report is not None
    assert [finding.code for finding in shown.report.findings] == [Code.NAME_FOUND, Code.PORT_REFUSED]
    shown.reject()
    runner.close()


@pytest.mark.parametrize("role", ["administrador", "ninguem"])
def test_everybody_may_look(desk_as: DeskAs, role: str) -> None:
    action = desk_as(role).actions["program.doctor"]
    assert action.command is None
