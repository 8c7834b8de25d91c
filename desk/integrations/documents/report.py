"""A plain report as PDF: heading, facts, a table that goes on over pages, and a line for who made it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

MARGIN_MM = 15


@dataclass(frozen=True)
class ReportColumn:
    """One column: its head, how much of the width it takes, and whether it is a number."""

    head: str
    share: float
    right: bool = False


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is to be printed; all of it is plain text."""

    title: str
    company: str
    subtitle: str = ""
    facts: Sequence[tuple[str, str]] = ()
    columns: Sequence[ReportColumn] = ()
    rows: Sequence[Sequence[str]] = ()
    total: Sequence[str] = ()
    notes: Sequence[str] = ()
    made: str = ""  # who made it, and when
    landscape: bool = field(default=False)


def pdf(report: Report) -> bytes:
    """Set it on A4. The library is loaded only now: it takes a tenth of a second that no start should pay."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    grey, line = colors.HexColor("#595959"), colors.HexColor("#CFCFCF")
    body = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=12)
    small = ParagraphStyle("small", parent=body, fontSize=8, leading=10.5, textColor=grey)
    cell = ParagraphStyle("cell", parent=body, fontSize=8, leading=10)
    number = ParagraphStyle("number", parent=cell, alignment=2)
    head = ParagraphStyle("head", parent=cell, fontName="Helvetica-Bold")
    head_right = ParagraphStyle("head_right", parent=head, alignment=2)
    title = ParagraphStyle("title", parent=body, fontName="Helvetica-Bold", fontSize=14, leading=18)
    size = landscape(A4) if report.landscape else A4
    width = size[0] - 2 * MARGIN_MM * mm
    story: list[Any] = [Paragraph(_text(report.title), title)]
    if report.subtitle:
        story.append(Paragraph(_text(report.subtitle), body))
    story.append(Spacer(1, 4 * mm))
    if report.facts:
        facts = [[Paragraph(_text(name), small), Paragraph(_text(value), body)] for name, value in report.facts]
        plain = TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("BOTTOMPADDING", (0, 0), (-1, -1), 0)])
        story += [Table(facts, colWidths=[width * 0.25, width * 0.75], style=plain), Spacer(1, 4 * mm)]
    if report.columns:
        whole = sum(column.share for column in report.columns)
        kinds = [number if column.right else cell for column in report.columns]
        lines = [[Paragraph(_text(c.head), head_right if c.right else head) for c in report.columns]]
        lines += [
            [Paragraph(_text(value), kind) for value, kind in zip(row, kinds, strict=True)] for row in report.rows
        ]
        looks: list[Any] = [("LINEBELOW", (0, 0), (-1, -1), 0.4, line), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        looks += [("TOPPADDING", (0, 0), (-1, -1), 2), ("BOTTOMPADDING", (0, 0), (-1, -1), 2)]
        if report.total:
            bold = [head_right if column.right else head for column in report.columns]
            lines.append([Paragraph(_text(value), kind) for value, kind in zip(report.total, bold, strict=True)])
            looks.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, grey))
        widths = [width * column.share / whole for column in report.columns]
        story.append(LongTable(lines, colWidths=widths, repeatRows=1, style=TableStyle(looks)))
    story += [Spacer(1, 4 * mm), *(Paragraph(_text(note), small) for note in report.notes)]

    def foot(canvas: Canvas, document: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.setFillColor(grey)
        canvas.drawString(MARGIN_MM * mm, 9 * mm, f"{report.company} · {report.made}")
        canvas.drawRightString(size[0] - MARGIN_MM * mm, 9 * mm, f"página {document.page}")

    out = io.BytesIO()
    edge = MARGIN_MM * mm
    document = SimpleDocTemplate(
        out,
        pagesize=size,
        title=report.title,
        author=report.company,
        leftMargin=edge,
        rightMargin=edge,
        topMargin=edge,
        bottomMargin=edge,
    )
    document.build(story, onFirstPage=foot, onLaterPages=foot)
    return out.getvalue()


def _text(value: str) -> str:
    """Safe inside reportlab's markup; a character that Helvetica does not have is shown as such, never dropped."""
    return escape(value.encode("cp1252", errors="replace").decode("cp1252"))
