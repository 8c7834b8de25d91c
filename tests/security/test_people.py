"""People: only who holds "Usuários" changes them, and not everything even then."""

from __future__ import annotations

import contextlib
from pathlib import Path

import psycopg
import pytest

from desk.bootstrap import sign_in
from desk.services.core.errors import WrongPassword
from tests.postgres import password_of
from tests.security.scene import Scene, constraint

VERIFIER = f"SCRAM-SHA-256$4096:{'A' * 22}==${'A' * 43}=:{'A' * 43}="
CALLS = [
    f"SELECT desk.person_create('novo', 'Novo', '', '{VERIFIER}')",
    "SELECT desk.person_update('ninguem', 'Outro', '', false)",
    f"SELECT desk.person_password('administrador', '{VERIFIER}')",
    "SELECT desk.person_active('ninguem', false)",
    "SELECT desk.person_disconnect('atendente')",
    "SELECT desk.person_grant('suporte', 'users')",
    "SELECT desk.person_revoke('administrador', 'users')",
    "SELECT desk.may_change('ninguem')",
]


@pytest.mark.parametrize("call", CALLS)
def test_each_needs_the_permission(scene: Scene, call: str) -> None:
    refused = scene.attack("suporte", call)
    assert constraint(refused) == ("" if "may_change" in call else "permission:users")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO desk.person_permissions VALUES ('suporte', 'users')",
        "UPDATE desk.person_permissions SET role = 'suporte'",
        "DELETE FROM desk.person_permissions WHERE role = 'suporte'",
        "UPDATE desk.people SET active = true",
        "INSERT INTO desk.people (role, full_name) VALUES ('postgres', 'x')",
    ],
)
def test_nobody_edits_grants_directly(scene: Scene, statement: str) -> None:
    for role in ("suporte", "administrador"):
        scene.attack(role, statement)


def test_a_negative_permission_cannot_be_put_down(scene: Scene) -> None:
    with scene.holding("ninguem", "no_combo_edit"):
        refused = scene.attack("ninguem", "SELECT desk.person_revoke('ninguem', 'no_combo_edit')")
    assert constraint(refused) == "permission:users"


@pytest.mark.parametrize(
    "target", ["postgres", "desk_worker", "radius", "desk_backup", "desk_owner", "desk_people", "inexistente", 'x"; --']
)
def test_the_administrator_reaches_people_only(scene: Scene, target: str) -> None:
    for call in (
        f"desk.person_password('{target}', '{VERIFIER}')",
        f"desk.person_active('{target}', true)",
        f"desk.person_grant('{target}', 'users')",
    ):
        assert constraint(scene.attack("administrador", f"SELECT {call}")) == "person:unknown"
    assert constraint(scene.attack("administrador", f"SELECT desk.person_disconnect('{target}')")) == "person:unknown"


@pytest.mark.parametrize(
    "login",
    [
        *("postgres", "pg_monitor", "desk_intruso", "desk", "radius", "public", "none", "all", "replication"),
        *("Maiusculo", "joão", "аtendente", "a", "1abc", "com espaço", 'a"b', "a'||'b", "", "x" * 40, "current_user"),
    ],
)
def test_reserved_and_odd_logins(scene: Scene, login: str) -> None:
    literal = login.replace("'", "''")
    scene.attack("administrador", f"SELECT desk.person_create('{literal}', 'x', '', '{VERIFIER}')", state="22023")


def test_an_existing_role_is_not_taken_over(scene: Scene) -> None:
    call = f"SELECT desk.person_create('ninguem', 'x', '', '{VERIFIER}')"
    scene.attack("administrador", call, state="23505")


@pytest.mark.parametrize("password", ["senha", "", "md5" + "a" * 32, VERIFIER.replace("4096", "1000"), VERIFIER + "x"])
def test_only_a_verifier_is_a_password(scene: Scene, password: str) -> None:
    for call in (
        f"desk.person_password('ninguem', '{password}')",
        f"desk.person_create('novo', 'x', '', '{password}')",
    ):
        assert constraint(scene.attack("administrador", f"SELECT {call}")) == "person:verifier"


def test_the_last_administrator_stays(scene: Scene) -> None:
    refused = scene.attack("administrador", "SELECT desk.person_revoke('administrador', 'users')")
    assert constraint(refused) == "person:last"
    assert (
        constraint(scene.attack("administrador", "SELECT desk.person_active('administrador', false)")) == "person:self"
    )
    with scene.holding("ninguem", "users"):
        scene.database.admin().execute("UPDATE desk.people SET active = false WHERE role = 'ninguem'")
        refused = scene.attack("administrador", "SELECT desk.person_revoke('administrador', 'users')")
        scene.database.admin().execute("UPDATE desk.people SET active = true WHERE role = 'ninguem'")
    assert constraint(refused) == "person:last"


def test_a_person_from_first_to_last_day(fresh: Scene) -> None:
    admin = fresh.database.admin()
    with contextlib.closing(fresh.database.connect("administrador")) as connection:
        encoded = password_of("novo").encode()
        verifier = connection.pgconn.encrypt_password(encoded, b"novo", b"scram-sha-256").decode()
        connection.execute("SELECT desk.person_create('novo', 'Nina Nova', 'Balcão', %s)", (verifier,))
        connection.execute("SELECT desk.person_grant('novo', 'edit_due_day')")
    session = fresh.database.connect("novo")
    me = session.execute("SELECT full_name, must_change_password, permissions FROM desk.me()").fetchone()
    assert me == ("Nina Nova", True, ["edit_due_day"])
    change = f"UPDATE desk.customer_plans SET due_day = %s WHERE id = {fresh.plan.id}"
    session.execute(change, (20,))
    fresh.run("administrador", "SELECT desk.person_revoke('novo', 'edit_due_day')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="Editar Vencimento do Plano"):
        session.execute(change, (21,))
    fresh.run("administrador", "SELECT desk.person_active('novo', false)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute("SELECT * FROM desk.customers")
    assert fresh.run("administrador", "SELECT desk.person_disconnect('novo')") == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        session.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError):
        fresh.database.connect("novo")
    logged = admin.execute("SELECT DISTINCT who FROM desk.change_log WHERE key LIKE 'novo%'")
    assert logged.fetchall() == [("administrador",)]


def test_a_reset_password_is_known_to_be_somebody_elses(fresh: Scene) -> None:
    fresh.run("administrador", f"SELECT desk.person_password('ninguem', '{VERIFIER}')")
    row = fresh.database.admin().execute(
        "SELECT must_change_password, password_by FROM desk.people WHERE role = 'ninguem'"
    )
    assert row.fetchone() == (True, "administrador")


def test_whoever_has_no_password_is_let_in_by_none(
    fresh: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh.run("administrador", "SELECT desk.person_create('novo', 'Do Domínio', '', NULL)")
    # Nor does a password that somebody who shares this machine left lying about stand in for none.
    kept = tmp_path / "pgpass"
    kept.write_text(f"*:*:*:*:{password_of('ninguem')}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    for password in ("", " ", "novo", "NULL", password_of("novo"), password_of("ninguem"), VERIFIER):
        with pytest.raises(psycopg.OperationalError):
            fresh.database.connect("novo", password=password)
        with pytest.raises(WrongPassword):
            sign_in(fresh.database.server(), "novo", password)
    with pytest.raises(WrongPassword):
        sign_in(fresh.database.server(), "ninguem", "")
