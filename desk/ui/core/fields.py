"""One field of a form: caption above, editor, and under it a hint or what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from desk.ui.core.labels import IconLabel, Label, row, set_tone
from desk.ui.core.theme import font

Check = Callable[[Any], str | None]  # a violation code, or None when all is well


class Field(QWidget):
    """Base of every field; `name` is the key in the draft and in violations."""

    edited = Signal()
    left = Signal()  # the focus went elsewhere: time to check

    def __init__(
        self, name: str, caption: str, editor: QWidget, *, mandatory: bool = False, hint: str = "", width: int = 0
    ) -> None:
        super().__init__()
        self.name, self.mandatory, self.editor = name, mandatory, editor
        self.checks: list[Check] = []
        self.params: dict[str, object] = {}  # what the texts of this field's violations name
        self.problem = ""
        self.problem_code = ""
        self._hint = hint
        self.read_only = False
        self.caption = Label(caption, "head" if mandatory else "caption", "text" if mandatory else "text2")
        editor.setFont(editor.font() if editor.property("ownFont") else font())
        editor.setAccessibleName(caption)
        editor.setObjectName(name)
        editor.installEventFilter(self)
        if width:
            editor.setFixedWidth(width)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(3)
        self.caption.setBuddy(editor)
        self._column.addWidget(self.caption)
        self.line = QHBoxLayout()
        self.line.setSpacing(6)
        self.line.addWidget(editor, 0 if width else 1)
        if width:
            self.line.addStretch(1)
        self._column.addLayout(self.line)
        self._mark = IconLabel("", "bad", 14)
        self._message = Label("", "caption", "text2", wrap=True)
        under = row(self._mark, self._message, spacing=6)
        under.setStretchFactor(self._message, 1)
        self._column.addLayout(under)
        self._column.addStretch(1)
        self.setFocusProxy(editor)
        self._tell()

    def value(self) -> Any:
        """What the field holds, typed; None when it is empty."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Fill the field without counting it as typed."""
        raise NotImplementedError

    def empty(self) -> bool:
        """Whether a mandatory field would complain."""
        return self.value() in (None, "")

    def malformed(self) -> str | None:
        """The code of what is wrong with the shape of the text."""
        return None

    def check(self) -> str | None:
        """The first thing that is wrong, as a violation code."""
        if self.read_only:
            return None
        if (wrong := self.malformed()) is not None:
            return wrong
        if self.mandatory and self.empty():
            return "required"
        if self.empty():
            return None
        return next((code for each in self.checks if (code := each(self.value()))), None)

    def set_problem(self, text: str, code: str = "") -> None:
        """Show what is wrong, or, with an empty text, that nothing is any more."""
        self.problem, self.problem_code = text, code
        if self.editor.property("invalid") is not bool(text):
            self.editor.setProperty("invalid", bool(text))
            self.editor.update()
        self._tell()

    def set_hint(self, text: str) -> None:
        """Say something helpful under the field."""
        self._hint = text
        self._tell()

    def set_read_only(self, read_only: bool, permission: str = "") -> None:
        """Let it be read and copied only; the hint names the permission that is missing."""
        self.read_only = read_only
        self._lock(read_only)
        self._hint = f"Só com “{permission}”" if read_only and permission else self._hint
        self._tell()

    def _lock(self, read_only: bool) -> None:
        if isinstance(self.editor, QLineEdit | QPlainTextEdit):
            self.editor.setReadOnly(read_only)
        else:
            self.editor.setEnabled(not read_only)
        self.editor.update()

    def _tell(self) -> None:
        text = self.problem or self._hint
        self._message.setText(text)
        set_tone(self._message, "bad" if self.problem else "text2")
        self._message.setVisible(bool(text))
        self._mark.set_icon("warning-circle-fill", "bad")
        self._mark.setVisible(bool(self.problem))
        self.editor.setAccessibleDescription(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusOut and self.isVisible():
            self.left.emit()
        return False


class TextField(Field):
    """A line of text; `code` for what is read aloud or typed."""

    def __init__(
        self,
        name: str,
        caption: str,
        *,
        mandatory: bool = False,
        code: bool = False,
        hint: str = "",
        width: int = 0,
        limit: int = 0,
        placeholder: str = "",
        right: bool = False,
    ) -> None:
        self.edit = QLineEdit()
        self.edit.setProperty("ownFont", True)
        self.edit.setFont(font(code=code))
        self.edit.setTextMargins(8, 0, 8, 0)
        self.edit.setPlaceholderText(placeholder)
        if limit:
            self.edit.setMaxLength(limit)
        if right:
            self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        super().__init__(name, caption, self.edit, mandatory=mandatory, hint=hint, width=width)
        self.edit.textEdited.connect(lambda _: self.edited.emit())

    def text(self) -> str:
        """What stands in the field, without blanks around it."""
        return self.edit.text().strip()

    def value(self) -> Any:
        return self.text()

    def set_value(self, value: Any) -> None:
        self.edit.setText("" if value is None else self.shown(value))
        self.edit.setCursorPosition(0)

    def shown(self, value: Any) -> str:
        """How a value reads."""
        return str(value)

    def tidy(self) -> None:
        """Write what was typed the way it is always written, once the field is left."""
        if self.malformed() is None and self.value() not in (None, ""):
            self.edit.setText(self.shown(self.value()))


class NoteField(Field):
    """Several lines of plain text."""

    def __init__(
        self, name: str, caption: str, *, mandatory: bool = False, hint: str = "", lines: int = 3, placeholder: str = ""
    ) -> None:
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setPlaceholderText(placeholder)
        self.edit.document().setDocumentMargin(6)
        self.edit.viewport().setAutoFillBackground(False)
        self.edit.setViewportMargins(4, 2, 4, 2)
        super().__init__(name, caption, self.edit, mandatory=mandatory, hint=hint)
        self.edit.setFixedHeight(lines * self.edit.fontMetrics().lineSpacing() + 16)
        self._filling = False
        self.edit.textChanged.connect(self._typed)

    def _typed(self) -> None:
        if not self._filling:
            self.edited.emit()

    def value(self) -> Any:
        return self.edit.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        self._filling = True
        self.edit.setPlainText(value or "")
        self._filling = False


class YesNoField(Field):
    """Sim or Não: what it does at the left, the switch at the right."""

    def __init__(self, name: str, caption: str, *, sentence: str = "", hint: str = "") -> None:
        from desk.ui.core.toggle import Toggle  # here, since importing superqt takes a while

        self.toggle = Toggle()
        super().__init__(name, "", self.toggle, hint=hint)
        self.caption.hide()
        self.toggle.setAccessibleName(caption)
        self.toggle.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.words = Label(caption, wrap=True)
        self.words.setBuddy(self.toggle)
        self.answer = Label("Não", "caption", "text2")
        while self.line.count():
            self.line.takeAt(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.words)
        if sentence:
            column.addWidget(Label(sentence, "caption", "text2", wrap=True))
        self.line.addLayout(column, 1)
        self.line.addWidget(self.answer)
        self.line.addWidget(self.toggle)
        self.toggle.toggled.connect(self._said)
        self.toggle.clicked.connect(lambda: self.edited.emit())

    def _said(self, on: bool) -> None:
        self.answer.setText("Sim" if on else "Não")

    def value(self) -> Any:
        return self.toggle.isChecked()

    def set_value(self, value: Any) -> None:
        self.toggle.setChecked(bool(value))
        self._said(bool(value))
