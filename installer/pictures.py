"""Draws docs/admin/img: what whoever rolls Desk out sees, photographed from an installation under Wine."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from installer.console import HOME, ROOT, StepFailed, expect, run, say
from installer.wine_prefix import Wine, windows_path

TARGET = ROOT / "docs" / "admin" / "img"
GIVEN = ("DBHOST=banco.provedor.example", "DBNAME=desk")

# Runs beside Wine's programs on the same screen, as a program of Linux.
_CAMERA = """
import sys, time
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtCore import QRect
app = QGuiApplication(["camera"])
def look():
    app.processEvents()
    image = app.primaryScreen().grabWindow(0).toImage().convertToFormat(QImage.Format.Format_RGB32)
    ground = image.pixel(0, image.height() - 1)
    lit = lambda x, y: image.pixel(x, y) != ground
    xs = [x for x in range(0, image.width(), 2) if any(lit(x, y) for y in range(0, image.height(), 8))]
    ys = [y for y in range(0, image.height(), 2) if any(lit(x, y) for x in range(0, image.width(), 8))]
    return image.copy(QRect(xs[0], ys[0], xs[-1] - xs[0] + 2, ys[-1] - ys[0] + 2)) if xs and ys else None
deadline, before, same = time.monotonic() + float(sys.argv[2]), None, 0
while time.monotonic() < deadline and same < 24:
    time.sleep(0.5)
    now = look()
    same = same + 1 if now is not None and before is not None and now.size() == before.size() else 0  # a caret blinks
    before = now
sys.exit(0 if before is not None and same >= 24 and before.save(sys.argv[1]) else 1)
"""


def photograph(wine: Wine, name: str, *words: object, patience: float = 90) -> None:
    """Start a program, wait until the screen has stood still, keep what is on it, end everything."""
    quiet = subprocess.DEVNULL
    started = ["wine", *(str(word) for word in words)]
    program = subprocess.Popen(started, env=wine.environment(), stdin=quiet, stdout=quiet, stderr=quiet)
    TARGET.mkdir(parents=True, exist_ok=True)
    env = os.environ | {"DISPLAY": wine.display, "QT_QPA_PLATFORM": "xcb"}
    try:
        run([sys.executable, "-c", _CAMERA, TARGET / f"{name}.png", patience], env=env, limit=patience + 60)
    finally:
        wine.close()
        program.wait(60)
    say(f"  {name}.png")


def draw(wine: Wine, msi: Path, work: Path) -> None:
    """Install as IT does, then look at the entry, at the program, and at what the self-test says."""
    words: Sequence[object] = ("msiexec", "/i", windows_path(msi), *GIVEN, "/qn")
    expect(wine.code(*words) == 0, "a instalação falhou")
    place = wine.drive / "Program Files" / "Desk"
    if not (place / "Desk.exe").exists():
        raise StepFailed(f"nada em {place}")
    photograph(wine, "programas", "uninstaller")
    photograph(wine, "entrar", place / "Desk.exe")


def main() -> int:
    """On a Windows of its own, out of the MSI that the chain made."""
    from desk import __version__
    from installer.wine_prefix import copy_prefix, make_prefix, screen

    work = HOME / "work"
    with screen(work) as display:
        source = make_prefix(HOME / "prefix", display, work)
        clean = copy_prefix(source, HOME / "prefix-pictures", display)
        draw(clean, HOME / "out" / f"Desk-{__version__}.msi", work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
