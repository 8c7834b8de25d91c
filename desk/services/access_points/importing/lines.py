"""What an import would do, line by line; the same for access points and for routing servers."""

from __future__ import annotations

import enum
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from desk.services.access_points.importing.columns import CellProblem, closest
from desk.services.access_points.importing.reading import Line
from desk.services.customers.folding import fold

SECRET_SHOWN = "••••••"


class Verdict(enum.StrEnum):
    """What becomes of a line."""

    CREATE = "create"
    CHANGE = "change"
    SAME = "same"
    BAD = "bad"


@dataclass(frozen=True)
class Change:
    """One field of a line: what it is called, what it holds now, what it would hold."""

    label: str
    before: object
    after: object


@dataclass(frozen=True)
class ImportLine:
    """One line of the file and what would be done with it."""

    number: int
    name: str
    verdict: Verdict
    changes: tuple[Change, ...] = ()
    problems: tuple[CellProblem, ...] = ()
    remarks: tuple[str, ...] = ()  # codes of what is left out on purpose


@dataclass(frozen=True)
class Step:
    """A line with what carries it out: the editor's own order, and whatever else goes with it."""

    line: ImportLine
    order: Any = None
    more: tuple[Any, ...] = field(default=(), repr=False)


@dataclass
class Names:
    """Names that are given once: those of the database, and those of the lines before."""

    there: Mapping[str, Any]
    seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_fold = {fold(name): name for name in self.there}

    def problem(self, label: str, name: str, line: int) -> CellProblem | None:
        """Why this line may not be about that name."""
        key = fold(name)
        if (before := self.seen.setdefault(key, line)) != line:
            return CellProblem(label, name, "twice_in_file", {"line": before})
        if name not in self.there and key in self._by_fold:
            return CellProblem(label, name, "name_written_otherwise", {"name": self._by_fold[key]})
        return None


def resolve(label: str, written: str, code: str, known: Mapping[str, int], problems: list[CellProblem]) -> int | None:
    """The id behind a name, however it is written; an unknown one is a problem with a suggestion."""
    by_fold = {fold(name): key for name, key in known.items()}
    found = known.get(written, by_fold.get(fold(written)))
    if found is None:
        near = closest(written, known)
        problems.append(CellProblem(label, written, f"{code}_near" if near else code, {"near": near}))
    return found


def judged(
    line: Line, name: str, *, new: bool, changes: Sequence[Change], problems: Sequence[CellProblem], remarks: Any = ()
) -> ImportLine:
    """The verdict follows from what was found."""
    verdict = Verdict.CREATE if new else Verdict.CHANGE if changes else Verdict.SAME
    if problems:
        verdict, changes = Verdict.BAD, ()
    return ImportLine(line.number, name, verdict, tuple(changes), tuple(problems), tuple(remarks))


def digest_of(lines: Sequence[ImportLine]) -> str:
    """What a person was shown, in short: another one means that it is no longer so."""
    return hashlib.sha256("\n".join(map(repr, lines)).encode()).hexdigest()
