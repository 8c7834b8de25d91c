"""Usuários: the list, the editor with its tree of permissions, the first password."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from desk.services.permissions import (
    CreatePerson,
    People,
    Permission,
    PersonRow,
    ResetPassword,
    SavePerson,
    Section,
    first_password,
)
from desk.ui.core import icons
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.fields import TextField, YesNoField
from desk.ui.core.labels import Label, button
from desk.ui.core.list_page import ListPage
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

CodeRole = Qt.ItemDataRole.UserRole


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
                Column(head="Função", text=lambda p: p.job or "—", width=180),
                Column(head="Permissões", text=lambda p: str(len(p.permissions)), right=True, width=96),
                Column(
                    head="Situação",
                    text=_state,
                    icon=lambda p: "check-circle-fill" if p.active else "minus-circle-fill",
                    tone=lambda p: "ok" if p.active else "mute",
                    width=140,
                ),
            ],
            ask=People,
            edit=self.edit,
            save=CreatePerson,
            empty=("users", "Ninguém cadastrado", "Cadastre quem vai usar o Desk."),
            key=lambda person: person.role,
        )

    def edit(self, person: PersonRow | None) -> None:
        """Open a person, or an empty one."""
        PersonDialog(self._desk, person, self).open()


def _state(person: PersonRow) -> str:
    if person.service:
        return "serviço"
    return "ativo" if person.active else "inativo"


class PermissionTree(QTreeWidget):
    """Sections and permissions with exact labels; a granted one shows a green icon (domain 2.2)."""

    def __init__(self, held: frozenset[str]) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setMinimumHeight(280)
        self.setAccessibleName("Permissões")
        self._items: dict[str, QTreeWidgetItem] = {}
        for section in Section:
            inside = [permission for permission in Permission if permission.section is section]
            if not inside:
                continue
            top = QTreeWidgetItem([section.value])
            top.setFlags(top.flags() | Qt.ItemFlag.ItemIsAutoTristate | Qt.ItemFlag.ItemIsUserCheckable)
            self.addTopLevelItem(top)
            for permission in inside:
                label = f"{permission.value}  (retira)" if permission.negative else permission.value
                item = QTreeWidgetItem(top, [label])
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setData(0, CodeRole, permission.code)
                item.setCheckState(0, Qt.CheckState.Checked if permission.code in held else Qt.CheckState.Unchecked)
                self._items[permission.code] = item
            top.setExpanded(any(permission.code in held for permission in inside))
        self._mark()
        self.itemChanged.connect(lambda *_: self._mark())

    def _mark(self) -> None:
        self.blockSignals(True)
        for item in self._items.values():
            granted = item.checkState(0) is Qt.CheckState.Checked
            item.setIcon(0, icons.icon("check-circle-fill" if granted else "circle", "ok" if granted else "off"))
        self.blockSignals(False)

    @property
    def chosen(self) -> frozenset[str]:
        """Codes of the marked permissions."""
        return frozenset(code for code, item in self._items.items() if item.checkState(0) is Qt.CheckState.Checked)

    def set_chosen(self, code: str, granted: bool) -> None:
        """Mark or unmark one."""
        self._items[code].setCheckState(0, Qt.CheckState.Checked if granted else Qt.CheckState.Unchecked)


class PersonDialog(SaveDialog):
    """Name, job, activity, permissions; a new one gets a first password that is shown once."""

    def __init__(self, desk: Desk, person: PersonRow | None, parent: QWidget) -> None:
        super().__init__(desk, "Novo Usuário" if person is None else "Usuário", parent, size=Size.FORM)
        self._person, self._password = person, first_password()
        role = self.form.add(
            TextField("role", "Usuário", mandatory=True, code=True, limit=31, hint="letras minúsculas, ponto, números")
        )
        self.form.add(TextField("full_name", "Nome", mandatory=True, limit=80))
        self.form.add(TextField("job", "Função", limit=60))
        self.form.add(YesNoField("seller", "Vendedor"))
        if person is not None:
            role.set_read_only(True)
            role.set_hint("")
            self.form.add(YesNoField("active", "Ativo"))
        self.body.addWidget(Label("Permissões", "section"))
        self.tree = PermissionTree(person.permissions if person is not None else frozenset())
        self.body.addWidget(self.tree)
        self.is_dirty = lambda: self.form.dirty or self.tree.chosen != (person.permissions if person else frozenset())
        if person is None:
            self.begin({})
            self.command = self._create
            self.saved = lambda _: self._show_password(self.form.draft["role"])
        else:
            names = ("role", "full_name", "job", "seller", "active")
            self.begin({name: getattr(person, name) for name in names}, person.full_name)
            self.command = self._save
            if not person.service:
                self.add_button(button("Redefinir Senha", self._reset, icon="lock-key"))

    def _create(self, draft: dict[str, Any]) -> CreatePerson:
        return CreatePerson(
            role=text_of(draft["role"]).lower(),
            full_name=text_of(draft["full_name"]),
            job=text_of(draft["job"]),
            seller=bool(draft["seller"]),
            password=self._password,
            permissions=self.tree.chosen,
        )

    def _save(self, draft: dict[str, Any]) -> SavePerson:
        return SavePerson(
            role=text_of(draft["role"]),
            full_name=text_of(draft["full_name"]),
            job=text_of(draft["job"]),
            seller=bool(draft["seller"]),
            active=bool(draft["active"]),
            permissions=self.tree.chosen,
        )

    def _reset(self) -> None:
        if self._person is None:
            return
        role = self._person.role
        order = ResetPassword(role=role, password=self._password)
        self.desk.do(order, owner=self, said="Senha redefinida", done=lambda _: self._show_password(role))

    def _show_password(self, role: str) -> None:
        password = self._password
        ask(
            Text(
                what=f"Senha de {role}: {password}",
                why="Ela aparece só agora, e precisa ser trocada no próximo acesso.",
                do="Anote ou copie e entregue à pessoa.",
            ),
            "Copiar",
            lambda: QGuiApplication.clipboard().setText(password),
            no="Fechar",
            title="Primeira senha",
            parent=self.parentWidget(),
        )
