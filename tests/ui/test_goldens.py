"""The main screens are as the stored pictures; DESK_RENEW_GOLDENS=1 stores what is drawn now."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage, QPainter
from pytestqt.qtbot import QtBot

from desk.demo import load_small
from desk.ui.core.dialogs import DeskDialog
from desk.ui.core.fields import TextField
from desk.ui.core.forms import Form
from desk.ui.core.labels import Chip, button
from tests.goldens import FORGIVEN, RENEW, STORED, complaint, differing_blocks
from tests.postgres import Database
from tests.ui.draw_goldens import PASSWORD
from tests.ui.frozen import DAY, ZONE, freeze_database
from tests.ui.screens import as_job

ROOT = Path(__file__).parents[2]
DEADLINE = 600
# At 150 % the screens whose room is scarce; the others only grow.
AT_150 = (
    "principal",
    "cartao-suspender",
    "cartao-suspensao-temporaria",
    "plano-servico",
    "composicao",
    "novo-plano",
    "entrar-erro",
    "entrar-lembrado",
    "configuracoes-catalog",
    "mudar-plano",
    "mudar-plano-valores",
    "mudar-plano-resumo",
)
ROOM = 8_000_000


def wanted(name: str, scale: float) -> bool:
    return scale == 1.0 or name.rsplit("-", 1)[0] in AT_150


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_the_screens_are_as_stored(database: Database, tmp_path: Path, scale: float) -> None:
    load_small(database.dsn(), DAY, password=PASSWORD)
    admin = database.admin()
    # No router is there to answer, and no debt is settled while its picture is taken.
    as_job(database, "UPDATE desk.routing_servers SET host = '127.0.0.1', port = 9")
    # Other routers would be owed the IPs; in the pictures they stand as they did before.
    admin.execute("UPDATE desk.debts SET done = wanted, due_at = NULL WHERE topic = 'customer_ip'")
    admin.execute("UPDATE desk.installation SET settle_by = 'worker'")
    freeze_database(admin, database.name)
    seen = tmp_path / "pictures"
    environment = os.environ | {"TZ": ZONE, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.ui.draw_goldens", str(database.cluster.port), database.name, str(seen)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=DEADLINE, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    suffix = "" if scale == 1.0 else f"-{round(scale * 100)}"
    found = {file.stem: QImage(str(file)) for file in sorted(seen.glob("*.png")) if wanted(file.stem, scale)}
    complaints = [told for name, picture in found.items() if (told := complaint(f"{name}{suffix}", picture, scale))]
    assert not complaints, "\n".join(complaints)
    kept = {file.stem for file in STORED.glob("*.png") if file.stem.endswith("-150") is bool(suffix)}
    if not RENEW:
        assert {f"{name}{suffix}" for name in found} == kept, "a screen came or went: renew the pictures"


def test_they_take_little_room() -> None:
    assert sum(file.stat().st_size for file in STORED.glob("*.png")) <= ROOM


def small_dialog(qtbot: QtBot) -> DeskDialog:
    """One of everything that a screen is made of."""
    dialog = DeskDialog("Editar")
    form = Form()
    form.add(TextField("name", "Nome"))
    form.add(TextField("reference", "Referência do Plano"))
    form.bind({"name": "Maria Aparecida Nogueira", "reference": "Casa"})
    dialog.body.addWidget(form)
    dialog.body.addWidget(Chip("Suspenso", "warn", "pause-circle-fill"))
    dialog.set_primary(button("Salvar", kind="primary"))
    qtbot.addWidget(dialog)
    dialog.resize(652, 260)
    dialog.show()
    return dialog


def grabbed(dialog: DeskDialog) -> QImage:
    return dialog.grab().toImage()


@pytest.mark.parametrize("what", ["button", "chip", "field", "caption"])
@pytest.mark.parametrize("by", [QPoint(12, 0), QPoint(-12, 0), QPoint(0, 12)], ids=["right", "left", "down"])
def test_a_widget_that_moved_by_12_px_is_caught(qtbot: QtBot, what: str, by: QPoint) -> None:
    dialog = small_dialog(qtbot)
    before = grabbed(dialog)
    field = dialog.findChildren(TextField)[0]
    moved: dict[str, Any] = {
        "button": dialog.primary,
        "chip": dialog.findChildren(Chip)[0],
        "field": field.edit,
        "caption": field.caption,
    }
    moved[what].move(moved[what].pos() + by)
    assert len(differing_blocks(grabbed(dialog), before)) > FORGIVEN
    dialog.hide()


def test_a_text_that_is_cut_is_caught(qtbot: QtBot) -> None:
    dialog = small_dialog(qtbot)
    before = grabbed(dialog)
    dialog.findChildren(TextField)[0].edit.setText("Maria Aparecida N…")
    assert len(differing_blocks(grabbed(dialog), before)) > FORGIVEN
    dialog.hide()


def test_another_way_to_smooth_letters_is_not(qtbot: QtBot) -> None:
    dialog = small_dialog(qtbot)
    before = grabbed(dialog)
    again = QImage(before.size(), QImage.Format.Format_RGB32)
    again.fill(Qt.GlobalColor.white)
    painter = QPainter(again)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(0.3, 0.2)  # every letter is a little elsewhere and blurred, as another rasteriser would have it
    painter.drawImage(0, 0, before)
    painter.end()
    edge = {0, before.width() // 8 - 1}
    inner = [block for block in differing_blocks(again, before) if block[0] not in edge and block[1] != 0]
    assert len(inner) <= FORGIVEN
    dialog.hide()
