"""A field that offers what a list holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from desk.ui.core.fields import Field


@dataclass(frozen=True)
class Choice:
    """One entry of a list: what is stored and what is read."""

    value: Any
    label: str


def _searchable() -> QComboBox:
    from superqt import QSearchableComboBox  # here, since importing superqt takes a while

    return QSearchableComboBox()


class ComboField(Field):
    """A choice from a list; long lists are searched by typing any part of the label."""

    def __init__(
        self,
        name: str,
        caption: str,
        choices: Iterable[Choice] = (),
        *,
        mandatory: bool = False,
        search: bool = False,
        hint: str = "",
        width: int = 0,
        placeholder: str = "",
    ) -> None:
        self.combo = _searchable() if search else QComboBox()
        self._search = search
        self.combo.setPlaceholderText(placeholder)
        self.combo.setMaxVisibleItems(12)
        self.combo.setMinimumContentsLength(8)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        super().__init__(name, caption, self.combo, mandatory=mandatory, hint=hint, width=width)
        inner = self.combo.lineEdit()
        if inner is not None:
            inner.setAccessibleName(caption)
            inner.setTextMargins(2, 0, 0, 0)
            inner.setPlaceholderText(placeholder)
            inner.editingFinished.connect(self._settle)
        self._choices: list[Choice] = []
        self._filling = False
        self.combo.currentIndexChanged.connect(self._chosen)
        self.set_choices(choices)

    def set_choices(self, choices: Iterable[Choice]) -> None:
        """Offer other entries, keeping the present one if it is among them."""
        kept = self.value()
        self._choices = list(choices)
        self._filling = True
        self.combo.clear()
        for choice in self._choices:
            self.combo.addItem(choice.label)
        self._filling = False
        self.set_value(kept)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What is offered."""
        return tuple(self._choices)

    def _chosen(self) -> None:
        if not self._filling:
            self.edited.emit()

    def _settle(self) -> None:
        # A text that is no entry would look chosen without being so.
        at = self.combo.findText(self.combo.currentText(), Qt.MatchFlag.MatchFixedString)
        if at >= 0 and at != self.combo.currentIndex():
            self.combo.setCurrentIndex(at)
        elif at < 0 and not self.combo.currentText():
            self.combo.setCurrentIndex(-1)

    def malformed(self) -> str | None:
        text = self.combo.currentText()
        known = not text or self.combo.findText(text, Qt.MatchFlag.MatchFixedString) >= 0
        return None if known else "not_in_list"

    def value(self) -> Any:
        at = self.combo.currentIndex()
        return self._choices[at].value if 0 <= at < len(self._choices) else None

    def set_value(self, value: Any) -> None:
        at = next((at for at, choice in enumerate(self._choices) if choice.value == value), -1)
        self._filling = True
        self.combo.setCurrentIndex(at)
        if at < 0 and self._search:
            self.combo.clearEditText()
        if (inner := self.combo.lineEdit()) is not None:
            inner.setCursorPosition(0)  # a long label is read from its beginning
        self._filling = False
