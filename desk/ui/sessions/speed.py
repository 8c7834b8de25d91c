"""Reduzir Velocidade, Restabelecer Velocidade and Restabelecer Velocidade Provisória: one small dialog each."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.plans import PlanRow
from desk.services.sessions import ChoicesForSpeed, EndThrottle, RestoreSpeed, SpeedChoices, ThrottlePlan
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.inputs import Choice, ComboField, DateField
from desk.ui.core.labels import Label
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.core.saving import SaveDialog

REASONS = ("Atraso no pagamento", "Franquia consumida", "A pedido do cliente", "Outro")
RESTORE_REASONS = ("Promessa de pagamento", "Pagamento em compensação", "Outro")


class SpeedDialog(SaveDialog):
    """Until when, and why; the plan in the footer."""

    def __init__(self, desk: Desk, plan: PlanRow, parent: QWidget | None, *, restore: bool) -> None:
        title = "Restabelecer Velocidade Provisória" if restore else "Reduzir Velocidade"
        verb = "Restabelecer" if restore else "Reduzir a Velocidade"
        super().__init__(desk, title, parent, size=Size.FORM, verb=verb)
        self._plan, self._restore = plan, restore
        reasons = RESTORE_REASONS if restore else REASONS
        hint = "" if restore else "Vazio: até alguém restabelecer"
        self.form.add(DateField("until", "Até o fim do dia", mandatory=restore, hint=hint))
        self.form.add(ComboField("reason", "Motivo", [Choice(each, each) for each in reasons], mandatory=True))
        self.note = Label("", "caption", "text2", wrap=True)
        self.body.addWidget(self.note)
        self.network = NetworkBox(desk, self)
        self.body.addWidget(self.network)
        self.begin({}, plan.whose)
        self.command = self._order
        self.said = "Velocidade restabelecida provisoriamente" if restore else "Velocidade reduzida"
        self.form.changed.connect(lambda _: self._look())
        desk.ask(ChoicesForSpeed(plan.id), owner=self, done=self._known)

    def _known(self, known: SpeedChoices) -> None:
        if self._restore:
            self.form.set("until", known.today + dt.timedelta(days=known.days))
            last = format.day(known.today + dt.timedelta(days=known.days))
            text = f"O plano volta à velocidade contratada e fica reduzido de novo sozinho. No máximo até {last}."
        else:
            text = f"O plano fica com {known.percent} % da velocidade contratada."
        self.note.setText(f"{text} As conexões abertas mudam sem cair, onde o roteador aceita CoA.")
        self.settle()
        self._look()
        self.fit()

    def _look(self) -> None:
        """Say what the step would do, once there is a date where it needs one; the reason changes nothing of it."""
        draft = self.draft
        if not self._restore or draft["until"] is not None:
            self.network.ask_soon(self._order(draft | {"reason": draft["reason"] or "prévia"}))

    def _order(self, draft: dict[str, Any]) -> ThrottlePlan | RestoreSpeed:
        plan = {"plan_id": self._plan.id, "version": self._plan.version, "reason": draft["reason"]}
        return (
            RestoreSpeed(until=draft["until"], **plan) if self._restore else ThrottlePlan(until=draft["until"], **plan)
        )


def ask_end(desk: Desk, plan: PlanRow, owner: QWidget | None) -> None:
    """Ask before the marker goes."""
    NetworkQuestion(
        desk,
        "Restabelecer Velocidade",
        Text(
            what=f"Restabelecer a velocidade de {plan.title}, de {plan.customer_name}?",
            why="O plano volta à velocidade contratada, sem prazo.",
            do="As conexões abertas mudam sem cair, onde o roteador aceita CoA.",
        ),
        "Restabelecer a Velocidade",
        EndThrottle(plan_id=plan.id, version=plan.version),
        said="Velocidade restabelecida",
        parent=owner,
    ).open()
