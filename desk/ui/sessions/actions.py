"""Every entry that is about connections: of a login's menu, of the plan's, and of the program itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QApplication, QMenu

from desk.services.plans import LoginItem, PlanGroup, PlanRow
from desk.services.sessions import (
    CloseConnection,
    EndThrottle,
    RestoreSpeed,
    SaveRadiusServer,
    ThrottlePlan,
    TryLogin,
    WatchTraffic,
)
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.icons import icon
from desk.ui.core.labels import literal
from desk.ui.core.pages import SettingsPage
from desk.ui.sessions import texts as _texts
from desk.ui.sessions.closing import ask_close
from desk.ui.sessions.information import LoginInformationDialog
from desk.ui.sessions.servers import RadiusServersPage
from desk.ui.sessions.speed import SpeedDialog, ask_end
from desk.ui.sessions.traffic import TrafficDialog
from desk.ui.sessions.trying import TryLoginDialog
from desk.ui.sessions.who_used import WhoUsedDialog

__all__ = ["ACTIONS", "SETTINGS_PAGES"]
_ = _texts  # importing it is what registers the texts


def _close(desk: Desk, login: LoginItem) -> None:
    ask_close(desk, login, QApplication.activeWindow())


def _information(desk: Desk, login: LoginItem) -> None:
    LoginInformationDialog(desk, login, QApplication.activeWindow()).open()


def _properties(desk: Desk, login: LoginItem) -> None:
    LoginInformationDialog(desk, login, QApplication.activeWindow(), statement=False).open()


def _try(desk: Desk, login: LoginItem) -> None:
    TryLoginDialog(desk, login, QApplication.activeWindow()).open()


def _traffic(desk: Desk, login: LoginItem) -> None:
    TrafficDialog(desk, login, QApplication.activeWindow()).open()


def _plan_traffic(desk: Desk, plan: PlanRow) -> None:
    """Of several logins the person says which (domain Q22); whoever is online stands first."""
    if len(plan.logins) == 1:
        _traffic(desk, plan.logins[0])
        return
    window = QApplication.activeWindow()
    menu = QMenu(window)
    menu.aboutToHide.connect(lambda: menu.deleteLater())  # which also keeps it, where no window does
    for login in sorted(plan.logins, key=lambda each: (each.online_since is None, each.login)):
        online = login.online_since is not None
        sign = icon("circle-fill" if online else "circle", "ok" if online else "mute")
        entry = menu.addAction(sign, f"{literal(login.login)} – {'online' if online else 'offline'}")
        entry.triggered.connect(partial(_traffic, desk, login))
    menu.setActiveAction(menu.actions()[0])
    menu.popup(QCursor.pos() if window is None else window.mapToGlobal(window.rect().center()))


def _who_used(desk: Desk, row: Any) -> None:
    WhoUsedDialog(desk, "", QApplication.activeWindow()).open()


def _throttle(desk: Desk, plan: PlanRow) -> None:
    SpeedDialog(desk, plan, QApplication.activeWindow(), restore=False).open()


def _restore(desk: Desk, plan: PlanRow) -> None:
    SpeedDialog(desk, plan, QApplication.activeWindow(), restore=True).open()


def _end(desk: Desk, plan: PlanRow) -> None:
    ask_end(desk, plan, QApplication.activeWindow())


def _why_no_restore(plan: PlanRow) -> str:
    return "A velocidade já está restabelecida" if plan.speed_until is not None else ""


ACTIONS = [
    Action(
        id="sessions.information",
        label="Verificar Configurações no Servidor de Radius",
        menu="radius_login",
        group=1,
        icon="eye",
        run=_information,
    ),
    Action(
        id="sessions.traffic",
        label="Verificar Dados do Ponto de Acesso",
        menu="radius_login",
        group=1,
        icon="broadcast",
        command=WatchTraffic,
        run=_traffic,
    ),
    Action(
        id="sessions.try",
        label="Testar Autenticação",
        menu="radius_login",
        group=1,
        icon="check-circle",
        command=TryLogin,
        run=_try,
    ),
    Action(
        id="sessions.close",
        label="Fechar Conexão Atual",
        menu="radius_login",
        group=3,
        icon="power",
        command=CloseConnection,
        run=_close,
    ),
    Action(
        id="sessions.properties",
        label="Propriedades",
        menu="radius_login",
        group=8,
        icon="info",
        run=_properties,
    ),
    Action(
        id="sessions.plan_traffic",
        label="Verificar Dados do Ponto de Acesso",
        menu="plan",
        group=2,
        icon="broadcast",
        shortcut="Ctrl+T",
        palette="plan",
        command=WatchTraffic,
        shown=lambda plan: plan.allows_login and plan.group is not PlanGroup.CANCELLED,
        enabled=lambda plan: "" if plan.logins else "O plano ainda não tem login",
        run=_plan_traffic,
    ),
    Action(
        id="sessions.throttle",
        label="Reduzir Velocidade",
        menu="plan",
        group=6,
        icon="gauge",
        palette="plan",
        command=ThrottlePlan,
        shown=lambda plan: plan.enabled and plan.allows_login and not plan.throttled,
        run=_throttle,
    ),
    Action(
        id="sessions.restore_speed",
        label="Restabelecer Velocidade Provisória",
        menu="plan",
        group=6,
        icon="gauge",
        palette="plan",
        command=RestoreSpeed,
        shown=lambda plan: plan.enabled and plan.throttled,
        enabled=_why_no_restore,
        run=_restore,
    ),
    Action(
        id="sessions.end_throttle",
        label="Restabelecer Velocidade",
        menu="plan",
        group=6,
        icon="gauge",
        palette="plan",
        command=EndThrottle,
        shown=lambda plan: plan.enabled and plan.throttled,
        run=_end,
    ),
    Action(
        id="sessions.who_used",
        label="Quem usava este IP",
        menu="program",
        group=1,
        icon="user-focus",
        palette="program",
        run=_who_used,
    ),
]
SETTINGS_PAGES = [
    SettingsPage(
        id="radius_servers",
        label="Servidores RADIUS",
        icon="key",
        order=65,
        build=RadiusServersPage,
        command=SaveRadiusServer,
    ),
]
