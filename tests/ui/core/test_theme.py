"""Colours keep their contrast, fonts are the bundled ones, icons exist, and the theme changes live."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontInfo, QPalette

from desk.ui.core import icons
from desk.ui.core.app import Application
from desk.ui.core.qss import sheet
from desk.ui.core.theme import Scheme, font, theme
from desk.ui.core.tokens import TEXT_STYLES, TOKENS

GROUNDS = ("win", "surface", "sunken", "flyout", "ctl")
READ = ("text", "text2", "link", "ok", "warn", "bad", "violet", "mute")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    """Ratio between 1 and 21."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_whatever_is_read_stands_out(dark: bool) -> None:
    of = {name: pair[dark] for name, pair in TOKENS.items()}
    for ground in GROUNDS:
        for tone in READ:
            assert contrast(of[tone], of[ground]) >= 4.5, (tone, ground)
        assert contrast(of["edge"], of[ground]) >= 3.0, ground
        assert contrast(of["focus"], of[ground]) >= 3.0, ground
    for tone in ("ok", "warn", "bad", "violet", "mute", "info"):
        assert contrast(of[tone], of[f"{tone}_bg"]) >= 4.5, tone
        assert contrast(of["text"], of[f"{tone}_bg"]) >= 4.5, tone
    for ground in ("sel", "sel_off", "hover", "match"):
        assert contrast(of["text"], of[ground]) >= 4.5
    for tone in ("text2", "link", "ok", "warn", "bad", "violet", "mute", "accent"):
        assert contrast(of[tone], of["sel"]) >= 4.5, tone
    for ground in ("hover", "sel_off"):  # rows under the mouse, and the chosen one while the focus is elsewhere
        for tone in READ:
            assert contrast(of[tone], of[ground]) >= (4.5 if ground == "hover" else 4.4), (tone, ground)
    for ground in ("warn_bg", "bad_bg", "ok_bg", "info_bg"):  # notes hold second lines and links
        for tone in ("text2", "link"):
            assert contrast(of[tone], of[ground]) >= 4.5, (tone, ground)
    for mark in ("s1", "s2"):
        assert contrast(of[mark], of["surface"]) >= 3.0, mark
    assert contrast(of["text3"], of["ctl"]) >= 4.5
    assert contrast(of["on_accent"], of["accent"]) >= 4.5
    assert contrast(of["surface"], of["bad"]) >= 4.5  # words on the button of an irreversible act
    assert contrast(of["off"], of["surface"]) >= 3.2


def test_the_theme_changes_live(dressed: Application) -> None:
    told: list[None] = []
    dressed.theme.changed.connect(lambda: told.append(None))
    dressed.theme.set_scheme(Scheme.DARK)
    assert dressed.qt.palette().color(QPalette.ColorRole.Base).name().upper() == TOKENS["surface"][1]
    assert TOKENS["accent"][1].lower() in dressed.qt.styleSheet()
    assert told
    dressed.theme.set_scheme(Scheme.LIGHT)
    assert dressed.qt.palette().color(QPalette.ColorRole.Base).name().upper() == TOKENS["surface"][0]


def test_it_follows_the_system_while_it_runs_unless_somebody_chose(
    dressed: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows goes dark in the evening and what is open follows. Offscreen has no word for it, so it is said here."""
    real, own = dressed.qt.styleHints(), dressed.theme
    said = [Qt.ColorScheme.Light]
    hints = SimpleNamespace(
        colorScheme=lambda: said[-1], accessibility=real.accessibility, setColorScheme=lambda wanted: None
    )
    qt = dressed.qt
    app = SimpleNamespace(styleHints=lambda: hints, setPalette=qt.setPalette, setStyleSheet=qt.setStyleSheet)

    def switch(scheme: Qt.ColorScheme) -> None:
        said.append(scheme)
        real.colorSchemeChanged.emit(scheme)

    with monkeypatch.context() as patched:
        patched.setattr(own, "_app", app)
        own.set_scheme(Scheme.SYSTEM)
        for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
            switch(scheme)
            dark = scheme is Qt.ColorScheme.Dark
            assert own.dark is dark
            assert qt.palette().color(QPalette.ColorRole.Base).name().upper() == TOKENS["surface"][dark]
            assert TOKENS["accent"][dark].lower() in qt.styleSheet()
        own.set_scheme(Scheme.LIGHT)
        switch(Qt.ColorScheme.Dark)
        assert own.dark is False
    own.set_scheme(Scheme.LIGHT)


def test_high_contrast_takes_the_systems_colours(dressed: Application) -> None:
    dressed.theme.high_contrast = True
    base = dressed.qt.palette().color(QPalette.ColorRole.Base)
    try:
        assert dressed.theme.color("warn_bg") == base
        assert dressed.theme.color("warn") == dressed.qt.palette().color(QPalette.ColorRole.Text)
    finally:
        dressed.theme.high_contrast = False


def test_the_sheet_leaves_no_token_unfilled(dressed: Application) -> None:
    assert "$" not in sheet(theme())


@pytest.mark.parametrize("style", TEXT_STYLES)
def test_every_style_is_the_bundled_font(dressed: Application, style: str) -> None:
    assert QFontInfo(font(style)).family() == "Inter"
    assert QFontInfo(font(style)).exactMatch()


def test_icons_of_every_table_exist(dressed: Application) -> None:
    names = {*icons.NODE_ICONS.values(), *icons.ACTION_ICONS.values()}
    names |= {icon for icon, _, _ in (*icons.STATUS_ICONS.values(), *icons.MARKER_ICONS.values())}
    assert [name for name in names if not icons.known(name)] == []


def test_an_icon_is_drawn_once_for_each_colour_and_size(dressed: Application) -> None:
    first = icons.pixmap("key", "text2", 16, 1.0)
    assert icons.pixmap("key", "text2", 16, 1.0) is first
    assert icons.pixmap("key", "text2", 16, 1.5).width() == 24
    assert first.toImage() != icons.pixmap("key", "bad", 16, 1.0).toImage()
