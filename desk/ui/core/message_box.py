"""The box of a refusal: what did not happen, why, what to do, and what support needs to know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget

from desk.ui.core import format
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import IconLabel, Label, button, icon_button, link, row
from desk.ui.core.messages import Link, Text, explain

if TYPE_CHECKING:
    from desk.services.core.errors import DomainError
    from desk.ui.core.desk import Again, Desk


PROGRAM = "Desk"
RULE = re.compile(r"[A-Z]{2}-\d+")


class MessageBox(DeskDialog):
    """Shows one Text; the links lead to the things that stand in the way."""

    def __init__(
        self,
        text: Text,
        *,
        title: str = PROGRAM,
        tone: str = "bad",
        icon: str = "x-circle-fill",
        asks: bool = False,
        follow: Callable[[Link], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, size=Size.MESSAGE, closing="Fechar", parent=parent)
        self.text = text
        self.setAccessibleDescription(" ".join(part for part in (text.what, text.why, text.do) if part))
        self.body.setSpacing(10)
        headline = Label(text.what, "subtitle", wrap=True)
        top = row(IconLabel(icon, tone, 24), 2, headline)
        top.setStretchFactor(headline, 1)
        self.body.addLayout(top)
        if text.subject:
            self.body.addWidget(Label(text.subject, "body", "text2", wrap=True))
        if text.why:
            self._part("" if asks else "question", "Por quê", text.why)
        if text.links:
            links = [_follow(each, follow, self) for each in text.links]
            self.body.addLayout(row(26, *links, None))
        if text.do:
            self._part("" if asks else "arrow-right", "O que fazer", text.do)
        if text.code:
            self._support()

    def _part(self, icon: str, caption: str, sentence: str) -> None:
        if not icon:  # a question says what will be: there is no why to it
            self.body.addWidget(Label(sentence, wrap=True).selectable())
            return
        column = QVBoxLayout()
        column.setSpacing(1)
        column.addWidget(Label(caption, "caption_medium", "text2"))
        column.addWidget(Label(sentence, wrap=True).selectable())
        line = row(spacing=10)
        mark = QVBoxLayout()
        mark.addWidget(IconLabel(icon, "text2"))
        mark.addStretch(1)
        line.addLayout(mark)
        line.addLayout(column, 1)
        self.body.addLayout(line)

    def _support(self) -> None:
        now = format.moment(datetime.now(), seconds=True)
        report = "\n".join(part for part in (self.text.what, self.text.code, now, self.text.details) if part)
        sunken = QFrame()
        sunken.setObjectName("sunken")
        inner = QVBoxLayout(sunken)
        inner.setContentsMargins(12, 8, 8, 8)
        shown = Label(report, "caption", "text2", code=True, wrap=True).selectable()
        copy = icon_button("copy", "Copiar", lambda: QGuiApplication.clipboard().setText(report), small=True)
        line = row(shown, copy)
        line.setStretchFactor(shown, 1)
        inner.addLayout(line)
        sunken.hide()
        opener = link("Detalhes para o suporte", icon="caret-right")
        opener.clicked.connect(lambda: self._toggle(sunken))
        rule = self.text.code if RULE.fullmatch(self.text.code) else ""  # other codes are for the report alone
        self.body.addLayout(row(opener, None, Label(rule, "caption", "text2", code=True)))
        self.body.addWidget(sunken)

    def showEvent(self, event: object) -> None:
        focused: QWidget | None = self.focusWidget()
        first = focused if focused is not None else self.closing
        first.setProperty("first", True)  # the ring shows from the start what Enter would press
        super().showEvent(event)

    def _toggle(self, panel: QWidget) -> None:
        panel.setVisible(panel.isHidden())
        self.fit()


def _follow(each: Link, follow: Callable[[Link], object] | None, box: DeskDialog) -> QWidget:
    made = link(each.text, icon=each.icon)

    def go() -> None:
        box.reject()
        if follow is not None:
            follow(each)

    made.clicked.connect(go)
    return made


def show_text(text: Text, *, desk: Desk | None = None, parent: QWidget | None = None, title: str = "") -> MessageBox:
    """Open the box of a refusal over a window, without waiting for the answer; it is called after what was refused."""
    follow = (lambda each: desk.run_action(each.action, each.row)) if desk is not None else None
    above = parent or QApplication.activeWindow()
    within = above.window().windowTitle() if above is not None and isinstance(above.window(), DeskDialog) else ""
    box = MessageBox(text, title=title or text.act or within or PROGRAM, follow=follow, parent=above)
    box.open()
    return box


def ask(
    text: Text,
    yes: str,
    on_yes: Callable[[], object],
    *,
    no: str = "Voltar",
    on_no: Callable[[], object] | None = None,
    other: str = "",
    on_other: Callable[[], object] | None = None,
    danger: bool = False,
    title: str = "",
    icon: str = "question",
    parent: QWidget | None = None,
) -> MessageBox:
    """Ask one question; `yes` is a verb with its object and the caption too; going back is the safe default.

    `other` is a second verb, for choices between two acts; `on_no` hears that the box was left, by button or by Esc.
    """
    above = parent or QApplication.activeWindow()
    box = MessageBox(text, title=title or yes, tone="warn", icon=icon, asks=True, parent=above)
    box.closing.setText(no)

    def go() -> None:
        box.accept()
        on_yes()

    box.set_primary(button(yes, go, kind="danger" if danger else "primary"))
    if on_other is not None:

        def go_other() -> None:
            box.accept()
            on_other()

        box.add_button(button(other, go_other))
    if on_no is not None:
        box.rejected.connect(on_no)
    box.closing.setFocus()
    box.open()
    return box


def ask_confirmation(error: DomainError, command: object, owner: QObject, again: Again) -> None:
    """Answer ConfirmationNeeded: ask, and send the command once more as confirmed, or tell that they went back."""
    from dataclasses import is_dataclass, replace

    text = explain(error)
    window = owner.window() if isinstance(owner, QWidget) else QApplication.activeWindow()
    yes = str(error.params.get("yes", "Continuar"))

    def go() -> None:
        if is_dataclass(command) and not isinstance(command, type):
            again(replace(command, confirmed=True))

    ask(text, yes, go, on_no=lambda: again(None), icon="warning-fill", parent=window)


def install(desk: Desk) -> None:
    """Give a desk the dialogs that ask and the box that explains."""
    from desk.services.core.errors import ConfirmationNeeded

    desk.answers[ConfirmationNeeded] = ask_confirmation
    desk.failed.connect(lambda text: show_text(text, desk=desk))
