"""Servidores de Roteamento: list, editor, Ler certificado, Testar Conexão."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.access_points import (
    CertificateShown,
    CheckRouter,
    DeleteRoutingServer,
    ImportRoutingServers,
    ReadCertificate,
    RouterAnswer,
    RoutingServerRow,
    RoutingServers,
    SaveRoutingServer,
    Standing,
    TlsMode,
)
from desk.services.core.errors import DomainError
from desk.ui.access_points.examination import StepList
from desk.ui.access_points.importing import SERVERS, ImportDialog
from desk.ui.access_points.texts import certificate_text, problem_text
from desk.ui.core.cards import NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.fields import NoteField, TextField, YesNoField
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import Choice, ComboField, IntField, IpField, PasswordField
from desk.ui.core.labels import button
from desk.ui.core.list_page import ListPage
from desk.ui.core.saving import SaveDialog, text_of
from desk.ui.core.table import Column

TLS = (
    Choice(TlsMode.PINNED, "Certificado fixado"),
    Choice(TlsMode.VERIFY, "Certificado verificado"),
    Choice(TlsMode.ANONYMOUS, "TLS anônimo"),
    Choice(TlsMode.OFF, "Sem TLS"),
)
_LABELS = {choice.value: choice.label for choice in TLS}
TLS_HINTS = {
    TlsMode.PINNED: "Só aceita o certificado lido aqui",
    TlsMode.VERIFY: "Certificado de uma autoridade que este computador conhece",
    TlsMode.ANONYMOUS: "Cifrado, mas sem prova de que é o roteador",
    TlsMode.OFF: "A senha vai aberta pela rede",
}
_PLAIN = (
    *("name", "host", "port", "tls", "fingerprint", "username", "local_secrets", "nas_address", "coa_port", "active"),
    "notes",
)
HEARD = ("host", "port", "local_secrets", "active")
_FRESH: dict[str, Any] = {"port": 8729, "coa_port": 3799, "tls": TlsMode.PINNED, "active": True, "username": "desk"}
_ANSWER_ICONS = {"info": "info-fill", "ok": "check-circle-fill", "warn": "warning-fill", "bad": "x-circle-fill"}


class PortField(IntField):
    """A port, which nobody writes with a separator."""

    def shown(self, value: Any) -> str:
        return str(value)


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
                Column(head="TLS", text=lambda s: _LABELS[s.tls], width=150),
                Column(head="RADIUS", text=lambda s: s.nas_address or "—", code=True, width=130),
                Column(head="Pontos", text=lambda s: str(s.points), sort=lambda s: s.points, right=True, width=70),
                Column(head="Ativo", text=lambda s: yes_no(s.active), width=64),
            ],
            ask=RoutingServers,
            edit=self.edit,
            save=SaveRoutingServer,
            empty=("hard-drives", "Nenhum servidor de roteamento", "Cadastre os roteadores que o Desk deve chamar."),
            note="Os roteadores que o Desk chama para derrubar conexões e manter logins.",
        )
        self.drift = button("Divergências", self._drift, kind="flat", icon="arrows-left-right")
        obstacle = desk.actions["drift.open"].obstacle(desk, None)
        self.drift.setEnabled(obstacle is None)
        self.drift.setToolTip(obstacle or "O que o roteador marcado tem a mais, a menos ou diferente do cadastro")
        self.add_button(self.drift)
        self.import_button = self.add_button(
            button("Importar…", lambda: ImportDialog(desk, SERVERS, self).open(), icon="upload-simple"),
            ImportRoutingServers,
        )

    def _drift(self) -> None:
        """Of the router under the bar; of all where there is none."""
        self._desk.run_action("drift.open", self.table.current_row())

    def edit(self, server: RoutingServerRow | None) -> None:
        """Open a router, or an empty one."""
        RoutingServerDialog(self._desk, server, self).open()


class RoutingServerDialog(SaveDialog):
    """Address, TLS, user; passwords are written and never shown."""

    def __init__(self, desk: Desk, server: RoutingServerRow | None, parent: QWidget) -> None:
        title = "Novo Servidor de Roteamento" if server is None else "Servidor de Roteamento"
        super().__init__(desk, title, parent)
        self._server = server
        self._api()
        self._radius()
        if server is not None:
            self.tell_network(SaveRoutingServer, HEARD)
        self.answer = NoteBar("", "info")
        self.answer.hide()
        self.body.addWidget(self.answer)
        self.steps = StepList()
        self.body.addWidget(self.steps)
        draft = {name: getattr(server, name) for name in _PLAIN} if server else _FRESH
        self.begin(draft, server.name if server else "")
        self._edited("tls")
        self.command = self._save
        self.test_button = self.add_button(button("Testar Conexão", self.test, icon="lightning"))
        if server is not None:
            order = DeleteRoutingServer(id=server.id, version=server.version)
            why = "Só um servidor sem pontos de acesso é apagado. As senhas dele vão junto."
            self.offer_delete(lambda: order, f"Apagar o servidor {server.name}?", why, "Servidor apagado")

    def _api(self) -> None:
        kept = "Vazio: continua a guardada" if self._server else ""
        form = self.form
        form.add(TextField("name", "Nome", mandatory=True, limit=60))
        form.add(YesNoField("active", "Ativo", sentence="O Desk só chama servidores ativos."))
        form.add(TextField("host", "Endereço", mandatory=True, code=True, limit=253))
        form.add(PortField("port", "Porta da API", mandatory=True, width=80, low=1, high=65535))
        form.add(ComboField("tls", "TLS", TLS, mandatory=True))
        self.fingerprint = form.add(TextField("fingerprint", "Impressão do certificado", code=True, limit=110))
        self.read_button = button("Ler certificado", self.read_certificate)
        self.fingerprint.line.addWidget(self.read_button)
        form.add(TextField("username", "Usuário da API", code=True, limit=60))
        form.add(PasswordField("password", "Senha da API", hint=kept))
        form.changed.connect(self._edited)

    def _radius(self) -> None:
        kept = "Vazio: continua o guardado" if self._server else ""
        form = self.radius = self.section("RADIUS e logins")
        form.add(IpField("nas_address", "Endereço no RADIUS", hint="De onde ele pergunta; vazio: não usa RADIUS"))
        form.add(PasswordField("radius_secret", "Segredo RADIUS", hint=kept))
        hint = "Onde ele recebe pedidos de desconexão"
        form.add(PortField("coa_port", "Porta CoA", mandatory=True, width=80, low=1, high=65535, hint=hint))
        sentence = "O Desk mantém os logins em /ppp/secret deste roteador."
        form.add(YesNoField("local_secrets", "Logins no próprio roteador", sentence=sentence))
        form.add(NoteField("notes", "Observações", lines=2), span=2)

    def _edited(self, name: str) -> None:
        if name == "tls":
            mode = self.form.draft["tls"]
            self.form["tls"].set_hint(TLS_HINTS.get(mode, ""))
            self.fingerprint.setEnabled(mode is TlsMode.PINNED)
            self.fingerprint.mandatory = mode is TlsMode.PINNED

    def read_certificate(self) -> None:
        """Ask the router for its certificate; a person compares before pinning."""
        draft = self.form.draft
        if not draft["host"] or not draft["port"]:
            self._say("Preencha endereço e porta primeiro.", "bad")
            return
        self._say("Lendo o certificado…", "info")
        order = ReadCertificate(host=draft["host"], port=draft["port"])
        self.desk.ask(order, owner=self, done=self._certificate, slot=("certificate", id(self)))

    def _certificate(self, shown: CertificateShown) -> None:
        if not shown.fingerprint:
            self._say(certificate_text(shown.problem or "certificate"), "bad")
            return
        self.form.set("fingerprint", shown.fingerprint)
        self._say("Certificado lido. Compare com o do próprio roteador antes de salvar.", "ok")

    def test(self) -> None:
        """Sign in with what stands in the fields, saved or not."""
        draft = self.form.draft
        if not draft["host"] or not draft["port"] or draft["tls"] is None:
            self._say("Preencha endereço, porta e TLS primeiro.", "bad")
            return
        self._say("Perguntando ao roteador…", "info")
        order = CheckRouter(
            id=self._server.id if self._server else None,
            host=text_of(draft["host"]),
            port=draft["port"],
            tls=draft["tls"],
            fingerprint=text_of(draft["fingerprint"]),
            username=text_of(draft["username"]),
            password=draft["password"] or "",
            nas_address=text_of(self.radius.draft["nas_address"]),
            coa_port=self.radius.draft["coa_port"] or 0,
            local_secrets=bool(self.radius.draft["local_secrets"]),
        )
        self.test_button.setEnabled(False)
        self.desk.ask(order, owner=self, done=self._tested, failed=self._not_tested, slot=("check", id(self)))

    def _not_tested(self, error: DomainError) -> bool:
        self.test_button.setEnabled(True)
        self.answer.hide()
        return False

    def _tested(self, answer: RouterAnswer) -> None:
        self.test_button.setEnabled(True)
        self.steps.show_steps(answer.steps)
        if answer.answers:
            who = " · ".join(part for part in (answer.identity, answer.board, f"RouterOS {answer.version}") if part)
            wanting = any(step.verdict is Standing.BAD for step in answer.steps)
            self._say(f"O roteador respondeu: {who}", "warn" if wanting else "ok")
        else:
            self._say(problem_text(answer.problem, answer.detail), "bad")

    def _say(self, text: str, tone: str) -> None:
        if tone == "info":  # a new question: what was found before counts no longer
            self.steps.show_steps(())
        self.answer.setProperty("tone", tone)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        self.answer.mark.set_icon(_ANSWER_ICONS[tone], tone if tone != "info" else "accent")
        self.answer.set_text(text)
        self.fit()
        self.area.ensureWidgetVisible(self.steps if self.steps.isVisible() else self.answer)

    def _save(self, draft: dict[str, Any]) -> SaveRoutingServer:
        return SaveRoutingServer(
            id=self._server.id if self._server else None,
            version=self._server.version if self._server else 0,
            name=text_of(draft["name"]),
            host=text_of(draft["host"]),
            port=draft["port"],
            tls=draft["tls"],
            fingerprint=text_of(draft["fingerprint"]) if draft["tls"] is TlsMode.PINNED else "",
            username=text_of(draft["username"]),
            local_secrets=bool(draft["local_secrets"]),
            nas_address=text_of(draft["nas_address"]),
            coa_port=draft["coa_port"],
            active=bool(draft["active"]),
            notes=text_of(draft["notes"]),
            password=draft["password"] or "",
            radius_secret=draft["radius_secret"] or "",
        )
