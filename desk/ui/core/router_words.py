"""Words for what is said to routers and to RADIUS, wherever a screen shows it."""

from __future__ import annotations

import datetime as dt

from desk.services.core.sentences import FieldMove
from desk.services.previews import SUSPENSION_COMES, Change, Way, When
from desk.ui.core import format

MENUS = {
    "/ip/address": "Endereço do roteador",
    "/ipv6/address": "Endereço IPv6 do roteador",
    "/queue/simple": "Fila",
    "/ip/arp": "ARP",
    "/ip/firewall/address-list": "Lista de endereços",
    "/ipv6/firewall/address-list": "Lista de endereços IPv6",
    "/ppp/secret": "Login no roteador",
    "/ppp/active": "Conexão",
}
PROBLEMS = {
    "silent": "não respondeu agora",
    "closed": "fechou a conexão",
    "no_route": "fora de alcance agora",
    "login": "não aceita o usuário e a senha cadastrados",
    "permission": "o usuário não tem permissão no roteador",
    "certificate": "o certificado não confere",
    "no_credentials": "sem senha cadastrada",
    "not_allowed": "você não tem acesso aos roteadores",
    "reveal_refused": "a senha do roteador não foi entregue agora",
    "not_asked": "não foi consultado agora",
    "moved": "ainda não foi consultado no endereço novo",
    "too_much": "respondeu demais",
    "nonsense": "respondeu algo que não se entende",
}
_FIELDS = {
    "Cleartext-Password": "senha",
    "password": "senha",
    "Mikrotik-Rate-Limit": "velocidade",
    "Mikrotik-Group": "perfil",
    "profile": "perfil",
    "Framed-IP-Address": "IP",
    "remote-address": "IP",
    "Framed-Route": "rota",
    "Delegated-IPv6-Prefix": "prefixo IPv6",
    "Session-Timeout": "prazo da conexão",
    "Acct-Interim-Interval": "relato a cada",
    "Acct-Session-Id": "sessão",
    "User-Name": "login",
    "disabled": "desligado",
    "comment": "dono",
    "service": "serviço",
    "max-limit": "limite",
    "mac-address": "MAC",
    "interface": "interface",
}
_BARE = {"name", "address", "list", "target", "Reply-Message"}  # these say by themselves what they are
_RATES = {"Mikrotik-Rate-Limit", "max-limit"}  # said as people say a speed; the tip holds the very words
_QUIET = {"comment", "service"}
_LATER = {
    "plan_provisional": "termina a habilitação provisória: o acesso é bloqueado de novo",
    "plan_suspension": "termina a suspensão temporária: o acesso volta sozinho",
    SUSPENSION_COMES: "começa a suspensão temporária: o RADIUS recusa e conexões abertas são encerradas",
    "plan_speed": "termina o prazo da velocidade: RADIUS, conexões abertas e filas mudam de novo",
}


def ends(change: Change) -> bool:
    """Whether it is said to end a connection."""
    return change.act == "drop" and (change.way in (Way.COA, Way.DISCONNECT) or change.command == "/ppp/active/remove")


def where(change: Change) -> str:
    """Which device, and what of it."""
    if change.way is Way.RADIUS:
        return f"RADIUS · {change.thing}"
    if change.way is Way.API:
        menu = change.command.rpartition("/")[0]
        return f"{change.device} · {MENUS.get(menu, menu)}"
    return f"{change.device} · {change.command}"


def told(change: Change) -> str:
    """What is said, in one sentence."""
    if change.when is When.LATER:
        moment = format.moment(change.at.astimezone()) if change.at is not None else ""
        return f"{moment}: {_LATER.get(change.command, change.command)}"
    if change.when is When.NEXT:
        return f"na próxima conexão: {_fields(change.fields)}"
    if change.way is Way.RADIUS:
        return _answer(change)
    if change.command == "/ppp/active/remove":
        words = f"encerra a conexão de {_gone(change)}"
    elif change.act == "drop" and change.way is Way.API:
        words = f"retira {_gone(change)}"
    else:
        words = _fields(change.fields)
    return f"se nada provar o fim: {words}" if change.when is When.UNPROVEN else words


def exact(change: Change) -> str:
    """The very words, for who knows the device."""
    fields = (f"{each.name}={each.after or '(retirado)'}" for each in change.fields)
    return "\n".join((change.command, *fields))


def _answer(change: Change) -> str:
    accepts, accepted = change.command == "Access-Accept", change.before == "Access-Accept"
    if accepts == accepted:
        return _fields(change.fields)
    # What belonged to the other answer goes with it, and would only hide what is new.
    now = _fields(tuple(FieldMove(each.name, "", each.after) for each in change.fields if each.after))
    verdict = "recusa → aceita" if accepts else "aceita → recusa"
    return f"{verdict} · {now}" if now else verdict


def _fields(fields: tuple[FieldMove, ...]) -> str:
    shown = [each for each in fields if (each.name, each.before, each.after) != ("disabled", "", "no")]
    # Whose line it is and what kind of service says nothing to a clerk; the tip holds every word.
    said = [each for each in shown if each.before or each.name not in _QUIET] or shown
    bare = " ".join(_field(each) for each in said if each.name in _BARE)
    return " · ".join((*([bare] if bare else ()), *(_field(each) for each in said if each.name not in _BARE)))


def _field(move: FieldMove) -> str:
    name = "" if move.name in _BARE else f"{_FIELDS.get(move.name, move.name)} "
    before, after = _value(move, move.before), _value(move, move.after)
    if not move.before:
        return f"{name}{after}"
    if move.name in ("password", "Cleartext-Password"):
        return f"{name}nova {after}" if move.after else f"{name}retirada"
    return f"{name}{before} → {after}"


def _value(move: FieldMove, value: str) -> str:
    if move.name == "disabled":
        return {"yes": "sim", "no": "não"}.get(value, value)
    if move.name == "Acct-Interim-Interval" and value:
        return f"{value} s"
    if move.name in _RATES:
        return format.told_rate(value) if value else "sem limite"
    if move.name == "Session-Timeout":
        return format.lasting(dt.timedelta(seconds=int(value))) if value.isdecimal() else value or "sem prazo"
    return value or "—"


def _gone(change: Change) -> str:
    """What goes is named by what it is, not by what becomes of it."""
    hidden = {"disabled", "comment"} | ({"name"} if change.command.startswith("/queue") else set())
    return " ".join(each.before for each in change.fields if each.before and each.name not in hidden)
