"""`desk --selftest DIR` on a whole installation, on a broken one, and where it cannot write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from desk import __version__, selftest

ROOT = Path(__file__).parents[1]


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


def test_a_folder_that_cannot_be_written_is_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert selftest.main(["--selftest", str(tmp_path / "file" / "inside")]) == 2


@pytest.mark.parametrize("module", selftest.LIBRARIES)
def test_every_library_of_the_self_test_is_one_of_ours(module: str) -> None:
    from tests.rules.test_house import locked

    assert selftest.LIBRARIES[module].lower() in locked()
