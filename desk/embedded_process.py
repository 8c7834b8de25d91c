"""The server as a process of the system: its pid file, its start, its end."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from desk.embedded_errors import ToolFailed
from desk.embedded_programs import Programs, tail

LOG_LIMIT = 4 * 1024 * 1024

# Given at every start, so that a folder made by an older Desk gets them too. Nothing typed reaches the log.
SETTINGS = {
    "max_connections": "60",
    "password_encryption": "scram-sha-256",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
}


ABANDON_SECONDS = 2.0  # in which a server that was begun has written its pid file


@dataclass(frozen=True)
class PidFile:
    """What the server itself says of its run, in postmaster.pid."""

    pid: int
    port: int
    ready: bool


class ServerProcess:
    """Starts, recognises and stops the server of one data folder."""

    def __init__(self, data: Path, log: Path, programs: Programs) -> None:
        self._data = data
        self._log = log
        self._folder = data.parent
        self._programs = programs

    def launch(self, port: int) -> tuple[int, int | None]:
        """Start the server; returns where its words begin in the log, and its pid where the system tells."""
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT:
            self._log.replace(self._log.with_suffix(".old"))
        options = ["-h", "127.0.0.1", "-p", str(port)]
        for name, value in SETTINGS.items():
            options += ["-c", f"{name}={value}"]
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        log = os.open(self._log, flags, 0o600)
        try:
            mark = os.fstat(log).st_size
            if sys.platform == "win32":
                # Only pg_ctl drops an administrator's rights; postgres.exe would refuse to run with them.
                words = ["-D", self._data, "-l", self._log, "-W", "-o", " ".join(options), "start"]
                self._programs.run_detached("pg_ctl", *words, cwd=self._folder)
                return mark, None
            self._programs.give(self._log)
            # Without a socket file a long path is no limit. The shell goes away at once, so that the server is
            # nobody's child: it outlives this desk, and its end leaves no zombie behind with its number.
            options += ["-c", "unix_socket_directories="]
            command = ['"$@" >&2 & echo $!', "sh", self._programs.path("postgres"), "-D", str(self._data), *options]
            done = subprocess.run(
                ["/bin/sh", "-c", *command],
                cwd=self._folder,
                env=self._programs.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                check=True,
                **self._programs.options,
            )
            return mark, int(done.stdout)
        finally:
            os.close(log)

    def outcome(self, pid: int | None, before: PidFile | None, port: int, mark: int, deadline: float) -> str:
        """Wait until the new server is ready (nothing to say) or has ended (what it said)."""
        while time.monotonic() < deadline:
            state = self.state()
            if state is not None and state.ready and state.port == port:
                # A killed server leaves its file with "ready" in it, so the number must be the new one.
                fresh = state.pid == pid if pid is not None else before is None or state.pid != before.pid
                if fresh:
                    return ""
            said = self._log_since(mark)
            ended = not _runs(pid) if pid is not None else "FATAL:  lock file" in said or "is shut down" in said
            if ended:
                return self._log_since(mark) or "?"
            time.sleep(0.02)
        return self._log_since(mark) or "?"

    def state(self) -> PidFile | None:
        """What the pid file says, true or not."""
        try:
            lines = (self._data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
            return PidFile(int(lines[0]), int(lines[3]), len(lines) > 7 and lines[7].strip() == "ready")
        except FileNotFoundError:
            return None
        except (IndexError, ValueError):
            # Half-written by a server that has just begun, or left so by one that was killed.
            return PidFile(int(lines[0]), 0, False) if lines and lines[0].isdigit() else None

    def is_ours(self, pid: int) -> bool:
        """Whether a process number is the server of this folder; numbers are given out again after a crash.

        In doubt it is: two servers on the same files would destroy them.
        """
        if not _runs(pid):
            return False
        try:
            process = psutil.Process(pid)
            if not process.name().startswith("postgres"):
                return False
            words = process.cmdline()
        except psutil.NoSuchProcess:
            return False
        except (psutil.AccessDenied, OSError):
            return True
        if words and words[0].startswith("postgres:"):
            return False  # a child of some server, never the one that writes the pid file
        if "-D" not in words[:-1]:
            return True
        try:
            return os.path.samefile(words[words.index("-D") + 1], self._data)
        except FileNotFoundError:
            return False
        except OSError:
            return True

    def forget_foreign_pid(self) -> None:
        """Remove a pid file that names a foreign process; the server itself dares not."""
        state = self.state()
        if state is not None and not self.is_ours(state.pid):
            (self._data / "postmaster.pid").unlink(missing_ok=True)

    def abandon(self) -> None:
        """End what `launch` began, since whoever wanted it was stopped before it was ready."""
        deadline = time.monotonic() + ABANDON_SECONDS
        while time.monotonic() < deadline:
            state = self.state()
            if state is not None and self.is_ours(state.pid):
                self.stop()
                return
            time.sleep(0.02)

    def stop(self) -> None:
        """End the server and every connection to it."""
        words = ["-D", self._data, "-m", "fast", "-w", "-t", "30", "stop"]
        if self._programs.run_detached("pg_ctl", *words, cwd=self._folder):
            raise ToolFailed(tool="pg_ctl", details=self.last_words())

    def last_words(self) -> str:
        """The end of the log."""
        return self._log_since(0)

    def _log_since(self, mark: int) -> str:
        with contextlib.suppress(OSError), self._log.open("rb") as file:
            file.seek(mark)
            return tail(file.read())
        return ""


def _runs(pid: int) -> bool:
    """Whether a process lives; one that nobody has collected yet does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
