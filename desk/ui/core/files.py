"""Keeps an exported file where the person says, and opens what is to be read or printed at once."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desk.services.sessions import Exported
from desk.ui.core.desk import Desk
from desk.ui.core.messages import Text

_FILTERS = {".csv": "Planilha CSV (*.csv)", ".pdf": "Documento PDF (*.pdf)"}
_FOLDER = "sessions/folder"


def keep(desk: Desk, exported: Exported, owner: QWidget) -> None:
    """Ask where, write, and open a PDF in the viewer of this computer."""
    folder = desk.settings.value(_FOLDER) or QStandardPaths.writableLocation(
        QStandardPaths.StandardLocation.DocumentsLocation
    )
    ending = Path(exported.name).suffix
    chosen, _ = QFileDialog.getSaveFileName(
        owner, "Exportar", str(Path(str(folder)) / exported.name), _FILTERS.get(ending, "")
    )
    if chosen:
        write(desk, exported, Path(chosen))


def put_on_paper(desk: Desk, exported: Exported, owner: QWidget) -> None:
    """Ask for a printer of this computer and print."""
    from desk.ui.core import printing  # here, since few print and it loads a part of Qt

    if not printing.ready():
        desk.fail(
            Text(
                "Nada foi impresso.",
                "Este computador não tem impressora.",
                "Guarde em PDF, ou peça à TI que instale uma.",
            )
        )
        return
    title = Path(exported.name).stem
    printing.print_page(
        owner,
        exported.content.decode(),
        title,
        landscape=exported.landscape,
        printed=lambda: desk.told.emit(f"Enviado à impressora: {title}"),
    )


def write(desk: Desk, exported: Exported, place: Path) -> None:
    """Write it there; a full or closed folder is told, not thrown."""
    try:
        place.write_bytes(exported.content)
    except OSError as error:
        desk.fail(
            Text(
                "O arquivo não foi gravado.",
                error.strerror or "A pasta não aceita o arquivo.",
                "Escolha outra pasta, ou feche o arquivo se ele estiver aberto.",
            )
        )
        return
    desk.settings.setValue(_FOLDER, str(place.parent))
    desk.told.emit(f"Gravado em {place}")
    if place.suffix == ".pdf":
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))
