"""A form dialog that sends one command: the shape of every settings editor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desk.services.core.errors import AlreadyExists, DomainError
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import Size
from desk.ui.core.forms import Form, FormDialog
from desk.ui.core.labels import button

SAVED = "Dados salvos com sucesso"


class SaveDialog(FormDialog):
    """Put fields into `form`; `command` makes the order from the draft."""

    def __init__(
        self, desk: Desk, title: str, parent: QWidget | None, *, size: Size = Size.FORM, columns: int = 2
    ) -> None:
        super().__init__(title, size=size, parent=parent)
        self.desk = desk
        self.form = Form(columns=columns)
        self.body.addWidget(self.form)
        self.command: Callable[[dict[str, Any]], Any] = lambda draft: None
        self.saved: Callable[[Any], object] = lambda value: None
        self.set_primary(button("Salvar", self.save, kind="primary"))

    def begin(self, draft: dict[str, Any], whose: str = "") -> None:
        """Show the draft; from here on the form counts as saved."""
        self.form.bind(draft)
        self.hold(self.form, whose=whose)

    def save(self) -> None:
        """Check, send, close when it was saved."""
        if not self.form.ready():
            return
        self.set_busy(True)
        self.desk.do(self.command(self.form.draft), owner=self, said=SAVED, done=self._done, failed=self._refused)

    def _done(self, value: Any) -> None:
        self.set_busy(False)
        self.accept()
        self.saved(value)

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if isinstance(error, AlreadyExists) and (field := self.form.fields.get(str(error.params.get("field")))):
            field.set_problem("Já existe outro com este valor", "already_exists")
            field.setFocus()
            return True
        return self.form.refused(error)


def text_of(value: Any) -> str:
    """A text field's value: never None."""
    return str(value).strip() if value is not None else ""
