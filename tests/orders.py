"""Orders as the windows send them: what the plan has now, with a few fields changed."""

from __future__ import annotations

from typing import Any

from desk.services.plans import PlanWindow, SavePlan
from tests.postgres import Database


def saving(database: Database, plan_id: int, **changes: Any) -> SavePlan:
    """Plano/Serviço saved; `changes` are the fields that somebody typed over."""
    d = database.bus("administrador").execute(PlanWindow(plan_id)).value
    fields: dict[str, Any] = {
        "plan_id": plan_id,
        "version": d.row.version,
        "reference": d.row.reference,
        "start_date": d.start_date,
        "access_point_id": d.access_point_id,
        "seller": d.seller,
        "payment_method_id": d.payment_method_id,
        "due_day": d.row.due_day,
        "last_close_date": d.last_close_date,
        "separate_invoice": d.separate_invoice,
        "booklet": d.booklet,
        "identifier_code": d.identifier_code,
    }
    return SavePlan(**(fields | changes))
