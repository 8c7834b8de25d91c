"""From a file that somebody saved in some spreadsheet to lines of cells; nothing of it is believed."""

from __future__ import annotations

import codecs
import csv
import io
import stat
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.services.customers.folding import fold

MOST_BYTES = 5_000_000
MOST_LINES = 5_000
MOST_COLUMNS = 60
LONGEST_CELL = 4_000
DELIMITERS = (";", ",", "\t")


class Unreadable(Exception):
    """The file as a whole is of no use; `code` says why, `params` fill its sentence."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


@dataclass(frozen=True)
class Line:
    """One record: the line of the file on which it begins, and its cells."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """A file that could be read: how it was written, its head, and its records."""

    encoding: str
    delimiter: str
    head: tuple[str, ...]
    lines: tuple[Line, ...]


def read_file(path: Path) -> bytes:
    """The bytes of a file, which is looked at before it is opened: a disk image is refused, not read."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Unreadable("not_a_file")
        if found.st_size > MOST_BYTES:
            raise Unreadable("too_big", size=found.st_size, limit=MOST_BYTES)
        with path.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)  # it may have grown since
    except OSError as error:
        raise Unreadable("cannot_open", detail=error.strerror or type(error).__name__) from error
    if len(content) > MOST_BYTES:
        raise Unreadable("too_big", size=len(content), limit=MOST_BYTES)
    return content


def read_sheet(content: bytes, known: Collection[str]) -> Sheet:
    """Head and records; `known` are the folded names of columns, by which the delimiter is told."""
    text, encoding = _decoded(content)
    text, told = _without_hint(text)
    delimiter = told or _delimiter(text, known)
    records = _records(text, delimiter, 1 if told else 0)
    head = next(records, None)
    if head is None:
        raise Unreadable("empty")
    lines: list[Line] = []
    for line in records:
        if len(lines) == MOST_LINES:
            raise Unreadable("too_many_lines", limit=MOST_LINES)
        lines.append(line)
    return Sheet(encoding, delimiter, head.cells, tuple(lines))


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return _plain(content.decode("utf-16")), "UTF-16"
        except UnicodeDecodeError as error:
            raise Unreadable("not_text", line=1) from error
    if b"\0" in content:
        raise Unreadable("not_text", line=content[: content.index(b"\0")].count(b"\n") + 1)
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        # What Windows writes where a spreadsheet says CSV; five of its bytes mean nothing there.
        try:
            return content.decode("cp1252"), "Windows-1252 (Latin-1)"
        except UnicodeDecodeError:
            return content.decode("latin-1"), "Latin-1"


def _plain(text: str) -> str:
    if "\0" in text:
        raise Unreadable("not_text", line=text[: text.index("\0")].count("\n") + 1)
    return text


def _without_hint(text: str) -> tuple[str, str]:
    """Spreadsheets may begin a file with a line that names the delimiter, such as sep=;"""
    first, _, rest = text.partition("\n")
    hint = first.strip().lower()
    if hint.startswith("sep=") and hint[4:] in (";", ","):
        return rest, hint[4:]
    return text, ""


def _delimiter(text: str, known: Collection[str]) -> str:
    """The one that makes most of the head into columns that we know."""

    def hits(delimiter: str) -> int:
        try:
            head = next(csv.reader(io.StringIO(text[: LONGEST_CELL * 4], newline=""), delimiter=delimiter), [])
        except csv.Error:
            return 0
        return sum(fold(cell) in known for cell in head[:MOST_COLUMNS])

    return max(DELIMITERS, key=hits)  # the first of equals: the semicolon, as spreadsheets in Brazil write


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 0
    while True:
        number = before + 1 + skipped
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable("broken_quotes", line=number) from error
        before = reader.line_num
        if len(cells) > MOST_COLUMNS:
            raise Unreadable("too_many_columns", line=number, limit=MOST_COLUMNS)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable("cell_too_long", line=number, limit=LONGEST_CELL)
        if any(cell.strip() for cell in cells):
            yield Line(number, tuple(cell.strip() for cell in cells))


def columns_of(head: Sequence[str], names: dict[str, str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Which cell holds which field, and the heads that mean nothing to us."""
    found: dict[str, int] = {}
    strange = []
    for at, written in enumerate(head):
        field = names.get(fold(written))
        if field is None:
            if written:
                strange.append(written[:60])
        elif field in found:
            raise Unreadable("column_twice", column=written[:60])
        else:
            found[field] = at
    return found, tuple(strange)
