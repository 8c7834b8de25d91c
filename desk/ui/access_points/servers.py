"""Servidores de Roteamento: list, editor, Ler certificado, Testar conexão."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.access_points import (
    CheckRouter,
    DeleteRoutingServer,
    ReadCertificate,
    RouterAnswer,
    RoutingServerRow,
    RoutingServers,
    SaveRoutingServer,
    TlsMode,
)
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.inputs import Choice, ComboField, IntField, IpField, PasswordField
from desk.ui.core.labels import button, icon_button
from desk.ui.core.list_page import ListPage
from desk.ui.core.message_box import ask
from desk.ui.core.messages import Text
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

TLS = (
    Choice(TlsMode.PINNED, "Certificado fixado"),
    Choice(TlsMode.VERIFY, "Certificado verificado"),
    Choice(TlsMode.ANONYMOUS, "TLS anônimo (roteador sem certificado)"),
    Choice(TlsMode.OFF, "Sem TLS (senha em claro na rede)"),
)
PROBLEMS = {
    "silent": "O roteador não respondeu a tempo. Confira o endereço, a porta e o firewall.",
    "closed": "O roteador fechou a conexão. Confira se o serviço api ou api-ssl está ligado nesta porta.",
    "no_route": "Não há caminho até este endereço.",
    "login": "O roteador não aceitou usuário e senha.",
    "permission": "O usuário entrou, mas não tem permissão: precisa dos grupos api, read e write.",
    "certificate": "O certificado do roteador não confere com o que está cadastrado.",
    "no_credentials": "Não há senha guardada para este roteador.",
}


class RoutingServersPage(ListPage):
    """All routers Desk may call."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(
            desk,
            name="routing_servers",
            topic="access_points",
            columns=[
                Column(head="Nome", text=lambda s: s.name, strong=True, stretch=True),
                Column(head="Endereço", text=lambda s: f"{s.host}:{s.port}", code=True, width=190),
                Column(head="TLS", text=lambda s: s.tls.value, width=150),
                Column(head="RADIUS", text=lambda s: s.nas_address or "—", code=True, width=130),
                Column(head="Pontos", text=lambda s: str(s.points), right=True, width=70),
                Column(head="Ativo", text=lambda s: "Sim" if s.active else "Não", width=64),
            ],
            ask=RoutingServers,
            edit=self.edit,
            save=SaveRoutingServer,
            empty=("hard-drives", "Nenhum servidor de roteamento", "Cadastre os roteadores que o Desk deve chamar."),
        )

    def edit(self, server: RoutingServerRow | None) -> None:
        """Open a router, or an empty one."""
        RoutingServerDialog(self._desk, server, self).open()


class RoutingServerDialog(SaveDialog):
    """Address, TLS, user; passwords are written and never shown."""

    def __init__(self, desk: Desk, server: RoutingServerRow | None, parent: QWidget) -> None:
        title = "Novo Servidor de Roteamento" if server is None else "Servidor de Roteamento"
        super().__init__(desk, title, parent)
        self._server = server
        kept = "vazio = mantém a guardada" if server else ""
        self.form.add(TextField("name", "Nome", mandatory=True, limit=60))
        self.form.add(YesNoField("active", "Ativo"))
        self.form.add(TextField("host", "Endereço", mandatory=True, code=True, limit=253))
        self.form.add(IntField("port", "Porta", mandatory=True, width=80, low=1, high=65535))
        self.form.add(ComboField("tls", "TLS", TLS, mandatory=True))
        self.fingerprint = self.form.add(TextField("fingerprint", "Impressão do certificado", code=True, limit=95))
        self.fingerprint.line.addWidget(icon_button("identification-card", "Ler certificado", self._read))
        self.form.add(TextField("username", "Usuário da API", code=True, limit=60))
        self.form.add(PasswordField("password", "Senha da API", hint=kept))
        self.form.add(IpField("nas_address", "Endereço no RADIUS", hint="de onde ele pergunta; vazio = não usa RADIUS"))
        self.form.add(PasswordField("radius_secret", "Segredo RADIUS", hint=kept))
        self.form.add(YesNoField("local_secrets", "Guarda logins no próprio roteador"))
        self.form.next_row()
        self.form.add(NoteField("notes", "Observações"), span=2)
        self.answer = NoteBar("", "info")
        self.answer.hide()
        self.body.addWidget(self.answer)
        names = (
            "name",
            "host",
            "port",
            "tls",
            "fingerprint",
            "username",
            "local_secrets",
            "nas_address",
            "active",
            "notes",
        )
        draft = {name: getattr(server, name) for name in names} if server else _fresh()
        self.begin(draft, server.name if server else "")
        self.command = self._save
        if server is not None:
            self.add_button(button("Testar Conexão", self._test, icon="lightning"))
            self.add_button(button("Apagar", self._delete, icon="trash"))

    def _read(self) -> None:
        draft = self.form.draft
        if draft["host"] and draft["port"]:
            self._say("Lendo o certificado…", "info")
            order = ReadCertificate(host=draft["host"], port=draft["port"])
            self.desk.ask(order, owner=self, done=self._certificate)

    def _certificate(self, fingerprint: str) -> None:
        if not fingerprint:
            self._say("O roteador não mostrou certificado nesta porta.", "warn")
            return
        self.form.set("fingerprint", fingerprint)
        self._say("Certificado lido. Compare com o que o roteador mostra antes de salvar.", "ok")

    def _test(self) -> None:
        if self._server is not None:
            self._say("Perguntando ao roteador…", "info")
            self.desk.ask(CheckRouter(id=self._server.id), owner=self, done=self._tested)

    def _tested(self, answer: RouterAnswer) -> None:
        if answer.answers:
            self._say(f"Respondeu: {answer.identity} · {answer.board} · RouterOS {answer.version}", "ok")
        else:
            self._say(PROBLEMS.get(answer.problem, f"O roteador respondeu algo inesperado: {answer.detail}"), "bad")

    def _say(self, text: str, tone: str) -> None:
        self.answer.setProperty("tone", tone)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        self.answer.set_text(text)
        self.answer.show()
        self.fit()

    def _save(self, draft: dict[str, Any]) -> SaveRoutingServer:
        return SaveRoutingServer(
            id=self._server.id if self._server else None,
            version=self._server.version if self._server else 0,
            name=text_of(draft["name"]),
            host=text_of(draft["host"]),
            port=draft["port"],
            tls=draft["tls"],
            fingerprint=text_of(draft["fingerprint"]).replace(":", "").lower(),
            username=text_of(draft["username"]),
            local_secrets=bool(draft["local_secrets"]),
            nas_address=text_of(draft["nas_address"]),
            active=bool(draft["active"]),
            notes=text_of(draft["notes"]),
            password=text_of(draft["password"]),
            radius_secret=text_of(draft["radius_secret"]),
        )

    def _delete(self) -> None:
        if self._server is None:
            return
        order = DeleteRoutingServer(id=self._server.id, version=self._server.version)
        ask(
            Text(what=f"Apagar {self._server.name}?", why="Só é possível se nenhum ponto de acesso o usa.", do=""),
            "Apagar",
            lambda: self.desk.do(order, owner=self, said="Servidor apagado", done=lambda _: self.done(1)),
            danger=True,
            parent=self,
        )


def _fresh() -> dict[str, Any]:
    return {"port": 8729, "tls": TlsMode.PINNED, "active": True, "username": "desk"}
