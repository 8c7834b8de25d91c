"""The definition for a real Windows, which cannot run here: whatever it names is in the repository, under that name."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from desk import selftest
from desk.server import Server
from desk.settings_layers import MACHINE, POLICY
from installer import msi, rollout, windows_tests
from installer.freeze import BEFORE
from tests import postgres

ROOT = Path(__file__).parents[2]
WORKFLOW = (ROOT / ".github" / "workflows" / "windows.yml").read_text(encoding="utf-8")
SCRIPTS = {path.name: path.read_text(encoding="utf-8-sig") for path in (ROOT / "installer").glob("*.ps1")}
ALL = "\n".join([WORKFLOW, *SCRIPTS.values()])
MADE = ("dist", "out")  # by the definition itself


def jobs() -> dict[str, str]:
    """Each job's own lines."""
    _, _, below = WORKFLOW.partition("\njobs:\n")
    parts = re.split(r"^  (\w+):\n", below, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def words() -> list[str]:
    """Everything that looks like a path of ours, as on Linux."""
    found = re.findall(r"(?<![\w$:{\\/.-])((?:[\w.-]+[\\/])+[\w.-]+|[\w-]+\.(?:spec|lock|ps1|toml))", ALL)
    return [word.replace("\\", "/") for word in found]


def test_paths_exist() -> None:
    ours = {
        word
        for word in words()
        if word.split("/")[0] in {"tests", "installer", "desk", "docs", "resources", "migrations"} or "/" not in word
    }
    assert {"tests/services", "tests/ui", "tests/ui/core", "build_installer.spec", "requirements.lock"} <= ours
    assert {"installer/windows-rollout.ps1", "installer/windows-tests.ps1"} <= ours
    missing = [word for word in ours if not (ROOT / word).exists()]
    assert missing == []


def test_modules_exist_and_can_be_run() -> None:
    ours = set(re.findall(r"python -m ([\w.]+)", ALL))
    assert {"installer.release", "installer.windows_tests", "pytest", "PyInstaller", "pip"} == ours
    for name in ours:
        spec = importlib.util.find_spec(name)
        assert spec is not None, name
        if name.startswith("installer"):
            assert '__name__ == "__main__"' in Path(str(spec.origin)).read_text(encoding="utf-8")
    for module, name in re.findall(r"from ([\w.]+) import (\w+); print", ALL):
        assert hasattr(importlib.import_module(module), name), (module, name)


def test_jobs_follow_each_other_and_take_what_was_left() -> None:
    found = jobs()
    assert list(found) == ["program", "package", "rollout"]
    left: set[str] = set()
    for name, text in found.items():
        for needed in re.findall(r"needs: (\w+)", text):
            assert list(found).index(needed) < list(found).index(name)
        taken = set(re.findall(r"download-artifact@v4\n\s+with: \{ name: (\w+)", text))
        assert taken <= left, (name, taken)
        left |= set(re.findall(r"upload-artifact@v4\n\s+with: \{ name: (\w+)", text))
    for uses in re.findall(r"uses: (\S+)", WORKFLOW):
        assert re.fullmatch(r"actions/[\w-]+@v\d+", uses)


def test_it_stands_for_the_systems_that_are_promised() -> None:
    promised = ("windows-2022", "desk-server-2019", "desk-windows-10", "desk-windows-11")
    assert all(name in jobs()["rollout"] for name in promised)
    for step in ("windows-rollout.ps1", "darice.cub"):
        assert step in jobs()["rollout"]
    for act in ('"/i"', '"/fa"', '"/jm"', '"/x"', "1603", "New-LocalUser", "-User SYSTEM"):
        assert act in SCRIPTS["windows-rollout.ps1"]
    for page in ("windows.md", "en/windows.md"):
        assert "windows.yml" in (ROOT / "docs" / "admin" / page).read_text(encoding="utf-8")


def test_the_rollout_speaks_of_what_the_installer_makes() -> None:
    text = SCRIPTS["windows-rollout.ps1"]
    assert text.count(f"Desk-{BEFORE}.msi") == 2
    assert f"HKLM:\\{MACHINE}" in text and f"HKLM:\\{POLICY}" in text
    given = dict(re.findall(r"\b(DB\w+) = \"([^\"]*)\"", text.partition("$names")[0]))
    names = dict(re.findall(r"\b(DB\w+) = \"([^\"]*)\"", text.partition("$names")[2].splitlines()[0]))
    assert given == rollout.GIVEN
    assert set(names) == set(msi.PROPERTIES) - {"INSTALLDIR"}
    assert {value: key for key, value in names.items()} == rollout.VALUES


def test_the_self_test_knows_its_words_and_leaves_what_is_read() -> None:
    source = Path(selftest.__file__).read_text(encoding="utf-8")
    for word in set(re.findall(r"\"(--\w+)\"", ALL)):
        assert f'"{word}"' in source, word
    for name in re.findall(r"\\(result\.\w+)", ALL):
        assert f'"{name}"' in source
    facts = set(re.findall(r"(?:\(Selftest windows\)|\$result)\.(\w+)\.(\w+)", ALL))
    assert facts == {("demo", "created"), ("demo", "platform"), ("program", "settings")}
    for part, fact in facts:
        assert f'report.part("{part}"' in source
        assert f'facts["{fact}"]' in source or f'"{fact}": ' in source
    assert set(re.findall(r"\.settings\.(\w+)", ALL)) == {"host", "single_sign_on"} <= set(Server._fields)
    assert '/ "banco"' in source and "banco\\data\\PG_VERSION" in ALL


def test_the_tests_are_told_where_their_server_is() -> None:
    text = SCRIPTS["windows-tests.ps1"]
    sources = Path(postgres.__file__).read_text(encoding="utf-8") + (ROOT / "tests" / "conftest.py").read_text("utf-8")
    told = set(re.findall(r"\$env:(DESK_\w+)", ALL))
    assert told == {"DESK_TEST_DSN", "DESK_TEST_MASTER_KEY", "DESK_TEST_PLATFORM"}
    for name in told:
        assert f'"{name}"' in sources
    for platform, folders in windows_tests.FOLDERS.items():
        listed = ", ".join(f'"{folder}"' for folder in folders)
        assert f"{platform} = @({listed})" in text
    for word in re.findall(r" (--[\w-]+)=", text):
        assert word in sources + "--pwfile", word


def test_what_a_real_windows_leaves_out_is_printed_for_pytest(capsys: pytest.CaptureFixture[str]) -> None:
    assert windows_tests.main() == 0
    said = capsys.readouterr()
    assert said.out.split() == [f"--deselect={name}" for name in windows_tests.NOT_ON_WINDOWS]
    assert set(windows_tests.NOT_ON_WINDOWS) < set(windows_tests.NOT_UNDER_WINE)
    assert all(reason in said.err for reason in windows_tests.NOT_ON_WINDOWS.values())


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_are_read_with_their_accents(name: str) -> None:
    """Windows' own PowerShell takes a file without a mark for the system's code page."""
    raw = (ROOT / "installer" / name).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") or raw.isascii()
    for opening, closing in ("()", "{}", "[]"):
        text = re.sub(r"#.*", "", SCRIPTS[name])
        assert text.count(opening) == text.count(closing)
