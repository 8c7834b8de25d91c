"""Status Planos: the statuses that plans may have (domain 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from desk.models.catalog import PlanGroup, PlanStatus
from desk.models.people import Permission
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.database_errors import CONSTRAINTS
from desk.services.core.errors import AlreadyExists, InUse, Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work

CONSTRAINTS["uq_plan_statuses_description"] = lambda: AlreadyExists(field="description")


@dataclass(frozen=True)
class StatusRow:
    """One status with its use."""

    code: str
    description: str
    group: PlanGroup
    bills: bool
    grants_access: bool
    next_code: str | None
    next_description: str
    system: bool
    plans: int
    version: int


@dataclass(frozen=True)
class Statuses(Query[list[StatusRow]]):
    """All statuses in their order; one statement."""


@dataclass(frozen=True, kw_only=True)
class SaveStatus(Command[str]):
    """New (no code) or changed status; group and access of the system's own stay."""

    code: str | None = None
    version: int = 0
    description: str
    group: PlanGroup
    bills: bool
    next_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeleteStatus(Command[None]):
    """Remove a status that no plan has."""

    code: str


_STATUSES = text("""
    SELECT s.code, s.description, s."group", s.bills, s.grants_access, s.next_code,
           COALESCE(n.description, '') AS next_description, s.system,
           (SELECT count(*) FROM desk.customer_plans p WHERE p.status = s.code) AS plans, s.version
      FROM desk.plan_statuses s LEFT JOIN desk.plan_statuses n ON n.code = s.next_code
     ORDER BY s.position, s.description""")


@use_case(Statuses, permission=None)
def statuses(query: Statuses, work: Work) -> list[StatusRow]:
    """What the page lists."""
    return [
        StatusRow(**(dict(row) | {"group": PlanGroup(row["group"])}))
        for row in work.session.execute(_STATUSES).mappings()
    ]


@use_case(SaveStatus, permission=Permission.PLAN_STATUSES)
def save_status(cmd: SaveStatus, work: Work) -> str:
    """Save; the code of a new one is made here and never changes."""
    if not cmd.description.strip():
        raise Invalid([Violation("description", "required")])
    if cmd.code is None:
        number = work.session.execute(text("SELECT count(*) + 1 FROM desk.plan_statuses")).scalar_one()
        status = PlanStatus(code=f"PROPRIO_{number}", group=cmd.group)
    else:
        found = work.session.get(PlanStatus, cmd.code)
        if found is None:
            raise NotFound("status", cmd.code)
        if found.version != cmd.version:
            raise StaleRecord(work.changes_since("plan_statuses", cmd.code, cmd.version))
        status = found
        if not status.system:
            status.group = cmd.group
    status.description, status.bills, status.next_code = cmd.description.strip(), cmd.bills, cmd.next_code
    work.session.add(status)
    work.session.flush()
    work.touch("statuses")
    return status.code


@use_case(DeleteStatus, permission=Permission.PLAN_STATUSES)
def delete_status(cmd: DeleteStatus, work: Work) -> None:
    """Refused while a plan has it; the system's own are refused by the guard."""
    used = work.session.execute(
        text("SELECT count(*) FROM desk.customer_plans WHERE status = :code"), {"code": cmd.code}
    ).scalar_one()
    if used:
        raise InUse(what=f"{used} planos")
    work.session.execute(text("SELECT desk.delete_plan_statuses(:code)"), {"code": cmd.code})
    work.touch("statuses")
