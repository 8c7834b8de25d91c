"""Whatever refers to a customer's plan either keeps it from being deleted, or is said here to go with it (PL-40)."""

from __future__ import annotations

import importlib.resources

from desk.models import metadata

# They say what a plan is or was; none of them is a thing that a customer uses.
GO_WITH_IT = {
    "plan_addresses",
    "plan_value_details",
    "plan_status_history",
    "approvals",
    "place_approvals",
    "ip_assignments",
    "plan_changes",
    "plan_composition_items",
    "plan_suspensions",
}


def test_every_table_of_a_plan_is_counted_or_goes_with_it() -> None:
    sql = (importlib.resources.files("desk.models") / "sql" / "plans.sql").read_text(encoding="utf-8")
    counted = sql.split("CREATE FUNCTION desk.plan_links")[1].split("$$;")[0]
    triggers = (importlib.resources.files("desk.models") / "sql" / "triggers.sql").read_text(encoding="utf-8")
    referring = {
        table.name
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == "customer_plans"
    }
    linked = referring - GO_WITH_IT
    assert linked
    assert referring >= GO_WITH_IT
    for name in linked:
        assert f"FROM desk.{name} " in counted, f"desk.plan_links does not count {name}"
        assert f"CREATE TRIGGER aa_live BEFORE INSERT ON desk.{name}\n" in triggers, f"{name} joins a deleted plan"
