"""`dev.py test` has two passes, on other versions: says on which, and adds the earlier pass to the end."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from pathlib import Path

import pytest

from tests.postgres import server_programs

# A file that the passes of one run share; each adds its line.
NOTES = "DESK_TEST_NOTES"
_BEGAN = pytest.StashKey[float]()


def pytest_configure(config: pytest.Config) -> None:
    """From here on time counts."""
    config.stash[_BEGAN] = time.monotonic()


def pytest_report_header() -> str:
    """What these tests run on."""
    return f"on: {versions()}"


def versions() -> str:
    """Python and the server, as they call themselves."""
    folder, who = server_programs()
    ask = [str(folder / "postgres"), "--version"]
    try:
        said = subprocess.run(ask, cwd=folder.anchor, capture_output=True, text=True, check=True, **who).stdout.split()
    except OSError:
        said = []  # tests that need no database run without one
    return f"Python {platform.python_version()}, PostgreSQL {said[2] if len(said) > 2 else 'not found'}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line for every pass so far; the closing line of pytest itself counts only the last."""
    if not os.environ.get(NOTES) or os.environ.get("PYTEST_XDIST_WORKER"):
        return
    parts, _ = terminalreporter.build_summary_stats_line()
    counted = ", ".join(text for text, _ in parts)
    notes = Path(os.environ[NOTES])
    with notes.open("a", encoding="utf-8") as file:
        file.write(f"{versions()}: {counted} in {time.monotonic() - config.stash[_BEGAN]:.0f}s\n")
    terminalreporter.section("passes")
    terminalreporter.write(notes.read_text(encoding="utf-8"))
