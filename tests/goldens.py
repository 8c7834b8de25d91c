"""Compares a picture with the stored one: blind to how letters are smoothed, not to a widget that moved or was cut."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter

from desk.tour import fewer_colours

STORED = Path(__file__).parent / "ui" / "goldens"
FAILED = Path(os.environ.get("DESK_GOLDENS_FAILED") or Path(tempfile.gettempdir()) / "desk-goldens")
RENEW = os.environ.get("DESK_RENEW_GOLDENS") == "1"

BLOCK = 8  # logical pixels: about one letter
STEP = 24  # of 255, in any channel: a letter that came or went, not another way to smooth it
FORGIVEN = 1  # block of a whole picture


def differing_blocks(seen: QImage, wanted: QImage, scale: float = 1.0) -> list[tuple[int, int]]:
    """Blocks whose mean colour is another, as (column, row); every one when the sizes differ."""
    size = max(1, round(BLOCK * scale))
    across, down = wanted.width() // size, wanted.height() // size
    if seen.size() != wanted.size():
        return [(x, y) for y in range(down) for x in range(across)]
    one, two = _means(seen, across, down), _means(wanted, across, down)
    found = []
    for at in range(0, len(one), 4):
        if any(abs(one[at + channel] - two[at + channel]) > STEP for channel in range(3)):
            y, x = divmod(at // 4, across)
            found.append((x, y))
    return found


def _means(picture: QImage, across: int, down: int) -> bytes:
    smooth = picture.convertToFormat(QImage.Format.Format_RGB32).scaled(
        across, down, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return bytes(smooth.constBits())


def complaint(name: str, seen: QImage, scale: float = 1.0) -> str:
    """Empty when the picture is as stored; otherwise what differs, with new picture and difference written down."""
    stored = STORED / f"{name}.png"
    if RENEW:
        _store(seen, stored)
        return ""
    wanted = QImage(str(stored))
    if wanted.isNull():
        FAILED.mkdir(parents=True, exist_ok=True)
        seen.save(str(FAILED / f"{name}.png"))
        return f"{name}: no stored picture; the new one is in {FAILED}"
    blocks = differing_blocks(seen, wanted, scale)
    if len(blocks) <= FORGIVEN:
        return ""
    FAILED.mkdir(parents=True, exist_ok=True)
    seen.save(str(FAILED / f"{name}.png"))
    _marked(seen, wanted, blocks, scale).save(str(FAILED / f"{name}-diff.png"))
    sizes = "" if seen.size() == wanted.size() else f" (size {_size(seen)}, stored {_size(wanted)})"
    return f"{name}: {len(blocks)} blocks differ{sizes}; see {FAILED}/{name}.png and {name}-diff.png"


def _size(picture: QImage) -> str:
    return f"{picture.width()}×{picture.height()}"


def _store(picture: QImage, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    fewer_colours(picture).save(str(file))


def _marked(seen: QImage, wanted: QImage, blocks: list[tuple[int, int]], scale: float) -> QImage:
    """The stored picture beside the new one, with what differs in frames."""
    size = max(1, round(BLOCK * scale))
    both = QImage(wanted.width() + seen.width() + 8, max(wanted.height(), seen.height()), QImage.Format.Format_RGB32)
    both.fill(QColor("black"))
    painter = QPainter(both)
    for left, picture in ((0, wanted), (wanted.width() + 8, seen)):
        flat = picture.copy()
        flat.setDevicePixelRatio(1)
        painter.drawImage(left, 0, flat)
        painter.setPen(QColor("red"))
        for x, y in blocks if seen.size() == wanted.size() else ():
            painter.drawRect(left + x * size, y * size, size, size)
    painter.end()
    return both
