"""The guided tour once more, for what no picture shows: names for Narrator, Alt's letters, the ways of the keys."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QPoint, QRect, QSettings, Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QDialog,
    QGroupBox,
    QLabel,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from desk import tour
from desk.desktop import demo
from desk.settings import Settings
from desk.tour import Tour
from desk.tour_walk import walk
from desk.ui.core.dialogs import DeskDialog
from desk.ui.core.fields import Field
from desk.ui.core.forms import Form

ROW = 40  # pixels; what begins within them is read as one row
NUDGE = 4  # pixels by which neighbours may overlap, as frames and focus rings do


class Inspection(Tour):
    """Draws nothing: every screen of the tour is searched for what a person without a mouse or eyes would miss."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.screens: dict[str, list[str]] = {}

    def draw(self, name: str, widget: QWidget, *above: QWidget) -> None:
        """Look at what lies in front: a person's keys go nowhere else."""
        self.calm()
        front = above[-1] if above else widget
        self.screens[name] = [*nameless(front), *doubled(front), *backwards(front), *out_of_reach(front)]

    def over(self, name: str, act: Callable[[], object], prepare: Callable[[Any], object] | None = None) -> None:
        """Besides: where the first key goes in a dialog, where Enter leads, and that Esc closes it."""
        act()
        dialog = self.dialog()
        self.calm()
        found = list(first_key(dialog))
        if prepare is not None:
            prepare(dialog)
            self.calm()
        self.draw(name, self.shell.window, dialog)
        found += enters(dialog)
        self.calm()
        if isinstance(dialog, DeskDialog):
            dialog.is_dirty = lambda: False  # what Esc asks about is tested elsewhere
        QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Escape)
        if dialog.isVisible():
            found.append("Esc does not close it")
            dialog.done(0)
        self.screens[name] += found
        self.until(lambda: not self.dialogs(), "gone")


def reached(window: QWidget) -> list[QWidget]:
    """Where the Tab key stops, in its order."""
    found: list[QWidget] = []
    at = window.nextInFocusChain()
    while at is not window:
        stops = at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisibleTo(window) and at.isEnabled()
        if stops and at.window() is window:
            found.append(at)
        at = at.nextInFocusChain()
    return found


def told(widget: QWidget) -> str:
    """What Narrator says of it."""
    interface = QAccessible.queryAccessibleInterface(widget)
    return interface.text(QAccessible.Text.Name).strip() if interface is not None else ""


def what(widget: QWidget) -> str:
    """Which one it is, for whoever must mend it."""
    above = widget.parentWidget()
    return f"{type(widget).__name__}“{told(widget)}” in {type(above).__name__ if above is not None else 'nothing'}"


def out_of_reach(window: QWidget) -> Iterator[str]:
    """What takes keys and is enabled, but where the Tab key never comes by."""
    chain = set(reached(window))
    for each in window.findChildren(QWidget):
        takes_keys = each.focusPolicy() & Qt.FocusPolicy.TabFocus and each.focusProxy() is None
        here = each.window() is window and each.isVisibleTo(window) and each.isEnabled()
        if takes_keys and here and each not in chain:
            yield f"out of reach: {what(each)}"


def editable(dialog: QWidget) -> list[Field]:
    """The fields that one may type into, as they stand."""
    fields = [field for form in dialog.findChildren(Form) if form.isVisible() for field in form.fields.values()]
    return [field for field in fields if field.isVisible() and field.editor.isEnabled() and not field.read_only]


def first_key(dialog: QDialog) -> Iterator[str]:
    """The first key must do something sensible: go into a field where there is one, and never destroy anything."""
    at = cast(QWidget | None, dialog.focusWidget())
    if at is None or not at.isVisible() or not at.isEnabled():
        yield f"the first key goes nowhere: {at}"
    elif fields := editable(dialog):
        if not any(field.editor is at or field.editor.isAncestorOf(at) for field in fields):
            yield f"the first key goes into no field: {what(at)}"
    elif isinstance(dialog, DeskDialog) and at is dialog.primary and at.property("kind") == "danger":
        yield "Enter at once would destroy something"


def enters(dialog: QDialog) -> Iterator[str]:
    """Enter goes on from each field, and sends nothing by surprise."""
    for field in editable(dialog):
        if isinstance(field.editor, QPlainTextEdit):
            continue  # there it begins another line
        field.editor.setFocus(Qt.FocusReason.TabFocusReason)
        QTest.keyClick(field.editor, Qt.Key.Key_Return)
        if not dialog.isVisible() or (isinstance(dialog, DeskDialog) and dialog.busy):
            yield f"Enter sends: {what(field.editor)}"
            return
        if dialog.focusWidget() is field.editor:
            yield f"Enter stays: {what(field.editor)}"


def nameless(window: QWidget) -> Iterator[str]:
    """Those of which a screen reader could only say what they are, not what for."""
    for each in reached(window):
        if not told(each):
            yield f"no name: {what(each)}"


def letters(window: QWidget) -> Iterator[tuple[str, str]]:
    """Each letter that Alt takes here, with what it belongs to."""
    texts: list[str] = []
    if isinstance(window, QMenu):
        texts = [each.text() for each in window.actions() if not each.isSeparator()]
    for each in window.findChildren(QWidget):
        if each.window() is not window or not each.isVisibleTo(window):
            continue
        if isinstance(each, QTabBar):
            texts += [each.tabText(at) for at in range(each.count())]
        elif isinstance(each, QGroupBox):
            texts.append(each.title())
        elif isinstance(each, QAbstractButton) or (isinstance(each, QLabel) and each.buddy() is not None):
            texts.append(each.text())
    footer = [each.text() for each in window.presses if each.isVisible()] if isinstance(window, DeskDialog) else []
    for text in texts:
        key = QKeySequence.mnemonic(text)
        if not key.isEmpty():
            yield key.toString(), text
        elif isinstance(window, QMenu) or text in footer:
            yield "", text


def doubled(window: QWidget) -> Iterator[str]:
    """A letter that two things claim does nothing; an entry or a dialog's button without one is out of reach."""
    found = list(letters(window))
    for letter, times in Counter(letter for letter, _ in found if letter).items():
        if times > 1:
            yield f"{letter} twice: {[text for each, text in found if each == letter]}"
    for letter, text in found:
        if not letter:
            yield f"no letter: {text}"


def place(widget: QWidget, window: QWidget) -> QRect:
    """Where the eye finds it; of what scrolls, the frame counts."""
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(NUDGE, NUDGE, -NUDGE, -NUDGE)


def corner(widget: QWidget, window: QWidget) -> tuple[int, int]:
    """Where it stands in reading: its row, and how far to the right."""
    at = place(widget, window)
    return at.top() // ROW, at.left()


def backwards(window: QWidget) -> Iterator[str]:
    """Steps of the Tab key against the reading: to the left in the same row, or up in the same column."""
    chain = reached(window)
    first = min(range(len(chain)), key=lambda at: corner(chain[at], window), default=0)
    for before, after in pairwise([*chain[first:], *chain[:first]]):  # it is a ring; the topmost is where one begins
        if after.isAncestorOf(before) or before.isAncestorOf(after):
            continue
        if before.visibleRegion().isEmpty() or after.visibleRegion().isEmpty():
            continue  # scrolled out of sight: the eye has no place for it now
        one, two = place(before, window), place(after, window)
        same_row = min(one.bottom(), two.bottom()) > max(one.top(), two.top())
        same_column = min(one.right(), two.right()) > max(one.left(), two.left())
        if (same_row and two.right() < one.left()) or (same_column and not same_row and two.bottom() < one.top()):
            yield f"backwards: {what(before)} → {what(after)}"


def main(place_of_result: str) -> int:
    """Walk through everything and leave what was found as JSON."""
    with tempfile.TemporaryDirectory(prefix="desk-inspection-") as own:
        Path(own).chmod(0o755)  # as root the server runs as somebody else, who must get in
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(Path(own) / "settings"))
        made: list[Inspection] = []
        tour.PATIENCE = 60.0  # a busy machine is late, not wrong

        def use(desktop: object) -> int:
            made.append(Inspection(desktop, Path(own) / "telas", ()))
            QAccessible.setActive(True)
            return walk(made[0])

        code = demo(Settings(log_folder=Path(own) / "log"), use, Path(own) / "demo")
    Path(place_of_result).write_text(json.dumps(made[0].screens, ensure_ascii=False, indent=1), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
