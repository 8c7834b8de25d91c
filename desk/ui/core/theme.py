"""Turns the tokens into Qt's palette, style sheet and fonts, and switches them live."""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from desk.ui.core.tokens import TEXT_STYLES, TOKENS

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
POINTS_PER_PIXEL = 0.75  # sizes in points follow Windows' text size, pixels would not


class Scheme(StrEnum):
    """What a person may choose in the preferences; the value is the label."""

    SYSTEM = "Sistema"
    LIGHT = "Claro"
    DARK = "Escuro"


class Theme(QObject):
    """The colours in force; `changed` is emitted after the whole program took new ones."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.scheme = Scheme.SYSTEM
        self.dark = False
        self.high_contrast = False
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._refresh)
        hints.accessibility().contrastPreferenceChanged.connect(self._refresh)

    def color(self, token: str) -> QColor:
        """The colour of a token now; with high contrast on, the nearest role of the system's palette."""
        if self.high_contrast:
            return self._system_color(token)
        return QColor(TOKENS[token][self.dark])

    def set_scheme(self, scheme: Scheme) -> None:
        """Choose light, dark or the system's own, at once."""
        self.scheme = scheme
        wanted = {
            Scheme.SYSTEM: Qt.ColorScheme.Unknown,
            Scheme.LIGHT: Qt.ColorScheme.Light,
            Scheme.DARK: Qt.ColorScheme.Dark,
        }[scheme]
        hints = self._app.styleHints()
        hints.setColorScheme(wanted)  # also darkens the caption bar
        self._refresh()

    def apply(self) -> None:
        """Give palette, style sheet and font to the whole program."""
        from desk.ui.core.qss import sheet  # only here: sheet needs the theme

        hints = self._app.styleHints()
        self.high_contrast = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        dark_system = hints.colorScheme() == Qt.ColorScheme.Dark
        self.dark = self.scheme == Scheme.DARK or (self.scheme == Scheme.SYSTEM and dark_system)
        self._app.setPalette(QPalette() if self.high_contrast else self.palette())
        self._app.setStyleSheet("" if self.high_contrast else sheet(self))
        self.changed.emit()

    def _refresh(self) -> None:
        before = (self.dark, self.high_contrast)
        hints = self._app.styleHints()
        high = hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
        dark_system = hints.colorScheme() == Qt.ColorScheme.Dark
        dark = self.scheme == Scheme.DARK or (self.scheme == Scheme.SYSTEM and dark_system)
        if (dark, high) != before:
            self.apply()

    def palette(self) -> QPalette:
        """Every role, so that nothing that Qt draws by itself falls back to grey on grey."""
        role, group = QPalette.ColorRole, QPalette.ColorGroup
        wanted = {
            role.Window: "win",
            role.WindowText: "text",
            role.Base: "surface",
            role.AlternateBase: "sunken",
            role.Text: "text",
            role.Button: "ctl",
            role.ButtonText: "text",
            role.BrightText: "bad",
            role.ToolTipBase: "flyout",
            role.ToolTipText: "text",
            role.PlaceholderText: "text3",
            role.Highlight: "accent",
            role.HighlightedText: "on_accent",
            role.Accent: "accent",
            role.Link: "link",
            role.LinkVisited: "link",
            role.Light: "surface",
            role.Midlight: "stroke",
            role.Mid: "stroke2",
            role.Dark: "edge",
            role.Shadow: "edge",
        }
        palette = QPalette()
        for each, token in wanted.items():
            palette.setColor(each, self.color(token))
        for each in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(group.Disabled, each, self.color("off"))
        palette.setColor(group.Disabled, role.Base, self.color("ctl_off"))
        palette.setColor(group.Disabled, role.Highlight, self.color("sel_off"))
        return palette

    def _system_color(self, token: str) -> QColor:
        role = QPalette.ColorRole
        roles = {
            "win": role.Window,
            "accent": role.Highlight,
            "on_accent": role.HighlightedText,
            "sel": role.Highlight,
            "link": role.Link,
            "ctl": role.Base,
            "ctl_off": role.Base,
            "surface": role.Base,
            "sunken": role.Base,
            "flyout": role.Window,
            "sel_off": role.Base,
            "hover": role.Base,
            "match": role.Base,
        }
        if token == "off":
            return self._app.palette().color(QPalette.ColorGroup.Disabled, role.Text)
        fallback = role.Base if token.endswith("_bg") else role.Text
        return self._app.palette().color(roles.get(token, fallback))


def theme() -> Theme:
    """The one theme of the running application."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("a theme needs a QApplication")
    found = app.findChild(Theme)
    return found if isinstance(found, Theme) else Theme(app)


def load_fonts() -> None:
    """Register the bundled Inter, so that every machine draws the same letters."""
    for file in sorted((RESOURCES / "fonts").glob("Inter-*.otf")):
        if QFontDatabase.addApplicationFont(str(file)) < 0:
            raise RuntimeError(f"font {file.name} cannot be read")


@cache
def _font(style: str, code: bool) -> QFont:
    pixels, weight = TEXT_STYLES[style]
    made = QFont("Inter")
    made.setPointSizeF(pixels * POINTS_PER_PIXEL)
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    made.setFeature(QFont.Tag("tnum"), 1)
    if code:  # slashed zero and unlike I l 1, for what is read aloud or typed
        made.setFeature(QFont.Tag("zero"), 1)
        made.setFeature(QFont.Tag("ss02"), 1)
    return made


def font(style: str = "body", *, code: bool = False) -> QFont:
    """The font of a text style; `code` for logins, addresses, circuits and the like."""
    return QFont(_font(style, code))
