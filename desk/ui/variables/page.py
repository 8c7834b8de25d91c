"""Variáveis: each with its exact label, a switch or a number, and the way back to the default."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget
from superqt import QToggleSwitch

from desk.services.variables import SetVariable, VariableRow, Variables
from desk.ui.core.cards import hairline
from desk.ui.core.desk import Desk
from desk.ui.core.inputs import IntField
from desk.ui.core.labels import Label, button, row

SAVED = "Dados salvos com sucesso"


class VariablesPage(QScrollArea):
    """One line a variable, by section."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._page = QWidget()
        self._page.setObjectName("page")
        self._lines = QVBoxLayout(self._page)
        self._lines.setContentsMargins(0, 0, 12, 0)
        self._lines.setSpacing(4)
        self.setWidget(self._page)
        self.switches: dict[str, QToggleSwitch] = {}
        desk.changed.connect(lambda names: self.load() if {"*", "variables"} & names else None)
        self.load()

    def load(self) -> None:
        """Ask again."""
        self._desk.ask(Variables(), owner=self, done=self._show, slot=("variables", id(self)))

    def _show(self, rows: list[VariableRow]) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.switches = {}
        section = ""
        for found in rows:
            if found.section != section:
                section = found.section
                self._lines.addWidget(Label(section, "section"))
            self._lines.addWidget(self._line(found))
            self._lines.addWidget(hairline())
        self._lines.addStretch(1)

    def _line(self, found: VariableRow) -> QWidget:
        holder = QWidget()
        label = Label(found.label, "body", wrap=True)
        label.setMinimumWidth(420)
        default = button("Padrão", partial(self._set, found, found.default_value), kind="link")
        default.setToolTip(f"Voltar a {found.default_value}")
        default.setEnabled(found.value != found.default_value)
        if found.type == "S/N":
            word = Label("Sim" if found.value == "S" else "Não", "body", "text2")
            word.setFixedWidth(30)
            switch = QToggleSwitch()
            switch.setChecked(found.value == "S")
            switch.setAccessibleName(found.label)
            switch.toggled.connect(lambda on: self._set(found, "S" if on else "N"))
            self.switches[found.code] = switch
            line = row(label, None, default, word, switch, spacing=10)
        else:
            number = IntField("value", "", width=72)
            number.caption.hide()
            number.set_value(int(found.value))
            number.left.connect(lambda: self._number(found, number))
            line = row(label, None, default, number, spacing=10)
        line.setContentsMargins(0, 4, 0, 4)
        holder.setLayout(line)
        return holder

    def _number(self, found: VariableRow, number: IntField) -> None:
        value = number.value()
        if value is not None and str(value) != found.value:
            self._set(found, str(value))

    def _set(self, found: VariableRow, value: str) -> None:
        order = SetVariable(code=found.code, value=value, version=found.version)
        self._desk.do(order, owner=self, said=SAVED, failed=lambda _: self.load())
