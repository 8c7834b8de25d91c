"""Temporary suspensions for tests: variable 11, and the clock that comes closer while nobody waits."""

from __future__ import annotations

import datetime as dt

from tests.postgres import Database


def offer(database: Database, *, on: bool = True, **numbers: int) -> None:
    """Variable 11, and limits by their codes without `suspension_`."""
    values = {"temporary_suspension": "S" if on else "N"} | {
        f"suspension_{name}": str(value) for name, value in numbers.items()
    }
    admin = database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        for code, value in values.items():
            admin.execute("UPDATE desk.variables SET value = %s WHERE code = %s", (value, code))


def closer(database: Database, plan_id: int, days: int) -> None:
    """As if so many days had passed since: everything of the plan's suspension that is not over comes closer."""
    span, admin = dt.timedelta(days=days), database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE desk_job")
        admin.execute(
            "UPDATE desk.plan_suspensions SET starts_on = starts_on - %s, ends_on = ends_on - %s"
            " WHERE plan_id = %s AND ended_on IS NULL",
            (days, days, plan_id),
        )
        admin.execute(
            "UPDATE desk.customer_plans SET suspended_from = suspended_from - %s,"
            " suspended_until = suspended_until - %s WHERE id = %s",
            (span, span, plan_id),
        )


def today(database: Database) -> dt.date:
    """The company's day."""
    row = database.admin().execute("SELECT desk.today()").fetchone()
    assert row is not None
    day: dt.date = row[0]
    return day


def rows(database: Database, plan_id: int, columns: str) -> list[tuple[object, ...]]:
    """The plan's suspensions as the database keeps them, oldest first."""
    query = f"SELECT {columns} FROM desk.plan_suspensions WHERE plan_id = %s ORDER BY id"
    return list(database.admin().execute(query.encode(), (plan_id,)).fetchall())
