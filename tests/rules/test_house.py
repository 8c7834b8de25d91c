"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import desk

ROOT = Path(__file__).parents[2]
NOT_OURS = {"node_modules", "__pycache__", "build", "dist"}
MOST_LINES = 450  # a file is split around 400


def ours(suffix: str, *tops: str) -> Iterator[Path]:
    """Our files with this suffix; folders whose name begins with a dot are tools' own."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not name.startswith(".") and name not in NOT_OURS]
        place = Path(folder)
        if tops and place != ROOT and place.relative_to(ROOT).parts[0] not in tops:
            continue
        yield from (place / name for name in names if name.endswith(suffix) and (not tops or place != ROOT))


def project() -> dict[str, object]:
    loaded: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return loaded


def locked() -> dict[str, Version]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {name: Version(version) for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", text, re.MULTILINE)}


def test_lock_answers_every_declared_dependency() -> None:
    versions = locked()
    declared = [*project()["dependencies"], *project()["optional-dependencies"]["dev"]]  # type: ignore[misc, index]
    for line in declared:
        wanted = Requirement(line)
        name = re.sub(r"[-_.]+", "-", wanted.name).lower()
        assert name in versions, f"{line}: run python dev.py lock"
        assert wanted.specifier.contains(versions[name]), f"{line}: run python dev.py lock"


def test_lock_has_hashes_and_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_node_lock_names_no_registry() -> None:
    for path in ours("package-lock.json"):
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
        assert not [name for name, facts in packages.items() if "resolved" in facts], path


def test_version_has_its_changes_written_down() -> None:
    assert f"## [{desk.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_licence_is_the_whole_gpl() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 3, 29 June 2007" in text
    assert len(text) > 30_000


def test_dev_starts_with_an_old_python_and_nothing_installed() -> None:
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported <= sys.stdlib_module_names


def test_dev_and_project_support_the_same_python() -> None:
    supported = re.search(r"^SUPPORTED = (.+)$", (ROOT / "dev.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert supported
    allowed = SpecifierSet(str(project()["requires-python"]))
    assert all(f"{major}.{minor}" in allowed for major, minor in ast.literal_eval(supported[1]))


def test_demo_without_a_screen_says_so_and_offers_pictures() -> None:
    env = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    command = [sys.executable, ROOT / "dev.py", "demo"]
    if sys.platform == "win32":
        return  # there is always a screen
    done = subprocess.run(command, env=env, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "demo --shots" in done.stderr


def test_ci_runs_what_developers_run() -> None:
    words = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in words
    assert "python3 dev.py test" in words


def test_files_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in ours(".py", "desk", "tests", "benchmarks", "migrations")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert not long


def test_catching_everything_stays_the_exception() -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ours(".py", "desk")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "noqa: BLE001" in line or re.search(r"suppress\((Base)?Exception\)", line)
    ]
    assert len(places) <= 3, places


def test_no_test_sleeps() -> None:
    sleeping = [str(path.relative_to(ROOT)) for path in ours(".py", "tests") if is_test(path) and sleeps(path)]
    assert not sleeping


def is_test(path: Path) -> bool:
    return path.name.startswith("test_") or path.name == "conftest.py"


def sleeps(path: Path) -> bool:
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    names = {ast.unparse(call.func) for call in calls}
    return bool(names & {"time.sleep", "sleep", "qtbot.wait", "QTest.qWait"})


@pytest.mark.parametrize("page", sorted(ours(".md")), ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_point_to_what_exists(page: Path) -> None:
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#\s]+)", text)
    missing = [name for name in targets if "://" not in name and not (page.parent / name).exists()]
    assert not missing
