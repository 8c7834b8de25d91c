"""Plans: suspend, enable, enable provisionally, save, values, addresses; answers, rows, errors and denials."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from desk.models.people import Permission
from desk.services.core.database_errors import translate
from desk.services.core.errors import ForbiddenBy, Invalid, NotAllowed, StaleRecord
from desk.services.customers import AddAddress, AddressDraft, AddressRow, CustomerRecord, SaveAddress
from desk.services.plans import (
    PROVISIONAL,
    AddPlan,
    AddressKind,
    CustomerPlanTree,
    EnablePlan,
    EnableProvisionally,
    FollowDefaultAddress,
    OnePlan,
    PlanGroup,
    PlanRow,
    PlanWindow,
    PreviewStatusChange,
    RemoveValueDetail,
    SaveValueDetail,
    SetPlanAddress,
    SuspendPlan,
    ValueKind,
)
from desk.services.plans.errors import (
    AccessPointFull,
    AccessPointOverLimit,
    FactsMoved,
    NotSuspendedForDebt,
    PlanAlreadyEnabled,
    PlanCancelled,
    PlanNotActive,
    PlanNotFound,
    ProvisionalTooSoon,
)
from tests.builders import a_customer, a_plan, an_access_point, company_day
from tests.orders import saving
from tests.postgres import Database

HISTORY = "SELECT action, who FROM desk.history_entries WHERE plan_id = %s ORDER BY id"
STATUSES = "SELECT from_status, to_status, who, reason FROM desk.plan_status_history WHERE plan_id = %s ORDER BY id"


def one(database: Database, plan_id: int) -> PlanRow:
    return database.bus("atendente").execute(OnePlan(plan_id)).value


def set_variable(database: Database, code: str, value: str) -> None:
    as_job(database, "UPDATE desk.variables SET value = %s WHERE code = %s", value, code)


def as_job(database: Database, sql: str, *values: object) -> None:
    """As the only role that the guards let pass, as jobs and loaders do."""
    admin = database.admin()
    admin.execute("SET ROLE desk_job")
    admin.execute(sql, values)
    admin.execute("RESET ROLE")


def suspend(row: PlanRow, **more: object) -> SuspendPlan:
    return SuspendPlan(plan_id=row.id, reason="A pedido do cliente", version=row.version, **more)  # type: ignore[arg-type]


def test_st_13_suspending_moves_the_plan_and_says_who_and_why(database: Database) -> None:
    plan = a_plan(database, logins=("ana.silva", "ana.camera"))
    outcome = database.bus("atendente").execute(suspend(one(database, plan.id)))
    row = one(database, plan.id)
    assert (row.status, row.group) == ("SUSPENSO", PlanGroup.INACTIVE)
    assert [login.allowed for login in row.logins] == [False, False]
    assert outcome.value.version == row.version
    assert outcome.changed == {f"plans/{plan.customer_id}", f"history/{plan.customer_id}"}
    assert {debt.topic for debt in outcome.owed} == {"radius_login"}
    assert len(outcome.owed) == 2
    admin = database.admin()
    assert admin.execute(HISTORY, (plan.id,)).fetchall()[-1] == ("plan.suspended", "atendente")
    assert admin.execute(STATUSES, (plan.id,)).fetchall()[-1] == (
        "HABILITADO",
        "SUSPENSO",
        "atendente",
        "A pedido do cliente",
    )


def test_only_an_enabled_plan_is_suspended(database: Database) -> None:
    plan = a_plan(database, status="EM_INSTALACAO")
    with pytest.raises(PlanNotActive):
        database.bus("atendente").execute(suspend(one(database, plan.id)))


def test_suspending_needs_its_permission(database: Database) -> None:
    plan = a_plan(database)
    with pytest.raises(NotAllowed) as refused:
        database.bus("suporte").execute(suspend(one(database, plan.id)))
    assert refused.value.permission == "Editar Status de Planos"
    assert one(database, plan.id).status == "HABILITADO"


def test_a_plan_that_moved_is_stale_and_says_who_moved_it(database: Database) -> None:
    plan = a_plan(database)
    seen = one(database, plan.id)
    database.bus("administrador").execute(saving(database, plan.id, reference="Loja"))
    with pytest.raises(StaleRecord) as stale:
        database.bus("atendente").execute(suspend(seen))
    change = next(c for c in stale.value.changes if c.field == "reference")
    assert (change.who, change.after) == ("Ana Administradora", "Loja")


def test_a_plan_that_is_gone(database: Database) -> None:
    with pytest.raises(PlanNotFound):
        database.bus("atendente").execute(SuspendPlan(plan_id=987654, reason="x", version=1))


def test_st_16_enabling_a_suspended_plan_needs_both_permissions(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO")
    row = one(database, plan.id)
    order = EnablePlan(plan_id=plan.id, reason="Fim da suspensão", version=row.version)
    with pytest.raises(NotAllowed) as refused:
        database.bus("atendente").execute(order)
    assert refused.value.permission == "Habilitar Planos Suspensos"
    database.bus("financeiro").execute(order)
    assert one(database, plan.id).status == "HABILITADO"


def test_st_11_the_first_activation_is_kept_for_good(database: Database) -> None:
    plan = a_plan(database, status="EM_INSTALACAO")
    bus = database.bus("administrador")
    bus.execute(EnablePlan(plan_id=plan.id, reason="Instalação concluída", version=one(database, plan.id).version))
    first = bus.execute(PlanWindow(plan.id)).value.first_activation_date
    assert first is not None
    bus.execute(suspend(one(database, plan.id)))
    bus.execute(EnablePlan(plan_id=plan.id, reason="Outro", version=one(database, plan.id).version))
    assert bus.execute(PlanWindow(plan.id)).value.first_activation_date == first


def test_st_12_variable_1_moves_the_start_after_a_trial(database: Database) -> None:
    for value, moved in (("N", False), ("S", True)):
        set_variable(database, "start_date_after_trial", value)
        plan = a_plan(database, status="EXPERIMENTANDO", start_date=dt.date(2026, 1, 5))
        bus = database.bus("administrador")
        bus.execute(EnablePlan(plan_id=plan.id, reason="Outro", version=one(database, plan.id).version))
        start = bus.execute(PlanWindow(plan.id)).value.start_date
        assert (start != dt.date(2026, 1, 5)) is moved


@pytest.mark.parametrize("value", ["N", "S"])
@pytest.mark.parametrize("status", ["EXPERIMENTANDO", "EM_INSTALACAO", "SUSPENSO", "SUSPENSO_DEBITO"])
def test_st_12_variable_1_moves_the_start_to_the_day_a_trial_ends_and_of_no_other_plan(
    database: Database, status: str, value: str
) -> None:
    set_variable(database, "start_date_after_trial", value)
    begun = dt.date(2026, 1, 5)
    plan = a_plan(database, status=status, start_date=begun)
    bus = database.bus("administrador")
    bus.execute(EnablePlan(plan_id=plan.id, reason="Outro", version=one(database, plan.id).version))
    (today,) = database.admin().execute("SELECT desk.today()").fetchone() or ()
    wanted = today if (status, value) == ("EXPERIMENTANDO", "S") else begun
    assert one(database, plan.id).status == "HABILITADO"
    assert bus.execute(PlanWindow(plan.id)).value.start_date == wanted


@pytest.mark.parametrize(
    ("status", "error"),
    [("HABILITADO", PlanAlreadyEnabled), ("CANCELADO", PlanCancelled)],
)
def test_plans_that_cannot_be_enabled(database: Database, status: str, error: type[Exception]) -> None:
    plan = a_plan(database, status=status)
    with pytest.raises(error):
        database.bus("administrador").execute(
            EnablePlan(plan_id=plan.id, reason="Outro", version=one(database, plan.id).version)
        )


def test_st_17_provisional_access_until_the_end_of_a_day(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO", logins=("bia",))
    row = one(database, plan.id)
    until = company_day() + dt.timedelta(days=2)
    outcome = database.bus("financeiro").execute(
        EnableProvisionally(plan_id=plan.id, until=until, reason="Pagamento confirmado", version=row.version)
    )
    after = one(database, plan.id)
    assert after.status == "SUSPENSO_DEBITO"
    assert after.provisional_until is not None
    assert after.provisional_day == until  # in the company's zone, wherever the desk's computer thinks it is
    assert after.logins[0].allowed
    assert {"radius_login", "plan_provisional"} == {debt.topic for debt in outcome.owed}
    with pytest.raises(ProvisionalTooSoon):
        database.bus("financeiro").execute(
            EnableProvisionally(plan_id=plan.id, until=until, reason="Outro", version=after.version)
        )


def test_provisional_access_has_a_longest_time(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO")
    with pytest.raises(Invalid) as refused:
        database.bus("financeiro").execute(
            EnableProvisionally(
                plan_id=plan.id,
                until=company_day() + dt.timedelta(days=60),
                reason="Outro",
                version=one(database, plan.id).version,
            )
        )
    assert refused.value.violations[0].code == "provisional_range"


def test_provisional_access_is_for_plans_in_debt(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO")
    with pytest.raises(NotSuspendedForDebt):
        database.bus("financeiro").execute(
            EnableProvisionally(
                plan_id=plan.id, until=company_day(), reason="Outro", version=one(database, plan.id).version
            )
        )


def test_the_card_says_what_will_happen_and_is_refused_when_the_facts_moved(database: Database) -> None:
    plan = a_plan(database, logins=("caio", "caio.tv"))
    bus = database.bus("atendente")
    card = bus.execute(PreviewStatusChange(plan_id=plan.id, target="SUSPENSO")).value
    assert [(line.system, line.thing, line.before, line.after) for line in card.network] == [
        ("radius", "caio", "allowed", "blocked"),
        ("radius", "caio.tv", "allowed", "blocked"),
    ]
    assert (card.bills_now, card.bills_then) == (True, False)
    as_job(database, "UPDATE desk.radius_logins SET login = 'caio.novo' WHERE login = 'caio'")
    with pytest.raises(FactsMoved):
        bus.execute(suspend(one(database, plan.id), facts=card.facts))
    card = bus.execute(PreviewStatusChange(plan_id=plan.id, target="SUSPENSO")).value
    bus.execute(suspend(one(database, plan.id), facts=card.facts))


def test_a_provisional_card(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO_DEBITO", logins=("dora",))
    card = database.bus("atendente").execute(PreviewStatusChange(plan_id=plan.id, target=PROVISIONAL)).value
    assert [(line.before, line.after) for line in card.network] == [("blocked", "allowed")]


def test_pl_23_the_reference_is_saved_and_shown_in_the_title(database: Database) -> None:
    plan = a_plan(database)
    database.bus("atendente").execute(saving(database, plan.id, reference="Casa da praia"))
    assert one(database, plan.id).title.endswith("– Casa da praia")


@pytest.mark.parametrize(
    ("field", "value", "permission"),
    [
        ("due_day", 25, "Editar Vencimento do Plano"),
        ("last_close_date", dt.date(2026, 1, 31), "Alterar Data de Último Fechamento"),
        ("reference", "outra", "Editar Dados do Plano"),
    ],
)
def test_each_field_asks_its_own_permission(database: Database, field: str, value: object, permission: str) -> None:
    """Whoever holds every other permission is refused for the lack of this one, by its label."""
    plan = a_plan(database)
    others = [each.code for each in Permission if not each.negative and each.value != permission]
    insert = "INSERT INTO desk.person_permissions (role, permission) SELECT 'ninguem', unnest(%s::text[])"
    database.admin().execute(insert, (others,))
    with pytest.raises(NotAllowed) as refused:
        database.bus("ninguem").execute(saving(database, plan.id, **{field: value}))
    assert refused.value.permission == permission
    database.bus("administrador").execute(saving(database, plan.id, **{field: value}))


def test_due_day_has_a_range(database: Database) -> None:
    plan = a_plan(database)
    with pytest.raises(Invalid):
        database.bus("administrador").execute(saving(database, plan.id, due_day=32))


def test_saving_nothing_changes_nothing(database: Database) -> None:
    plan = a_plan(database)
    before = one(database, plan.id).version
    assert database.bus("administrador").execute(saving(database, plan.id)).value.version == before


def test_pl_12_a_full_access_point_takes_no_more_plans(database: Database) -> None:
    set_variable(database, "limit_customers", "S")
    point = an_access_point(database, customer_limit=1)
    a_plan(database, access_point=point)
    plan = a_plan(database)
    with pytest.raises(AccessPointFull):
        database.bus("atendente").execute(saving(database, plan.id, access_point_id=point.id))
    over = saving(database, plan.id, access_point_id=point.id)
    with pytest.raises(AccessPointOverLimit):
        database.bus("administrador").execute(over)
    database.bus("administrador").execute(replace(over, confirmed=True))


def test_bi_10_to_13_discounts_and_surcharges(database: Database) -> None:
    plan = a_plan(database, value=Decimal("100.00"))
    bus = database.bus("administrador")
    today = company_day()
    with pytest.raises(Invalid) as refused:
        bus.execute(SaveValueDetail(plan_id=plan.id, kind=ValueKind.DISCOUNT, starts_on=today))
    assert refused.value.violations[0].code == "value_needed_first"
    bus.execute(
        SaveValueDetail(plan_id=plan.id, kind=ValueKind.DISCOUNT, percent=Decimal("12.5"), starts_on=today, months=3)
    )
    bus.execute(SaveValueDetail(plan_id=plan.id, kind=ValueKind.SURCHARGE, amount=Decimal("3.33"), starts_on=today))
    assert one(database, plan.id).total == Decimal("90.83")
    details = bus.execute(PlanWindow(plan.id)).value.details
    bus.execute(RemoveValueDetail(plan_id=plan.id, id=details[0].id))
    assert one(database, plan.id).total == Decimal("103.33")
    with pytest.raises(NotAllowed) as denied:
        database.bus("atendente").execute(
            SaveValueDetail(plan_id=plan.id, kind=ValueKind.DISCOUNT, amount=Decimal(1), starts_on=today)
        )
    assert denied.value.permission == "Dar Descontos em Planos"


def test_pl_30_to_34_addresses_follow_the_customer_until_they_do_not(database: Database) -> None:
    plan = a_plan(database)
    bus = database.bus("atendente")

    def tags() -> list[str]:
        return [address.follows for address in bus.execute(PlanWindow(plan.id)).value.addresses]

    assert tags() == ["PADRÃO-INSTALAÇÃO:", "PADRÃO:", "PADRÃO:"]
    city = bus.execute(PlanWindow(plan.id)).value.addresses[0].city_id
    assert city is not None
    bus.execute(
        SetPlanAddress(
            plan_id=plan.id,
            kind=AddressKind.BILLING,
            zip="87013000",
            street="Avenida Brasil",
            number="10",
            district="Centro",
            city_id=city,
        )
    )
    assert tags() == ["PADRÃO-INSTALAÇÃO:", "", "PADRÃO:"]
    bus.execute(FollowDefaultAddress(plan_id=plan.id, kind=AddressKind.BILLING))
    assert tags() == ["PADRÃO-INSTALAÇÃO:", "PADRÃO:", "PADRÃO:"]


def test_pl_31_to_34_what_the_record_changes_the_plan_shows(database: Database) -> None:
    """The first address is where it is installed, the second where bills go; with one only it serves for all."""
    plan = a_plan(database)
    bus = database.bus("administrador")

    def streets() -> list[str]:
        return [address.street for address in bus.execute(PlanWindow(plan.id)).value.addresses]

    def save(address: AddressRow, street: str) -> None:
        draft = AddressDraft(zip="87013000", street=street, number="7", district="Centro", city_id=address.city_id)
        bus.execute(SaveAddress(address_id=address.id, version=address.version, address=draft))

    def record() -> tuple[AddressRow, ...]:
        return bus.execute(CustomerRecord(plan.customer_id)).value.addresses

    (first,) = record()
    save(first, "Rua Nova")
    assert streets() == ["Rua Nova", "Rua Nova", "Rua Nova"]
    second = AddressDraft(
        zip="87013000", street="Avenida Brasil", number="10", district="Zona 1", city_id=first.city_id
    )
    bus.execute(AddAddress(customer_id=plan.customer_id, address=second))
    assert streets() == ["Rua Nova", "Avenida Brasil", "Avenida Brasil"]
    save(record()[1], "Avenida Colombo")
    assert streets() == ["Rua Nova", "Avenida Colombo", "Avenida Colombo"]


def test_pl_13_numbers_are_never_reused(database: Database) -> None:
    customer = a_customer(database)
    first = a_plan(database, customer=customer)
    second = a_plan(database, customer=customer)
    numbers = [plan.number for plan in _tree(database, customer.id)]
    assert numbers == [1, 2]
    for plan in (first, second):
        as_job(database, "DELETE FROM desk.customer_plans WHERE id = %s", plan.id)
    a_plan(database, customer=customer)
    assert [plan.number for plan in _tree(database, customer.id)] == [3]


def _tree(database: Database, customer_id: int) -> tuple[PlanRow, ...]:
    return database.bus("atendente").execute(CustomerPlanTree(customer_id)).value.plans


def test_st_10_contracting_a_plan_with_its_first_login(database: Database) -> None:
    model = a_plan(database)
    window = database.bus("administrador").execute(PlanWindow(model.id)).value
    order = AddPlan(
        customer_id=model.customer_id,
        catalog_plan_id=window.catalog_plan_id,
        business_unit_id=window.unit_id,
        reference="Sítio",
        start_date=company_day(),
        value=window.catalog_price,
        payment_method_id=window.payment_method_id,
        due_day=10,
        login="sitio.novo",
        password="abcd2345",
    )
    saved = database.bus("administrador").execute(order).value
    row = one(database, saved.plan_id)
    assert (row.status, row.number, [login.login for login in row.logins]) == ("EM_INSTALACAO", 2, ["sitio.novo"])
    with pytest.raises(NotAllowed):
        database.bus("suporte").execute(order)


def test_steps_nobody_may_take_are_refused_by_the_database(database: Database) -> None:
    plan = a_plan(database)
    connection = database.connect("administrador")
    with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
        connection.execute("UPDATE desk.customer_plans SET status = 'SUSPENSO_DEBITO' WHERE id = %s", (plan.id,))
    told = translate(refused.value)
    assert isinstance(told, ForbiddenBy)
    assert told.params["what"] == "Este status não pode ser mudado assim"
