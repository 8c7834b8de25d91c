"""History: who did what, before and after; what the UI may use."""

from desk.services.history.queries import (
    CustomerHistory,
    DeletedItemRow,
    DeletedItems,
    Difference,
    FieldDifference,
    HistoryRow,
    RowDifference,
)

__all__ = [
    "CustomerHistory",
    "DeletedItemRow",
    "DeletedItems",
    "Difference",
    "FieldDifference",
    "HistoryRow",
    "RowDifference",
]
