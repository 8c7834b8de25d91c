"""A Windows for building and checking: a Wine prefix with stand-ins for what Wine 8 lacks, and a screen for it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from installer.console import HOME, ROOT, StepFailed, code_of, expect, run

PROPS = ROOT / "installer" / "wine"
FONTS = Path("/usr/share/fonts/truetype/dejavu")
LIBRARIES = ("bcryptprimitives", "icuuc", "uishim")
SETTINGS_CLASS = r"HKLM\Software\Microsoft\WindowsRuntime\ActivatableClassId\Windows.UI.ViewManagement.UISettings"
SUBSTITUTES = r"HKLM\Software\Microsoft\Windows NT\CurrentVersion\FontSubstitutes"


def windows_path(path: Path) -> str:
    """A Linux path as Windows programs under Wine see it."""
    return "Z:" + str(path).replace("/", "\\")


@dataclass
class Wine:
    """One prefix; every program in it runs with a time limit, its words through a pipe."""

    prefix: Path
    display: str = ""
    more: dict[str, str] = field(default_factory=dict)

    @property
    def drive(self) -> Path:
        """Where C: lies."""
        return self.prefix / "drive_c"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """No window of Wine's own, no menu entries on the computer that builds, nothing of its Python or Qt."""
        foreign = ("PYTHON", "QT_", "WINE", "PG", "DISPLAY", "WAYLAND_DISPLAY", "VIRTUAL_ENV", "LC_", "LANG", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {
            **kept,
            "HOME": str(self.prefix.parent / "home"),
            "LC_ALL": "C.UTF-8",
            "WINEPREFIX": str(self.prefix),
            "WINEARCH": "win64",
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "PYTHONUTF8": "1",
            "PYTHONPYCACHEPREFIX": windows_path(self.prefix.parent / "pycache"),
            **({"DISPLAY": self.display} if self.display else {}),
            **self.more,
            **(more or {}),
        }

    def run(
        self,
        *words: object,
        limit: float = 300,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> str:
        """Run a Windows program that must succeed."""
        return run(["wine", *words], env=self.environment(env), limit=limit, log=log, cwd=cwd)

    def code(self, *words: object, limit: float = 300, env: Mapping[str, str] | None = None) -> int:
        """Run a Windows program for its exit code, of which Wine hands on the lowest eight bits."""
        return code_of(["wine", *words], env=self.environment(env), limit=limit)

    def set_value(self, key: str, name: str, value: str, kind: str = "REG_SZ") -> None:
        """Write one value into the registry."""
        self.run("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f", limit=60)

    def value(self, key: str, name: str) -> str | None:
        """Read one value from the registry."""
        words = ["wine", "reg", "query", key, "/v", name]
        said = run(words, env=self.environment(), limit=60, accepted=(0, 1))
        found = re.search(rf"^\s+{re.escape(name)}\s+REG_\w+[ \t]*(.*?)\s*$", said, re.MULTILINE)
        return found[1] if found else None

    @contextlib.contextmanager
    def awake(self) -> Iterator[Wine]:
        """Keep this Windows running meanwhile: else each program starts and ends all of its services once more."""
        resident = subprocess.Popen(
            ["wine", "cmd", "/k"],  # it waits for words that never come
            env=self.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            # Its first words: only now is Windows up, and two that start it at once get in each other's way.
            expect(resident.stdout and resident.stdout.read(1), f"o Wine não começou em {self.prefix}")
            # The first program with a window starts Wine's desktop, which stays and must not hold a pipe of ours open.
            desktop = ["wine", "rundll32", "user32.dll,GetDesktopWindow"]
            _background(desktop, self.environment()).wait(120)
            yield self
        finally:
            self.close()
            resident.communicate()

    def close(self) -> None:
        """End what still runs in this prefix, and only there."""
        run(["wineserver", "-k"], env=self.environment(), limit=60, accepted=(0, 1, 2))


def _background(words: list[str], env: dict[str, str], keep: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen(words, env=env, pass_fds=keep, stdin=quiet, stdout=quiet, stderr=quiet)


@contextlib.contextmanager
def screen(work: Path) -> Iterator[str]:
    """A virtual screen with a window manager; yields what DISPLAY must say."""
    work.mkdir(parents=True, exist_ok=True)
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", "1600x1000x24", "-nolisten", "tcp", "-dpi", "96"]
    server = _background(["Xvfb", *options], dict(os.environ), [write])
    os.close(write)
    try:
        with os.fdopen(read) as said:
            display = f":{said.readline().strip()}"
        expect(display != ":", "Xvfb não abriu uma tela")
        manager = _background(["openbox", "--sm-disable"], os.environ | {"DISPLAY": display})
        try:
            yield display
        finally:
            manager.terminate()
            manager.wait(10)
    finally:
        server.terminate()
        server.wait(10)


def make_prefix(prefix: Path, display: str, work: Path) -> Wine:
    """The prefix as the sources here describe it; made anew only when they or Wine changed."""
    wine = Wine(prefix, display)
    mark = _mark()
    stamp = prefix / ".desk"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return wine
    shutil.rmtree(prefix, ignore_errors=True)
    prefix.mkdir(parents=True)
    Path(wine.environment()["HOME"]).mkdir(exist_ok=True)
    wine.run("wineboot", "-i", limit=180)
    run(["wineserver", "-w"], env=wine.environment(), limit=180)  # what the first start left running still writes
    with wine.awake():
        _furnish(wine, work)
    stamp.write_text(mark, encoding="utf-8")
    return wine


def _furnish(wine: Wine, work: Path) -> None:
    """Version, stand-ins, letters."""
    wine.run("winecfg", "-v", "win10", limit=60)
    system = wine.drive / "windows" / "system32"
    for name in LIBRARIES:
        built = work / f"{name}.dll"
        compiler = ["x86_64-w64-mingw32-gcc", "-O2", "-shared", "-static-libgcc", "-o", built]
        run([*compiler, PROPS / f"{name}.c", "-ladvapi32"], limit=120)
        target = system / built.name
        target.unlink(missing_ok=True)
        shutil.copy(built, target)
    wine.set_value(SETTINGS_CLASS, "DllPath", r"C:\windows\system32\uishim.dll")
    wine.set_value(r"HKCU\Software\Wine\WineDbg", "ShowCrashDialog", "0", "REG_DWORD")
    for name in ("MS Shell Dlg", "MS Shell Dlg 2", "Segoe UI", "Tahoma"):
        wine.set_value(SUBSTITUTES, name, "DejaVu Sans")


def copy_prefix(source: Wine, target: Path, display: str) -> Wine:
    """Another Windows like this one, which does not run; each has a server of its own and so its own processor."""
    shutil.rmtree(target, ignore_errors=True)
    run(["cp", "-a", "--reflink=auto", source.prefix, target], limit=300)
    return Wine(target, display)


def patch_server(folder: Path) -> int:
    """Let PostgreSQL's Windows programs run under Wine 8, whose ntdll lacks one name that they look up.

    For copies inside a prefix only; the function is never called with Windows' way of flushing.
    """
    changed = 0
    for path in folder.rglob("*"):
        if path.suffix in (".exe", ".dll"):
            old = path.read_bytes()
            new = old.replace(b"NtFlushBuffersFileEx\0", b"NtFlushBuffersFile\0\0\0")
            if new != old:
                path.write_bytes(new)
                changed += 1
    return changed


def prop_names() -> Sequence[str]:
    """Files that must never be found in what is shipped."""
    return (*(f"{name}.dll" for name in LIBRARIES), "sitecustomize.py", "sitecustomize.pyc")


def _mark() -> str:
    version = run(["wine", "--version"], env=Wine(HOME / "none").environment(), limit=60).split()[-1]
    sources = [Path(__file__), *sorted(PROPS.glob("*.c"))]
    return version + " " + hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()


def require(*programs: str) -> None:
    """Stop early when a tool is missing."""
    missing = [name for name in programs if not shutil.which(name)]
    if missing:
        raise StepFailed(f"faltam programas: {', '.join(missing)} (como root, `python dev.py installer` os instala)")
