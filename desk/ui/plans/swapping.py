"""Trocar Tipo de Plano ao Editar (permission #33): the catalogue plan in the window, and what another one does."""

from __future__ import annotations

from decimal import Decimal

from desk.services.plans import ChangeChoices, PlanDetails, PlanGroup, PlanRow, TargetPlan, stuck, total_after
from desk.ui.core import format
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.forms import Form
from desk.ui.core.inputs import ComboField

PERMISSION = "Trocar Tipo de Plano ao Editar"
AUTHORISER = "Autorizador de Planos"
NAME = "catalog_plan_id"


def may_swap(desk: Desk, plan: PlanRow) -> bool:
    """Whether the field is open: the permission, and a plan that is not cancelled."""
    return _holds(desk, PERMISSION) and plan.group is not PlanGroup.CANCELLED


def _holds(desk: Desk, permission: str) -> bool:
    return any(each.value == permission for each in desk.bus.actor.permissions)


class CatalogSwap:
    """The field Plano/Serviço and its note; without `choices` it only says which plan it is."""

    def __init__(self, desk: Desk, form: Form, choices: ChangeChoices | None) -> None:
        self._choices = choices
        self._authorises = _holds(desk, AUTHORISER)
        self.field = form.add(ComboField(NAME, "Plano/Serviço", (), mandatory=True, search=True), span=2)
        self.field.checks.append(self._check)
        self.note = NoteBar("", "info")
        self.note.hide()

    def lock(self, desk: Desk, plan: PlanRow) -> None:
        """Grey with its reason where it may not be edited."""
        if may_swap(desk, plan):
            return
        self.field.set_read_only(True, PERMISSION)
        if _holds(desk, PERMISSION):
            self.field.set_hint("Um plano cancelado não muda de plano")
        else:
            self.field.set_hint(f"Só com “{PERMISSION}”; com “Mudar Plano”, use o botão abaixo")

    def labels(self, details: PlanDetails) -> dict[int, str]:
        """The plan's own catalogue plan, and what it may be swapped for."""
        offered = self._choices.targets if self._choices is not None else ()
        free = {each.id: each.name for each in offered if self._authorises or not each.requires_authorization}
        return {details.catalog_plan_id: details.row.name} | free

    def take(self, choices: ChangeChoices) -> None:
        """The catalogue as it is now."""
        self._choices = choices

    def price(self, details: PlanDetails) -> Decimal | None:
        """What was shown of the plan that is chosen, in reais; None while it is the present one."""
        target = self._chosen()
        return target.price if target is not None and target.id != details.catalog_plan_id else None

    def _chosen(self) -> TargetPlan | None:
        offered = self._choices.targets if self._choices is not None else ()
        return next((each for each in offered if each.id == self.field.value()), None)

    def _check(self, _: object) -> str | None:
        """CP-03, before anything is sent; the database says it again."""
        target = self._chosen()
        found = stuck(self._choices.plan, target) if self._choices is not None and target is not None else ()
        self.field.params = {"items": ", ".join(each.name for each in found)}
        return "does_not_fit" if found else None

    def tell(self, details: PlanDetails) -> None:
        """What saving will do to value and composition; nothing while the plan stays the same."""
        target = self._chosen()
        if self._choices is None or target is None or target.id == details.catalog_plan_id or self._check(None):
            self.note.set_text("")
            return
        total = total_after(self._choices, target.price, keeps_details=True)
        composition = "personalizada" if details.composition_customized else "do plano atual"
        self.note.set_text(
            f"Valor do plano {format.money(details.row.value)} → {format.money(target.price)}; total por mês"
            f" {format.money(details.row.total)} → {format.money(total)}. A composição {composition} dá lugar à de"
            f" {target.name}. Sem contas do período em curso e sem carnê: para isso, use Mudar Plano."
        )
