"""A throw-away PostgreSQL for the tests, and one fresh database per test cloned from a template."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psutil
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Engine, create_engine

from tests.roles import Roles

if TYPE_CHECKING:
    from desk.bootstrap import SignedIn
    from desk.services.core.bus import Bus
    from desk.services.core.ports import Ports
    from desk.settings import Server

DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "postgres"
PREFIX = "desk-pg-"
TEMPLATE = "desk_template"
START_SECONDS = 30
MEMORY = Path("/dev/shm")
ROOM = 1 << 30


def _fast_folder(room: int) -> str | None:
    """Memory where there is plenty: cloning a database copies 500 small files, there in a quarter of the time."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > room
    return str(MEMORY) if roomy else None


def password_of(role: str) -> str:
    """Password of a person in the tests."""
    return f"{role}-senha-1"


def server_programs(which: str | None = None) -> tuple[Path, dict[str, Any]]:
    """Programs of the "debian" server, its oldest, or the "embedded" one; and the user to run them as, never root.

    Where nothing is asked for, DESK_TEST_PG says which.
    """
    if (which or os.environ.get("DESK_TEST_PG")) == "embedded":
        from desk.embedded_programs import programs

        found = programs()
        who: dict[str, Any] = {} if found.uid is None else {"user": found.uid, "group": found.gid, "extra_groups": []}
        return found.home / "bin", who
    root = os.name != "nt" and os.geteuid() == 0
    # Debian 12 has 15, the oldest that Desk works with; a later release has a later one.
    major = min((int(folder.name) for folder in DEBIAN.glob("[0-9]*") if int(folder.name) >= 15), default=15)
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if root else {}
    return DEBIAN / str(major) / "bin", user


class Cluster:
    """One server on a loopback port: SCRAM for everybody, no fsync, gone with the process that started it.

    A `durable` one is for measuring: on the disk, and a commit waits until it is there.
    """

    _kept: psycopg.Connection[Any] | None = None

    def __init__(self, *options: str, durable: bool = False, room: int = ROOM, which: str | None = None) -> None:
        sweep()
        self.options, self.durable = options, durable  # options: more of what `postgres` takes
        self.bin, self.who = server_programs(which)
        self.password = secrets.token_urlsafe(18)
        folder = None if durable else _fast_folder(room)
        self.home = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder))
        self.data = self.home / "data"
        self.log = self.home / "log"
        self.master_key = self.home / "master.key"
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the data folder and wait until the server answers."""
        self._own(self.home)
        self._write(self.master_key, os.urandom(32))
        self._make_data()
        for _ in range(5):
            self.port = _free_port()
            if self._launch():
                break
        else:
            raise RuntimeError(self.log.read_text(errors="replace")[-2000:])

    def _make_data(self) -> None:
        """An empty data folder of this PostgreSQL."""
        secret = self.home / "pw"
        self._write(secret, self.password.encode())
        major = int(self._run("postgres", "--version").split()[2].split(".")[0])
        provider = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else []
        self._run(
            "initdb",
            *("-D", str(self.data), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8"),
            *(provider or ["--locale=C.UTF-8"]),
            "--no-sync",
        )
        secret.unlink()

    def stop(self) -> None:
        """End the server and remove what it wrote."""
        if self._kept is not None:
            self._kept.close()
        if self._process is not None and self._process.poll() is None:
            self._run("pg_ctl", "-D", str(self.data), "-m", "immediate", "-w", "stop")
            self._process.wait(10)
        shutil.rmtree(self.home, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a power cut does: nothing is written any more, and no connection is told."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def start_again(self) -> None:
        """Come back after `kill`, on the same port with the same data."""
        if not self._launch():
            raise RuntimeError(self.log.read_text(errors="replace")[-2000:])

    def pause(self) -> None:
        """Stop every process of the server, which keeps its connections open and answers nobody."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Go on after `pause`."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        parent = psutil.Process(self._process.pid)
        for each in [parent, *parent.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(number)

    def restart(self) -> None:
        """End every session as an administrator's restart does, and come back on the same port."""
        self._run("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "stop")
        if self._process is not None:
            self._process.wait(10)
        if not self._launch():
            raise RuntimeError(self.log.read_text(errors="replace")[-2000:])

    def dsn(self, dbname: str = "postgres", role: str = SUPERUSER) -> str:
        """Connection string of a role; the superuser by default."""
        password = self.password if role == SUPERUSER else password_of(role)
        text: str = make_conninfo(
            host="127.0.0.1",
            port=self.port,
            user=role,
            password=password,
            dbname=dbname,
            sslmode="disable",
            connect_timeout=10,
        )
        return text

    @contextlib.contextmanager
    def admin(self, dbname: str = "postgres") -> Iterator[psycopg.Connection[Any]]:
        """A superuser's connection outside transactions."""
        with psycopg.connect(self.dsn(dbname), autocommit=True) as connection:
            yield connection

    def keeper(self) -> psycopg.Connection[Any]:
        """A lasting one for what every test does: signing in costs as much as the work."""
        if self._kept is not None:
            with contextlib.suppress(psycopg.OperationalError):
                self._kept.execute("SELECT")
                return self._kept
            self._kept.close()
        self._kept = psycopg.connect(self.dsn(), autocommit=True)
        return self._kept

    def clone(self, template: str = TEMPLATE) -> str:
        """A new database like the template, with its rights and settings, which CREATE DATABASE does not copy."""
        name = f"desk_{secrets.token_hex(6)}"
        admin = self.keeper()
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        admin.execute(
            "UPDATE pg_database SET datacl = (SELECT datacl FROM pg_database WHERE datname = %s) WHERE datname = %s",
            (template, name),
        )
        admin.execute(
            "INSERT INTO pg_db_role_setting SELECT new.oid, s.setrole, s.setconfig FROM pg_db_role_setting s"
            " JOIN pg_database old ON old.oid = s.setdatabase AND old.datname = %s"
            " JOIN pg_database new ON new.datname = %s",
            (template, name),
        )
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.keeper().execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def remember_roles(self) -> None:
        """Note the roles as they are."""
        self._roles = Roles(self)

    def restore_roles(self) -> None:
        """Put them back as they were."""
        self._roles.restore()

    def _launch(self) -> bool:
        """Start on the chosen port; False when somebody else took it meanwhile."""
        quick = ("-F", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "max_connections=60")
        listen = ("-h", "127.0.0.1", "-p", str(self.port), "-c", "unix_socket_directories=")
        how = ("-c", "max_connections=60") if self.durable else quick
        command = [str(self.bin / "postgres"), "-D", str(self.data), *listen, *how, *self.options]
        who = dict(self.who)
        if sys.platform == "linux":
            # The server must not survive a test run that was killed; a fork hook of Python would not be
            # safe beside the threads of pytest-xdist, so util-linux asks the kernel for it.
            ids = [f"--reuid={who.pop('user')}", f"--regid={who.pop('group')}", "--clear-groups"] if who else []
            command = ["setpriv", "--pdeathsig", "QUIT", *ids, *command]
            who = {}
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(
                command, cwd=self.home, env=_environment(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, **who
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                return False
            with contextlib.suppress(psycopg.OperationalError), self.admin():
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.02)
        raise RuntimeError(f"no answer in {START_SECONDS} s: {self.log.read_text(errors='replace')[-2000:]}")

    def _run(self, program: str, *arguments: str) -> str:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            cwd=self.home,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            **self.who,
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        return str(done.stdout)

    def _write(self, path: Path, content: bytes) -> None:
        """A file that only the server's user may read."""
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        self._own(path)

    def _own(self, path: Path) -> None:
        if self.who:
            shutil.chown(path, self.who["user"], self.who["group"])


AnyCluster = TypeVar("AnyCluster", bound=Cluster)


@contextlib.contextmanager
def started(server: AnyCluster) -> Iterator[AnyCluster]:
    """Start it, and stop it however this ends, also when it does not come up."""
    try:
        server.start()
        yield server
    finally:
        server.stop()


class RunningCluster(Cluster):
    """A throw-away server that somebody else started and will stop: DESK_TEST_DSN says where it is.

    For tests as a Windows program under Wine, where the server runs beside it, on Linux. The file of
    DESK_TEST_MASTER_KEY is named as the server sees it.
    """

    def __init__(self) -> None:
        parts = conninfo_to_dict(os.environ["DESK_TEST_DSN"])
        self.who = {}
        self.password = str(parts["password"])
        self.port = int(str(parts["port"]))
        self.master_key = Path(os.environ["DESK_TEST_MASTER_KEY"])

    def start(self) -> None:
        """Make sure that nothing of an earlier run is there."""
        with self.admin() as admin:
            found = admin.execute("SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_'").fetchone()
        if found != (1,):
            raise RuntimeError("DESK_TEST_DSN must name an empty, throw-away server")

    def stop(self) -> None:
        """It is not ours to stop, only to leave."""
        if self._kept is not None:
            self._kept.close()


class Database:
    """One database of one test, and the ways into it."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.cluster = cluster
        self.name = name
        self._admin: psycopg.Connection[Any] | None = None
        self._connections: list[psycopg.Connection[Any]] = []
        self._engines: dict[str, Engine] = {}
        self._signed_in: dict[str, SignedIn] = {}

    def dsn(self, role: str = SUPERUSER) -> str:
        """libpq connection string of a role."""
        return self.cluster.dsn(self.name, role)

    def admin(self) -> psycopg.Connection[Any]:
        """The superuser's connection, outside transactions; always the same one."""
        if self._admin is None or self._admin.closed:
            self._admin = psycopg.connect(self.dsn(), autocommit=True)
        return self._admin

    def connect(self, role: str, *, autocommit: bool = True, password: str | None = None) -> psycopg.Connection[Any]:
        """A new connection of a person, closed with the test."""
        more = {} if password is None else {"password": password}
        connection = psycopg.connect(make_conninfo(self.dsn(role), **more), autocommit=autocommit)
        self._connections.append(connection)
        return connection

    def engine(self, role: str = SUPERUSER) -> Engine:
        """SQLAlchemy's engine of a role; always the same one."""
        if role not in self._engines:
            dsn = self.dsn(role)
            self._engines[role] = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(dsn))
        return self._engines[role]

    def server(self) -> Server:
        """The address that the program's sign-in window would hold."""
        from desk.settings import Server

        return Server("127.0.0.1", str(self.cluster.port), self.name, sslmode="disable")

    def signed_in(self, role: str) -> SignedIn:
        """A person at a desk of their own, until `sign_out` or the test's end."""
        from desk.bootstrap import sign_in

        if role not in self._signed_in:
            self._signed_in[role] = sign_in(self.server(), role, password_of(role))
        return self._signed_in[role]

    def sign_out(self, role: str) -> None:
        """End that, so that the next one sees other permissions."""
        self._signed_in.pop(role).close()

    def bus(self, role: str, ports: Ports | None = None) -> Bus:
        """The bus as this person's program has it, with other outside systems if they are given."""
        from desk.services.core.bus import Bus

        person = self.signed_in(role)
        return person.bus if ports is None else Bus(person.sessions, person.actor, ports)

    def close(self) -> None:
        """End every connection that the test opened here."""
        for connection in [*self._connections, *([self._admin] if self._admin else [])]:
            connection.close()
        for engine in self._engines.values():
            engine.dispose()
        for role in list(self._signed_in):
            self.sign_out(role)
        self._connections.clear()
        self._engines.clear()


def sweep() -> None:
    """Remove the folders of test runs that were killed; their servers died with them."""
    for folder in (*MEMORY.glob(f"{PREFIX}*-*"), *Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*")):
        with contextlib.suppress(ValueError):
            pid = int(folder.name.removeprefix(PREFIX).split("-")[0])
            if not Path("/proc", str(pid)).exists():
                shutil.rmtree(folder, ignore_errors=True)


def _environment() -> dict[str, str]:
    """What the server's programs may see: no settings of the person who runs the tests."""
    foreign = ("PG", "LC_", "LANG", "LD_LIBRARY_PATH", "PYTHON", "HOME", "USER", "LOGNAME")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | {"LC_ALL": "C"}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
