"""Turns history codes into Portuguese lines."""

from __future__ import annotations

import datetime as dt

from desk.services.history import HistoryRow
from desk.ui.core import format

LINES: dict[str, tuple[str, str, str]] = {
    # action: (icon, tone, line)
    "customer.registered": ("user-plus", "text2", "Cliente cadastrado"),
    "customer.edited": ("pencil-simple", "text2", "Cadastro alterado"),
    "customer.saved": ("pencil-simple", "text2", "Cadastro alterado"),
    "customer.inactivated": ("minus-circle", "warn", "Cliente inativado"),
    "customer.activated": ("check-circle", "ok", "Cliente reativado"),
    "customer.document_seen": ("eye", "text2", "CPF/CNPJ consultado"),
    "customer.address_added": ("map-pin", "text2", "Endereço acrescentado"),
    "customer.address_saved": ("map-pin", "text2", "Endereço alterado"),
    "customer.address_moved": ("map-pin", "text2", "Ordem dos endereços alterada"),
    "customer.address_removed": ("map-pin", "text2", "Endereço apagado"),
    "plan.access_point_deleted": ("broadcast", "text2", "Ponto de Acesso {name} apagado do cadastro"),
    "plan.place_authorised": (
        "broadcast",
        "warn",
        "{name} acima do limite de {limit} clientes, autorizado por {by}",
    ),
    "plan.added": ("plus", "text2", "Plano acrescentado"),
    "plan.edited": ("pencil-simple", "text2", "Plano alterado"),
    "plan.suspended": ("pause-circle-fill", "warn", "Plano suspenso"),
    "plan.enabled": ("check-circle-fill", "ok", "Plano habilitado"),
    "plan.enabled_provisionally": ("timer", "warn", "Plano habilitado provisoriamente até {until}"),
    "plan.suspended_temporarily": ("calendar-x-fill", "warn", "Plano suspenso temporariamente; volta em {ends_on}"),
    "plan.suspension_planned": (
        "calendar-x",
        "warn",
        "Suspensão temporária planejada para {starts_on}; volta em {ends_on}",
    ),
    "plan.suspension_withdrawn": ("calendar-x", "text2", "Suspensão planejada para {starts_on} retirada"),
    "plan.suspension_started": (
        "calendar-x-fill",
        "warn",
        "Plano suspenso na data planejada por {by}; volta em {ends_on}",
    ),
    "plan.suspension_ended": (
        "check-circle-fill",
        "ok",
        "Plano habilitado no fim da suspensão temporária planejada por {by}",
    ),
    "plan.status_changed": ("flag", "text2", "Status mudado de {before} para {after}"),
    "plan.catalog_changed": ("swap", "text2", "Plano mudado de {before} para {after}"),
    "plan.catalog_swapped": ("swap", "text2", "Plano/Serviço trocado de {before} para {after} ao editar"),
    "plan.cancelled": ("x-circle-fill", "mute", "Plano cancelado"),
    "plan.deleted": ("trash", "bad", "Plano nº {number} apagado"),
    "plan.throttled": ("gauge", "warn", "Velocidade reduzida"),
    "plan.throttle_ended": ("gauge", "ok", "Velocidade restabelecida"),
    "plan.speed_restored": ("gauge", "ok", "Velocidade restabelecida provisoriamente até {until}"),
    "plan.value_detail_saved": ("money", "text2", "{kind} salvo"),
    "plan.value_detail_removed": ("money", "text2", "{kind} retirado"),
    "plan.composition_customized": ("puzzle-piece", "text2", "Composição do plano personalizada"),
    "plan.composition_followed": ("puzzle-piece", "text2", "Composição do plano voltou à do catálogo"),
    "plan.address_set": ("map-pin", "text2", "Endereço próprio do plano ({kind})"),
    "plan.address_default": ("map-pin", "text2", "Endereço voltou ao padrão ({kind})"),
    "login.created": ("key", "text2", "Login {login} criado"),
    "login.edited": ("key", "text2", "Login {login} alterado"),
    "login.deleted": ("trash", "bad", "Login {login} apagado"),
    "login.password_changed": ("lock-key", "text2", "Senha do login {login} alterada"),
    "ip.created": ("hash-straight", "text2", "IP {address} cadastrado"),
    "ip.edited": ("hash-straight", "text2", "IP {address} alterado"),
    "ip.deleted": ("trash", "bad", "IP {address} apagado"),
    "ip.code_seen": ("eye", "text2", "Código WPA2 do IP {address} consultado"),
    "address.asked": ("magnifying-glass", "text2", "Consultado quem usava o IP {address} em {moment}"),
    "address.printed": ("file-pdf", "text2", "Impresso quem usava o IP {address} em {moment}"),
    "login.connection_closed": ("power", "text2", "Pedido para fechar a conexão do login {login}"),
    "drift.corrected": ("arrows-left-right", "warn", "Correção de {thing} pedida no roteador {router}"),
    "login.password_seen": ("eye", "text2", "Senha do login {login} consultada"),
}
KINDS = {
    "desconto": "Desconto",
    "acrescimo": "Acréscimo",
    "instalacao": "instalação",
    "cobranca": "cobrança",
    "fiscal": "documentos fiscais",
}


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "—"


def icon_of(row: HistoryRow) -> tuple[str, str]:
    """Icon and tone of a line."""
    icon, tone, _ = LINES.get(row.action, ("info", "text2", ""))
    return icon, tone


def line_of(row: HistoryRow) -> str:
    """What happened, in one line."""
    _, _, text = LINES.get(row.action, ("", "", row.action))
    filled = {name: _plain(value) for name, value in row.params.items()}
    return text.format_map(_Gaps(filled))


def detail_of(row: HistoryRow) -> str:
    """Plan, reason and note of a line."""
    parts = [row.plan, str(row.params.get("reason") or ""), str(row.params.get("note") or "")]
    return " · ".join(part for part in parts if part)


def _plain(value: object) -> str:
    text = str(value)
    if len(text) == 10 and text[4:5] == "-" and (day := _day(text)):
        return day
    return KINDS.get(text, text)


def _day(text: str) -> str:
    try:
        return format.day(dt.date.fromisoformat(text))
    except ValueError:
        return ""
