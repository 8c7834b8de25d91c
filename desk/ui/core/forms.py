"""Fields in two columns, bound to a draft, checked when left, never saved by surprise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QPushButton, QToolButton, QWidget

from desk.services.core.errors import DomainError, Invalid, Violation
from desk.services.plans import OnePlan, PlanRow
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog
from desk.ui.core.fields import Field, TextField
from desk.ui.core.messages import violation_text

F = TypeVar("F", bound=Field)


class Form(QWidget):
    """Lays fields out left to right, then down; the draft holds what they hold."""

    changed = Signal(str)  # name of the field that was edited
    problems_changed = Signal()
    confirmed = Signal()  # Enter in the last field

    def __init__(self, columns: int = 2, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns, self._at = columns, 0
        self.fields: dict[str, Field] = {}
        self.draft: dict[str, Any] = {}
        self._saved: dict[str, Any] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(10)
        for column in range(columns):
            self._grid.setColumnStretch(column, 1)

    def add(self, field: F, span: int = 1) -> F:
        """Put a field into the next place; `span` counts columns."""
        span = min(span, self._columns)
        if self._at % self._columns + span > self._columns:
            self.next_row()
        line, column = divmod(self._at, self._columns)
        self._grid.addWidget(field, line, column, 1, span, Qt.AlignmentFlag.AlignTop)
        self._at += span
        self.fields[field.name] = field
        field.edited.connect(lambda: self._edited(field))
        field.left.connect(lambda: self._left(field))
        field.editor.installEventFilter(self)
        self.draft[field.name] = field.value()
        self._saved[field.name] = field.value()
        return field

    def next_row(self) -> None:
        """Leave the rest of the row free."""
        self._at = -(-self._at // self._columns) * self._columns

    def add_widget(self, widget: QWidget) -> None:
        """Put something that is no field across a whole row."""
        self.next_row()
        self._grid.addWidget(widget, self._at // self._columns, 0, 1, self._columns)
        self._at += self._columns

    def __getitem__(self, name: str) -> Field:
        return self.fields[name]

    def bind(self, draft: Mapping[str, Any]) -> None:
        """Show a draft; from here on it counts as saved."""
        for name, field in self.fields.items():
            if name in draft:
                field.set_value(draft[name])
            self.draft[name] = field.value()
            field.set_problem("")
        self.settle()
        self.problems_changed.emit()

    def settle(self) -> None:
        """Count what stands in the fields as saved."""
        self._saved = dict(self.draft)

    def set(self, name: str, value: Any) -> None:
        """Fill one field on somebody's behalf, as an edit."""
        self.fields[name].set_value(value)
        self._edited(self.fields[name])

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what was saved."""
        return any(self.draft[name] != self._saved.get(name) for name in self.fields)

    def differences(self) -> dict[str, Any]:
        """Only what was changed."""
        return {name: self.draft[name] for name in self.fields if self.draft[name] != self._saved.get(name)}

    def check(self) -> list[Violation]:
        """Check every field, show what is wrong and return it."""
        found = [Violation(name, code, field.params) for name, field in self.fields.items() if (code := field.check())]
        self.show_violations(found)
        return found

    def ready(self) -> bool:
        """Check, and lead to the first error if there is one."""
        if not self.check():
            return True
        self.go_to_first()
        return False

    def show_violations(self, violations: Iterable[Violation]) -> None:
        """Mark the fields of these violations and clear all others; the first of a field counts."""
        first: dict[str, Violation] = {}
        for violation in violations:
            first.setdefault(violation.field, violation)
        for name, field in self.fields.items():
            found = first.get(name)
            field.set_problem(violation_text(found) if found else "", found.code if found else "")
        self.problems_changed.emit()

    def refused(self, error: DomainError) -> bool:
        """For Desk.do(failed=…): deal with Invalid here, leave every other error to the box."""
        if not isinstance(error, Invalid) or not any(each.field in self.fields for each in error.violations):
            return False
        self.show_violations(error.violations)
        self.go_to_first()
        return True

    def problems(self) -> list[Field]:
        """The fields that are marked, in reading order."""
        return [field for field in self.fields.values() if field.problem]

    def go_to_first(self) -> None:
        """Put the focus on the first field that is marked."""
        found = self.problems()
        if found:
            found[0].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _edited(self, field: Field) -> None:
        self.draft[field.name] = field.value()
        if field.problem and field.check() is None:  # cleared at once when right, never set at each key
            field.set_problem("")
            self.problems_changed.emit()
        self.changed.emit(field.name)

    def _left(self, field: Field) -> None:
        if isinstance(field, TextField):
            field.tidy()
        self.draft[field.name] = field.value()
        code = field.check()
        if code == "required" and not field.problem:
            return  # an empty field is told when saving, not for passing by
        if code != (field.problem_code or None):
            field.set_problem(violation_text(Violation(field.name, code, field.params)) if code else "", code or "")
            self.problems_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and plain and not isinstance(watched, QPlainTextEdit | QPushButton | QToolButton):
                self._advance(watched)
                return True
        return False

    def _advance(self, editor: QObject) -> None:
        order = [field for field in self.fields.values() if field.isVisible() and field.editor.isEnabled()]
        at = next((at for at, field in enumerate(order) if field.editor is editor), len(order))
        if at + 1 >= len(order):
            self.confirmed.emit()
            return
        following = order[at + 1].editor
        following.setFocus(Qt.FocusReason.TabFocusReason)
        if isinstance(following, QLineEdit):
            following.selectAll()


def footer_text(fields: list[Field]) -> str:
    """How many fields are wrong, and which comes first."""
    if not fields:
        return ""
    first = fields[0].caption.text() or fields[0].editor.accessibleName()
    return f"1 campo para corrigir: {first}" if len(fields) == 1 else f"{len(fields)} campos para corrigir: {first}…"


class FormDialog(DeskDialog):
    """A dialog around one form or several; its footer says whose it is, or what is wrong."""

    _forms: tuple[Form, ...] = ()

    def hold(self, *forms: Form, whose: str = "") -> None:
        """Follow these forms: errors into the footer, dirty into closing, Enter to the button."""
        self._forms, self._whose = forms, whose
        self.is_dirty = lambda: any(form.dirty for form in forms)
        for form in forms:
            form.problems_changed.connect(self._tell)
            form.confirmed.connect(self._to_button)
        self._tell()

    def belongs_to(self, desk: Desk, plan_id: int) -> None:
        """Say in the footer of which plan, and of which customer, the thing is that is edited here."""
        thing = self._whose

        def known(plan: PlanRow) -> None:
            self._whose = f"{thing} · {plan.whose}"
            self._tell()

        desk.ask(OnePlan(plan_id), owner=self, done=known, failed=lambda _: True)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)
        # The first key goes into the first field, unless the dialog has chosen another one.
        fields = [field for form in self._forms for field in form.fields.values() if not field.read_only]
        if fields and self.focusWidget() is None:
            fields[0].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_button(self) -> None:
        if self.primary is not None:
            self.primary.setFocus(Qt.FocusReason.TabFocusReason)

    def _tell(self) -> None:
        wrong = [field for form in self._forms for field in form.problems()]
        if wrong:
            self.set_footer(footer_text(wrong), tone="bad", icon="warning-circle-fill")
        else:
            self.set_footer(self._whose)
        self.fit()
