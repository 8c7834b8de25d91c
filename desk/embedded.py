"""A private PostgreSQL for one person's computer: one folder, loopback only, any number of desks."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from filelock import FileLock, Timeout

from desk.embedded_errors import (
    CreateFailed,
    EmbeddedError,
    FolderRefused,
    MasterKeyLost,
    NoAnswer,
    OtherMajor,
    PasswordLost,
    StarterBusy,
    StartFailed,
    ToolFailed,
)
from desk.embedded_folder import usable_folder
from desk.embedded_process import ServerProcess
from desk.embedded_programs import CACHE, Programs, programs, tail
from desk.embedded_secret import Kept, StoredPassword

__all__ = ["EmbeddedError", "EmbeddedServer", "Stopped"]

SUPERUSER = "desk_admin"
# As the server reaches the key from its data folder: on Windows it opens files by its code page and would not find
# the accents of a person's profile, which reach it in UTF-8.
MASTER_KEY_FOR_SERVER = "../master.key"
LEAVING_LOOKS, LEAVING_PAUSE = 10, 0.05  # a server process outlives its connection by some milliseconds
START_SECONDS = 30.0
LOCK_SECONDS = 60.0
BACKUP_EVERY = 24 * 3600.0


@dataclass(frozen=True)
class Stopped:
    """What stop_if_last did: whether the server is down now, and how many others keep it up."""

    down: bool
    others: int = 0


class EmbeddedServer:
    """Creates, starts and stops the database of one folder; safe to use from several desks at once."""

    def __init__(self, folder: Path, cache: Path = CACHE, home: Path | None = None) -> None:
        self._programs = programs(cache, home)
        self.folder = usable_folder(folder.resolve(), self._programs, cache)
        self.data = self.folder / "data"
        self.log = self.folder / "log.txt"
        self.master_key_path = self.folder / "master.key"
        self.backup_path = self.folder / "backup.dump"
        self._password = StoredPassword(self.folder, self._programs)
        self._server = ServerProcess(self.data, self.log, self._programs)
        self._lock = FileLock(str(self.folder / "lock"), timeout=LOCK_SECONDS)

    @property
    def exists(self) -> bool:
        """Whether the first start has been done."""
        return self.data.exists()

    def start(self) -> str:
        """Make sure that the server runs, and return its address for the superuser."""
        with self.starting() as connection:
            return self.dsn(port=connection.info.port)

    @contextlib.contextmanager
    def starting(self) -> Iterator[psycopg.Connection]:
        """The running server as a superuser's connection, while no desk can stop it.

        A desk that leaves stops the server when nobody else is connected; so connect for good inside the block.
        """
        with self._locked():
            if not self.exists:
                try:
                    self._create()
                except OSError as error:
                    raise FolderRefused(folder=str(self.folder), reason=error.strerror or str(error)) from error
            self._check_folder()
            port = self._ensure_running()
            with psycopg.connect(self.dsn(port=port), autocommit=True) as connection:
                self._note(connection, port)
                yield connection

    def dsn(self, database: str = "postgres", port: int | None = None) -> str:
        """Address of a database of this server for its superuser, password included."""
        password = self._password.get()
        if password is None:
            raise PasswordLost(folder=str(self.folder))
        return psycopg.conninfo.make_conninfo(
            host="127.0.0.1",
            port=port or self._noted_port(),
            user=SUPERUSER,
            password=password,
            dbname=database,
            connect_timeout=5,
            sslmode="disable",
            application_name="desk",
        )

    def stop_if_last(self, backup_of: str | None = None) -> Stopped:
        """Stop the server unless somebody is connected; at most once a day back up a database on the way."""
        with self._locked():
            state = self._server.state()
            if state is None or not self._server.is_ours(state.pid):
                return Stopped(down=True)
            if not self._answers(state.port):
                return Stopped(down=False)
            with psycopg.connect(self.dsn(port=state.port), autocommit=True) as connection:
                others = _others(connection)
            if others:
                return Stopped(down=False, others=others)
            if backup_of is not None and self._backup_is_due():
                self._backup(backup_of, state.port)
            self._server.stop()
            return Stopped(down=True)

    def reset_password(self) -> Kept:
        """Give the superuser a new password, which the owner of the folder may do; ends the desks now connected."""
        with self._locked():
            self._check_folder(password=False)
            state = self._server.state()
            if state is not None and self._server.is_ours(state.pid):
                self._server.stop()
            elif state is not None:
                self._server.forget_foreign_pid()
            password = secrets.token_urlsafe(24)
            change = f"ALTER ROLE {SUPERUSER} PASSWORD '{password}'\n".encode()
            done = self._programs.run(
                "postgres", "--single", "-D", self.data, "postgres", cwd=self.folder, stdin=change
            )
            # Single-user mode reports a refused statement on stderr and still ends well.
            if done.returncode or b"ERROR:" in done.stderr:
                raise ToolFailed(tool="postgres --single", details=tail(done.stderr))
            return self._password.set(password)

    # Creation

    def _create(self) -> None:
        """Make the cluster beside its final place, so that an interrupted first start leaves nothing half-made."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self._programs.give(fresh)
        password = secrets.token_urlsafe(24)
        password_file = self.folder / "initdb.password"
        self._programs.write_private(password_file, password.encode(), for_server=True)
        try:
            done = self._programs.run(
                "initdb",
                *("-D", fresh, "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8"),
                *_locale(self._programs),
                cwd=self.folder,
            )
        finally:
            password_file.unlink()
        if done.returncode:
            raise CreateFailed(details=tail(done.stdout + done.stderr))
        self._password.set(password)
        self._programs.write_private(self.master_key_path, secrets.token_bytes(32), for_server=True)
        for note in ("instance.json", "port"):
            (self.folder / note).unlink(missing_ok=True)
        fresh.rename(self.data)

    def _check_folder(self, password: bool = True) -> None:
        """Refuse what would end in a loss, before anything is started."""
        try:
            found = (self.data / "PG_VERSION").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            found = "?"
        if found != self._programs.major:
            raise OtherMajor(folder=str(self.data), found=found, carried=self._programs.major)
        if not self.master_key_path.exists():
            raise MasterKeyLost(path=str(self.master_key_path))
        if password and self._password.get() is None:
            raise PasswordLost(folder=str(self.folder))

    # Start

    def _ensure_running(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        port = self._noted_port() or _free_port()
        said = ""
        while time.monotonic() < deadline:
            state = self._server.state()
            if state is not None and self._server.is_ours(state.pid):
                # Running, or coming up on behalf of a desk that has died meanwhile.
                if state.ready and self._answers(state.port):
                    return state.port
                time.sleep(0.05)
                continue
            with contextlib.ExitStack() as interrupted:
                interrupted.callback(self._server.abandon)
                mark, pid = self._server.launch(port)
                said = self._server.outcome(pid, state, port, mark, deadline)
                interrupted.pop_all()
            if not said:
                return self._trusted_port(port)
            if "could not bind" in said or "could not create any TCP/IP sockets" in said:
                port = _free_port()
            elif "postmaster.pid" in said:
                self._server.forget_foreign_pid()
            elif "shared memory block" in said:
                time.sleep(0.1)  # children of a killed server are still on their way out
            else:
                raise StartFailed(details=said)
        raise NoAnswer(seconds=f"{START_SECONDS:.0f}", details=said)

    def _trusted_port(self, port: int) -> int:
        """The port of the server we have just started, unless the password does not open it."""
        try:
            if self._answers(port):
                return port
        except PasswordLost:
            self._server.stop()  # nobody else can have connected yet: the lock is ours
            raise
        raise StartFailed(details=self._server.last_words())

    def _answers(self, port: int) -> bool:
        """Whether our own server, and not a stranger on its port, lets us in."""
        noted = self.folder / "instance.json"
        try:
            with psycopg.connect(self.dsn(port=port)) as connection:
                found = _system_identifier(connection)
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PasswordLost(folder=str(self.folder)) from error
            return False
        return not noted.exists() or json.loads(noted.read_text(encoding="utf-8"))["system"] == found

    def _note(self, connection: psycopg.Connection, port: int) -> None:
        noted = self.folder / "instance.json"
        if not noted.exists():
            facts = {"system": _system_identifier(connection), "major": self._programs.major}
            noted.write_text(json.dumps(facts), encoding="utf-8")
        (self.folder / "port").write_text(str(port), encoding="ascii")

    # Backup

    def _backup_is_due(self) -> bool:
        try:
            return time.time() - self.backup_path.stat().st_mtime > BACKUP_EVERY
        except FileNotFoundError:
            return True

    def _backup(self, database: str, port: int) -> None:
        """Dump a database without the cleartext that RADIUS needs; it is rebuilt from the secrets after a restore."""
        fresh = self.folder / "backup.dump.new"
        self._programs.write_private(fresh, b"", for_server=True)
        address = {"PGPASSWORD": self._password.get() or "", "PGCONNECT_TIMEOUT": "5"}
        done = self._programs.run(
            "pg_dump",
            *("-h", "127.0.0.1", "-p", port, "-U", SUPERUSER, "-d", database, "-Fc", "-Z", "gzip:1"),
            *("--exclude-table-data=desk_vault.radius_clear", "-f", fresh),
            cwd=self.folder,
            env=address,
        )
        if done.returncode:
            fresh.unlink(missing_ok=True)
            raise ToolFailed(tool="pg_dump", details=tail(done.stderr))
        fresh.replace(self.backup_path)

    # Small helps

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._lock.acquire()
        except Timeout as error:
            raise StarterBusy(folder=str(self.folder)) from error
        except OSError as error:
            raise FolderRefused(folder=str(self.folder), reason=error.strerror or str(error)) from error
        try:
            yield
        finally:
            self._lock.release()

    def _noted_port(self) -> int:
        """The port of the last run, or 0."""
        try:
            return int((self.folder / "port").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return 0


def _locale(chosen: Programs) -> list[str]:
    # The same order of text on every system, from the server's own tables where it has them.
    if chosen.major.isdigit() and int(chosen.major) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _system_identifier(connection: psycopg.Connection) -> str:
    row = connection.execute("select system_identifier::text from pg_control_system()").fetchone()
    return str(row[0]) if row else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _others(connection: psycopg.Connection) -> int:
    """How many are connected besides this; those that have just hung up are given a moment to be gone."""
    count = 0
    for _ in range(LEAVING_LOOKS):
        row = connection.execute(
            "select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()"
        ).fetchone()
        count = int(row[0]) if row else 0
        if count == 0:
            break
        time.sleep(LEAVING_PAUSE)
    return count
