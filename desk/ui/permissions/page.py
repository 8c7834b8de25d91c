"""Usuários: the list, the editor with its tree of permissions, the first password."""

from __future__ import annotations

from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desk.services.permissions import (
    CreatePerson,
    People,
    PersonRow,
    ResetPassword,
    SavePerson,
    SetPersonActive,
    first_password,
)
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.labels import Label, button, icon_button, row
from desk.ui.core.list_page import ListPage
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column
from desk.ui.permissions.tree import PermissionTree


class PeoplePage(ListPage):
    """Everybody who can sign in; people are never deleted, only inactivated."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="people",
            topic="people",
            columns=[
                Column(head="Nome", text=lambda p: p.full_name, strong=True, stretch=True),
                Column(head="Usuário", text=lambda p: p.role, code=True, width=160),
                Column(head="Função", text=lambda p: p.job or "—", width=170),
                Column(
                    head="Permissões",
                    text=lambda p: str(len(p.permissions)),
                    sort=lambda p: len(p.permissions),
                    right=True,
                    width=96,
                ),
                Column(
                    head="Situação",
                    text=_state,
                    icon=lambda p: "check-circle-fill" if p.active else "minus-circle-fill",
                    tone=lambda p: "ok" if p.active else "mute",
                    width=190,
                ),
            ],
            ask=People,
            edit=self.edit,
            save=SavePerson,
            empty=("users", "Ninguém cadastrado", "Cadastre quem vai usar o Desk."),
            key=lambda person: person.role,
            note="Quem usa o Desk e o que pode fazer. Ninguém é apagado: o histórico fala de todos.",
        )

    def edit(self, person: PersonRow | None) -> None:
        """Open a person, or an empty one."""
        PersonDialog(self._desk, person, self).open()


def _state(person: PersonRow) -> str:
    if not person.active:
        return "Inativo"
    return "Ativo, trocará a senha" if person.must_change_password else "Ativo"


class PersonDialog(SaveDialog):
    """Name, job, permissions; a new one gets a first password that is shown once."""

    def __init__(self, desk: Desk, person: PersonRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Usuário" if person is None else "Usuário", parent)
        self._person, self._password = person, first_password()
        role = self.form.add(TextField("role", "Usuário", mandatory=person is None, code=True, limit=31))
        self.form.add(TextField("full_name", "Nome", mandatory=True, limit=80))
        self.form.add(TextField("job", "Função", limit=60))
        self.form.add(YesNoField("seller", "Vendedor", sentence="Aparece como vendedor dos planos."))
        if person is None:
            self.form.add(
                YesNoField("domain", "Só com a conta do domínio", sentence="Sem senha: quem diz quem é é o domínio.")
            )
        self.tree = PermissionTree(person.permissions if person is not None else frozenset())
        self.body.addWidget(self.tree)
        if person is None:
            role.set_hint("Com este nome a pessoa entra, como maria.silva")
            self.begin({})
            self.command = self._create
            self.saved = lambda made: self._tell_password(made.role, parent)
        else:
            role.set_read_only(True)
            names = ("role", "full_name", "job", "seller")
            self.begin({name: getattr(person, name) for name in names}, person.full_name)
            self.command = self._save
            self.add_button(button("Redefinir Senha", self.reset, icon="lock-key"))
            words = "Inativar" if person.active else "Reativar"
            self.add_button(button(words, self.change_activity, icon="user-minus" if person.active else "user-plus"))
        plain = self.is_dirty
        self.is_dirty = lambda: plain() or bool(self.tree.granted or self.tree.revoked)

    def _tell_password(self, role: str, parent: QWidget) -> None:
        if not self.draft["domain"]:
            FirstPasswordDialog(role, self._password, parent).open()

    def _create(self, draft: dict[str, Any]) -> CreatePerson:
        return CreatePerson(
            role=text_of(draft["role"]).lower(),
            full_name=text_of(draft["full_name"]),
            job=text_of(draft["job"]),
            seller=bool(draft["seller"]),
            password=None if draft["domain"] else self._password,
            permissions=self.tree.chosen,
        )

    def _save(self, draft: dict[str, Any]) -> SavePerson:
        return SavePerson(
            role=text_of(draft["role"]),
            full_name=text_of(draft["full_name"]),
            job=text_of(draft["job"]),
            seller=bool(draft["seller"]),
            granted=self.tree.granted,
            revoked=self.tree.revoked,
            version=self._person.version if self._person else 0,
        )

    def reset(self) -> None:
        """Redefinir Senha: another first password, shown once."""
        if (person := self._person) is None:
            return
        password = first_password()
        page = self.parentWidget()

        def shown(_: object) -> None:
            FirstPasswordDialog(person.role, password, page).open()

        order = ResetPassword(role=person.role, password=password)
        ask(
            Text(f"Redefinir a senha de {person.full_name}?", "A senha atual deixa de valer na mesma hora."),
            "Redefinir Senha",
            lambda: self.desk.do(order, owner=self, said="Senha redefinida", done=shown),
            parent=self,
        )

    def change_activity(self) -> None:
        """Inativar or Reativar, which asks first when it takes something away."""
        if (person := self._person) is None:
            return
        order = SetPersonActive(role=person.role, active=not person.active)
        said = "Usuário inativado" if person.active else "Usuário reativado"

        def go() -> None:
            self.desk.do(order, owner=self, said=said, done=lambda _: self.done(1))

        if not person.active:
            go()
            return
        ask(
            Text(
                f"Inativar {person.full_name}?",
                "Perde o acesso na mesma hora, também onde estiver aberto. As permissões ficam guardadas.",
            ),
            "Inativar Usuário",
            go,
            parent=self,
        )


class FirstPasswordDialog(DeskDialog):
    """A password that nobody sees again: to be read out or copied now."""

    def __init__(self, role: str, password: str, parent: QWidget | None) -> None:
        super().__init__("Primeira Senha", size=Size.SMALL, closing="Fechar", parent=parent)
        self.password = password
        self.body.setSpacing(10)
        self.body.addWidget(Label(f"Senha de {role}", "caption", "text2"))
        self.shown = Label(password, "title", code=True).selectable()
        copy = icon_button("copy", "Copiar", lambda: QGuiApplication.clipboard().setText(password))
        self.body.addLayout(row(self.shown, copy, None))
        self.body.addWidget(
            NoteBar("Aparece só agora. A pessoa a troca na primeira vez que entrar.", "info", parent=self)
        )
