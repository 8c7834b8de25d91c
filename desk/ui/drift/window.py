"""Divergências da Rede: the report, what of it shall be put right, and the look afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from desk.services.core.bus import Owed
from desk.services.drift import (
    CorrectDrift,
    Correction,
    CorrectionNews,
    CorrectionState,
    DriftKind,
    ExportDrift,
    RouterDrift,
    RoutersToLookAt,
    RouterToLookAt,
)
from desk.ui.core.cards import BusyBar, EmptyState
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.files import keep
from desk.ui.core.labels import Label, button, row
from desk.ui.core.reload import Reload
from desk.ui.drift.confirming import ConfirmDialog
from desk.ui.drift.run import DriftRun
from desk.ui.drift.table import DriftTable
from desk.ui.drift.words import Line, place_of, thing_of

MOST_SHOWN = 2_000  # building and ordering more would be felt
SHOW_MS = 150
NEWS_MS = 300


class DriftWindow(DeskDialog):
    """All routers, or the one it was opened for; F5 looks again, Esc closes, Space marks, Enter opens the customer."""

    def __init__(self, desk: Desk, only: int | None, parent: QWidget | None) -> None:
        super().__init__("Divergências da Rede", size=Size.WIZARD, closing="Fechar", parent=parent)
        self._desk, self._only = desk, only
        self._routers: dict[int, RouterToLookAt] = {}
        self.found: dict[int, RouterDrift] = {}
        self._owed: tuple[Owed, ...] = ()
        self._concerned: set[int] = set()
        self.run = DriftRun(desk, self)
        # Several routers may answer at once: one drawing for all of them.
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(SHOW_MS)
        self._drawing.timeout.connect(self._show)
        self.run.answered.connect(self._answered)
        self.run.ended.connect(self._ended)
        self._parts()
        self._actions()
        self._soon = Reload(desk, self, self._news, under="debts", pause=NEWS_MS)
        desk.progress.connect(self._progressed)
        QShortcut(QKeySequence("F5"), self, activated=self.look)  # type: ignore[call-overload]
        self.look()

    def _parts(self) -> None:
        self.again = button("Verificar de Novo", self.look, kind="flat", icon="arrow-clockwise", tip="F5")
        self.cancel = button("Cancelar Verificação", self.stop, kind="flat", icon="stop-circle")
        self.others = button("Mostrar Alheios", self._show, kind="flat", icon="eye")
        self.others.setCheckable(True)
        self.others.setToolTip("O que não tem a marca do Desk: contado e listado, nunca alterado")
        self.said = Label("", "body", "text2")
        self.body.setSpacing(8)
        self.said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = row(self.again, self.cancel, self.others, self.said)
        top.setStretchFactor(self.said, 1)
        self.body.addLayout(top)
        self.busy_bar = BusyBar()
        self.body.addWidget(self.busy_bar)
        self.table = DriftTable(self._desk.settings)
        self.table.setMinimumHeight(360)
        self.table.opened.connect(self._open)
        self.table.marked.connect(self._counted)
        self.table.current_row_changed.connect(self._detail)
        self.body.addWidget(self.table, 1)
        self.empty = EmptyState("check-circle", "Nenhuma divergência", "Os roteadores estão como o cadastro manda.")
        self.empty.setMinimumHeight(360)
        self.empty.hide()
        self.body.addWidget(self.empty, 1)
        self.detail = Label("", "caption", "text2", code=True, wrap=True).selectable()
        self.detail.setMinimumHeight(34)
        self.body.addWidget(self.detail)

    def _actions(self) -> None:
        self.some = self.add_button(
            button("Corrigir Selecionadas", lambda: self._confirm(self._marked()), icon="check")
        )
        self.export = self.add_button(button("Exportar CSV", self._export, icon="download-simple"))
        self.all = self.set_primary(
            button("Corrigir Todas", lambda: self._confirm(self._correctable()), kind="primary", icon="checks")
        )

    def look(self) -> None:
        """Ask which routers there are, then each of them."""
        self.busy_bar.set_busy(True)
        self._desk.ask(
            RoutersToLookAt(),
            owner=self,
            done=self._start,
            failed=lambda _: self.busy_bar.set_busy(False),
            slot=("drift", id(self)),
        )

    def stop(self) -> None:
        """What has answered stays; the others are asked no more."""
        self.run.stop()
        self._ended()

    def _start(self, routers: tuple[RouterToLookAt, ...]) -> None:
        chosen = [router for router in routers if self._only in (None, router.id)]
        self._routers = {router.id: router for router in chosen}
        self.found = {}
        self._look_at(chosen)

    def _look_at(self, routers: Sequence[RouterToLookAt]) -> None:
        self.cancel.setEnabled(True)
        self.busy_bar.set_busy(True)
        self.run.start(routers)
        self._show()

    def _answered(self, found: RouterDrift) -> None:
        self.found[found.router_id] = found
        self._drawing.start()

    def _ended(self) -> None:
        self.busy_bar.set_busy(False)
        self._drawing.start()

    def _lines(self) -> Iterator[Line]:
        """All there are, made as they are asked for."""
        for each in sorted(self.found.values(), key=lambda one: one.device.casefold()):
            if each.problem:
                yield Line(each.router_id, each.device, problem=each.problem)
            for drift in each.drifts:
                yield Line(each.router_id, each.device, drift)

    def _show(self) -> None:
        others = self.others.isChecked()
        lines = list(islice((line for line in self._lines() if others or not _foreign(line)), MOST_SHOWN))
        self.table.show_lines(lines)
        nothing = not lines and not self.run.busy
        self.table.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.empty.sentence.setText(
            "Os roteadores estão como o cadastro manda." if self.found else "Nenhum roteador foi verificado."
        )
        self.empty.headline.setText("Nenhuma divergência" if self.found else "Nada verificado")
        self.cancel.setEnabled(self.run.busy)
        self.export.setEnabled(bool(lines))
        self.said.setText(self._summary(len(lines)))

    def _summary(self, shown: int) -> str:
        if self.run.busy:
            return f"Verificando: {self.run.done} de {self.run.total} roteadores"
        counts: Counter[DriftKind] = Counter()
        for each in self.found.values():
            counts.update(each.counts)
        parts = [f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _WORDS.items() if counts[kind]]
        silent = sum(bool(each.problem) for each in self.found.values())
        if silent:
            parts.append(f"{silent} sem verificar")
        hidden = 0 if self.others.isChecked() else counts[DriftKind.FOREIGN]
        unlisted = sum(counts.values()) + silent - hidden - shown
        if unlisted:
            parts.append(f"{unlisted} além da lista")
        return " · ".join(parts)

    def _correctable(self) -> list[Line]:
        return [line for line in self._lines() if line.correctable]

    def _marked(self) -> list[Line]:
        return [line for line in self.table.table.rows if line.key in self.table.marks]

    def _counted(self) -> None:
        marked = len(self.table.marks)
        idle = not self.run.busy and not self._owed
        self.some.setEnabled(bool(marked) and idle)
        self.all.setEnabled(idle and any(line.correctable for line in self.table.table.rows))
        if not self._owed:
            self.set_footer(f"{marked} {'marcada' if marked == 1 else 'marcadas'}" if marked else self._hint())

    def _hint(self) -> str:
        if any(not each.passwords and not each.problem for each in self.found.values()):
            return "Senhas só são conferidas por TLS com certificado."
        return ""

    def _detail(self, line: Line | None) -> None:
        drift = line.drift if line is not None else None
        if line is None or drift is None:
            self.detail.setText("")
        elif not drift.sends:
            self.detail.setText(f"{place_of(line)} {thing_of(line)}: o Desk não altera esta linha.")
        else:
            self.detail.setText("Será enviado: " + "  ;  ".join(drift.sends))

    def _open(self, line: Line) -> None:
        if line.customer_id is not None:
            self.reject()
            self._desk.run_action("customers.open", line)

    def _confirm(self, lines: list[Line]) -> None:
        if lines:
            ConfirmDialog(lines, lambda: self._correct(lines), self).open()

    def _correct(self, lines: list[Line]) -> None:
        corrections = tuple(one for line in lines if line.drift and (one := Correction.of(line.drift)) is not None)
        self._concerned = {line.router_id for line in lines}
        self._desk.do(
            CorrectDrift(corrections=corrections),
            owner=self,
            done=self._follow,
            said=f"{len(corrections)} correções na fila de entregas",
        )

    def _follow(self, owed: tuple[Owed, ...]) -> None:
        self._owed = owed
        self.table.marks.clear()
        self._counted()
        self.set_footer(f"Corrigindo… 0 de {len(owed)}", icon="clock-fill", tone="warn")
        self._news()

    def _progressed(self, progress: Any) -> None:
        # A method, since Qt ends its connection with the window.
        if progress.final and self._owed:
            self._soon.start()

    def _news(self) -> None:
        if self._owed:
            self._desk.ask(CorrectionNews(debts=self._owed), owner=self, done=self._heard, slot=("news", id(self)))

    def _heard(self, state: CorrectionState) -> None:
        if not self._owed:
            return
        if state.waiting:
            self.set_footer(f"Corrigindo… {state.done} de {len(self._owed)}", icon="clock-fill", tone="warn")
            return
        # Done is a desk's word; what truly went shows in another look.
        self._owed = ()
        failed = sum(number for _, number in state.failed)
        self._look_at([self._routers[each] for each in sorted(self._concerned) if each in self._routers])
        if failed:
            self.set_footer(
                f"{failed} ainda não foram feitas: veja em Entregas (F8).", icon="x-circle-fill", tone="bad"
            )
        else:
            self.set_footer(f"{state.done} feitas; verificando de novo…", icon="check-circle-fill", tone="ok")

    def _export(self) -> None:
        columns = self.table.table.columns[1:]
        lines = tuple(
            (*(column.text(line) for column in columns), "; ".join(line.drift.sends) if line.drift else "")
            for line in self._lines()
        )
        heads = (*(column.head for column in columns), "Ordem")
        order = ExportDrift(heads=heads, lines=lines)
        self._desk.ask(order, owner=self, done=lambda made: keep(self._desk, made, self))

    def done(self, result: int) -> None:
        """Closing leaves the routers that are talking; what is owed stays owed."""
        self.run.stop()
        super().done(result)


_WORDS = {
    DriftKind.EXTRA: ("sobra", "sobram"),
    DriftKind.MISSING: ("falta", "faltam"),
    DriftKind.DIFFERS: ("difere", "diferem"),
    DriftKind.FOREIGN: ("alheia", "alheias"),
}


def _foreign(line: Line) -> bool:
    return line.drift is not None and line.drift.kind is DriftKind.FOREIGN
