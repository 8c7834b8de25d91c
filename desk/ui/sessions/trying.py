"""Testar Autenticação: asks the RADIUS server for real and says in plain words what it answered."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import DomainError
from desk.services.logins import RevealPassword
from desk.services.plans import LoginItem
from desk.services.sessions import Method, TryAnswer, TryLogin, Why
from desk.ui.core import format
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.inputs import PasswordField
from desk.ui.core.labels import Label, button, row, set_tone
from desk.ui.core.tabs import Segments

_WORDS: dict[Why, tuple[str, str, str]] = {
    # tone, headline, what to do
    Why.ACCEPTED: ("ok", "Aceito", "Login e senha estão certos, e o plano tem acesso."),
    Why.BLOCKED: ("warn", "Recusado: {status}", "A senha não importa: o status do plano não dá acesso."),
    Why.WRONG_PASSWORD: ("bad", "Recusado: senha errada", "Confira a senha no equipamento do cliente, ou troque-a."),
    Why.OTHER_EQUIPMENT: ("bad", "Recusado: outro equipamento", "O login está travado em um MAC."),
    Why.ALREADY_CONNECTED: (
        "warn",
        "Recusado: já conectado",
        "Outro equipamento usa este login. Feche a conexão atual e teste de novo.",
    ),
    Why.REJECTED: ("bad", "Recusado", "O servidor disse: {message}"),
    Why.SILENT: (
        "bad",
        "O servidor não respondeu",
        "Isto não diz nada sobre a senha. Confira endereço, porta e segredo do servidor, e se ele conhece esta mesa.",
    ),
    Why.NOTHING_THERE: (
        "bad",
        "Não há RADIUS em {message}",
        "Isto não diz nada sobre a senha. Confira endereço e porta em Servidores RADIUS, e se o serviço está no ar.",
    ),
    Why.NO_SERVER: ("bad", "Nenhum servidor RADIUS cadastrado", "Cadastre um em Servidores RADIUS, nas configurações."),
    Why.NO_SECRET: ("bad", "Servidor sem segredo", "Cadastre o segredo das mesas em Servidores RADIUS."),
}


class TryLoginDialog(FormDialog):
    """One password, typed or stored, by PAP or CHAP."""

    def __init__(self, desk: Desk, login: LoginItem, parent: QWidget | None) -> None:
        super().__init__("Testar Autenticação", size=Size.FORM, parent=parent)
        self._desk, self._login = desk, login
        may_see = desk.may(RevealPassword)
        hint = "Vazio: usa a senha guardada, e a consulta fica registrada" if may_see else "A que o cliente usa"
        self.form = Form(columns=1)
        self.password = self.form.add(PasswordField("password", "Senha", mandatory=not may_see, hint=hint))
        self.method = Segments([method.value for method in Method])
        self.body.addWidget(self.form)
        self.body.addLayout(row(Label("Método", "caption", "text2"), self.method, None))
        self.answer = NoteBar("", "info")
        self.answer.hide()
        self.detail = Label("", "caption", "text2", wrap=True).selectable()
        self.detail.hide()
        self.body.addWidget(self.answer)
        self.body.addWidget(self.detail)
        self.closing.setText("Fechar")
        self.waits_for = "o servidor RADIUS"
        self.hold(self.form, whose=login.login)
        self.belongs_to(desk, login.plan_id)
        self.is_dirty = lambda: False  # a password to be tried is nothing to be saved
        self.set_primary(button("Testar", self.ask, kind="primary", icon="lightning"))

    def ask(self) -> None:
        """Ask; the answer stays in sight until the next one."""
        if not self.form.ready():
            return
        self.set_busy(True)
        method = list(Method)[self.method.at]
        query = TryLogin(login_id=self._login.id, password=self.form.draft["password"] or "", method=method)
        self._desk.ask(query, owner=self, done=self._show, failed=self._refused, slot=("try", id(self)))

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        return False

    def _show(self, answer: TryAnswer) -> None:
        self.set_busy(False)
        tone, headline, advice = (
            part.format(status=answer.status, message=answer.message) for part in _WORDS[answer.why]
        )
        self.answer.setProperty("tone", tone)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        icons = {"ok": "check-circle-fill", "warn": "warning-fill", "bad": "x-circle-fill"}
        self.answer.mark.set_icon(icons[tone], tone)
        self.answer.set_text(f"{headline}. {advice}")
        self.detail.setText(details(answer))
        self.detail.setVisible(bool(self.detail.text()))
        set_tone(self.detail, "text2")
        self.fit()


def details(answer: TryAnswer) -> str:
    """What was handed out, by whom, and how fast."""
    parts = []
    if answer.why is Why.ACCEPTED:
        parts.append(f"Velocidade {format.told_rate(answer.rate)}" if answer.rate else "Sem limite de velocidade")
        parts += [f"perfil {answer.profile}"] if answer.profile else []
        parts += [f"IP {answer.address}"] if answer.address else []
    elif answer.message and answer.why not in (Why.REJECTED, Why.SILENT, Why.NOTHING_THERE):
        parts.append(f"O servidor disse: {answer.message}")
    if answer.server:
        took = f" em {format.number(answer.milliseconds)} ms" if answer.milliseconds else ""
        parts.append(f"{answer.method} · {answer.server}{took}")
    return " · ".join(parts)
