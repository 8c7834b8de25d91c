"""How columns of a plan are called on screen, for telling who changed what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from desk.services.core.errors import FieldChange
from desk.ui.core import format

NAMES = {
    "reference": "Referência do Plano",
    "start_date": "Data Início",
    "access_point_id": "Ponto de Acesso",
    "seller": "Vendedor",
    "payment_method_id": "Forma Pagamento",
    "due_day": "Dia Vencimento",
    "last_close_date": "Data Último Fechamento",
    "separate_invoice": "Boleto Separado",
    "booklet": "Emite Carnê",
    "identifier_code": "Cód.Identificador",
    "status": "Status",
    "value": "Valor",
    "composition": "Composição do Plano",
    "composition_customized": "Composição personalizada",
    "provisional_until": "Habilitado até",
    "suspended_from": "Suspenso a partir de",
    "suspended_until": "Suspenso até",
    "first_activation_date": "Data de Primeira Ativação",
    "throttled": "Velocidade reduzida",
    "catalog_plan_id": "Plano/Serviço",
    "customer_id": "Cliente",
}


def changes_text(changes: Sequence[FieldChange], say: Callable[[str, Any], str] | None = None) -> str:
    """One line for each field: name, before → after; `say` knows the words for values that are ids."""
    words = say or (lambda _, value: shown(value))
    lines = [
        f"{NAMES.get(change.field, change.field)}: {words(change.field, change.before)} → "
        f"{words(change.field, change.after)}"
        for change in changes
    ]
    return "\n".join(dict.fromkeys(lines)) or "O registro mudou."


def shown(value: object) -> str:
    """A value of the change log as people write it."""
    if value is None or value == "":
        return "vazio"
    if isinstance(value, bool):
        return format.yes_no(value)
    if isinstance(value, dt.date):
        return format.day(value)
    if isinstance(value, str):
        try:
            return format.day(dt.date.fromisoformat(value))
        except ValueError:
            return value
    return str(value)
