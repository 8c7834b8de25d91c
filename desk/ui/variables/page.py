"""Variáveis: each with its exact label, a switch or a number, and the way back to the default."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desk.services.core.errors import DomainError
from desk.services.variables import REACHES_NETWORK, SetVariable, VariableRow, Variables
from desk.ui.core.cards import BusyBar, hairline
from desk.ui.core.desk import Desk
from desk.ui.core.format import yes_no
from desk.ui.core.inputs import IntField
from desk.ui.core.labels import Label, button, row
from desk.ui.core.messages import Text
from desk.ui.core.network_question import NetworkQuestion
from desk.ui.core.reload import Reload, told_by_the_band
from desk.ui.core.saving import SAVED
from desk.ui.core.toggle import Toggle


class VariableLine(QWidget):
    """One variable; what it is set to is saved at once."""

    def __init__(self, page: VariablesPage, found: VariableRow) -> None:
        super().__init__()
        self._page, self.found = page, found
        self.label = Label(found.label, wrap=True)
        self.default = button("Voltar ao padrão", lambda: self._set(self.found.default_value), kind="link")
        self.word = Label("", "caption", "text2")
        self.word.setFixedWidth(28)
        self.word.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.switch: Toggle | None = None
        self.number: IntField | None = None
        if found.type == "S/N":
            self.switch = Toggle()
            self.switch.setAccessibleName(found.label)
            self.switch.clicked.connect(lambda: self._set("S" if self.switched_on else "N"))
            end: QWidget = self.switch
        else:
            self.number = IntField("value", "", width=72, high=999_999_999)
            self.number.caption.hide()
            self.number.edit.setAccessibleName(found.label)
            self.number.edit.editingFinished.connect(self._typed)
            end = self.number
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.label)
        self.waits = Label("", "caption", "text2", wrap=True)
        self.waits.setVisible(bool(found.waits_for))
        if found.waits_for:
            self.waits.setText(f"Ainda não muda nada: espera {found.waits_for}.")
            end.setAccessibleDescription(self.waits.text())
        words.addWidget(self.waits)
        line = row(self.default, self.word, end, spacing=10)
        line.insertLayout(0, words, 1)
        line.setContentsMargins(0, 5, 0, 5)
        self.setLayout(line)
        self.show_row(found)

    @property
    def switched_on(self) -> bool:
        """What the switch says."""
        return self.switch is not None and self.switch.isChecked()

    def show_row(self, found: VariableRow) -> None:
        """Show what is saved."""
        self.found = found
        yes = found.type == "S/N"
        if self.switch is not None:
            self.switch.setChecked(found.value == "S")
        if self.number is not None:
            self.number.set_value(int(found.value))
            self.number.set_problem("")
        self.word.setText(yes_no(found.value == "S") if yes else "")
        usual = yes_no(found.default_value == "S") if yes else found.default_value
        self.default.setToolTip(f"Padrão: {usual}")
        self.default.setVisible(found.value != found.default_value)

    def _typed(self) -> None:
        if self.number is None:
            return
        value = self.number.value()
        if self.number.malformed() is not None or value is None:
            self.show_row(self.found)
        elif str(value) != self.found.value:
            self._set(str(value))

    def _set(self, value: str) -> None:
        self._page.set_variable(self.found, value)


class VariablesPage(QWidget):
    """One line a variable, by section."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Procurar variável")
        self.search.setAccessibleName("Procurar variável")
        self.search.setClearButtonEnabled(True)
        self.search.setTextMargins(8, 0, 8, 0)
        self.search.setFixedWidth(280)
        self.search.textChanged.connect(self._filter)
        note = Label("Valem para toda a instalação, na mesma hora.", "caption", "text2")
        refresh = button("Atualizar", self.load, kind="flat", icon="arrow-clockwise", tip="F5")
        outer.addLayout(row(self.search, refresh, None, note))
        self.busy = BusyBar()
        outer.addWidget(self.busy)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setAccessibleName("Variáveis")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("page")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 12, 0)
        self._column.setSpacing(0)
        area.setWidget(inside)
        outer.addWidget(area, 1)
        self.lines: dict[str, VariableLine] = {}
        self._asking = False  # leaving the field for the question ends the typing a second time
        Reload(desk, self, self.load, "variables")
        self.load()

    def load(self) -> None:
        """Ask again."""
        self.busy.set_busy(True)
        self._desk.ask(
            Variables(),
            owner=self,
            done=self._show,
            failed=self._not_loaded,
            slot=("variables", id(self)),
        )

    def _not_loaded(self, error: DomainError) -> bool:
        self.busy.set_busy(False)
        return told_by_the_band(error)

    def _show(self, rows: list[VariableRow]) -> None:
        self.busy.set_busy(False)
        if not self.lines:
            self._build(rows)
            return
        for found in rows:
            if found.code in self.lines:
                self.lines[found.code].show_row(found)

    def _build(self, rows: list[VariableRow]) -> None:
        section = ""
        for found in rows:
            if found.section != section:
                section = found.section
                head = Label(section, "section")
                head.setContentsMargins(0, 10, 0, 4)
                self._column.addWidget(head)
            self.lines[found.code] = line = VariableLine(self, found)
            self._column.addWidget(line)
            self._column.addWidget(hairline())
        self._column.addStretch(1)
        self._filter(self.search.text())

    def _filter(self, typed: str) -> None:
        for line in self.lines.values():
            line.setVisible(all(word in line.found.label.casefold() for word in typed.casefold().split()))

    def set_variable(self, found: VariableRow, value: str) -> None:
        """Save one value; a refusal shows what is really saved."""
        order = SetVariable(code=found.code, value=value, version=found.version)
        if found.code not in REACHES_NETWORK:
            self._desk.do(order, owner=self, said=SAVED, failed=lambda _: self.load())
        elif not self._asking:
            self._ask_about(order, found)

    def _ask_about(self, order: SetVariable, found: VariableRow) -> None:
        """What routers and open connections are told first; without a yes, the saved value is shown again."""
        self._asking = True
        question = NetworkQuestion(
            self._desk,
            found.label,
            Text(
                what=f"Mudar {found.label} de {found.value} para {order.value}?",
                why="Vale na mesma hora para todos os planos que a usam, também para quem está conectado.",
            ),
            "Mudar",
            order,
            said=SAVED,
            settles_many=True,
            parent=self,
        )

        def over(_: int) -> None:
            self._asking = False
            self.load()

        question.finished.connect(over)
        question.open()
