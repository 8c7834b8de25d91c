"""`desk --measure-start desk|empty`: as far as the first window and out again, for whoever times whole processes."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str]) -> int:
    """The sign-in window, or an empty one of the same size as its floor."""
    if argv[-1:] == ["empty"]:
        return _empty()
    from desk.desktop import Desktop
    from desk.server import Server
    from desk.ui.core.app import make_application

    app = make_application(["desk"], collect=False)
    desktop = Desktop(app, Server("localhost"), company="")
    desktop.start()
    app.qt.processEvents()
    desktop.close()
    return 0


def _empty() -> int:
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication(sys.argv[:1])
    window = QWidget()
    window.resize(420, 480)
    window.show()
    app.processEvents()
    return 0
