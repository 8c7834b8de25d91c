"""The window of one customer: header, areas, delivery strip. It places parts and knows no rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desk.ui.core.desk import Desk
from desk.ui.core.labels import icon_button
from desk.ui.core.pages import CustomerPage
from desk.ui.core.strip import DeliveryStrip
from desk.ui.core.tabs import FirstFits, UnderlinedTabs
from desk.ui.shell.deliveries import DeliveryFollower

MARGIN = 20


class CustomerWindow(QWidget):
    """One open customer; pages are built when they are first shown."""

    def __init__(
        self,
        desk: Desk,
        customer_id: int,
        header: QWidget,
        pages: Sequence[CustomerPage],
        follower: DeliveryFollower,
        retry: Callable[[Sequence[object]], object],
        show_all: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self.customer_id, self._pages, self._follower = desk, customer_id, list(pages), follower
        self._retry = retry
        self.setObjectName("surface")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(header)
        outer.addWidget(self._tab_row())
        self.stack = QStackedWidget()
        self._built: dict[int, QWidget] = {}
        for _ in self._pages:
            self.stack.addWidget(QWidget())
        outer.addWidget(self.stack, 1)
        self.strip = DeliveryStrip()
        self.strip.retry.connect(self._try_again)
        self.strip.undo.connect(self.undo)
        self.strip.all_wanted.connect(show_all)
        self.strip.left.connect(lambda: follower.forget(customer_id))
        outer.addWidget(self.strip)
        follower.moved.connect(self._moved)
        last = str(desk.settings.value("customer/page", "plans"))
        wanted = next((at for at, page in enumerate(self._pages) if page.id == last), 0)
        self.tabs.currentChanged.connect(self.show_page)
        self.tabs.setCurrentIndex(wanted)
        self.show_page(wanted)

    def _tab_row(self) -> QFrame:
        bar = QFrame()
        bar.setObjectName("area-tabs")
        bar.setFixedHeight(42)
        line = QHBoxLayout(bar)
        line.setContentsMargins(18, 0, MARGIN, 0)  # a tab begins 2 px before its word
        line.setSpacing(8)
        self.tabs = UnderlinedTabs()
        for page in self._pages:
            self.tabs.addTab(page.label)
        line.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        line.addStretch(1)
        more = icon_button("dots-three", self.tr("Mais comandos"), self._more)
        self.commands = FirstFits(more)
        line.addWidget(self.commands)
        return bar

    def page(self, at: int) -> QWidget:
        """The widget of an area, built now if it was not yet."""
        if at not in self._built:
            made = self._pages[at].build(self._desk, self.customer_id)
            self._built[at] = made
            if (empty := self.stack.widget(at)) is not None:
                self.stack.removeWidget(empty)
                empty.deleteLater()
            self.stack.insertWidget(at, made)
        return self._built[at]

    def show_page(self, at: int) -> None:
        """Bring an area to the front, with its commands."""
        page = self.page(at)
        self.stack.setCurrentWidget(page)
        commands = getattr(page, "commands", None)
        shown = list(commands()) if callable(commands) else []
        self.commands.show_buttons(shown)
        for one, two in pairwise([self.tabs, *shown]):
            QWidget.setTabOrder(one, two)  # where the eye finds them: between the tabs and the area
        self._desk.settings.setValue("customer/page", self._pages[at].id)

    @property
    def page_id(self) -> str:
        """Which area is in front."""
        return self._pages[self.tabs.currentIndex()].id

    def _more(self) -> None:
        button = self.commands.more
        self.commands.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def go(self, page_id: str) -> None:
        """Bring the area with this id to the front."""
        at = next((at for at, page in enumerate(self._pages) if page.id == page_id), None)
        if at is not None:
            self.tabs.setCurrentIndex(at)

    def enter(self) -> None:
        """Put the focus where the next key goes."""
        page = self.page(self.tabs.currentIndex())
        enter = getattr(page, "enter", None)
        if callable(enter):
            enter()
        else:
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def owes(self) -> bool:
        """Whether the newest act here is not settled; the tab shows a dot then."""
        return bool(self._follower.debts_of(self.customer_id))

    def undo(self) -> None:
        """Take the newest act back, while that is offered."""
        command = self._follower.undo_of(self.customer_id)
        if command is not None:
            self._follower.forget(self.customer_id)
            self.strip.leave()
            self._desk.do(command, owner=self, said=self.tr("Alteração desfeita"))

    def _moved(self, customer_id: int) -> None:
        if customer_id == self.customer_id and (delivery := self._follower.of(customer_id)) is not None:
            self.strip.show_delivery(delivery)

    def _try_again(self, key: object) -> None:
        self._retry([key] if key is not None else self._follower.debts_of(self.customer_id))
