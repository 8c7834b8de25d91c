"""Every entry of the menus of a plan and of its groups that works now."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication

from desk.services.plans import (
    PROVISIONAL,
    AddPlan,
    EnablePlan,
    EnableProvisionally,
    PlanGroup,
    PlanRow,
    StatusCode,
    SuspendPlan,
)
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.pages import CustomerPage
from desk.ui.plans import texts as _texts
from desk.ui.plans.card import ask_status
from desk.ui.plans.page import PlansPage

__all__ = ["ACTIONS", "CUSTOMER_PAGES"]
_ = _texts  # importing it is what registers the texts


def _open(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.plans.window import PlanDialog

    PlanDialog.ask(desk, plan, QApplication.activeWindow())


def _new(desk: Desk, row: Any) -> None:
    from desk.ui.plans.wizard import NewPlanDialog

    NewPlanDialog(desk, row.customer_id, QApplication.activeWindow()).open()


def _status(target: str) -> Any:
    return partial(_ask, target)


def _ask(target: str, desk: Desk, plan: PlanRow) -> None:
    ask_status(desk, plan, target)


def _why_not_suspend(plan: PlanRow) -> str:
    if plan.enabled:
        return ""
    if plan.group is PlanGroup.CANCELLED:
        return "O plano está cancelado"
    return "O plano já está suspenso" if plan.suspended else f"O plano está em “{plan.status_label}”"


def _why_not_enable(plan: PlanRow) -> str:
    if plan.group is PlanGroup.CANCELLED:
        return "O plano está cancelado"
    if plan.enabled:
        return "O plano já está habilitado"
    return "O plano aguarda autorização" if plan.status == StatusCode.AWAITING else ""


def _why_not_provisionally(plan: PlanRow) -> str:
    if plan.provisional_until is not None:
        return "O plano já está habilitado provisoriamente"
    return "" if plan.status == StatusCode.SUSPENDED_DEBT else "Só um plano suspenso por débito"


def _why_no_new(row: Any) -> str:
    return "Um plano novo não nasce cancelado" if row.group is PlanGroup.CANCELLED else ""


ACTIONS = [
    Action(id="plans.open", label="Abrir", menu="plan", group=0, icon="arrow-square-out", palette="plan", run=_open),
    Action(
        id="plans.suspend",
        label="Suspender Plano",
        menu="plan",
        group=5,
        icon="pause-circle",
        palette="plan",
        command=SuspendPlan,
        enabled=_why_not_suspend,
        run=_status(StatusCode.SUSPENDED),
        help="Bloqueia os logins e encerra as conexões abertas.",
    ),
    Action(
        id="plans.enable",
        label="Habilitar Plano",
        menu="plan",
        group=5,
        icon="play-circle",
        palette="plan",
        command=EnablePlan,
        enabled=_why_not_enable,
        run=_status(StatusCode.ENABLED),
        help="Libera os logins; vale já na próxima autenticação.",
    ),
    Action(
        id="plans.enable_provisionally",
        label="Habilitar Provisoriamente o Plano",
        menu="plan",
        group=5,
        icon="timer",
        palette="plan",
        command=EnableProvisionally,
        shown=lambda plan: plan.group is PlanGroup.INACTIVE,
        enabled=_why_not_provisionally,
        run=_status(PROVISIONAL),
        help="Libera o acesso até uma data; depois o plano volta a ficar bloqueado.",
    ),
    Action(
        id="plans.new",
        label="Criar Novo Plano",
        menu="plan_group",
        group=0,
        icon="plus",
        shortcut="Ctrl+N",
        palette="customer",
        command=AddPlan,
        enabled=_why_no_new,
        run=_new,
    ),
]
CUSTOMER_PAGES = [CustomerPage(id="plans", label="&Planos", order=20, build=PlansPage)]
