"""Importar: choose a file, see what each line would do, then do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QWidget

from desk.services.access_points import (
    DryRun,
    ImportAccessPoints,
    Imported,
    ImportLine,
    ImportMoved,
    ImportRoutingServers,
    TryAccessPoints,
    TryRoutingServers,
    Verdict,
    access_points_template,
    routing_servers_template,
)
from desk.services.core.errors import DomainError
from desk.ui.access_points.import_words import VERDICTS, counts_text, detail_lines, file_text
from desk.ui.core import format
from desk.ui.core.cards import BusyBar, EmptyState, NoteBar
from desk.ui.core.desk import Desk
from desk.ui.core.dialogs import DeskDialog, Size
from desk.ui.core.labels import ElidedLabel, Label, button, row
from desk.ui.core.messages import Text, explain
from desk.ui.core.network_box import NetworkBox
from desk.ui.core.table import Column, TableView
from desk.ui.core.tabs import Segments
from desk.ui.core.toggle import Toggle

FOLDER = "access_points/folder"
FILTER = "Planilha CSV (*.csv *.txt);;Todos os arquivos (*)"
SHOWS = (None, Verdict.BAD, Verdict.CREATE, Verdict.CHANGE, Verdict.SAME)


@dataclass(frozen=True)
class Kind:
    """What is imported: its words, its question, its order and its template."""

    title: str
    things: str
    look: Callable[[Path], Any]
    order: type[ImportAccessPoints] | type[ImportRoutingServers]
    template: Callable[[], bytes]
    file_name: str


POINTS = Kind(
    "Importar Pontos de Acesso",
    "pontos de acesso",
    TryAccessPoints,
    ImportAccessPoints,
    access_points_template,
    "modelo-pontos-de-acesso.csv",
)
SERVERS = Kind(
    "Importar Servidores de Roteamento",
    "servidores de roteamento",
    TryRoutingServers,
    ImportRoutingServers,
    routing_servers_template,
    "modelo-servidores-de-roteamento.csv",
)


class ImportDialog(DeskDialog):
    """Nothing is written before the button, and nothing else than what is shown."""

    def __init__(self, desk: Desk, kind: Kind, parent: QWidget) -> None:
        super().__init__(kind.title, size=Size.CARD, closing="Fechar", parent=parent)
        self._desk, self._kind = desk, kind
        self.path: Path | None = None
        self.run: DryRun | None = None
        self.body.setSpacing(10)
        self.choose_button = button("Escolher Arquivo…", self.choose, icon="folder-open")
        self.again_button = button("Examinar de Novo", self.look, kind="flat", icon="arrow-clockwise", tip="F5")
        self.template_button = button("Baixar Modelo…", self.save_template, kind="flat", icon="download-simple")
        self.file = ElidedLabel("", "body", "text2")
        line = row(self.choose_button, self.again_button, self.template_button, self.file)
        line.setStretchFactor(self.file, 1)
        self.body.addLayout(line)
        self.busy_bar = BusyBar()
        self.body.addWidget(self.busy_bar)
        self.note = NoteBar("", "bad")
        self.note.hide()
        self.body.addWidget(self.note)
        self.shows = Segments(["Todas", "Com problema", "Criar", "Alterar", "Sem mudança"])
        self.shows.chosen.connect(lambda _: self._filter())
        self.counts = Label("", "strong")
        self.above = QWidget()
        above = row(self.counts, None, self.shows)
        above.setContentsMargins(0, 0, 0, 0)
        self.above.setLayout(above)
        self.body.addWidget(self.above)
        self.table = TableView(
            [
                Column(head="Linha", text=lambda r: str(r.number), sort=lambda r: r.number, right=True, width=60),
                Column(head="Nome", text=lambda r: r.name or "—", strong=True, width=210),
                Column(
                    head="O que será feito",
                    text=lambda r: VERDICTS[r.verdict][0],
                    icon=lambda r: VERDICTS[r.verdict][1],
                    tone=lambda r: VERDICTS[r.verdict][2],
                    width=150,
                ),
                Column(head="Detalhes", text=_detail, stretch=True),
            ],
            name=f"import/{kind.order.__name__}",
            settings=desk.settings,
        )
        self.table.setMinimumHeight(210)
        self.table.setAccessibleName("Linhas do arquivo")
        self.table.current_row_changed.connect(self._tell)
        self.body.addWidget(self.table, 1)
        self.detail = Label("", "body", wrap=True).selectable()
        self.body.addWidget(self.detail)
        self.only_good = Toggle()
        self.only_good.toggled.connect(lambda _: self._can_write())
        self.only_words = Label("Importar só as linhas boas")
        self.only_words.setBuddy(self.only_good)
        self.only_good.setAccessibleName(self.only_words.text())
        self.below = QWidget()
        below = row(self.only_good, self.only_words, None)
        below.setContentsMargins(0, 0, 0, 0)
        self.below.setLayout(below)
        self.body.addWidget(self.below)
        # What plans that are there already owe their routers by it, as in the dialogs of a single point or server.
        self.network = NetworkBox(desk, self)
        self.network.settles_many = True
        self.network.hide()
        self.body.addWidget(self.network)
        self.empty = EmptyState(
            "file-text",
            "Escolha um arquivo CSV",
            "O Desk examina tudo e mostra linha por linha o que fará, antes de gravar qualquer coisa. "
            "O modelo tem todas as colunas; só o nome é obrigatório.",
            act="Escolher Arquivo…",
            on_act=self.choose,
        )
        self.body.addWidget(self.empty, 1)
        self.import_button = self.set_primary(button("Importar", self.go, kind="primary"))
        QShortcut(QKeySequence("F5"), self, activated=self.look)  # type: ignore[call-overload]
        self._show(None)

    def choose(self) -> None:
        """Ask which file, and look through it."""
        folder = self._desk.settings.value(FOLDER) or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        chosen, _ = QFileDialog.getOpenFileName(self, self._kind.title, str(folder), FILTER)
        if chosen:
            self.open_file(Path(chosen))

    def open_file(self, path: Path) -> None:
        """Look through this file."""
        self.path = path
        self._desk.settings.setValue(FOLDER, str(path.parent))
        self.look()

    def look(self) -> None:
        """Read the file anew and show what it would do."""
        if self.path is None or self.busy:
            return
        self.busy_bar.set_busy(True)
        self.import_button.setEnabled(False)
        query = self._kind.look(self.path)
        self._desk.ask(query, owner=self, done=self._show, failed=self._not_looked, slot=("import", id(self)))

    def _not_looked(self, error: DomainError) -> bool:
        self.busy_bar.set_busy(False)
        return False

    def _show(self, run: DryRun | None) -> None:
        self.busy_bar.set_busy(False)
        self.run = run
        good = run is not None and not run.problem
        self.file.setText(f"{self.path.name} · {file_text(run)}" if good and self.path and run else "")
        self._note(run)
        for each in (self.above, self.table, self.detail):
            each.setVisible(good)
        self.empty.setVisible(run is None)
        self.again_button.setVisible(run is not None)
        self.choose_button.setVisible(run is not None)
        bad = run.count(Verdict.BAD) if run is not None else 0
        self.below.setVisible(bool(good and bad and run is not None and bad < len(run.lines)))
        self.only_good.setChecked(False)
        self.counts.setText(counts_text(run) if run is not None else "")
        self.shows.choose(1 if bad else 0)
        self._filter()
        self._can_write()
        self.fit()

    def _note(self, run: DryRun | None) -> None:
        text, tone = "", "warn"
        if run is not None and run.problem:
            text, tone = file_text(run), "bad"
        elif run is not None:
            parts = []
            if run.strange:
                parts.append(f"Colunas que o Desk não usa: {', '.join(run.strange[:8])}.")
            if run.has_secrets:
                parts.append("O arquivo tem senhas abertas: apague-o depois; no Desk elas ficam cifradas.")
            text = " ".join(parts)
        self.note.setProperty("tone", tone)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.mark.set_icon("x-circle-fill" if tone == "bad" else "warning-fill", tone)
        self.note.set_text(text)

    def _filter(self) -> None:
        wanted = SHOWS[self.shows.at]
        lines = self.run.lines if self.run is not None else ()
        self.table.show_rows([line for line in lines if wanted is None or line.verdict is wanted])
        if self.table.table.rows:
            self.table.selectRow(0)
        else:
            self._tell(None)

    def _tell(self, line: ImportLine | None) -> None:
        said = detail_lines(line) if line is not None else []
        self.detail.setText("\n".join(f"• {each}" for each in said) if len(said) > 1 else "".join(said))

    @property
    def writes(self) -> int:
        """How many lines would be written."""
        return self.run.count(Verdict.CREATE) + self.run.count(Verdict.CHANGE) if self.run is not None else 0

    def _order(self, run: DryRun) -> ImportAccessPoints | ImportRoutingServers:
        return self._kind.order(content=run.content, digest=run.digest, only_good=self.only_good.isChecked())

    def _can_write(self) -> None:
        self._name_button()
        self.network.forget()  # it comes up with something to say
        if self.run is not None and self.import_button.isEnabled():
            self.network.ask(self._order(self.run))

    def _name_button(self) -> None:
        run = self.run
        blocked = run is None or bool(run.problem) or self.writes == 0
        bad = run.count(Verdict.BAD) if run is not None else 0
        if run is not None and not run.problem and bad and not self.only_good.isChecked():
            blocked = True
        self.import_button.setEnabled(not blocked)
        self.import_button.setText(f"&Importar {format.number(self.writes)} linhas" if self.writes > 1 else "&Importar")
        if run is None or run.problem:
            self.set_footer("")
        elif bad and not self.only_good.isChecked():
            self.set_footer("Nada é gravado enquanto houver linha com problema", tone="bad", icon="x-circle-fill")
        elif not self.writes:
            self.set_footer("Tudo já está como no arquivo", icon="check")
        else:
            self.set_footer("Tudo numa vez só: ou tudo entra, ou nada")

    def go(self) -> None:
        """Write what is shown."""
        if self.run is None:
            return
        self.set_busy(True)
        self._desk.do(
            self._order(self.run), owner=self, said=self._said, done=lambda _: self._done(), failed=self._refused
        )

    def _said(self, done: Imported) -> str:
        parts = [f"{format.number(done.created)} criados", f"{format.number(done.changed)} alterados"]
        if done.left_out:
            parts.append(f"{format.number(done.left_out)} linhas deixadas de fora")
        return f"Importação de {self._kind.things}: {', '.join(parts)}"

    def _done(self) -> None:
        self.set_busy(False)
        self.accept()

    def _refused(self, error: DomainError) -> bool:
        self.set_busy(False)
        if isinstance(error, ImportMoved):
            self._desk.fail(explain(error))
            self.look()
            return True
        return False

    def save_template(self) -> None:
        """Ask where, and write the example."""
        folder = self._desk.settings.value(FOLDER) or QStandardPaths.writableLocation(
            QStandardPaths.StandardLocation.DocumentsLocation
        )
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Baixar Modelo", str(Path(str(folder)) / self._kind.file_name), FILTER
        )
        if not chosen:
            return
        try:
            Path(chosen).write_bytes(self._kind.template())
        except OSError as error:
            why = error.strerror or "A pasta não aceita o arquivo."
            self._desk.fail(Text("O modelo não foi gravado.", why, "Escolha outra pasta."))
            return
        self._desk.settings.setValue(FOLDER, str(Path(chosen).parent))
        self._desk.told.emit(f"Modelo gravado em {chosen}")


def _detail(line: ImportLine) -> str:
    return " · ".join(detail_lines(line))
