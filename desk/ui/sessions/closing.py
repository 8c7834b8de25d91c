"""Fechar Conexão Atual: the question before; what came of it is told by the delivery strip."""

from __future__ import annotations

import datetime as dt

from PySide6.QtWidgets import QWidget

from desk.services.plans import LoginItem
from desk.services.sessions import CloseConnection
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.messages import Text
from desk.ui.core.network_question import NetworkQuestion


def ask_close(desk: Desk, login: LoginItem, owner: QWidget | None) -> None:
    """Ask, naming the login and its connection."""
    if login.online_since is not None:
        lasting = format.lasting(dt.datetime.now(dt.UTC) - login.online_since)
        why = f"Online há {lasting}{f', com o IP {login.ip}' if login.ip else ''}."
    else:
        why = "O RADIUS não tem conexão aberta deste login; o Desk olha também a lista do roteador."
    NetworkQuestion(
        desk,
        "Fechar Conexão Atual",
        Text(
            what=f"Fechar a conexão atual de {login.login}?",
            why=why,
            do="O equipamento do cliente costuma conectar de novo em segundos, já com a senha e a velocidade de agora.",
        ),
        "Fechar a Conexão",
        CloseConnection(login_id=login.id),
        said=f"Fechar Conexão Atual de {login.login}",
        icon="power",
        plan_id=login.plan_id,
        parent=owner,
    ).open()
