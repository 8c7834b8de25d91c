"""Asks once more before anything is sent, and shows what."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QPlainTextEdit, QWidget

from desk.services.drift import DriftKind
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import IconLabel, Label, button, row
from desk.ui.core.theme import font
from desk.ui.drift.words import Line

MOST_LINES = 2_000  # in sight; laying out more would be felt


class ConfirmDialog(DeskDialog):
    """The exact sentences, router by router, as of the last look. Going back is the safe default."""

    def __init__(self, lines: Sequence[Line], correct: Callable[[], object], parent: QWidget) -> None:
        super().__init__("Corrigir divergências", size=Size.CARD, closing="Voltar", parent=parent)
        routers = len({line.router_id for line in lines})
        extra = sum(line.drift is not None and line.drift.kind is DriftKind.EXTRA for line in lines)
        what = _count(len(lines), "divergência", "divergências")
        where = _count(routers, "roteador", "roteadores")
        headline = Label(f"Corrigir {what} em {where}?", "subtitle")
        top = row(IconLabel("question", "warn", 24), 2, headline)
        top.setStretchFactor(headline, 1)
        self.body.setSpacing(10)
        self.body.addLayout(top)
        note = (
            "Cada roteador é comparado mais uma vez antes de receber qualquer ordem; o que já estiver certo não muda."
        )
        if extra:
            note += f" {_count(extra, 'linha do Desk será removida', 'linhas do Desk serão removidas')}."
        self.body.addWidget(Label(note, "body", "text2", wrap=True))
        self.orders = QPlainTextEdit()
        self.orders.setReadOnly(True)
        self.orders.setFont(font("caption", code=True))
        self.orders.setAccessibleName("Ordens que serão enviadas")
        self.orders.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.orders.setTabChangesFocus(True)
        self.orders.setMinimumHeight(280)
        self.orders.setPlainText(orders(lines))
        self.body.addWidget(self.orders)

        def go() -> None:
            self.accept()
            correct()

        self.set_primary(button(f"Corrigir {what}", go, kind="danger" if extra else "primary", icon="check"))
        self.closing.setFocus()


def orders(lines: Sequence[Line]) -> str:
    """What would be sent, in the router's own words and with the name of what it is about; secrets never among them."""
    told: list[str] = []
    device, more = "", 0
    for line in lines:  # in the order of the screen: router by router
        if line.drift is None:
            continue
        if len(told) >= MOST_LINES:
            more += len(line.drift.sends)
            continue
        if line.device != device:
            device = line.device
            told.append(f"# {device}")
        told += [f"{order}  # {line.drift.thing}" for order in line.drift.sends]
    return "\n".join([*told, *([f"… e mais {more} ordens"] if more else [])])


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
