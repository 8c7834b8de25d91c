"""Rows on their way into the database, table by table."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

# The order in which foreign keys can be satisfied; also the order of loading.
ORDER = (
    "cities",
    "business_units",
    "service_groups",
    "payment_methods",
    "catalog_plans",
    "catalog_plan_units",
    "catalog_composition_items",
    "routing_servers",
    "access_points",
    "customers",
    "customer_phones",
    "addresses",
    "customer_plans",
    "plan_addresses",
    "plan_value_details",
    "plan_status_history",
    "plan_suspensions",
    "circuits",
    "radius_logins",
    "radius_sessions",
    "history_entries",
    "deleted_items",
    "recent_customers",
    "debts",
)
WITHOUT_ID = frozenset({"catalog_plan_units", "recent_customers", "debts"})


class Dataset:
    """All rows of one load; ids are given out here so that rows can point at each other."""

    def __init__(self) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {name: [] for name in ORDER}
        self.passwords: dict[int, str] = {}
        self.router_secrets: dict[int, tuple[str, str]] = {}

    def add(self, table: str, **values: Any) -> int:
        """Append a row and return its id; all rows of a table name the same columns."""
        rows = self.tables[table]
        if table not in WITHOUT_ID:
            values.setdefault("id", len(rows) + 1)
        if rows and rows[0].keys() != values.keys():
            raise ValueError(f"{table}: columns differ: {rows[0].keys() ^ values.keys()}")
        rows.append(values)
        return int(values.get("id", 0))

    def digest(self) -> str:
        """One hash over every row, to compare two loads by."""
        told = hashlib.sha256()
        for name, rows in self.tables.items():
            for row in rows:
                told.update(f"{name}|{_text(row)}\n".encode())
        told.update(_text(self.passwords).encode())
        told.update(_text(self.router_secrets).encode())
        return told.hexdigest()


def _text(values: Mapping[Any, Any]) -> str:
    return "|".join(f"{key}={value!s}" for key, value in values.items())


def months_back(day: dt.date, months: int, on: int = 1) -> dt.date:
    """The day `on` of the month that lies so many months before `day`."""
    index = day.year * 12 + day.month - 1 - months
    return dt.date(index // 12, index % 12 + 1, on)
