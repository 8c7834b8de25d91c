"""What is waited for so long that it must be said, and the way out of it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from desk.ui.core.cards import NoteBar
from desk.ui.core.labels import button

LONG_MS = 5_000
GIVEN_UP = "A resposta, quando vier, aparece aqui. Se fechar, confira depois no Histórico."


class LongWait(NoteBar):
    """Hidden until a wait has lasted five seconds; then it says for what, and offers to go on without the answer."""

    appeared = Signal()
    stopped = Signal()  # nobody waits any more; what was sent may still be done

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", "info", icon="clock-fill", parent=parent)
        self.stop = button("Parar de esperar", self._stop)
        self.add(self.stop)
        self._what = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(LONG_MS)
        self._pause.timeout.connect(self._appear)
        self.hide()

    def begin(self, what: str) -> None:
        """From now on; `what` with its article: "o banco de dados"."""
        self._what = what
        self._pause.start()

    def end(self) -> None:
        """The answer came."""
        self._pause.stop()
        self.hide()

    def _appear(self) -> None:
        self.stop.show()
        self.set_text(f"Esperando {self._what}…")
        self.appeared.emit()

    def _stop(self) -> None:
        self.stop.hide()
        self.set_text(GIVEN_UP)
        self.stopped.emit()
