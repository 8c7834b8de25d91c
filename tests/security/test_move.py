"""A database moves to a server of another major version, as docs/admin/backup-and-move.md says, and loses nothing."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from desk.bootstrap import sign_in
from desk.db.backups import backup, restore
from desk.db.bootstrap import create_database
from desk.db.check import check
from desk.db.connections import with_dbname
from desk.db.radius import rebuild_radius
from desk.db.upgrade import upgrade
from desk.embedded import EmbeddedServer
from desk.embedded_programs import programs
from desk.services.core.errors import NotAPerson
from desk.services.core.secrets import reveal
from desk.settings import Server
from tests.people import PEOPLE
from tests.postgres import SUPERUSER, password_of
from tests.security.scene import Scene
from tests.security.test_backup import EXCLUDED, dump
from tests.security.test_server import set_password

ADMIN_DOC = Path(__file__).parents[2] / "docs" / "admin" / "backup-and-move.md"
# Everything but what a restore must make anew; text, so that two majors may be compared.
COUNTED = """
SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND c.relnamespace::regnamespace::text IN ('desk', 'desk_vault')
   AND c.relname NOT IN ('radius_clear', 'nas_clear') ORDER BY 1"""

OWNED = """
SELECT o.what, CASE WHEN r.rolsuper THEN '' ELSE r.rolname::text END FROM (
  SELECT oid::regclass::text, relowner FROM pg_class
   WHERE relnamespace::regnamespace::text ~ '^(desk|radius_api)' AND relkind IN ('r', 'p', 'v', 'S')
  UNION ALL SELECT oid::regprocedure::text, proowner FROM pg_proc p WHERE pronamespace::regnamespace::text ~ '^desk'
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  UNION ALL SELECT nspname::text, nspowner FROM pg_namespace WHERE nspname ~ '^(desk|radius_api)') o (what, owner)
  JOIN pg_roles r ON r.oid = o.owner"""


@pytest.fixture
def target() -> Iterator[EmbeddedServer]:
    """The server that Desk brings, newer than Debian's, empty and running."""
    folder = Path(tempfile.mkdtemp(prefix="desk-move-"))
    folder.chmod(0o755)
    server = EmbeddedServer(folder / "Mudança para cá")
    server.start()
    yield server
    server.stop_if_last()
    shutil.rmtree(folder)


def roles_of(scene: Scene) -> str:
    """The roles with their passwords as verifiers, by the command that the page for administrators gives."""
    command = re.search(r"^    (pg_dumpall .+?) > papeis\.sql$", ADMIN_DOC.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert command is not None
    cluster = scene.database.cluster
    done = subprocess.run(
        ["sh", "-ec", command[1]],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
        env={
            "PATH": f"{cluster.bin}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(cluster.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": cluster.password,
        },
    )
    return done.stdout


def psql(dsn: str, text: str) -> None:
    """Run a script with the newer server's own client, all of it or nothing."""
    done = programs().run(
        "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", dsn, cwd=Path("/"), stdin=text.encode()
    )
    assert done.returncode == 0, done.stderr.decode()[-1500:]


def joana(scene: Scene) -> None:
    """A person whom the people screen made, not the administrator's terminal: another role granted the memberships."""
    verifier = scene.database.admin().pgconn.encrypt_password(b"joana-senha-1", b"joana", b"scram-sha-256").decode()
    scene.run("administrador", f"SELECT desk.person_create('joana', 'Joana', 'Suporte', '{verifier}')")


def owners(dsn: str) -> dict[str, str]:
    """Who owns each relation, function and schema of ours; the superuser, whose name differs, as nobody."""
    with psycopg.connect(dsn) as connection:
        found = connection.execute(OWNED.encode()).fetchall()
    return dict(found)


def rows(dsn: str) -> dict[str, str]:
    """Number of rows and a sum over them, for every table."""
    with psycopg.connect(dsn) as connection:
        names = [row[0] for row in connection.execute(COUNTED.encode())]
        each = (
            f"SELECT '{name}', count(*) || ' ' || md5(coalesce(string_agg(t::text, ' ' ORDER BY t::text), ''))"
            f" FROM {name} t"
            for name in names
        )
        return dict(connection.execute(" UNION ALL ".join(each).encode()).fetchall())


def test_a_database_moves_to_another_major(fresh: Scene, target: EmbeddedServer) -> None:
    database = fresh.database
    joana(fresh)
    before = rows(database.dsn())
    copied = dump(fresh, *EXCLUDED, "--no-owner")
    assert copied.returncode == 0, copied.stderr
    roles = roles_of(fresh)
    key = database.admin().execute("SELECT desk_vault.master()").fetchone()
    assert key is not None

    target.master_key_path.write_bytes(key[0])
    psql(target.dsn(), roles)
    create_database(target.dsn(), "desk")
    dsn = with_dbname(target.dsn(), "desk")
    psql(dsn, copied.stdout)
    assert rows(dsn) == before
    assert [finding.text for finding in check(dsn) if not finding.ok], "the wall still names the old server's key"
    upgrade(dsn, str(target.master_key_path), force=True)
    arrived(fresh, dsn)


def test_the_programs_own_copy_moves_too(fresh: Scene, target: EmbeddedServer, tmp_path: Path) -> None:
    database = fresh.database
    joana(fresh)
    set_password(fresh, "desk_backup")
    set_password(fresh, "radius")
    file = tmp_path / "desk.dump"
    backup(database.dsn("desk_backup"), file, folder=str(database.cluster.bin))
    key = database.admin().execute("SELECT desk_vault.master()").fetchone()
    assert key is not None
    target.master_key_path.write_bytes(key[0])
    psql(target.dsn(), roles_of(fresh))
    clients = str(Path(programs().path("pg_restore")).parent)
    restore(target.dsn(), file, "desk", str(target.master_key_path), folder=clients)
    arrived(fresh, with_dbname(target.dsn(), "desk"))


def arrived(scene: Scene, dsn: str) -> None:
    """Nothing is wrong but what FreeRADIUS must be given back; then nothing at all, and people go on as before."""
    with psycopg.connect(dsn) as admin:
        assert admin.execute("SELECT count(*) FROM desk_vault.radius_clear").fetchone() == (0,)
        port = str(admin.info.port)
    wrong = [finding.text for finding in check(dsn) if not finding.ok]
    assert len(wrong) == 1 and "rebuild-radius" in wrong[0], wrong
    rebuild_radius(dsn)
    assert [finding.text for finding in check(dsn) if not finding.ok] == []
    assert owners(dsn) == owners(scene.database.dsn())
    for table in ("radius_clear", "nas_clear"):
        query = f"SELECT * FROM desk_vault.{table} ORDER BY 1".encode()
        with psycopg.connect(dsn) as admin:
            assert admin.execute(query).fetchall() == scene.database.admin().execute(query).fetchall()
    server = Server("127.0.0.1", port, "desk", sslmode="disable")
    for role in (*PEOPLE, "joana"):
        sign_in(server, role, password_of(role)).close()
    with contextlib.closing(sign_in(server, "administrador", password_of("administrador"))) as person:
        assert reveal(person.sessions, "radius", scene.login.id, reason="conferência").text == "k2m4p6r8"
        with person.sessions.begin() as session:
            session.execute(text("SELECT desk.person_active('joana', false)"))
    with pytest.raises(NotAPerson):
        sign_in(server, "joana", password_of("joana"))
