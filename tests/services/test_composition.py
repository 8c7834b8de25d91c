"""Personalizar Composição: a plan's own parts, the way back, and what another value or plan makes of them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from desk.db.connections import transaction
from desk.db.upgrade import alembic_config
from desk.services.catalog import CatalogPlans, CompositionDraft, SaveCatalogPlan, ServiceClass
from desk.services.core.errors import Invalid, NotAllowed, StaleRecord
from desk.services.history import CustomerHistory
from desk.services.plans import (
    ChangeCatalogPlan,
    CompositionView,
    CustomizeComposition,
    FollowCatalogComposition,
    PlanDetails,
    PlanKind,
    PlanWindow,
    first_parts,
    spread,
)
from desk.services.plans.errors import CompositionOfCancelledPlan, CompositionSum, PlanNotFound
from tests.builders import CatalogPlan, Plan, a_catalog_plan, a_plan, insert
from tests.postgres import Database
from tests.services.test_plans import as_job

CLERK, BOSS = "atendente", "administrador"
PARTS = (
    CompositionDraft("Conexão", ServiceClass.SCM, Decimal("59.90")),
    CompositionDraft("Antivírus", ServiceClass.SVA, Decimal("40.00")),
)


def composed(database: Database, *parts: tuple[str, str, str], price: str = "99.90") -> CatalogPlan:
    """A catalogue plan with a composition."""
    made = a_catalog_plan(database, price=price)
    for at, (called, service, amount) in enumerate(
        parts or (("Internet", "SCM", "79.90"), ("Suporte", "SVA", "20.00"))
    ):
        insert(
            database,
            "catalog_composition_items",
            catalog_plan_id=made.id,
            position=at + 1,
            description=called,
            service_class=service,
            amount=Decimal(amount),
        )
    return made


def window(database: Database, plan: Plan, role: str = CLERK) -> PlanDetails:
    return database.bus(role).execute(PlanWindow(plan.id)).value


def order(shown: PlanDetails, *parts: CompositionDraft, **more: Any) -> CustomizeComposition:
    """The order as the dialog sends it."""
    told = CustomizeComposition(
        plan_id=shown.row.id,
        version=shown.row.version,
        value=shown.row.value,
        seen=shown.composition if shown.composition_customized else (),
        parts=parts or PARTS,
    )
    return replace(told, **more)


def back(shown: PlanDetails) -> FollowCatalogComposition:
    return FollowCatalogComposition(plan_id=shown.row.id, version=shown.row.version, seen=shown.composition)


def said(parts: tuple[CompositionView, ...] | tuple[CompositionDraft, ...]) -> list[tuple[str, str, str]]:
    return [(part.description, part.service_class.value, str(part.amount)) for part in parts]


def test_5_8_it_comes_from_the_catalogue_until_it_is_customised(database: Database) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    before = window(database, plan)
    assert said(before.composition) == said(before.catalog_composition) == [
        ("Internet", "SCM", "79.90"),
        ("Suporte", "SVA", "20.00"),
    ]  # fmt: skip
    outcome = database.bus(CLERK).execute(order(before))
    after = window(database, plan)
    assert (after.composition_customized, said(after.composition)) == (True, said(PARTS))
    assert said(after.catalog_composition) == said(before.composition)
    assert (outcome.value.plan_id, outcome.value.version) == (plan.id, after.row.version)
    assert outcome.changed == {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"}
    assert outcome.owed == (), "the network has nothing to do with it"
    actions = [line.action for line in database.bus(CLERK).execute(CustomerHistory(plan.customer_id)).value]
    assert actions == ["plan.composition_customized"]
    logged = database.admin().execute(
        "SELECT op, who, after ->> 'amount' FROM desk.change_log WHERE tbl = 'plan_composition_items' ORDER BY id"
    )
    assert logged.fetchall() == [("I", CLERK, "59.90"), ("I", CLERK, "40.00")]


def test_5_8_from_then_on_the_catalogue_does_not_reach_it(database: Database) -> None:
    catalog = composed(database)
    plan, other = a_plan(database, catalog_plan=catalog), a_plan(database, catalog_plan=catalog)
    database.bus(CLERK).execute(order(window(database, plan)))
    row = next(each for each in database.bus(BOSS).execute(CatalogPlans()).value if each.id == catalog.id)
    fields = {name: getattr(row, name) for name in SaveCatalogPlan.__dataclass_fields__ if hasattr(row, name)}
    parts = (CompositionDraft("Tudo", ServiceClass.SCM, Decimal("120.00")),)
    fields |= {"price": Decimal("120.00"), "composition": parts}
    database.bus(BOSS).execute(SaveCatalogPlan(**fields, seen_unit_ids=row.unit_ids, seen_composition=row.composition))
    assert said(window(database, plan).composition) == said(PARTS)
    assert window(database, plan).row.value == Decimal("99.90")
    assert said(window(database, other).composition) == said(parts)


def test_back_to_the_catalogue_and_again(database: Database) -> None:
    plan = a_plan(database, catalog_plan=composed(database))
    bus = database.bus(CLERK)
    bus.execute(order(window(database, plan)))
    outcome = bus.execute(back(window(database, plan)))
    after = window(database, plan)
    assert not after.composition_customized
    assert said(after.composition) == said(after.catalog_composition)
    assert outcome.changed == {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"}
    actions = [line.action for line in bus.execute(CustomerHistory(plan.customer_id)).value]
    assert actions == ["plan.composition_followed", "plan.composition_customized"]
    assert bus.execute(replace(back(after), seen=())).changed == frozenset(), "it is there already"
    bus.execute(order(after))
    assert said(window(database, plan).composition) == said(PARTS)


def test_other_parts_fewer_and_more_in_their_order(database: Database) -> None:
    plan = a_plan(database)
    bus = database.bus(CLERK)
    three = (*PARTS[:1], *(CompositionDraft(name, ServiceClass.OTHER, Decimal("20.00")) for name in ("B", "A")))
    one = (CompositionDraft("  Tudo ", ServiceClass.SCM, Decimal("99.90")),)
    for wanted in (PARTS, three, one, three[::-1]):
        bus.execute(order(window(database, plan), *wanted))
        assert said(window(database, plan).composition) == [
            (name.strip(), service, amount) for name, service, amount in said(wanted)
        ]
    assert bus.execute(order(window(database, plan), *three[::-1])).changed == frozenset(), "nothing new, no line"


@pytest.mark.parametrize("amount", ["39.99", "40.01", "0"])
def test_7_5_a_sum_that_differs_is_refused_with_both_figures(database: Database, amount: str) -> None:
    plan = a_plan(database)
    parts = (PARTS[0], replace(PARTS[1], amount=Decimal(amount)))
    with pytest.raises(CompositionSum) as refused:
        database.bus(CLERK).execute(order(window(database, plan), *parts))
    assert refused.value.params == {"sum": Decimal("59.90") + Decimal(amount), "value": Decimal("99.90")}
    assert not window(database, plan).composition_customized


@pytest.mark.parametrize(
    "parts", [(replace(PARTS[0], description=" "),), (replace(PARTS[0], amount=Decimal("-1")),)], ids=["blank", "minus"]
)
def test_each_part_is_whole(database: Database, parts: tuple[CompositionDraft, ...]) -> None:
    plan = a_plan(database)
    with pytest.raises(Invalid) as refused:
        database.bus(CLERK).execute(order(window(database, plan), *parts))
    assert [(each.field, each.code) for each in refused.value.violations] == [("composition", "composition_part")]
    with pytest.raises(Invalid):
        database.bus(CLERK).execute(replace(order(window(database, plan)), parts=()))


def test_who_may_not_edit_the_plan_may_neither(database: Database) -> None:
    plan = a_plan(database)
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(order(window(database, plan)))
    assert refused.value.params["permission"] == "Editar Dados do Plano"
    database.bus(CLERK).execute(order(window(database, plan)))
    with pytest.raises(NotAllowed):
        database.bus("suporte").execute(back(window(database, plan)))


def test_4_4_a_cancelled_plan_keeps_what_it_had(database: Database) -> None:
    plan = a_plan(database, status="CANCELADO")
    with pytest.raises(CompositionOfCancelledPlan):
        database.bus(BOSS).execute(order(window(database, plan)))


def test_a_plan_that_is_gone(database: Database) -> None:
    plan = a_plan(database)
    shown = window(database, plan)
    as_job(database, "UPDATE desk.customer_plans SET deleted_at = now() WHERE id = %s", plan.id)
    with pytest.raises(PlanNotFound):
        database.bus(CLERK).execute(order(shown))


def test_who_comes_second_is_told_who_was_first_and_what_is_there(database: Database) -> None:
    plan = a_plan(database)
    shown = window(database, plan)
    database.bus(BOSS).execute(order(shown))
    mine = (CompositionDraft("Meu", ServiceClass.SCM, Decimal("99.90")),)
    with pytest.raises(StaleRecord) as refused:
        database.bus(CLERK).execute(order(shown, *mine))
    (change,) = refused.value.changes
    theirs = window(database, plan).composition
    assert (change.who, change.field, change.before, change.after) == ("Ana Administradora", "composition", (), theirs)
    with pytest.raises(StaleRecord):
        database.bus(CLERK).execute(replace(back(shown), seen=mine))  # type: ignore[arg-type]
    assert said(window(database, plan).composition) == said(PARTS)


def test_what_others_saved_of_the_plan_besides_does_not_stand_in_the_way(database: Database) -> None:
    plan = a_plan(database)
    shown = window(database, plan)
    as_job(database, "UPDATE desk.customer_plans SET reference = 'Casa' WHERE id = %s", plan.id)
    database.bus(CLERK).execute(order(shown))
    assert said(window(database, plan).composition) == said(PARTS)


def test_another_value_is_stale_and_names_it(database: Database) -> None:
    plan = a_plan(database)
    shown = window(database, plan)
    with database.admin().transaction():
        # As somebody who may: Alterar Valor is written to the log like any change of a row.
        database.connect(BOSS).execute("UPDATE desk.customer_plans SET value = 120 WHERE id = %s", (plan.id,))
    with pytest.raises(StaleRecord) as refused:
        database.bus(CLERK).execute(order(shown))
    assert [(each.field, each.who) for each in refused.value.changes] == [("value", "Ana Administradora")]


def test_bi_22_another_value_is_spread_over_the_parts(database: Database) -> None:
    plan = a_plan(database)
    database.bus(CLERK).execute(order(window(database, plan)))
    for value in ("149.90", "0.01", "0", "33.33", "1000"):
        before = window(database, plan).composition
        as_job(database, "UPDATE desk.customer_plans SET value = %s WHERE id = %s", Decimal(value), plan.id)
        after = window(database, plan)
        assert after.composition == spread(before, Decimal(value))
        assert after.composition_customized
    assert [part.description for part in window(database, plan).composition] == ["Conexão", "Antivírus"]


def test_mudar_plano_brings_the_new_plans_own_composition(database: Database) -> None:
    plan, into = a_plan(database), composed(database, ("Fibra", "SCM", "149.90"), price="149.90")
    bus = database.bus(CLERK)
    bus.execute(order(window(database, plan)))
    shown = window(database, plan)
    bus.execute(
        ChangeCatalogPlan(
            plan_id=plan.id, version=shown.row.version, catalog_plan_id=into.id, value=into.price, reason="Upgrade"
        )
    )
    after = window(database, plan)
    assert (after.composition_customized, said(after.composition)) == (False, [("Fibra", "SCM", "149.90")])
    assert database.admin().execute("SELECT count(*) FROM desk.plan_composition_items").fetchone() == (0,)


def test_an_older_program_finds_every_plan_at_its_catalogues_composition(database: Database) -> None:
    """Back under a wall, whose guards would ask the administrator for a permission; the versions stay."""
    plan = a_plan(database)
    database.bus(CLERK).execute(order(window(database, plan)))
    version = window(database, plan).row.version
    with transaction(database.cluster.dsn(database.name)) as connection:
        command.downgrade(alembic_config(connection), "0018")
        found = connection.execute(text("SELECT composition_customized, version FROM desk.customer_plans")).all()
        command.upgrade(alembic_config(connection), "head")
    assert [tuple(row) for row in found] == [(False, version)]


def test_what_one_begins_from_is_the_catalogues_at_the_plans_value() -> None:
    parts = tuple(CompositionView(part.description, part.service_class, part.amount) for part in PARTS)
    assert said(first_parts(parts, PlanKind.INTERNET, "FIBRA", Decimal("49.95"))) == [
        ("Conexão", "SCM", "29.95"),
        ("Antivírus", "SVA", "20.00"),
    ]
    assert said(first_parts((), PlanKind.TV, "TV", Decimal("49.95"))) == [("TV", "SeAC", "49.95")]
    free = tuple(replace(part, amount=Decimal(0)) for part in parts)
    assert [part.amount for part in first_parts(free, PlanKind.INTERNET, "X", Decimal("5"))] == [Decimal(5), Decimal(0)]


MONEY = st.decimals(min_value=0, max_value=9_999_999, places=2)


@settings(max_examples=300)
@given(st.lists(MONEY, min_size=1, max_size=12), MONEY)
def test_spreading_keeps_the_sum_and_makes_no_part_negative(amounts: list[Decimal], value: Decimal) -> None:
    parts = tuple(CompositionView("x", ServiceClass.SCM, amount) for amount in amounts)
    found = spread(parts, value)
    assert sum(part.amount for part in found) == value
    assert all(part.amount >= 0 for part in found)
    total = sum(amounts)
    largest = max(range(len(amounts)), key=lambda at: (amounts[at], -at))
    for at, part in enumerate(found):
        if total and at != largest:
            assert 0 <= value * amounts[at] / total - part.amount < Decimal("0.01")


@pytest.mark.parametrize(
    ("amounts", "value"),
    [
        (("33.33", "33.33", "33.24"), "99.91"),
        (("0.01", "0.01", "0.01"), "0.02"),
        (("9999999.99", "0.01"), "9999999.99"),
        (("0", "0"), "10"),
        (("1.01",) * 7, "7.10"),
        (("59.90", "40"), "119.80"),
    ],
)
def test_the_database_spreads_to_the_cent_like_the_screens(
    database: Database, amounts: tuple[str, ...], value: str
) -> None:
    before = sum(map(Decimal, amounts), Decimal(0))
    plan = a_plan(database, value=before)
    parts = tuple(CompositionDraft(f"P{at}", ServiceClass.SCM, Decimal(each)) for at, each in enumerate(amounts))
    database.bus(CLERK).execute(order(window(database, plan), *parts))
    shown = window(database, plan).composition
    as_job(database, "UPDATE desk.customer_plans SET value = %s WHERE id = %s", Decimal(value), plan.id)
    assert window(database, plan).composition == spread(shown, Decimal(value))
