"""What `desk db` does to a database, and what sign-in asks of it."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from desk.db import cli, revisions
from desk.db.check import check
from desk.db.connections import transaction
from desk.db.errors import DatabaseNewer, DatabaseNotDesk, DatabaseOlder, DatabaseProblem
from desk.db.master_key import create_master_key
from desk.db.texts import PROBLEMS, explain
from desk.db.upgrade import upgrade, upgrade_within
from desk.models.people import Permission
from tests.people import SERVICES
from tests.postgres import Cluster, Database

ROOT = Path(__file__).parents[1]


class Terminal:
    """`desk db` as an administrator meets it: what is typed, what is read, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def run(self, *argv: str, stdin: str = "") -> int:
        """Exit code of one command."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        try:
            code = cli.main(argv)
        except SystemExit as stop:
            code = int(stop.code or 0)
        self.out, self.err = self._capsys.readouterr()
        return code


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Terminal:
    return Terminal(capsys, monkeypatch)


@pytest.fixture
def fresh_name(cluster: Cluster, template: str) -> Iterator[str]:
    """Name of a database that is not there yet."""
    del template  # the roles belong to the server: have them remembered before this test adds its own
    yield "desk_novo"
    cluster.drop("desk_novo")
    cluster.restore_roles()


def test_from_a_bare_server_to_signing_in(cluster: Cluster, fresh_name: str, terminal: Terminal) -> None:
    url = cluster.dsn(fresh_name)
    key = str(cluster.master_key)
    assert terminal.run("bootstrap", "--url", url, "--master-key", key, "--company", "Provedor Ipê") == 0, terminal.err
    assert "criado" in terminal.out
    create = ("create-operator", "maria", "--name", "Maria Souza", "--all-permissions", "--url", url)
    assert terminal.run(*create, stdin="maria-senha-1\n") == 0, terminal.err
    with psycopg.connect(cluster.dsn(fresh_name, "maria")) as maria:
        row = maria.execute("SELECT role, full_name, must_change_password, company, demo FROM desk.me()").fetchone()
        assert row == ("maria", "Maria Souza", True, "Provedor Ipê", False)
        held = maria.execute("SELECT desk.holds('users'), desk.holds('no_combo_edit')").fetchone()
        assert held == (True, False)
    assert terminal.run("check", "--url", url) == 0, terminal.out
    assert "FALHA" not in terminal.out


def test_bootstrap_twice_is_refused(database: Database, terminal: Terminal) -> None:
    key = str(database.cluster.master_key)
    assert terminal.run("bootstrap", "--url", database.dsn(), "--master-key", key, "--company", "Outra") == 1
    assert "já é de uma instalação" in terminal.err


def test_bootstrap_without_a_key_names_the_command(cluster: Cluster, fresh_name: str, terminal: Terminal) -> None:
    code = terminal.run("bootstrap", "--url", cluster.dsn(fresh_name), "--master-key", "/nonexistent", "--company", "X")
    assert code == 1
    assert "head -c 32 /dev/urandom" in terminal.err


def test_upgrading_twice_has_nothing_to_do(database: Database, terminal: Terminal) -> None:
    key = str(database.cluster.master_key)
    assert terminal.run("upgrade", "--url", database.dsn(), "--master-key", key) == 0
    assert terminal.out.startswith("Nada a fazer")


def at_once(*argv: str) -> list[tuple[int, str, str]]:
    """Two administrators type the same command at the same moment, each at a machine of their own."""
    command = [sys.executable, "-m", "desk", "db", *argv]
    both = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [one.communicate(timeout=120) for one in both]
    return sorted((one.returncode, out, err) for one, (out, err) in zip(both, said, strict=True))


def test_two_administrators_upgrade_at_once(database: Database) -> None:
    database.admin().execute("UPDATE desk.installation SET wall = ''")
    first, second = at_once("upgrade", "--url", database.dsn(), "--master-key", str(database.cluster.master_key))
    assert (first[0], second[0]) == (0, 0), (first, second)
    assert sorted((first[1][:7], second[1][:7])) == ["Muralha", "Nada a "]
    assert [found.text for found in check(database.dsn()) if not found.ok] == []


def test_the_second_administrator_is_told_to_wait(database: Database) -> None:
    url, key = database.dsn(), str(database.cluster.master_key)
    command = [sys.executable, "-m", "desk", "db", "upgrade", "--url", url, "--master-key", key]
    with transaction(url) as first:
        upgrade_within(first, key, force=True)
        second = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert second.stderr is not None
        assert "esperando a vez" in second.stderr.readline()
    out, _ = second.communicate(timeout=60)
    assert (second.returncode, out[:7]) == (0, "Nada a ")


def test_two_administrators_bootstrap_at_once(cluster: Cluster, fresh_name: str) -> None:
    url, key = cluster.dsn(fresh_name), str(cluster.master_key)
    first, second = at_once("bootstrap", "--url", url, "--master-key", key, "--company", "Provedor Ipê")
    assert (first[0], second[0]) == (0, 1), (first, second)
    assert "criado" in first[1]
    assert "já é de uma instalação" in second[2]
    assert [found.text for found in check(url) if not found.ok] == []


def test_tables_in_use_are_not_waited_for_for_ever(
    database: Database, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.db.upgrade.LOCK_TIMEOUT", "1s")
    database.admin().execute("UPDATE desk.installation SET wall = ''")
    clerk = database.connect("atendente", autocommit=False)
    clerk.execute("SELECT count(*) FROM desk.customers")
    key = str(database.cluster.master_key)
    assert terminal.run("upgrade", "--url", database.dsn(), "--master-key", key) == 1
    assert "Nada foi mudado" in terminal.err and "saiam do Desk" in terminal.err
    clerk.rollback()
    assert terminal.run("upgrade", "--url", database.dsn(), "--master-key", key) == 0


def test_a_clerk_cannot_upgrade(database: Database, terminal: Terminal) -> None:
    key = str(database.cluster.master_key)
    assert terminal.run("upgrade", "--url", database.dsn("atendente"), "--master-key", key) == 1
    assert "superusuária" in terminal.err


def test_a_failing_wall_leaves_everything_as_it_was(database: Database) -> None:
    admin = database.admin()
    admin.execute("UPDATE desk.installation SET wall = ''")
    admin.execute("COMMENT ON FUNCTION desk.me() IS 'somebody else made this'")
    ours = "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text IN ('desk', 'radius_api')"
    before = admin.execute(ours).fetchone()
    with pytest.raises(psycopg.errors.DuplicateFunction):
        upgrade(database.dsn(), str(database.cluster.master_key))
    assert admin.execute(ours).fetchone() == before
    assert database.connect("atendente").execute("SELECT role FROM desk.me()").fetchone() == ("atendente",)


def test_a_database_of_a_newer_program_is_left_alone(database: Database, terminal: Terminal) -> None:
    database.admin().execute("UPDATE desk.alembic_version SET version_num = '9999'")
    key = str(database.cluster.master_key)
    assert terminal.run("upgrade", "--url", database.dsn(), "--master-key", key) == 1
    assert "mais nova" in terminal.err


def test_a_person_is_at_the_desk(database: Database) -> None:
    person = database.signed_in("atendente")
    assert person.actor.company == "Provedor Exemplo"
    assert Permission.ADD_PLAN in person.actor.permissions
    assert not database.signed_in("ninguem").actor.permissions


@pytest.mark.parametrize("role", [*SERVICES, "atendente"])
def test_a_new_password_opens_and_the_old_one_no_longer(database: Database, terminal: Terminal, role: str) -> None:
    database.connect(role)
    assert terminal.run("set-password", role, "--url", database.dsn(), stdin="outra-senha-1\n") == 0, terminal.err
    database.connect(role, password="outra-senha-1")
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        database.connect(role)


def test_a_password_for_nobody(database: Database, terminal: Terminal) -> None:
    for role in ("desk_owner", "postgres", "fulano"):
        assert terminal.run("set-password", role, "--url", database.dsn(), stdin="outra-senha-1") == 1
        assert "não é uma pessoa" in terminal.err


def test_sign_in_knows_whether_program_and_database_fit(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    with database.engine("atendente").connect() as connection:
        revisions.compatible(connection)
        database.admin().execute("UPDATE desk.alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseNewer) as newer:
            revisions.compatible(connection)
        assert newer.value.params == {"database": "9999", "program": revisions.HEAD}
        database.admin().execute("UPDATE desk.alembic_version SET version_num = '0001'")
        monkeypatch.setattr(revisions, "KNOWN", ("0001", "0002"))
        monkeypatch.setattr(revisions, "HEAD", "0002")
        with pytest.raises(DatabaseOlder):
            revisions.compatible(connection)


def test_another_database_is_not_ours(cluster: Cluster) -> None:
    with transaction(cluster.dsn("postgres")) as connection, pytest.raises(DatabaseNotDesk):
        revisions.compatible(connection)


@pytest.mark.parametrize(
    ("damage", "finding"),
    [
        ("ALTER TABLE desk.customer_plans DISABLE TRIGGER USER", "Gatilhos desligados"),
        ("GRANT CONNECT ON DATABASE {name} TO PUBLIC", "Direitos de PUBLIC neste banco: CONNECT"),
        ("ALTER DATABASE {name} RESET jit", "jit=off"),
        ("GRANT CREATE ON SCHEMA desk TO desk_operator", "pessoas criam objetos: desk"),
        ("GRANT EXECUTE ON FUNCTION desk.me() TO PUBLIC", "Funções abertas a PUBLIC: desk.me()"),
        ("ALTER FUNCTION desk.me() RESET search_path", "sem search_path fixo: desk.me()"),
        ("UPDATE desk.installation SET wall = 'x'", "A muralha no banco não é a deste programa"),
        ("UPDATE desk.alembic_version SET version_num = '0000'", "mais nova"),
        ("GRANT desk_owner TO atendente", "Pessoas em grupos a mais: atendente em desk_owner"),
        ("REVOKE atendente FROM desk_people", "não alcança: atendente"),
        ("ALTER ROLE desk_job LOGIN", "podem demais: desk_job"),
    ],
)
def test_check_finds_what_was_undone(database: Database, damage: str, finding: str) -> None:
    assert [found.text for found in check(database.dsn()) if not found.ok] == []
    database.admin().execute(damage.format(name=database.name))
    assert finding in "\n".join(found.text for found in check(database.dsn()) if not found.ok)


def test_check_repairs(database: Database, terminal: Terminal) -> None:
    database.admin().execute("ALTER TABLE desk.customer_plans DISABLE TRIGGER USER")
    database.admin().execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {database.name} TO PUBLIC")
    assert terminal.run("check", "--url", database.dsn()) == 1
    key = str(database.cluster.master_key)
    assert terminal.run("check", "--repair", "--url", database.dsn(), "--master-key", key) == 0, terminal.out


@pytest.mark.parametrize(
    ("login", "password", "says"),
    [
        ("Maria", "maria-senha-1", "não serve"),
        ("desk_x", "maria-senha-1", "não serve"),
        ("atendente", "maria-senha-1", "Já existe"),
        ("maria", "curta", "pelo menos 12"),
    ],
)
def test_operators_that_cannot_be(database: Database, terminal: Terminal, login: str, password: str, says: str) -> None:
    code = terminal.run("create-operator", login, "--name", "X", "--url", database.dsn(), stdin=password)
    assert code == 1
    assert says in terminal.err


def test_a_dead_server_is_said_in_plain_words(terminal: Terminal) -> None:
    assert terminal.run("check", "--url", "host=127.0.0.1 port=1 connect_timeout=2") == 3
    assert terminal.err.startswith("O servidor recusou a conexão")


def test_each_way_of_not_getting_in_is_said_plainly(database: Database, cluster: Cluster, terminal: Terminal) -> None:
    for change, says in (
        ({"password": "errada"}, "A senha não confere"),
        ({"dbname": "nenhum"}, "O banco não existe"),
        ({"host": "banco.invalid"}, "A rede não conhece o nome"),
        ({"sslmode": "require"}, "não oferece TLS"),
    ):
        assert terminal.run("check", "--url", make_conninfo(database.dsn(), **change)) == 3
        assert says in terminal.err, terminal.err
        assert "errada" not in terminal.err


def test_a_clerk_makes_no_database(cluster: Cluster, template: str, terminal: Terminal) -> None:
    url = cluster.dsn("desk_do_atendente", "atendente")
    with cluster.admin() as admin:
        admin.execute("GRANT CONNECT ON DATABASE postgres TO atendente")
    key = str(cluster.master_key)
    assert terminal.run("bootstrap", "--url", url, "--master-key", key, "--company", "X") == 1
    with cluster.admin() as admin:
        admin.execute("REVOKE CONNECT ON DATABASE postgres FROM atendente")
    assert "superusuária" in terminal.err


def test_misuse_is_answered_in_portuguese(terminal: Terminal) -> None:
    assert terminal.run("upgrde") == 2
    assert terminal.err.startswith("uso:")
    assert "Não compreendi" in terminal.err
    assert terminal.run("--help") == 0
    assert terminal.out.startswith("uso: desk db")
    assert "create-operator" in terminal.out


def test_every_problem_has_its_words() -> None:
    codes = {kind.code for kind in DatabaseProblem.__subclasses__()}
    assert codes == set(PROBLEMS)
    assert "0001" in explain(DatabaseOlder(database="0001", program="0002"))


def test_sign_in_does_not_load_alembic() -> None:
    words = "import sys, desk.db.revisions; print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_master_key_is_made_once_and_for_one(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    assert create_master_key(path)
    first = path.read_bytes()
    assert len(first) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert not create_master_key(path)
    assert path.read_bytes() == first
