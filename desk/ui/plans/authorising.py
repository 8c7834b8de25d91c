"""PL-12: at a full access point another person may be asked for the word, and types the own password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.plans import AuthorisePlace, Authorisers, PlaceAuthorisers, PlaceWanted
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.inputs import Choice, ComboField, PasswordField
from desk.ui.core.labels import IconLabel, Label, row
from desk.ui.core.message_box import show_text
from desk.ui.core.messages import explain
from desk.ui.core.saving import SaveDialog, text_of

TITLE = "Limite de clientes do Ponto de Acesso atingido"


def ask_authoriser(desk: Desk, error: DomainError, parent: QWidget, again: Callable[[], object]) -> bool:
    """List who may let one more in; `again` sends the order once more. False: the error asks nothing of the kind."""
    wanted = error.params.get("wanted")
    if not isinstance(wanted, PlaceWanted):
        return False

    def known(found: Authorisers) -> None:
        if found.people:
            AuthoriseDialog(desk, wanted, found, parent, again).open()
        else:
            show_text(explain(error), desk=desk, parent=parent)

    desk.ask(PlaceAuthorisers(), owner=parent, done=known)
    return True


class AuthoriseDialog(SaveDialog):
    """Who, and that person's own password; a wrong one changes nothing."""

    def __init__(
        self, desk: Desk, wanted: PlaceWanted, found: Authorisers, parent: QWidget, again: Callable[[], object]
    ) -> None:
        super().__init__(desk, "Autorização", parent, size=Size.MESSAGE, verb="Autorizar", closing="Voltar")
        self._wanted = wanted
        headline = Label(TITLE, "subtitle", wrap=True)
        top = row(IconLabel("broadcast", "warn", 24), 2, headline)
        top.setStretchFactor(headline, 1)
        self.body.insertLayout(0, top)
        why = f"Limite de {wanted.access_point}: {wanted.limit}. Já vinculados: {wanted.linked}. "
        why += "Quem pode autorizar mais um escolhe o próprio nome e digita a própria senha; vale para este vínculo só."
        self.body.insertWidget(1, Label(why, wrap=True))
        people = [Choice(role, name) for role, name in found.people]
        self.form.add(ComboField("role", "Autorizador Clientes P. Acesso", people, mandatory=True), span=2)
        self.form.add(PasswordField("password", "Senha do autorizador", mandatory=True), span=2)
        self.begin({"role": found.people[0][0] if len(found.people) == 1 else None}, wanted.access_point)
        self.command = self._order
        self.said = "Vínculo autorizado"
        self.saved = lambda _: again()
        self.form["password" if len(found.people) == 1 else "role"].editor.setFocus()

    def _order(self, draft: dict[str, Any]) -> AuthorisePlace:
        return AuthorisePlace(wanted=self._wanted, role=text_of(draft["role"]), password=draft["password"] or "")

    def _refused(self, error: DomainError) -> bool:
        told = super()._refused(error)
        self.form.set("password", "")  # a password never waits in a field for a second try
        return told
