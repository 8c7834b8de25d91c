"""Drift: what routers hold that they should not, what they lack, what differs; and putting it right (design D5)."""

from desk.services.drift import look as _look  # noqa: F401  registers handlers
from desk.services.drift import use_cases as _use_cases  # noqa: F401
from desk.services.drift.commands import (
    CorrectDrift,
    Correction,
    CorrectionNews,
    CorrectionState,
    ExportDrift,
    LookForDrift,
    RoutersToLookAt,
    RouterToLookAt,
)
from desk.services.drift.errors import NothingToCorrect
from desk.services.drift.findings import Drift, DriftKind, FieldDrift, RouterDrift, Way

__all__ = [
    "CorrectDrift",
    "Correction",
    "CorrectionNews",
    "CorrectionState",
    "Drift",
    "DriftKind",
    "ExportDrift",
    "FieldDrift",
    "LookForDrift",
    "NothingToCorrect",
    "RouterDrift",
    "RouterToLookAt",
    "RoutersToLookAt",
    "Way",
]
