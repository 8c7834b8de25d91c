"""Why a step is not possible for a plan as it is now; an empty text when it is."""

from __future__ import annotations

from typing import Any

from desk.services.plans import PROVISIONAL, PlanGroup, PlanRow, StatusCode
from desk.ui.core import format
from desk.ui.core.actions import Action
from desk.ui.core.desk import Desk


def why_not_suspend(plan: PlanRow) -> str:
    """ST-13: only an enabled plan."""
    if plan.enabled:
        return ""
    if plan.group is PlanGroup.CANCELLED:
        return "O plano está cancelado"
    return "O plano já está suspenso" if plan.suspended else f"O plano está em “{plan.status_label}”"


def why_not_suspend_temporarily(plan: PlanRow) -> str:
    """ST-15: as ST-13, and one at a time."""
    if plan.suspension_planned:
        first, last = format.day(plan.suspended_from), format.day(plan.suspended_last)
        return f"Já há uma suspensão planejada de {first} a {last}"
    return why_not_suspend(plan)


def why_not_enable(plan: PlanRow) -> str:
    """ST-11, ST-12, ST-16, ST-20."""
    if plan.group is PlanGroup.CANCELLED:
        return "O plano está cancelado"
    if plan.enabled:
        return "O plano já está habilitado"
    return "O plano aguarda autorização" if plan.status == StatusCode.AWAITING else ""


def why_not_provisionally(plan: PlanRow) -> str:
    """ST-17."""
    if plan.status != StatusCode.SUSPENDED_DEBT:
        return "Só um plano suspenso por débito"
    return "O plano já está habilitado provisoriamente" if plan.provisional_until is not None else ""


def why_not_change_status(plan: PlanRow) -> str:
    """domain 4.4 and ST-20: a cancelled plan stays so, and an authorisation is not gone around."""
    if plan.group is PlanGroup.CANCELLED:
        return "O plano está cancelado"
    return "O plano aguarda autorização" if plan.status == StatusCode.AWAITING else ""


_LINKED = {"login": ("login", "logins"), "ip": ("IP", "IPs"), "circuit": ("circuito", "circuitos")}


def why_not_delete(plan: PlanRow) -> str:
    """PL-21, PL-40: what hangs on the plan, each kind with its number; domain 4.4: a cancelled plan stays."""
    if plan.group is PlanGroup.CANCELLED:
        return "Um plano cancelado não pode ser apagado"
    linked = ", ".join(format.count(number, *_LINKED[kind]) for kind, number in plan.links.items())
    return f"Plano possui registros vinculados: {linked}" if linked else ""


def why_not_change_catalog(plan: PlanRow) -> str:
    """domain 4.4: every plan that is not cancelled."""
    return "O plano está cancelado" if plan.group is PlanGroup.CANCELLED else ""


def why_not_compose(plan: PlanRow) -> str:
    """domain 4.4: a cancelled plan keeps what it had."""
    return "O plano está cancelado" if plan.group is PlanGroup.CANCELLED else ""


def why_not(plan: PlanRow, target: str) -> str:
    """The same by the card's target."""
    if target == PROVISIONAL:
        return why_not_provisionally(plan)
    if target == StatusCode.SUSPENDED:
        return why_not_suspend(plan)
    if target == StatusCode.SUSPENDED_TEMPORARILY:
        return why_not_suspend_temporarily(plan)
    if target == StatusCode.ENABLED:
        return why_not_enable(plan)
    return f"O plano já está em “{plan.status_label}”" if plan.status == target else why_not_change_status(plan)


def may_enable_suspended(desk: Desk) -> bool:
    """Whether the person holds the second permission that enabling a suspended plan needs (ST-16)."""
    return any(permission.code == "enable_suspended" for permission in desk.bus.actor.permissions)


class EnableAction(Action):
    """Enabling an inactive plan needs `Habilitar Planos Suspensos` besides the command's own permission."""

    def obstacle(self, desk: Desk, row: Any) -> str | None:
        """The missing permission, before or after what the row itself says."""
        found = super().obstacle(desk, row)
        if found is None and row.group is PlanGroup.INACTIVE and not may_enable_suspended(desk):
            return desk.tr("Falta a permissão {}").format("“Habilitar Planos Suspensos”")
        return found
