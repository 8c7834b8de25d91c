"""The declaration itself: tables, columns and status steps with the permissions of domain 2 and 4.6."""

from __future__ import annotations

from dataclasses import replace

from desk.models.catalog import StatusCode as S
from desk.models.guard_changes import (
    CATALOG_NEEDS,
    CIRCUIT_STAYS,
    DETAIL_STAYS,
    PLAN_CHANGES,
    PRICE,
    VALUE_NEEDS,
)
from desk.models.guard_composition import COMPOSITION_NEEDS, PLAN_COMPOSITION
from desk.models.guards import ANY, NO_SUCH_STEP, Guard, Need, Needs, Step
from desk.models.people import Permission as P

SUSPENDED = (S.SUSPENDED.value, S.SUSPENDED_DEBT.value, S.SUSPENDED_TEMPORARILY.value)


def one(*any_of: P) -> Needs:
    """A single need: any of these."""
    return (Need(any_of),)


def each(needs: Needs, *columns: str) -> dict[str, Needs]:
    """The same needs for several columns."""
    return dict.fromkeys(columns, needs)


# A plan that this very transaction and person made: what hangs on it belongs to the act of adding it.
_OTHERS_PLAN = (
    "NOT EXISTS (SELECT FROM desk.customer_plans p WHERE p.id = NEW.plan_id AND p.created_by = session_user"
    " AND p.created_at >= transaction_timestamp())"
)
_FEE = "(SELECT c.installation_fee FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id)"
_DUE_DAY = "(SELECT c.default_due_day FROM desk.customers c WHERE c.id = NEW.customer_id)"
_UNAUTHORISED = Need(
    when="(SELECT c.requires_authorization FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id)",
    rule="step:authorization",
    says="Este plano de catálogo exige autorização",
)
_PROVISIONAL = (
    Need((P.EDIT_PLAN_STATUS,), when="NEW.status = OLD.status"),
    Need((P.ENABLE_SUSPENDED,), when="NEW.provisional_until IS NOT NULL"),
    Need(
        when=f"NEW.provisional_until IS NOT NULL AND NEW.status NOT IN {SUSPENDED}",
        rule="step:provisional",
        says="Só um plano suspenso pode ser habilitado provisoriamente",
    ),
)
# PL-40, domain 4.4: for plans entered by mistake, so neither one that somebody lives on nor one that came to its end.
_DELETED = (
    Need((P.DELETE_PLAN,)),
    Need(
        when="EXISTS (SELECT FROM desk.plan_statuses s WHERE s.code IN (OLD.status, NEW.status)"
        " AND s.\"group\" = 'cancelado')",
        rule="step:delete",
        says="Um plano cancelado não pode ser apagado",
    ),
    Need(
        when="EXISTS (SELECT FROM desk.plan_links(OLD.id))",
        rule="plan:linked",
        says="Plano possui registros vinculados e não pode ser apagado",
    ),
)
# Statuses that the provider made (domain 4.2): what their rows say decides, not their codes. `o` is left, `n` entered.
_ROWS = "SELECT FROM desk.plan_statuses o, desk.plan_statuses n WHERE o.code = OLD.status AND n.code = NEW.status"
_MADE_STATUSES = (
    replace(
        NO_SUCH_STEP,
        # Into one of them, or from one back to HABILITADO. Never around an authorisation, nor around Cancelar o Plano,
        # and what is cancelled stays so.
        when=f"NOT EXISTS ({_ROWS} AND o.\"group\" <> 'cancelado' AND n.\"group\" <> 'cancelado'"
        f" AND o.code <> '{S.AWAITING.value}' AND (NOT n.system OR (NOT o.system AND n.code = '{S.ENABLED.value}')))",
    ),
    Need((P.EDIT_PLAN_STATUS,)),
    # As ST-16: whoever gives a suspended plan back its place or its access needs the second permission.
    Need(
        (P.ENABLE_SUSPENDED,),
        when=f"EXISTS ({_ROWS} AND o.\"group\" = 'inativo' AND (n.\"group\" = 'ativo' OR n.grants_access))",
    ),
)

CUSTOMER_PLANS = Guard(
    "customer_plans",
    insert=one(P.ADD_PLAN),
    on_insert=(
        *("customer_id", "catalog_plan_id", "status", "reference", "start_date", "value", "installation_fee"),
        *("payment_method_id", "due_day", "separate_invoice", "booklet", "identifier_code", "access_point_id"),
        *("business_unit_id", "seller"),
    ),
    insert_rules={
        "value": (
            Need((P.EDIT_NEW_VALUE,), when=f"NEW.value <> {PRICE}"),
            Need((P.DISCOUNT,), when=f"NEW.value < {PRICE}"),
        ),
        "installation_fee": (Need((P.EDIT_INSTALLATION_FEE,), when=f"NEW.installation_fee <> {_FEE}"),),
        "due_day": (Need((P.EDIT_DUE_DAY,), when=f"NEW.due_day <> {_DUE_DAY}"),),
    },
    empty_on_insert=(
        *("last_close_date", "provisional_until", "provisional_at", "cancelled_on", "first_activation_date"),
        *("throttled_until", "speed_until", "speed_at", "suspended_from", "suspended_until"),
        *("deleted_at", "deleted_by"),
    ),
    update=(Need(when="OLD.deleted_at IS NOT NULL", rule="plan:deleted", says="Este plano já foi apagado"),),
    columns={
        **each(
            one(P.EDIT_PLAN),
            *("reference", "separate_invoice", "booklet", "identifier_code", "access_point_id", "seller"),
            "installation_fee",
        ),
        "composition_customized": COMPOSITION_NEEDS,
        "installation_fee": one(P.EDIT_INSTALLATION_FEE),
        "start_date": (
            # Variable 1: leaving the trial moves the start to that day.
            Need(
                (P.EDIT_PLAN,),
                when="(OLD.status = 'EXPERIMENTANDO' AND NEW.status = 'HABILITADO'"
                " AND NEW.start_date = desk.today()) IS NOT TRUE",
            ),
            Need((P.EDIT_PLAN, P.EDIT_PLAN_STATUS)),
        ),
        "business_unit_id": (
            Need((P.EDIT_PLAN, P.TRANSFER_PLAN)),
            Need((P.EDIT_PLAN,), when="NEW.customer_id = OLD.customer_id"),
        ),
        "payment_method_id": (
            Need((P.EDIT_PLAN, P.TRANSFER_PLAN, P.EDIT_CANCEL_BILLING)),
            Need((P.EDIT_PLAN,), when="NEW.customer_id = OLD.customer_id AND NEW.status <> 'CANCELADO'"),
        ),
        "due_day": (
            Need((P.EDIT_DUE_DAY, P.TRANSFER_PLAN)),
            # OW: a transferred plan may take the new owner's own day, no other.
            Need((P.EDIT_DUE_DAY,), when=f"NEW.customer_id = OLD.customer_id OR NEW.due_day <> {_DUE_DAY}"),
        ),
        "last_close_date": one(P.EDIT_LAST_CLOSE),
        "catalog_plan_id": CATALOG_NEEDS,
        "value": VALUE_NEEDS,
        "customer_id": one(P.TRANSFER_PLAN),
        "provisional_until": _PROVISIONAL,
        "provisional_at": (Need((P.EDIT_PLAN_STATUS,)), Need((P.ENABLE_SUSPENDED,))),
        **each(one(P.EDIT_PLAN_STATUS), "throttled", "throttled_until", "speed_at"),
        "speed_until": (
            Need((P.EDIT_PLAN_STATUS,)),
            Need(
                when="NEW.speed_until IS NOT NULL AND NOT (NEW.throttled AND (SELECT c.allows_speed_restore"
                " FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id))",
                rule="step:speed",
                says="A velocidade deste plano não pode ser restabelecida provisoriamente",
            ),
        ),
        "cancel_reason": one(P.CANCEL_PLAN, P.PLAN_AUTHORISER),
        "cancelled_on": (
            Need((P.CANCEL_PLAN, P.PLAN_AUTHORISER)),
            Need(
                when="NEW.cancelled_on IS DISTINCT FROM desk.today()",
                rule="step:cancelled_on",
                says="Um plano é cancelado na data de hoje",
            ),
        ),
        **each(_DELETED, "deleted_at", "deleted_by"),
    },
    status="status",
    final=(S.CANCELLED.value,),
    steps=(
        Step((None,), S.INSTALLING.value, (Need((P.ADD_PLAN,)), _UNAUTHORISED)),
        Step((None,), S.TRIAL.value, (Need((P.ADD_PLAN,)), _UNAUTHORISED)),
        Step((None,), S.AWAITING.value, one(P.ADD_PLAN)),
        Step((S.INSTALLING.value, S.TRIAL.value), S.ENABLED.value, one(P.EDIT_PLAN_STATUS)),
        Step((S.ENABLED.value,), S.SUSPENDED.value, one(P.EDIT_PLAN_STATUS)),
        Step(
            (S.ENABLED.value,),
            S.SUSPENDED_TEMPORARILY.value,
            (
                Need((P.EDIT_PLAN_STATUS,)),
                Need(
                    when="(SELECT v.value FROM desk.variables v WHERE v.code = 'temporary_suspension')"
                    " IS DISTINCT FROM 'S'",
                    rule="step:temporary_suspension",
                    says='A variável "Permite Usar o Status Suspensão Temporária" não está ligada',
                ),
                # Its days are written by `desk.suspend_temporarily` alone, which has looked at them.
                Need(
                    when="NOT EXISTS (SELECT FROM desk.plan_suspensions x WHERE x.plan_id = NEW.id"
                    " AND x.ended_on IS NULL AND x.starts_on <= desk.today() AND x.ends_on > desk.today())",
                    rule="step:suspension_days",
                    says="Uma suspensão temporária tem data para começar e para terminar",
                ),
            ),
        ),
        Step(SUSPENDED, S.ENABLED.value, (Need((P.EDIT_PLAN_STATUS,)), Need((P.ENABLE_SUSPENDED,)))),
        Step(
            (S.AWAITING.value,),
            S.ENABLED.value,
            one(P.EDIT_PLAN_STATUS, P.ADD_PLAN, P.PLAN_AUTHORISER),
            approval=True,
        ),
        Step((S.AWAITING.value,), S.CANCELLED.value, one(P.CANCEL_PLAN, P.PLAN_AUTHORISER)),
        Step((ANY,), S.CANCELLED.value, one(P.CANCEL_PLAN)),
    ),
    other_steps=_MADE_STATUSES,
)

_CUSTOMER = (
    *("kind", "name", "trade_name", "document", "registration", "birth_date", "mother_name", "father_name"),
    *("email", "notes", "identifier_code", "default_due_day", "business_unit_id"),
)
# Variable 6: the one who cancels the last plan may leave the customer inactive.
_ACTIVE = (
    Need((P.EDIT_CUSTOMER, P.CANCEL_PLAN)),
    Need(
        (P.EDIT_CUSTOMER,),
        when="NEW.active OR EXISTS (SELECT FROM desk.customer_plans p"
        " WHERE p.customer_id = NEW.id AND p.status <> 'CANCELADO' AND p.deleted_at IS NULL)",
    ),
)
_ADDRESS = ("zip", "street", "number", "complement", "district", "city_id", "landmark")
_VALUE_DETAIL = ("kind", "description", "amount", "percent", "starts_on", "months")
_DISCOUNT_IF = (
    Need((P.DISCOUNT,), when="'desconto' IN (NEW.kind, OLD.kind)"),
    Need((P.EDIT_PLAN,), when="'acrescimo' IN (NEW.kind, OLD.kind)"),
)
_PLAN_STATUS = ("description", "group", "bills", "grants_access", "next_code", "position")
_SYSTEM_STATUS = Need(
    when="OLD.system", rule="rule:system_status", says="Um status do sistema não muda de grupo nem é apagado"
)
# One line of settings must not open or close the network of every plan in a status; plans move one by one.
_STATUS_HELD = Need(
    when="EXISTS (SELECT FROM desk.customer_plans p WHERE p.status = OLD.code AND p.deleted_at IS NULL)",
    rule="rule:status_held",
    says="Grupo e acesso de um status não mudam enquanto planos o usam",
)
_CATALOG = (
    *("name", "kind", "service_group_id", "price", "active", "requires_authorization", "allows_circuit", "allows_tv"),
    *("prints_booklet", "bills_when_debt_suspended", "trial_days", "allows_login", "login_limit", "radius_profile"),
    "allows_ip",
    *("down_kbps", "up_kbps", "simultaneous_use", "allowance_gb", "installation_fee"),
    "allows_speed_restore",
)
_SERVER = (
    *("name", "host", "port", "tls", "fingerprint", "username", "local_secrets", "nas_address", "coa_port", "active"),
    "notes",
)
_ACCESS_POINT = (
    *("name", "business_unit_id", "routing_server_id", "customer_limit", "disconnect_by", "active", "notes"),
    *("interface", "sets_address", "sets_queue", "sets_arp", "allowed_list", "blocked_list"),
)
_IP = (
    "login_id",
    "access_point_id",
    "address",
    "block",
    "description",
    "encryption",
    "down_kbps",
    "up_kbps",
    "options",
)
_IP_LOGIN = Need(
    when="NEW.login_id IS NOT NULL AND NOT EXISTS (SELECT FROM desk.radius_logins l WHERE l.id = NEW.login_id"
    " AND l.plan_id = NEW.plan_id AND l.deleted_at IS NULL)",
    rule="rule:ip_login",
    says="O login que entrega o IP precisa ser do mesmo plano",
)
# Who has the address is said beneath Editar IP do Plano, and the gateway is the range's own.
_FIXED_IP = Need(
    when="NEW.fixed_ip IS NOT NULL AND (EXISTS (SELECT FROM desk.ip_holdings h"
    " JOIN desk.customer_ips i ON i.id = h.ip_id WHERE h.block >>= NEW.fixed_ip AND i.plan_id <> NEW.plan_id)"
    " OR EXISTS (SELECT FROM desk.ip_ranges r WHERE r.network >>= NEW.fixed_ip"
    " AND host(r.gateway) = host(NEW.fixed_ip)))",
    rule="rule:fixed_ip_held",
    says="Este endereço é de outro plano ou do próprio roteador",
)
_IP_GONE = Need(
    when="EXISTS (SELECT FROM desk.customer_ips i WHERE i.id = {row}.ip_id AND i.deleted_at IS NOT NULL)",
    rule="rule:deleted",
    says="Este IP já foi apagado",
)


def _of_a_live_ip(row: str) -> Needs:
    """What hangs on an IP is edited with the IP, and no longer once it was deleted."""
    return (Need((P.EDIT_PLAN_IP,)), replace(_IP_GONE, when=_IP_GONE.when.format(row=row)))


_RANGE_USED = Need(
    when="EXISTS (SELECT FROM desk.ip_holdings h WHERE h.ip_id IS NOT NULL AND h.block && OLD.network)",
    rule="rule:ip_range_in_use",
    says="Há IPs de clientes nesta faixa",
)


def _simple(table: str, permissions: tuple[P, ...], *columns: str, keys: tuple[str, ...] = ()) -> Guard:
    """A settings table: one permission for everything; `keys` are written once."""
    needs = one(*permissions)
    return Guard(table, insert=needs, on_insert=(*keys, *columns), columns=each(needs, *columns), delete=needs)


GUARDS: tuple[Guard, ...] = (
    CUSTOMER_PLANS,
    Guard(
        "customers",
        insert=one(P.EDIT_CUSTOMER),
        on_insert=(*_CUSTOMER, "active", "inactive_since"),
        columns={**each(one(P.EDIT_CUSTOMER), *_CUSTOMER), "active": _ACTIVE, "inactive_since": _ACTIVE},
        quiet=("last_plan_number",),
    ),
    _simple("customer_phones", (P.EDIT_CUSTOMER,), "position", "number", "label", keys=("customer_id",)),
    _simple("addresses", (P.EDIT_CUSTOMER,), "position", *_ADDRESS, keys=("customer_id",)),
    Guard(
        "plan_addresses",
        insert=(
            Need((P.EDIT_PLAN, P.ADD_PLAN, P.TRANSFER_PLAN)),
            # OW-03: a transfer freezes the installation address where the line is.
            Need((P.EDIT_PLAN, P.TRANSFER_PLAN), when=_OTHERS_PLAN),
            Need((P.EDIT_PLAN,), when=f"{_OTHERS_PLAN} AND NEW.kind <> 'instalacao'"),
        ),
        on_insert=("plan_id", "kind", *_ADDRESS),
        columns=each(one(P.EDIT_PLAN), *_ADDRESS),
        delete=one(P.EDIT_PLAN),
    ),
    Guard(
        "plan_value_details",
        insert=(
            Need((P.DISCOUNT,), when="NEW.kind = 'desconto'"),
            Need((P.EDIT_PLAN, P.ADD_PLAN), when="NEW.kind <> 'desconto'"),
            Need((P.EDIT_PLAN,), when=f"NEW.kind <> 'desconto' AND {_OTHERS_PLAN}"),
        ),
        on_insert=("plan_id", *_VALUE_DETAIL),
        update=_DISCOUNT_IF,
        columns=each((), *_VALUE_DETAIL),
        delete=(
            Need((P.DISCOUNT,), when=f"OLD.kind = 'desconto' AND {DETAIL_STAYS}"),
            Need((P.EDIT_PLAN,), when=f"OLD.kind <> 'desconto' AND {DETAIL_STAYS}"),
        ),
    ),
    replace(
        _simple("circuits", (P.EDIT_PLAN,), "name", keys=("plan_id",)),
        delete=(Need((P.EDIT_PLAN,), when=CIRCUIT_STAYS),),
    ),
    PLAN_CHANGES,
    PLAN_COMPOSITION,
    Guard(
        "radius_logins",
        insert=(Need((P.EDIT_PLAN,)), _FIXED_IP),
        on_insert=("plan_id", "login", "fixed_ip", "mac_lock"),
        empty_on_insert=("deleted_at", "deleted_by"),
        update=(Need(when="OLD.deleted_at IS NOT NULL", rule="rule:deleted", says="Este login já foi apagado"),),
        columns={
            **each(one(P.EDIT_PLAN), "login", "mac_lock"),
            "fixed_ip": (Need((P.EDIT_PLAN,)), _FIXED_IP),
            **each(one(P.DELETE_RADIUS_LOGIN), "deleted_at", "deleted_by"),
        },
    ),
    _simple("cities", (P.CATALOG, P.EDIT_CUSTOMER), "name", "state", "ibge", "abbreviation"),
    _simple("business_units", (P.CATALOG,), "name", "city_id"),
    _simple("service_groups", (P.CATALOG,), "name"),
    _simple("payment_methods", (P.CATALOG,), "name", "prints_booklet", "active", "speed_gap_days"),
    _simple("catalog_plans", (P.CATALOG,), *_CATALOG),
    _simple("catalog_plan_units", (P.CATALOG,), keys=("catalog_plan_id", "business_unit_id")),
    _simple(
        "catalog_composition_items",
        (P.CATALOG,),
        *("position", "description", "service_class", "amount"),
        keys=("catalog_plan_id",),
    ),
    Guard(
        "plan_statuses",
        insert=one(P.PLAN_STATUSES),
        on_insert=("code", *_PLAN_STATUS),
        columns={
            **each(one(P.PLAN_STATUSES), "description", "bills", "next_code", "position"),
            **each((Need((P.PLAN_STATUSES,)), _SYSTEM_STATUS, _STATUS_HELD), "group", "grants_access"),
        },
        delete=(Need((P.PLAN_STATUSES,)), _SYSTEM_STATUS),
    ),
    Guard("variables", columns={"value": one(P.VARIABLES)}),
    _simple("access_points", (P.ACCESS_POINTS,), *_ACCESS_POINT),
    _simple("routing_servers", (P.ROUTING_SERVERS,), *_SERVER),
    Guard(
        "ip_ranges",
        insert=one(P.ACCESS_POINTS),
        on_insert=(
            *("access_point_id", "network", "gateway", "block_prefix", "reserved"),
            *("description", "position", "active"),
        ),
        columns={
            **each(one(P.ACCESS_POINTS), "gateway", "reserved", "description", "position", "active"),
            **each((Need((P.ACCESS_POINTS,)), _RANGE_USED), "network", "block_prefix", "access_point_id"),
        },
        delete=(Need((P.ACCESS_POINTS,)), _RANGE_USED),
    ),
    _simple(
        "ip_options",
        (P.ACCESS_POINTS,),
        *("label", "hint", "effect", "address_list", "default_on", "position", "active"),
        keys=("code",),
    ),
    Guard(
        "customer_ips",
        insert=(Need((P.EDIT_PLAN_IP,)), _IP_LOGIN),
        on_insert=("plan_id", *_IP),
        empty_on_insert=("deleted_at", "deleted_by"),
        update=(Need(when="OLD.deleted_at IS NOT NULL", rule="rule:deleted", says="Este IP já foi apagado"),),
        columns={
            **each(one(P.EDIT_PLAN_IP), *_IP, "deleted_at", "deleted_by"),
            "login_id": (Need((P.EDIT_PLAN_IP,)), _IP_LOGIN),
        },
    ),
    Guard(
        "customer_ip_macs",
        insert=_of_a_live_ip("NEW"),
        on_insert=("ip_id", "mac", "equipment"),
        columns={"equipment": _of_a_live_ip("OLD")},
        delete=_of_a_live_ip("OLD"),
    ),
    _simple("radius_servers", (P.ROUTING_SERVERS,), "name", "host", "port", "active"),
)
