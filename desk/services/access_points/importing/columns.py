"""What the columns are called, and what a cell of each may say."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.models.access_points import DisconnectBy, TlsMode
from desk.services.core.errors import Violation
from desk.services.customers.folding import fold

YES = frozenset({"s", "sim", "x", "1", "v", "verdadeiro", "true", "yes", "ligado", "ativo"})
NO = frozenset({"n", "nao", "0", "f", "falso", "false", "no", "desligado", "inativo"})
# A spreadsheet would calculate what begins so, in the next list that is exported.
_FORMULA = ("=", "+", "@", "-", "\t", "\r")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Bad(Exception):
    """A cell that cannot be taken; `code` and `params` say why and what to write instead."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code, self.params = code, params


Parse = Callable[[str], Any]


@dataclass(frozen=True)
class ColumnSpec:
    """One column: its field, the head of the template, other heads that mean the same, how a cell is read."""

    field: str
    label: str
    parse: Parse
    others: tuple[str, ...] = ()
    mandatory: bool = False
    secret: bool = False
    example: tuple[str, ...] = ("", "")


@dataclass(frozen=True)
class CellProblem:
    """A cell, or a line, that is wrong: which column, what is written, why."""

    column: str
    written: str
    code: str
    params: Mapping[str, object] = field(default_factory=dict, hash=False)


def heads(columns: Sequence[ColumnSpec]) -> dict[str, str]:
    """Every head that we understand, folded, with its field."""
    return {fold(name): spec.field for spec in columns for name in (spec.label, spec.field, *spec.others)}


def labels(columns: Sequence[ColumnSpec]) -> dict[str, str]:
    """The head of each field, as the template writes it."""
    return {spec.field: spec.label for spec in columns}


def read_cells(
    columns: Sequence[ColumnSpec], places: Mapping[str, int], cells: Sequence[str]
) -> tuple[dict[str, Any], list[CellProblem]]:
    """What the cells of a line say, by field. An empty cell says nothing, and so changes nothing."""
    values: dict[str, Any] = {}
    problems: list[CellProblem] = []
    for spec in columns:
        at = places.get(spec.field)
        written = cells[at] if at is not None and at < len(cells) else ""
        try:
            if written:
                values[spec.field] = spec.parse(written)
            elif spec.mandatory:
                raise Bad("cell_empty")
        except Bad as bad:
            shown = "" if spec.secret else written[:80]
            problems.append(CellProblem(spec.label, shown, bad.code, bad.params))
    return values, problems


def violated(
    found: Iterable[Violation], names: Mapping[str, str], values: Mapping[str, Any], told: Sequence[CellProblem]
) -> list[CellProblem]:
    """Rules of the editor that a whole line breaks, as problems of its cells; not again where one was told already."""
    secret = ("password", "radius_secret")
    bad = {each.column for each in told}
    return [
        CellProblem(
            names.get(each.field, each.field),
            "" if each.field in secret else str(values.get(each.field) or "")[:80],
            each.code,
            dict(each.params),
        )
        for each in found
        if names.get(each.field, each.field) not in bad
    ]


def text(limit: int) -> Parse:
    """A text of one line."""

    def parse(written: str) -> str:
        if written.startswith(_FORMULA):
            raise Bad("cell_formula", sign=written[0])
        if any(unicodedata.category(letter) == "Cc" for letter in written) or _HIDDEN.search(written):
            raise Bad("cell_hidden")
        if len(written) > limit:
            raise Bad("too_long", limit=limit)
        return unicodedata.normalize("NFC", written)

    return parse


def note(limit: int) -> Parse:
    """A text that may have several lines."""

    def parse(written: str) -> str:
        parts = written.replace("\r\n", "\n").split("\n")
        made = "\n".join(text(limit)(part.strip()) if part.strip() else "" for part in parts)
        if len(made) > limit:
            raise Bad("too_long", limit=limit)
        return made

    return parse


def secret(limit: int) -> Parse:
    """A password: taken as it is, formulas and all, since nobody is ever shown it."""

    def parse(written: str) -> str:
        if len(written) > limit or any(unicodedata.category(letter) == "Cc" for letter in written):
            raise Bad("cell_password", limit=limit)
        return written

    return parse


def yes_no(written: str) -> bool:
    """Sim or Não, as people write it."""
    said = fold(written)
    if said in YES:
        return True
    if said in NO:
        return False
    raise Bad("cell_yes_no")


def number(low: int, high: int) -> Parse:
    """A whole number; points between thousands are left out."""

    def parse(written: str) -> int:
        digits = re.sub(r"(?<=[0-9])\.(?=[0-9]{3}(?![0-9]))", "", written).removesuffix(",00")
        if not re.fullmatch(r"[0-9]{1,9}", digits) or not low <= int(digits) <= high:
            raise Bad("cell_number", low=low, high=high)
        return int(digits)

    return parse


def limit_of_customers(written: str) -> int | None:
    """A limit, or the word that takes it away."""
    if fold(written) in ("sem limite", "sem", "ilimitado"):
        return None
    try:
        found: int = number(1, 1_000_000)(written)
    except Bad as bad:
        raise Bad("cell_limit") from bad
    return found


def one_of(choices: Mapping[str, Any]) -> Parse:
    """A member of a list, by any of its names."""
    known = {fold(name): value for name, value in choices.items()}

    def parse(written: str) -> Any:
        if fold(written) not in known:
            raise Bad("cell_choice", choices=", ".join(choices))
        return known[fold(written)]

    return parse


DISCONNECT = one_of(
    {
        "API": DisconnectBy.API,
        "CoA": DisconnectBy.COA,
        "API do roteador": DisconnectBy.API,
        "CoA (RADIUS)": DisconnectBy.COA,
        "CoA (RADIUS), depois a API": DisconnectBy.COA,
    }
)
TLS = one_of(
    {
        "Certificado fixado": TlsMode.PINNED,
        "Certificado verificado": TlsMode.VERIFY,
        "TLS anônimo": TlsMode.ANONYMOUS,
        "Sem TLS": TlsMode.OFF,
    }
)


def closest(written: str, names: Iterable[str]) -> str:
    """The name that was probably meant."""
    by_fold = {fold(name): name for name in names}
    near = difflib.get_close_matches(fold(written), list(by_fold), n=1, cutoff=0.6)
    return by_fold[near[0]] if near else ""


def template(columns: Sequence[ColumnSpec]) -> bytes:
    """An example with every column, as spreadsheets in Brazil open it."""
    rows = [[spec.label for spec in columns], *([spec.example[at] for spec in columns] for at in range(2))]
    lines = (";".join(_quoted(cell) for cell in row) for row in rows)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[;"\n]', cell) else cell
