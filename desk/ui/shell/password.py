"""Trocar Minha Senha."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desk.services.permissions import ChangeOwnPassword, check_new_password
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.inputs import PasswordField
from desk.ui.core.labels import Label
from desk.ui.core.saving import SaveDialog


class PasswordDialog(SaveDialog):
    """The present password, and the new one typed twice."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(desk, "Trocar Minha Senha", parent, size=Size.SMALL, columns=1, verb="Trocar Senha")
        role = desk.bus.actor.role
        self.form.add(PasswordField("old", "Senha atual", mandatory=True))
        self.password = self.form.add(PasswordField("password", "Nova senha", mandatory=True))
        self.again = self.form.add(PasswordField("again", "Nova senha, de novo", mandatory=True))
        self.password.checks.append(lambda typed: next((found.code for found in check_new_password(typed, role)), None))
        self.password.params["limit"] = 12
        self.again.checks.append(lambda typed: None if typed == self.password.value() else "password_differs")
        text = "Ao menos 12 caracteres. Uma frase curta é mais fácil de lembrar do que sinais soltos."
        self.body.addWidget(Label(text, "caption", "text2", wrap=True))
        self.command = lambda draft: ChangeOwnPassword(old=draft["old"], password=draft["password"])
        self.said = "Senha trocada"
        self.begin({}, desk.bus.actor.name)
