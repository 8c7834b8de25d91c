"""Testar Conexão on screen: a line for each step, and its words for everything that may be found."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from desk.demo.routeros import RouterOsStandIn
from desk.services.access_points import Part, Standing, testing
from desk.ui.access_points.examination import SIGNS, TITLES, WORDS, StepList
from desk.ui.access_points.points import AccessPointDialog
from desk.ui.access_points.servers import RoutingServerDialog
from desk.ui.core.labels import Label
from tests.builders import a_secret, insert
from tests.postgres import Database
from tests.ui.conftest import DeskAs
from tests.ui.settings import calm, host, press

__all__ = ["host"]


def lines(shown: StepList) -> list[str]:
    found = [each.text() for each in shown.findChildren(Label) if each.text()]
    return [f"{title}: {said}" for title, said in zip(found[::2], found[1::2], strict=True)]


def test_a_router_before_it_is_saved(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs) -> None:
    desk = desk_as("suporte")
    shown = RoutingServerDialog(desk, None, host)
    shown.open()
    with RouterOsStandIn() as device:
        device.tables.rows["/user/group"][0]["policy"] = "api,read,!write"
        for name, value in (("host", "127.0.0.1"), ("port", device.port), ("password", "s3nha-do-roteador")):
            shown.form.set(name, value)
        shown.form.set("tls", shown.form["tls"].choices[3].value)  # type: ignore[attr-defined]
        press(qtbot, shown, "Testar Conexão")
        assert not shown.test_button.isEnabled()
        calm(qtbot, desk)
    assert shown.test_button.isEnabled()
    told = lines(shown.steps)
    assert len(told) == 8
    assert told[0] == "Endereço: 127.0.0.1 já é um endereço."
    assert told[2].startswith("Certificado: Sem TLS: a senha vai aberta pela rede.")
    assert told[4] == "Direitos do usuário: Falta ao grupo deste usuário: write, test. Acrescente em /user group."
    assert told[7] == "RADIUS: Este roteador não usa RADIUS neste cadastro."
    shown.read_certificate()
    assert not shown.steps.isVisible(), "another question: what was found before counts no longer"
    calm(qtbot, desk)
    shown.is_dirty = lambda: False
    shown.reject()


def test_the_router_of_an_access_point(qtbot: QtBot, host: QMainWindow, desk_as: DeskAs, database: Database) -> None:
    desk = desk_as("suporte")
    with RouterOsStandIn() as device:
        values = {"name": "BNG-7", "host": "127.0.0.1", "port": device.port, "tls": "sem TLS", "username": "desk"}
        server = insert(database, "routing_servers", **values)
        a_secret(database, "router", server, "s3nha-do-roteador")
        shown = AccessPointDialog(desk, None, host)
        shown.open()
        calm(qtbot, desk)
        shown.test()
        assert shown.answer.label.text() == "Escolha o Servidor de Roteamento primeiro."
        shown.form.set("routing_server_id", server)
        shown.forms[1].set("interface", "ether7")
        shown.test()
        calm(qtbot, desk)
    told = lines(shown.steps)
    assert told[-1] == "Interface: O roteador não tem a interface ether7. Confira o nome, com maiúsculas."
    assert told[3] == "Usuário e senha: Entrou como desk."
    shown.is_dirty = lambda: False
    shown.reject()


def test_every_step_and_code_has_its_words() -> None:
    assert set(TITLES) == set(Part)
    assert set(SIGNS) == set(Standing)
    source = Path(testing.__file__).read_text(encoding="utf-8")
    codes = set(re.findall(r'"([a-z]+(?:_[a-z]+)+|skipped|login|unreadable)"', source)) - {"sign_in"}
    assert codes == set(WORDS)
