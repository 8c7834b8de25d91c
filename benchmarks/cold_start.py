"""From nothing to the sign-in window, against an empty PySide6 window, as whole processes."""

from __future__ import annotations

import os
import subprocess
import sys

from benchmarks.timing import line, pair

EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv); w = QWidget(); w.resize(420, 480); w.show(); app.processEvents()
"""
OURS = """
from desk.desktop import Desktop, make_application
from desk.settings import Settings
app = make_application(["desk"], collect=False)
desktop = Desktop(app, Settings(host="localhost").server, company="")
desktop.start(); app.qt.processEvents(); desktop.close()
"""


def run() -> list[tuple[str, str, str, str]]:
    """Eleven starts of each, taking turns."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}

    def start(program: str) -> None:
        subprocess.run([sys.executable, "-c", program], env=environment, check=True, stderr=subprocess.DEVNULL)

    ours, floor = pair(lambda: start(OURS), lambda: start(EMPTY), rounds=11)
    return [line("partida a frio até a janela Entrar", ours, floor)]
