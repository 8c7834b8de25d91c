"""Status Planos: the statuses that plans may have (domain 4.2)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from desk.models.catalog import PlanGroup, PlanStatus
from desk.models.people import Permission
from desk.services.catalog.errors import StatusInUse, SystemStatus
from desk.services.core.bus import Command, Query, use_case
from desk.services.core.errors import Invalid, NotFound, StaleRecord, Violation
from desk.services.core.work import Work


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
    grants_access: bool = False
    next_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class DeleteStatus(Command[None]):
    """Remove a status that no plan has and none leads to."""

    code: str
    version: int


_STATUSES = text("""
    SELECT s.code, s.description, s."group", s.bills, s.grants_access, s.next_code,
           COALESCE(n.description, '') AS next_description, s.system,
           (SELECT count(*) FROM desk.customer_plans p WHERE p.status = s.code AND p.deleted_at IS NULL)
             AS plans, s.version
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
    description = cmd.description.strip()
    found = [] if description else [Violation("description", "required")]
    if len(description) > 60:
        found.append(Violation("description", "too_long", {"limit": 60}))
    if cmd.code is None and cmd.group is PlanGroup.CANCELLED:
        found.append(Violation("group", "status_never_given"))  # 4.5: Cancelar is the only way there, and an end
    if cmd.code is not None and cmd.next_code == cmd.code:
        found.append(Violation("next_code", "status_leads_to_itself"))
    if found:
        raise Invalid(found)
    status = PlanStatus(code=_new_code(work, description)) if cmd.code is None else _known(work, cmd.code, cmd.version)
    if not status.system:  # not yet told for a new one
        status.group, status.grants_access = cmd.group, cmd.grants_access
    status.description, status.bills, status.next_code = description, cmd.bills, cmd.next_code
    work.session.add(status)
    work.session.flush()
    work.touch("statuses")
    return status.code


@use_case(DeleteStatus, permission=Permission.PLAN_STATUSES)
def delete_status(cmd: DeleteStatus, work: Work) -> None:
    """The system's own are refused by the guard as well."""
    status = _known(work, cmd.code, cmd.version)
    if status.system:
        raise SystemStatus(description=status.description)
    plans, others = work.session.execute(
        text(
            "SELECT (SELECT count(*) FROM desk.customer_plans WHERE status = :code AND deleted_at IS NULL),"
            " (SELECT count(*) FROM desk.plan_statuses WHERE next_code = :code)"
        ),
        {"code": cmd.code},
    ).one()
    if plans or others:
        raise StatusInUse(description=status.description, plans=plans, statuses=others)
    work.session.execute(text("SELECT desk.delete_plan_statuses(:code)"), {"code": cmd.code})
    work.touch("statuses")


def _known(work: Work, code: str, version: int) -> PlanStatus:
    status = work.session.get(PlanStatus, code)
    if status is None:
        raise NotFound("status", code)
    if status.version != version:
        raise StaleRecord(work.changes_since("plan_statuses", code, version))
    return status


def _new_code(work: Work, description: str) -> str:
    """The words in capitals, with a number where such a code is taken."""
    folded = work.session.execute(text("SELECT desk.fold(:words)"), {"words": description}).scalar_one()
    stem = "_".join(str(folded).upper().split())[:26].strip("_") or "STATUS"
    taken = set(work.session.scalars(text("SELECT code FROM desk.plan_statuses")))
    return next(code for code in (stem, *(f"{stem}_{at}" for at in range(2, 1000))) if code not in taken)
