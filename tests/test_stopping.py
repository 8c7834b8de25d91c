"""Ctrl+C in the terminal and the system's own end leave nothing behind, least of all a running database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
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


def _server_of(folder: Path) -> psutil.Process | None:
    found = [pid for pid in folder.glob("desk-tour-*/demo/data/postmaster.pid") if pid.read_text().strip()]
    try:
        return psutil.Process(int(found[0].read_text().split()[0])) if found else None
    except (psutil.NoSuchProcess, FileNotFoundError):
        return None


@pytest.mark.parametrize("pictures", [0, 1, 6])
def test_a_signal_ends_the_tour_wherever_it_is(tmp_path: Path, pictures: int) -> None:
    tmp_path.chmod(0o755)
    shots, home = tmp_path / "shots", tmp_path / "home"
    home.mkdir()
    with tempfile.TemporaryDirectory(prefix="desk-stopping-") as place:
        Path(place).chmod(0o755)
        with subprocess.Popen(
            [sys.executable, "-m", "desk", "--demo", "--shots", str(shots)],
            cwd=ROOT,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": place, "HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as tour:
            poll, deadline = threading.Event(), time.monotonic() + 120
            while (server := _server_of(Path(place))) is None or len(list(shots.glob("*.png"))) < pictures:
                assert tour.poll() is None and time.monotonic() < deadline, tour.stderr and tour.stderr.read()
                poll.wait(0.002)
            tour.send_signal(signal.SIGTERM)
            asked = time.monotonic()
            _, said = tour.communicate(timeout=60)
        assert tour.returncode == 128 + signal.SIGTERM, said
        assert "Traceback" not in said
        assert time.monotonic() - asked < 20
        assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE  # nobody's child
        assert not list(Path(place).glob("desk-tour-*"))
    assert not list(home.rglob("servers.json"))
