"""What the examination found, in plain words; read by the window and, without Qt, by `desk doctor`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from desk.services.core.errors import DomainError
from desk.services.doctor import Code, Finding, Report, Verdict
from desk.ui.core.messages import explain
from desk.ui.shell import texts as _texts  # noqa: F401 – the words of a refused sign-in


@dataclass(frozen=True)
class Words:
    """What was looked at, what was found, and what to do where it is not well."""

    title: str
    found: str
    do: str = ""


_NET = "Confira o cabo, a rede sem fio ou a VPN; se os outros computadores também não entram, avise a TI."
_TLS = "Certificado do servidor"
_ROUTER = "Roteador {name}"
WORDS: Final[Mapping[Code, Words]] = {
    Code.NO_SERVER: Words(
        "Servidor", "Nenhum servidor está configurado.", "Informe-o em Trocar servidor, ou peça à TI."
    ),
    Code.NAME_FOUND: Words("Nome {host}", "Endereço {addresses}."),
    Code.NAME_UNKNOWN: Words("Nome {host}", "A rede não conhece este nome.", f"Confira se foi digitado certo. {_NET}"),
    Code.NAME_SILENT: Words("Nome {host}", "O serviço de nomes (DNS) não respondeu em {seconds} s.", _NET),
    Code.PORT_OPEN: Words("Porta {port} de {host}", "Aberta, em {milliseconds} ms."),
    Code.PORT_REFUSED: Words(
        "Porta {port} de {host}",
        "A máquina respondeu, mas o banco de dados não está atendendo nela.",
        "Avise quem administra o servidor: o PostgreSQL está parado, ou a porta é outra.",
    ),
    Code.PORT_SILENT: Words(
        "Porta {port} de {host}",
        "Sem resposta em {seconds} s.",
        f"Um firewall no caminho, ou o servidor desligado. {_NET}",
    ),
    Code.PORT_UNREACHABLE: Words("Porta {port} de {host}", "Não há caminho até lá ({detail}).", _NET),
    Code.TLS_GOOD: Words(_TLS, "Válido até {until}, assinado por {issuer}."),
    Code.TLS_SOON: Words(_TLS, "Vence em {days} dias, em {until}.", "Avise a TI: depois disso ninguém entra."),
    Code.TLS_LOCAL: Words(_TLS, "Dispensado: o banco fica nesta máquina."),
    Code.TLS_OFF: Words(
        _TLS,
        "A conexão com {host} não é cifrada: o que passa por ela pode ser lido na rede.",
        "Peça à TI que configure sslmode=verify-full.",
    ),
    Code.TLS_UNVERIFIED: Words(
        _TLS,
        "A conexão é cifrada, mas ninguém confere se {host} é o servidor certo.",
        "Peça à TI que configure sslmode=verify-full.",
    ),
    Code.TLS_NOT_OFFERED: Words(
        _TLS, "{host} não oferece TLS, e este Desk exige.", "Avise quem administra o servidor: ssl = on no PostgreSQL."
    ),
    Code.TLS_ROOT_MISSING: Words(
        _TLS,
        "Falta o certificado da autoridade da empresa em {path}.",
        "Peça à TI que o instale de novo neste computador.",
    ),
    Code.TLS_UNKNOWN_ROOT: Words(
        _TLS,
        "Assinado por {issuer}, que não é a autoridade instalada neste computador.",
        "Não insista: pode não ser o servidor da empresa. Avise a TI.",
    ),
    Code.TLS_EXPIRED: Words(_TLS, "Venceu em {until}.", "Avise quem administra o servidor: é preciso um novo."),
    Code.TLS_EARLY: Words(_TLS, "Só vale a partir de {since}.", "Confira a data e a hora deste computador."),
    Code.TLS_OTHER_NAME: Words(
        _TLS, "É de {names}, e não de {host}.", "Use um destes nomes em Trocar servidor, ou avise a TI."
    ),
    Code.TLS_BROKEN: Words(_TLS, "A conexão cifrada não se completou ({detail}).", "Avise a TI."),
    Code.NOT_POSTGRES: Words(
        "Porta {port} de {host}", "Quem atende nesta porta não é um PostgreSQL.", "Confira o endereço e a porta."
    ),
    Code.NOBODY: Words("Entrada", "Não conferida: ninguém entrou.", "Para conferir o resto: desk doctor LOGIN"),
    Code.SIGNED_IN: Words("Entrada", "{name} entrou como {role}."),
    Code.SIGN_IN_REFUSED: Words("Entrada", "{what} {why}", "{do}"),
    Code.VERSION_GOOD: Words("Servidor de banco de dados", "PostgreSQL {version}."),
    Code.VERSION_OLD: Words(
        "Servidor de banco de dados", "PostgreSQL {version}; o Desk precisa do 15 ou mais novo.", "Avise a TI."
    ),
    Code.TABLES_MATCH: Words("Tabelas", "Na revisão {revision}, a deste programa."),
    Code.TABLES_OLDER: Words(
        "Tabelas",
        "Na revisão {database}; este programa precisa da {program}.",
        "Peça à TI para executar no servidor: desk db upgrade",
    ),
    Code.TABLES_NEWER: Words(
        "Tabelas",
        "Na revisão {database}, mais nova que a deste programa ({program}).",
        "Peça a versão nova do Desk à TI.",
    ),
    Code.TABLES_NONE: Words("Tabelas", "Este banco não é do Desk.", "Confira o nome do banco em Trocar servidor."),
    Code.WALL_WHOLE: Words("Proteção do banco", "Inteira: esta pessoa só faz o que as permissões dela deixam."),
    Code.WALL_OTHER: Words(
        "Proteção do banco", "Não é a que este programa conhece.", "Peça à TI para executar: desk db check --repair"
    ),
    Code.WALL_OPEN: Words("Proteção do banco", "Aberta: {what}.", "Peça à TI para executar: desk db check --repair"),
    Code.CLOCK_GOOD: Words("Relógio", "Certo com o do servidor."),
    Code.CLOCK_OFF: Words("Relógio", "{seconds} s longe do relógio do servidor.", "Acerte a hora deste computador."),
    Code.CLOCK_FAR: Words(
        "Relógio",
        "{seconds} s longe do relógio do servidor; a conta do domínio deixa de entrar.",
        "Acerte a hora deste computador, ou avise a TI se for a do servidor.",
    ),
    Code.DELIVERIES_GOOD: Words("Entregas à rede", "Em dia."),
    Code.DELIVERIES_LATE: Words(
        "Entregas à rede", "{count} atrasadas há mais de 10 minutos.", "Veja-as em Entregas (F8)."
    ),
    Code.NO_ROUTERS: Words("Roteadores", "Nenhum cadastrado."),
    Code.ROUTER_OPEN: Words(_ROUTER, "A API responde em {host}:{port}, em {milliseconds} ms."),
    Code.ROUTER_NAME_UNKNOWN: Words(
        _ROUTER, "A rede não conhece o nome {host}.", "Corrija-o em Servidores de Roteamento."
    ),
    Code.ROUTER_REFUSED: Words(
        _ROUTER, "{host} recusou a porta {port}.", "Ligue o serviço api ou api-ssl no roteador, ou corrija a porta."
    ),
    Code.ROUTER_SILENT: Words(
        _ROUTER, "{host}:{port} não respondeu em {seconds} s.", "Confira o roteador e o firewall até ele."
    ),
    Code.ROUTER_TLS: Words(
        _ROUTER, "{host}:{port} não fala TLS ({detail}).", "Dê um certificado ao serviço api-ssl do roteador."
    ),
    Code.ROUTER_SKIPPED: Words(_ROUTER, "Não conferido: os outros demoraram demais."),
    Code.SERVER_SIDE: Words("No servidor", "{text}"),
}
VERDICTS: Final = {
    Verdict.GOOD: "ok",
    Verdict.WARNING: "atenção",
    Verdict.BAD: "FALHA",
    Verdict.SKIPPED: "—",
}
_MAY: Final = {
    "superuser": "esta pessoa é superusuária do banco",
    "creates": "esta pessoa cria objetos no banco",
    "temporary": "esta pessoa cria tabelas temporárias",
    "deletes": "esta pessoa apaga linhas sem passar pelas permissões",
    "guards": "há guardas desligadas",
}


def words(finding: Finding) -> Words:
    """One finding, as people read it."""
    facts = dict(finding.params)
    error = facts.get("error")
    if isinstance(error, DomainError):
        told = explain(error)
        facts |= {"what": told.what, "why": told.why, "do": told.do}
    what = facts.get("what")
    if isinstance(what, tuple):
        facts["what"] = "; ".join(_MAY[one] for one in what)
    made = WORDS[finding.code]
    return Words(*(part.format(**facts).strip() for part in (made.title, made.found, made.do)))


def summary(report: Report) -> str:
    """One sentence for all of it."""
    return {
        Verdict.GOOD: "Tudo em ordem.",
        Verdict.WARNING: "O Desk funciona; veja o que pede atenção.",
        Verdict.BAD: "Há o que impede o Desk de funcionar com segurança.",
    }[report.verdict]


def as_text(report: Report) -> str:
    """The report for a terminal, a mail or a ticket; it holds no password."""
    return "\n".join([*_lines(report.findings), "", summary(report)])


def _lines(findings: Iterable[Finding]) -> Iterable[str]:
    for finding in findings:
        said = words(finding)
        yield f"{VERDICTS[finding.verdict]:<8} {said.title}: {said.found}"
        if said.do and finding.verdict is not Verdict.GOOD:
            yield f"{'':<8} → {said.do}"
