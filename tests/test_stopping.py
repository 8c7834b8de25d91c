"""Ctrl+C in the terminal and the system's own end leave nothing behind, least of all a running database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
import signal, sys
from pathlib import Path
from PySide6.QtCore import QTimer
from desk.desktop import demo, run
from desk.settings import Settings

def shown(desktop):
    QTimer.singleShot(0, lambda: print("ready", flush=True))
    return run(desktop)

def starting(desktop):
    print("ready", flush=True)
    signal.pause()
    return 0

folder = Path(sys.argv[1])
sys.exit(demo(Settings(log_folder=folder / "log"), globals()[sys.argv[2]], folder / "demo"))
"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """One folder for all: filling the demo provider is the slow part of a first start."""
    with tempfile.TemporaryDirectory(prefix="desk-stopping-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.parametrize("moment", ["shown", "starting"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_ends_the_program_and_its_database(place: Path, number: signal.Signals, moment: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(place), moment],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as desk:
        assert desk.stdout is not None
        assert desk.stdout.readline() == "ready\n"
        assert list(place.glob("demo/data/postmaster.pid"))
        desk.send_signal(number)
        _, said = desk.communicate(timeout=60)
    assert desk.returncode == 128 + number, said
    assert "Traceback" not in said
    assert not list(place.glob("demo/data/postmaster.pid"))
