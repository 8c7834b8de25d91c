"""The server itself: roles, objects, settings, files, other sessions."""

from __future__ import annotations

import contextlib

import psycopg
import pytest

from desk.models.wall_roles import INTERNAL
from tests.security.scene import Scene

REFUSED = [
    # roles
    *(f"SET ROLE {role}" for role in (*INTERNAL, "desk_worker", "postgres", "atendente", "radius", "desk_backup")),
    *("SET SESSION AUTHORIZATION atendente", "SET SESSION AUTHORIZATION desk_owner"),
    *(f"GRANT {role} TO suporte" for role in (*INTERNAL, "desk_operator", "pg_read_server_files", "atendente")),
    *("GRANT suporte TO ninguem", "CREATE ROLE intruso LOGIN", "CREATE USER intruso", "DROP ROLE ninguem"),
    *("ALTER ROLE ninguem PASSWORD 'x'", "ALTER ROLE suporte CREATEROLE", "ALTER ROLE suporte SUPERUSER"),
    *("ALTER ROLE suporte CONNECTION LIMIT -1", "ALTER ROLE suporte VALID UNTIL 'infinity'"),
    "ALTER ROLE desk_worker PASSWORD 'x'",
    "ALTER ROLE suporte SET session_replication_role = replica",
    # objects of one's own
    *("CREATE TABLE desk.mine (a int)", "CREATE TABLE public.mine (a int)", "CREATE TEMP TABLE mine (a int)"),
    *("CREATE SCHEMA mine", "CREATE VIEW desk.mine AS SELECT 1", "CREATE SEQUENCE desk.mine"),
    "CREATE FUNCTION desk.need(text) RETURNS void LANGUAGE sql AS 'SELECT'",
    "CREATE FUNCTION public.mine() RETURNS void LANGUAGE sql AS 'SELECT'",
    "CREATE FUNCTION pg_temp.mine() RETURNS void LANGUAGE sql AS 'SELECT'",
    "DO $$ BEGIN CREATE TEMP TABLE people AS SELECT 1 AS a; END $$",
    "CREATE OPERATOR public.=== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
    "CREATE TYPE desk.mine AS (a int)",
    # ours
    "CREATE OR REPLACE FUNCTION desk.need(any_of text[], tbl text, col text) RETURNS void LANGUAGE sql AS 'SELECT'",
    "ALTER FUNCTION desk.need(text[], text, text) SECURITY INVOKER",
    "ALTER FUNCTION desk.need(text[], text, text) SET search_path = pg_temp",
    "DROP FUNCTION desk.need(text[], text, text) CASCADE",
    "ALTER TABLE desk.customer_plans DISABLE TRIGGER zz_guard",
    "ALTER TABLE desk.customer_plans DISABLE TRIGGER ALL",
    "DROP TRIGGER zz_guard ON desk.customer_plans",
    "CREATE TRIGGER aaa BEFORE UPDATE ON desk.customer_plans FOR EACH ROW EXECUTE FUNCTION"
    " suppress_redundant_updates_trigger()",
    "CREATE RULE mine AS ON UPDATE TO desk.customer_plans DO INSTEAD NOTHING",
    "CREATE POLICY mine ON desk.customer_plans USING (true)",
    "ALTER TABLE desk.customer_plans OWNER TO suporte",
    "GRANT SELECT ON desk_vault.radius_clear TO ninguem",
    "CREATE INDEX ON desk.customer_plans (due_day)",
    "SELECT desk.owe('radius_login', '1', 1, 1)",
    "SELECT desk.leased('radius_login', '1', gen_random_uuid())",
    "SELECT desk.janitor()",
    "SELECT desk.facts_of(p) FROM desk.customer_plans p",
    # settings
    *("SET session_replication_role = replica", "SELECT set_config('session_replication_role', 'replica', false)"),
    *("SET log_statement = 'none'", "SET log_min_messages = panic", "SET log_parameter_max_length = -1"),
    *("SET log_min_duration_statement = -1", "SELECT pg_reload_conf()"),
    "SET temp_file_limit = -1",
    # files, programs, libraries
    *("SELECT pg_read_file('/etc/hostname')", "SELECT pg_ls_dir('/')", "SELECT pg_stat_file('/')"),
    *("COPY desk.people TO '/tmp/x'", "COPY desk.customer_phones (number) FROM '/etc/hostname'"),
    *("COPY desk.people TO PROGRAM 'cat'", "COPY desk.customer_phones (number) FROM PROGRAM 'id'"),
    *("SELECT lo_import('/etc/hostname')", "SELECT lo_export(1, '/tmp/x')", "SELECT lo_create(0)"),
    *("SELECT lo_creat(-1)", "SELECT lo_from_bytea(0, 'x')", "LOAD 'plperl'"),
    *(
        "CREATE EXTENSION dblink SCHEMA desk",
        "CREATE EXTENSION postgres_fdw SCHEMA desk",
        "CREATE EXTENSION file_fdw SCHEMA desk",
    ),
    *("CREATE SERVER mine FOREIGN DATA WRAPPER none", "CREATE PUBLICATION mine FOR ALL TABLES"),
    *("SELECT pg_create_physical_replication_slot('mine')", "SELECT pg_switch_wal()"),
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    # other people
    *(
        "SELECT * FROM pg_authid",
        "SELECT * FROM pg_shadow",
        "SELECT * FROM pg_statistic",
        "SELECT * FROM pg_hba_file_rules",
    ),
    # locks and counters
    *("SELECT pg_advisory_lock(1)", "SELECT pg_try_advisory_xact_lock(1)", "SELECT pg_advisory_xact_lock_shared(1, 2)"),
    *("LOCK TABLE desk.customer_plans IN ACCESS EXCLUSIVE MODE", "LOCK TABLE desk.people IN SHARE MODE"),
    *("SELECT FROM desk.permissions FOR UPDATE", "SELECT FROM desk.person_permissions FOR SHARE"),
    *("SELECT FROM desk.people FOR KEY SHARE", "SELECT FROM desk.installation FOR UPDATE"),
    *("SELECT setval('desk.customers_id_seq', 1)", "SELECT nextval('desk.customer_plans_id_seq')"),
    *("SELECT nextval('desk.change_log_id')", "SELECT last_value FROM desk.customers_id_seq"),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_a_clerk_has_no_way_around(scene: Scene, statement: str) -> None:
    scene.attack("suporte", statement.replace("{", "{{").replace("}", "}}"), state=STATES.get(statement, "42501"))


# Refused for another reason, and refused all the same.
STATES = {
    "CREATE SERVER mine FOREIGN DATA WRAPPER none": "42704",
    "UPDATE radius_api.radcheck SET value = 'x'": "55000",
}


@pytest.mark.parametrize("statement", ["CREATE DATABASE mine", "ALTER SYSTEM SET jit = on"])
def test_what_runs_outside_transactions(scene: Scene, statement: str) -> None:
    before = scene.state()
    connection = scene.database.connect("suporte")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())
    assert scene.state() == before


def test_nobody_renames_himself(scene: Scene) -> None:
    scene.attack("suporte", "ALTER ROLE suporte RENAME TO administrador2", state="0A000")


def test_a_grant_cannot_be_passed_on(scene: Scene) -> None:
    before = scene.state()
    for grant in ("UPDATE (due_day)", "SELECT", "UPDATE"):
        scene.run("suporte", f"GRANT {grant} ON desk.customer_plans TO radius")  # only a warning
    held = "SELECT has_table_privilege('radius', 'desk.customer_plans', 'SELECT')"
    assert scene.database.admin().execute(held).fetchone() == (False,)
    assert scene.state() == before


def test_prepared_transactions_are_switched_off(scene: Scene) -> None:
    scene.attack("suporte", "SELECT 1", "PREPARE TRANSACTION 'mine'", state="55000")


def test_another_persons_session_stays(scene: Scene) -> None:
    other = scene.database.connect("atendente")
    pid = other.info.backend_pid
    for function in ("pg_terminate_backend", "pg_cancel_backend"):
        scene.attack("suporte", f"SELECT {function}({pid})")
    assert other.execute("SELECT 1").fetchone() == (1,)
    seen = scene.run("suporte", f"SELECT query FROM pg_stat_activity WHERE pid = {pid}")
    assert seen == [("<insufficient privilege>",)]


def test_statistics_tell_nothing_of_the_vault(scene: Scene) -> None:
    scene.database.admin().execute("ANALYZE desk_vault.radius_clear")
    assert scene.run("suporte", "SELECT * FROM pg_stats WHERE schemaname = 'desk_vault'") == []


@pytest.mark.parametrize("database", ["postgres", "template1"])
@pytest.mark.parametrize("role", ["suporte", "ninguem"])
def test_no_door_to_the_databases_next_door(scene: Scene, database: str, role: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(scene.database.cluster.dsn(database, role))


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("radius", "SELECT * FROM desk.customers"),
        ("radius", "SELECT * FROM desk_vault.radius_clear"),
        ("radius", "SELECT * FROM radius_api.decisions"),
        ("radius", "INSERT INTO desk.radius_logins (plan_id, login) VALUES ({plan}, 'x')"),
        ("radius", "SELECT desk.me()"),
        ("radius", "DELETE FROM radius_api.radacct"),
        ("radius", "UPDATE radius_api.radcheck SET value = 'x'"),
        ("desk_worker", "SELECT * FROM desk_vault.secrets"),
        ("desk_worker", "UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan}"),
        ("desk_worker", "UPDATE desk.customer_plans SET status = 'HABILITADO' WHERE id = {suspended}"),
        ("desk_worker", "SELECT desk.ask_reveal('radius', {login}, '')"),
        ("desk_worker", "SELECT desk.person_grant('desk_worker', 'users')"),
        ("desk_worker", "SET ROLE desk_job"),
        ("desk_backup", "UPDATE desk.customer_plans SET due_day = 25"),
        ("desk_backup", "SELECT desk.ask_reveal('radius', {login}, '')"),
        ("desk_backup", "SELECT desk_vault.master()"),
        ("desk_backup", "SET ROLE desk_owner"),
    ],
)
def test_services_and_daemons_reach_no_further(scene: Scene, role: str, statement: str) -> None:
    set_password(scene, role)
    scene.attack(role, statement, state=STATES.get(statement, "42501"))


def test_the_backup_role_sees_no_cleartext(scene: Scene) -> None:
    set_password(scene, "desk_backup")
    assert scene.run("desk_backup", "SELECT * FROM desk_vault.radius_clear") == []


def test_the_janitor_ends_who_holds_others_up(fresh: Scene) -> None:
    set_password(fresh, "desk_worker")
    with contextlib.closing(fresh.database.connect("atendente", autocommit=False)) as idle:
        idle.execute("SELECT 1")
        assert fresh.run("desk_worker", "SELECT desk.janitor()") == [(0,)]


def set_password(scene: Scene, role: str) -> None:
    """What IT does once; the tests sign in with the password of everybody."""
    admin = scene.database.admin()
    admin.execute(f"ALTER ROLE {role} PASSWORD '{role}-senha-1'".encode())
