"""From nothing to the sign-in window, against an empty PySide6 window, as processes of their own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from benchmarks.timing import line, pair

EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
app = QApplication(sys.argv); w = QWidget(); w.resize(420, 480); w.show(); app.processEvents()
print(__import__("time").process_time(), flush=True)
__import__("os")._exit(0)
"""
OURS = """
import gc
gc.disable()  # as desk.__main__ does
from desk import desktop
def shown(made):
    made.start(); made.app.qt.processEvents()
    print(__import__("time").process_time(), flush=True)
    made.instance.release()  # else each start would find one that crashed, and clean up after it first
    __import__("os")._exit(0)
desktop.run = shown
desktop.main([])
"""


def run() -> list[tuple[str, str, str, str]]:
    """Until the window was painted, with byte code as an installation has it, written by the first round.

    Seconds of a shared machine say little of a start that reads two hundred files, so its processor time is told too.
    """
    with tempfile.TemporaryDirectory() as codes:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": codes}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        spent: dict[str, list[float]] = {OURS: [], EMPTY: []}

        def start(program: str) -> None:
            command = [sys.executable, "-c", program]
            with subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            ) as process:
                assert process.stdout is not None
                spent[program].append(float(process.stdout.readline()) * 1000)

        ours, floor = pair(lambda: start(OURS), lambda: start(EMPTY), rounds=21)
    busy = [statistics.median(spent[program][-21:]) for program in (OURS, EMPTY)]
    return [
        line("partida a frio até a janela Entrar", ours, floor),
        line("partida a frio até a janela Entrar, tempo de processador", *busy),
    ]
