"""The one style sheet: fills the tokens into the few rules that Qt's own drawing needs."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from desk.ui.core.tokens import TOKENS, TONES

if TYPE_CHECKING:
    from desk.ui.core.theme import Theme

# Fields, check marks, arrows, menus and focus rings are not here: style.py draws them.
RULES = Template("""
QDialog[body="surface"], QFrame#body, QScrollArea#body, QWidget#surface { background: $surface; }
QDialog[body="win"] { background: $win; }
QFrame#footer { background: $win; border: 0; border-top: 1px solid $stroke; }
QFrame#area-tabs { background: $surface; border: 0; border-bottom: 1px solid $stroke; }
QFrame#head { background: $surface; border: 0; border-bottom: 1px solid $stroke; }
QFrame#card { background: $surface; border: 1px solid $stroke; border-radius: 8px; }
QFrame#sunken { background: $sunken; border: 1px solid $stroke; border-radius: 6px; }
QFrame#flyout { background: $flyout; border: 1px solid $stroke2; border-radius: 8px; }
QFrame#hairline { background: $stroke; border: 0; max-height: 1px; min-height: 1px; }
QFrame#upright { background: $stroke; border: 0; max-width: 1px; min-width: 1px; }
QFrame#changed { background: $warn_bg; border: 0; border-radius: 4px; }
QFrame#page_of_wizard { background: $surface; border: 0; border-left: 1px solid $stroke;
    border-right: 1px solid $stroke; }
QFrame#note { border-radius: 6px; border: 1px solid $stroke; }
QFrame#note[tone="warn"] { background: $warn_bg; }
QFrame#note[tone="bad"] { background: $bad_bg; }
QFrame#note[tone="ok"] { background: $ok_bg; }
QFrame#note[tone="info"] { background: $info_bg; }
QScrollArea { background: transparent; border: 0; }
QScrollArea > QWidget > QWidget#page { background: transparent; }

QPushButton { background: $ctl; color: $text; border: 1px solid $stroke2; border-bottom-color: $edge;
    border-radius: 4px; outline: 0; padding: 0 12px; min-height: 26px; max-height: 26px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sel_off; color: $text2; }
QPushButton:disabled { background: $ctl_off; color: $off; border-color: $stroke; }
QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; padding: 0 14px; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed { background: $accent; border-color: $focus; }
QPushButton[kind="danger"] { background: $bad; color: $surface; border-color: $bad; padding: 0 14px; }
QPushButton[kind="danger"]:hover { border-color: $focus; }
QPushButton[kind="primary"]:disabled, QPushButton[kind="danger"]:disabled {
    background: $sel_off; color: $off; border-color: $stroke2; }
QPushButton[kind="tall"] { min-height: 32px; max-height: 32px; background: $accent; color: $on_accent;
    border-color: $accent; }
QPushButton[kind="link"] { background: transparent; border: 0; color: $link; padding: 0 2px;
    min-height: 22px; max-height: 22px; }
QPushButton[kind="link"]:hover { text-decoration: underline; }
QPushButton[kind="link"]:disabled { color: $off; }
QPushButton[kind="flat"] { background: transparent; border: 1px solid transparent; padding: 0 8px; }
QPushButton[kind="flat"]:hover { background: $hover; }
QPushButton[kind="flat"]:pressed, QPushButton[kind="flat"]:checked { background: $sel; }
QPushButton[kind="pill"] { background: transparent; border: 0; padding: 0 10px; min-height: 24px; max-height: 24px; }
QPushButton[kind="pill"]:hover { background: $hover; }
QPushButton[kind="pill"]:checked { background: $sel; color: $text; }
QPushButton[kind="pill"]:!checked { color: $text2; }
QPushButton[kind="segment"] { border-radius: 0; padding: 0 12px; }
QPushButton[kind="segment"]:checked { background: $sel; }
QPushButton[kind="segment"][end="first"] { border-top-left-radius: 4px; border-bottom-left-radius: 4px;
    border-right: 0; }
QPushButton[kind="segment"][end="middle"] { border-right: 0; }
QPushButton[kind="segment"][end="last"] { border-top-right-radius: 4px; border-bottom-right-radius: 4px; }
QToolButton { background: transparent; border: 0; border-radius: 4px; min-width: 28px; min-height: 28px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $sel; }
QLineEdit > QToolButton, QTabBar > QToolButton { min-width: 20px; min-height: 20px; }
QToolButton[kind="small"] { min-width: 24px; min-height: 20px; max-height: 20px; }
QToolButton[kind="key"] { border: 1px solid $stroke2; }

QTableView { background: transparent; border: 0; selection-background-color: $sel; selection-color: $text;
    alternate-background-color: $sunken; outline: 0; }
QTableView[disarmed="true"] { selection-background-color: $sel_off; }
QTreeView, QListView { background: $surface; border: 0; outline: 0; selection-color: $text; }
QHeaderView { background: transparent; border: 0; }
QHeaderView::section { background: transparent; color: $text2; border: 0; border-bottom: 1px solid $stroke2;
    padding: 0 8px; min-height: 27px; }
QHeaderView::section:hover { color: $text; }

QScrollBar { background: transparent; border: 0; margin: 0; }
QScrollBar:vertical { width: 12px; }
QScrollBar:horizontal { height: 12px; }
QScrollBar::handle { background: $edge; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px 3px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 2px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $stroke; }
QToolTip { background: $flyout; color: $text; border: 1px solid $stroke2; padding: 4px 6px; }
QStatusBar { background: $win; border-top: 1px solid $stroke; min-height: 26px; }
QStatusBar::item { border: 0; }
QProgressBar#busy { background: transparent; border: 0; max-height: 2px; min-height: 2px; }
QProgressBar#busy::chunk { background: $accent; }
QLabel#keycap { background: $flyout; color: $text2; border: 1px solid $stroke2; border-radius: 4px; padding: 0 5px; }
QLabel:disabled, QCheckBox:disabled, QRadioButton:disabled { color: $off; }
""")


def sheet(theme: Theme) -> str:
    """The whole style sheet in the colours of a theme."""
    colours = {token: theme.color(token).name() for token in TOKENS}
    tones = "\n".join(f'QLabel[tone="{tone}"] {{ color: {colours[tone]}; }}' for tone in TONES)
    return RULES.substitute(colours) + tones
