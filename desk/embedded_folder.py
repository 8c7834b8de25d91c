"""Finds the folder that really holds the data: the wished one, or for root one that the server's user can reach."""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path

from desk.embedded_errors import FolderRefused
from desk.embedded_programs import Programs


def usable_folder(wished: Path, programs: Programs, cache: Path) -> Path:
    """Make the folder if need be; never widen the mode of one that is not ours."""
    try:
        if _ready(wished, programs):
            return wished
        elsewhere = cache / "data" / hashlib.sha256(str(wished).encode()).hexdigest()[:24]
        if _ready(elsewhere, programs):
            return elsewhere
    except OSError as error:
        raise FolderRefused(folder=str(wished), reason=error.strerror or str(error)) from error
    raise FolderRefused(folder=str(wished), reason="unreachable")


def _ready(folder: Path, programs: Programs) -> bool:
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not programs.enters(folder.parent):
            return False
        # Appears under its name only when it belongs to the right user, so that a desk starting now finds it whole.
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", dir=folder.parent))
        programs.give(fresh)
        try:
            fresh.rename(folder)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                fresh.rmdir()
            if not folder.exists():
                raise
    return programs.enters(folder)
