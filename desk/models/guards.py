"""Who may write what: one declaration, from which grants, guard triggers and tests are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.models.people import Permission

ANY = "*"
Needs = tuple["Need", ...]


@dataclass(frozen=True)
class Need:
    """One condition that a write must meet: any of some permissions, or the absence of a negative one.

    With neither, nobody meets it: a rule that only jobs may pass; `rule` names it and `says` explains it.
    """

    any_of: tuple[Permission, ...] = ()
    when: str = ""  # SQL over OLD and NEW; unknown counts as true
    never: Permission | None = None
    rule: str = ""
    says: str = ""


NO_SUCH_STEP = Need(rule="step:unknown", says="Este status não pode ser mudado assim")


@dataclass(frozen=True)
class Step:
    """A permitted change of status. `before` holds None for an insert and ANY for every status not final."""

    before: tuple[str | None, ...]
    after: str
    need: Needs
    approval: bool = False


@dataclass(frozen=True)
class Guard:
    """What operators may do to one table; whatever is not declared has no grant."""

    table: str
    insert: Needs = ()
    on_insert: tuple[str, ...] = ()
    insert_rules: Mapping[str, Needs] = field(default_factory=dict)
    # Mappers name these in every INSERT, as NULL; anything else is refused.
    empty_on_insert: tuple[str, ...] = ()
    update: Needs = ()  # asked at every update, whatever the column
    columns: Mapping[str, Needs] = field(default_factory=dict)
    delete: Needs = ()
    status: str = ""
    final: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    other_steps: Needs = ()  # asked for a change of status that no step names; without them it is refused
    quiet: tuple[str, ...] = ()  # counters of ours: no new version, no line in the log


def find(table: str) -> Guard | None:
    """The declaration of a table, if operators may write it at all."""
    from desk.models.guard_rules import GUARDS

    return next((guard for guard in GUARDS if guard.table == table), None)


def needs_for(table: str, column: str = "", operation: str = "update") -> Needs | None:
    """Everything the guard asks for a write; None when nobody but a job may do it.

    `operation` is insert, update or delete; the column counts for inserts and updates.
    """
    guard = find(table)
    if guard is None:
        return None
    if operation == "delete":
        return guard.delete or None
    if operation == "insert":
        if not guard.insert or (column and column not in guard.on_insert):
            return None
        return guard.insert + guard.insert_rules.get(column, ())
    if column == guard.status and guard.steps:
        return guard.update
    if column not in guard.columns:
        return None
    return guard.update + guard.columns[column]


def needs_for_step(table: str, before: str | None, after: str) -> Needs | None:
    """Everything the guard asks for a step that is declared by name; None when there is none."""
    guard = find(table)
    if guard is None:
        return None
    for step in guard.steps:
        wild = ANY in step.before and before is not None and before not in (*guard.final, after)
        if step.after == after and (before in step.before or wild):
            return step.need
    return None


def satisfies(held: frozenset[Permission] | set[Permission], needs: Needs | None) -> bool:
    """Whether those permissions alone meet every unconditional need."""
    if needs is None:
        return False
    return all(not need.any_of or bool(held.intersection(need.any_of)) for need in needs if not need.when)
