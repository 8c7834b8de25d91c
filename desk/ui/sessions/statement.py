"""Extrato de conexões: a period as Tempo, MAC or Tráfego, with chart, totals, export, and pages on demand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from PySide6.QtWidgets import QMenu, QWidget

from desk.services.core.errors import DomainError, Invalid
from desk.services.sessions import (
    ConnectionStatement,
    Cursor,
    DayRow,
    ExportStatement,
    FileKind,
    MoreConnections,
    SessionRow,
    Statement,
    StatementBy,
    StatementPage,
)
from desk.ui.core import format
from desk.ui.core.cards import BusyBar, Card
from desk.ui.core.charts import Bar, BarChart, Legend
from desk.ui.core.desk import Desk
from desk.ui.core.files import keep, put_on_paper
from desk.ui.core.inputs import DateField
from desk.ui.core.labels import Label, button, row
from desk.ui.core.messages import violation_text
from desk.ui.core.table import Column, TableView
from desk.ui.core.tabs import Segments

USUAL_DAYS = 30
ROWS_SHOWN = 4
_LOUD = {"Lost-Carrier", "Lost-Service", "Port-Error", "NAS-Error", "NAS-Reboot", "Lost-Stop"}


class StatementCard(Card):
    """Asks for the whole period once; what stands below is another view of the same."""

    def __init__(self, desk: Desk, login_id: int, parent: QWidget | None = None) -> None:
        super().__init__("Extrato de conexões", parent=parent)
        self._desk, self._login_id = desk, login_id
        self._rows: list[SessionRow] = []
        self._next: Cursor | None = None
        self._shown: Statement | None = None
        self._total = ""
        today = dt.date.today()
        self.since = DateField("since", "", width=124)
        self.until = DateField("until", "", width=124)
        for field, day, name in (
            (self.since, today - dt.timedelta(days=USUAL_DAYS - 1), "De"),
            (self.until, today, "Até"),
        ):
            field.caption.hide()
            field.edit.setAccessibleName(name)
            field.set_value(day)
            field.edit.editingFinished.connect(self._changed)
        self.by = Segments([by.value for by in StatementBy])
        self.by.chosen.connect(lambda _: self._view())
        for each in (self.since, Label("a", "body", "text2"), self.until):
            self.head.addWidget(each)
        self.head.addSpacing(4)
        self.head.addWidget(self.by)
        self.wrong = Label("", "caption", "bad")
        self.wrong.hide()
        self.busy = BusyBar()
        self.chart = BarChart()
        self.body.addWidget(self.wrong)
        self.body.addWidget(self.busy)
        self.body.addLayout(row(Label("Uso por dia", "strong"), None, Legend()))
        self.body.addWidget(self.chart)
        self._views = {
            StatementBy.TIME: TableView(_TIME, name="sessions/time", settings=desk.settings, sortable=False),
            StatementBy.MAC: TableView(_MAC, name="sessions/mac", settings=desk.settings),
            StatementBy.TRAFFIC: TableView(_TRAFFIC, name="sessions/traffic", settings=desk.settings),
        }
        for by, view in self._views.items():
            view.setAccessibleName(f"Conexões por {by}")
            view.setMinimumHeight(28 * (ROWS_SHOWN + 1) + 2)
            self.body.addWidget(view)
        self._views[StatementBy.TIME].verticalScrollBar().valueChanged.connect(self._near_end)
        self.totals, self.traffic = Label("", "caption", "text2"), Label("", "strong")
        self.more = button("Carregar mais", self.load_more, kind="link")
        self.body.addLayout(row(self.totals, self.more, None, self.traffic))
        self._asked: tuple[dt.date, dt.date] | None = None
        self._view()
        self.load()

    @property
    def view(self) -> StatementBy:
        """Which of the three is shown."""
        return list(StatementBy)[self.by.at]

    def _changed(self) -> None:
        since, until = self.since.value(), self.until.value()
        if since is not None and until is not None and (since, until) != self._asked:
            self.load()

    def load(self) -> None:
        """Ask for the period in the fields."""
        since, until = self.since.value(), self.until.value()
        if since is None or until is None:
            return
        self._asked = (since, until)
        self.busy.set_busy(True)
        query = ConnectionStatement(login_id=self._login_id, since=since, until=until)
        self._desk.ask(query, owner=self, done=self._show, failed=self._refused, slot=("statement", id(self)))

    def _refused(self, error: DomainError) -> bool:
        self.busy.set_busy(False)
        if not isinstance(error, Invalid):
            return False
        self.wrong.setText(violation_text(error.violations[0]))
        self.wrong.show()
        return True

    def _show(self, found: Statement) -> None:
        self.busy.set_busy(False)
        self.wrong.hide()
        self._shown, self._rows, self._next = found, list(found.page.rows), found.page.next
        self.chart.show_bars(self._days(found.by_day))
        self._views[StatementBy.TIME].show_rows(self._rows)
        self._views[StatementBy.MAC].show_rows(found.by_mac)
        self._views[StatementBy.TRAFFIC].show_rows(list(reversed(found.by_day)))
        lasting = format.lasting(dt.timedelta(seconds=found.seconds))
        self._total = f"{format.count(found.count, 'conexão', 'conexões')} · {lasting}" if found.count else ""
        received, sent = format.size(found.download), format.size(found.upload)
        self.traffic.setText(f"{received} recebidos · {sent} enviados" if found.count else "")
        self._tell()

    def _days(self, used: tuple[DayRow, ...]) -> list[Bar]:
        """Every day of the period, also those without use."""
        if self._asked is None:
            return []
        since, until = self._asked
        by_day = {row.day: row for row in used}
        days = (since + dt.timedelta(days=at) for at in range((until - since).days + 1))
        none = DayRow(since, 0, 0)
        return [Bar(day, by_day.get(day, none).download, by_day.get(day, none).upload) for day in days]

    def _view(self) -> None:
        for by, view in self._views.items():
            view.setVisible(by is self.view)
        self._tell()

    def _tell(self) -> None:
        more = self.view is StatementBy.TIME and self._next is not None
        self.more.setVisible(more)
        if self._shown is None:
            return
        if not self._shown.count:
            self.totals.setText("Nenhuma conexão neste período.")
        elif more:
            self.totals.setText(f"{len(self._rows)} de {self._total}")
        else:
            self.totals.setText(self._total)

    def _near_end(self, value: int) -> None:
        bar = self._views[StatementBy.TIME].verticalScrollBar()
        if value >= bar.maximum() - 10 and bar.maximum() > 0:
            self.load_more()

    def load_more(self) -> None:
        """The next page, as soon as somebody scrolls there."""
        if self._next is None or self._asked is None:
            return
        since, until = self._asked
        query = MoreConnections(login_id=self._login_id, since=since, until=until, after=self._next)
        self._next = None  # asked once, however often the bar moves
        self._desk.ask(query, owner=self, done=self._add, slot=("more", id(self)))

    def _add(self, page: StatementPage) -> None:
        self._rows += page.rows
        self._next = page.next
        self._views[StatementBy.TIME].show_rows(self._rows, key=lambda session: session.id)
        self._tell()

    def export_menu(self, parent: QWidget) -> QMenu:
        """CSV, PDF or paper of what is chosen now."""
        menu = QMenu(parent)
        menu.addAction("Planilha (CSV)…", lambda: self.export(FileKind.CSV))
        menu.addAction("Documento (PDF)…", lambda: self.export(FileKind.PDF))
        menu.addAction("Imprimir…", lambda: self.export(FileKind.PAGE))
        return menu

    def export(self, kind: FileKind) -> None:
        """Make the file away from the screen, then ask where to keep it."""
        if self._asked is None:
            return
        since, until = self._asked
        hand_over = put_on_paper if kind is FileKind.PAGE else keep
        query = ExportStatement(login_id=self._login_id, since=since, until=until, by=self.view, kind=kind)
        self._desk.ask(query, owner=self, done=lambda made: hand_over(self._desk, made, self.window()))


def _moment(value: dt.datetime) -> str:
    """Without the year where it is this one: the column is narrow, and a period is never longer than one."""
    local = value.astimezone()
    return local.strftime("%d/%m %H:%M" if local.year == dt.date.today().year else "%d/%m/%y %H:%M")


def _ends(session: SessionRow) -> str:
    return _moment(session.stopped_at) if session.stopped_at else "em curso"


def _lasting(found: Any) -> str:
    return format.lasting(dt.timedelta(seconds=found.seconds))


_DOWN = Column(head="Download", text=lambda r: format.size(r.download), sort=lambda r: r.download, right=True, width=78)
_UP = Column(head="Upload", text=lambda r: format.size(r.upload), sort=lambda r: r.upload, right=True, width=80)
_SPENT = Column(head="Duração", text=_lasting, sort=lambda r: r.seconds, right=True, width=88)
_TIME = [
    Column(head="Início", text=lambda s: _moment(s.started_at), width=112),
    Column(
        head="Fim",
        text=_ends,
        icon=lambda s: "" if s.stopped_at else "circle-fill",
        tone=lambda s: "text" if s.stopped_at else "ok",
        width=112,
    ),
    _SPENT,
    Column(head="IP", text=lambda s: s.ip or "—", code=True, width=132),
    Column(head="MAC", text=lambda s: s.mac or "—", code=True, width=136),
    Column(head="Ponto de Acesso", text=lambda s: s.access_point, width=118),
    _DOWN,
    _UP,
    Column(
        head="Causa",
        text=lambda s: s.cause or "—",
        icon=lambda s: "warning-fill" if s.cause in _LOUD else "",
        tone=lambda s: "warn" if s.cause in _LOUD else "text",
        stretch=True,
    ),
]
_MAC: list[Column] = [
    Column(head="MAC", text=lambda m: m.mac or "sem MAC", code=True, stretch=True),
    Column(head="Primeira", text=lambda m: format.moment(m.first), sort=lambda m: m.first, width=130),
    Column(head="Última", text=lambda m: format.moment(m.last), sort=lambda m: m.last, width=130),
    Column(head="Conexões", text=lambda m: str(m.count), sort=lambda m: m.count, right=True, width=90),
    Column(head="Tempo", text=_lasting, sort=lambda m: m.seconds, right=True, width=100),
    _DOWN,
    _UP,
]
_TRAFFIC: list[Column] = [
    Column(head="Dia", text=lambda d: format.day(d.day), sort=lambda d: d.day, stretch=True),
    _DOWN,
    _UP,
    Column(
        head="Total",
        text=lambda d: format.size(d.download + d.upload),
        sort=lambda d: d.download + d.upload,
        right=True,
        strong=True,
        width=100,
    ),
]
