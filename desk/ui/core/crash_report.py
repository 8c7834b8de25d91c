"""One file for each bug, named by the number that the person quotes; IT can send it, since it holds no secret."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import sys
from datetime import datetime
from pathlib import Path

from desk import __version__

KEPT = 20


def write_report(folder: Path, number: str, error: BaseException, clean: logging.Formatter) -> Path | None:
    """What happened and where in the program, without what anybody typed; None where it cannot be written."""
    record = logging.LogRecord(
        "desk", logging.CRITICAL, "", 0, _heading(number), None, (type(error), error, error.__traceback__)
    )
    path = folder / f"defeito-{number}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(clean.format(record) + "\n", encoding="utf-8")
        older = sorted(folder.glob("defeito-*.txt"), key=lambda each: each.stat().st_mtime)[:-KEPT]
    except OSError:
        return None
    for each in older:
        with contextlib.suppress(OSError):
            each.unlink()
    return path


def _heading(number: str) -> str:
    return (
        f"Defeito {number}, {datetime.now():%d/%m/%Y %H:%M:%S}\n"
        f"Desk {__version__}, Python {platform.python_version()}, {platform.platform()}\n"
        f"{'programa instalado' if getattr(sys, 'frozen', False) else 'a partir do código'}\n"
    )


class Watch:
    """Notes where the program was when a library ends it without a word: places in the code alone, no values.

    One file for each process. A desk that ends in order takes its own away, so what a later start finds is a crash.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"queda-{os.getpid()}.txt"
        self._file = self._path.open("w", encoding="utf-8")
        faulthandler.enable(self._file)

    def close(self) -> None:
        """End in order."""
        faulthandler.disable()
        self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()


def crashes(folder: Path) -> list[str]:
    """Make reports of what earlier processes left, and return their numbers; who is still alive is left alone."""
    numbers = []
    for path in sorted(folder.glob("queda-*.txt")):
        with contextlib.suppress(OSError, ValueError):
            if _alive(int(path.stem.removeprefix("queda-"))):
                continue
            noted, when = path.read_text(encoding="utf-8", errors="replace"), path.stat().st_mtime
            path.unlink()
            if noted.strip():  # else the computer was switched off under it
                number = f"{datetime.fromtimestamp(when):%m%d-%H%M}-{os.urandom(2).hex().upper()}"
                report = folder / f"defeito-{number}.txt"
                report.write_text(f"{_heading(number)}\n{noted}", encoding="utf-8")
                numbers.append(number)
    return numbers


def _alive(process: int) -> bool:
    import psutil  # here, since only a crash needs it

    return bool(psutil.pid_exists(process))
