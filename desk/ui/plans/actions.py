"""Every entry of the menus of a plan and of its groups that works now."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desk.services.plans import (
    PROVISIONAL,
    AddPlan,
    ChangeCatalogPlan,
    ChangeStatus,
    CircuitItem,
    CustomizeComposition,
    DeletePlan,
    EnablePlan,
    EnableProvisionally,
    PlanGroup,
    PlanRow,
    StatusCode,
    SuspendPlan,
    SuspendTemporarily,
    WithdrawSuspension,
)
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.core.pages import CustomerPage
from desk.ui.plans import texts as _texts
from desk.ui.plans.card import ask_status
from desk.ui.plans.deleting import ask_delete
from desk.ui.plans.page import PlansPage
from desk.ui.plans.reasons import (
    EnableAction,
    why_not_change_catalog,
    why_not_change_status,
    why_not_compose,
    why_not_delete,
    why_not_enable,
    why_not_provisionally,
    why_not_suspend,
    why_not_suspend_temporarily,
)
from desk.ui.plans.suspension import ask_withdrawal

__all__ = ["ACTIONS", "CUSTOMER_PAGES"]
_ = _texts  # importing it is what registers the texts


def _open(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.plans.window import PlanDialog

    PlanDialog.ask(desk, plan, QApplication.activeWindow())


def _new(desk: Desk, row: Any) -> None:
    from desk.ui.plans.wizard import NewPlanDialog

    NewPlanDialog(desk, row.customer_id, QApplication.activeWindow(), made=getattr(row, "made", None)).open()


def _refresh(desk: Desk, row: Any) -> None:
    # Whatever shows this customer's plans hears it as if another desk had changed them.
    desk.changed.emit(frozenset({f"plans/{row.customer_id}"}))


def _copy(desk: Desk, circuit: CircuitItem) -> None:
    QGuiApplication.clipboard().setText(circuit.name)
    desk.told.emit(desk.tr("{} copiado").format(circuit.name))


def _status(target: str) -> Any:
    return partial(_ask, target)


def _ask(target: str, desk: Desk, plan: PlanRow) -> None:
    ask_status(desk, plan, target)


def _change_status(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.plans.status_choice import ask_which

    ask_which(desk, plan)


def _withdraw(desk: Desk, plan: PlanRow) -> None:
    ask_withdrawal(desk, plan, QApplication.activeWindow())


def _change_catalog(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.plans.change_wizard import ChangePlanDialog

    ChangePlanDialog(desk, plan, QApplication.activeWindow()).open()


def _compose(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.plans.composition import CompositionDialog

    CompositionDialog.ask(desk, plan, QApplication.activeWindow())


def _why_no_new(row: Any) -> str:
    return "Um plano novo não nasce cancelado" if row.group is PlanGroup.CANCELLED else ""


ACTIONS = [
    Action(id="plans.open", label="Abrir", menu="plan", group=0, icon="arrow-square-out", palette="plan", run=_open),
    Action(
        id="plans.change_catalog",
        label="Mudar Plano",
        menu="plan",
        group=4,
        icon="swap",
        palette="plan",
        command=ChangeCatalogPlan,
        enabled=why_not_change_catalog,
        run=_change_catalog,
        help="Troca o plano de catálogo; número, logins, endereços e vencimento ficam.",
    ),
    Action(
        id="plans.composition",
        label="Personalizar Composição",
        menu="plan_window",  # domain 5.8: in Informação de Cobrança, not in the tree's menu
        icon="puzzle-piece",
        palette="plan",
        command=CustomizeComposition,
        enabled=why_not_compose,
        run=_compose,
        help="O plano passa a ter itens próprios, que somam o valor dele; o catálogo não os muda mais.",
    ),
    Action(
        id="plans.suspend",
        label="Suspender Plano",
        menu="plan",
        group=5,
        icon="pause-circle",
        palette="plan",
        command=SuspendPlan,
        enabled=why_not_suspend,
        run=_status(StatusCode.SUSPENDED),
        help="Bloqueia os logins e encerra as conexões abertas.",
    ),
    Action(
        id="plans.suspend_temporarily",
        label="Suspensão Temporária",
        menu="plan",
        group=5,
        icon="calendar-x",
        palette="plan",
        command=SuspendTemporarily,
        shown=lambda plan: plan.suspends_temporarily and plan.group is not PlanGroup.CANCELLED,
        enabled=why_not_suspend_temporarily,
        run=_status(StatusCode.SUSPENDED_TEMPORARILY),
        help="Suspende a pedido do cliente, entre duas datas; o plano volta sozinho.",
    ),
    Action(
        id="plans.withdraw_suspension",
        label="Retirar Suspensão Planejada",
        menu="plan",
        group=5,
        icon="calendar-x",
        palette="plan",
        command=WithdrawSuspension,
        shown=lambda plan: plan.suspension_planned,
        run=_withdraw,
        help="A suspensão temporária que ainda não começou deixa de valer.",
    ),
    EnableAction(
        id="plans.enable",
        label="Habilitar Plano",
        menu="plan",
        group=5,
        icon="play-circle",
        palette="plan",
        command=EnablePlan,
        enabled=why_not_enable,
        run=_status(StatusCode.ENABLED),
        help="Libera os logins; vale já na próxima autenticação.",
    ),
    EnableAction(
        id="plans.enable_provisionally",
        label="Habilitar Provisoriamente o Plano",
        menu="plan",
        group=5,
        icon="timer",
        palette="plan",
        command=EnableProvisionally,
        shown=lambda plan: plan.group is PlanGroup.INACTIVE,
        enabled=why_not_provisionally,
        run=_status(PROVISIONAL),
        help="Libera o acesso até uma data; depois o plano volta a ficar bloqueado.",
    ),
    Action(
        id="plans.change_status",
        label="Mudar Status",
        menu="plan",
        group=5,
        icon="flag",
        palette="plan",
        command=ChangeStatus,
        enabled=why_not_change_status,
        run=_change_status,
        help="Leva o plano para um dos status que a empresa cadastrou em Status Planos.",
    ),
    Action(
        id="plans.delete",
        label="Apagar o Plano",
        menu="plan",
        group=9,
        icon="trash",
        palette="plan",
        destructive=True,
        command=DeletePlan,
        enabled=why_not_delete,
        run=ask_delete,
        help="Para plano cadastrado por engano e sem registros vinculados.",
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
    Action(
        id="plans.refresh",
        label="Atualizar",
        menu="plan_group",
        group=9,
        icon="arrow-clockwise",
        palette="customer",
        run=_refresh,
    ),
    Action(id="circuits.copy", label="Copiar", menu="circuit", group=0, icon="copy", run=_copy),
]
CUSTOMER_PAGES = [CustomerPage(id="plans", label="&Planos", order=20, build=PlansPage)]
