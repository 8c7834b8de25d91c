"""Every entry of an IP's menu, and the plan's entry for a new one."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desk.services.ips import CreateIp, DeleteIp, EditIp
from desk.services.plans import IpItem, PlanGroup, PlanRow, may_add_items
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk
from desk.ui.ips import texts as _texts

__all__ = ["ACTIONS"]
_ = _texts  # importing it is what registers the texts


def _new(desk: Desk, plan: PlanRow) -> None:
    from desk.ui.ips.dialog import IpDialog

    IpDialog(desk, plan.id, plan.whose, None, QApplication.activeWindow()).open()


def _open(desk: Desk, ip: IpItem) -> None:
    from desk.ui.ips.dialog import open_ip

    open_ip(desk, ip, ip.address, QApplication.activeWindow())


def _copy(desk: Desk, ip: IpItem) -> None:
    QGuiApplication.clipboard().setText(ip.address)
    desk.told.emit(desk.tr("{} copiado").format(ip.address))


def _delete(desk: Desk, ip: IpItem) -> None:
    from desk.ui.ips.dialog import ask_delete

    ask_delete(desk, ip, QApplication.activeWindow())


def _why_no_new(plan: PlanRow) -> str:
    if not may_add_items(plan.status, plan.bills_when_debt_suspended):
        return "Só um plano habilitado recebe itens novos"
    return ""


ACTIONS = [
    Action(
        id="ips.new",
        label="Cadastrar Novo IP",
        menu="plan",
        group=1,
        icon="hash-straight",
        shortcut="Ctrl+I",
        palette="plan",
        command=CreateIp,
        shown=lambda plan: plan.allows_ip and plan.group is not PlanGroup.CANCELLED,
        enabled=_why_no_new,
        run=_new,
        help="Dá ao plano um endereço, um bloco ou um prefixo IPv6.",
    ),
    Action(id="ips.open", label="Abrir", menu="ip", group=0, icon="arrow-square-out", command=EditIp, run=_open),
    Action(id="ips.copy", label="Copiar IP", menu="ip", group=1, icon="copy", run=_copy),
    Action(
        id="ips.delete",
        label="Apagar IP",
        menu="ip",
        group=9,
        icon="trash",
        destructive=True,
        command=DeleteIp,
        run=_delete,
    ),
]
