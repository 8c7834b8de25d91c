"""The same report as rich text, for a printer of the system: what the PDF says, without a viewer between."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from desk.integrations.documents.report import Report


def html(report: Report) -> str:
    """As much markup as Qt's own text understands."""
    parts = [f"<h2>{escape(report.title)}</h2>"]
    if report.subtitle:
        parts.append(f"<p>{escape(report.subtitle)}</p>")
    if report.facts:
        parts.append(
            '<table cellpadding="2">' + "".join(_fact(name, value) for name, value in report.facts) + "</table>"
        )
    if report.columns:
        whole = sum(column.share for column in report.columns)
        widths = [f"{100 * column.share / whole:.1f}%" for column in report.columns]
        head = "".join(
            f'<th align="{"right" if c.right else "left"}" width="{width}">{escape(c.head)}</th>'
            for c, width in zip(report.columns, widths, strict=True)
        )
        lines = [_line(report, row, "td") for row in report.rows]
        lines += [_line(report, report.total, "th")] if report.total else []
        # The head is said again on each sheet.
        parts.append(
            '<table width="100%" border="1" cellspacing="0" cellpadding="3" style="border-collapse: collapse">'
            f"<thead><tr>{head}</tr></thead>{''.join(lines)}</table>"
        )
    parts += [f"<p><small>{escape(note)}</small></p>" for note in report.notes]
    parts.append(f"<p><small>{escape(report.company)} · {escape(report.made)}</small></p>")
    return "\n".join(parts)


def _fact(name: str, value: str) -> str:
    return f"<tr><td><small>{escape(name)}</small></td><td>{escape(value)}</td></tr>"


def _line(report: Report, values: Sequence[str], kind: str) -> str:
    cells = (
        f'<{kind} align="{"right" if column.right else "left"}">{escape(value)}</{kind}>'
        for column, value in zip(report.columns, values, strict=True)
    )
    return f"<tr>{''.join(cells)}</tr>"
