"""How tables and columns of the change log are called on screen."""

from __future__ import annotations

import datetime as dt

from desk.ui.core import format

TABLES = {
    "customers": "Cliente",
    "customer_phones": "Telefone",
    "addresses": "Endereço",
    "customer_plans": "Plano",
    "plan_addresses": "Endereço do plano",
    "plan_composition_items": "Item da composição",
    "plan_suspensions": "Suspensão temporária",
    "plan_value_details": "Desconto/Acréscimo",
    "radius_logins": "Login de Radius",
    "circuits": "Circuito",
    "customer_ips": "IP",
    "customer_ip_macs": "MAC do IP",
    "catalog_plans": "Plano do catálogo",
    "plan_statuses": "Status",
    "access_points": "Ponto de Acesso",
    "routing_servers": "Servidor de Roteamento",
    "variables": "Variável",
    "people": "Usuário",
    "person_permissions": "Permissão",
}
FIELDS = {
    "name": "Nome",
    "trade_name": "Nome fantasia",
    "document": "CPF/CNPJ",
    "registration": "RG/IE",
    "birth_date": "Data de nascimento",
    "mother_name": "Nome da mãe",
    "father_name": "Nome do pai",
    "email": "E-mail",
    "notes": "Observações",
    "active": "Ativo",
    "inactive_since": "Inativo desde",
    "default_due_day": "Dia Vencimento",
    "business_unit_id": "Unidade de Negócios",
    "identifier_code": "Cód.Identificador",
    "number": "Número",
    "label": "Descrição",
    "position": "Ordem",
    "zip": "CEP",
    "street": "Logradouro",
    "complement": "Complemento",
    "district": "Bairro",
    "city_id": "Cidade",
    "landmark": "Ponto de referência",
    "status": "Status",
    "reference": "Referência do Plano",
    "start_date": "Data Início",
    "first_activation_date": "Data de Primeira Ativação",
    "value": "Valor",
    "payment_method_id": "Forma Pagamento",
    "due_day": "Dia Vencimento",
    "last_close_date": "Data Último Fechamento",
    "separate_invoice": "Boleto Separado",
    "booklet": "Emite Carnê",
    "access_point_id": "Ponto de Acesso",
    "seller": "Vendedor",
    "provisional_until": "Habilitado até",
    "provisional_at": "Habilitado provisoriamente em",
    "suspended_from": "Suspenso a partir de",
    "suspended_until": "Suspenso até",
    "starts_on": "A partir de",
    "ends_on": "Volta em",
    "ended_on": "Voltou em",
    "started_at": "Começou em",
    "ended_at": "Terminou em",
    "ended_by": "Terminada por",
    "planned_by": "Planejada por",
    "planned_at": "Planejada em",
    "throttled": "Velocidade reduzida",
    "login": "Login",
    "fixed_ip": "IP fixo",
    "mac_lock": "Travado no MAC",
    "deleted_at": "Apagado em",
    "deleted_by": "Apagado por",
    "kind": "Tipo",
    "description": "Descrição",
    "amount": "Valor",
    "percent": "Porcentagem",
    "service_class": "Classe",
    "composition_customized": "Composição personalizada",
    "months": "Meses",
    "plan_id": "Plano",
    "customer_id": "Cliente",
    "catalog_plan_id": "Plano/Serviço",
    "price": "Preço",
}


def table_name(table: str) -> str:
    """A table as people call it."""
    return TABLES.get(table, table)


def field_name(field: str) -> str:
    """A column as people call it."""
    return FIELDS.get(field, field)


def shown(value: object) -> str:
    """A logged value as people write it."""
    if value is None or value == "":
        return "vazio"
    if isinstance(value, bool):
        return format.yes_no(value)
    if not isinstance(value, str):
        return str(value)
    try:
        if len(value) == 10:
            return format.day(dt.date.fromisoformat(value))
        if len(value) > 18 and value[4] == "-" and value[10] in " T":
            return format.moment(dt.datetime.fromisoformat(value).astimezone())
    except ValueError:
        return value
    return value
