"""Texts for every expected failure: what did not happen, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from desk.services.core.errors import Violation

T = TypeVar("T")
_COMMAS = str.maketrans(",.", ".,")


@dataclass(frozen=True)
class Link:
    """One blocking thing, reachable by an action."""

    text: str
    action: str
    row: object = None
    icon: str = ""


@dataclass(frozen=True)
class Text:
    """A refusal as people read it."""

    what: str
    why: str = ""
    do: str = ""
    code: str = ""
    links: tuple[Link, ...] = ()
    subject: str = ""
    details: str = ""  # for support; never an exception's text
    act: str = ""  # what the person asked for, as its menu says it: the caption


class Coded(Protocol):
    """An expected failure: what selects its text, and what fills it."""

    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Any: ...


TEXTS: dict[str, Text] = {}
VIOLATIONS: dict[str, str] = {}


def register(texts: Mapping[str, Text]) -> None:
    """Add a capability's texts, by error code."""
    _add(TEXTS, texts)


def register_violations(texts: Mapping[str, str]) -> None:
    """Add a capability's short texts shown under a field, by violation code."""
    _add(VIOLATIONS, texts)


def _add(table: dict[str, T], more: Mapping[str, T]) -> None:
    twice = [code for code in more if code in table and table[code] != more[code]]
    if twice:
        raise ValueError(f"two texts for {', '.join(twice)}")
    table.update(more)


class _Params(dict[str, object]):
    """Fills what is known and shows a dash for what is not, since a message must not fail itself."""

    def __missing__(self, key: str) -> str:
        return "—"


def explain(error: Coded) -> Text:
    """The text of an error, filled with its facts."""
    text = TEXTS.get(error.code)
    if text is None:
        text = TEXTS["unexpected"]
    params = _Params({key: _plain(value) for key, value in error.params.items()})
    links = error.params.get("links")
    known = ", ".join(f"{key}={value}" for key, value in params.items() if key != "links")
    return replace(
        text,
        what=text.what.format_map(params),
        why=text.why.format_map(params),
        do=text.do.format_map(params),
        subject=text.subject.format_map(params),
        code=text.code or error.code,
        links=text.links or (tuple(links) if isinstance(links, (list, tuple)) else ()),
        details=known,
    )


def _plain(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return ", ".join(violation_text(item) if hasattr(item, "code") else str(item) for item in value)
    # By hand: the doctor reads these texts where there is no Qt, whose locale `format` needs.
    return f"{value:,.2f}".translate(_COMMAS) if isinstance(value, Decimal) else value


def violation_text(violation: Violation) -> str:
    """What stands under a field that broke a rule."""
    params = getattr(violation, "params", None) or {}
    found = VIOLATIONS.get(violation.code, VIOLATIONS["invalid_value"])
    return found.format_map(_Params({name: _plain(value) for name, value in params.items()}))


def not_possible(act: str, reason: str) -> Text:
    """The refusal of an action that its row or the person's permissions rule out."""
    return Text(
        what=f"{act}: não é possível agora.",
        why=f"{reason}." if reason and not reason.endswith(".") else reason,
        do="Peça a quem administra as permissões." if reason.startswith("Falta a permissão") else "",
        code="not_possible",
        act=act,
    )


def untold(base: type[Any]) -> Iterator[str]:
    """Codes of a family of errors that have no text; a test keeps it empty."""
    stack = [base]
    while stack:
        kind = stack.pop()
        stack += kind.__subclasses__()
        if kind.code not in TEXTS:
            yield kind.code


register(
    {
        "unexpected": Text(
            "O pedido não foi concluído.",
            "O programa encontrou uma situação que não previa.",
            "Tente de novo; se continuar, passe o código ao suporte.",
        ),
        "invalid": Text("Os dados não foram salvos.", "{violations}", "Corrija os campos marcados."),
        "not_allowed": Text(
            "Isto não foi feito.",
            "Falta a permissão “{permission}”.",
            "Peça a permissão a quem administra os usuários.",
        ),
        "stale_record": Text(
            "Os dados não foram salvos.",
            "Outra pessoa alterou este registro depois que você o abriu.",
            "Atualize para comparar e repita a alteração.",
        ),
        "not_found": Text(
            "O registro não foi encontrado.",
            "Ele foi apagado ou transferido depois que a tela foi carregada.",
            "Atualize a tela.",
        ),
        "confirmation_needed": Text("Confirme antes de continuar.", "{question}", ""),
        "authorization_needed": Text(
            "Falta a autorização.",
            "Este ato precisa de quem tenha a permissão “{permission}”.",
            "Peça a essa pessoa que autorize.",
        ),
        "database_lost": Text(
            "O banco de dados não responde.",
            "A conexão com o servidor caiu.",
            "Espere: o programa reconecta sozinho e o que você digitou continua na tela.",
        ),
        "write_kept": Text(
            "Foi salvo; só a confirmação se perdeu no caminho.",
            "A conexão caiu ao salvar, e o banco respondeu depois que a gravação está completa.",
            "Não repita: feche esta janela e atualize a tela.",
        ),
        "write_not_done": Text(
            "Nada foi salvo.",
            "O banco de dados parou de responder antes de a gravação terminar.",
            "Quando o aviso de conexão sumir, salve de novo: o que você digitou continua na tela.",
        ),
        "write_unknown": Text(
            "Não se sabe se foi salvo.",
            "A conexão com o banco de dados caiu ao salvar, e ele ainda não voltou para dizer.",
            "Quando o aviso de conexão sumir, confira no Histórico ou no cadastro antes de repetir.",
        ),
        "forbidden_by": Text("Isto não foi feito.", "{what}", "Fale com quem administra o sistema."),
        "already_exists": Text("Os dados não foram salvos.", "{value} já está cadastrado.", "Informe outro valor."),
        "in_use": Text("O registro não foi apagado.", "Ele ainda é usado: {what}.", "Desfaça o vínculo primeiro."),
        "refused_by_database": Text(
            "Os dados não foram salvos.",
            "O banco de dados recusou: {detail}",
            "Confira os campos; se estiverem certos, passe o código ao suporte.",
        ),
        "hidden_characters": Text(
            "Não foi salvo.",
            "Um dos textos tem caracteres que não se veem, ou que fazem o resto ser lido de trás para a frente.",
            "Apague o texto que foi colado e digite de novo.",
        ),
        "busy": Text(
            "O registro está ocupado.",
            "Outro computador está gravando este registro agora.",
            "Espere alguns segundos e repita.",
        ),
        "sign_in_failed": Text("Não foi possível entrar.", "O servidor não aceitou a entrada.", "Tente de novo."),
        "wrong_password": Text("Usuário ou senha não confere.", "", "Confira o Caps Lock e digite de novo."),
        "not_a_person": Text(
            "Usuário ou senha não confere.",
            "Este usuário não está ativo nesta instalação.",
            "Fale com quem administra os usuários.",
        ),
        "server_unreachable": Text(
            "O servidor não respondeu.",
            "O banco de dados não atendeu no endereço configurado.",
            "Confira a rede ou troque o servidor.",
        ),
        "old_server": Text(
            "Este servidor de banco foi substituído.",
            "{server} voltou com dados antigos; a empresa já trabalha em outro servidor.",
            "Avise quem administra o servidor: ele deve ser religado como reserva.",
        ),
        "too_many_sessions": Text(
            "Você já entrou em computadores demais.",
            "O limite de sessões deste usuário foi atingido.",
            "Saia em outro computador e tente de novo.",
        ),
        "program_too_old": Text(
            "Este programa precisa ser atualizado.",
            "O banco de dados já está em uma versão mais nova.",
            "Peça a instalação da versão nova.",
        ),
        "program_outgrown": Text(
            "Nada foi salvo, e nada do que está na tela se perdeu.",
            "O banco de dados foi atualizado enquanto este Desk estava aberto; ele é de uma versão anterior.",
            "Copie o que não quer digitar de novo, feche o Desk e abra a versão nova; se não houver, peça-a à TI.",
        ),
        "database_too_old": Text(
            "O banco de dados precisa ser atualizado.",
            "Ele está em uma versão anterior à deste programa.",
            "Avise quem administra o servidor.",
        ),
        "reveal_refused": Text(
            "O segredo não foi mostrado.",
            "O cofre não entregou a chave: {why}.",
            "Espere e tente de novo; toda consulta fica registrada.",
        ),
        "device_silent": Text(
            "{device} não respondeu.",
            "Foram {seconds} s de tentativas sem resposta.",
            "O que falta continua sendo entregue; veja em Entregas (F8).",
        ),
        "device_refused": Text(
            "{device} recusou o pedido.",
            "O equipamento não aceitou a credencial ou o comando.",
            "Confira o cadastro do servidor e tente de novo.",
        ),
    }
)

register_violations(
    {
        "required": "Preencha este campo",
        "invalid_value": "Valor inválido",
        "too_long": "Até {limit} caracteres",
        "too_short": "Pelo menos {limit} caracteres",
        "too_small": "No mínimo {limit}",
        "too_big": "No máximo {limit}",
        "bad_money": "Valor em reais inválido",
        "bad_number": "Número inválido",
        "bad_date": "Data inválida; use dd/mm/aaaa",
        "bad_cpf": "CPF inválido",
        "bad_cnpj": "CNPJ inválido",
        "bad_document": "CPF ou CNPJ inválido",
        "bad_phone": "Telefone inválido",
        "bad_cep": "CEP inválido; são 8 dígitos",
        "bad_mac": "Formato do MAC é Inválido",
        "bad_ip": "Endereço IP inválido",
        "bad_email": "E-mail inválido",
        "not_in_list": "Escolha um item da lista",
        "taken": "Já cadastrado",
    }
)
