"""Diagnóstico: what stands between this computer and a working Desk, with a button to pass it on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk.services.doctor import Finding, Report, Verdict
from desk.ui.core.background import TaskRunner
from desk.ui.core.cards import BusyBar, NoteBar, hairline
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import IconLabel, Label, button, clear, row
from desk.ui.shell.doctor_words import VERDICTS, as_text, summary, words

_SIGNS = {
    Verdict.GOOD: ("check-circle-fill", "ok"),
    Verdict.WARNING: ("warning-fill", "warn"),
    Verdict.BAD: ("x-circle-fill", "bad"),
    Verdict.SKIPPED: ("minus-circle", "text2"),
}
_NOTES = {Verdict.GOOD: "ok", Verdict.WARNING: "warn", Verdict.BAD: "bad"}
TITLE_WIDTH = 210


class DoctorDialog(DeskDialog):
    """Examines in the background as soon as it opens, and again on demand."""

    def __init__(self, runner: TaskRunner, examine: Callable[[], Report], parent: QWidget) -> None:
        super().__init__("Diagnóstico", size=Size.CARD, closing="Fechar", parent=parent)
        self._runner, self._examine = runner, examine
        self.report: Report | None = None
        self.head = QVBoxLayout()
        self.busy_bar = BusyBar()
        self.list = QVBoxLayout()
        self.list.setSpacing(8)
        self.body.setSpacing(12)
        self.body.addLayout(self.head)
        self.body.addWidget(self.busy_bar)
        self.body.addLayout(self.list)
        self.body.addStretch(1)
        self.again = self.add_button(button(self.tr("Examinar de Novo"), self.start, icon="arrows-clockwise"))
        self.copy = self.add_button(button(self.tr("Copiar"), self._copy, icon="copy"))
        self.setMinimumHeight(420)
        self.start()

    def start(self) -> None:
        """Look at everything once more."""
        self.again.setEnabled(False)
        self.copy.setEnabled(False)
        self.busy_bar.set_busy(True)
        self._note(self.tr("Examinando a rede, o banco de dados e os roteadores…"), "info")
        self._runner.run(self._examine, owner=self, done=self._show, failed=self._failed, slot=(id(self), "doctor"))

    def _show(self, report: Report) -> None:
        self.report = report
        self.busy_bar.set_busy(False)
        self.again.setEnabled(True)
        self.copy.setEnabled(True)
        self._note(summary(report), _NOTES[report.verdict])
        clear(self.list)
        for at, finding in enumerate(report.findings):
            if at:
                self.list.addWidget(hairline())
            self.list.addWidget(_line(finding))
        QTimer.singleShot(0, self, self._settle)  # Qt shows what a layout was given with the next event

    def _settle(self) -> None:
        """Give wrapped lines the height they need; a scroll area asks only for the least."""
        page = self.body.parentWidget()
        if page is not None:
            self.body.activate()
            page.setMinimumHeight(self.body.heightForWidth(self.area.viewport().width()))
        self.fit()

    def _failed(self, error: Exception) -> None:
        self.busy_bar.set_busy(False)
        self.again.setEnabled(True)
        raise error

    def _note(self, text: str, tone: str) -> None:
        clear(self.head)
        self.head.addWidget(NoteBar(text, tone))

    def _copy(self) -> None:
        if self.report is not None:
            QApplication.clipboard().setText(as_text(self.report))
            self.set_footer(self.tr("Copiado. Cole-o na mensagem ao suporte."), icon="check")


def _line(finding: Finding) -> QWidget:
    """One thing: its sign, what it is, how it stands, and what to do."""
    said = words(finding)
    icon, tone = _SIGNS[finding.verdict]
    holder = QWidget()
    holder.setAccessibleName(f"{VERDICTS[finding.verdict]}: {said.title}: {said.found} {said.do}")
    title = Label(said.title, "medium", wrap=True)
    title.setFixedWidth(TITLE_WIDTH)
    beside = QVBoxLayout()
    beside.setContentsMargins(0, 0, 0, 0)
    beside.setSpacing(2)
    beside.addWidget(Label(said.found, wrap=True).selectable())
    if said.do and finding.verdict is not Verdict.GOOD:
        beside.addWidget(Label(said.do, "body", "text2", wrap=True))
    line = row(IconLabel(icon, tone), title, spacing=10)
    line.addLayout(beside, 1)
    line.setContentsMargins(0, 0, 0, 0)
    holder.setLayout(line)
    return holder
