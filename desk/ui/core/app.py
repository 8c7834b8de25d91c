"""Starts Qt as this program wants it: fonts, theme, style, Portuguese, logs, and what to do with a bug."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QLibraryInfo, QLocale, QObject, QTranslator, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desk.no_secrets import NoSecrets
from desk.ui.core.collector import Collector
from desk.ui.core.language import LOCALE
from desk.ui.core.style import DeskStyle, dress
from desk.ui.core.theme import RESOURCES, Scheme, Theme, font, load_fonts, theme

if TYPE_CHECKING:
    from types import TracebackType

    from desk.ui.core.crash_report import Watch

log = logging.getLogger("desk")
# How long a thread in Python lets the one that paints wait; it may have to be asked at each widget. With Python's own
# 5 ms a window of 25 chips took 8.1 ms instead of 2.7 beside one busy thread, with 1 ms it takes 4.0.
SWITCH_SECONDS = 0.001
LOG_BYTES, LOG_FILES = 1_000_000, 5


class Bugs(QObject):
    """Catches what nobody expected: writes it down and emits a text with the number to quote."""

    happened = Signal(object)  # a Text
    folder: Path | None = None
    _watch: Watch | None = None

    def write_into(self, folder: Path) -> list[str]:
        """Logs and reports go here from now on; where that cannot be written, the desk works without.

        Returns the numbers of the reports about earlier desks that ended without a word.
        """
        from desk.ui.core.crash_report import Watch, crashes  # once the window is there

        with contextlib.suppress(OSError):
            write_logs(folder)
            self.folder = folder
            found = crashes(folder)
            self._watch = Watch(folder)
            return found
        return []

    def tell_of_crash(self, number: str) -> None:
        """The program ended by itself the last time: say so once, with the number to quote."""
        from desk.ui.core.messages import Text

        self.happened.emit(
            Text(
                what="Da última vez o Desk se fechou sozinho.",
                why="Um defeito o interrompeu. O que estava na tela e não tinha sido salvo se perdeu. Desculpe.",
                do="Pode continuar; se acontecer de novo, passe este código ao suporte.",
                code=number,
            )
        )

    def install(self) -> None:
        """Become the place where unhandled exceptions end, of this and of other threads."""
        sys.excepthook = self.handle
        threading.excepthook = lambda args: self.handle(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def uninstall(self) -> None:
        """Give both places back to Python, and end in order."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log one bug under a number and tell the person."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        from datetime import datetime  # here, since nothing else needs them before somebody signs in

        from desk.ui.core.messages import Text

        number = f"{datetime.now():%m%d-%H%M}-{os.urandom(2).hex().upper()}"
        log.critical("bug %s", number, exc_info=(kind, error, trace))
        if self.folder is not None:
            from desk.ui.core.crash_report import write_report

            write_report(self.folder, number, error, NoSecrets())
        self.happened.emit(
            Text(
                what="O pedido não foi concluído.",
                why="O programa encontrou um defeito que não previa. Desculpe.",
                do="Tente de novo; se continuar, passe este código ao suporte.",
                code=number,
                details=kind.__name__,
            )
        )


class Application(NamedTuple):
    """What must live as long as the program does."""

    qt: QApplication
    theme: Theme
    style: DeskStyle
    bugs: Bugs
    collector: Collector | None
    translator: QTranslator

    def close(self) -> None:
        """Hand back what was taken from Python."""
        self.bugs.uninstall()
        if self.collector is not None:
            self.collector.close()


def make_application(
    argv: Sequence[str] = (), *, log_folder: Path | None = None, scheme: Scheme = Scheme.SYSTEM, collect: bool = True
) -> Application:
    """Create, or dress, the QApplication; to be called once. Qt 6 takes fractional scales as they are."""
    sys.setswitchinterval(SWITCH_SECONDS)
    found = QApplication.instance()
    qt = found if isinstance(found, QApplication) else QApplication(list(argv) or ["desk"])
    qt.setApplicationName("Desk")
    # No display name: Qt would append it to the caption of every dialog.
    qt.setOrganizationName("Desk")
    QLocale.setDefault(LOCALE)
    translator = QTranslator(qt)
    if translator.load("qtbase_pt_BR", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        qt.installTranslator(translator)
    load_fonts()
    qt.setFont(font())
    qt.setWindowIcon(QIcon(str(RESOURCES / "icons" / "desk.svg")))
    style = dress(qt)
    colours = theme()
    colours.scheme = scheme
    colours.apply()
    bugs = Bugs(qt)
    if log_folder is not None:
        bugs.write_into(log_folder)
    return Application(qt, colours, style, bugs, Collector(qt) if collect else None, translator)


def write_logs(folder: Path) -> Callable[[], None]:
    """Log warnings and worse into a rotating file; returns what stops it."""
    from logging.handlers import RotatingFileHandler  # here, since it brings sockets and pickling along

    folder.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "desk.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(NoSecrets("%(asctime)s %(levelname)s %(threadName)s %(name)s %(message)s"))
    handler.setLevel(logging.INFO)
    log.addHandler(handler)
    log.setLevel(logging.INFO)

    def stop() -> None:
        log.removeHandler(handler)
        handler.close()

    return stop
