"""From a copy back to a provider that works: the database, the key, the roles, and what FreeRADIUS reads."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from desk.db.backups import backup
from desk.db.check import check
from desk.db.errors import MasterKeyOther, PassphraseWrong
from desk.db.key_copy import back_up_key, key_id, unwrap
from desk.db.operators import set_password
from desk.db.radius import rebuild_radius
from desk.models.wall_roles import CLEAR_TABLES
from tests.builders import a_login, a_plan, a_routing_server, a_secret
from tests.postgres import Cluster, Database, password_of, started
from tests.standins.freeradius import FreeRadius, chap, mschap2, pap
from tests.test_db_commands import Terminal, terminal

__all__ = ["terminal"]

PASSPHRASE = "correto cavalo bateria grampo"
PASSWORD, SECRET, ROUTER = "senha-do-cliente-7x", "segredo-do-nas-9k", "senha-do-roteador-4q"


@pytest.fixture
def provider(database: Database) -> Database:
    """One client, one router, and each kind of secret."""
    plan = a_plan(database)
    a_login(database, plan_id=plan.id, login="cliente.casa", password=PASSWORD)
    router = a_routing_server(database, nas_address="127.0.0.1")
    a_secret(database, "nas", router.id, SECRET, clear=True)
    a_secret(database, "router", router.id, ROUTER)
    gone = a_login(database, plan_id=plan.id, login="cliente.apagado", password="senha-apagada-1")
    database.admin().execute("SET ROLE desk_job")
    database.admin().execute(f"UPDATE desk.radius_logins SET deleted_at = now() WHERE id = {gone.id}".encode())
    database.admin().execute("RESET ROLE")
    return database


@pytest.fixture
def copy(provider: Database, tmp_path: Path) -> Path:
    """The provider as `desk db backup` wrote it down."""
    return backup(provider.dsn("desk_backup"), tmp_path / "copia.dump", folder=programs(provider.cluster)).path


@pytest.fixture
def elsewhere() -> Iterator[Cluster]:
    """The server that takes over: it has never heard of Desk."""
    with started(Cluster()) as server:
        server.master_key.unlink()
        yield server


def of(database: Database) -> tuple[str, str]:
    """The option that names them."""
    return "--programs", programs(database.cluster)


def programs(cluster: Cluster) -> str:
    """Where the server's own pg_dump and pg_restore are."""
    return str(cluster.bin)


def answers(dsn: str) -> set[str]:
    """What a real FreeRADIUS over this database says to the client: each way of asking, right and wrong password."""
    with FreeRadius(dsn) as server:
        server.secret = SECRET
        asked = [ask("cliente.casa", PASSWORD) for ask in (pap, chap, mschap2)]
        said = {server.ask(attributes).code for attributes in asked}
        assert not server.ask(pap("cliente.casa", "errada")).accepted
        return said


def test_a_lost_server_is_replaced(
    provider: Database, copy: Path, elsewhere: Cluster, terminal: Terminal, tmp_path: Path
) -> None:
    assert answers(provider.dsn("radius")) == {"Access-Accept"}
    kept = tmp_path / "chave.json"
    assert terminal.run("key-backup", str(kept), "--url", provider.dsn(), stdin=f"{PASSPHRASE}\n") == 0, terminal.err
    provider.close()

    url, key = elsewhere.dsn("desk"), str(elsewhere.master_key)
    back = ("restore", str(copy), "--url", url, "--master-key", key, "--programs", programs(elsewhere))
    assert terminal.run(*back) == 1
    assert "key-restore" in terminal.err
    assert terminal.run("key-restore", str(kept), key, stdin=f"{PASSPHRASE}\n") == 0, terminal.err
    assert Path(key).stat().st_mode & 0o777 == 0o600
    assert terminal.run(*back) == 0, terminal.err
    assert re.search("Sem senha neste servidor: .*atendente.*desk_backup.*radius", terminal.out)

    assert {found.text.partition(":")[0] for found in check(url) if not found.ok} == {"Senhas que o FreeRADIUS não vê"}
    set_password(url, "radius", password_of("radius"))
    with FreeRadius(elsewhere.dsn("desk", "radius")) as server:  # not even the router is known yet
        server.secret = SECRET
        assert server.ask(pap("cliente.casa", PASSWORD), silent=True).code == ""
        assert "unknown client" in server.written()
    assert terminal.run("rebuild-radius", "--url", url) == 0, terminal.err
    assert terminal.out.startswith("Senhas refeitas: 1 de clientes, 1 de roteadores")
    assert terminal.run("check", "--url", url) == 0, terminal.out
    assert answers(elsewhere.dsn("desk", "radius")) == {"Access-Accept"}

    set_password(url, "atendente", password_of("atendente"))
    with psycopg.connect(elsewhere.dsn("desk", "atendente")) as clerk:
        assert clerk.execute("SELECT count(*) FROM desk.radius_logins").fetchone() == (2,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="Último Fechamento"):
            clerk.execute("UPDATE desk.customer_plans SET last_close_date = '2026-01-01'")


def test_dropped_and_restored_on_the_same_server(provider: Database, copy: Path, terminal: Terminal) -> None:
    url, key = provider.dsn(), str(provider.cluster.master_key)
    before = rows(provider)
    provider.close()
    provider.cluster.drop(provider.name)
    assert terminal.run("restore", str(copy), "--url", url, "--master-key", key, *of(provider)) == 0, terminal.err
    assert "Sem senha" not in terminal.out
    assert terminal.run("rebuild-radius", "--url", url) == 0
    assert terminal.run("check", "--url", url) == 0, terminal.out
    assert rows(provider) == before
    assert answers(provider.dsn("radius")) == {"Access-Accept"}


def rows(database: Database) -> dict[str, tuple[object, ...] | None]:
    """Rows of every table, as a count and a sum over their text."""
    admin = database.admin()
    tables = admin.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
        " AND relnamespace::regnamespace::text IN ('desk', 'desk_vault')"
    ).fetchall()
    return {
        name: admin.execute(
            f"SELECT count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {name} t".encode()
        ).fetchone()
        for (name,) in tables
    }


def test_a_copy_holds_no_password_and_no_key(provider: Database, copy: Path) -> None:
    tool = str(provider.cluster.bin / "pg_restore")
    text = subprocess.run([tool, "-f", "-", copy], capture_output=True, text=True, check=True, cwd="/").stdout
    assert "cliente.casa" in text and "COPY desk_vault.secrets" in text
    row = provider.admin().execute("SELECT desk_vault.master()").fetchone()
    assert row is not None
    key = bytes(row[0])
    verifiers = [
        one for (one,) in provider.admin().execute("SELECT rolpassword FROM pg_authid WHERE rolpassword <> ''")
    ]
    known = [PASSWORD, SECRET, ROUTER, "senha-apagada-1", key.hex(), base64.b64encode(key).decode(), *verifiers]
    known += [data_key(provider, kind) for kind in ("radius", "nas", "router")]
    assert [word for word in known if word in text] == []
    assert key not in copy.read_bytes()
    for table in CLEAR_TABLES:
        assert f"CREATE TABLE desk_vault.{table}" in text and f"COPY desk_vault.{table}" not in text
    assert copy.stat().st_mode & 0o777 == 0o600


def data_key(database: Database, kind: str) -> str:
    """The key of one secret, as hexadecimal text."""
    row = (
        database.admin()
        .execute(
            "SELECT encode(desk_vault.data_key(kind, owner, version), 'hex') FROM desk_vault.secrets WHERE kind = %s",
            (kind,),
        )
        .fetchone()
    )
    assert row is not None
    return str(row[0])


def test_only_the_backup_role_makes_copies(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    for role in ("postgres", "administrador"):
        assert terminal.run("backup", str(tmp_path / "x"), "--url", provider.dsn(role), *of(provider)) == 1
        assert "Entre como desk_backup" in terminal.err
    assert list(tmp_path.iterdir()) == []


def test_a_copy_overwrites_nothing(copy: Path, provider: Database, terminal: Terminal) -> None:
    before = copy.read_bytes()
    assert terminal.run("backup", str(copy), "--url", provider.dsn("desk_backup"), *of(provider)) == 1
    assert "já existe" in terminal.err
    assert copy.read_bytes() == before


def test_a_clear_table_that_is_new_stays_out_too(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    admin = provider.admin()
    admin.execute("CREATE TABLE desk_vault.mail_clear (cleartext text)")
    admin.execute("INSERT INTO desk_vault.mail_clear VALUES ('senha-do-correio')")
    admin.execute("GRANT SELECT ON desk_vault.mail_clear TO desk_backup")
    admin.execute("ALTER TABLE desk_vault.mail_clear ENABLE ROW LEVEL SECURITY")
    assert terminal.run("backup", str(tmp_path / "x"), "--url", provider.dsn("desk_backup"), *of(provider)) == 0, (
        terminal.err
    )
    assert "mail_clear" in terminal.out


def test_a_failed_copy_leaves_no_file(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    provider.admin().execute("REVOKE SELECT ON desk.customers FROM desk_backup")
    assert terminal.run("backup", str(tmp_path / "x"), "--url", provider.dsn("desk_backup"), *of(provider)) == 1
    assert "permission denied for table customers" in terminal.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"nada"])
def test_what_is_no_copy_is_not_restored(
    cluster: Cluster, template: str, terminal: Terminal, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    url = cluster.dsn("desk_de_nada")
    assert (
        terminal.run(
            "restore", str(file), "--url", url, "--master-key", str(cluster.master_key), "--programs", programs(cluster)
        )
        == 1
    )
    assert "não serve como cópia" in terminal.err
    with cluster.admin() as admin:
        assert admin.execute("SELECT count(*) FROM pg_database WHERE datname = 'desk_de_nada'").fetchone() == (0,)


def test_nothing_is_restored_over_a_database_in_use(copy: Path, provider: Database, terminal: Terminal) -> None:
    key = str(provider.cluster.master_key)
    assert terminal.run("restore", str(copy), "--url", provider.dsn(), "--master-key", key, *of(provider)) == 1
    assert "RENAME TO" in terminal.err
    assert answers(provider.dsn("radius")) == {"Access-Accept"}


def test_a_restore_that_breaks_off_leaves_nothing(copy: Path, provider: Database, terminal: Terminal) -> None:
    broken = copy.with_name("quebrada.dump")
    broken.write_bytes(copy.read_bytes()[: copy.stat().st_size * 2 // 3])
    url = provider.cluster.dsn("desk_quebrado")
    key = str(provider.cluster.master_key)
    assert terminal.run("restore", str(broken), "--url", url, "--master-key", key, *of(provider)) == 1
    with provider.cluster.admin() as admin:
        assert admin.execute("SELECT count(*) FROM pg_database WHERE datname = 'desk_quebrado'").fetchone() == (0,)


def test_programs_that_are_not_there(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    more = ("--programs", str(tmp_path))
    assert terminal.run("backup", str(tmp_path / "x"), "--url", provider.dsn("desk_backup"), *more) == 1
    assert "postgresql-client-" in terminal.err


def test_with_another_key_nothing_opens_and_nothing_is_lost(provider: Database) -> None:
    key = provider.cluster.master_key
    kept = key.read_bytes()
    before = rows(provider)
    try:
        key.write_bytes(os.urandom(32))
        with pytest.raises(MasterKeyOther):
            rebuild_radius(provider.dsn())
    finally:
        key.write_bytes(kept)
    assert rows(provider) == before


def test_one_secret_of_another_key_is_named(provider: Database, terminal: Terminal) -> None:
    login = a_login(provider, login="cliente.novo", password="outra-senha-1")
    provider.admin().execute(
        "UPDATE desk_vault.secrets SET ciphertext = overlay(ciphertext PLACING 'x'::bytea FROM 20)"
        " WHERE kind = 'radius' AND owner = %s",
        (login.id,),
    )
    assert terminal.run("rebuild-radius", "--url", provider.dsn()) == 1
    assert f"login {login.id}" in terminal.out
    assert answers(provider.dsn("radius")) == {"Access-Accept"}


def test_rebuilding_waits_for_nobody_and_changes_nothing_that_is_right(provider: Database) -> None:
    before = rows(provider)
    assert rebuild_radius(provider.dsn()).opened == {"radius": 1, "nas": 1}
    assert rows(provider) == before


def test_the_key_opens_with_its_passphrase_only(provider: Database, tmp_path: Path) -> None:
    file = tmp_path / "chave.json"
    name = back_up_key(provider.dsn(), file, PASSPHRASE)
    row = provider.admin().execute("SELECT desk_vault.master()").fetchone()
    assert row is not None
    assert unwrap(file.read_bytes(), PASSPHRASE, file) == bytes(row[0])
    assert name == key_id(bytes(row[0])) == json.loads(file.read_text())["key"]
    assert bytes(row[0]).hex() not in file.read_text() and base64.b64encode(row[0]).decode() not in file.read_text()
    with pytest.raises(PassphraseWrong):
        unwrap(file.read_bytes(), "outra frase qualquer", file)
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("content", "typed", "says"),
    [
        (None, "outra frase qualquer", "não abre a cópia"),
        (b"{}", PASSPHRASE, "não é uma cópia de chave"),
        (b"\xff\xfe", PASSPHRASE, "não é uma cópia de chave"),
        (b'{"salt": 1}', PASSPHRASE, "não é uma cópia de chave"),
    ],
)
def test_a_key_that_does_not_come_back(
    provider: Database, terminal: Terminal, tmp_path: Path, content: bytes | None, typed: str, says: str
) -> None:
    file, target = tmp_path / "chave.json", tmp_path / "master.key"
    if content is None:
        back_up_key(provider.dsn(), file, PASSPHRASE)
    else:
        file.write_bytes(content)
    assert terminal.run("key-restore", str(file), str(target), stdin=typed) == 1
    assert says in terminal.err
    assert not target.exists()


def test_a_key_that_is_there_is_not_overwritten(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    file, target = tmp_path / "chave.json", tmp_path / "master.key"
    back_up_key(provider.dsn(), file, PASSPHRASE)
    target.write_bytes(b"x")
    assert terminal.run("key-restore", str(file), str(target), stdin=PASSPHRASE) == 1
    assert "Já há uma chave" in terminal.err
    assert target.read_bytes() == b"x"


def test_a_short_passphrase_is_refused(provider: Database, terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("key-backup", str(tmp_path / "x"), "--url", provider.dsn(), stdin="curta\n") == 1
    assert "pelo menos 16" in terminal.err
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_named(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("key-restore", str(tmp_path / "nenhuma"), str(tmp_path / "k"), stdin=PASSPHRASE) == 1
    assert "nenhuma" in terminal.err


def test_notes_name_this_installation(provider: Database, terminal: Terminal) -> None:
    assert terminal.run("backup-notes", "--url", provider.dsn()) == 0, terminal.err
    key = provider.cluster.master_key.read_bytes()
    for word in (
        "Provedor Exemplo",
        provider.name,
        key_id(key),
        str(provider.cluster.master_key),
        "4 senhas guardadas",
    ):
        assert word in terminal.out
    commands = set(re.findall(r"desk db ([a-z-]+)", terminal.out))
    assert commands == {"backup", "key-backup", "key-restore", "restore", "rebuild-radius", "check"}
    for command in commands:
        assert terminal.run(command, "--help") == 0, command
