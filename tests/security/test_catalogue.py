"""Invariants over the catalogue: whatever is added later is covered, or these fail."""

from __future__ import annotations

import pytest

from desk.models.guard_rules import GUARDS
from desk.models.guards import needs_for, needs_for_step, satisfies
from desk.models.guards_ddl import table_of
from desk.models.people import Permission as P
from tests.security.scene import Scene

OURS = "('desk', 'desk_guard', 'desk_vault', 'radius_api')"
NOT_EXTENSION = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"
INVARIANTS = {
    "a function without a fixed search_path": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN {OURS}
        AND {NOT_EXTENSION} AND p.proname <> 'fold'
        AND NOT COALESCE('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)""",
    "a function whose text the session could make read otherwise (standard_conforming_strings)": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN {OURS}
        AND p.pronamespace <> 'radius_api'::regnamespace AND {NOT_EXTENSION}
        AND p.proname <> 'fold' AND p.prosrc LIKE '%%\\\\%%'""",
    "a constraint that a person could put off": f"""
        SELECT c.conname FROM pg_constraint c WHERE c.condeferrable
        AND c.connamespace::regnamespace::text IN {OURS} AND c.contype <> 'u'
        AND NOT c.condeferred""",  # whoever puts off what waits for the commit anyway gains nothing
    "a default right for what comes later": """
        SELECT d.defaclrole::regrole::text FROM pg_default_acl d, aclexplode(d.defaclacl) a WHERE a.grantee IN
        (0, 'desk_operator'::regrole)""",
    "a function of ours that everybody may call": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN {OURS}
        AND {NOT_EXTENSION} AND has_function_privilege('public', p.oid, 'EXECUTE')""",
    "a definer function that belongs to a superuser": f"""
        SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
        WHERE p.pronamespace::regnamespace::text IN {OURS} AND p.prosecdef AND r.rolsuper AND p.proname <> 'master'""",
    "a table privilege of operators beyond SELECT": """
        SELECT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) a
        WHERE a.grantee = 'desk_operator'::regrole AND a.privilege_type <> 'SELECT'""",
    "a grant that may be passed on": """
        SELECT c.oid::regclass::text FROM pg_class c, aclexplode(c.relacl) a
        WHERE a.is_grantable AND a.grantee <> c.relowner
        AND c.relnamespace::regnamespace::text IN ('desk', 'desk_vault', 'radius_api')""",
    "a writable table without enabled guard, truncate and log triggers": """
        SELECT c.oid::regclass::text FROM pg_class c WHERE EXISTS (
          SELECT FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid
          AND a.grantee = 'desk_operator'::regrole AND a.privilege_type IN ('INSERT', 'UPDATE'))
        AND (SELECT count(*) FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgenabled IN ('O', 'A')
          AND g.tgname IN ('zz_guard', 'zz_truncate', 'zz_log')) <> 3""",
    "a trigger that could change a row after the guard saw it": """
        SELECT g.tgrelid::regclass || '.' || g.tgname FROM pg_trigger g WHERE NOT g.tgisinternal
        AND g.tgtype & 2 = 2 AND g.tgtype & 1 = 1 AND g.tgtype & 20 <> 0 AND g.tgname > 'zz_guard' COLLATE "C"
        AND EXISTS (SELECT FROM pg_trigger o WHERE o.tgrelid = g.tgrelid AND o.tgname = 'zz_guard')""",
    "a person who is a member of anything but desk_operator": """
        SELECT m.member::regrole || ' in ' || m.roleid::regrole FROM pg_auth_members m
        JOIN desk.people p ON p.role = m.member::regrole::text WHERE m.roleid <> 'desk_operator'::regrole""",
    "a person who may create, or bypass": """
        SELECT p.role FROM desk.people p JOIN pg_roles r ON r.rolname = p.role WHERE r.rolsuper OR r.rolcreaterole
        OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR r.rolconnlimit <> 8""",
    "a schema where operators may create": """
        SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege('desk_operator', n.oid, 'CREATE')""",
    "a database where operators may create, or make temporary tables": """
        SELECT current_database() WHERE has_database_privilege('desk_operator', current_database(), 'CREATE')
        OR has_database_privilege('desk_operator', current_database(), 'TEMPORARY')""",
    "row security on a table that is searched, which no index by pattern survives": """
        SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'desk'::regnamespace
        AND (c.relrowsecurity OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid))""",
    "a writable view without security_invoker": """
        SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'v'
        AND c.relnamespace::regnamespace::text IN ('desk', 'desk_vault')
        AND NOT COALESCE('security_invoker=true' = ANY (c.reloptions), false)""",
    "a text column that operators write without a limit": """
        SELECT t.attrelid::regclass || '.' || t.attname FROM pg_attribute t, aclexplode(t.attacl) a
        WHERE a.grantee = 'desk_operator'::regrole AND t.atttypid IN ('text'::regtype, 'varchar'::regtype,
          'bytea'::regtype, 'jsonb'::regtype) AND t.atttypmod < 0""",
    "a table of ours that belongs to somebody who signs in": """
        SELECT c.oid::regclass::text FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
        WHERE c.relnamespace::regnamespace::text IN ('desk', 'desk_vault', 'radius_api')
        AND c.relkind IN ('r', 'p', 'v')
        AND r.rolcanlogin AND c.relname <> 'alembic_version'""",
    "something of the vault that operators may touch": """
        SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'desk_vault'::regnamespace
        AND c.relkind IN ('r', 'S') AND (has_schema_privilege('desk_operator', c.relnamespace, 'USAGE')
          OR EXISTS (SELECT FROM aclexplode(c.relacl) a WHERE a.grantee IN (0, 'desk_operator'::regrole)))""",
}


@pytest.mark.parametrize("what", INVARIANTS)
def test_there_is_not(scene: Scene, what: str) -> None:
    assert scene.database.admin().execute(INVARIANTS[what].encode()).fetchall() == []


def test_jit_is_off_and_parameters_stay_out_of_the_log(scene: Scene) -> None:
    assert scene.run("ninguem", "SHOW jit") == [("off",)]
    assert scene.run("ninguem", "SHOW log_parameter_max_length") == [("0",)]


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.table)
def test_the_declaration_names_columns_that_exist(guard) -> None:  # type: ignore[no-untyped-def]
    columns = set(table_of(guard.table).c.keys())
    assert {*guard.on_insert, *guard.columns, *guard.empty_on_insert, *guard.insert_rules, *guard.quiet} <= columns
    assert not {"id", "version", "created_at", "created_by"} & {*guard.on_insert, *guard.columns}


@pytest.mark.parametrize("guard", [guard for guard in GUARDS if guard.insert], ids=lambda guard: guard.table)
def test_a_mapper_may_insert_what_it_always_names(guard) -> None:  # type: ignore[no-untyped-def]
    """A column that may be null and has no default is named in every INSERT of an object."""
    named = {c.name for c in table_of(guard.table).c if c.nullable and c.server_default is None and c.computed is None}
    assert named <= {*guard.on_insert, *guard.empty_on_insert}


def test_the_declaration_can_be_asked() -> None:
    assert satisfies({P.EDIT_DUE_DAY}, needs_for("customer_plans", "due_day"))
    assert not satisfies({P.EDIT_PLAN}, needs_for("customer_plans", "due_day"))
    assert needs_for("customer_plans", "created_by") is None
    assert needs_for("debts", "done") is None
    both = {P.EDIT_PLAN_STATUS, P.ENABLE_SUSPENDED}
    assert satisfies(both, needs_for_step("customer_plans", "SUSPENSO", "HABILITADO"))
    assert not satisfies({P.EDIT_PLAN_STATUS}, needs_for_step("customer_plans", "SUSPENSO", "HABILITADO"))
    assert needs_for_step("customer_plans", "CANCELADO", "HABILITADO") is None
