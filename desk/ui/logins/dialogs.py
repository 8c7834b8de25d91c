"""Cadastro de Login de Acesso, Alterar Senha de Autenticação, and the question before deleting."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.logins import (
    ChangePassword,
    CreateLogin,
    DeleteLogin,
    EditLogin,
    LoginForm,
    LoginIsFree,
    NewLoginForm,
    check_ip,
    check_login,
    check_mac,
    check_password,
    generate_password,
)
from desk.services.plans import LoginItem, PlanRow
from desk.ui.core import format
from desk.ui.core.desk import Desk
from desk.ui.core.fields import TextField
from desk.ui.core.inputs import IpField, MacField, PasswordField
from desk.ui.core.labels import Label
from desk.ui.core.messages import Text
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.core.saving import SaveDialog

PAUSE_MS = 250


def first_code(found: Any) -> str | None:
    """The first violation's code, as a field's check wants it."""
    return next((violation.code for violation in found), None)


class LoginDialog(SaveDialog):
    """New or edited login; whether the name is free is asked while one types."""

    def __init__(self, desk: Desk, plan_id: int, title: str, login: LoginItem | None, parent: QWidget | None) -> None:
        super().__init__(desk, "Cadastro de Login de Acesso", parent)
        self._desk, self._plan_id, self._login = desk, plan_id, login
        self._accents = False
        self.name = self.form.add(TextField("login", "Login", mandatory=True, code=True, limit=64))
        self.name.checks.append(lambda text: first_code(check_login(text, forbid_accents=self._accents)))
        if login is None:
            self.password = self.form.add(
                PasswordField("password", "Senha", mandatory=True, generate=True, copy=True, make=generate_password)
            )
            self.password.checks.append(lambda text: first_code(check_password(text)))
        else:
            self.form.next_row()
        ip = self.form.add(IpField("fixed_ip", "IP fixo", hint="opcional"))
        ip.checks.append(lambda text: first_code(check_ip(text)))
        mac = self.form.add(MacField("mac_lock", "Travar no MAC", hint="opcional"))
        mac.checks.append(lambda text: first_code(check_mac(text)))
        self.profile = Label("", "caption", "text2", wrap=True)
        self.body.addWidget(self.profile)
        self.network = NetworkBox(desk, self)
        self.network.blank("Com os campos preenchidos, aqui aparece o que muda no RADIUS e nos roteadores.")
        self.body.addWidget(self.network)
        self.command = self._order
        known = {"login": login.login, "fixed_ip": login.fixed_ip, "mac_lock": login.mac_lock} if login else {}
        self.begin(known, title)
        if login is not None:
            self.belongs_to(desk, login.plan_id)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask_free)
        self.name.edited.connect(self._pause.start)
        self.form.changed.connect(lambda _: self._look())
        desk.ask(NewLoginForm(plan_id), owner=self, done=self._known)

    def _known(self, known: LoginForm) -> None:
        self._accents = known.forbid_accents
        speed = f"{format.rates(known.down_kbps, known.up_kbps)}" if known.down_kbps else "sem velocidade no catálogo"
        use = format.count(known.simultaneous_use, "conexão ao mesmo tempo", "conexões ao mesmo tempo")
        used = f"{known.used} de {known.limit} logins usados"
        self.profile.setText(f"Do plano: perfil {known.profile or 'padrão'} · {speed} · {use} · {used}")
        if self._login is None and not self.name.text():
            suggestion = known.suggestion if known.used == 0 else f"{known.suggestion}{known.used + 1}"
            self.form.bind({"login": suggestion})
            self.name.edit.selectAll()
            self.password.generate()
            self.form.draft["password"] = self.password.value()
            self._ask_free()
        self._look()

    def _look(self) -> None:
        """Say what saving would do, once what is typed could be saved."""
        if not any(field.check() for field in self.form.fields.values()) and self.name.text():
            self.network.ask_soon(self._order(self.draft))

    def _ask_free(self) -> None:
        if self.name.check() is None and self.name.text():
            but = self._login.id if self._login is not None else None
            self._desk.ask(LoginIsFree(self.name.text(), but), owner=self, done=self._free, slot=("free", id(self)))

    def _free(self, free: bool) -> None:
        self.name.set_problem("" if free else "Login já cadastrado", "" if free else "login_taken")

    def _order(self, draft: dict[str, Any]) -> CreateLogin | EditLogin:
        rest = {"fixed_ip": draft["fixed_ip"] or "", "mac_lock": draft["mac_lock"] or ""}
        if self._login is None:
            return CreateLogin(plan_id=self._plan_id, login=draft["login"], password=draft["password"], **rest)
        return EditLogin(login_id=self._login.id, version=self._login.version, login=draft["login"], **rest)

    def told_here(self, error: DomainError) -> bool:
        """A name that was taken between the look and the save."""
        if error.code != "login_taken":
            return False
        self._free(False)
        self.name.edit.setFocus()
        return True


class PasswordChangeDialog(SaveDialog):
    """Type a password or have one made; RADIUS knows it with the save."""

    def __init__(self, desk: Desk, login: LoginItem, parent: QWidget | None) -> None:
        super().__init__(desk, "Alterar Senha de Autenticação", parent)
        self.password = self.form.add(
            PasswordField("password", "Nova senha", mandatory=True, generate=True, copy=True, make=generate_password)
        )
        self.password.checks.append(lambda text: first_code(check_password(text)))
        text = "Vale já na próxima autenticação. A conexão aberta continua até ser encerrada."
        self.body.addWidget(Label(text, "caption", "text2", wrap=True))
        self.command = lambda draft: ChangePassword(login_id=login.id, password=draft["password"])
        self.network = NetworkBox(desk, self)
        self.network.blank("Com a senha preenchida, aqui aparece quem fica sabendo dela.")
        self.body.addWidget(self.network)
        self.form.changed.connect(lambda _: self._look())
        self.said = "Senha alterada"
        self.saved = lambda _: self._offer_to_close(login)
        self.begin({}, login.login)
        self.belongs_to(desk, login.plan_id)

    def _look(self) -> None:
        if self.password.check() is None and self.password.text():
            self.network.ask_soon(self.command(self.draft))

    def _offer_to_close(self, login: LoginItem) -> None:
        """RA-11: the open connection goes on with the old password until it ends."""
        obstacle = self.desk.actions["sessions.close"].obstacle(self.desk, login)
        if login.online_since is not None and obstacle is None:
            self.desk.run_action("sessions.close", login)

    def generate(self) -> None:
        """Make one at once, for the menu entry that asks for that."""
        self.password.generate()
        self.form.draft["password"] = self.password.value()
        self._look()


def ask_delete(desk: Desk, login: LoginItem, owner: QWidget | None) -> None:
    """Ask, naming the login and what ends with it."""
    online = login.online_since is not None
    NetworkQuestion(
        desk,
        "Apagar o Login de Autenticação",
        Text(
            what=f"Apagar o login {login.login}?",
            why="Ele deixa de autenticar agora"
            + (" e a conexão aberta é encerrada." if online else ".")
            + " A senha guardada é apagada junto.",
            do="O nome fica livre para outro cadastro. O registro fica em Itens Apagados e no Histórico.",
        ),
        "Apagar o Login",
        DeleteLogin(login_id=login.id, version=login.version),
        said="Login apagado com sucesso",
        danger=True,
        plan_id=login.plan_id,
        parent=owner,
    ).open()


def new_login(desk: Desk, plan: PlanRow, parent: QWidget | None) -> None:
    """Open the dialog for one more login of a plan."""
    LoginDialog(desk, plan.id, plan.whose, None, parent).open()
