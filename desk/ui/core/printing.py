"""Prints a document on a printer of this computer, with the system's own dialog."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtCore import QMarginsF
from PySide6.QtGui import QFont, QPageLayout, QPageSize, QTextDocument
from PySide6.QtPrintSupport import QPrintDialog, QPrinter, QPrinterInfo
from PySide6.QtWidgets import QDialog, QWidget

MARGIN_MM = 15.0
FONT_POINTS = 9


def ready() -> bool:
    """Whether there is something to print on: without any printer Windows' dialog does not even open."""
    return sys.platform != "win32" or bool(QPrinterInfo.availablePrinterNames())


def print_page(owner: QWidget, html: str, title: str, *, landscape: bool, printed: Callable[[], object]) -> None:
    """Ask which printer, without holding up the desk, then print."""
    printer = printer_for(title, landscape=landscape)
    dialog = QPrintDialog(printer, owner)
    dialog.setWindowTitle("Imprimir")

    def closed(code: int) -> None:
        dialog.deleteLater()
        if code == QDialog.DialogCode.Accepted:
            write(html, printer)
            printed()

    dialog.finished.connect(closed)
    QDialog.open(dialog)  # the print dialog's own takes other arguments


def printer_for(title: str, *, landscape: bool) -> QPrinter:
    """A4 and the same margins as the PDF."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(title)
    side = QPageLayout.Orientation.Landscape if landscape else QPageLayout.Orientation.Portrait
    margins = QMarginsF(MARGIN_MM, MARGIN_MM, MARGIN_MM, MARGIN_MM)
    printer.setPageLayout(QPageLayout(QPageSize(QPageSize.PageSizeId.A4), side, margins, QPageLayout.Unit.Millimeter))
    return printer


def write(html: str, printer: QPrinter) -> None:
    """Black on white, whatever colours the screen has; Qt numbers the sheets."""
    document = QTextDocument()
    # Not the screen's font: its figures of one width could not be copied out of what a PDF printer makes.
    document.setDefaultFont(QFont("Inter", FONT_POINTS))
    document.setDefaultStyleSheet("* { color: #000000; }")
    document.setHtml(html)
    document.print_(printer)
