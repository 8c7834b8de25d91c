"""From nothing to the sign-in window, against an empty PySide6 window, as processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

from benchmarks.timing import line, pair

EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv); w = QWidget(); w.resize(420, 480); w.show(); app.processEvents()
print("shown", flush=True)
"""
OURS = """
import gc
gc.disable()  # as desk.__main__ does
from desk import desktop
def shown(made):
    made.start(); made.app.qt.processEvents()
    print("shown", flush=True)
desktop.run = shown
desktop.main([])
"""


def run() -> list[tuple[str, str, str, str]]:
    """Until the window was painted, with byte code as an installation has it, written by the first round."""
    with tempfile.TemporaryDirectory() as codes:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": codes}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def start(program: str) -> None:
            command = [sys.executable, "-c", program]
            with subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process:
                assert process.stdout is not None
                assert process.stdout.readline() == b"shown\n"
                process.kill()

        ours, floor = pair(lambda: start(OURS), lambda: start(EMPTY), rounds=21)
    return [line("partida a frio até a janela Entrar", ours, floor)]
