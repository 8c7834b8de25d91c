"""PostgreSQL's own pg_dump and pg_restore: which one fits a server, and how it is given the connection."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import Conninfo

from desk.db.errors import ProgramMissing, ProgramStopped

NEWEST_TRIED: Final = 30
PLACES: Final = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin", "C:/Program Files/PostgreSQL/{major}/bin")


def program(name: str, major: int, folder: str = "") -> Path:
    """The program of the server's own version or, failing that, the next newer; an older one would be refused."""
    for place in [Path(folder)] if folder else _places(major):
        found = place / (f"{name}.exe" if sys.platform == "win32" else name)
        if found.is_file() and (version := _version(found)) and version >= major:
            return found
    raise ProgramMissing(program=name, version=major)


def run(tool: Path, *arguments: object, dsn: str = "") -> str:
    """Run it without questions; the password goes through the environment, which other users cannot read."""
    done = subprocess.run(
        [str(tool), *map(str, arguments)],
        env={**_neutral(), **_environment(dsn)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise ProgramStopped(program=tool.name, detail=_last_words(done.stderr))
    return done.stdout


def _places(major: int) -> Iterator[Path]:
    for version in range(major, major + NEWEST_TRIED):
        yield from (Path(place.format(major=version)) for place in PLACES)
    yield from map(Path, filter(None, os.environ.get("PATH", "").split(os.pathsep)))


def _version(tool: Path) -> int | None:
    done = subprocess.run([str(tool), "--version"], capture_output=True, text=True, check=False, env=_neutral())
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else None


def _neutral() -> dict[str, str]:
    """English words, which `_last_words` knows, and no settings of the person beside the connection string's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LC_")} | {"LC_ALL": "C"}


def _environment(dsn: str) -> dict[str, str]:
    given = conninfo_to_dict(dsn)
    names = {option.keyword.decode(): option.envvar for option in Conninfo.get_defaults()}
    return {envvar.decode(): str(value) for key, value in given.items() if (envvar := names.get(key))}


def _last_words(said: str) -> str:
    """What PostgreSQL complained of first; the rest only repeats what it was doing."""
    lines = [line for line in said.strip().splitlines() if "error:" in line or "fatal:" in line.lower()]
    return (lines or said.strip().splitlines() or ["?"])[0][:400]
