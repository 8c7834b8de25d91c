"""Two people changed one plan: what each of them wrote, field by field, and whose stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QGridLayout, QWidget

from desk.services.core.errors import FieldChange
from desk.ui.core.cards import Card, NoteBar
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import Label, button
from desk.ui.core.tabs import Segments
from desk.ui.plans.field_names import NAMES, changes_text

MINE, THEIRS = 0, 1
Say = Callable[[str, Any], str]


@dataclass(frozen=True)
class Rebased:
    """My changes put on top of theirs; `conflicts` are the fields that both changed, to different values."""

    values: dict[str, Any]
    conflicts: tuple[str, ...]


def rebase(base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Rebased:
    """Where only one of us touched a field, that one's value stands; where both did, mine stands for now."""
    values: dict[str, Any] = {}
    conflicts: list[str] = []
    for name, before in base.items():
        touched = mine[name] != before
        values[name] = mine[name] if touched else theirs[name]
        if touched and theirs[name] not in (before, mine[name]):
            conflicts.append(name)
    return Rebased(values, tuple(conflicts))


class ConflictDialog(DeskDialog):
    """Says who changed what meanwhile, and asks whose value stands for each field that both changed.

    `brief` says a value where two of them stand side by side; without it `say` does.
    """

    def __init__(
        self,
        title: str,
        changes: Sequence[FieldChange],
        rebased: Rebased,
        theirs: Mapping[str, Any],
        say: Say,
        on_save: Callable[[dict[str, Any]], object],
        parent: QWidget,
        *,
        brief: Say | None = None,
    ) -> None:
        super().__init__("Plano/Serviço", size=Size.FORM, closing="Voltar", parent=parent)
        self._rebased, self._theirs, self._on_save = rebased, theirs, on_save
        self.choices: dict[str, Segments] = {}
        self.body.setSpacing(12)
        self.body.addWidget(Label("Este plano foi alterado por outra pessoa", "subtitle", wrap=True))
        self.body.addWidget(Label(title, "body", "text2", wrap=True))
        self.who, self.said = self._who(changes), changes_text(changes, say)
        card = Card(self.who)
        card.body.addWidget(Label(self.said, wrap=True).selectable())
        self.body.addWidget(card)
        if rebased.conflicts:
            self.body.addWidget(NoteBar("Vocês dois alteraram os campos abaixo. Escolha qual valor fica em cada um."))
            self.body.addLayout(self._questions(rebased, theirs, brief or say))
        else:
            self.body.addWidget(NoteBar("Nenhum campo foi alterado pelos dois: as alterações se somam.", "info"))
        self.set_footer("O que você digitou continua na janela.")
        self.set_primary(button("Salvar", self._save, kind="primary"))

    @staticmethod
    def _who(changes: Sequence[FieldChange]) -> str:
        if not changes:
            return "Outra pessoa salvou"
        when = dt.datetime.fromisoformat(changes[-1].at).astimezone()
        return f"{changes[-1].who} salvou às {when:%H:%M}"

    def _questions(self, rebased: Rebased, theirs: Mapping[str, Any], say: Say) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(2, 1)
        for line, name in enumerate(rebased.conflicts):
            mine, other = say(name, rebased.values[name]), say(name, theirs[name])
            chosen = Segments([f"O meu: {mine}", f"O dele: {other}"])
            chosen.setObjectName(f"whose:{name}")
            chosen.setAccessibleName(NAMES.get(name, name))
            grid.addWidget(Label(NAMES.get(name, name), "strong"), line, 0)
            grid.addWidget(chosen, line, 1)
            self.choices[name] = chosen
        return grid

    def _save(self) -> None:
        values = dict(self._rebased.values)
        for name, chosen in self.choices.items():
            if chosen.at == THEIRS:
                values[name] = self._theirs[name]
        self.accept()
        self._on_save(values)
