"""The dry run that a person sees, and the import that does what it showed, in one transaction."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desk.models.people import Permission
from desk.services.access_points.errors import ImportBad, ImportMoved
from desk.services.access_points.importing.columns import heads, read_cells, template
from desk.services.access_points.importing.lines import ImportLine, Step, Verdict, digest_of
from desk.services.access_points.importing.points import Points
from desk.services.access_points.importing.reading import Unreadable, columns_of, read_file, read_sheet
from desk.services.access_points.importing.servers import Servers
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.work import Work

Kind = type[Points] | type[Servers]


@dataclass(frozen=True)
class DryRun:
    """What an import would do; `problem` is the code of what makes the whole file useless."""

    problem: str = ""
    params: dict[str, object] = field(default_factory=dict, hash=False)
    encoding: str = ""
    delimiter: str = ""
    strange: tuple[str, ...] = ()  # columns that mean nothing to us
    lines: tuple[ImportLine, ...] = ()
    has_secrets: bool = False
    digest: str = ""
    content: bytes = field(default=b"", repr=False)

    def count(self, verdict: Verdict) -> int:
        """How many lines have it."""
        return Counter(line.verdict for line in self.lines)[verdict]


@dataclass(frozen=True)
class Imported:
    """What was written."""

    created: int
    changed: int
    left_out: int


@dataclass(frozen=True)
class TryAccessPoints(Query[DryRun]):
    """Look through a file of access points; nothing is written."""

    path: Path


@dataclass(frozen=True)
class TryRoutingServers(Query[DryRun]):
    """Look through a file of routing servers; nothing is written."""

    path: Path


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What was looked through, and the digest of what was shown of it."""

    content: bytes = field(repr=False)
    digest: str
    only_good: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportAccessPoints(Shown, Command[Imported]):
    """Importar pontos de acesso."""


@dataclass(frozen=True, kw_only=True)
class ImportRoutingServers(Shown, Command[Imported]):
    """Importar servidores de roteamento."""


def access_points_template() -> bytes:
    """Baixar modelo, for access points."""
    return template(Points.columns)


def routing_servers_template() -> bytes:
    """Baixar modelo, for routing servers."""
    return template(Servers.columns)


@use_case(TryAccessPoints, permission=Permission.ACCESS_POINTS)
def try_access_points(query: TryAccessPoints, work: Work) -> DryRun:
    """A fixed number of statements, whatever the number of lines."""
    return _tried(query.path, work, Points)


@use_case(TryRoutingServers, permission=Permission.ROUTING_SERVERS)
def try_routing_servers(query: TryRoutingServers, work: Work) -> DryRun:
    """The same for routing servers."""
    return _tried(query.path, work, Servers)


@use_case(ImportAccessPoints, permission=Permission.ACCESS_POINTS)
def import_access_points(cmd: ImportAccessPoints, work: Work) -> Imported:
    """Everything that was shown, or nothing."""
    return _imported(cmd, work, Points)


@use_case(ImportRoutingServers, permission=Permission.ROUTING_SERVERS)
def import_routing_servers(cmd: ImportRoutingServers, work: Work) -> Imported:
    """The same for routing servers."""
    return _imported(cmd, work, Servers)


def _tried(path: Path, work: Work, kind: Kind) -> DryRun:
    try:
        content = read_file(path)
        run, _, _ = _looked_through(content, work, kind)
    except Unreadable as error:
        return DryRun(problem=error.code, params=error.params)
    return run


def _imported(cmd: Shown, work: Work, kind: Kind) -> Imported:
    """Looked through once more in the transaction that writes: what was shown must still be so."""
    try:
        run, steps, plan = _looked_through(cmd.content, work, kind)
    except Unreadable as error:
        raise ImportMoved() from error
    if run.digest != cmd.digest:
        raise ImportMoved()
    bad = run.count(Verdict.BAD)
    if bad and not cmd.only_good:
        raise ImportBad(bad=bad)
    wanted = [step for step in steps if step.line.verdict in (Verdict.CREATE, Verdict.CHANGE)]
    if wanted:
        plan.carry_out(work, wanted)
        work.touch("access_points")
    return Imported(run.count(Verdict.CREATE), run.count(Verdict.CHANGE), bad)


def _looked_through(content: bytes, work: Work, kind: Kind) -> tuple[DryRun, list[Step], Any]:
    known = heads(kind.columns)
    sheet = read_sheet(content, known.keys())
    places, strange = columns_of(sheet.head, known)
    for spec in kind.columns:
        if spec.mandatory and spec.field not in places:
            raise Unreadable("column_missing", column=spec.label)
    if not sheet.lines:
        raise Unreadable("no_lines")
    cells = [read_cells(kind.columns, places, line.cells) for line in sheet.lines]
    plan = kind(work, [values for values, _ in cells])
    steps = [plan.step(line, values, found) for line, (values, found) in zip(sheet.lines, cells, strict=True)]
    lines = tuple(step.line for step in steps)
    secret = {spec.field for spec in kind.columns if spec.secret}
    run = DryRun(
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        strange=strange,
        lines=lines,
        has_secrets=any(secret & values.keys() for values, _ in cells),
        digest=digest_of(lines),
        content=content,
    )
    return run, steps, plan
