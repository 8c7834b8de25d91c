"""Every entry of a Radius login's menu that works now, and the plan's entry for a new one."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication

from desk.services.logins import ChangePassword, CreateLogin, DeleteLogin, EditLogin
from desk.services.plans import LoginItem, PlanGroup, PlanRow, may_add_items
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.logins import texts as _texts
from desk.ui.logins.dialogs import LoginDialog, PasswordChangeDialog, ask_delete, new_login

__all__ = ["ACTIONS"]
_ = _texts  # importing it is what registers the texts


def _new(desk: Desk, plan: PlanRow) -> None:
    new_login(desk, plan, QApplication.activeWindow())


def _open(desk: Desk, login: LoginItem) -> None:
    LoginDialog(desk, login.plan_id, login.login, login, QApplication.activeWindow()).open()


def _password(desk: Desk, login: LoginItem) -> None:
    PasswordChangeDialog(desk, login, QApplication.activeWindow()).open()


def _generate(desk: Desk, login: LoginItem) -> None:
    dialog = PasswordChangeDialog(desk, login, QApplication.activeWindow())
    dialog.open()
    dialog.generate()


def _delete(desk: Desk, login: LoginItem) -> None:
    ask_delete(desk, login, QApplication.activeWindow())


def _why_no_new(plan: PlanRow) -> str:
    if not may_add_items(plan.status, plan.bills_when_debt_suspended):
        return "Só um plano habilitado recebe itens novos"
    if len(plan.logins) >= plan.login_limit:
        logins = "1 login" if plan.login_limit == 1 else f"{plan.login_limit} logins"
        return f"O plano permite {logins}, e já os tem"
    return ""


ACTIONS = [
    Action(
        id="logins.new",
        label="Cadastrar Login de Radius",
        menu="plan",
        group=1,
        icon="key",
        shortcut="Ctrl+L",
        palette="plan",
        command=CreateLogin,
        shown=lambda plan: plan.allows_login and plan.group is not PlanGroup.CANCELLED,
        enabled=_why_no_new,
        run=_new,
    ),
    Action(
        id="logins.open",
        label="Abrir",
        menu="radius_login",
        group=0,
        icon="arrow-square-out",
        command=EditLogin,
        run=_open,
    ),
    Action(
        id="logins.password",
        label="Alterar Senha de Autenticação",
        menu="radius_login",
        group=2,
        icon="lock-key",
        command=ChangePassword,
        run=_password,
    ),
    Action(
        id="logins.generate",
        label="Gerar Nova Senha",
        menu="radius_login",
        group=2,
        icon="arrows-clockwise",
        command=ChangePassword,
        run=_generate,
    ),
    Action(
        id="logins.delete",
        label="Apagar o Login de Autenticação",
        menu="radius_login",
        group=9,
        icon="trash",
        destructive=True,
        command=DeleteLogin,
        run=_delete,
    ),
]
