"""People: first password, grants, activity, the last administrator, the own password; rows, errors, denials."""

from __future__ import annotations

import threading

import psycopg
import pytest
from sqlalchemy import text

from desk.services.core.errors import AlreadyExists, Invalid, NotAllowed, NotFound, StaleRecord
from desk.services.permissions import (
    ChangeOwnPassword,
    CreatePerson,
    People,
    Permission,
    PersonRow,
    ResetPassword,
    SavePerson,
    SetPersonActive,
    check_new_password,
    first_password,
)
from desk.services.permissions.errors import LastAdministrator, OwnActivity, PersonFixed
from tests.postgres import Database, password_of


def person(database: Database, role: str) -> PersonRow:
    return next(row for row in database.bus("administrador").execute(People()).value if row.role == role)


def create(database: Database, role: str = "caio", **more: object) -> PersonRow:
    order = CreatePerson(role=role, full_name="Caio Reis", password="primeira-senha-1", **more)  # type: ignore[arg-type]
    database.bus("administrador").execute(order)
    return person(database, role)


def saving(row: PersonRow, **changes: object) -> SavePerson:
    values = {"full_name": row.full_name, "job": row.job, "seller": row.seller, "version": row.version} | changes
    return SavePerson(role=row.role, **values)  # type: ignore[arg-type]


def test_a_new_person_can_sign_in_with_what_was_granted_and_nothing_more(database: Database) -> None:
    password = first_password()
    outcome = database.bus("administrador").execute(
        CreatePerson(
            role=" Bia.Nova ",
            full_name="Bia Nova",
            job="Balcão",
            seller=True,
            password=password,
            permissions=frozenset({"customers", "edit_plan_status"}),
        )
    )
    assert (outcome.value.role, outcome.changed) == ("bia.nova", {"people"})
    with database.connect("bia.nova", password=password) as connection:
        assert connection.execute("SELECT desk.holds('edit_plan_status'), desk.holds('users')").fetchone() == (
            True,
            False,
        )
    row = person(database, "bia.nova")
    assert row.permissions == {"customers", "edit_plan_status"}
    assert (row.job, row.seller, row.active, row.must_change_password) == ("Balcão", True, True, True)


def test_a_person_of_the_domain_has_no_password_to_change(database: Database) -> None:
    database.bus("administrador").execute(CreatePerson(role="dora", full_name="Dora do Domínio", password=None))
    kept = database.admin().execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'dora'").fetchone()
    assert kept == (None,)
    assert not person(database, "dora").must_change_password
    database.bus("administrador").execute(ResetPassword(role="dora", password="agora-com-senha-1"))
    with database.connect("dora", password="agora-com-senha-1") as connection:
        assert connection.execute("SELECT full_name FROM desk.me()").fetchone() == ("Dora do Domínio",)


def test_no_password_is_written_down_anywhere(database: Database) -> None:
    create(database)
    database.bus("administrador").execute(ResetPassword(role="caio", password="segunda-senha-22"))
    for table in ("change_log", "history_entries", "commands", "people"):
        rows = database.admin().execute(f"SELECT t::text FROM desk.{table} t").fetchall()  # type: ignore[arg-type]
        assert not any("senha-1" in row[0] or "senha-22" in row[0] or "SCRAM" in row[0] for row in rows), table


@pytest.mark.parametrize(
    ("role", "field"), [("", "role"), ("Com Espaço", "role"), ("postgres", "role"), ("desk_owner", "role")]
)
def test_logins_that_cannot_be(database: Database, role: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("administrador").execute(CreatePerson(role=role, full_name="Alguém", password="primeira-senha-1"))
    assert [found.field for found in refused.value.violations] == [field]


def test_a_login_is_given_once(database: Database) -> None:
    with pytest.raises(AlreadyExists) as refused:
        create(database, "atendente")
    assert refused.value.params["field"] == "role"


def test_permissions_change_by_their_difference(database: Database) -> None:
    row = create(database, permissions=frozenset({"customers", "edit_plan"}))
    bus = database.bus("administrador")
    bus.execute(saving(row, job="Balcão", granted=frozenset({"add_plan"}), revoked=frozenset({"edit_plan"})))
    after = person(database, "caio")
    assert (after.job, after.permissions) == ("Balcão", {"customers", "add_plan"})
    # What another administrator granted since the form was opened is none of its business.
    bus.execute(saving(after, granted=frozenset({"contract"})))
    bus.execute(saving(after, revoked=frozenset({"customers"})))
    assert person(database, "caio").permissions == {"add_plan", "contract"}


def test_a_name_that_moved_is_stale_but_a_reset_password_is_not(database: Database) -> None:
    seen = create(database)
    bus = database.bus("administrador")
    bus.execute(ResetPassword(role="caio", password="segunda-senha-22"))
    bus.execute(saving(seen, full_name="Caio Alves"))
    with pytest.raises(StaleRecord) as stale:
        bus.execute(saving(seen, full_name="Caio Outro"))
    assert [(change.field, change.after) for change in stale.value.changes] == [("full_name", "Caio Alves")]


def test_inactive_people_stay_out_until_they_are_taken_back(database: Database) -> None:
    create(database, permissions=frozenset({"customers"}))
    open_desk = database.connect("caio", password="primeira-senha-1")
    bus = database.bus("administrador")
    bus.execute(SetPersonActive(role="caio", active=False))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        open_desk.execute("SELECT count(*) FROM desk.customers")
    with pytest.raises(psycopg.OperationalError):
        database.connect("caio", password="primeira-senha-1")
    assert not person(database, "caio").active
    bus.execute(SetPersonActive(role="caio", active=True))
    database.connect("caio", password="primeira-senha-1").execute("SELECT count(*) FROM desk.customers")


def test_the_last_administrator_stays_and_nobody_inactivates_themselves(database: Database) -> None:
    me = person(database, "administrador")
    bus = database.bus("administrador")
    with pytest.raises(LastAdministrator):
        bus.execute(saving(me, revoked=frozenset({"users"})))
    with pytest.raises(OwnActivity):
        bus.execute(SetPersonActive(role="administrador", active=False))
    assert "users" in person(database, "administrador").permissions


def test_services_and_strangers_are_no_people(database: Database) -> None:
    bus = database.bus("administrador")
    assert "desk_worker" not in {row.role for row in bus.execute(People()).value}
    with pytest.raises(NotFound):
        bus.execute(SetPersonActive(role="desk_worker", active=False))
    with pytest.raises(PersonFixed):
        bus.execute(ResetPassword(role="desk_worker", password="outra-senha-123"))


def test_a_reset_password_works_and_the_old_one_does_not(database: Database) -> None:
    create(database)
    database.bus("administrador").execute(ResetPassword(role="caio", password="segunda-senha-22"))
    with pytest.raises(psycopg.OperationalError):
        database.connect("caio", password="primeira-senha-1")
    database.connect("caio", password="segunda-senha-22")
    assert person(database, "caio").must_change_password


@pytest.mark.parametrize("role", ["atendente", "suporte", "ninguem"])
def test_people_need_their_permission(database: Database, role: str) -> None:
    row = create(database)
    orders = (
        People(),
        CreatePerson(role="intruso", full_name="Intruso", password="primeira-senha-1"),
        saving(row, granted=frozenset({"users"})),
        SetPersonActive(role="caio", active=False),
        ResetPassword(role="caio", password="segunda-senha-22"),
    )
    for order in orders:
        with pytest.raises(NotAllowed) as refused:
            database.bus(role).execute(order)  # type: ignore[var-annotated]
        assert refused.value.permission == Permission.USERS.value
    assert person(database, "caio") == row


@pytest.mark.parametrize("turn", range(20))  # made inside: parallel workers must agree on the names of tests
def test_first_passwords_are_good_enough(turn: int) -> None:
    assert not list(check_new_password(first_password(), "caio"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("curta", "too_short"),
        ("suporte12345", "password_is_login"),
        ("aaaaaaaaaaaaaa", "password_common"),
        ("Senha1234567", "password_common"),
        (password_of("suporte"), "password_same"),
    ],
)
def test_own_passwords_that_are_refused(database: Database, password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("suporte").execute(ChangeOwnPassword(old=password_of("suporte"), password=password))
    assert [(found.field, found.code) for found in refused.value.violations] == [("password", code)]


def test_the_old_password_must_be_right(database: Database) -> None:
    with pytest.raises(Invalid) as refused:
        database.bus("suporte").execute(ChangeOwnPassword(old="qualquer-coisa", password="cavalo-verde-42"))
    assert [(found.field, found.code) for found in refused.value.violations] == [("old", "password_wrong")]
    database.connect("suporte")


def test_after_changing_the_own_password_this_desk_opens_connections_as_before(database: Database) -> None:
    database.admin().execute("UPDATE desk.people SET must_change_password = true WHERE role = 'suporte'")
    signed_in = database.signed_in("suporte")
    order = ChangeOwnPassword(old=password_of("suporte"), password="cavalo-verde-42")
    signed_in.bus.execute(order)
    assert "cavalo" not in repr(order)
    database.connect("suporte", password="cavalo-verde-42")
    with pytest.raises(psycopg.OperationalError):
        database.connect("suporte")
    answers: list[bool] = []
    together = threading.Barrier(3)

    def ask() -> None:
        with signed_in.sessions() as session:
            answers.append(session.execute(text("SELECT must_change_password FROM desk.me()")).scalar_one())
            together.wait(10)  # all three connections are in use at once, so two of them are new

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [False] * 3


def test_a_change_that_was_not_committed_leaves_the_old_password_working(database: Database) -> None:
    signed_in = database.signed_in("suporte")
    signed_in.way_in.learn("nunca-gravada-77")
    signed_in.way_in.connect().close()
