"""Every entry of a Radius login's menu that is about its connections."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desk.services.plans import LoginItem
from desk.services.sessions import CloseConnection
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.sessions.closing import ask_close

__all__ = ["ACTIONS"]


def _close(desk: Desk, login: LoginItem) -> None:
    ask_close(desk, login, QApplication.activeWindow())


ACTIONS = [
    Action(
        id="sessions.close",
        label="Fechar Conexão Atual",
        menu="radius_login",
        group=3,
        icon="power",
        command=CloseConnection,
        run=_close,
    ),
]
