"""Mudar Status: which of the provider's own statuses; the change card comes after it."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from desk.services.plans import PlanRow, StatusesToGive, StatusToGive
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import Choice, ComboField
from desk.ui.core.labels import Label, button
from desk.ui.core.messages import Text
from desk.ui.plans.card import ask_status

NONE = Text(
    "Não há outro status para este plano.",
    "Além dos do sistema, que têm ações próprias, a empresa pode cadastrar os seus.",
    "Cadastre-os em Configurações, Status Planos.",
)


def ask_which(desk: Desk, plan: PlanRow) -> None:
    """Offer the statuses that the plan is not in; say so where there is none."""
    parent = QApplication.activeWindow()

    def show(found: tuple[StatusToGive, ...]) -> None:
        others = [status for status in found if status.code != plan.status]
        if others:
            StatusChoice(desk, plan, others, parent).open()
        else:
            desk.fail(NONE)

    desk.ask(StatusesToGive(), owner=desk, done=show)


class StatusChoice(FormDialog):
    """One combo; what the chosen status means stands beneath it."""

    def __init__(self, desk: Desk, plan: PlanRow, statuses: list[StatusToGive], parent: QWidget | None) -> None:
        super().__init__("Mudar Status", size=Size.SMALL, parent=parent)
        self._desk, self._plan = desk, plan
        self._statuses = {status.code: status for status in statuses}
        self.form = Form(columns=1)
        self.status = ComboField(
            "status", "Status", [Choice(each.code, each.description) for each in statuses], mandatory=True
        )
        self.form.add(self.status)
        self.body.addWidget(self.form)
        self._means = Label("", "caption", "text2", wrap=True)
        self.body.addWidget(self._means)
        self.set_primary(button("Continuar", self._go, kind="primary"))
        self.form.bind({"status": statuses[0].code})
        self.hold(self.form, whose=plan.whose)
        self.is_dirty = lambda: False  # nothing was typed
        self.status.edited.connect(self._explain)
        self._explain()

    def _explain(self) -> None:
        status = self._statuses[self.status.value()]
        access = "os logins conectam" if status.grants_access else "os logins ficam bloqueados"
        bills = "a mensalidade é cobrada" if status.bills else "a mensalidade não é cobrada"
        self._means.setText(f"Neste status {access} e {bills}.")

    def _go(self) -> None:
        chosen = self.status.value()
        self.accept()
        ask_status(self._desk, self._plan, chosen)
