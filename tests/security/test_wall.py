"""Putting the wall up: the same however often, on several databases of one server, and only what is declared."""

from __future__ import annotations

import threading

import psycopg

from desk.models import wall
from tests.postgres import Cluster
from tests.security.scene import Scene

# Definitions, owners and grants, by name: object ids differ each time.
_SHAPE = """
SELECT 'function ' || p.oid::regprocedure || ' ' || p.proowner::regrole || ' ' || COALESCE(p.proacl::text, '')
  || md5(pg_get_functiondef(p.oid)) FROM pg_proc p WHERE p.pronamespace::regnamespace::text IN
  ('desk', 'desk_guard', 'desk_vault', 'radius_api') AND p.prokind = 'f'
UNION ALL SELECT 'relation ' || c.oid::regclass || ' ' || c.relowner::regrole || ' ' || COALESCE((
  SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(c.relacl) a), '')
  FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('desk', 'desk_vault', 'radius_api')
  AND c.relname <> 'alembic_version'
UNION ALL SELECT 'column ' || t.attrelid::regclass || '.' || t.attname || ' ' || t.attacl::text FROM pg_attribute t
  WHERE t.attacl IS NOT NULL AND t.attrelid >= 16384
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(g.oid) FROM pg_trigger g WHERE NOT g.tgisinternal
ORDER BY 1"""


def apply(scene: Scene) -> str:
    """As an upgrade does."""
    with psycopg.connect(scene.database.dsn()) as connection:
        return wall.apply(connection, str(scene.database.cluster.master_key))


def test_twice_is_once(fresh: Scene) -> None:
    admin = fresh.database.admin()
    before, rows = admin.execute(_SHAPE.encode()).fetchall(), fresh.state()
    mark = apply(fresh)
    assert admin.execute(_SHAPE.encode()).fetchall() == before
    tables = {name for name in rows if name.startswith("desk")}
    after = fresh.state()
    assert [name for name in tables if rows[name] != after[name]] == []
    assert admin.execute("SELECT wall FROM desk.installation").fetchone() == (mark,)
    assert mark == wall.fingerprint(str(fresh.database.cluster.master_key))


def test_what_is_no_longer_declared_goes(fresh: Scene) -> None:
    admin = fresh.database.admin()
    admin.execute("GRANT UPDATE (number), DELETE ON desk.customer_plans TO desk_operator")
    admin.execute("CREATE FUNCTION desk.forgotten() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
    admin.execute(f"COMMENT ON FUNCTION desk.forgotten() IS '{wall.MARK}'".encode())
    admin.execute("CREATE TRIGGER forgotten BEFORE UPDATE ON desk.people EXECUTE FUNCTION desk.forgotten()")
    admin.execute("INSERT INTO desk.permissions (code, label, section) VALUES ('forgotten', 'Esquecida', 'Planos')")
    admin.execute("INSERT INTO desk.person_permissions VALUES ('ninguem', 'forgotten')")
    apply(fresh)
    assert admin.execute("SELECT to_regproc('desk.forgotten')").fetchone() == (None,)
    held = "SELECT has_column_privilege('desk_operator', 'desk.customer_plans', 'number', 'UPDATE')"
    assert admin.execute(held).fetchone() == (False,)
    assert admin.execute("SELECT count(*) FROM desk.permissions WHERE code = 'forgotten'").fetchone() == (0,)
    fresh.attack("administrador", "DELETE FROM desk.customer_plans")


def test_two_databases_of_one_server_at_the_same_time(fresh: Scene, cluster: Cluster, template: str) -> None:
    other = cluster.clone(template)
    failures: list[BaseException] = []

    def put_up(dsn: str) -> None:
        try:
            for _ in range(2):
                with psycopg.connect(dsn) as connection:
                    wall.apply(connection, str(cluster.master_key))
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=put_up, args=(dsn,)) for dsn in (fresh.database.dsn(), cluster.dsn(other))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cluster.drop(other)
    assert failures == []


def test_a_restored_database_gets_its_rights_back(fresh: Scene) -> None:
    admin = fresh.database.admin()
    admin.execute(f"GRANT ALL ON DATABASE {fresh.database.name} TO PUBLIC".encode())
    wall.apply_database_settings(admin)
    fresh.attack("suporte", "CREATE TEMP TABLE mine (a int)")
