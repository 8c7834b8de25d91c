"""What Testar Conexão found, one line for each step: how it stands, what it means, what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desk.services.access_points import ExaminedStep, Part, Standing
from desk.ui.core.labels import IconLabel, Label, clear, row

TITLES = {
    Part.NAME: "Endereço",
    Part.PORT: "Porta da API",
    Part.TLS: "Certificado",
    Part.SIGN_IN: "Usuário e senha",
    Part.RIGHTS: "Direitos do usuário",
    Part.VERSION: "Versão",
    Part.CLOCK: "Relógio",
    Part.RADIUS: "RADIUS",
    Part.INTERFACE: "Interface",
}
SIGNS = {
    Standing.GOOD: ("check-circle-fill", "ok", "Certo"),
    Standing.WARNING: ("warning-fill", "warn", "Atenção"),
    Standing.BAD: ("x-circle-fill", "bad", "Problema"),
    Standing.SKIPPED: ("minus-circle", "text2", "Não examinado"),
}
WORDS = {
    "skipped": "Não examinado, por causa do que vem antes.",
    "name_address": "{host} já é um endereço.",
    "name_found": "{host} é {addresses}.",
    "name_unknown": "A rede não conhece o nome {host}. Confira se foi digitado certo, ou use o IP.",
    "name_silent": "O serviço de nomes (DNS) não respondeu sobre {host}. Confira a rede deste computador, ou use o IP.",
    "port_open": "Aberta, em {milliseconds} ms.",
    "port_refused": "O roteador respondeu, mas a porta {port} está fechada. Ligue api-ssl (ou api) em /ip service e "
    "confira o número da porta.",
    "port_silent": "A porta {port} não respondeu em {seconds} s. Há um firewall no caminho, o roteador está desligado, "
    "ou /ip service não aceita este computador.",
    "port_unreachable": "Não há caminho até a porta {port}: {detail}. Confira o endereço e a rede.",
    "tls_off": "Sem TLS: a senha vai aberta pela rede. Prefira api-ssl com certificado fixado.",
    "tls_pinned": "É o que está fixado no cadastro.",
    "tls_verified": "Confere, e é de uma autoridade conhecida.",
    "tls_anonymous": "Cifrado, mas sem prova de que é o roteador. Com um certificado no api-ssl dá para fixá-lo.",
    "tls_other": "Não é o certificado fixado. Se o certificado do roteador foi trocado, use Ler certificado e compare; "
    "senão, outra máquina está respondendo no lugar dele.",
    "tls_untrusted": "Este computador não conhece quem assinou, ou o nome não confere. Use certificado fixado.",
    "tls_broken": "O aperto de mão TLS falhou: {detail}. Confira se o api-ssl tem certificado e se a porta é a dele.",
    "no_credentials": "Não há senha guardada, ou falta permissão para usá-la. Digite a senha da API e teste de novo.",
    "signed_in": "Entrou como {user}.",
    "login": "O roteador não aceitou o usuário {user} com esta senha.",
    "login_rights": "O usuário {user} existe, mas não pode entrar pela API: o grupo dele precisa do direito api.",
    "sign_in_broken": "A conexão abriu, mas o que responde nesta porta não se portou como a API do RouterOS: {detail}.",
    "rights_good": "O grupo tem o que o Desk precisa, e nada demais.",
    "rights_more": "O grupo tem o que o Desk precisa. Pode mais do que isso ({extra}): um grupo só com api, read, "
    "write e test basta, mais sensitive se o Desk mantém logins nele.",
    "rights_missing": "Falta ao grupo deste usuário: {missing}. Acrescente em /user group.",
    "rights_unknown": "O roteador não mostra o grupo deste usuário. O Desk precisa de api, read, write e test.",
    "version_good": "RouterOS {version} · {board} · {identity}.",
    "version_old": "RouterOS {version} é antigo: a senha viaja de um modo fraco. Atualize para 6.43 ou mais novo.",
    "version_unknown": "O roteador se diz “{version}”, que o Desk não reconhece.",
    "clock_good": "Certo, a {seconds} s do banco de dados.",
    "clock_off": "{seconds} s de diferença do banco de dados. Ligue o NTP em /system ntp client, ou registros e "
    "extratos não combinam.",
    "clock_unknown": "O roteador não disse a hora.",
    "radius_unused": "Este roteador não usa RADIUS neste cadastro.",
    "radius_good": "Pergunta a {servers} e aceita desconexão e velocidade na porta {port}.",
    "radius_no_server": "O roteador não tem servidor RADIUS para ppp. Acrescente em /radius com service=ppp.",
    "radius_not_accepting": "O roteador não aceita pedidos: /radius incoming set accept=yes port={port}. Sem isso o "
    "Desk derruba conexões só pela API, e a velocidade muda só na próxima conexão.",
    "radius_other_port": "O roteador aceita pedidos na porta {there}, e o cadastro diz {port}. Acerte um dos dois.",
    "interface_there": "{name} existe.",
    "interface_missing": "O roteador não tem a interface {name}. Confira o nome, com maiúsculas.",
    "unreadable": "O usuário não pode ler isto no roteador ({detail}).",
    "broke_off": "O roteador parou de responder aqui.",
}


def words(step: ExaminedStep) -> str:
    """What was found at one step, and what to do where it is not well."""
    params = dict(step.params)
    if isinstance(seconds := params.get("seconds"), int):
        params["seconds"] = abs(seconds)
    return WORDS[step.code].format(**params)


class StepList(QWidget):
    """All steps, in the order in which they were taken."""

    def __init__(self) -> None:
        super().__init__()
        self._lines = QVBoxLayout(self)
        self._lines.setContentsMargins(0, 0, 0, 0)
        self._lines.setSpacing(6)
        self.hide()

    def show_steps(self, steps: tuple[ExaminedStep, ...]) -> None:
        """Show these instead; none at all hides the list."""
        clear(self._lines)
        for step in steps:
            self._lines.addWidget(_line(step))
        self.setVisible(bool(steps))


def _line(step: ExaminedStep) -> QWidget:
    icon, tone, spoken = SIGNS[step.verdict]
    mark = IconLabel(icon, tone, 16)
    title = Label(TITLES[step.part], "strong" if step.verdict is not Standing.SKIPPED else "body", wrap=True)
    title.setFixedWidth(130)
    muted = step.verdict in (Standing.SKIPPED, Standing.GOOD)
    said = Label(words(step), "body", "text2" if muted else "text", wrap=True).selectable()
    holder = QWidget()
    line = row(spacing=8)
    top = Qt.AlignmentFlag.AlignTop
    line.addWidget(mark, 0, top)
    line.addWidget(title, 0, top)
    line.addWidget(said, 1, top)
    line.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(line)
    holder.setAccessibleName(f"{spoken}: {TITLES[step.part]}. {words(step)}")
    return holder
