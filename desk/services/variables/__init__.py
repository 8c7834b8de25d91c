"""Variables: parameters of the whole installation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desk.models.daemon_views import THROTTLE_VARIABLE
from desk.models.people import Permission
from desk.models.variables import SystemVariable, Variable
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work

__all__ = ["REACHES_NETWORK", "SetVariable", "VariableRow", "Variables"]

# Of these another value is told to routers and to open connections; the triggers of the database owe it.
REACHES_NETWORK = (THROTTLE_VARIABLE,)


@dataclass(frozen=True)
class VariableRow:
    """One variable as the screen shows it."""

    code: str
    label: str
    section: str
    type: str  # "S/N" or "número"
    value: str
    default_value: str
    help: str
    version: int
    waits_for: str = ""  # what must be there before it has an effect; empty when it has one


@dataclass(frozen=True)
class Variables(Query[list[VariableRow]]):
    """All variables, by section and position; one statement."""


@dataclass(frozen=True, kw_only=True)
class SetVariable(Command[None]):
    """Give one variable a value: S, N, or a number."""

    code: str
    value: str
    version: int


@use_case(Variables, permission=Permission.VARIABLES)
def variables(query: Variables, work: Work) -> list[VariableRow]:
    """What the page lists."""
    v = SystemVariable
    rows = work.session.execute(
        select(v.code, v.label, v.section, v.type, v.value, v.default_value, v.help, v.version).order_by(
            v.section, v.position, v.label
        )
    )
    waiting = {each.code: each.waits_for for each in Variable}
    return [VariableRow(*row, waits_for=waiting.get(row.code, "")) for row in rows]


@use_case(SetVariable, permission=Permission.VARIABLES)
def set_variable(cmd: SetVariable, work: Work) -> None:
    """Change one value; the change log keeps who and what it was."""
    row = work.session.get(SystemVariable, cmd.code)
    if row is None:
        raise NotFound("variable", cmd.code)
    if row.version != cmd.version:
        raise StaleRecord(work.changes_since("variables", cmd.code, cmd.version))
    fits = cmd.value in ("S", "N") if row.type == "S/N" else cmd.value.isdigit() and len(cmd.value) <= 9
    if not fits:
        raise Invalid([Violation("value", "variable_value")])
    row.value = cmd.value
    work.record("variable.set", customer_id=None, label=row.label, value=cmd.value)
    work.touch("variables")
