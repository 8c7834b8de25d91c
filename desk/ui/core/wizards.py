"""Wizards: steps at the left, a page, and at the right what it will cost; the order comes from a flow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QStackedWidget, QVBoxLayout, QWidget

from desk.ui.core import icons, paint
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.forms import Form, footer_text
from desk.ui.core.labels import Label, button, rich, row
from desk.ui.core.theme import font, theme

STEP_WIDTH, SIDE_WIDTH, STEP_HEIGHT = 190, 290, 46


@dataclass(frozen=True)
class StepText:
    """How a step reads at the left."""

    name: str
    asks: str = ""


class WizardPage(QWidget):
    """One step: put fields into `form` or widgets into `body`; override what the step needs."""

    def __init__(self, title: str, *, columns: int = 2, mandatory_note: bool = False) -> None:
        super().__init__()
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(20, 12, 20, 16)
        self.body.setSpacing(10)
        note = rich("Campos em <b>negrito</b> são obrigatórios", "caption", "text2")
        note.setVisible(mandatory_note)
        self.body.addLayout(row(Label(title, "subtitle"), None, note))
        self.form = Form(columns)
        self.body.addWidget(self.form)
        self.body.addStretch(1)
        self.first = ""  # name of the field that has the first key; the first one when empty

    def enter(self) -> None:
        """Called each time the page comes to the front."""

    def ready(self) -> bool:
        """Whether the wizard may go on; marks the fields and leads to the first error if not."""
        return self.form.ready()


class _StepButton(QAbstractButton):
    """Number in a circle, name, and what the step asks."""

    def __init__(self, number: int, text: StepText) -> None:
        super().__init__()
        self._number, self._text = number, text
        self.current, self.done = False, False
        self.setText(text.name)
        self.setAccessibleName(f"Passo {number}: {text.name}, {text.asks}")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def sizeHint(self) -> QSize:
        return QSize(STEP_WIDTH - 16, STEP_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() // 2
        if self.current:
            paint.selection(painter, self.rect(), focused=True, bar=20)
        circle = QRectF(11, middle - 11.5, 23, 23)
        if self.current or self.done:
            paint.rounded(painter, circle, "accent", radius=11.5)
        else:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme().color("edge"), 1))
            painter.drawEllipse(circle)
        if self.done and not self.current:
            icons.draw(painter, "check", "on_accent", QPoint(15, middle - 7), 14)
        else:
            painter.setFont(font("head"))
            painter.setPen(theme().color("on_accent" if self.current else "text2"))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(self._number))
        painter.setFont(font("strong" if self.current else "body"))
        painter.setPen(theme().color("text" if self.current else "text2"))
        painter.drawText(44, middle - 4, self._text.name)
        painter.setFont(font("caption"))
        painter.setPen(theme().color("text2"))
        painter.drawText(44, middle + 12, self._text.asks)
        painter.end()


class FlowWizard(DeskDialog):
    """Steps are asked of `next_step(step, draft)`; finishing emits `finished_with(draft)` and stays until told."""

    finished_with = Signal(object)
    draft_changed = Signal(object)  # for what it will cost

    def __init__(
        self,
        title: str,
        *,
        steps: Sequence[tuple[Any, StepText, WizardPage]],
        next_step: Callable[[Any, Any], Any | None],
        draft: Any,
        whose: str = "",
        side: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, size=Size.WIZARD, parent=parent, margins=(0, 0, 0, 0))
        self.draft, self._next, self._whose = draft, next_step, whose
        self._pages = {step: page for step, _, page in steps}
        self._buttons_of: dict[Any, _StepButton] = {}
        self._trail: list[Any] = [steps[0][0]]
        left = QWidget()
        left.setFixedWidth(STEP_WIDTH)
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 12, 8, 12)
        column.setSpacing(4)
        self.stack = QStackedWidget()
        for number, (step, text, page) in enumerate(steps, 1):
            made = _StepButton(number, text)
            made.clicked.connect(lambda _=False, each=step: self.go_back_to(each))
            self._buttons_of[step] = made
            column.addWidget(made)
            self.stack.addWidget(page)
            page.form.changed.connect(lambda _: self._edited())
            page.form.problems_changed.connect(self._tell)
            page.form.confirmed.connect(lambda: self.primary and self.primary.setFocus(Qt.FocusReason.TabFocusReason))
        column.addStretch(1)
        middle = QFrame()
        middle.setObjectName("page_of_wizard")
        inner = QVBoxLayout(middle)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.stack)
        across = row(left, middle, spacing=0)
        across.setStretchFactor(middle, 1)
        if side is not None:
            holder = QWidget()
            holder.setFixedWidth(SIDE_WIDTH)
            self.side = QVBoxLayout(holder)
            self.side.setContentsMargins(14, 14, 16, 14)
            self.side.addWidget(side)
            self.side.addStretch(1)
            across.addWidget(holder)
        self.setProperty("body", "win")
        self.area.setObjectName("plain")
        self.body.addLayout(across)
        onward = self.set_primary(button("&Avançar", self.go_on, kind="primary"))
        self.back = button("&Voltar", self.go_back)
        self._buttons.insertWidget(self._buttons.indexOf(onward), self.back)
        self.closing.setText("&Cancelar")
        self.is_dirty = lambda: any(page.form.dirty for page in self._pages.values())
        self._show()

    @property
    def step(self) -> Any:
        """The step in front."""
        return self._trail[-1]

    @property
    def page(self) -> WizardPage:
        """The page in front."""
        return self._pages[self.step]

    def go_on(self) -> None:
        """Go to the next step, or finish at the last one; with errors, mark them and go to the first."""
        if self.busy or not self.page.ready():
            return
        following = self._next(self.step, self.draft)
        if following is None:
            self.set_busy(True)
            self.finished_with.emit(self.draft)
            return
        self._trail.append(following)
        self._show()

    def go_back(self) -> None:
        """Go to the step before, keeping everything."""
        if len(self._trail) > 1 and not self.busy:
            self._trail.pop()
            self._show()

    def go_back_to(self, step: Any) -> None:
        """Go to a completed step."""
        if step in self._trail and not self.busy:
            del self._trail[self._trail.index(step) + 1 :]
            self._show()

    def failed(self, error: Any) -> bool:
        """For Desk.do(failed=…): stay open, and show violations on the page that holds their fields."""
        self.set_busy(False)
        for step in list(self._trail):
            if self._pages[step].form.refused(error):
                self.go_back_to(step)
                self.page.form.go_to_first()
                return True
        return False

    def done_ok(self) -> None:
        """The command succeeded: close."""
        self.set_busy(False)
        self.accept()

    def _edited(self) -> None:
        self.draft_changed.emit(self.draft)
        self._name_button()

    def _name_button(self) -> None:
        last = self._next(self.step, self.draft) is None
        if self.primary is not None:
            self.primary.setText("&Finalizar" if last else "&Avançar")

    def _show(self) -> None:
        self.stack.setCurrentWidget(self.page)
        self.page.enter()
        for step, made in self._buttons_of.items():
            made.current = step == self.step
            made.done = step in self._trail[:-1]
            made.setEnabled(step in self._trail)
            made.update()
        self.back.setEnabled(len(self._trail) > 1)
        self._name_button()
        self._tell()
        fields = self.page.form.fields
        if fields:
            fields.get(self.page.first, next(iter(fields.values()))).editor.setFocus()
        elif self.primary is not None:
            self.primary.setFocus()  # nothing is typed here: Enter goes on
        self.fit()

    def _tell(self) -> None:
        wrong = self.page.form.problems()
        if wrong:
            self.set_footer(footer_text(wrong), tone="bad", icon="warning-circle-fill")
        else:
            self.set_footer(self._whose)
