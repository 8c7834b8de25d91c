"""Icons of one family, drawn in a tone and kept; and which icon each thing has."""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QIconEngine, QPainter, QPixmap

from desk.ui.core.theme import theme

FONT, CHARACTERS = "phosphor-1.3.0.ttf", "phosphor-charmap-1.3.0.json"
GLYPH = 0.875  # of the box, as qtawesome draws it: the rest is the bearing of the letters

NODE_ICONS: dict[str, str] = {
    "internet": "globe-hemisphere-west",
    "tv": "television",
    "voice": "phone",
    "hosting": "hard-drives",
    "person": "user",
    "company": "buildings",
    "radius_login": "key",
    "mailbox": "envelope-simple",
    "alias": "at",
    "ip": "hash-straight",
    "circuit": "flow-arrow",
    "domain": "globe-simple",
    "ftp_user": "folder-notch",
    "set_top_box": "monitor-play",
    "voice_terminal": "phone-call",
    "carrier": "headset",
}

PROVISIONAL = "provisional"

# By code, since a provider may call a status something else: (icon, tone, filled chip?).
STATUS_ICONS: dict[str, tuple[str, str, bool]] = {
    "HABILITADO": ("check-circle-fill", "ok", False),
    "EM_INSTALACAO": ("wrench-fill", "violet", True),
    "EXPERIMENTANDO": ("hourglass-medium-fill", "violet", True),
    "AGUARDANDO_AUTORIZACAO": ("shield-warning-fill", "warn", True),
    "SUSPENSO": ("pause-circle-fill", "warn", True),
    "SUSPENSO_DEBITO": ("currency-circle-dollar-fill", "bad", True),
    "SUSPENSAO_TEMPORARIA": ("calendar-x-fill", "warn", True),
    "CANCELADO": ("x-circle-fill", "mute", False),
    PROVISIONAL: ("timer", "warn", True),  # no status of its own, but what the card leads to
}


class Status(NamedTuple):
    """A status as it is shown: the code chooses sign and colour, the label is the provider's word for it."""

    code: str
    label: str


def status_look(code: str) -> tuple[str, str, bool]:
    """Icon, tone, and whether the chip is filled; a status that a provider made is a chip in `mute`."""
    return STATUS_ICONS.get(code, ("circle-fill", "mute", True))


# Marker: (icon, tone, filled chip?).
MARKER_ICONS: dict[str, tuple[str, str, bool]] = {
    "pending": ("clock-fill", "warn", True),
    "until": ("timer", "warn", False),
    "slow": ("gauge", "warn", False),
    "online": ("circle-fill", "ok", False),
    "offline": ("circle", "mute", False),
    "blocked": ("prohibit", "warn", False),
    "done": ("check-circle-fill", "ok", False),
    "delivering": ("spinner-gap", "accent", False),
    "failed": ("x-circle-fill", "bad", False),
}

ACTION_ICONS: dict[str, str] = {
    "open": "arrow-square-out",
    "edit": "pencil-simple",
    "new": "plus",
    "refresh": "arrow-clockwise",
    "undo": "arrow-counter-clockwise",
    "change_plan": "swap",
    "transfer_plan": "users",
    "suspend": "pause-circle",
    "enable": "play-circle",
    "cancel": "x-circle",
    "delete": "trash",
    "access_point": "broadcast",
    "traffic": "chart-line",
    "tasks": "calendar-check",
    "assets": "package",
    "value": "money",
    "custom_field": "note-pencil",
    "password": "lock-key",
    "close_connection": "power",
    "generate": "arrows-clockwise",
    "look": "eye",
    "pdf": "file-pdf",
    "search": "magnifying-glass",
    "command": "command",
    "help": "question",
    "preferences": "gear",
    "history": "clock-counter-clockwise",
    "copy": "copy",
    "more": "dots-three",
}


@cache
def _family() -> tuple[str, str]:
    """Name of the font, and the table of names and codes as it is written, from qtawesome's files.

    The files only: importing qtawesome brings qtpy along, which costs more than an empty window.
    """
    spec = find_spec("qtawesome")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise RuntimeError("qtawesome is not installed")
    folder = Path(next(iter(places))) / "fonts"
    number = QFontDatabase.addApplicationFont(str(folder / FONT))
    families = QFontDatabase.applicationFontFamilies(number)
    if not families:
        raise RuntimeError(f"{FONT} cannot be read")
    return families[0], (folder / CHARACTERS).read_text(encoding="utf-8")


@cache
def _letter(name: str) -> str:
    """The letter that draws an icon, or "". Looked up one by one: of its 4,470 the sign-in window needs four."""
    found = re.search(rf'"{re.escape(name)}": "0x(\w+)"', _family()[1])
    return chr(int(found[1], 16)) if found else ""


def known(name: str) -> bool:
    """Whether the family has an icon of this name."""
    return _letter(name) != ""


def _glyph(painter: QPainter, name: str, colour: str, size: int) -> None:
    letter = _letter(name)
    if not letter:
        raise KeyError(name)
    drawn = QFont(_family()[0])
    drawn.setPixelSize(max(1, round(GLYPH * size)))
    painter.setFont(drawn)
    painter.setPen(QColor(colour))
    painter.drawText(QRect(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, letter)


_pixmaps: dict[tuple[str, str, int, float], QPixmap] = {}


def pixmap(name: str, tone: str = "text", size: int = 16, ratio: float | None = None) -> QPixmap:
    """One icon in one colour; drawn once for each size and screen."""
    colour = theme().color(tone).name()
    ratio = ratio if ratio is not None else _ratio()
    key = (name, colour, size, ratio)
    found = _pixmaps.get(key)
    if found is None:
        found = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        found.setDevicePixelRatio(ratio)
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        _glyph(painter, name, colour, size)
        painter.end()
        _pixmaps[key] = found
    return found


def _ratio() -> float:
    return QGuiApplication.primaryScreen().devicePixelRatio()


def draw(painter: QPainter, name: str, tone: str, at: QPoint, size: int = 16) -> None:
    """Paint an icon with its upper left corner at a point."""
    # Not of painter.device(): to name its type, PySide would first make every class that can be painted on.
    scale = painter.deviceTransform()
    ratio = round(math.hypot(scale.m11(), scale.m12()), 2)
    painter.drawPixmap(at, pixmap(name, tone, size, ratio))


class _Engine(QIconEngine):
    """Asks for the colour when it paints, so that icons follow a change of theme."""

    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        self._name, self._tone = name, tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        size = min(rect.width(), rect.height())
        tone = "off" if mode == QIcon.Mode.Disabled else self._tone
        corner = QPoint(rect.x() + (rect.width() - size) // 2, rect.y() + (rect.height() - size) // 2)
        draw(painter, self._name, tone, corner, size)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        tone = "off" if mode == QIcon.Mode.Disabled else self._tone
        return pixmap(self._name, tone, min(size.width(), size.height()), 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float) -> QPixmap:
        tone = "off" if mode == QIcon.Mode.Disabled else self._tone
        side = min(size.width(), size.height())
        return pixmap(self._name, tone, max(1, round(side / scale)), scale)

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._tone)


def icon(name: str, tone: str = "text") -> QIcon:
    """A QIcon that follows the theme; an empty name gives an empty icon."""
    return QIcon(_Engine(name, tone)) if name else QIcon()
