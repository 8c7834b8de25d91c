"""Radius logins: create, edit, password, delete, reveal; answers, rows, errors and denials."""

from __future__ import annotations

import pytest

from desk.services.core.errors import AlreadyExists, Invalid, NotAllowed, RevealRefused, StaleRecord
from desk.services.logins import (
    ChangePassword,
    CreateLogin,
    DeleteLogin,
    EditLogin,
    LoginInformation,
    LoginIsFree,
    NewLoginForm,
    RevealPassword,
    check_login,
    check_mac,
    check_password,
    generate_password,
)
from desk.services.logins.errors import (
    LastLogin,
    LoginNotFound,
    LoginTaken,
    NoMoreLogins,
    PlanItemsFixed,
    PlanTakesNoItems,
)
from tests.builders import a_plan
from tests.postgres import Database
from tests.services.test_plans import set_variable


def create(plan_id: int, login: str = "nova.casa", password: str = "k2m4p6r8") -> CreateLogin:
    return CreateLogin(plan_id=plan_id, login=login, password=password)


def test_a_new_login_is_known_to_radius_in_the_clear_and_to_the_vault_encrypted(database: Database) -> None:
    plan = a_plan(database)
    outcome = database.bus("atendente").execute(create(plan.id))
    admin = database.admin()
    assert admin.execute(
        "SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = %s", (outcome.value.login_id,)
    ).fetchone() == ("k2m4p6r8",)
    blob = admin.execute(
        "SELECT ciphertext FROM desk_vault.secrets WHERE kind = 'radius' AND owner = %s", (outcome.value.login_id,)
    ).fetchone()[0]
    assert b"k2m4p6r8" not in bytes(blob)
    assert [debt.topic for debt in outcome.owed] == ["radius_login"]
    assert admin.execute("SELECT action FROM desk.history_entries ORDER BY id DESC LIMIT 1").fetchone() == (
        "login.created",
    )


def test_a_password_reaches_no_log_and_no_history(database: Database) -> None:
    plan = a_plan(database)
    database.bus("administrador").execute(create(plan.id, password="zzsegredo9"))
    for table in ("change_log", "history_entries", "debts", "commands", "deleted_items"):
        rows = database.admin().execute(f"SELECT t::text FROM desk.{table} t").fetchall()  # type: ignore[arg-type]
        assert not any("zzsegredo9" in row[0] for row in rows), table
    assert "zzsegredo9" not in repr(create(plan.id, password="zzsegredo9"))


@pytest.mark.parametrize(
    ("login", "code"),
    [("", "required"), ("com espaço", "login_spaces"), ("a" * 65, "too_long"), ("tab\tx", "login_spaces")],
)
def test_shapes_of_logins(login: str, code: str) -> None:
    assert [found.code for found in check_login(login, forbid_accents=False)] == [code]


def test_ra_01_accents_by_variable_2(database: Database) -> None:
    plan = a_plan(database)
    database.bus("atendente").execute(create(plan.id, login="joão"))
    set_variable(database, "forbid_login_accents", "S")
    other = a_plan(database)
    with pytest.raises(Invalid) as refused:
        database.bus("atendente").execute(create(other.id, login="josé"))
    assert refused.value.violations[0].code == "login_accents"


def test_a_login_is_unique_whatever_the_case(database: Database) -> None:
    plan, other = a_plan(database, logins=("Casa.Um",)), a_plan(database)
    with pytest.raises(LoginTaken) as taken:
        database.bus("atendente").execute(create(other.id, login="casa.um"))
    assert isinstance(taken.value, AlreadyExists)
    free = database.bus("atendente").execute
    assert free(LoginIsFree("CASA.UM")).value is False
    assert free(LoginIsFree("casa.um", but=plan.logins[0].id)).value is True


def test_ra_02_the_catalogue_limits_how_many(database: Database) -> None:
    plan = a_plan(database)
    form = database.bus("atendente").execute(NewLoginForm(plan.id)).value
    for number in range(form.limit):
        database.bus("atendente").execute(create(plan.id, login=f"casa{number}"))
    with pytest.raises(NoMoreLogins):
        database.bus("atendente").execute(create(plan.id, login="demais"))


@pytest.mark.parametrize("status", ["EM_INSTALACAO", "SUSPENSO", "CANCELADO"])
def test_the_plans_status_decides_about_new_items(database: Database, status: str) -> None:
    plan = a_plan(database, status=status)
    with pytest.raises(PlanTakesNoItems):
        database.bus("administrador").execute(create(plan.id))


def test_editing_and_the_same_record_on_two_desks(database: Database) -> None:
    plan = a_plan(database, logins=("eva",))
    bus = database.bus("administrador")
    login = plan.logins[0]
    edit = EditLogin(login_id=login.id, version=1, login="eva.nova", fixed_ip="177.10.20.30", mac_lock="3c846a1f09b2")
    bus.execute(edit)
    shown = bus.execute(LoginInformation(login.id)).value
    assert (shown.login, shown.fixed_ip, shown.mac_lock) == ("eva.nova", "177.10.20.30", "3C:84:6A:1F:09:B2")
    with pytest.raises(StaleRecord):
        bus.execute(edit)


def test_items_of_a_suspended_plan_are_not_edited(database: Database) -> None:
    plan = a_plan(database, status="SUSPENSO", logins=("fabio",))
    with pytest.raises(PlanItemsFixed):
        database.bus("administrador").execute(ChangePassword(login_id=plan.logins[0].id, password="k2m4p6r8"))


def test_changing_the_password_needs_its_permission_and_not_the_one_to_see_it(database: Database) -> None:
    plan = a_plan(database, logins=("gil",))
    order = ChangePassword(login_id=plan.logins[0].id, password="nova2345")
    with pytest.raises(NotAllowed) as refused:
        database.bus("atendente").execute(order)
    assert refused.value.permission == "Editar Senha de Radius"
    database.bus("suporte").execute(order)
    assert database.admin().execute(
        "SELECT cleartext FROM desk_vault.radius_clear WHERE login_id = %s", (plan.logins[0].id,)
    ).fetchone() == ("nova2345",)


def test_seeing_a_password_needs_permission_and_leaves_a_trace(database: Database) -> None:
    plan = a_plan(database)
    login_id = database.bus("administrador").execute(create(plan.id)).value.login_id
    with pytest.raises(NotAllowed) as refused:
        database.bus("atendente").execute(RevealPassword(login_id=login_id))
    assert refused.value.permission == "Ver Senha Login Radius"
    shown = database.bus("suporte").execute(RevealPassword(login_id=login_id, reason="cliente esqueceu")).value
    assert shown.password == "k2m4p6r8"
    assert "k2m4p6r8" not in repr(shown)
    assert database.admin().execute("SELECT who, reason FROM desk_vault.tickets").fetchall() == [
        ("suporte", "cliente esqueceu")
    ]


def test_the_31st_look_of_an_hour_is_refused(database: Database) -> None:
    plan = a_plan(database)
    login_id = database.bus("administrador").execute(create(plan.id)).value.login_id
    for _ in range(30):
        database.bus("suporte").execute(RevealPassword(login_id=login_id))
    with pytest.raises(RevealRefused):
        database.bus("suporte").execute(RevealPassword(login_id=login_id))


def test_ra_20_a_deletion_is_remembered_and_frees_the_name(database: Database) -> None:
    plan = a_plan(database, logins=("hugo",))
    login = plan.logins[0]
    with pytest.raises(NotAllowed):
        database.bus("atendente").execute(DeleteLogin(login_id=login.id, version=1))
    outcome = database.bus("suporte").execute(DeleteLogin(login_id=login.id, version=1))
    admin = database.admin()
    assert admin.execute("SELECT kind, value, who, source FROM desk.deleted_items").fetchall() == [
        ("radius_login", "hugo", "suporte", "DESK")
    ]
    assert ("login.deleted",) in admin.execute("SELECT action FROM desk.history_entries").fetchall()
    assert admin.execute("SELECT count(*) FROM desk_vault.radius_clear").fetchone() == (0,)
    assert [debt.topic for debt in outcome.owed] == ["radius_login"]
    database.bus("atendente").execute(create(plan.id, login="hugo"))
    with pytest.raises(LoginNotFound):
        database.bus("suporte").execute(DeleteLogin(login_id=login.id, version=2))


def test_ra_21_the_last_login_stays_where_one_is_mandatory(database: Database) -> None:
    set_variable(database, "login_required", "S")
    plan = a_plan(database, logins=("iris",))
    with pytest.raises(LastLogin):
        database.bus("suporte").execute(DeleteLogin(login_id=plan.logins[0].id, version=1))


def test_ra_10_generated_passwords_have_no_look_alikes_and_pass_the_rules() -> None:
    made = {generate_password() for _ in range(300)}
    assert len(made) == 300
    for password in made:
        assert len(password) == 8
        assert not set(password) & set("l1I0oO")
        assert not list(check_password(password))


@pytest.mark.parametrize(
    ("mac", "fine"), [("3C:84:6A:1F:09:B2", True), ("3c84.6a1f.09b2", True), ("3C846A1F09G2", False)]
)
def test_shapes_of_macs(mac: str, fine: bool) -> None:
    assert (not list(check_mac(mac))) is fine
