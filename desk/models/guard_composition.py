"""What a plan's own composition asks for (domain 5.8, 7.5): the parts, and whether there are any."""

from __future__ import annotations

from desk.models.guards import Guard, Need, Needs
from desk.models.people import Permission as P

_CANCELLED = (
    "EXISTS (SELECT FROM desk.customer_plans p JOIN desk.plan_statuses s ON s.code = p.status"
    " WHERE p.id = {plan} AND s.\"group\" = 'cancelado')"
)
# Where the plan says that it is the catalogue's again, its parts go without another question.
_OWN = "EXISTS (SELECT FROM desk.customer_plans p WHERE p.id = OLD.plan_id AND p.composition_customized)"
_PART = ("position", "description", "service_class", "amount")


def _stays(plan: str, when: str = "") -> Need:
    """A cancelled plan is what it was (domain 4.4)."""
    return Need(
        when=f"{when}{_CANCELLED.format(plan=plan)}",
        rule="composition:cancelled",
        says="A composição de um plano cancelado não muda",
    )


COMPOSITION_NEEDS: Needs = (
    Need((P.EDIT_PLAN, P.CHANGE_CATALOG_PLAN, P.SWAP_CATALOG_PLAN)),
    # Another catalogue plan brings its own composition; that needs no permission besides the one for the change.
    Need((P.EDIT_PLAN,), when="NEW.catalog_plan_id = OLD.catalog_plan_id OR NEW.composition_customized"),
    _stays("OLD.id", "NEW.catalog_plan_id = OLD.catalog_plan_id AND "),
)
PLAN_COMPOSITION = Guard(
    "plan_composition_items",
    insert=(Need((P.EDIT_PLAN,)), _stays("NEW.plan_id")),
    on_insert=("plan_id", *_PART),
    update=(Need((P.EDIT_PLAN,)), _stays("OLD.plan_id")),
    columns=dict.fromkeys(_PART, ()),
    delete=(Need((P.EDIT_PLAN,), when=_OWN), _stays("OLD.plan_id", f"{_OWN} AND ")),
)
