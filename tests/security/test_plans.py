"""Plans from psql: the same act fails with the same label as on screen."""

from __future__ import annotations

import pytest

from tests.security.scene import Scene, constraint

ADD = (
    "INSERT INTO desk.customer_plans (customer_id, catalog_plan_id, status, start_date, value, payment_method_id,"
    " due_day, business_unit_id{more}) SELECT p.customer_id, p.catalog_plan_id, {status}, p.start_date, {value},"
    " p.payment_method_id, {due_day}, p.business_unit_id{values} FROM desk.customer_plans p WHERE p.id = {{plan}}"
)


def add(
    status: str = "EM_INSTALACAO", value: str = "p.value", more: str = "", values: str = "", due: str = "10"
) -> str:
    """An INSERT of one more plan for the same customer."""
    return ADD.format(status=f"'{status}'", value=value, more=more, values=values, due_day=due)


UPDATE = "UPDATE desk.customer_plans SET {} WHERE id = {{plan}}"
WITHOUT_PERMISSION = [
    ("due_day = 25", "Editar Vencimento do Plano"),
    ("(due_day, reference) = ROW(25, 'x')", "Editar Dados do Plano"),
    ("last_close_date = '2020-01-01'", "Alterar Data de Último Fechamento"),
    ("value = 10", "Editar Dados do Plano"),
    ("reference = 'x'", "Editar Dados do Plano"),
    ("status = 'SUSPENSO'", "Editar Status de Planos"),
    ("status = 'CANCELADO'", "Cancelar Plano"),
    ("customer_id = customer_id + 1", "Trocar Dono de Plano"),
    ("catalog_plan_id = catalog_plan_id + 1", "Mudar Plano"),
    ("provisional_until = now() + interval '5 days'", "Editar Status de Planos"),
    ("installation_fee = 1", "Permite Editar a Taxa de Instalação"),
]


@pytest.mark.parametrize(("change", "label"), WITHOUT_PERMISSION)
def test_a_change_without_its_permission(scene: Scene, change: str, label: str) -> None:
    refused = scene.attack("ninguem", UPDATE.format(change))
    assert f'"{label}"' in (refused.diag.message_primary or "")
    assert constraint(refused).startswith("permission:")
    assert refused.diag.table_name == "customer_plans"


@pytest.mark.parametrize("role", ["ninguem", "suporte"])
def test_the_due_day_by_merge(scene: Scene, role: str) -> None:
    refused = scene.attack(
        role,
        "MERGE INTO desk.customer_plans p USING (SELECT {plan} AS id) w ON p.id = w.id"
        " WHEN MATCHED THEN UPDATE SET due_day = 25",
    )
    assert constraint(refused) == "permission:edit_due_day"


def test_a_lower_price_needs_the_permission_for_discounts(scene: Scene) -> None:
    assert constraint(scene.attack("atendente", UPDATE.format("value = value - 1"))) == "permission:discount"
    scene.run("atendente", "BEGIN", UPDATE.format("value = value + 1"), "ROLLBACK")


def test_a_cheaper_product_is_no_way_around_it(scene: Scene) -> None:
    scene.database.admin().execute(
        "BEGIN; SET LOCAL ROLE desk_job; INSERT INTO desk.catalog_plans (name, kind, service_group_id, price,"
        " allows_login, login_limit) SELECT 'CARO', 'internet', service_group_id, 500, true, 2 FROM desk.catalog_plans"
        " LIMIT 1; COMMIT"
    )
    dear = "catalog_plan_id = (SELECT id FROM desk.catalog_plans WHERE name = 'CARO')"
    with scene.holding("ninguem", "swap_catalog_plan", "edit_plan"):
        assert constraint(scene.attack("ninguem", UPDATE.format(dear))) == "permission:discount"
        assert constraint(scene.attack("ninguem", UPDATE.format(f"{dear}, value = 499"))) == "permission:discount"
        scene.run("ninguem", "BEGIN", UPDATE.format(f"{dear}, value = 500"), "ROLLBACK")


@pytest.mark.parametrize("held", ["edit_plan_status", "enable_suspended", "edit_plan"])
@pytest.mark.parametrize("change", ["status = 'HABILITADO'", "provisional_until = now() + interval '1 day'"])
def test_one_permission_of_two_does_not_enable(scene: Scene, held: str, change: str) -> None:
    with scene.holding("ninguem", held):
        refused = scene.attack("ninguem", f"UPDATE desk.customer_plans SET {change} WHERE id = {{suspended}}")
    missing = "enable_suspended" if held == "edit_plan_status" else "edit_plan_status"
    assert constraint(refused) == f"permission:{missing}"


@pytest.mark.parametrize(
    ("which", "status"),
    [
        ("plan", "EM_INSTALACAO"),
        ("plan", "EXPERIMENTANDO"),
        ("plan", "AGUARDANDO_AUTORIZACAO"),
        ("plan", "SUSPENSO_DEBITO"),
        ("plan", "SUSPENSAO_TEMPORARIA"),
        ("suspended", "EM_INSTALACAO"),
        ("suspended", "SUSPENSO_DEBITO"),
        ("awaiting", "EM_INSTALACAO"),
        ("awaiting", "SUSPENSO"),
        ("awaiting", "HABILITADO"),
        *(("cancelled", status) for status in ("HABILITADO", "SUSPENSO", "EM_INSTALACAO", "AGUARDANDO_AUTORIZACAO")),
    ],
)
def test_steps_that_nobody_may_take(scene: Scene, which: str, status: str) -> None:
    change = f"UPDATE desk.customer_plans SET status = '{status}' WHERE id = {{{which}}}"
    found = constraint(scene.attack("administrador", change))
    assert found in {"step:unknown", "step:temporary_suspension", "approval:missing"}


def test_access_of_a_plan_that_is_not_suspended_cannot_be_provisional(scene: Scene) -> None:
    for which in ("cancelled", "awaiting"):
        change = f"UPDATE desk.customer_plans SET provisional_until = now() + interval '1 day' WHERE id = {{{which}}}"
        assert constraint(scene.attack("administrador", change)) == "step:provisional"


def test_a_cancellation_is_of_today(scene: Scene) -> None:
    refused = scene.attack("administrador", UPDATE.format("status = 'CANCELADO', cancelled_on = '2020-01-01'"))
    assert constraint(refused) == "step:cancelled_on"


@pytest.mark.parametrize("status", ["HABILITADO", "SUSPENSO", "CANCELADO"])
def test_no_plan_begins_enabled(scene: Scene, status: str) -> None:
    assert constraint(scene.attack("administrador", add(status))) == "step:unknown"


def test_adding_needs_the_permission(scene: Scene) -> None:
    refused = scene.attack("ninguem", add())
    assert refused.diag.message_primary == 'Falta a permissão "Adicionar Plano"'


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (add(value="1"), "permission:edit_new_value"),
        (add(more=", installation_fee", values=", 7"), "permission:edit_installation_fee"),
        (add(due="25"), "permission:edit_due_day"),
        (add(more=", last_close_date", values=", '2020-01-01'::date"), "rule:insert"),
        (add(more=", created_by", values=", 'administrador'"), ""),
        (add(more=", created_at", values=", '2020-01-01'::timestamptz"), ""),
        (add(more=", number", values=", 7"), ""),
        (add(more=", version", values=", 7"), ""),
    ],
)
def test_what_an_insert_may_not_bring(scene: Scene, statement: str, kind: str) -> None:
    with scene.holding("ninguem", "add_plan"):
        assert constraint(scene.attack("ninguem", statement)) == kind


def test_overriding_the_identity(scene: Scene) -> None:
    statement = add(more=", id", values=", 7").replace(") SELECT", ") OVERRIDING SYSTEM VALUE SELECT")
    scene.attack("administrador", statement)
    scene.attack("administrador", add(more=", id", values=", 7"), state="428C9")
    scene.attack("administrador", "UPDATE desk.customers SET code = 1", state="428C9")


def test_a_catalogue_plan_that_requires_authorization_cannot_go_around_it(scene: Scene) -> None:
    admin = scene.database.admin()
    require = "UPDATE desk.catalog_plans SET requires_authorization = {} WHERE id = {}"
    for value in (True, False):
        with admin.transaction():
            admin.execute("SET LOCAL ROLE desk_job")
            admin.execute(require.format(value, scene.plan.catalog_plan_id))
        if value:
            for status in ("EM_INSTALACAO", "EXPERIMENTANDO"):
                assert constraint(scene.attack("administrador", add(status))) == "step:authorization"


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE desk.customer_plans SET deleted_at = now() WHERE id = {awaiting}", "permission:delete_plan"),
        ("SELECT desk.delete_access_points(1)", ""),
        ("DELETE FROM desk.customer_plans WHERE id = {plan}", ""),
        ("DELETE FROM desk.customers WHERE id = {customer}", ""),
        ("MERGE INTO desk.customer_plans p USING (SELECT 1) w ON true WHEN MATCHED THEN DELETE", ""),
        ("TRUNCATE desk.customer_plans CASCADE", ""),
        ("TRUNCATE desk.customers", ""),
        ("UPDATE desk.radius_logins SET deleted_at = now() WHERE id = {login}", "permission:delete_radius_login"),
        ("UPDATE desk.radius_logins SET fixed_ip = '192.0.2.9' WHERE id = {login}", "permission:edit_plan"),
        ("UPDATE desk.radius_logins SET plan_id = {suspended} WHERE id = {login}", ""),
        ("INSERT INTO desk.radius_logins (plan_id, login) VALUES ({plan}, 'outro')", "permission:edit_plan"),
        ("UPDATE desk.customers SET name = 'x' WHERE id = {customer}", "permission:edit_customer"),
        ("UPDATE desk.customers SET active = false WHERE id = {customer}", "permission:edit_customer"),
        ("UPDATE desk.customers SET last_plan_number = 0", ""),
        ("UPDATE desk.plan_statuses SET grants_access = true", "permission:plan_statuses"),
        ("UPDATE desk.variables SET value = 'S'", "permission:variables"),
        ("UPDATE desk.catalog_plans SET price = 0", "permission:catalog"),
        ("UPDATE desk.routing_servers SET host = '198.51.100.1'", "permission:routing_servers"),
        ("UPDATE desk.installation SET settle_by = 'worker'", ""),
        ("UPDATE desk.permissions SET label = 'x'", ""),
    ],
)
def test_other_tables_without_permission(scene: Scene, statement: str, kind: str) -> None:
    if "delete_access_points" in statement:
        # Nothing to delete is nothing to refuse.
        assert scene.run("ninguem", statement) == [(False,)]
        return
    assert constraint(scene.attack("ninguem", statement)) == kind


def test_nobody_moves_a_system_status_to_another_group(scene: Scene) -> None:
    change = "UPDATE desk.plan_statuses SET grants_access = true WHERE code = 'SUSPENSO'"
    assert constraint(scene.attack("administrador", change)) == "rule:system_status"


@pytest.mark.parametrize("isolation", ["REPEATABLE READ", "SERIALIZABLE"])
def test_writes_need_read_committed(scene: Scene, isolation: str) -> None:
    begin = f"SET TRANSACTION ISOLATION LEVEL {isolation}"
    assert constraint(scene.attack("administrador", begin, UPDATE.format("due_day = 11"))) == "isolation"


def test_a_poisoned_search_path(scene: Scene) -> None:
    for path in ("pg_temp, desk", "desk, pg_catalog", "public, pg_catalog"):
        refused = scene.attack("ninguem", f"SET LOCAL search_path = {path}", UPDATE.format("due_day = 25"))
        assert constraint(refused) == "permission:edit_due_day"
