"""Lines of the address, queue, ARP and list menus: read by whose they are, written only where they are ours."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from desk.integrations.errors import Reason, Rejected, printable
from desk.integrations.routeros.port import LINE_FIELDS, LineMenu, RouterLine, line_fields, stale_line

Row = dict[str, str]
COMMENTS_PER_QUESTION = 100
FIELD_LIMIT = 255


class Speaks(Protocol):
    """A signed-in visit that can say a sentence."""

    @property
    def host(self) -> str:
        """The address errors name."""

    def say(self, command: str, *words: str) -> list[Row]:
        """One sentence and its answer."""

    def stream(self, command: str, *words: str) -> Iterator[Row]:
        """The same, line by line as they come."""


def each(visit: Speaks, menu: LineMenu) -> Iterator[RouterLine]:
    """Every line that somebody put there. A connection's own address and queue are dynamic, and nobody's to compare."""
    proplist = f"=.proplist=.id,comment,disabled,{','.join(LINE_FIELDS[menu])}"
    for row in visit.stream(f"{menu}/print", proplist, "?dynamic=true", "?#!"):
        yield _line(visit, menu, row)


def found(visit: Speaks, menu: LineMenu, comments: Collection[str] | None) -> tuple[RouterLine, ...]:
    """Lines of a menu, all of them or those with these comments."""
    proplist = f"=.proplist=.id,comment,disabled,{','.join(LINE_FIELDS[menu])}"
    if comments is None:
        return tuple(_line(visit, menu, row) for row in visit.say(f"{menu}/print", proplist))
    lines: list[RouterLine] = []
    asked = sorted(set(comments))
    for start in range(0, len(asked), COMMENTS_PER_QUESTION):
        some = asked[start : start + COMMENTS_PER_QUESTION]
        query = [f"?comment={comment}" for comment in some] + ["?#|"] * (len(some) - 1)
        lines += [_line(visit, menu, row) for row in visit.say(f"{menu}/print", proplist, *query)]
    # Acting on a line that was not asked for would hit a stranger.
    return tuple(line for line in lines if line.comment in set(asked))


def add(visit: Speaks, line: RouterLine) -> None:
    """Add a line of ours; one that somebody else made for the same address is not taken over."""
    _require_ours(visit, line)
    try:
        visit.say(f"{line.menu}/add", *words(line_fields(line)))
    except Rejected as error:
        if "already" not in error.detail:
            raise
        raise Rejected(visit.host, error.detail, reason=Reason.NOT_OURS) from None


def change(visit: Speaks, there: RouterLine, wanted: RouterLine) -> None:
    """Change a line of ours into what it should be, telling only what differs."""
    _require_ours(visit, there)
    visit.say(f"{there.menu}/set", f"=.id={there.id}", *words(stale_line(there, wanted)))


def remove(visit: Speaks, there: RouterLine) -> bool:
    """Remove a line of ours; True if the router still had it."""
    _require_ours(visit, there)
    try:
        visit.say(f"{there.menu}/remove", f"=.id={there.id}")
    except Rejected as error:
        if "no such item" not in error.detail:
            raise
        return False
    return True


def _require_ours(visit: Speaks, line: RouterLine) -> None:
    if not line.ours:
        raise Rejected(visit.host, f"a line of {line.menu} was not made by Desk", reason=Reason.NOT_OURS)


def words(fields: Mapping[str, str]) -> list[str]:
    """Fields as the words of a sentence."""
    return [f"={name}={value}" for name, value in fields.items()]


def _line(visit: Speaks, menu: LineMenu, row: Row) -> RouterLine:
    if not row.get(".id", "").startswith("*"):
        raise Rejected(visit.host, "a line without number", reason=Reason.NONSENSE)
    return RouterLine(
        menu=menu,
        fields={name: printable(row.get(name, ""), FIELD_LIMIT) for name in LINE_FIELDS[menu]},
        comment=printable(row.get("comment", ""), FIELD_LIMIT),
        disabled=row.get("disabled", "") in {"true", "yes"},
        id=row[".id"],
    )
