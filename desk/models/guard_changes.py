"""What a change of the catalogue plan asks for (domain 6.1): by Mudar Plano, or by Trocar Tipo de Plano ao Editar."""

from __future__ import annotations

from desk.models.guards import Guard, Need, Needs
from desk.models.people import Permission as P

PRICE = "(SELECT c.price FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id)"
_THIS_ACT = "x.xid = pg_current_xact_id()::text::bigint"
# The newest row of this act says exactly this move: an older one must not be walked again, nor backwards.
_BY_MUDAR_PLANO = (
    "EXISTS (SELECT FROM desk.plan_changes x WHERE x.id = (SELECT max(n.id) FROM desk.plan_changes n"
    f" WHERE n.plan_id = NEW.id) AND {_THIS_ACT} AND x.old_catalog_plan_id = OLD.catalog_plan_id"
    " AND x.new_catalog_plan_id = NEW.catalog_plan_id AND x.new_value = NEW.value)"
)
# What goes with a change of plan needs no permission besides the one for the change.
_GOES_WITH_CHANGE = f"EXISTS (SELECT FROM desk.plan_changes x WHERE x.plan_id = OLD.plan_id AND {_THIS_ACT}"
DETAIL_STAYS = f"NOT {_GOES_WITH_CHANGE} AND NOT x.keeps_details)"
CIRCUIT_STAYS = f"NOT {_GOES_WITH_CHANGE})"

_SOLD = (
    "EXISTS (SELECT FROM desk.catalog_plans c WHERE c.id = {catalog} AND c.active AND (NOT EXISTS (SELECT"
    " FROM desk.catalog_plan_units u WHERE u.catalog_plan_id = c.id) OR EXISTS (SELECT FROM desk.catalog_plan_units u"
    " WHERE u.catalog_plan_id = c.id AND u.business_unit_id = {unit})))"
)


def _not_sold(catalog: str, unit: str) -> Need:
    """Only what is on sale in the plan's business unit."""
    return Need(
        when=f"NOT {_SOLD.format(catalog=catalog, unit=unit)}",
        rule="change:not_sold",
        says="Este plano de catálogo não é vendido na unidade do plano",
    )


VALUE_NEEDS: Needs = (
    Need((P.EDIT_PLAN, P.CHANGE_CATALOG_PLAN, P.SWAP_CATALOG_PLAN)),
    Need((P.EDIT_PLAN,), when="NEW.catalog_plan_id = OLD.catalog_plan_id"),
    Need((P.DISCOUNT,), when="NEW.catalog_plan_id = OLD.catalog_plan_id AND NEW.value < OLD.value"),
)
CATALOG_NEEDS: Needs = (
    Need((P.CHANGE_CATALOG_PLAN, P.SWAP_CATALOG_PLAN)),
    # Without a row that says who, when, how and from what, only the permission to swap in the editor will do.
    Need((P.SWAP_CATALOG_PLAN,), when=f"NOT {_BY_MUDAR_PLANO}"),
    Need(
        when="EXISTS (SELECT FROM desk.plan_statuses s WHERE s.code = OLD.status AND s.\"group\" = 'cancelado')",
        rule="change:cancelled",
        says="Um plano cancelado não muda de plano",
    ),
    _not_sold("NEW.catalog_plan_id", "NEW.business_unit_id"),
    # PL-11: whoever swaps the catalogue plan takes its price, or may set another.
    Need((P.EDIT_NEW_VALUE, P.EDIT_PLAN), when=f"NEW.value <> {PRICE}"),
    Need((P.DISCOUNT,), when=f"NEW.value < {PRICE}"),
    # What may not be contracted without an authoriser may not be changed into without one.
    Need(
        (P.PLAN_AUTHORISER,),
        when="(SELECT c.requires_authorization FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id)",
    ),
    # CP-03: items stay with the plan, so the new catalogue plan must have room for them.
    Need(
        when="(SELECT count(*) FROM desk.radius_logins l WHERE l.plan_id = NEW.id AND l.deleted_at IS NULL)"
        " > (SELECT CASE WHEN c.allows_login THEN c.login_limit ELSE 0 END FROM desk.catalog_plans c"
        " WHERE c.id = NEW.catalog_plan_id)",
        rule="change:items",
        says="O plano novo não comporta os logins deste plano",
    ),
    Need(
        when="NOT (SELECT c.allows_ip FROM desk.catalog_plans c WHERE c.id = NEW.catalog_plan_id) AND EXISTS"
        " (SELECT FROM desk.customer_ips i WHERE i.plan_id = NEW.id AND i.deleted_at IS NULL)",
        rule="change:items",
        says="O plano novo não comporta os IPs deste plano",
    ),
)

PLAN_CHANGES = Guard(
    "plan_changes",
    insert=(
        Need((P.CHANGE_CATALOG_PLAN,)),
        Need(
            (P.EDIT_NEW_VALUE,),
            when="NEW.new_value <> (SELECT c.price FROM desk.catalog_plans c WHERE c.id = NEW.new_catalog_plan_id)",
        ),
        _not_sold(
            "NEW.new_catalog_plan_id",
            "(SELECT p.business_unit_id FROM desk.customer_plans p WHERE p.id = NEW.plan_id)",
        ),
        Need(
            when="NEW.keeps_details AND (SELECT v.value FROM desk.variables v"
            " WHERE v.code = 'ask_value_detail_transfer') IS DISTINCT FROM 'S'",
            rule="change:keeps_details",
            says='A variável "Verificar no Plano Transferência de Acréscimo ou Desconto" não está ligada',
        ),
    ),
    on_insert=("plan_id", "new_catalog_plan_id", "new_value", "mode", "keeps_details", "reason", "note"),
    delete=(
        Need((P.DELETE_PLAN,)),
        Need(
            when="EXISTS (SELECT FROM desk.customer_plans p WHERE p.id = OLD.plan_id)",
            rule="rule:append_only",
            says="Uma mudança de plano não é apagada; ela vai com o plano",
        ),
    ),
)
