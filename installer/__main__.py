"""`python dev.py installer`: from pinned downloads to an MSI that was installed, used, upgraded and removed."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from desk import __version__
from installer import closure, figures, freeze, msi, rollout, windows_python, windows_tests
from installer.console import HOME, StepFailed, end_with_all, run, say, side_by_side, step
from installer.fetch import fetch_python, fetch_wheels
from installer.freeze import BEFORE
from installer.trust import Signer
from installer.windows_tests import FOLDERS
from installer.wine_prefix import Wine, copy_prefix, make_prefix, require, screen

PARTS = ("tests", "linux", "msi", "rollout", "figures")
PROGRAMS = ("wine", "Xvfb", "openbox", "x86_64-w64-mingw32-gcc", "wixl", "msibuild", "msiextract", "osslsigncode")


def main(argv: list[str]) -> int:
    """Every step in its order; the first that fails ends it with its own words."""
    parser = argparse.ArgumentParser(prog="dev.py installer", description="Monta e prova o instalador do Windows.")
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="só estas partes, sobre o que já foi feito; figures só assim"
    )
    parser.add_argument("--short", action="store_true", help="dos testes, só os que tocam o próprio Windows")
    options = parser.parse_args(argv)
    wanted = set(options.only or PARTS[:-1])
    began = time.monotonic()
    signal.signal(signal.SIGTERM, end_with_all)
    try:
        if wanted - {"linux"}:
            require(*PROGRAMS)
        # The rehearsal on Linux keeps the other processor busy while Windows is prepared.
        side_by_side(
            lambda: _linux(HOME / "work") if "linux" in wanted else None,
            lambda: chain(wanted, options.short) if wanted - {"linux"} else None,
        )
    except StepFailed as failure:
        print(f"\ninstaller: {failure}", file=sys.stderr, flush=True)
        return 1
    what = f"Instalador pronto e provado: {HOME / 'out'}" if wanted >= set(PARTS[:-1]) else f"Provado: {sorted(wanted)}"
    say(f"{what}, em {(time.monotonic() - began) / 60:.1f} min")
    return 0


def chain(wanted: set[str], short: bool) -> None:
    """Downloads, prefix and interpreter are kept from run to run; everything after them is made anew.

    Tests and packages need nothing of each other: they are made side by side, each in a Windows of its own.
    """
    work, out = HOME / "work", HOME / "out"
    for folder in (work, out):
        folder.mkdir(parents=True, exist_ok=True)
    with step("downloads por hash fixado"):
        fetch_python()
        fetch_wheels()
    with screen(work) as tested, screen(work) as used:
        with step("prefixo do Wine"):
            wine = make_prefix(HOME / "prefix", used, work)
        places = {name: copy_prefix(wine, HOME / f"prefix-{name}", tested) for name in FOLDERS if "tests" in wanted}
        places |= {name: copy_prefix(wine, HOME / f"prefix-{name}", used) for name in {"rollout"} & wanted}
        with wine.awake():
            python = windows_python.windows_python(wine, work)
            side_by_side(
                lambda: _tests(places, python, work, short) if "tests" in wanted else None,
                lambda: _packages(wine, places, python, wanted),
            )
            if "figures" in wanted:
                with step("medidas"):
                    figures.start_figures(HOME / "dist-linux" / "Desk", None)
                    figures.start_figures(HOME / "dist" / "Desk", wine)
                    for name, megabytes in figures.weight(HOME / "dist" / "Desk").items():
                        say(f"  {name}: {megabytes:.1f} MB")


def _tests(places: dict[str, Wine], python: windows_python.WindowsPython, work: Path, short: bool) -> None:
    with step("testes como programa do Windows"):
        for name, count in windows_tests.run_tests(places, python, work, short).items():
            say(f"  {name}: {count} passaram")


def _linux(work: Path) -> None:
    with step("PyInstaller no Linux, como ensaio"):
        work.mkdir(parents=True, exist_ok=True)
        folder = freeze.freeze_linux(HOME / "dist-linux", work)
        place = work / "selftest-linux"
        shutil.rmtree(place, ignore_errors=True)
        env = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        for _ in range(2):  # the second time on what the first one left, as after an upgrade
            run([folder / "Desk", "--selftest", place], env=env, limit=600)


def _packages(wine: Wine, places: dict[str, Wine], python: windows_python.WindowsPython, wanted: set[str]) -> None:
    work, out = HOME / "work", HOME / "out"
    if "msi" in wanted:
        with step("PyInstaller no Wine"):
            folder = freeze.freeze_windows(wine, python, HOME / "dist", work)
        _pack(folder, work, out)
    if "rollout" in wanted:
        _rollout(places["rollout"], work, out)


def _pack(folder: Path, work: Path, out: Path) -> None:
    with step("conferência da pasta"):
        say(f"  {closure.check_closure(folder)} programas e bibliotecas, nada falta")
        for name in ("Desk.exe", "desk-admin.exe"):
            closure.check_resources(folder / name, __version__)
    with step("assinaturas (certificado de ensaio) e MSI"):
        signer = Signer(work / "certificates").make()
        for name in ("Desk.exe", "desk-admin.exe"):
            signer.sign(folder / name)
        older = rollout.previous(folder, HOME / "dist-before" / "Desk")

        def packed(place: Path, version: str) -> None:
            own = work / version
            own.mkdir(exist_ok=True)
            target = msi.build_msi(place, version, out / f"Desk-{version}.msi", own)
            msi.check_msi(target, place, version, own)
            signer.sign(target, msi=True)
            freeze.expect_no_props(place.rglob("*"))

        side_by_side(lambda: packed(older, BEFORE), lambda: packed(folder, __version__))  # wixl packs with one core
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        weight = (out / f"Desk-{__version__}.msi").stat().st_size
        say(f"  instalador {weight / 1e6:.1f} MB, instalado {size / 1e6:.1f} MB")


def _rollout(clean: Wine, work: Path, out: Path) -> None:
    with clean.awake():
        station = rollout.Workstation(clean, work)
        before = rollout.Release(out / f"Desk-{BEFORE}.msi", HOME / "dist-before" / "Desk", BEFORE)
        now = rollout.Release(out / f"Desk-{__version__}.msi", HOME / "dist" / "Desk", __version__)
        rollout.roll_out(station, before, now)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
