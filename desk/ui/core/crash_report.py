"""One file for each bug, named by the number that the person quotes; IT can send it, since it holds no secret."""

from __future__ import annotations

import contextlib
import logging
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
