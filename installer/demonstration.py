"""`Desk.exe --demo` as a person starts it: in a profile with spaces and accents, until the window is closed again."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from installer.console import StepFailed, expect, run
from installer.wine_prefix import Wine

FOLDERS = r"HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\User Shell Folders"
NAME = "José da Silva Conceição"  # with spaces and accents, as people have them
PATIENCE = 240.0  # for a first start, with its database made and filled


def move_in(wine: Wine) -> Path:
    """Let the account's own folders lie below such a name, where Windows says they are; returns the local one."""
    for value, place in (("Local AppData", "Local"), ("AppData", "Roaming")):
        wine.set_value(FOLDERS, value, f"C:\\users\\{NAME}\\AppData\\{place}")
    return wine.drive / "users" / NAME / "AppData" / "Local"


def start_and_close(wine: Wine, program: Path, local: Path) -> Path:
    """Start it, wait for its database, close its window: it must end well, its database too. Returns the data."""
    data = local / "Desk" / "demo" / "data"
    running = data / "postmaster.pid"
    quiet = subprocess.DEVNULL
    environment = wine.environment()
    words = ["wine", str(program), "--demo"]
    desk = subprocess.Popen(words, env=environment, stdin=quiet, stdout=quiet, stderr=quiet)
    until = time.monotonic() + PATIENCE
    try:
        while not (running.exists() and "ready" in running.read_text(errors="replace")):
            expect(desk.poll() is None, f"a demonstração terminou com o código {desk.returncode}, sem banco")
            _in_time(until, "a demonstração não abriu o banco")
        while desk.poll() is None:
            # As a click on its cross; as long as there is no window yet, nobody hears it.
            run(["wine", "taskkill", "/im", program.name], env=environment, limit=60, accepted=(0, 1, 128))
            _in_time(until, "a janela da demonstração não abriu ou não fechou")
    finally:
        if desk.poll() is None:
            wine.close()
            desk.wait(60)
    expect(desk.returncode == 0, f"a demonstração terminou com o código {desk.returncode}")
    expect(not running.exists(), "o banco da demonstração continuou aberto")
    expect((data / "PG_VERSION").is_file(), f"sem dados em {data}")
    return data


def _in_time(until: float, text: str) -> None:
    if time.monotonic() > until:
        raise StepFailed(text)
    time.sleep(1)
