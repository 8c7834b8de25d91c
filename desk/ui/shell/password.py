"""Trocar Minha Senha."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.permissions import ChangeOwnPassword, check_new_password
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import PasswordField
from desk.ui.core.labels import Label, button


class PasswordDialog(FormDialog):
    """The present password, and the new one typed twice."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__("Trocar Minha Senha", size=Size.SMALL, parent=parent)
        self._desk = desk
        role = desk.bus.actor.role
        self.form = Form(columns=1)
        self.form.add(PasswordField("old", "Senha atual", mandatory=True))
        self.password = self.form.add(PasswordField("password", "Nova senha", mandatory=True))
        self.again = self.form.add(PasswordField("again", "Nova senha, de novo", mandatory=True))
        self.password.checks.append(lambda typed: next((found.code for found in check_new_password(typed, role)), None))
        self.password.params["limit"] = 12
        self.again.checks.append(lambda typed: None if typed == self.password.value() else "password_differs")
        self.body.addWidget(self.form)
        text = "Ao menos 12 caracteres. Uma frase curta é mais fácil de lembrar do que sinais soltos."
        self.body.addWidget(Label(text, "caption", "text2", wrap=True))
        self.hold(self.form, whose=desk.bus.actor.name)
        self.set_primary(button("Trocar Senha", self.save, kind="primary"))

    def save(self) -> None:
        """Check, send, close when it was changed."""
        if not self.form.ready():
            return
        self.set_busy(True)
        order = ChangeOwnPassword(old=self.form.draft["old"], password=self.form.draft["password"])
        self._desk.do(order, owner=self, said="Senha trocada", done=lambda _: self.accept(), failed=self._refused)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return self.form.refused(error)
