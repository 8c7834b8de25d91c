"""Rows that the program itself knows: statuses, variables, how long things are kept.

Missing ones are added, none is overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, Table, exists, insert, literal, select, text

from desk.models.catalog import PlanGroup, PlanStatus, StatusCode
from desk.models.retention import DEFAULTS
from desk.models.variables import SystemVariable, Variable

# domain 4.3; only these give access, besides a provisional enabling.
_ACTIVE, _INACTIVE = PlanGroup.ACTIVE.value, PlanGroup.INACTIVE.value
STATUSES = (
    (StatusCode.ENABLED, "Serviço Habilitado", _ACTIVE, True, True),
    (StatusCode.INSTALLING, "Em Instalação", _ACTIVE, False, False),
    (StatusCode.TRIAL, "Experimentando", _ACTIVE, False, True),
    (StatusCode.AWAITING, "Aguardando Autorização", _INACTIVE, False, False),
    (StatusCode.SUSPENDED, "Suspenso", _INACTIVE, False, False),
    (StatusCode.SUSPENDED_DEBT, "Suspenso por Débito", _INACTIVE, False, False),
    (StatusCode.SUSPENDED_TEMPORARILY, "Suspensão Temporária", _INACTIVE, False, False),
    (StatusCode.CANCELLED, "Cancelado", PlanGroup.CANCELLED.value, False, False),
)


def seed(connection: Connection) -> None:
    """Add what this program knows and the database does not have yet."""
    _add_missing(
        connection,
        PlanStatus.__table__,
        (
            {
                "code": code.value,
                "description": description,
                "group": group,
                "bills": bills,
                "grants_access": access,
                "system": True,
                "position": position,
            }
            for position, (code, description, group, bills, access) in enumerate(STATUSES)
        ),
    )
    _add_missing(
        connection,
        SystemVariable.__table__,
        (
            {
                "code": variable.code,
                "label": variable.value,
                "section": variable.section,
                "type": variable.type,
                "value": variable.default,
                "default_value": variable.default,
                "position": position,
            }
            for position, variable in enumerate(Variable)
        ),
    )
    for what, (days, _) in DEFAULTS.items():
        connection.execute(
            text("INSERT INTO desk.retention (what, keep_days) VALUES (:what, :days) ON CONFLICT DO NOTHING"),
            {"what": what, "days": days},
        )


def _add_missing(connection: Connection, table: Any, rows: Iterable[Mapping[str, object]]) -> None:
    """INSERT … WHERE NOT EXISTS: a conflict clause would still wake the guard triggers for rows that are there."""
    assert isinstance(table, Table)
    for row in rows:
        values = select(*(literal(value, table.c[name].type) for name, value in row.items())).where(
            ~exists().where(table.c.code == row["code"])
        )
        connection.execute(insert(table).from_select(list(row), values))
