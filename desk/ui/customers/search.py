"""The one search field: finds a customer by any key while one types, and says why each was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desk.services.core.errors import DatabaseLost, DomainError
from desk.services.customers import CustomerHit, RecentCustomers, SearchCustomers, SearchKind, SuggestName
from desk.ui.core import icons
from desk.ui.core.cards import BusyBar, EmptyState, hairline
from desk.ui.core.desk import Desk
from desk.ui.core.labels import KeyCap, Label, button, row
from desk.ui.core.theme import theme
from desk.ui.customers.hits import HEIGHT as HIT_HEIGHT
from desk.ui.customers.hits import HitDelegate, HitModel, hit_of

WIDTH, POPUP_WIDTH = 372, 720
MOST_HITS, FEWEST_HITS = 9, 4  # as high as what was found, within these
PAUSE_MS = 90  # between two keys of somebody who types fast
KINDS = (
    (SearchKind.ALL, "Tudo"),
    (SearchKind.NAME, "Nome"),
    (SearchKind.DOCUMENT, "CPF/CNPJ"),
    (SearchKind.LOGIN, "Login"),
    (SearchKind.EMAIL, "E-mail"),
    (SearchKind.PHONE, "Telefone"),
    (SearchKind.MAC, "MAC"),
    (SearchKind.IP, "IP"),
    (SearchKind.CIRCUIT, "Circuito"),
    (SearchKind.DOMAIN, "Domínio"),
)


def long_enough(text: str) -> bool:
    """Two characters, or one digit."""
    plain = text.strip()
    return len(plain) >= 2 or plain.isdigit()


class SearchPopup(QFrame):
    """The flyout under the field: kinds, hits, keys."""

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.ToolTip | Qt.WindowType.FramelessWindowHint)
        self.setObjectName("flyout")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(POPUP_WIDTH)
        self.setAccessibleName(self.tr("Clientes encontrados"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.kinds = QButtonGroup(self)
        pills = QHBoxLayout()
        pills.setContentsMargins(10, 8, 10, 8)
        pills.setSpacing(2)
        for at, (_, label) in enumerate(KINDS):
            pill = button(label, kind="pill")
            pill.setCheckable(True)
            pill.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.kinds.addButton(pill, at)
            pills.addWidget(pill)
        pills.addStretch(1)
        self.kinds.buttons()[0].setChecked(True)
        outer.addLayout(pills)
        outer.addWidget(hairline())
        self.busy = BusyBar()
        outer.addWidget(self.busy)
        self.count = Label("", "head", "text2")
        self.count.setContentsMargins(12, 6, 12, 4)
        outer.addWidget(self.count)
        self.hits = HitModel(self)
        self.list = QListView()
        self.list.setObjectName("hits")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setModel(self.hits)
        self.list.setItemDelegate(HitDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.list)
        self.nothing = EmptyState("magnifying-glass", "", "")
        self.pages.addWidget(self.nothing)
        outer.addWidget(self.pages, 1)
        outer.addWidget(hairline())
        foot = row(
            KeyCap("↑ ↓"), Label(self.tr("escolher"), "caption", "text2"), 8,
            KeyCap("Enter"), Label(self.tr("abrir"), "caption", "text2"), None,
        )  # fmt: skip
        foot.setContentsMargins(12, 8, 12, 8)
        self.new = button(self.tr("Novo Cliente"), kind="link")
        self.new.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        foot.addWidget(self.new)
        foot.addWidget(KeyCap("Ctrl+Shift+N"))
        outer.addLayout(foot)

    @property
    def kind(self) -> SearchKind:
        """Which keys are looked at."""
        return KINDS[self.kinds.checkedId()][0]

    def show_hits(self, hits: Sequence[CustomerHit], heading: str, typed: str) -> None:
        """Fill the list and choose the first."""
        self.hits.show_hits(hits)
        self.count.setText(heading)
        self.count.setVisible(bool(hits))
        self._fit(len(hits))
        if hits:
            self.pages.setCurrentWidget(self.list)
            self.list.setCurrentIndex(self.hits.index(0))
        else:
            self._show_nothing(_nothing(typed, self.kind))

    def _fit(self, hits: int) -> None:
        self.pages.setFixedHeight(HIT_HEIGHT * max(FEWEST_HITS, min(hits, MOST_HITS)) + 4)
        self.adjustSize()

    def propose(self, typed: str, meant: str, act: Callable[[], object]) -> None:
        """Nobody was found: offer what may have been meant."""
        made = _nothing(typed, self.kind, act=self.tr("Você quis dizer: {}").format(meant), on_act=act)
        made.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._show_nothing(made)

    def _show_nothing(self, made: EmptyState) -> None:
        old, self.nothing = self.nothing, made
        self.pages.removeWidget(old)
        old.deleteLater()
        self.pages.addWidget(self.nothing)
        self.pages.setCurrentWidget(self.nothing)

    def step(self, by: int) -> None:
        """Move the choice."""
        if self.hits.rowCount():
            at = max(0, min(self.hits.rowCount() - 1, self.list.currentIndex().row() + by))
            self.list.setCurrentIndex(self.hits.index(at))


def _nothing(typed: str, kind: SearchKind, *, act: str = "", on_act: Callable[[], object] | None = None) -> EmptyState:
    if not typed.strip():
        return EmptyState(
            "clock-counter-clockwise", "Nenhum cliente aberto ainda", "Digite ao menos duas letras ou um número."
        )
    looked = "nome, CPF/CNPJ, código, login, e-mail, telefone, MAC, IP, circuito e domínio"
    if kind is not SearchKind.ALL:
        looked = next(label for each, label in KINDS if each is kind)
    sentence = f"Procurado “{typed.strip()}” em {looked}."
    return EmptyState(
        "magnifying-glass",
        "Nenhum cliente encontrado",
        sentence,
        act=act,
        on_act=on_act,
        key="Enter",
        act_icon="magnifying-glass",
    )


class SearchField(QWidget):
    """The field in the top row; `chosen` carries the customer to open."""

    chosen = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.setFixedWidth(WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(self.tr("Pesquisar cliente: nome, CPF/CNPJ, login, IP..."))
        self.edit.setAccessibleName(self.tr("Pesquisar cliente"))
        self.edit.setMaxLength(200)
        self._glass = self.edit.addAction(
            icons.icon("magnifying-glass", "text2"), QLineEdit.ActionPosition.LeadingPosition
        )
        line.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.key = KeyCap("F3", self.edit)
        self.popup = SearchPopup(self)
        self.popup.list.clicked.connect(self._clicked)
        self.popup.kinds.idClicked.connect(lambda _: self._ask())
        self.popup.new.clicked.connect(self._new)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.edit.textEdited.connect(self._typed)
        self.edit.installEventFilter(self)
        self._enter_when_there = False
        self._answered: tuple[str, SearchKind] | None = None  # what the list answers
        self._meant = ""  # what Enter searches for while nobody is found
        QShortcut(QKeySequence("Ctrl+F"), self.edit, self.focus, context=Qt.ShortcutContext.ApplicationShortcut)
        theme().changed.connect(self._recolour)

    def focus(self) -> None:
        """Take the focus, with what was typed selected, and offer the newest customers."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()
        self._ask()

    def search(self, text: str) -> None:
        """Type this."""
        self.edit.setText(text)
        self._ask()

    def _typed(self, text: str) -> None:
        self._enter_when_there = False
        self._pause.start()

    def _ask(self) -> None:
        self._pause.stop()
        typed = self.edit.text()
        if not long_enough(typed):
            query: SearchCustomers | RecentCustomers = RecentCustomers()
        else:
            query = SearchCustomers(typed, self.popup.kind)
            self.popup.busy.set_busy(True)
        asked = (typed, self.popup.kind)
        self._desk.ask(
            query,
            owner=self,
            done=lambda hits: self._found(asked, hits),
            failed=self._not_found,
            slot=("search", id(self)),
        )

    def _not_found(self, error: DomainError) -> bool:
        self.popup.busy.set_busy(False)
        self._enter_when_there = False
        return isinstance(error, DatabaseLost)  # the band over the window says it; one types on

    def _found(self, asked: tuple[str, SearchKind], hits: list[CustomerHit]) -> None:
        self.popup.busy.set_busy(False)
        typed, _ = asked
        if typed != self.edit.text():
            return
        self._answered = asked
        recent = not long_enough(typed)
        if recent:
            heading = self.tr("Abertos por último")
        else:
            heading = self.tr("1 cliente") if len(hits) == 1 else self.tr("{} clientes").format(len(hits))
            if len(hits) >= 50:
                heading = self.tr("Os primeiros 50 clientes; digite mais para restringir")
        self._meant = ""
        self.popup.show_hits(hits, heading, typed)
        if not hits and not recent:
            kind = self.popup.kind
            slot = ("search", id(self))
            self._desk.ask(SuggestName(typed, kind), owner=self, done=partial(self._propose, typed), slot=slot)
        if self._enter_when_there and hits and not recent:
            self._enter_when_there = False
            self._open(hits[0])
        elif self.edit.hasFocus():
            self.open_popup()

    def _propose(self, typed: str, meant: str | None) -> None:
        if meant and typed == self.edit.text():
            self._meant = meant
            self.popup.propose(typed, meant, partial(self.search, meant))

    def open_popup(self) -> None:
        """Show the flyout right under the field."""
        self.popup.move(self.mapToGlobal(QPoint(0, self.height() + 4)))
        self.popup.show()
        self.popup.raise_()

    def _clicked(self, index: QModelIndex) -> None:
        self._open(hit_of(index))

    def _open(self, hit: CustomerHit) -> None:
        self.close_popup()
        self.edit.clear()
        self.chosen.emit(hit.id)

    def close_popup(self) -> None:
        """Close the flyout; the typed text stays."""
        self.popup.hide()

    def _new(self) -> None:
        self.close_popup()
        self._desk.run_action("customers.new", self)

    def _enter(self) -> None:
        # Whoever types a whole document and hits Enter does not wait for the list.
        # Nor does the list then count: it may still show who was found for other words.
        if self._pause.isActive() or self._answered != (self.edit.text(), self.popup.kind):
            self._enter_when_there = True
            self._ask()
        elif self._meant:
            self.search(self._meant)
        elif self.popup.isVisible() and self.popup.list.currentIndex().isValid():
            self._open(hit_of(self.popup.list.currentIndex()))
        else:
            self._enter_when_there = True
            self._ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.key.move(self.edit.width() - self.key.sizeHint().width() - 8, (self.edit.height() - 20) // 2)
        elif kind == QEvent.Type.FocusOut:
            self.close_popup()
            self.key.show()
        elif kind == QEvent.Type.FocusIn:
            self.key.hide()
        elif kind == QEvent.Type.MouseButtonPress and not self.popup.isVisible():
            self._ask()
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._pressed(event.key())
        return False

    def _pressed(self, key: int) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6, Qt.Key.Key_PageUp: -6}
        if key in steps:
            if not self.popup.isVisible():
                self._ask()
            self.popup.step(steps[Qt.Key(key)])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
            return True
        if key == Qt.Key.Key_Escape:
            if self.popup.isVisible():
                self.close_popup()
            else:
                self.edit.clear()
            return True
        return False

    def _recolour(self) -> None:
        self._glass.setIcon(icons.icon("magnifying-glass", "text2"))


def kind_buttons(popup: SearchPopup) -> list[QPushButton]:
    """The pills, for tests."""
    return [made for made in popup.kinds.buttons() if isinstance(made, QPushButton)]
