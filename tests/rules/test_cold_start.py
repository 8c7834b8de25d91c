"""What must not be loaded before the sign-in window is there (design, budgets), and that it comes right after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {
    *("sqlalchemy", "psycopg", "alembic", "pydantic", "pydantic_settings", "platformdirs", "keyring", "cryptography"),
    *("librouteros", "pyrad", "superqt", "qtawesome", "qtpy", "phonenumbers", "validate_docbr"),
    # Of Python itself: each costs more than a field of the window.
    *("asyncio", "argparse", "concurrent.futures", "dataclasses", "decimal", "json", "secrets", "ssl"),
}
PROGRAM = """
import sys
from desk import desktop
def run(made):
    made.start(); made.app.qt.processEvents()
    assert made.window.isVisible()
    print(*sys.modules)
    from PySide6.QtCore import QEventLoop, QTimer
    loop = QEventLoop()
    deadline = QTimer(); deadline.setSingleShot(True); deadline.timeout.connect(loop.quit); deadline.start(20000)
    poll = QTimer()
    ready = lambda: made.window.where.text().startswith("banco.exemplo") and not made.runner.busy
    poll.timeout.connect(lambda: ready() and loop.quit())
    poll.start(5)
    loop.exec()
    print(made.window.where.text())
    print(*sys.modules)
    made.close()
    return 0
desktop.run = run
sys.exit(desktop.main([]))
"""


def test_the_sign_in_window_waits_for_nothing_heavy_and_the_rest_follows(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "DESK_HOST": "banco.exemplo"}
    command = [sys.executable, "-c", PROGRAM]
    environment = os.environ | home | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    before, server, after = done.stdout.splitlines()
    bare = subprocess.run(
        [sys.executable, "-c", "import sys, PySide6.QtWidgets; print(*sys.modules)"],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert not (set(before.split()) - set(bare.stdout.split())) & HEAVY
    assert server == "banco.exemplo · conexão verificada"
    assert {"desk.bootstrap", "sqlalchemy", "psycopg"} <= set(after.split())
