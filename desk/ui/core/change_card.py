"""The change card: what a step will do to the money and to the network, before the click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desk.ui.core.cards import Card, NoteBar, hairline
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form, footer_text
from desk.ui.core.icons import Status
from desk.ui.core.inputs import Choice, ComboField
from desk.ui.core.labels import Chip, IconLabel, Label, button, clear, icon_button, link, rich, row
from desk.ui.core.motion import Spinner
from desk.ui.core.theme import theme


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a section; the same `key` later with other facts counts as changed."""

    key: str
    text: str = ""
    detail: str = ""  # second line: the explanation
    note: str = ""  # beside the text: the login, the device
    icon: str = ""
    strong: bool = False
    amount: str = ""  # right aligned
    old: str = ""
    new: str = ""  # strong, in `tone`
    tone: str = "warn"
    warning: str = ""  # a third line: "Não respondeu agora…"
    quiet: bool = False  # one grey line: "Sem mudança: …"
    line_above: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """Dinheiro, Rede, or whatever else a step touches."""

    title: str
    icon: str = ""
    lines: tuple[Line, ...] = ()
    note: str = ""  # "em R$", "conferido às 14:32"
    loading: bool = False
    refresh: bool = False


@dataclass(frozen=True, kw_only=True)
class Caution:
    """A note under the sections, perhaps with a link."""

    text: str
    tone: str = "warn"
    link: str = ""
    follow: Callable[[], object] | None = None


@dataclass(frozen=True, kw_only=True)
class CardFacts:
    """All that a card shows; made by a capability from the service's preview."""

    title: str  # caption: the act's label
    subject: str
    customer: str  # "Maria Aparecida Nogueira · 001234 · Plano nº 001"
    icon: str = "pause-circle-fill"
    tone: str = "warn"
    old_status: Status | None = None
    new_status: Status | None = None
    sections: tuple[Section, ...] = ()
    warnings: tuple[Caution, ...] = ()
    sentence: tuple[str, str, str] = ("", "", "")  # verb, plan, customer: "Suspender", "INTERNET …", "Maria …"
    verb: str = ""  # "Suspender Plano"
    verb_icon: str = ""
    danger: bool = False
    reasons: tuple[Choice, ...] = field(default=())
    reason_caption: str = "Motivo"


class SectionCard(Card):
    """Draws one section; lines whose facts moved get a background."""

    refresh_wanted = Signal()

    def __init__(self, section: Section) -> None:
        super().__init__(section.title, icon=section.icon)
        self._seen: dict[str, Line] = {}
        self._moved: set[str] = set()  # lines that are marked, until facts move anew
        self._note = Label(section.note, "caption", "text2")
        self._spinner = Spinner(14)
        self.head.addWidget(self._spinner)
        self.head.addWidget(self._note)
        if section.refresh:
            again = icon_button("arrow-clockwise", "Conferir de novo", self.refresh_wanted.emit, small=True)
            self.head.addWidget(again)
        self.body.setSpacing(6)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(4 if any(line.amount for line in section.lines) else 9)
        self.body.addLayout(self._lines)
        self.body.addStretch(1)
        self.fill(section, compare=False)

    def fill(self, section: Section, *, compare: bool) -> bool:
        """Show lines; with `compare`, mark those that differ from the ones shown before, and tell whether any does.

        Without, as after a new look at the network, the marks stay: nobody has confirmed them yet.
        """
        clear(self._lines)
        self._note.setText("conferindo…" if section.loading else section.note)
        self._spinner.setVisible(section.loading)
        gone = set(self._seen) - {line.key for line in section.lines}
        if compare:
            self._moved = {line.key for line in section.lines if self._seen.get(line.key) != line}
        for line in section.lines:
            if line.line_above:
                self._lines.addWidget(hairline())
            self._lines.addWidget(_line(line, line.key in self._moved))
        self._seen = {line.key: line for line in section.lines}
        return compare and bool(self._moved or gone)


def _line(line: Line, changed: bool) -> QWidget:
    box = QFrame()
    if changed:
        box.setObjectName("changed")
    outer = QHBoxLayout(box)
    outer.setContentsMargins(4 if changed else 0, 1, 4 if changed else 0, 1)
    outer.setSpacing(10)
    if line.quiet:
        outer.addWidget(IconLabel(line.icon or "minus-circle-fill", "text2", 14))
        outer.addWidget(Label(line.text, "caption", "text2", wrap=True), 1)
        return box
    if line.icon:
        outer.addWidget(IconLabel(line.icon), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(0)
    first = row(Label(line.text, "strong" if line.strong or line.icon else "body"), spacing=8)
    if line.note:
        first.addWidget(Label(line.note, "caption", "text2", code=True))
    first.addStretch(1)
    if line.amount:
        first.addWidget(Label(line.amount, "strong" if line.strong else "body"))
    column.addLayout(first)
    if line.old or line.new:
        change = row(spacing=8)
        if line.old:
            change.addWidget(Label(line.old, "body", "text2"))
            change.addWidget(IconLabel("arrow-right", "text2", 12))
        change.addWidget(Label(line.new, "strong", line.tone) if line.old else Label(line.new))
        change.addStretch(1)
        column.addLayout(change)
    if line.detail:
        column.addWidget(Label(line.detail, "caption", "text2", wrap=True))
    if line.warning:
        column.addWidget(Label(line.warning, "caption", "warn", wrap=True))
    outer.addLayout(column, 1)
    spoken = [line.text, line.note, line.old and f"de {line.old}", line.new and f"para {line.new}", line.detail]
    box.setAccessibleName(", ".join(part for part in (*spoken, line.amount, line.warning) if part))
    return box


class ChangeCard(DeskDialog):
    """Shows CardFacts and emits `accepted_with(reason, remark)` when the verb is pressed."""

    accepted_with = Signal(object, str)
    refresh_wanted = Signal(str)  # title of the section

    def __init__(self, facts: CardFacts, parent: QWidget | None = None) -> None:
        super().__init__(facts.title, size=Size.CARD, closing="Voltar", parent=parent, margins=(20, 12, 20, 4))
        self.setProperty("body", "win")
        self.facts = facts
        self.area.setObjectName("plain")
        self.body.setSpacing(12)
        self.body.addLayout(self._head(facts))
        self.questions = Form(columns=4)  # a capability's own fields stand above the sections
        self.questions.hide()
        self.body.addWidget(self.questions)
        self.moved = NoteBar("Os fatos mudaram enquanto você olhava. Confira o que está marcado e confirme de novo.")
        self.moved.hide()
        self.body.addWidget(self.moved)
        self.sections: dict[str, SectionCard] = {}
        across = row(spacing=12)
        for section in facts.sections:
            made = SectionCard(section)
            made.refresh_wanted.connect(lambda title=section.title: self.refresh_wanted.emit(title))
            self.sections[section.title] = made
            across.addWidget(made, 1)
        self.body.addLayout(across, 1)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(8)
        self.body.addLayout(self._notes)
        self._warn(facts.warnings)
        self.form = Form(columns=5)
        self.reason = ComboField("reason", facts.reason_caption, facts.reasons, mandatory=True)
        self.remark = TextField("remark", "Observação", placeholder="opcional; fica no Histórico", limit=500)
        self.form.add(self.reason, span=2)
        self.form.add(self.remark, span=3)
        self.form.setVisible(bool(facts.reasons))
        self.form.setContentsMargins(20, 10, 20, 16)
        self.foot.addWidget(self.form)  # the reason is mandatory: a long list of devices does not push it out of sight
        self.form.problems_changed.connect(self._tell)
        self.form.confirmed.connect(lambda: self.primary and self.primary.setFocus(Qt.FocusReason.TabFocusReason))
        self.is_dirty = lambda: bool(self.remark.text())
        self._sentence = rich(_sentence(facts), wrap=True)
        self.set_footer_widget(self._sentence)
        kind = "danger" if facts.danger else "primary"
        self.set_primary(button(facts.verb or facts.title, self._go, kind=kind, icon=facts.verb_icon))
        if facts.reasons:
            self.reason.setFocus()

    def _head(self, facts: CardFacts) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(IconLabel(facts.icon, facts.tone, 24))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(Label(facts.subject, "subject"))
        column.addWidget(Label(facts.customer, "body", "text2"))
        head.addLayout(column, 1)
        if facts.old_status is not None:
            head.addWidget(_status(facts.old_status))
        if facts.new_status is not None:
            head.addWidget(IconLabel("arrow-right", "text2", 14))
            head.addWidget(_status(facts.new_status))
        return head

    def _warn(self, warnings: Sequence[Caution]) -> None:
        clear(self._notes)
        for each in warnings:
            note = NoteBar(each.text, each.tone)
            if each.link:
                note.add(link(each.link, each.follow))
            self._notes.addWidget(note)

    def fill(self, section: Section) -> None:
        """Put what a live look found into its section, which was shown as loading."""
        self.sections[section.title].fill(section, compare=False)
        self.fit()

    def show_moved(self, facts: CardFacts) -> None:
        """The service refused because the facts moved: mark what changed and ask for the button again."""
        self.facts = facts
        self.set_busy(False)
        for section in facts.sections:
            if section.title in self.sections:
                self.sections[section.title].fill(section, compare=True)
        self._warn(facts.warnings)
        self.moved.show()
        self.fit()

    def _go(self) -> None:
        if self.facts.reasons and not self.form.ready():
            return
        if not self.questions.isHidden() and not self.questions.ready():
            return
        self.accepted_with.emit(self.reason.value(), self.remark.text())

    def _tell(self) -> None:
        wrong = self.form.problems()
        text = (
            f'<span style="color:{theme().color("bad").name()}">{escape(footer_text(wrong))}</span>'
            if wrong
            else _sentence(self.facts)
        )
        self._sentence.setText(text)


def _status(status: Status) -> Chip:
    chip = Chip()
    chip.set_status(status, filled=True)
    return chip


def _sentence(facts: CardFacts) -> str:
    verb, plan, customer = (escape(part) for part in facts.sentence)
    return f"{verb} <b>{plan}</b> de <b>{customer}</b>?" if customer else f"{verb} <b>{plan}</b>?" if plan else verb
