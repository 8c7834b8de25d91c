"""Ways that lead around a wall instead of through it: settings, ownership, other statements, forged lines, size."""

from __future__ import annotations

import contextlib
import re
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from desk.models import wall
from desk.services.core.database_errors import translate
from desk.ui.core.messages import explain
from tests.security.scene import Scene, constraint

# What everybody may do on what is granted to whom.
_RIGHTS = """
SELECT md5(string_agg(t, ' ' ORDER BY t)) FROM (
  SELECT c.oid::regclass || ' ' || COALESCE(c.relacl::text, '') FROM pg_class c
  UNION ALL SELECT a.attrelid::regclass || '.' || a.attnum || ' ' || a.attacl::text FROM pg_attribute a
    WHERE a.attacl IS NOT NULL
  UNION ALL SELECT p.oid::regprocedure || ' ' || COALESCE(p.proacl::text, '') FROM pg_proc p
  UNION ALL SELECT n.nspname || ' ' || COALESCE(n.nspacl::text, '') FROM pg_namespace n
  UNION ALL SELECT d.datname || ' ' || COALESCE(d.datacl::text, '') FROM pg_database d
  UNION ALL SELECT m.member::regrole || ' in ' || m.roleid::regrole FROM pg_auth_members m) AS r (t)"""


def rights(scene: Scene) -> object:
    """A digest of every grant and membership."""
    return scene.database.admin().execute(_RIGHTS.encode()).fetchone()


@pytest.mark.parametrize(
    "statement",
    [
        "DROP OWNED BY desk_operator",
        "DROP OWNED BY desk_operator CASCADE",
        "REASSIGN OWNED BY desk_operator TO suporte",
        "DROP OWNED BY suporte",
        "VACUUM (FULL) desk.customers",
        "ANALYZE desk.customers",
    ],
)
def test_being_a_member_of_the_group_is_not_owning_it(scene: Scene, statement: str) -> None:
    """Each is permitted to a member of the group, and comes to nothing."""
    before, state = rights(scene), scene.state()
    with contextlib.closing(scene.database.connect("suporte")) as person:
        person.execute(statement.encode())
    assert rights(scene) == before
    assert scene.state() == state


def test_what_the_group_would_make_later_is_nothing(scene: Scene) -> None:
    """Default rights of the group are its members' to set; it may create nowhere, so they open nothing."""
    before = rights(scene)
    person = scene.database.connect("suporte", autocommit=False)
    person.execute("ALTER DEFAULT PRIVILEGES FOR ROLE desk_operator GRANT ALL ON TABLES TO PUBLIC")
    person.execute("SET ROLE desk_operator")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        person.execute("CREATE TABLE desk.mine (a int)")
    person.close()
    assert rights(scene) == before


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER ROLE desk_operator SET jit = on",
        "SELECT pg_replication_origin_create('x')",
        *("CHECKPOINT", "REINDEX TABLE desk.customers", "CLUSTER desk.customers"),
        *("COMMENT ON TABLE desk.customers IS 'x'", "COMMENT ON ROLE desk_operator IS 'x'"),
        "CREATE STATISTICS desk.mine ON name, active FROM desk.customers",
        "CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT",
        'CREATE COLLATION desk.mine FROM "C"',
        "CREATE TEXT SEARCH CONFIGURATION desk.mine (COPY = simple)",
        "CREATE AGGREGATE desk.mine (integer) (SFUNC = int4pl, STYPE = integer)",
        *("SELECT pg_stat_reset()", "SELECT pg_ls_logdir()", "SELECT pg_current_logfile()", "SHOW hba_file"),
        *("EXPLAIN SELECT * FROM desk_vault.secrets", "TABLE radius_api.radcheck", "SELECT desk_vault.master()"),
        "SELECT * FROM pg_subscription",
        "SELECT * FROM pg_file_settings",
        "EXPLAIN (ANALYZE) UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan}",
        "WITH u AS (UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan} RETURNING id) SELECT * FROM u",
        "INSERT INTO desk.variables (code, label, section, value, default_value) VALUES ('x', 'x', 'x', 'S', 'S')",
        "INSERT INTO desk.business_units (name) VALUES ('x') ON CONFLICT DO NOTHING",
        "UPDATE desk.customer_plans SET version = 99 WHERE id = {plan}",
        "UPDATE desk.customer_plans SET created_by = 'atendente' WHERE id = {plan}",
        "UPDATE desk.deleted_items SET snapshot = '{{}}'",
        "UPDATE desk.plan_suspensions SET ends_on = ends_on + 30",
        "INSERT INTO desk.approvals (plan_id, step, facts, by, at) VALUES ({plan}, 'HABILITADO', 'x', 'vendas', now())",
        "UPDATE desk.place_approvals SET used_at = NULL",
    ],
)
def test_what_else_there_is_in_sql(scene: Scene, statement: str) -> None:
    scene.attack("suporte", statement)


def test_rows_by_copy_are_judged_like_any(scene: Scene) -> None:
    before = scene.state()
    with contextlib.closing(scene.database.connect("suporte", autocommit=False)) as person:
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused, person.cursor() as cursor:
            with cursor.copy("COPY desk.business_units (name) FROM STDIN") as lines:
                lines.write_row(["Unidade"])
        assert constraint(refused.value) == "permission:catalog"
    assert scene.state() == before


@pytest.mark.parametrize(
    "setting",
    [
        "SET standard_conforming_strings = off",
        "SET transform_null_equals = on",
        "SET array_nulls = off",
        "SET DateStyle = 'SQL, DMY'",
        "SET IntervalStyle = sql_standard",
        "SET quote_all_identifiers = on",
        "SET plpgsql.variable_conflict = use_column",
        "SET plpgsql.check_asserts = off",
        "SET row_security = off",
        "SET search_path = pg_temp, desk, public",
        "SET enable_seqscan = off",
        "SET gin_fuzzy_search_limit = 1",
        "SET bytea_output = escape",
        "SET extra_float_digits = -15",
        "SET TimeZone = 'Pacific/Kiritimati'",
        "SET default_transaction_deferrable = on",
        "SET CONSTRAINTS ALL DEFERRED",
    ],
)
def test_no_setting_of_the_session_talks_the_guards_round(scene: Scene, setting: str) -> None:
    """What a session may set for itself changes neither what is asked nor what counts as well-formed."""
    before = scene.state()
    for role, statement, expected in (
        ("ninguem", "UPDATE desk.customer_plans SET due_day = 25 WHERE id = {plan}", "permission:edit_due_day"),
        ("ninguem", "SELECT desk.suspend_temporarily({plan}, 1, '2026-01-01', '2026-03-01', '', '')", "permission:"),
        ("ninguem", "SELECT desk.ask_reveal('router', {server}, '')", "permission:"),
        ("ninguem", "SELECT desk.person_grant('ninguem', 'users')", "permission:users"),
        ("administrador", "SELECT desk.record('plan!x', NULL, NULL, '{{}}')", ""),
        (
            "administrador",
            "SELECT desk.person_create('intruso', 'x', '', 'SCRAM-SHA-256$4096:senha')",
            "person:verifier",
        ),
    ):
        person = scene.database.connect(role, autocommit=False)
        person.execute(setting.encode())
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.InvalidParameterValue)) as refused:
            person.execute(scene.sql(statement).encode())
        assert constraint(refused.value).startswith(expected)
        person.close()
    assert scene.state() == before


# --- lines that only the database may write -------------------------------------------------------------------------

_LOG = files(wall.__package__).joinpath("sql", "log.sql").read_text("utf-8")
_LISTED = re.search(r"ARRAY\[(.*?)\]", _LOG, re.DOTALL)
FACTS = sorted(set(re.findall(r"'([a-z_]+[.][a-z_]+)'", _LISTED.group(1) if _LISTED else "")))


@pytest.mark.parametrize("action", FACTS)
def test_nobody_forges_what_only_the_database_can_know(scene: Scene, action: str) -> None:
    """Another's authorisation, a look at a password, a deletion: not by a line of one's own."""
    before = scene.state()
    line = f"'{action}', {scene.plan.customer_id}, {scene.plan.id}, '{{\"by\": \"Ana Administradora\"}}'"
    lines = f'[{{"action": "{action}", "customer": null, "plan": null, "params": {{}}}}]'
    with contextlib.closing(scene.database.connect("atendente")) as person:
        for statement, expected in (
            (f"SELECT desk.record({line})", "rule:facts"),
            (f"SELECT desk.record_fact({line})", ""),
            (f"SELECT * FROM desk.end_command('{lines}', '')", "rule:facts"),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
                person.execute(statement.encode())
            assert constraint(refused.value) == expected
    assert scene.state() == before


def test_every_line_of_the_databases_own_is_on_that_list() -> None:
    root = files(wall.__package__).joinpath("sql")
    written = {
        action
        for script in root.iterdir()
        for call in re.findall(r"record_(?:fact|by_date)\((.{0,120})", script.read_text("utf-8"), re.DOTALL)
        for action in re.findall(r"'([a-z_]+\.[a-z_]+[a-z])'", call.split("jsonb")[0])
    }
    assert {"plan.place_authorised", "login.password_seen", "address.asked"} <= written <= set(FACTS)
    program = Path(__file__).parents[2] / "desk" / "services"
    spoken = {
        action
        for source in program.rglob("*.py")
        for action in re.findall(r'record\(\s*"([a-z_]+\.[a-z_]+)"', source.read_text("utf-8"))
    }
    assert spoken & set(FACTS) == set()


# --- acts ------------------------------------------------------------------------------------------------------------


def test_savepoints_lose_no_line(fresh: Scene) -> None:
    """What stays of a transaction is in the log, what was taken back is not, however they are mixed."""
    person = fresh.database.connect("atendente", autocommit=False)
    step = f"UPDATE desk.customer_plans SET due_day = %s WHERE id = {fresh.plan.id}"
    person.execute(step, (20,))
    person.execute("SAVEPOINT a")
    person.execute(step, (21,))
    person.execute("ROLLBACK TO a")
    person.execute("SAVEPOINT b")
    person.execute(step, (22,))
    person.execute("RELEASE b")
    person.commit()
    rows = fresh.database.admin().execute(
        "SELECT before -> 'due_day', after -> 'due_day' FROM desk.change_log WHERE tbl = 'customer_plans'"
        " AND after ? 'due_day' ORDER BY id"
    )
    assert rows.fetchall() == [(10, 20), (20, 22)]


def test_two_commands_in_one_transaction_are_both_known(fresh: Scene) -> None:
    first, second = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
    fresh.run(
        "atendente",
        f"SELECT desk.begin_command('{first}', 'um', ARRAY['edit_due_day'])",
        "UPDATE desk.customer_plans SET due_day = 20 WHERE id = {plan}",
        f"SELECT desk.begin_command('{second}', 'dois', ARRAY['edit_due_day'])",
        "UPDATE desk.customer_plans SET due_day = 21 WHERE id = {plan}",
    )
    rows = fresh.database.admin().execute(
        "SELECT command, who FROM desk.change_log WHERE after ? 'due_day' ORDER BY id"
    )
    assert rows.fetchall() == [(first, "atendente"), (second, "atendente")]


def test_anothers_command_is_no_ones_to_claim(fresh: Scene) -> None:
    number = "00000000-0000-4000-8000-000000000003"
    fresh.run("atendente", f"SELECT desk.begin_command('{number}', 'um', ARRAY[]::text[])")
    assert fresh.run("suporte", f"SELECT desk.command_done('{number}')") == [(False,)]
    assert fresh.run("atendente", f"SELECT desk.command_done('{number}')") == [(True,)]
    fresh.attack("suporte", f"SELECT desk.begin_command('{number}', 'um', ARRAY[]::text[])", state="23505")


def test_a_claimed_time_is_nobodys(fresh: Scene) -> None:
    """A transaction held open does not make what is done in it older: the log reads the clock."""
    person = fresh.database.connect("atendente", autocommit=False)
    ((began,),) = person.execute("SELECT transaction_timestamp()").fetchall()
    ((later,),) = fresh.database.admin().execute("SELECT clock_timestamp()").fetchall()
    person.execute("UPDATE desk.customer_plans SET due_day = 20 WHERE id = %s", (fresh.plan.id,))
    person.commit()
    rows = fresh.database.admin().execute("SELECT min(at) FROM desk.change_log WHERE after ? 'due_day'").fetchone()
    assert rows is not None and rows[0] > later > began


def test_what_a_desk_says_it_saw_has_an_end(fresh: Scene) -> None:
    """A proof is shown on every other screen."""
    with fresh.holding("suporte", "enable_suspended"):
        fresh.database.admin().execute("UPDATE desk.debts SET done = 0, wanted = 1, due_at = now()")
        ((topic, key, wanted, lease),) = fresh.run(
            "suporte", "SELECT topic, key, wanted, lease FROM desk.debt_lease('radius_login', '{login}')"
        )
        proof = "jsonb_build_object('steps', repeat('x', 200000))"
        settle = f"SELECT desk.debt_settle('{topic}', '{key}', {wanted}, '{lease}', {proof})"
        fail = f"SELECT desk.debt_fail('{topic}', '{key}', '{lease}', '', '', true, {proof})"
        for statement in (settle, fail):
            fresh.attack("suporte", statement, state="22023")


def test_an_unpermitted_setting_of_the_language_is_dropped(scene: Scene) -> None:
    """It may be named before the language is loaded; once it is, the server takes it back."""
    person = scene.database.connect("suporte", autocommit=False)
    person.execute("SET plpgsql.variable_conflict = use_column")
    person.execute("SELECT desk.holds('users'), desk.begin_command(gen_random_uuid(), 'x', ARRAY[]::text[])")
    assert person.execute("SHOW plpgsql.variable_conflict").fetchone() == ("error",)
    person.close()


HIDDEN = {"turned round": "\u202e", "isolated": "\u2066", "a mark": "\u200f", "no width": "\u200b", "a bell": "\x07"}
HIDDEN |= {"an escape": "\x1b[2J", "C1": "\x9b", "BOM": "\ufeff", "Arabic mark": "\u061c"}
TEXTS = (
    "UPDATE desk.customers SET name = {} WHERE id = {{customer}}",
    "UPDATE desk.customer_plans SET reference = {} WHERE id = {{plan}}",
    "UPDATE desk.radius_logins SET login = {} WHERE id = {{login}}",
    "UPDATE desk.routing_servers SET name = {} WHERE id = {{server}}",
    "INSERT INTO desk.business_units (name) VALUES ({})",
)


@pytest.mark.parametrize("sign", HIDDEN.values(), ids=HIDDEN)
def test_no_name_reads_as_another(scene: Scene, sign: str) -> None:
    """A confirmation that names a customer must not be turned round by the name itself."""
    before = scene.state()
    person = scene.database.connect("administrador")
    for statement in TEXTS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as refused:
            person.execute(scene.sql(statement.format("%s")).encode(), (f"Maria{sign}avliS",))
        assert constraint(refused.value) == "rule:hidden_characters"
    person.close()
    assert scene.state() == before
    error = translate(refused.value)
    assert error is not None and explain(error).what == "Não foi salvo."


def test_what_people_write_is_none_of_that(fresh: Scene) -> None:
    person = fresh.database.connect("administrador")
    for text in ("João D’Ávila & Filhos – “Sítio”", "日本 Телеком", "👩‍🌾 Hortifruti", "duas\nlinhas\te um tab"):
        person.execute("UPDATE desk.customers SET notes = %s WHERE id = %s", (text, fresh.plan.customer_id))
        assert person.execute(
            "SELECT notes FROM desk.customers WHERE id = %s", (fresh.plan.customer_id,)
        ).fetchone() == (text,)
