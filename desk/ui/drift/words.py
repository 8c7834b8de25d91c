"""How differences read: their signs, where they are, and what was expected."""

from __future__ import annotations

from dataclasses import dataclass

from desk.services.drift import Drift, DriftKind
from desk.ui.core.router_words import MENUS

SIGNS = {
    DriftKind.EXTRA: ("plus-circle-fill", "bad"),
    DriftKind.MISSING: ("minus-circle-fill", "bad"),
    DriftKind.DIFFERS: ("warning-fill", "warn"),
    DriftKind.FOREIGN: ("lock-simple", "text2"),
}
PLACES = {"/ppp/secret": "Login no roteador", "/ppp/active": "Conexão", **MENUS}
FIELDS = {
    "profile": "perfil",
    "disabled": "desligado",
    "remote-address": "IP fixo",
    "password": "senha",
    "max-limit": "velocidade",
    "interface": "interface",
    "address": "endereço",
    "target": "alvo",
    "mac-address": "MAC",
    "list": "lista",
    "name": "nome",
}
_VALUES = {"yes": "sim", "no": "não"}
_WHY = {
    "deleted": "nada: foi apagado",
    "elsewhere": "nada: é de outro roteador",
    "unknown": "nada: não existe no cadastro",
    "duplicate": "nada: já há outro igual",
    "unwanted": "nada: não é preciso aqui",
    "blocked": "sem conexão: está bloqueado",
    "renamed": "sem conexão: o login mudou de nome",
}
PROBLEMS = {
    "silent": "não respondeu",
    "closed": "fechou a conexão no meio da resposta",
    "no_route": "fora de alcance",
    "login": "não aceita o usuário e a senha cadastrados",
    "permission": "o usuário não tem permissão no roteador",
    "certificate": "o certificado não confere",
    "no_credentials": "sem senha cadastrada",
    "not_allowed": "você não tem acesso aos roteadores",
    "reveal_refused": "a senha do roteador não foi entregue agora",
    "said_no": "recusou a consulta",
    "nonsense": "respondeu algo que não se entende",
    "too_much": "respondeu demais",
    "bad_request": "recusou a consulta",
    "stopped": "verificação cancelada",
    "gone": "não existe mais ou não está ativo",
    "database": "o banco de dados não respondeu",
}


@dataclass(frozen=True)
class Line:
    """One line of the table: a difference at a router, or why nothing is known of it."""

    router_id: int
    device: str
    drift: Drift | None = None
    problem: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes it the same line after another look."""
        return self.drift.key if self.drift is not None else (self.router_id, self.problem)

    @property
    def correctable(self) -> bool:
        """Whether a person may choose it."""
        return self.drift is not None and self.drift.way is not None

    @property
    def customer_id(self) -> int | None:
        """Whose it is, where that is known."""
        return None if self.drift is None else self.drift.customer_id


def kind_of(line: Line) -> str:
    """The sign in a word."""
    if line.drift is None:
        return "sem resposta" if line.problem in ("silent", "closed", "no_route") else "não verificado"
    return f"{line.drift.kind} · na fila" if line.drift.owed else line.drift.kind


def sign_of(line: Line) -> str:
    """Its icon."""
    return "x-circle-fill" if line.drift is None else SIGNS[line.drift.kind][0]


def tone_of(line: Line) -> str:
    """Its colour."""
    return "bad" if line.drift is None else SIGNS[line.drift.kind][1]


def place_of(line: Line) -> str:
    """Which of the router's lists."""
    return "" if line.drift is None else PLACES.get(line.drift.menu, line.drift.menu)


def thing_of(line: Line) -> str:
    """Login, address or name."""
    return "" if line.drift is None else line.drift.thing


def fields_of(line: Line) -> str:
    """What of it differs."""
    fields = () if line.drift is None else line.drift.fields
    return " · ".join(FIELDS.get(each.name, each.name) for each in fields if each.name)


def wanted_of(line: Line) -> str:
    """What should be there."""
    drift = line.drift
    if drift is None:
        return ""
    if drift.kind is DriftKind.FOREIGN:
        return "não é do Desk"
    if drift.kind is DriftKind.EXTRA:
        return _WHY.get(drift.why, "nada")
    return " · ".join(_value(each.wanted) for each in drift.fields)


def found_of(line: Line) -> str:
    """What is there."""
    drift = line.drift
    if drift is None:
        return PROBLEMS.get(line.problem, line.problem)
    if drift.kind is DriftKind.MISSING:
        return "nada: um cadastro alheio tem este nome" if drift.why == "name_taken" else "nada"
    return " · ".join("outra" if each.name == "password" else _value(each.found) for each in drift.fields)


def _value(value: str) -> str:
    return _VALUES.get(value, value) or "vazio"
