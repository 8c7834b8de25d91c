"""The shell of every dialog: body, footer, buttons in Windows' order, and how it closes."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desk.ui.core import icons
from desk.ui.core.actions import accelerated
from desk.ui.core.labels import ElidedLabel, IconLabel, button, set_tone
from desk.ui.core.motion import STEP_DEGREES, STEP_MS, moving, turned

if TYPE_CHECKING:
    from desk.ui.core.waiting import LongWait

MAX_HEIGHT = 640
FOOTER_HEIGHT = 52


def focus_chain(window: QWidget) -> list[QWidget]:
    """Everything in a window that the Tab key could reach, in its order."""
    found: list[QWidget] = []
    at = window.nextInFocusChain()
    while at is not None and at is not window:
        if at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.focusProxy() is None and at.window() is window:
            found.append(at)
        at = at.nextInFocusChain()
    return found


def widgets_of(layout: QLayout) -> list[QWidget]:
    """What stands in a layout itself, in its order."""
    found = (item.widget() for at in range(layout.count()) if (item := layout.itemAt(at)))
    return [widget for widget in found if widget is not None]


class Size(IntEnum):
    """Widths of dialogs."""

    SMALL = 420
    MESSAGE = 500
    FORM = 652
    CARD = 960
    WIZARD = 1060


class DeskDialog(QDialog):
    """Put what it holds into `body`; `set_primary` gives it its one accent button."""

    confirmed = Signal()  # the primary button was pressed

    def __init__(
        self,
        title: str,
        *,
        size: Size = Size.FORM,
        closing: str = "Cancelar",
        parent: QWidget | None = None,
        margins: tuple[int, int, int, int] = (20, 16, 20, 16),
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setProperty("body", "surface")
        self.setModal(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._width = int(size)
        self.busy = False
        self.waits_for = "o banco de dados"  # what a long wait is for
        self.long_wait: LongWait | None = None
        self._unanswered = False
        self.is_dirty: Callable[[], bool] = lambda: False
        self.primary: QPushButton | None = None
        self._icon = QIcon()
        self._angle = 0
        self._turning = QTimer(self)
        self._turning.setInterval(STEP_MS)
        self._turning.timeout.connect(self._turn)

        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.top = QVBoxLayout()  # tabs stand here, above what scrolls
        outer.addLayout(self.top)
        self.area = QScrollArea()
        self.area.setObjectName("body")
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        page = self._page = QWidget()
        page.setObjectName("page")
        self.body = QVBoxLayout(page)
        self.body.setContentsMargins(*margins)
        self.area.setWidget(page)
        page.installEventFilter(self)
        outer.addWidget(self.area, 1)
        self.foot = QVBoxLayout()  # what must stay in sight however long the body is
        outer.addLayout(self.foot)
        self._outer = outer
        outer.addWidget(self._footer(closing))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, activated=self._press)  # type: ignore[call-overload]

    def _footer(self, closing: str) -> QFrame:
        footer = QFrame()
        footer.setObjectName("footer")
        footer.setFixedHeight(FOOTER_HEIGHT)
        self._buttons = QHBoxLayout(footer)
        self._buttons.setContentsMargins(20, 0, 20, 0)
        self._buttons.setSpacing(8)
        self.footer_icon = IconLabel("", "text2", 14)
        self.footer_icon.hide()
        self.footer_label = ElidedLabel("", "caption", "text2")
        self._buttons.addWidget(self.footer_icon)
        self._buttons.addWidget(self.footer_label, 1)
        self.closing = button(closing, self.reject)
        self._buttons.addWidget(self.closing)
        return footer

    def set_primary(self, made: QPushButton) -> QPushButton:
        """Put the one accent button before all others."""
        self.primary = made
        found = (self._buttons.itemAt(at) for at in range(self._buttons.count()))
        first = next(at for at, item in enumerate(found) if item and isinstance(item.widget(), QPushButton))
        self._buttons.insertWidget(first, made)
        made.clicked.connect(self.confirmed)
        return made

    def add_button(self, made: QPushButton) -> QPushButton:
        """Put another button between the primary and the closing one."""
        self._buttons.insertWidget(self._buttons.count() - 1, made)
        return made

    @property
    def presses(self) -> list[QPushButton]:
        """The buttons of the footer, from left to right."""
        return [widget for widget in widgets_of(self._buttons) if isinstance(widget, QPushButton)]

    def _chain(self) -> None:
        """Tab follows the eye: what stands above, the body, then primary, others, closing."""
        footer = self.presses
        chain = focus_chain(self)
        inside = [each for each in chain if self._page.isAncestorOf(each)]
        kept = widgets_of(self.foot)
        under = [each for each in chain if any(one.isAncestorOf(each) for one in kept)]
        for one, two in pairwise([*inside[-1:], *under, *footer]):
            QWidget.setTabOrder(one, two)
        for one, two in pairwise([*footer[-1:], *widgets_of(self.top)]):
            QWidget.setTabOrder(one, two)

    def _letter(self) -> None:
        """Alt and a letter press each button of the footer; letters that the body has are left to it."""
        page = self._page.findChildren(QWidget)
        texts = [str(each.property("text") or "") for each in page if each.isVisibleTo(self)]
        taken = {key.toString()[-1:].lower() for text in texts if not (key := QKeySequence.mnemonic(text)).isEmpty()}
        presses = [each for each in self.presses if not each.isHidden()]
        for each, text in zip(presses, accelerated([(each.text(), "") for each in presses], taken), strict=True):
            if each.text() != text:
                each.setText(text)

    def set_footer(self, text: str, *, tone: str = "text2", icon: str = "") -> None:
        """Say at the left whose plan it is, or what is wrong."""
        self.footer_label.setText(text)
        set_tone(self.footer_label, tone)
        self.footer_icon.set_icon(icon, tone)
        self.footer_icon.setVisible(bool(icon))

    def set_footer_widget(self, widget: QWidget) -> None:
        """Put something else than a plain text at the left of the footer."""
        self.footer_label.hide()
        self._buttons.insertWidget(1, widget, 1)

    def set_busy(self, busy: bool) -> None:
        """While the answer is under way the pressed button keeps its width and turns a spinner."""
        if busy == self._unanswered:
            return
        self.busy = self._unanswered = busy
        for part in (self.area, *widgets_of(self.foot)):
            part.setEnabled(not busy)
        self._wait_long(busy)
        if self.primary is None:
            return
        if busy:
            self._icon = self.primary.icon()
            self.primary.setFixedWidth(self.primary.width())
            self.primary.setEnabled(False)
            self.primary.setAccessibleDescription("Aguardando")
            self._turn()
            if moving():
                self._turning.start()
        else:
            self._turning.stop()
            self.primary.setMinimumWidth(0)
            self.primary.setMaximumWidth(16_777_215)
            self.primary.setEnabled(True)
            self.primary.setAccessibleDescription("")
            self.primary.setIcon(self._icon)

    def _wait_long(self, busy: bool) -> None:
        if self.long_wait is None:
            from desk.ui.core.waiting import LongWait  # few dialogs ever wait, and the first window waits for nothing

            self.long_wait = LongWait()
            self.long_wait.appeared.connect(self._grow)
            self.long_wait.stopped.connect(self._give_back)
            self._outer.insertWidget(self._outer.count() - 1, self.long_wait)
        if busy:
            self.long_wait.begin(self.waits_for)
        else:
            self.long_wait.end()

    def _give_back(self) -> None:
        """Nobody has to wait any more: one may close. What was sent stays as it was sent, and is not sent twice."""
        self.busy = False
        self.closing.setFocus()

    def _turn(self) -> None:
        if self.primary is not None:
            self._angle = (self._angle + STEP_DEGREES) % 360
            still = icons.pixmap("spinner-gap", "text2", 16, self.devicePixelRatioF())
            spinner = QIcon()
            spinner.addPixmap(turned(still, self._angle), QIcon.Mode.Disabled)
            self.primary.setIcon(spinner)

    def _press(self) -> None:
        if self.primary is not None and self.primary.isEnabled():
            self.primary.click()

    def sizeHint(self) -> QSize:
        page = self._page
        layout = page.layout()
        inner = layout.heightForWidth(self._width) if layout is not None and layout.hasHeightForWidth() else -1
        wanted = max(inner, page.sizeHint().height() if inner < 0 else inner)
        around = self.top.sizeHint().height() + self.foot.sizeHint().height() + FOOTER_HEIGHT
        if self.long_wait is not None and not self.long_wait.isHidden():
            around += self.long_wait.sizeHint().height()
        return QSize(self._width, min(MAX_HEIGHT, around + wanted))

    def fit(self) -> None:
        """Take the height that the content needs now."""
        layout = self._page.layout()
        if layout is not None:
            layout.activate()
        self.resize(self.sizeHint())

    def showEvent(self, event: object) -> None:
        self.fit()
        self._letter()
        self._chain()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What is put in later counts only once Qt has laid it out: then the dialog grows, so that nothing hides below.
        if watched is self._page and event.type() == QEvent.Type.LayoutRequest and self.isVisible():
            QTimer.singleShot(0, self, self._grow)
        return False

    def _grow(self) -> None:
        self._chain()
        wanted = self.sizeHint()
        if wanted.height() > self.height():
            self.resize(self.width(), wanted.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The application's: a search field on a hidden page may still be what the dialog remembers as its own.
            focused = QApplication.focusWidget()
            if isinstance(focused, QPushButton) and self.isAncestorOf(focused):
                focused.click()  # Enter presses only the button it stands on
            return
        super().keyPressEvent(event)

    def reject(self) -> None:
        """Close, asking first only if something was typed."""
        if self.busy:
            return
        if self.is_dirty() and not self._unanswered:  # what was sent cannot be taken back by closing
            self._ask_before_closing()
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.busy or (self.is_dirty() and not self._unanswered):
            event.ignore()
            self.reject()
            return
        super().closeEvent(event)

    def _ask_before_closing(self) -> None:
        from desk.ui.core.message_box import ask  # it is itself such a dialog
        from desk.ui.core.messages import Text

        def leave() -> None:
            self.is_dirty = lambda: False
            self.reject()

        ask(
            Text("Há alterações que não foram salvas.", do="Volte para salvar, ou feche sem elas."),
            "Fechar sem salvar",
            leave,
            no="Voltar",
            title=self.windowTitle(),
            parent=self,
        )
