"""A question before an act on the network: what it does in words, and below what is said to which device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.bus import Command
from desk.services.core.errors import DomainError
from desk.services.plans import OnePlan, PlanRow
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label, button
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox


class NetworkQuestion(DeskDialog):
    """Sends one command when its button is pressed; the network is looked at meanwhile, and never waited for.

    What hangs on a plan is asked about with its plan and its customer: `plan_id` says on which.
    """

    def __init__(
        self,
        desk: Desk,
        title: str,
        text: Text,
        verb: str,
        command: Command[Any],
        *,
        said: str,
        danger: bool = False,
        icon: str = "",
        done: Callable[[], object] = lambda: None,
        failed: Callable[[DomainError], object] = lambda error: False,
        settles_many: bool = False,
        plan_id: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, size=Size.FORM, closing="Voltar", parent=parent)
        self._desk, self.order, self._said = desk, command, said
        self.text = text
        self.setAccessibleDescription(" ".join(part for part in (text.what, text.why, text.do) if part))
        self.body.setSpacing(10)
        self.body.addWidget(Label(text.what, "section", wrap=True))
        if plan_id is not None:
            self.subject = Label("", "body", "text2", wrap=True)
            self.body.addWidget(self.subject)
            desk.ask(OnePlan(plan_id), owner=self, done=self._belongs, failed=lambda _: True)
        for part in (text.why, text.do):
            if part:
                self.body.addWidget(Label(part, "body", wrap=True))
        self.network = NetworkBox(desk, self)
        self._then, self._failed = done, failed
        self.network.tells_refusals = not settles_many
        self.network.settles_many = settles_many
        self.network.setHidden(settles_many)
        self.body.addWidget(self.network)
        self.set_primary(button(verb, self.go, kind="danger" if danger else "primary", icon=icon))
        self.closing.setFocus()
        self.network.ask(command)

    def _belongs(self, plan: PlanRow) -> None:
        self.subject.setText(plan.whose)
        self.setAccessibleDescription(f"{self.accessibleDescription()} {plan.whose}")

    def go(self) -> None:
        """Send it; the dialog closes when it is done."""
        self.set_busy(True)
        self._desk.do(self.order, owner=self, said=self._said, done=lambda _: self._done(), failed=self._refused)

    def _done(self) -> None:
        self.set_busy(False)
        self.accept()
        self._then()

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if not self._failed(error):
            return False
        self.reject()
        return True
